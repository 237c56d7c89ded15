//! Getting a stuck session going: the steps in the order of how much they disturb, what each will do, and whether what is
//! seen now fits it. Only a person orders one. How a step that sends a key is carried out is in `rung`.

mod rung;

use serde::{Deserialize, Serialize};

use super::status::State;
use super::text;

pub use super::errand::Sight;
pub use rung::Rung;

/// One step of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A fresh look, nothing else.
    Look,
    /// Choose *allow once* in the dialog.
    Approve,
    /// Choose the agent's own *No*.
    Deny,
    /// Enter, for text that waits unsent.
    Enter,
    /// Escape.
    Escape,
    /// Ctrl-C.
    Interrupt,
    /// Its agent anew, in a window beside.
    Restart,
}

impl Step {
    /// The ladder, from the bottom.
    pub const ALL: [Self; 7] =
        [Self::Look, Self::Approve, Self::Deny, Self::Enter, Self::Escape, Self::Interrupt, Self::Restart];

    /// The word on the screen and for the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Approve => "approve",
            Self::Deny => "deny",
            Self::Enter => "enter",
            Self::Escape => "escape",
            Self::Interrupt => "interrupt",
            Self::Restart => "restart",
        }
    }

    /// The step of that word.
    pub fn by_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// What it will do.
    pub const fn does(self) -> &'static str {
        match self {
            Self::Look => "looks at its screen anew; sends nothing",
            Self::Approve => "allows once what its dialog asks",
            Self::Deny => "chooses the agent's own No",
            Self::Enter => "sends Enter, alone, for the text that waits in its composer",
            Self::Escape => "sends Esc: stops a turn, or leaves a dialog unanswered",
            Self::Interrupt => "sends Ctrl-C, once: breaks off what runs",
            Self::Restart => {
                "starts its agent anew in a window beside; ends the old pane when that one is ready"
            }
        }
    }

    /// It may end, interrupt or discard something: a person says so twice.
    pub const fn needs_sure(self) -> bool {
        matches!(self, Self::Escape | Self::Interrupt | Self::Restart)
    }

    /// It is done in one session at a time.
    pub const fn is_single(self) -> bool {
        matches!(self, Self::Approve | Self::Deny | Self::Restart)
    }

    /// The key that it sends, where it sends one by itself.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::Enter => Some("Enter"),
            Self::Escape => Some("Escape"),
            Self::Interrupt => Some("C-c"),
            Self::Look | Self::Approve | Self::Deny | Self::Restart => None,
        }
    }
}

/// A step as it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub step: Step,
    /// What was seen that it fits; or why it does not.
    pub seen: Result<String, String>,
}

/// Every step, and whether it fits what is seen.
pub fn ladder(sight: &Sight<'_>) -> Vec<Offer> {
    Step::ALL.into_iter().map(|step| Offer { step, seen: fits(step, sight) }).collect()
}

/// The gentlest step that fits and that a person need not weigh: `None` = a person chooses.
pub fn plain(sight: &Sight<'_>) -> Option<Step> {
    fits(Step::Enter, sight).is_ok().then_some(Step::Enter)
}

/// Whether a step fits what is seen, and what that is.
pub fn fits(step: Step, sight: &Sight<'_>) -> Result<String, String> {
    let no = |why: &str| Err(why.to_owned());
    if !sight.exists {
        return no("the session does not exist");
    }
    let ended = sight.has_ended();
    let is = sight.state.clause();
    match step {
        Step::Look => return Ok(format!("{is}, by the last look")),
        Step::Restart if ended => return Ok("its agent has ended".to_owned()),
        Step::Restart => return Ok(format!("{is}, and would be ended")),
        _ if ended => return no("no agent runs in it"),
        _ if sight.in_mode => return no("its pane is in copy mode"),
        _ if sight.synchronized => return no("keys to it go to other panes, too"),
        _ => {}
    }
    let dialog = sight.reading.dialog.as_ref().filter(|_| sight.state.asks());
    let asked = |d: &super::dialog::Dialog| {
        let about = d.subject.as_ref().or(d.question.as_ref()).map_or("", String::as_str);
        format!("asks: {} {}", d.operation.word(), text::fit(&text::printable(about), 60))
            .trim_end()
            .to_owned()
    };
    match (step, dialog) {
        (Step::Approve | Step::Deny, None) => no("no dialog is open"),
        (Step::Approve, Some(d)) if !d.complete => no("part of its dialog is hidden"),
        (Step::Approve, Some(d)) if d.allow_once_key().is_none() => no("no single option means allow once"),
        (Step::Deny, Some(d)) if d.deny_key().is_none() => no("no option of its dialog means no"),
        (Step::Approve | Step::Deny, Some(d)) => Ok(asked(d)),
        (Step::Enter, Some(_)) => no("a dialog is open: Enter would choose"),
        (Step::Enter, None) => match &sight.reading.composer {
            Some(c) if c.text.trim().is_empty() => no("its composer is empty"),
            Some(c) if !c.certain => no("it is not sure that somebody typed what stands there"),
            Some(_) if sight.state != State::Typing => Err(is.to_owned()),
            Some(c) => Ok(format!("unsent: {}", text::fit(&text::printable(&c.text), 60))),
            None => no("no composer is on its screen"),
        },
        (Step::Escape, Some(d)) => Ok(format!("{}; Esc leaves it unanswered", asked(d))),
        (Step::Escape | Step::Interrupt, _) if matches!(sight.state, State::Idle | State::Typing) => {
            no("nothing runs in it")
        }
        (Step::Interrupt, Some(_)) => no("a dialog is open: answer it"),
        (Step::Escape | Step::Interrupt, None) => Ok(is.to_owned()),
        (Step::Look | Step::Restart, _) => no("nothing more is seen"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::{Dialog, DialogOption, Meaning, Operation};
    use crate::domain::read::Composer;
    use crate::domain::read::Reading;

    fn reading(state: State) -> Reading {
        Reading {
            state,
            composer: Some(Composer { certain: true, ..Composer::default() }),
            ..Reading::default()
        }
    }

    fn typed(state: State, certain: bool) -> Reading {
        let composer = Composer { text: "fix it".to_owned(), certain, ..Composer::default() };
        Reading { composer: Some(composer), ..reading(state) }
    }

    fn asks(complete: bool) -> Reading {
        let option = |label: &str, meaning, key: &str| DialogOption {
            label: label.to_owned(),
            meaning,
            key: Some(key.to_owned()),
        };
        let dialog = Dialog {
            operation: Operation::Bash,
            subject: Some("make".to_owned()),
            options: vec![option("Yes", Meaning::AllowOnce, "1"), option("No", Meaning::Deny, "2")],
            complete,
            ..Dialog::default()
        };
        Reading { state: State::Permission, dialog: Some(dialog), ..Reading::default() }
    }

    fn check(reading: &Reading, change: impl Fn(&mut Sight<'_>), want: &[Step]) {
        let mut sight = Sight {
            state: reading.state,
            reading,
            exists: true,
            dead: false,
            in_mode: false,
            synchronized: false,
        };
        change(&mut sight);
        let fit: Vec<Step> = ladder(&sight).into_iter().filter(|o| o.seen.is_ok()).map(|o| o.step).collect();
        assert_eq!(fit, want, "{:?}", ladder(&sight));
        assert!(plain(&sight).is_none_or(|s| s == Step::Enter && fit.contains(&s)));
    }

    #[test]
    fn each_step_fits_what_it_is_for() {
        use Step::{Approve, Deny, Enter, Escape, Interrupt, Look, Restart};
        check(&reading(State::Idle), |_| {}, &[Look, Restart]);
        check(&reading(State::Working), |_| {}, &[Look, Escape, Interrupt, Restart]);
        check(&reading(State::Unknown), |_| {}, &[Look, Escape, Interrupt, Restart]);
        check(&typed(State::Typing, true), |_| {}, &[Look, Enter, Restart]);
        check(&typed(State::Typing, false), |_| {}, &[Look, Restart]);
        check(&typed(State::Working, true), |_| {}, &[Look, Escape, Interrupt, Restart]);
        check(&asks(true), |_| {}, &[Look, Approve, Deny, Escape, Restart]);
        check(&asks(false), |_| {}, &[Look, Deny, Escape, Restart]);
        check(&reading(State::Exited), |_| {}, &[Look, Restart]);
        check(&typed(State::Exited, true), |_| {}, &[Look, Restart]);
        check(&typed(State::Typing, true), |s| s.dead = true, &[Look, Restart]);
        check(&typed(State::Typing, true), |s| s.in_mode = true, &[Look, Restart]);
        check(&typed(State::Typing, true), |s| s.synchronized = true, &[Look, Restart]);
        check(&reading(State::Gone), |s| s.exists = false, &[]);
    }

    #[test]
    fn what_is_seen_is_told_as_a_clause() {
        let asks = asks(true);
        let sight = Sight {
            state: asks.state,
            reading: &asks,
            exists: true,
            dead: false,
            in_mode: false,
            synchronized: false,
        };
        let said = |step| fits(step, &sight).unwrap_or_else(|why| why);
        assert_eq!(said(Step::Look), "it asks for permission, by the last look");
        assert_eq!(said(Step::Restart), "it asks for permission, and would be ended");
        for state in State::ALL {
            assert!(state.clause().split(' ').count() > 2, "{}", state.clause());
        }
    }

    #[test]
    fn what_ends_or_interrupts_is_said_twice() {
        let sure: Vec<Step> = Step::ALL.into_iter().filter(|s| s.needs_sure()).collect();
        assert_eq!(sure, [Step::Escape, Step::Interrupt, Step::Restart]);
        for s in Step::ALL {
            assert_eq!(Step::by_word(s.word()), Some(s));
        }
    }
}
