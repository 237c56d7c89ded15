//! What was decided on dialogs of the past, put together from their entries, to be laid beside what other rules say of
//! them. Whether the rules can say anything is a matter of what the record holds: masked or cropped it is not judged.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::words::Outcome;
use crate::domain::dialog::Dialog;
use crate::domain::policy::{Action, Verdict};

/// One dialog's life, told to its end as far as it has one.
#[derive(Debug, Clone)]
pub struct Past {
    /// The entry that opened its life: what was asked, where, and what the rules said.
    pub opened: Entry,
    /// How far it came, by its last entry.
    pub outcome: Outcome,
    /// It was confirmed in shadow: auto-confirm only watched.
    watched: bool,
}

impl Past {
    /// What the rules said, shadow or not.
    pub fn word(&self) -> Action {
        if self.watched { Action::Confirm } else { self.opened.body.verdict.action }
    }

    /// The dialog, if the record holds the whole of it; else why it cannot be judged.
    pub fn dialog(&self) -> Result<Dialog, &'static str> {
        let dialog = self.opened.dialog().ok_or("the record does not hold the dialog")?;
        // The name of what was shown is made of every letter of it: masked, cropped or cleaned text has another.
        if dialog.identity() == self.opened.body.showing.content {
            Ok(dialog)
        } else {
            Err("the record is masked or cropped")
        }
    }

    /// What other rules say beside it.
    pub fn beside(&self, now: &Verdict) -> Beside {
        let said = said(now);
        let body = &self.opened.body;
        match (said == self.word(), rule(now) == body.verdict.rule) {
            (true, true) => Beside::Same,
            (true, false) => Beside::OtherRule,
            (false, _) => Beside::Other,
        }
    }
}

/// How two decisions on one dialog compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// The same, by the same rule.
    Same,
    /// The same, by another rule.
    OtherRule,
    /// Something else.
    Other,
}

/// What a verdict says, shadow or not. A *deny* in shadow is a hold: it is recorded so.
pub fn said(verdict: &Verdict) -> Action {
    if verdict.would() == Action::Confirm { Action::Confirm } else { verdict.action }
}

/// The rule behind a verdict, as it is recorded.
pub fn rule(verdict: &Verdict) -> &str {
    verdict.would.as_ref().map_or(&verdict.rule, |would| &would.rule)
}

/// Lives put together from entries in their order. One whose beginning was not told is left out.
#[derive(Debug, Clone, Default)]
pub struct Pasts(BTreeMap<u64, Past>);

impl Pasts {
    /// Takes the next entry in.
    pub fn add(&mut self, entry: Entry) {
        let (outcome, watched) = (entry.body.outcome, entry.body.outcome == Outcome::Watched);
        match entry.body.of {
            None => {
                self.0.insert(entry.seq, Past { outcome, watched, opened: entry });
            }
            Some(of) => {
                if let Some(past) = self.0.get_mut(&of) {
                    past.outcome = outcome;
                    past.watched |= watched;
                }
            }
        }
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Past> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::{DialogOption, Meaning, Operation};
    use crate::domain::ledger::{Actor, Body, Book, Decision, Ruling, Scene, Showing, Times};
    use crate::domain::redact::Secrets;
    use crate::domain::session::{PaneId, PaneIdentity, SessionName};

    fn bash(command: &str) -> Dialog {
        let yes = DialogOption { label: "Yes".into(), meaning: Meaning::AllowOnce, key: Some("1".into()) };
        Dialog {
            operation: Operation::Bash,
            subject: Some(command.to_owned()),
            options: vec![yes],
            complete: true,
            ..Dialog::default()
        }
    }

    fn write(
        book: &mut Book,
        dialog: &Dialog,
        of: Option<u64>,
        outcome: Outcome,
        action: Action,
        rule: &str,
    ) -> u64 {
        let scene = Scene {
            host: "box".into(),
            session: SessionName::new("dev"),
            pane: PaneIdentity { id: PaneId(1), pid: 2, start: 3 },
            agent: None,
            cwd: None,
        };
        let decision = Decision {
            showing: Showing { content: dialog.identity(), epoch: 1 },
            of,
            verdict: Ruling { action, rule: rule.to_owned(), reason: String::new() },
            why: String::new(),
            actor: Actor::Automation,
            channel: None,
            key: None,
            answer: None,
            outcome,
            times: Times::default(),
        };
        let mask = |s: &str| Secrets::builtin().mask(s).into_owned();
        book.append(Body::new(jiff::Timestamp::UNIX_EPOCH, &scene, dialog, decision, &mask)).seq
    }

    fn pasts(book: &Book) -> Pasts {
        let mut pasts = Pasts::default();
        book.entries().iter().for_each(|e| pasts.add(e.clone()));
        pasts
    }

    #[test]
    fn a_life_is_one_decision_with_its_end() {
        let mut book = Book::default();
        let (a, b) = (bash("ls"), bash("make"));
        let first = write(&mut book, &a, None, Outcome::Intended, Action::Confirm, "sop.bash");
        write(&mut book, &b, None, Outcome::Watched, Action::Hold, "sop.bash");
        write(&mut book, &a, Some(first), Outcome::Cleared, Action::Confirm, "sop.bash");
        write(&mut book, &b, Some(99), Outcome::Gone, Action::Hold, "x");
        let pasts = pasts(&book);
        let told: Vec<_> = pasts.iter().map(|p| (p.opened.seq, p.outcome, p.word())).collect();
        assert_eq!(told, [(1, Outcome::Cleared, Action::Confirm), (2, Outcome::Watched, Action::Confirm)]);
        assert_eq!(pasts.iter().next().map(Past::dialog), Some(Ok(a)));
    }

    #[test]
    fn what_is_masked_or_cropped_is_not_judged() {
        let long = format!("echo {}", "x".repeat(20_000));
        for (command, whole) in [
            ("cargo test", true),
            ("curl -u me:geheim123 https://x", false),
            ("echo a\u{200e}b", false),
            (long.as_str(), false),
        ] {
            let mut book = Book::default();
            write(&mut book, &bash(command), None, Outcome::Held, Action::Hold, "x");
            let told = pasts(&book).iter().next().map(|p| p.dialog().is_ok());
            assert_eq!(told, Some(whole), "{}", &command[..command.len().min(40)]);
        }
    }

    #[test]
    fn decisions_are_compared_by_what_they_say_then_by_rule() {
        let mut book = Book::default();
        write(&mut book, &bash("ls"), None, Outcome::Held, Action::Hold, "not-vouched");
        let pasts = pasts(&book);
        let past = pasts.iter().next().expect("one");
        for (action, rule, want) in [
            (Action::Hold, "not-vouched", Beside::Same),
            (Action::Hold, "delete", Beside::OtherRule),
            (Action::Deny, "wipe", Beside::Other),
        ] {
            let now = Verdict { action, ..Verdict::hold(rule, "") };
            assert_eq!(past.beside(&now), want, "{rule}");
        }
        let would = Some(Box::new(Verdict { action: Action::Confirm, ..Verdict::hold("sop.bash", "") }));
        assert_eq!(past.beside(&Verdict { would, ..Verdict::hold("preset.watch", "") }), Beside::Other);
    }
}
