//! The ledger's values: nothing can be changed, left out, cut off or read unmasked without it showing.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::dialog::{Dialog, DialogId, DialogOption, Meaning, Operation};
use crate::domain::policy::Action;
use crate::domain::redact::Secrets;
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::stroke::KeyName;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn dialog(subject: &str) -> Dialog {
    let option = |label: &str, meaning, key: &str| DialogOption {
        label: label.to_owned(),
        meaning,
        key: Some(key.to_owned()),
    };
    Dialog {
        operation: Operation::Bash,
        tool: Some("Bash".to_owned()),
        subject: Some(subject.to_owned()),
        question: Some(format!("Run {subject}?")),
        options: vec![option("Yes", Meaning::AllowOnce, "1"), option("No", Meaning::Deny, "2")],
        selected: Some(0),
        complete: true,
        ..Dialog::default()
    }
}

fn scene() -> Scene {
    Scene {
        host: "box".to_owned(),
        session: SessionName::new("dev_worker1"),
        pane: PaneIdentity { id: PaneId(3), pid: 4711, start: 99 },
        agent: Some("claude".to_owned()),
        cwd: Some("/src/app".to_owned()),
    }
}

fn decision(outcome: Outcome) -> Decision {
    Decision {
        showing: Showing { content: DialogId(7), epoch: 1 },
        of: None,
        verdict: Ruling { action: Action::Confirm, rule: "read".to_owned(), reason: "reads only".to_owned() },
        why: String::new(),
        actor: Actor::Automation,
        channel: Some(Channel::Key),
        key: KeyName::new("1"),
        answer: None,
        outcome,
        times: Times { seen: Some(ms(1)), pressed: None, cleared: None },
    }
}

fn plain(s: &str) -> String {
    s.to_owned()
}

fn at(s: &str) -> Timestamp {
    s.parse().expect("a time")
}

fn body() -> Body {
    Body::new(at("2026-11-23T05:14:00Z"), &scene(), &dialog("ls"), decision(Outcome::Intended), &plain)
}

fn book(n: u64) -> Book {
    let mut book = Book::default();
    for i in 0..n {
        let mut next = body();
        next.showing.epoch = i;
        book.append(next);
    }
    book
}

#[test]
fn every_field_is_in_the_hash() {
    type Change = fn(&mut Body);
    let changes: &[(&str, Change)] = &[
        ("of", |b| b.of = Some(0)),
        ("at", |b| b.at = Timestamp::from_millisecond(1).expect("a time")),
        ("host", |b| b.scene.host.push('x')),
        ("session", |b| b.scene.session = SessionName::new("other")),
        ("pane", |b| b.scene.pane.id = PaneId(4)),
        ("pid", |b| b.scene.pane.pid = 1),
        ("start", |b| b.scene.pane.start = 1),
        ("agent", |b| b.scene.agent = None),
        ("cwd", |b| b.scene.cwd = Some(String::new())),
        ("content", |b| b.showing.content = DialogId(8)),
        ("epoch", |b| b.showing.epoch = 8),
        ("operation", |b| b.operation = Operation::Read),
        ("subject", |b| b.subject = None),
        ("asked", |b| b.asked = None),
        ("action", |b| b.verdict.action = Action::Hold),
        ("rule", |b| b.verdict.rule.clear()),
        ("reason", |b| b.verdict.reason.clear()),
        ("actor", |b| b.actor = Actor::Person("me".to_owned())),
        ("channel", |b| b.channel = Some(Channel::Hook)),
        ("key", |b| b.key = None),
        ("answer", |b| b.answer = Some(Said::Deny)),
        ("outcome", |b| b.outcome = Outcome::Cleared),
        ("seen", |b| b.times.seen = Some(Duration::ZERO)),
        ("pressed", |b| b.times.pressed = Some(Duration::ZERO)),
        ("cleared", |b| b.times.cleared = Some(Duration::ZERO)),
        // What moves from one field to its neighbour is another entry.
        ("border", |b| {
            b.verdict.rule = "readr".to_owned();
            b.verdict.reason = "eads only".to_owned();
        }),
    ];
    let whole = Anchor::default().seal(body());
    let mut seen = vec![whole.hash];
    for (name, change) in changes {
        let mut changed = body();
        change(&mut changed);
        assert_ne!(changed, whole.body, "{name} does change the entry");
        let hash = Anchor::default().seal(changed).hash;
        assert!(!seen.contains(&hash), "{name} is not in the hash");
        seen.push(hash);
    }
    let elsewhere = Anchor { seq: 1, hash: Hash::default() }.seal(body());
    assert!(!seen.contains(&elsewhere.hash), "the number is not in the hash");
}

#[test]
fn the_form_is_the_one_that_is_already_on_disks() {
    let mut entry = body();
    entry.asked = Some(Masked::stored("{}".to_owned()));
    assert_eq!(
        Anchor::default().seal(entry).hash.to_string(),
        "6cf0a2f51dedad18c44ff37b1ff7557f684ef8b0ca3ff869b5f44f48dd4d4bc8",
        "a change of the canonical form makes every ledger in use look tampered with"
    );
}

proptest! {
    #[test]
    fn a_chain_holds_until_something_is_done_to_it(n in 1u64..12, at in 0usize..12, deed in 0usize..6) {
        let book = book(n);
        prop_assert_eq!(book.verify(), Ok(book.head()));
        let mut entries = book.entries().to_vec();
        let at = at % entries.len();
        match deed {
            0 => { entries.remove(at); }
            1 => entries.insert(at, entries[at].clone()),
            2 => entries[at].body.verdict.rule.push('x'),
            3 => entries[at].hash.0[at % 32] ^= 1,
            4 if at > 0 => entries.swap(at - 1, at),
            // A forger who mends the hash of what he changed breaks the next one, or the head.
            _ => {
                let before = at.checked_sub(1).map_or_else(Anchor::default, |b| {
                    Anchor { seq: entries[b].seq, hash: entries[b].hash }
                });
                let mut body = entries[at].body.clone();
                body.outcome = Outcome::Gone;
                entries[at] = before.seal(body);
            }
        }
        prop_assert!(verify(Anchor::default(), &entries, book.head()).is_err());
    }
}

#[test]
fn the_first_broken_place_is_named() {
    let book = book(5);
    let check = |entries: &[Entry], seq: u64, word: &str| {
        let e = verify(Anchor::default(), entries, book.head()).expect_err(word);
        assert_eq!(e.seq, seq, "{e}");
        assert!(e.why.contains(word), "{e}");
    };
    let all = book.entries();
    check(&all[..3], 4, "missing, and all after it");
    check(&all[1..], 1, "missing");
    check(&[&all[..2], &all[3..]].concat(), 3, "missing");
    let mut changed = all.to_vec();
    changed[3].body.of = Some(1);
    check(&changed, 4, "changed");
}

#[test]
fn a_chain_goes_on_from_an_anchor() {
    let book = book(6);
    let cut = &book.entries()[2];
    let from = Anchor { seq: cut.seq, hash: cut.hash };
    assert_eq!(verify(from, &book.entries()[3..], book.head()), Ok(book.head()));
    assert!(verify(Anchor { seq: 3, hash: Hash::default() }, &book.entries()[3..], book.head()).is_err());
    assert_eq!(verify(book.head(), [], book.head()), Ok(book.head()), "all let go");
}

#[test]
fn nothing_of_a_secret_gets_into_an_entry() {
    let secret = "sk-ant-0123456789";
    let mask = |s: &str| s.replace("sk-ant-0123456789", "•••");
    let mut why = decision(Outcome::Held);
    why.verdict.reason = format!("unknown program in: deploy {secret}");
    why.why = format!("the screen says {secret}");
    let body =
        Body::new(at("2026-11-23T05:14:00Z"), &scene(), &dialog(&format!("deploy {secret}")), why, &mask);
    assert!(!format!("{body:?}").contains(secret), "{body:?}");
    let whole = Anchor::default().seal(body).dialog().expect("the dialog");
    assert_eq!(whole.subject.as_deref(), Some("deploy •••"));
    assert_eq!(whole.question.as_deref(), Some("Run deploy •••?"));
    assert_eq!(whole.options, dialog("x").options, "what the masks do not touch can be judged again");
}

#[test]
fn a_secret_that_wraps_gets_into_no_entry_by_its_halves() {
    let (one, two) = ("sk-ant-q7Lw9ZrT2mXbV5cK", "d8NfJh3GsYp6AeUi1Ro4");
    let mask = |s: &str| Secrets::builtin().mask(s).into_owned();
    let asked = Dialog {
        alternative: Some(format!("deploy {one}\n{two} --now")),
        ..dialog(&format!("deploy {one}{two} --now"))
    };
    let mut why = decision(Outcome::Held);
    why.verdict.reason = format!("unknown program in: {two}");
    let body = Body::new(at("2026-11-23T05:14:00Z"), &scene(), &asked, why, &mask);
    assert!(!format!("{body:?}").contains(&two[..6]), "{body:?}");
    let whole = Anchor::default().seal(body).dialog().expect("the dialog");
    let lines = whole.alternative.expect("the other reading");
    assert!(lines.starts_with("deploy •") && lines.ends_with("• --now"), "{lines}");
    assert_eq!(lines.lines().count(), 2, "it is still two lines");
}

#[test]
fn texts_of_entries_are_printable_and_bounded() {
    let masked = Masked::new("a\u{1b}[31mb\n\u{202e}c", &plain);
    assert_eq!(masked.as_str(), "a[31mb\nc");
    let long = Masked::new(&"漢".repeat(100_000), &plain);
    assert!(long.as_str().len() < 17_000 && long.as_str().ends_with('…'));
    let body = Body::new(
        at("2026-11-23T05:14:00Z"),
        &scene(),
        &dialog(&"x".repeat(400_000)),
        decision(Outcome::Held),
        &plain,
    );
    assert!(body.asked.is_none_or(|a| a.as_str().len() < 70_000));
}

#[test]
fn words_are_read_back() {
    let showing = Showing { content: DialogId(0xfeed), epoch: 12 };
    assert_eq!(Showing::parse(&showing.to_string()), Some(showing));
    for bad in ["", "-", "x-1", "1", "1-x", "1-"] {
        assert_eq!(Showing::parse(bad), None, "{bad}");
    }
    for actor in [Actor::Automation, Actor::Person("operator".to_owned())] {
        assert_eq!(Actor::parse(&actor.to_string()), actor);
    }
    assert_ne!(Actor::Person("automation".to_owned()).to_string(), "automation");
    for said in Said::ALL {
        assert_eq!(serde_json::to_string(&said).expect("json"), format!("\"{}\"", said.word()));
    }
    for outcome in Outcome::ALL {
        assert_eq!(serde_json::to_string(&outcome).expect("json"), format!("\"{}\"", outcome.word()));
    }
}

#[test]
fn what_is_not_known_to_have_arrived_is_unsettled() {
    let check = |outcomes: &[(Outcome, Option<u64>)], want: &[u64]| {
        let mut book = Book::default();
        for (outcome, of) in outcomes {
            let mut next = body();
            (next.outcome, next.of) = (*outcome, *of);
            book.append(next);
        }
        let got: Vec<u64> = book.unsettled().iter().map(|e| e.seq).collect();
        assert_eq!(got, want, "{outcomes:?}");
    };
    use Outcome::*;
    check(&[(Intended, None)], &[1]);
    check(&[(Intended, None), (Cleared, Some(1))], &[]);
    check(&[(Intended, None), (Stuck, Some(1))], &[2]);
    check(&[(Intended, None), (Unknown, Some(1)), (Gone, Some(1))], &[]);
    check(&[(Held, None), (Intended, Some(1)), (Intended, None), (Refused, Some(3))], &[2]);
    check(&[(Held, None), (Watched, None)], &[]);
}

#[test]
fn what_a_person_keeps_binds_until_it_goes() {
    let mut book = Book::default();
    let mut add = |outcome, of, who: &str| {
        let mut next = body();
        (next.outcome, next.of, next.actor) = (outcome, of, Actor::parse(who));
        book.append(next);
        book.unsettled().iter().map(|e| e.seq).collect::<Vec<_>>()
    };
    assert_eq!(add(Outcome::Held, None, "automation"), [0u64; 0]);
    assert_eq!(add(Outcome::Held, Some(1), "operator"), [2]);
    assert_eq!(add(Outcome::Refused, None, "operator"), [2, 3], "his answer did not go out");
    assert_eq!(add(Outcome::Cleared, None, "operator"), [2, 3]);
    assert_eq!(add(Outcome::Gone, Some(1), "automation"), [3]);
}

#[test]
fn whoever_follows_writes_that_nobody_knows() {
    let mut book = Book::default();
    let mut intent = body();
    intent.outcome = Outcome::Intended;
    let first = book.append(intent);
    let later = at("2026-11-23T06:00:00Z");
    let left = first.left_behind(later).expect("it was intended only");
    assert_eq!((left.of, left.outcome, left.at), (Some(1), Outcome::Unknown, later));
    assert!(left.verdict.reason.starts_with("its end was not written"), "{}", left.verdict.reason);
    let told = book.append(left);
    assert_eq!(told.left_behind(later), None, "told once");
    assert_eq!(book.unsettled(), [told], "and hands stay off that dialog");
    assert!(book.verify().is_ok());
}

#[test]
fn the_tally_counts_what_was_observed() {
    let mut tally = Tally::default();
    assert_eq!(tally.pressed(), Latency::default(), "nothing measured is nothing told");
    let mut add = |outcome, rule: &str, time: &str, pressed: Option<u64>, actor: Actor| {
        let mut next = body();
        next.outcome = outcome;
        next.verdict.rule = rule.to_owned();
        if rule == "wipe" {
            next.verdict.action = Action::Deny;
        }
        next.at = at(time);
        next.actor = actor;
        next.times =
            Times { seen: Some(ms(1)), pressed: pressed.map(ms), cleared: pressed.map(|p| ms(p + 50)) };
        tally.add(&Anchor::default().seal(next));
    };
    for i in 1..=100 {
        add(Outcome::Cleared, "read", "2026-11-23T04:59:59Z", Some(i), Actor::Automation);
    }
    add(Outcome::Cleared, "grep", "2026-11-23T05:00:00Z", None, Actor::Automation);
    add(Outcome::Cleared, "bash", "2026-11-23T05:00:00Z", Some(9000), Actor::Person("me".to_owned()));
    add(Outcome::Cleared, "wipe", "2026-11-23T05:00:00Z", None, Actor::Automation);
    add(Outcome::Watched, "read", "2026-11-23T05:00:00Z", None, Actor::Automation);
    add(Outcome::Held, "delete", "2026-11-23T05:00:00Z", None, Actor::Automation);
    add(Outcome::Stuck, "read", "2026-11-23T05:00:00Z", None, Actor::Automation);
    add(Outcome::Unknown, "read", "2026-11-23T05:00:00Z", None, Actor::Automation);
    let read = RuleCount { cleared: 100, denied: 0, watched: 1, held: 0, failed: 1, unknown: 1 };
    assert_eq!(tally.rules["read"], read);
    assert_eq!(tally.rules["bash"], RuleCount::default(), "what a person pressed is not the rule's");
    assert_eq!(tally.rules["wipe"], RuleCount { denied: 1, ..RuleCount::default() }, "and not confirmed");
    assert_eq!(tally.rules["delete"].held, 1);
    assert_eq!(tally.hours(at("2026-11-23T05:30:00Z"), 3), [0, 100, 1]);
    assert_eq!(tally.confirmed(), 101);
    assert_eq!(tally.watched(), 1);
    assert_eq!(tally.pressed(), Latency { p50: Some(ms(50)), p99: Some(ms(99)), count: 100 });
    assert_eq!(tally.cleared(), Latency { p50: Some(ms(100)), p99: Some(ms(149)), count: 100 });
}

#[test]
fn what_came_of_it_is_told_by_who_said_what() {
    let me = || Actor::Person("me".to_owned());
    for (outcome, answer, actor, word) in [
        (Outcome::Cleared, Some(Said::Allow), Actor::Automation, "cleared"),
        (Outcome::Cleared, Some(Said::Allow), me(), "approved"),
        (Outcome::Cleared, Some(Said::Grant), me(), "granted"),
        (Outcome::Cleared, Some(Said::Deny), me(), "denied"),
        (Outcome::Cleared, Some(Said::Deny), Actor::Automation, "denied"),
        (Outcome::Cleared, Some(Said::Option), me(), "cleared"),
        (Outcome::Cleared, None, me(), "cleared"),
        (Outcome::Refused, Some(Said::Grant), me(), "refused"),
        (Outcome::Unknown, Some(Said::Allow), me(), "unknown"),
    ] {
        let told = Body { actor, answer, outcome, ..body() };
        assert_eq!(told.word(), word, "{outcome:?} {answer:?}");
    }
}

#[test]
fn what_is_asked_of_a_person_is_told_by_its_question() {
    for (operation, subject, told) in [
        (Operation::Question, None, Some("Run x?")),
        (Operation::Plan, None, Some("Run x?")),
        (Operation::Question, Some("colours"), Some("colours")),
        (Operation::Bash, None, None),
    ] {
        let asked = Dialog { operation, subject: subject.map(str::to_owned), ..dialog("x") };
        let decided = decision(Outcome::Held);
        let body = Body::new(at("2026-11-23T05:14:00Z"), &scene(), &asked, decided, &plain);
        assert_eq!(body.subject.as_ref().map(Masked::as_str), told, "{operation:?}");
    }
}
