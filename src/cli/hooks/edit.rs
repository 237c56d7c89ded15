//! Our hook in a settings text: put in, taken out, found. Every other byte stays as it is. Pure.

use std::ops::Range;

use serde_json::{Value, json};

use super::json::Node;
use super::words;

/// The events that our hook is run for: the one that asks for a word. Others would cost a process each and tell nothing
/// that the screen does not.
pub const EVENTS: [&str; 1] = ["PermissionRequest"];
/// The agent lets go of a hook after so many seconds. Ours ends long before by itself.
const TIMEOUT: u32 = 5;

/// Why a text is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not JSON.
    NotJson,
    /// What stands there is of another form; where.
    Form(&'static str),
    /// A name stands twice in it.
    Twice(String),
}

/// The settings with our hook alone.
pub fn settings(program: &str) -> Value {
    let entries = EVENTS.iter().map(|event| ((*event).to_owned(), json!([entry(program, event)])));
    json!({"hooks": entries.collect::<serde_json::Map<_, _>>()})
}

/// The text with our hook in it. The same text if it is there already.
pub fn installed(text: &str, program: &str) -> Result<String, Fault> {
    let mut text = text.to_owned();
    for event in EVENTS {
        let (root, hooks) = look(&text)?;
        let ours = found(&text, hooks.as_ref());
        let mut ours = ours.into_iter().filter(|o| o.event == event).peekable();
        if ours.peek().is_some() {
            // From the last to the first, so that the places stay true.
            for one in ours.rev() {
                text.replace_range(one.command, &Value::from(command(program, event)).to_string());
            }
            continue;
        }
        let (into, part) = match &hooks {
            None => (&root, member("hooks", json!({event: [entry(program, event)]}))),
            Some(hooks) => match hooks.get(event) {
                None => (hooks, member(event, json!([entry(program, event)]))),
                Some(entries) => (entries, Part { key: None, value: entry(program, event) }),
            },
        };
        text = with_part(&text, into, &part);
    }
    Ok(text)
}

/// The text without our hook, and without what held nothing else. The same text if it is not there.
pub fn uninstalled(text: &str) -> Result<String, Fault> {
    let mut text = text.to_owned();
    loop {
        let (root, hooks) = look(&text)?;
        let Some(cut) = hooks.and_then(|hooks| to_remove(&text, &root, &hooks)) else { return Ok(text) };
        text.replace_range(cut, "");
    }
}

/// The commands of our hook in a text, as they are run.
pub fn commands(text: &str) -> Result<Vec<(String, Vec<String>)>, Fault> {
    let (_, hooks) = look(text)?;
    let ours = found(text, hooks.as_ref());
    Ok(ours.into_iter().map(|o| (o.event, o.words)).collect())
}

/// True if the settings switch all hooks off.
pub fn is_off(text: &str) -> bool {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    value["disableAllHooks"] == true
}

fn command(program: &str, event: &str) -> String {
    format!("{} hook {event}", words::quoted(program))
}

fn entry(program: &str, event: &str) -> Value {
    let hook = json!({"type": "command", "command": command(program, event), "timeout": TIMEOUT});
    json!({"matcher": "*", "hooks": [hook]})
}

/// The whole and its hooks, if they are of the form that is known.
fn look(text: &str) -> Result<(Node, Option<Node>), Fault> {
    let root = Node::read(text).ok_or(Fault::NotJson)?;
    once_each(&root, "the file")?;
    let hooks = root.get("hooks").cloned();
    if let Some(hooks) = &hooks {
        once_each(hooks, "hooks")?;
        let events = hooks.members().unwrap_or_default().iter().filter(|m| EVENTS.contains(&&*m.key));
        for event in events {
            event.value.elements().ok_or(Fault::Form("hooks.PermissionRequest is no list"))?;
        }
    }
    Ok((root, hooks))
}

fn once_each(node: &Node, what: &'static str) -> Result<(), Fault> {
    let form = if what == "hooks" { "hooks is no object" } else { "it is no object" };
    let members = node.members().ok_or(Fault::Form(form))?;
    match members.iter().enumerate().find(|(i, m)| members[..*i].iter().any(|o| o.key == m.key)) {
        Some((_, twice)) => Err(Fault::Twice(twice.key.clone())),
        None => Ok(()),
    }
}

/// One hook of ours.
struct Ours {
    event: String,
    /// Where its command stands.
    command: Range<usize>,
    /// The command's words.
    words: Vec<String>,
}

fn found(text: &str, hooks: Option<&Node>) -> Vec<Ours> {
    let events = hooks.and_then(Node::members).unwrap_or_default();
    let mut ours = Vec::new();
    for event in events {
        for entry in event.value.elements().unwrap_or_default() {
            let hooks = entry.get("hooks").and_then(Node::elements).unwrap_or_default();
            ours.extend(hooks.iter().filter_map(|hook| our_hook(text, &event.key, hook)));
        }
    }
    ours
}

/// A command of three words: a program called archtui, `hook`, the event.
fn our_hook(text: &str, event: &str, hook: &Node) -> Option<Ours> {
    let command = hook.get("command")?;
    let words = words::split(&command.string(text)?)?;
    let ours = matches!(&words[..], [program, hook, of]
        if program.rsplit('/').next() == Some("archtui") && hook == "hook" && of == event);
    ours.then(|| Ours { event: event.to_owned(), command: command.span.clone(), words })
}

/// The first piece that holds our hook and nothing else, as large as it can be.
fn to_remove(text: &str, root: &Node, hooks: &Node) -> Option<Range<usize>> {
    let is_ours = |event: &str, hook: &Node| our_hook(text, event, hook).is_some();
    let entry_is_ours = |event: &str, entry: &Node| {
        let hooks = entry.get("hooks").and_then(Node::elements).unwrap_or_default();
        !hooks.is_empty() && hooks.iter().all(|h| is_ours(event, h))
    };
    let events = hooks.members()?;
    let event_is_ours = |i: usize| {
        let entries = events[i].value.elements().unwrap_or_default();
        !entries.is_empty() && entries.iter().all(|e| entry_is_ours(&events[i].key, e))
    };
    if !events.is_empty() && (0..events.len()).all(event_is_ours) {
        let place = root.members()?.iter().position(|m| m.key == "hooks")?;
        return Some(without(root, place));
    }
    if let Some(i) = (0..events.len()).find(|&i| event_is_ours(i)) {
        return Some(without(hooks, i));
    }
    for event in events {
        let entries = event.value.elements().unwrap_or_default();
        if let Some(i) = entries.iter().position(|e| entry_is_ours(&event.key, e)) {
            return Some(without(&event.value, i));
        }
        for list in entries.iter().filter_map(|e| e.get("hooks")) {
            let hooks = list.elements().unwrap_or_default();
            if let Some(i) = hooks.iter().position(|h| is_ours(&event.key, h)) {
                return Some(without(list, i));
            }
        }
    }
    None
}

/// What to cut so that a part is gone, with the comma that it needs no more.
fn without(node: &Node, place: usize) -> Range<usize> {
    let parts = node.parts();
    match (place.checked_sub(1).map(|i| &parts[i]), parts.get(place + 1)) {
        (Some(before), _) => before.end..parts[place].end,
        (None, Some(after)) => parts[place].start..after.start,
        (None, None) => node.span.start + 1..node.span.end - 1,
    }
}

/// A part of an object or array that is to be put in.
struct Part {
    key: Option<&'static str>,
    value: Value,
}

fn member(key: &'static str, value: Value) -> Part {
    Part { key: Some(key), value }
}

impl Part {
    fn text(&self, value: &str) -> String {
        self.key.map_or_else(|| value.to_owned(), |key| format!("\"{key}\": {value}"))
    }
}

/// The text with a part behind the last one of a container, written as its neighbours are.
fn with_part(text: &str, into: &Node, part: &Part) -> String {
    let line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let parts = into.parts();
    let open = into.span.start + 1;
    let (at, end) = parts.last().map_or((open, into.span.end - 1), |last| (last.end, last.end));
    let before = parts.last().map(|last| {
        let from = parts.len().checked_sub(2).map_or(open, |i| parts[i].end);
        &text[from..last.start]
    });
    let comma = if parts.is_empty() { "" } else { "," };
    let spread =
        before.map_or_else(|| text.trim().contains('\n') || parts_of_nothing(text), |b| b.contains('\n'));
    if !spread {
        let space = if parts.is_empty() { "" } else { " " };
        let put = format!("{comma}{space}{}", part.text(&part.value.to_string()));
        return format!("{}{put}{}", &text[..at], &text[end..]);
    }
    let unit = unit(text);
    let own = indent_at(text, into.span.start);
    let indent = before.map_or_else(|| format!("{own}{unit}"), |b| leading(after_last_line(b)));
    let value = pretty(&part.value, &unit).replace('\n', &format!("{line}{indent}"));
    let closing = if parts.is_empty() { format!("{line}{own}") } else { String::new() };
    format!("{}{comma}{line}{indent}{}{closing}{}", &text[..at], part.text(&value), &text[end..])
}

/// True of `{}`: nobody has said how it is to be written.
fn parts_of_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || "{}".contains(c))
}

/// What stands between the last line break and the end.
fn after_last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or_default()
}

/// The indentation of the line that a place stands in.
fn indent_at(text: &str, at: usize) -> String {
    leading(after_last_line(&text[..at]))
}

fn leading(line: &str) -> String {
    line.chars().take_while(|c| [' ', '\t'].contains(c)).collect()
}

/// How one step in is written: as the first member of the whole is.
fn unit(text: &str) -> String {
    let first = text.lines().skip(1).find(|l| !l.trim().is_empty());
    let unit = leading(first.unwrap_or_default());
    if unit.is_empty() { "  ".to_owned() } else { unit }
}

fn pretty(value: &Value, unit: &str) -> String {
    use serde::Serialize;
    let mut out = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(unit.as_bytes());
    value
        .serialize(&mut serde_json::Serializer::with_formatter(&mut out, format))
        .expect("a value of strings and numbers is written to memory");
    String::from_utf8(out).expect("serde_json writes UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PROGRAM: &str = "/usr/bin/archtui";
    const HOOK: &str = r#"{"hooks":[{"command":"/usr/bin/archtui hook PermissionRequest","timeout":5,"type":"command"}],"matcher":"*"}"#;

    #[track_caller]
    fn check(before: &str, after: &str) {
        let got = installed(before, PROGRAM).expect("installed");
        assert_eq!(got, after, "from {before}");
        assert_eq!(installed(&got, PROGRAM).as_ref(), Ok(&got), "once is enough");
        assert_eq!(commands(&got).expect("read").len(), 1);
    }

    #[test]
    fn it_is_written_as_its_neighbours_are() {
        check(r#"{"a": 1}"#, &format!(r#"{{"a": 1, "hooks": {{"PermissionRequest":[{HOOK}]}}}}"#));
        check(
            r#"{"hooks":{"PermissionRequest":[{"hooks":[]}]}}"#,
            &format!(r#"{{"hooks":{{"PermissionRequest":[{{"hooks":[]}}, {HOOK}]}}}}"#),
        );
        let spread = [
            "{",
            "\t\"model\": \"x\",",
            "\t\"hooks\": {",
            "\t\t\"PermissionRequest\": [",
            "\t\t\t{",
            "\t\t\t\t\"hooks\": [",
            "\t\t\t\t\t{",
            "\t\t\t\t\t\t\"command\": \"/usr/bin/archtui hook PermissionRequest\",",
            "\t\t\t\t\t\t\"timeout\": 5,",
            "\t\t\t\t\t\t\"type\": \"command\"",
            "\t\t\t\t\t}",
            "\t\t\t\t],",
            "\t\t\t\t\"matcher\": \"*\"",
            "\t\t\t}",
            "\t\t]",
            "\t}",
            "}\n",
        ];
        check("{\n\t\"model\": \"x\"\n}\n", &spread.join("\n"));
        check("{\r\n\t\"model\": \"x\"\r\n}\r\n", &format!("{}\r\n", spread.join("\r\n").trim_end()));
    }

    #[test]
    fn a_comma_at_the_beginning_of_a_line_is_no_indentation() {
        let text = "{\"a\": [1\n, 2], \"b\": 1\n, \"c\": 2}";
        let put = installed(text, PROGRAM).expect("installed");
        assert!(Node::read(&put).is_some(), "{put}");
        assert_eq!(uninstalled(&put).as_deref(), Ok(text));
    }

    #[test]
    fn an_older_place_of_the_program_is_mended_where_it_stands() {
        let text = r#"{"hooks":{"PermissionRequest":[{"matcher":"Bash","hooks":[{"type":"command","command":"'/old place/archtui' hook PermissionRequest"}]}]}}"#;
        let new = text.replace("'/old place/archtui'", PROGRAM);
        assert_eq!(installed(text, PROGRAM), Ok(new));
    }

    #[test]
    fn what_is_not_ours_stays() {
        for command in [
            "archtui hook PermissionRequest; rm x",
            "sh -c 'archtui hook PermissionRequest'",
            "/usr/bin/archtui hook Stop",
            "/usr/bin/archtui-x hook PermissionRequest",
            "archtui hook",
        ] {
            let text =
                json!({"hooks": {"PermissionRequest": [{"hooks": [{"command": command}]}]}}).to_string();
            assert_eq!(uninstalled(&text).as_ref(), Ok(&text), "{command}");
        }
        let two = format!(
            r#"{{"hooks":{{"PermissionRequest":[{{"hooks":[{{"command":"mine"}},{{"command":"archtui hook PermissionRequest"}}]}},{HOOK}],"Stop":[]}}}}"#
        );
        let want = r#"{"hooks":{"PermissionRequest":[{"hooks":[{"command":"mine"}]}],"Stop":[]}}"#;
        assert_eq!(uninstalled(&two).as_deref(), Ok(want));
    }

    #[test]
    fn what_has_another_form_is_left_alone() {
        for (text, fault) in [
            ("", Fault::NotJson),
            ("{\"a\":1,}", Fault::NotJson),
            ("// mine\n{}", Fault::NotJson),
            ("[]", Fault::Form("it is no object")),
            ("{\"hooks\":[]}", Fault::Form("hooks is no object")),
            ("{\"hooks\":{\"PermissionRequest\":{}}}", Fault::Form("hooks.PermissionRequest is no list")),
            ("{\"hooks\":{},\"\\u0068ooks\":{}}", Fault::Twice("hooks".to_owned())),
            ("{\"hooks\":{\"Stop\":1,\"Stop\":2}}", Fault::Twice("Stop".to_owned())),
        ] {
            assert_eq!(installed(text, PROGRAM), Err(fault.clone()), "{text}");
            assert_eq!(uninstalled(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn the_settings_for_a_session_are_those_that_are_installed() {
        let put = installed("{}", PROGRAM).expect("installed");
        assert_eq!(serde_json::from_str::<Value>(&put).expect("JSON"), settings(PROGRAM));
        assert_eq!(uninstalled(&put).as_deref(), Ok("{}"));
    }

    /// Any JSON, and settings with hooks of others in them.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[\\PC\"\\\\]{0,8}".prop_map(Value::from),
            Just(Value::from("other hook PermissionRequest")),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let key = prop_oneof![
                Just("hooks".to_owned()),
                Just("command".to_owned()),
                Just("PermissionRequest".to_owned()),
                "[a-z\"\\\\é]{0,5}"
            ];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
                proptest::collection::btree_map(key, inner, 1..4)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    /// Settings with hooks of others, some under our event.
    fn with_hooks() -> impl Strategy<Value = Value> {
        let hook = "[a-z ;']{0,9}".prop_map(|c| json!({"type": "command", "command": c}));
        let entry = (any::<bool>(), proptest::collection::vec(hook, 1..3)).prop_map(|(all, hooks)| {
            if all { json!({"hooks": hooks}) } else { json!({"matcher": "Bash", "hooks": hooks}) }
        });
        let event = "PermissionRequest|PreToolUse|Stop";
        let hooks = proptest::collection::btree_map(event, proptest::collection::vec(entry, 1..3), 1..3);
        (hooks, value()).prop_map(|(hooks, more)| json!({"env": more, "hooks": hooks, "z": 1}))
    }

    /// The value as somebody wrote it: on one line, or spread, or with spaces in odd places.
    fn written() -> impl Strategy<Value = String> {
        let value = prop_oneof![value(), with_hooks()];
        (value, prop_oneof![Just(""), Just("  "), Just("\t"), Just("odd")], any::<bool>()).prop_map(
            |(value, unit, crlf)| {
                let text = match unit {
                    "" => value.to_string(),
                    "odd" => format!(" {}\n", pretty(&value, "").replace(':', " :\n ")),
                    unit => pretty(&value, unit),
                };
                let odd = if serde_json::from_str::<Value>(&text).is_ok() { text } else { value.to_string() };
                if crlf { odd.replace('\n', "\r\n") } else { odd }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn in_and_out_again_leaves_every_byte(text in written()) {
            let Ok(put) = installed(&text, PROGRAM) else { return Ok(()) };
            let before: Value = serde_json::from_str(&text).expect("JSON");
            let after: Value = serde_json::from_str(&put).expect("still JSON");
            let entries = |v: &Value| v["hooks"]["PermissionRequest"].as_array().cloned().unwrap_or_default();
            let mut want = entries(&before);
            want.push(entry(PROGRAM, "PermissionRequest"));
            prop_assert_eq!(entries(&after), want);
            prop_assert_eq!(installed(&put, PROGRAM), Ok(put.clone()));
            prop_assert_eq!(commands(&put).expect("read").len(), 1);
            prop_assert_eq!(uninstalled(&put), Ok(text));
        }

        #[test]
        fn any_text_is_changed_or_refused(text in "[{}\\[\\],:\"a-z0-9 \n]{0,40}") {
            if let Ok(put) = installed(&text, PROGRAM) {
                prop_assert!(serde_json::from_str::<Value>(&put).is_ok());
            } else {
                prop_assert!(uninstalled(&text).is_err());
            }
        }
    }
}
