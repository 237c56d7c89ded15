//! What a rule made from a dialog says, and what it does not: of any text that an agent may write.

use proptest::prelude::*;

use super::draft::Draft;
use super::{Action, Context, Policy, RuleAction, Trust, Verdict, judge_operation};
use super::{Subject, judge};
use crate::domain::dialog::{Dialog, DialogOption, Meaning, Operation};

fn ctx() -> Context {
    Context {
        session: "dev_worker1".into(),
        role: Some("Development \"Worker\"".into()),
        tier: Some("worker".into()),
        cwd: Some("/w/app".into()),
        work_tree: Some("/w/app".into()),
        home: Some("/w".into()),
        branch: Some("feature/x-1128".into()),
        ..Context::default()
    }
}

fn dialog(operation: Operation, subject: &str) -> Dialog {
    let option = |label: &str, meaning, key: &str| DialogOption {
        label: label.into(),
        meaning,
        key: Some(key.into()),
    };
    Dialog {
        operation,
        tool: Some("mcp__x__y".into()),
        subject: Some(subject.into()),
        options: vec![option("Yes", Meaning::AllowOnce, "1"), option("No", Meaning::Deny, "2")],
        selected: Some(0),
        complete: true,
        ..Dialog::default()
    }
}

fn sop() -> Policy {
    Policy::preset("sop").expect("ships")
}

fn draft(d: &Dialog) -> Result<Draft, String> {
    let verdict = judge(d, &ctx(), &sop());
    Draft::of(d, &verdict, &ctx(), |id| sop().rules().iter().any(|r| r.id == id))
}

/// What `sop` with the draft says of a dialog in a session.
fn with(draft: &Draft, d: &Dialog, session: &str) -> Verdict {
    let mut policy = sop();
    let text = draft.added_to("# mine\n").expect("it can be added");
    policy.layer(&text, "policy.toml", Trust::User).unwrap_or_else(|e| panic!("{e}\n{text}"));
    judge(d, &Context { session: session.into(), ..ctx() }, &policy)
}

#[test]
fn the_narrowest_rule_confirms_that_dialog_in_that_session_and_no_other() {
    for (operation, subject, changed) in [
        (Operation::Bash, "frobnicate plan -out x", "frobnicate plan -out y"),
        (Operation::Bash, "ls && ./tool.sh 'a b' \"c [d]\"", "ls && ./tool.sh 'a  b' \"c [d]\""),
        (Operation::Bash, "frobnicate x", "frobnicate x x"),
        (Operation::Bash, "frobnicate 'a b'", "frobnicate a b"),
        (Operation::Fetch, "https://docs.rs/toml", "https://docs.rs.evil.org/toml"),
        (Operation::Mcp, "", ""),
    ] {
        let d = dialog(operation, subject);
        let draft = draft(&d).unwrap_or_else(|why| panic!("{subject}: {why}"));
        assert_eq!(draft.action, RuleAction::Allow, "{subject}");
        let verdict = with(&draft, &d, "dev_worker1");
        assert_eq!(verdict.action, Action::Confirm, "{subject}: {verdict:?}\n{}", draft.to_toml());
        assert_ne!(with(&draft, &d, "dev_worker2").action, Action::Confirm, "another session: {subject}");
        if changed != subject {
            let other = with(&draft, &dialog(operation, changed), "dev_worker1");
            assert_ne!(other.action, Action::Confirm, "{changed}");
        }
    }
}

#[test]
fn an_id_quotes_no_secret() {
    let made = draft(&dialog(Operation::Bash, "DB_PASSWORD=hunter2 psql")).expect("a rule");
    assert_eq!(made.id(), "my-bash-db-password-psql");
}

#[test]
fn it_is_widened_and_narrowed_step_by_step() {
    let d = dialog(Operation::Bash, "frobnicate plan -out x");
    let mut draft = draft(&d).expect("made");
    assert_eq!(
        draft.to_toml(),
        "[[rule]]\nid = \"my-bash-frobnicate-plan-out\"\naction = \"allow\"\nreason = \"made from a dialog of dev_worker1\"\noperation = [\"bash\"]\nsession = [\"dev_worker1\"]\ncommand = [\"frobnicate plan -out x\"]\n"
    );
    draft.widen_what(true);
    assert_eq!(draft.what().0, "`frobnicate plan` with any arguments");
    let other = dialog(Operation::Bash, "frobnicate plan -lock");
    assert_eq!(with(&draft, &other, "dev_worker1").action, Action::Confirm);
    assert_ne!(
        with(&draft, &dialog(Operation::Bash, "frobnicate apply"), "dev_worker1").action,
        Action::Confirm
    );
    draft.widen_who(true);
    assert_eq!(draft.who().0, "role Development \"Worker\"");
    assert_eq!(with(&draft, &other, "dev_worker2").action, Action::Confirm);
    for _ in 0..9 {
        draft.widen_who(true);
        draft.widen_what(true);
    }
    assert_eq!(
        (draft.who().0.as_str(), draft.what().0.as_str()),
        ("every session", "`frobnicate` with any arguments")
    );
    for _ in 0..9 {
        draft.widen_who(false);
        draft.widen_what(false);
    }
    assert_eq!(draft.what().0, "exactly `frobnicate plan -out x`");
    draft.action = RuleAction::Deny;
    assert_eq!(with(&draft, &d, "dev_worker1").action, Action::Deny);
}

#[test]
fn a_file_is_that_file_and_nothing_below_it_or_spelt_otherwise() {
    let d = dialog(Operation::Edit, "/w/app/src/a b.rs");
    let mut draft = draft(&d).expect("made");
    assert_eq!(draft.action, RuleAction::Hold, "it is confirmed already");
    assert_eq!(with(&draft, &d, "dev_worker1").rule, draft.id());
    for other in ["src/A b.rs", "src/a b.rs/x", "src/a", "src/a b.rs.txt"] {
        assert_ne!(with(&draft, &dialog(Operation::Edit, other), "dev_worker1").rule, draft.id(), "{other}");
    }
    assert_eq!(with(&draft, &dialog(Operation::Edit, "./src/../src/a b.rs"), "dev_worker1").rule, draft.id());
    draft.widen_what(true);
    assert_eq!(with(&draft, &dialog(Operation::Edit, "src/deep/x.rs"), "dev_worker1").rule, draft.id());
}

#[test]
fn what_a_rule_may_not_say_is_refused_and_what_is_protected_stays_so() {
    let mut cut = dialog(Operation::Bash, "frobnicate plan");
    cut.complete = false;
    for (d, why) in [
        (cut, "hidden"),
        (dialog(Operation::Plan, "x"), "for a person each time"),
        (dialog(Operation::Question, "x"), "for a person each time"),
        (dialog(Operation::Bash, "echo $(x)"), "cannot be read"),
        (dialog(Operation::Fetch, "file:///etc/passwd"), "host"),
        (dialog(Operation::Bash, &"x ".repeat(900)), "too long"),
    ] {
        let told = draft(&d).expect_err("refused");
        assert!(told.contains(why), "{told}");
    }
    // It is made, and says nothing against the rules that come first.
    for subject in ["tmux send-keys -t x y", "rm -rf build", "git push --force", "cat .env"] {
        let d = dialog(Operation::Bash, subject);
        let draft = draft(&d).unwrap_or_else(|why| panic!("{subject}: {why}"));
        assert_ne!(with(&draft, &d, "dev_worker1").action, Action::Confirm, "{subject}");
    }
    let d = dialog(Operation::Edit, "/w/.ssh/config");
    assert_ne!(with(&draft(&d).expect("made"), &d, "dev_worker1").action, Action::Confirm);
}

#[test]
fn every_byte_of_the_file_stays_and_a_form_that_cannot_be_added_to_is_refused() {
    let draft = draft(&dialog(Operation::Bash, "frobnicate plan")).expect("made");
    for old in [
        "",
        "# only words",
        "disable = [\"push\"]\r\n\r\n[[rule]]\nid = \"a\" # why\naction='hold'\nprogram=['x']\n# the end\n",
    ] {
        let new = draft.added_to(old).expect("added");
        assert!(new.starts_with(old) && new.ends_with(&draft.to_toml()), "{new}");
    }
    for old in ["rule = []", "rule = [{ id = \"a\" }]", "[rule]\nid = 3", "[[rule]\n", "= 3"] {
        assert!(draft.added_to(old).is_err(), "{old}");
    }
}

/// Texts that agents may write, with everything that TOML, shells and terminals make something of.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ./'\"\\\\\\[\\]{}=#\n\r\t\\-]{1,40}",
        "[a-z]{1,6}( ('[^'\n]{0,9}'|\"[a-z #=\\[\\]]{0,9}\"|[a-z0-9_./=:@%+-]{1,9})){0,5}",
        any::<String>().prop_map(|s| s.chars().take(40).collect()),
    ]
}

proptest! {
    #[test]
    fn any_subject_gives_a_file_that_reads_and_a_rule_for_it_alone(
        subject in hostile(), other in hostile(), session in hostile(), n in 0usize..5,
    ) {
        let operation = [Operation::Bash, Operation::Edit, Operation::Read, Operation::Fetch, Operation::Write][n];
        let (d, ctx) = (dialog(operation, &subject), Context { session: session.clone(), ..ctx() });
        let verdict = judge(&d, &ctx, &sop());
        let Ok(mut draft) = Draft::of(&d, &verdict, &ctx, |_| false) else { return Ok(()) };
        for action in [RuleAction::Allow, RuleAction::Hold, RuleAction::Deny] {
            draft.action = action;
            let text = draft.added_to("# mine").expect("it can be added");
            let mut policy = sop();
            policy.layer(&text, "policy.toml", Trust::User).expect("it reads");
            prop_assert_eq!(policy.rules().len(), sop().rules().len() + 1, "one rule more, and no other: {}", text);
            let says = |subject: &str, session: &str| {
                let ctx = Context { session: session.into(), ..ctx.clone() };
                judge_operation(operation, None, Subject::of(operation, Some(subject)), &ctx, &policy)
            };
            let ours = says(&subject, &session);
            if action == RuleAction::Deny && ours.action == Action::Hold {
                prop_assert!(ours.rule != "no-rule" && ours.rule != "not-vouched", "{ours:?}\n{text}");
            }
            if subject.trim() != other.trim() && operation == Operation::Bash {
                let theirs = says(&other, &session);
                prop_assert!(theirs.rule != draft.id() || other.split_whitespace().eq(subject.split_whitespace()), "{subject:?} {other:?}\n{text}");
            }
            if !session.contains(['*', '?']) && !session.is_empty() && session != "elsewhere" {
                prop_assert_ne!(says(&subject, "elsewhere").rule, draft.id().to_owned());
            }
        }
    }
}
