//! Stories of a text on its way: what is seen and answered, and what is sent.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::dialog::{DialogOption, Field, Meaning, Operation, TextOption};
use crate::domain::errand::{Heard, Order, Put, Sent, Sight};
use crate::domain::ledger::{Outcome, Said};
use crate::domain::read::{Composer, Reading};
use crate::domain::status::State;

use Opens::{Composer as InBox, Key, Tab};
use Outcome::{Cleared, Refused, Stuck, Unknown};
use Seen::{Box, Mark, Mist, Open, Other};

const TEXT: &str = "not that, \"this\"";

fn dialog(opens: Opens, marked: usize, field: Option<&str>) -> Dialog {
    let option = |label: &str, meaning, key: &str| DialogOption {
        label: label.to_owned(),
        meaning,
        key: Some(key.to_owned()),
    };
    Dialog {
        operation: Operation::Bash,
        subject: Some("rm -r build".to_owned()),
        options: vec![
            option("Yes", Meaning::AllowOnce, "1"),
            option("Yes, always", Meaning::AllowAlways, "2"),
            option("No", Meaning::Deny, "3"),
        ],
        selected: Some(marked),
        complete: true,
        texts: vec![TextOption { option: 2, opens }],
        field: field.map(|text| Field { option: 2, text: text.to_owned() }),
        ..Dialog::default()
    }
}

/// What a look shows.
#[derive(Clone, Copy)]
enum Seen {
    /// The dialog, its mark there.
    Mark(usize),
    /// Its field, with that in it.
    Open(&'static str),
    /// The composer, with that in it.
    Box(&'static str),
    /// Another dialog.
    Other,
    /// Nothing that can be read.
    Mist,
}

fn reading(opens: Opens, seen: Seen) -> Reading {
    let state = State::Permission;
    match seen {
        Mark(at) => Reading { state, dialog: Some(dialog(opens, at, None)), ..Reading::default() },
        Open(t) => Reading { state, dialog: Some(dialog(opens, 2, Some(t))), ..Reading::default() },
        Other => {
            let other = Dialog { subject: Some("git push".to_owned()), ..dialog(opens, 0, None) };
            Reading { state, dialog: Some(other), ..Reading::default() }
        }
        Box(t) => {
            let composer = Composer { text: t.to_owned(), certain: true, ..Composer::default() };
            Reading { state: State::Idle, composer: Some(composer), ..Reading::default() }
        }
        Mist => Reading::default(),
    }
}

/// Carries a text out before an agent that shows `seen` after each send, in turn; gives what was sent and how it ended.
fn run(
    opens: Opens,
    text: &str,
    first: Seen,
    seen: &[Seen],
    sends: &[Sent],
) -> (Vec<String>, Outcome, String) {
    let start = dialog(opens, 0, None);
    let way = way(&start, None).expect("it has one");
    let words = Words::new(text).expect("it can be written");
    let (mut course, order) =
        Course::new(start.identity(), way, words, Duration::from_millis(150), Duration::ZERO);
    let (mut now, mut at, mut sent) = (Duration::ZERO, 0, Vec::new());
    let mut order = order;
    let mut shown = first;
    for _ in 0..10_000 {
        let read = reading(opens, shown);
        let heard = match order {
            Order::End(outcome, said) => return (sent, outcome, said),
            Order::Look => Heard::Look(Sight {
                state: read.state,
                reading: &read,
                exists: true,
                dead: false,
                in_mode: false,
                synchronized: false,
            }),
            Order::Check => Heard::Checked(Ok(())),
            Order::Intend(_) => Heard::Recorded(Ok(())),
            Order::Send(put) => {
                sent.push(match put {
                    Put::Key(key) => key.as_str().to_owned(),
                    Put::Text(text) => text,
                });
                let how = sends.get(at).cloned().unwrap_or(Sent::Done);
                if how == Sent::Done {
                    shown = seen.get(at).copied().unwrap_or(shown);
                }
                at += 1;
                Heard::Sent(how)
            }
            Order::Wait => {
                now = now.max(course.due());
                Heard::Time
            }
        };
        now += Duration::from_millis(1);
        order = course.hear(heard, now);
    }
    panic!("it never ends");
}

fn check(opens: Opens, first: Seen, seen: &[Seen], want: &[&str], outcome: Outcome, part: &str) {
    let (sent, how, said) = run(opens, TEXT, first, seen, &[]);
    assert_eq!(
        (sent.iter().map(String::as_str).collect::<Vec<_>>(), how),
        (want.to_vec(), outcome),
        "{said}"
    );
    assert!(said.contains(part), "{said}");
}

#[test]
fn each_kind_of_field_is_opened_filled_and_submitted() {
    let done = "written and submitted";
    check(Key, Mark(0), &[Open(""), Open(TEXT), Box("")], &["3", TEXT, "Enter"], Cleared, done);
    let steps = [Mark(1), Mark(2), Open(""), Open(TEXT), Box("")];
    check(Tab, Mark(0), &steps, &["Down", "Down", "Tab", TEXT, "Enter"], Cleared, done);
    check(Tab, Mark(2), &steps[2..], &["Tab", TEXT, "Enter"], Cleared, done);
    check(InBox, Mark(0), &[Box(""), Box(TEXT), Box("")], &["3", TEXT, "Enter"], Cleared, done);
    // The agent asks the very same again.
    check(InBox, Mark(0), &[Box(""), Box(TEXT), Mark(0)], &["3", TEXT, "Enter"], Cleared, done);
    // The next question of the same call, and a field that a person opened.
    check(Key, Open(""), &[Open(TEXT), Other], &[TEXT, "Enter"], Cleared, "another dialog");
    // Wrapped, it is the same.
    check(Key, Open(""), &[Open("not that,\"this\""), Box("")], &[TEXT, "Enter"], Cleared, done);
}

#[test]
fn what_is_not_as_it_was_gets_no_key() {
    check(Key, Other, &[], &[], Refused, "another dialog");
    check(Key, Box(""), &[], &[], Refused, "another dialog");
    check(Key, Open("half a te"), &[], &[], Refused, "holds \"half a te\" already");
    let (sent, how, said) = run(InBox, "/quit", Mark(0), &[], &[]);
    assert_eq!((sent.len(), how), (0, Refused), "{said}");
}

#[test]
fn a_doubt_ends_it_and_what_lies_there_is_told() {
    let never = "nothing more was sent";
    check(Key, Mark(0), &[Mark(0)], &["3"], Stuck, "held after 3: no empty field");
    check(Key, Mark(0), &[Other], &["3"], Stuck, "another dialog is there; nothing more was sent");
    check(Key, Mark(0), &[Mist], &["3"], Stuck, never);
    // Claude Code 2.1.34 took a lone digit for an option: the dialog went with the text.
    check(Key, Mark(0), &[Open(""), Box("")], &["3", TEXT], Stuck, "not seen there, whole and alone");
    check(
        Key,
        Mark(0),
        &[Open(""), Open("not that")],
        &["3", TEXT],
        Stuck,
        "its text field holds \"not that\"",
    );
    check(Tab, Mark(0), &[Mark(0)], &["Down"], Stuck, "its mark was not seen to move");
    check(Tab, Mark(0), &[Mark(2), Open("")], &["Down"], Stuck, "mark");
    check(InBox, Mark(0), &[Other], &["3"], Stuck, "another dialog is there");
    // Also one that the cut would have made half, or that is wrapped.
    for held in [
        "the key of the deploy user is this one here ghp_0a1b2c3d4e5f6g7h8i9j0k1l",
        "use ghp_0a1b2c3d4e\n5f6g7h8i9j0k1l",
        "DB_PASSWORD=hunter2",
    ] {
        check(InBox, Mark(0), &[Box(held)], &["3"], Stuck, "the composer holds a secret");
        check(Key, Open(held), &[], &[], Refused, "its text field holds a secret already");
    }
    check(InBox, Mark(0), &[Box("unsent")], &["3"], Stuck, "the composer holds \"unsent\"");
    check(Key, Mark(0), &[Open(""), Open(TEXT), Open(TEXT)], &["3", TEXT, "Enter"], Stuck, "not seen to go");
    // The dialog went, and the text lies in the composer.
    check(
        Key,
        Mark(0),
        &[Open(""), Open(TEXT), Box(TEXT)],
        &["3", TEXT, "Enter"],
        Stuck,
        "the composer holds",
    );
}

#[test]
fn what_may_have_been_lost_is_not_sent_again() {
    let no = || Sent::Refused("it shows something else".to_owned());
    let lost = || Sent::Unknown("no answer".to_owned());
    let seen = [Open(""), Open(TEXT), Box("")];
    for (sends, want, outcome, part) in [
        (vec![no()], 1, Refused, "something else"),
        (vec![Sent::Done, no()], 2, Stuck, "held after 3: it shows something else"),
        (vec![Sent::Done, Sent::Done, no()], 3, Stuck, "holds"),
        (vec![lost()], 1, Unknown, "no answer"),
        (vec![Sent::Done, lost()], 2, Unknown, "no answer"),
        (vec![Sent::Done, Sent::Done, lost()], 3, Unknown, "no answer"),
    ] {
        let (sent, how, said) = run(Key, TEXT, Mark(0), &seen, &sends);
        assert_eq!((sent.len(), how), (want, outcome), "{said}");
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_text_is_one_line_that_shows() {
    for (raw, want) in [
        ("  use make\n", Ok("use make")),
        ("two\nlines\tand\r\nmore", Ok("two lines and more")),
        ("größe \"x\" !/#@", Ok("größe \"x\" !/#@")),
        ("2 of them", Ok("2 of them")),
        ("1", Err("single")),
        ("", Err("nothing")),
        (" \n ", Err("nothing")),
        ("a\u{1b}[201~b", Err("cannot be shown")),
        ("a\u{202e}b", Err("cannot be shown")),
        ("rm\u{200b} x", Err("nobody sees")),
        ("a\u{200c}b", Err("nobody sees")),
        ("a\u{200d}b", Err("nobody sees")),
        ("a\u{2060}b", Err("nobody sees")),
        ("a\u{ad}b", Err("nobody sees")),
        ("\u{3164}\u{3164}", Err("nobody sees")),
        ("use make \\", Err("backslash")),
        ("use make \\ \n", Err("backslash")),
        ("a \\ b", Ok("a \\ b")),
    ] {
        match (Words::new(raw), want) {
            (Ok(words), Ok(want)) => assert_eq!(words.as_str(), want),
            (Err(why), Err(part)) => assert!(why.contains(part), "{raw:?}: {why}"),
            (got, want) => panic!("{raw:?}: {got:?}, wanted {want:?}"),
        }
    }
    assert!(Words::new(&"x".repeat(Words::MAX)).is_ok() && Words::new(&"x".repeat(Words::MAX + 1)).is_err());
    assert!(serde_json::from_str::<Words>("\"a\\u001bb\"").is_err(), "a wish brings no key along");
    for (text, fits) in [
        ("!ls", false),
        ("/clear", false),
        ("# note", false),
        ("mail me@", false),
        ("see @", false),
        ("a !/# b", true),
    ] {
        let words = Words::new(text).expect("it can be written");
        assert_eq!(words.suits(InBox).is_ok(), fits, "{text}");
        assert!(words.suits(Key).is_ok() && words.suits(Tab).is_ok());
    }
}

proptest! {
    /// Whatever an agent shows: the text goes into an empty field only, Enter only onto the whole text, nothing twice.
    #[test]
    fn no_agent_gets_enter_onto_something_else(shows in proptest::collection::vec(0usize..9, 0..8), way in 0usize..3) {
        let all = [Mark(0), Mark(1), Mark(2), Open(""), Open(TEXT), Open("else"), Box(""), Box(TEXT), Other];
        let opens = [Key, Tab, InBox][way];
        let seen: Vec<Seen> = shows.iter().map(|n| all[*n]).collect();
        let (sent, outcome, _) = run(opens, TEXT, Mark(0), &seen, &[]);
        // The last thing that an agent shows, it goes on showing.
        let before = |n: usize| seen[..n.min(seen.len())].last().copied().unwrap_or(Mark(0));
        for (n, put) in sent.iter().enumerate() {
            match (put.as_str(), before(n)) {
                (TEXT, Open("") | Box(""))
                | ("Enter", Open(TEXT) | Box(TEXT))
                | ("3" | "Up" | "Down", Mark(_))
                | ("Tab", Mark(2)) => {}
                (put, _) => prop_assert!(false, "{put} as number {n} of {sent:?} onto {shows:?}"),
            }
        }
        let times = |what: &str| sent.iter().filter(|s| *s == what).count();
        prop_assert!(times(TEXT) <= 1 && times("Enter") <= 1 && times("Tab") <= 1 && times("3") <= 1);
        prop_assert!(outcome != Cleared || times("Enter") == 1);
    }
}

#[test]
fn what_a_text_says_is_told_by_the_option_that_takes_it() {
    let plain = dialog(Key, 0, None);
    let way = way(&plain, None).expect("one option takes a text");
    let words = Words::new(TEXT).expect("it can be written");
    let (course, _) = Course::new(plain.identity(), way, words, Duration::ZERO, Duration::ZERO);
    assert_eq!(course.says(&plain), Said::Deny);
    let mut asks = plain;
    for (meaning, says) in
        [(Meaning::Other, Said::Text), (Meaning::AllowOnce, Said::Text), (Meaning::AllowAlways, Said::Grant)]
    {
        asks.options[2].meaning = meaning;
        assert_eq!(course.says(&asks), says, "{meaning:?}");
    }
}
