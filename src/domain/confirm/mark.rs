//! Choosing an option that no key of its own chooses: a person's word moves the mark to it, row by row, and Enter comes only
//! when it was seen to stand there. Each of these keys is written down before, compared on the server and looked after, like
//! any other. Not for automation: that chooses by one key or not at all.

use std::time::Duration;

use super::case::Case;
use super::life::Life;
use super::order::{CaseId, Order};
use super::stage::{Act, By, Stage};
use crate::domain::dialog::Dialog;
use crate::domain::stroke::KeyName;

/// Where a mark is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Goal {
    /// The option, 0-based.
    pub option: usize,
    /// Where the mark stood when this key was chosen.
    pub from: usize,
    /// So many keys more may be tried.
    left: usize,
}

/// The key that brings the mark nearer, if the dialog is whole and has one.
pub(super) fn towards(dialog: &Dialog, option: usize) -> Option<(KeyName, Goal)> {
    let from = dialog.selected.filter(|at| dialog.complete && *at != option)?;
    dialog.options.get(option)?;
    let key = KeyName::new(if option > from { "Down" } else { "Up" })?;
    Some((key, Goal { option, from, left: dialog.options.len() }))
}

impl Act {
    /// True if it is a move of the mark, and the mark still stands where it stood.
    pub(super) fn moves(&self, dialog: &Dialog) -> bool {
        let (By::Key(key), Some(goal)) = (&self.by, self.goal) else { return false };
        towards(dialog, goal.option).is_some_and(|(now, at)| now == *key && at.from == goal.from)
    }
}

impl Case {
    /// The move that was sent, if the mark stands elsewhere since.
    fn moved(&self) -> Option<(&Act, Goal)> {
        let act = self.entries.act.as_ref()?;
        let goal = act.goal.filter(|g| self.current() && self.shown.dialog.selected != Some(g.from))?;
        Some((act, goal))
    }

    /// When a mark that was moved has stood still long enough.
    pub(super) fn mark_rests(&self, settle: Duration) -> Option<Duration> {
        self.moved().map(|_| self.steady.since + settle)
    }
}

impl Life {
    /// The mark was moved and stands still: on with it, or Enter.
    pub(super) fn go_on_marking(&mut self, id: CaseId, out: &mut Vec<Order>) {
        let Some(case) = self.case(id) else { return };
        let Some((act, goal)) = case.moved() else { return };
        let dialog = &case.shown.dialog;
        let option = dialog.options.get(goal.option);
        let next = if dialog.selected == Some(goal.option) {
            option.and_then(|o| KeyName::new(o.key.as_deref()?)).map(|key| (key, None))
        } else {
            let left = goal.left.checked_sub(1);
            let again = left.and_then(|left| towards(dialog, goal.option).map(|(k, g)| (k, left, g)));
            again.map(|(key, left, goal)| (key, Some(Goal { left, ..goal })))
        };
        // Without a next key it stays as it is, and is told as stuck.
        if let Some((key, goal)) = next {
            case.stage = Stage::Guarding(Act { by: By::Key(key), goal, ..act.clone() });
            out.push(Order::Check);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::rig::{self, Rig, ms};
    use super::super::{Answer, Input, Reply, Sent};
    use super::*;
    use crate::domain::dialog::{DialogOption, Meaning, Opens, Operation, TextOption};
    use crate::domain::ledger::Showing;
    use crate::domain::policy::Action;

    const LABELS: [&str; 3] = ["No, exit", "Help", "Yes, I trust this folder"];

    /// A list without numbers: only Enter chooses, and only what is marked.
    fn list(marked: usize) -> Dialog {
        let option = |(i, label): (usize, &&str)| DialogOption {
            label: (*label).to_owned(),
            meaning: Meaning::Other,
            key: (i == marked).then(|| "Enter".to_owned()),
        };
        Dialog {
            operation: Operation::Trust,
            options: LABELS.iter().enumerate().map(option).collect(),
            selected: Some(marked),
            complete: true,
            ..Dialog::default()
        }
    }

    fn show(rig: &mut Rig, dialog: Dialog) {
        rig.screen = Some((Showing { content: dialog.identity(), epoch: 1 }, Arc::new(dialog)));
        rig.look();
    }

    /// A person chooses; after each key the mark stands where `marks` says next, `None`: the dialog goes.
    fn check(what: &str, first: Dialog, option: usize, marks: &[Option<usize>], want: &[&str]) {
        let mut rig = Rig::new(false);
        rig.verdict.action = Action::Hold;
        show(&mut rig, first);
        rig.until(500);
        rig.log.clear();
        rig.hear(Input::Person(Reply {
            who: "me".into(),
            wish: None,
            answer: Answer::Choose(option),
            drawn: None,
        }));
        for mark in marks {
            rig.now += ms(20);
            if let Some(at) = mark {
                show(&mut rig, list(*at));
            } else {
                rig.screen = None;
                rig.look();
            }
            let then = rig.now + ms(200);
            rig.until(u64::try_from(then.as_millis()).expect("small"));
        }
        rig.until(9_000);
        assert_eq!(rig.log, want, "{what}");
    }

    #[test]
    fn the_mark_is_moved_and_only_there_comes_enter() {
        check(
            "two rows down",
            list(0),
            2,
            &[Some(1), Some(2), None],
            &[
                "500 intended by a person",
                "500 PRESS Down",
                "670 intended by a person",
                "670 PRESS Down",
                "890 intended by a person",
                "890 PRESS Enter",
                "1110 cleared by a person",
            ],
        );
        check(
            "one row up",
            list(2),
            1,
            &[Some(1), None],
            &[
                "500 intended by a person",
                "500 PRESS Up",
                "670 intended by a person",
                "670 PRESS Enter",
                "890 cleared by a person",
            ],
        );
        check(
            "it stands there already",
            list(2),
            2,
            &[None],
            &["500 intended by a person", "500 PRESS Enter", "670 cleared by a person"],
        );
    }

    #[test]
    fn a_mark_that_does_not_move_gets_no_second_key_and_no_enter() {
        check(
            "numb",
            list(0),
            2,
            &[Some(0), Some(0)],
            &[
                "500 intended by a person",
                "500 PRESS Down",
                "5500 stuck by a person: answered, and it or its like is still there after 5 s",
            ],
        );
    }

    #[test]
    fn a_mark_that_runs_away_ends_it() {
        let to_and_fro: Vec<Option<usize>> = [1, 0, 1, 0, 1, 0, 1, 0].map(Some).to_vec();
        let mut rig = Rig::new(false);
        rig.verdict.action = Action::Hold;
        show(&mut rig, list(0));
        rig.until(500);
        rig.hear(Input::Person(Reply {
            who: "me".into(),
            wish: None,
            answer: Answer::Choose(2),
            drawn: None,
        }));
        for mark in to_and_fro.into_iter().flatten() {
            rig.now += ms(20);
            show(&mut rig, list(mark));
            let then = rig.now + ms(200);
            rig.until(u64::try_from(then.as_millis()).expect("small"));
        }
        let presses = rig.log.iter().filter(|l| l.contains("PRESS")).count();
        assert!(presses <= LABELS.len() + 1, "{:?}", rig.log);
        assert!(!rig.log.iter().any(|l| l.contains("Enter")), "{:?}", rig.log);
    }

    #[test]
    fn what_cannot_be_reached_is_refused() {
        let refused = "500 refused to the person: no key chooses that option; attach and answer there";
        let none = "500 refused to the person: that dialog has no such option";
        check("no such option", list(0), 9, &[], &[none]);
        let takes = "500 refused to the person: that option takes a text: write it with the key c, or with answer --text";
        let texts = vec![TextOption { option: 2, opens: Opens::Key }];
        check("it takes a text", Dialog { texts, ..list(0) }, 2, &[], &[takes]);
        check("part of it is hidden", Dialog { complete: false, ..list(0) }, 2, &[], &[refused]);
        check("no mark", Dialog { selected: None, ..list(0) }, 2, &[], &[refused]);
    }

    /// Claude Code 2.1.330 takes a digit for a letter of *don't ask again for:* while that is marked.
    #[test]
    fn where_somebody_moved_the_mark_automation_sends_no_key_until_it_is_back() {
        let mut rig = Rig::new(false);
        let marked = |at| Dialog { selected: Some(at), ..rig::dialog("ls") };
        show(&mut rig, marked(1));
        rig.until(5_000);
        show(&mut rig, marked(0));
        rig.until(5_100);
        // Once more, right before the key.
        show(&mut rig, marked(1));
        rig.until(9_000);
        show(&mut rig, marked(0));
        rig.until(9_500);
        let held = "held: its mark stands on another option: somebody is choosing";
        assert_eq!(
            rig.log,
            [&format!("150 {held}"), &format!("5250 {held}"), "9120 intended", "9150 PRESS 1"]
        );
    }

    #[test]
    fn what_is_written_into_a_grant_makes_no_other_dialog_of_it() {
        let grant = |at, text: &str| {
            let mut dialog = Dialog { selected: Some(at), ..rig::dialog("ls") };
            let end = dialog.options[1].label.len();
            dialog.options[1].label.push_str(text);
            Dialog { written: Some((1, end)), ..dialog }
        };
        let all = |rig: &mut Rig| {
            show(rig, grant(1, ": ls *11"));
            let later = rig.now + ms(3_000);
            rig.until(u64::try_from(later.as_millis()).expect("small"));
            show(rig, grant(0, ": ls *11"));
            rig.until(60_000);
        };
        let mut kept = Rig::new(false);
        show(&mut kept, grant(0, ": ls *"));
        kept.hear(Input::Person(Reply { who: "me".into(), wish: None, answer: Answer::Hold, drawn: None }));
        all(&mut kept);
        assert!(!kept.log.iter().any(|l| l.contains("PRESS") || l.contains("gone")), "{:?}", kept.log);
        let mut stuck = Rig::new(false);
        show(&mut stuck, grant(0, ": ls *"));
        stuck.until(6_000);
        all(&mut stuck);
        assert_eq!(stuck.log.iter().filter(|l| l.contains("PRESS")).count(), 1, "{:?}", stuck.log);
    }

    #[test]
    fn a_key_that_may_have_been_lost_is_not_sent_again() {
        let mut rig = Rig::new(false);
        rig.verdict.action = Action::Hold;
        show(&mut rig, list(0));
        rig.until(500);
        rig.sends = Some(Sent::Unknown("no answer".into()));
        rig.hear(Input::Person(Reply {
            who: "me".into(),
            wish: None,
            answer: Answer::Choose(2),
            drawn: None,
        }));
        rig.now += ms(20);
        show(&mut rig, list(1));
        rig.until(9_000);
        assert_eq!(rig.log.iter().filter(|l| l.contains("PRESS")).count(), 1, "{:?}", rig.log);
    }
}
