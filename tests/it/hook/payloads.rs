//! Real payloads to dialogs, and what of a call makes it somebody's to look at.

use archtui::domain::dialog::{Dialog, Operation};
use archtui::domain::hook::{HookCall, Payload};
use archtui::domain::policy::{Action, Context, Policy, Subject, judge_operation};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{recorded, request};

fn call(json: &str) -> Option<HookCall> {
    let event = serde_json::from_str::<Value>(json).ok()?["hook_event_name"].as_str()?.to_owned();
    Payload::read(json.as_bytes(), &event)?.call()
}

#[test]
fn recorded_requests_are_read_whole() {
    use Operation::{Bash, Edit, Mcp, Question};
    // The older one hands over the path as the model named it, the newer one made absolute.
    for (version, edited) in [("2.1.34", "notes.txt"), ("2.1.330", "/home/me/work/demo/notes.txt")] {
        let found: Vec<(Operation, String, String)> = recorded(version)
            .iter()
            .filter(|l| l.contains("\"PermissionRequest\""))
            .map(|l| {
                let call = call(l).expect(l);
                let dialog = call.dialog();
                assert_eq!(call.cwd.as_deref(), Some("/home/me/work/demo"));
                assert_eq!(call.permission_mode.as_deref(), Some("default"));
                assert!(dialog.complete && dialog.options.is_empty(), "{l}");
                assert_eq!(call.is_yes_or_no(), dialog.operation != Question, "{l}");
                (dialog.operation, dialog.tool.expect("a tool"), dialog.subject.unwrap_or_default())
            })
            .collect();
        let want = [
            (Bash, "Bash", r#"python3 -c 'open("made.txt","w")'"#),
            (Edit, "Edit", edited),
            (Mcp, "mcp__db__drop_table", r#"table: "users""#),
            (Question, "AskUserQuestion", ""),
        ];
        let want: Vec<_> = want.iter().map(|(o, t, s)| (*o, (*t).to_owned(), (*s).to_owned())).collect();
        assert_eq!(found, want, "{version}");
    }
}

#[test]
fn every_recorded_event_is_read_and_only_calls_have_one() {
    for version in ["2.1.34", "2.1.330"] {
        for line in recorded(version) {
            let json: Value = serde_json::from_str(&line).expect("JSON");
            let event = json["hook_event_name"].as_str().expect("a name");
            let payload = Payload::read(line.as_bytes(), event).expect(event);
            assert_eq!(payload.session_id().as_deref(), json["session_id"].as_str());
            assert_eq!(payload.call().is_some(), json.get("tool_name").is_some(), "{event}");
            assert_eq!(Payload::read(line.as_bytes(), "Other"), None, "another event's name");
        }
    }
}

fn dialog(tool: &str, input: Value) -> Dialog {
    let json =
        json!({"hook_event_name": "PermissionRequest", "cwd": "/w", "tool_name": tool, "tool_input": input});
    call(&json.to_string()).expect("a call").dialog()
}

fn check(tool: &str, input: Value, operation: Operation, subject: Option<&str>) {
    let shown = input.to_string();
    let got = dialog(tool, input);
    assert_eq!((got.operation, got.subject.as_deref()), (operation, subject), "{tool} {shown}");
}

#[test]
fn what_a_tool_is_about() {
    use Operation as O;
    check("Read", json!({"file_path": "/a", "limit": 3}), O::Read, Some("/a"));
    check("Write", json!({"file_path": "/a b", "content": "x"}), O::Write, Some("/a b"));
    check("MultiEdit", json!({"file_path": "/a", "edits": []}), O::Edit, Some("/a"));
    check("NotebookEdit", json!({"notebook_path": "/n.ipynb", "new_source": ""}), O::Edit, Some("/n.ipynb"));
    check("Grep", json!({"pattern": "x", "-n": true, "path": "/etc"}), O::Grep, Some("/etc"));
    check("Grep", json!({"pattern": "x"}), O::Grep, Some("/w"));
    check("Glob", json!({"pattern": "**/*.rs", "path": null}), O::Glob, Some("/w"));
    check("LS", json!({"path": "/w/src"}), O::Glob, Some("/w/src"));
    check("WebFetch", json!({"url": "https://a.b/c", "prompt": "p"}), O::Fetch, Some("https://a.b/c"));
    check("ExitPlanMode", json!({"plan": "do it"}), O::Plan, None);
    check("WebSearch", json!({"query": "q"}), O::Other, Some("query: \"q\""));
    check("Agent", json!({"prompt": "p"}), O::Other, Some("prompt: \"p\""));
    check("mcp__x__y", json!({}), O::Mcp, None);
    check("Bash", json!({"command": "a\nb  c\t"}), O::Bash, Some("a\nb  c\t"));
}

#[test]
fn what_a_word_cannot_answer_is_not_asked() {
    for (tool, want) in
        [("Bash", true), ("mcp__a__b", true), ("AskUserQuestion", false), ("ExitPlanMode", false)]
    {
        let json = json!({"hook_event_name": "PermissionRequest", "tool_name": tool, "tool_input": {}});
        assert_eq!(call(&json.to_string()).expect("a call").is_yes_or_no(), want, "{tool}");
    }
}

#[test]
fn a_subagent_is_named_where_the_agent_tells_of_one() {
    let named =
        request("ls").replacen('{', "{\"agent_id\":\"a1\",\"agent_type\":\"general\u{1b}-purpose\",", 1);
    let named = named.replace('\u{1b}', "\\u001b");
    assert_eq!(call(&named).expect("a call").dialog().asker.as_deref(), Some("general-purpose"));
    assert_eq!(call(&request("ls")).expect("a call").dialog().asker, None);
}

#[test]
fn a_part_that_is_missing_or_not_known_makes_it_something_else() {
    use Operation::Other;
    check("Bash", json!({"command": "ls", "cwd": "/"}), Other, Some("command: \"ls\", cwd: \"/\""));
    check("Bash", json!({"command": ["ls"]}), Other, Some("command: [\"ls\"]"));
    check("Bash", json!({}), Other, None);
    check("bash", json!({"command": "ls"}), Other, Some("command: \"ls\""));
    check("Read", json!({"file_path": null}), Other, Some("file_path: null"));
    check("Grep", json!({"pattern": "x", "path": 3}), Other, Some("path: 3, pattern: \"x\""));
    for pattern in ["/etc/*", "~/x", "../**", "a/../../b"] {
        assert_eq!(dialog("Glob", json!({"pattern": pattern})).operation, Other, "{pattern}");
    }
}

#[test]
fn what_is_something_else_is_for_a_person() {
    let ctx = Context { work_tree: Some("/w".to_owned()), cwd: Some("/w".to_owned()), ..Context::default() };
    let policy = Policy::preset("wide").expect("ships");
    let judge = |d: &Dialog| {
        let subject = Subject::of(d.operation, d.subject.as_deref());
        judge_operation(d.operation, d.tool.as_deref(), subject, &ctx, &policy).action
    };
    assert_eq!(judge(&dialog("Bash", json!({"command": "git status"}))), Action::Confirm);
    for (tool, input) in [
        ("Bash", json!({"command": "git status", "cwd": "/"})),
        ("Bash", json!({})),
        ("bash", json!({"command": "git status"})),
        ("Glob", json!({"pattern": "/etc/**"})),
        ("ExitPlanMode", json!({"plan": "x"})),
        ("AskUserQuestion", json!({"questions": []})),
        ("Agent", json!({"prompt": "x"})),
    ] {
        assert_eq!(judge(&dialog(tool, input)), Action::Hold, "{tool}");
    }
}

#[test]
fn a_call_that_is_too_long_to_show_is_not_complete_but_a_command_is_whole() {
    let long = "x".repeat(100_000);
    let other = dialog("mcp__a__b", json!({"text": long}));
    assert!(!other.complete && other.subject.is_some_and(|s| s.len() < 20_000));
    let bash = dialog("Bash", json!({"command": long}));
    assert!(bash.complete && bash.subject.is_some_and(|s| s.len() == 100_000));
}

#[test]
fn what_is_no_call_is_none() {
    for bad in [
        "",
        "{}",
        "[]",
        "null",
        "{\"hook_event_name\":3}",
        r#"{"hook_event_name":"PermissionRequest"}"#,
        r#"{"hook_event_name":"PermissionRequest","tool_name":"","tool_input":{}}"#,
        r#"{"hook_event_name":"PermissionRequest","tool_name":"Bash","tool_input":"ls"}"#,
        r#"{"hook_event_name":"PermissionRequest","tool_name":"Bash","tool_input":{"command":"\ud800"}}"#,
        r#"{"hook_event_name":"PermissionRequest","tool_name":"Bash","tool_input":{}} x"#,
    ] {
        assert_eq!(call(bad), None, "{bad}");
    }
    assert!(call(&"[".repeat(200_000)).is_none());
    assert!(call(&request("ls")).is_some());
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let key = prop_oneof![Just("command".to_owned()), Just("file_path".to_owned()), any::<String>()];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(key, inner, 0..4)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever an input is, a command or path is handed on as it is, and nothing else is called one.
    #[test]
    fn any_input_is_a_dialog(tool in "Bash|Read|Grep|Glob|mcp__a__b|[A-Za-z]{0,8}", input in value()) {
        let json = json!({"hook_event_name": "PermissionRequest", "tool_name": tool, "tool_input": input});
        let Some(call) = call(&json.to_string()) else { return Ok(()) };
        let dialog = call.dialog();
        prop_assert!(dialog.options.is_empty());
        if dialog.operation == Operation::Bash {
            let command = call.tool_input["command"].as_str();
            prop_assert_eq!(dialog.subject.as_deref(), command.filter(|c| !c.is_empty()));
        }
    }
}
