//! How a state and an age are told: a shape, a word, a meaning; and time in few characters. One table for all views.

use std::time::Duration;

use crate::app::state::{Session, State as AppState, needs};
use crate::domain::confirm::Confirmation;
use crate::domain::dialog::DialogOption;
use crate::domain::status::State;
use crate::domain::text;
use crate::theme::Role;

use super::panels::tasks;

pub use text::age;

/// A state as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Its own shape: no two states share one.
    pub shape: &'static str,
    /// Its word.
    pub word: &'static str,
    /// What it means to the person who looks.
    pub role: Role,
}

/// How a state is shown. Colour never stands alone: shape and word say it too.
pub const fn told(state: State) -> Told {
    let (shape, word, role) = match state {
        State::Starting => ("…", "starting", Role::Note),
        State::Working => ("▶", "working", Role::Working),
        State::Idle => ("○", "idle", Role::Idle),
        State::Typing => ("✎", "typing", Role::Note),
        State::Permission => ("●", "permission", Role::Alarm),
        State::Plan => ("◆", "plan", Role::Alarm),
        State::Question => ("?", "question", Role::Alarm),
        State::Trust => ("◉", "trust", Role::Alarm),
        State::Error => ("✖", "error", Role::Problem),
        State::Exited => ("⊘", "exited", Role::Problem),
        State::Gone => ("⌁", "gone", Role::Problem),
        State::Shell => ("$", "shell", Role::Subtext),
        State::Unknown => ("◌", "unknown", Role::Note),
    };
    Told { shape, word, role }
}

/// How a session is shown that is stuck, whatever its state.
pub const STUCK: Told = Told { shape: "⊗", word: "stuck", role: Role::Alarm };

/// How a session is shown now: one that is stuck says so, an unrecognised screen that lasts needs eyes.
pub fn of(session: &Session, now: Duration) -> Told {
    if session.stuck().is_some() {
        return STUCK;
    }
    let told = told(session.state);
    match session.state {
        State::Unknown if needs::needs_you(session, now) => {
            Told { word: "needs eyes", role: Role::Alarm, ..told }
        }
        // What it does is in order, but not how its task stands.
        state if session.owes.is_some() && !needs::asks(session, now) && !state.is_problem() => {
            let task = session.tasks.iter().find(|t| t.needs_person());
            task.map_or(told, |t| Told { word: tasks::told(t).1, shape: tasks::told(t).0, role: Role::Alarm })
        }
        // What is asked says more than that something is asked.
        State::Permission => session.dialog().map_or(told, |d| Told { word: d.operation.word(), ..told }),
        _ => told,
    }
}

/// For how long it has been what it is shown as; `None` = nobody knows.
pub fn age_of(session: &Session, now: Duration) -> Option<Duration> {
    if session.owes.is_some() && !needs::asks(session, now) && !session.state.is_problem() {
        return Some(now.saturating_sub(needs::since(session, now)));
    }
    (!session.undated).then(|| session.shown_for(now))
}

/// The same in words; none where it is not known.
pub fn aged(session: &Session, now: Duration) -> String {
    age_of(session, now).map_or_else(String::new, age)
}

/// The same in at most four characters.
pub fn short_aged(session: &Session, now: Duration) -> String {
    age_of(session, now).map_or_else(String::new, short_age)
}

/// For how long an open dialog asks: who acts may have come to it later than it began.
pub fn asked_for(state: &AppState, c: &Confirmation) -> Duration {
    let its = |s: &&Session| s.pane.as_ref().is_some_and(|p| p.identity == c.id.0);
    let session = state.fleet.sessions.iter().find(its);
    let asks = session.filter(|s| s.dialog().is_some_and(|d| d.identity() == c.id.1.content));
    let now = state.as_of();
    let seen = now.saturating_sub(c.since);
    asks.map_or(seen, |s| s.age(now).max(seen))
}

/// A time in at most four characters: `41s`, `2m`, `3h`, `2d`.
pub fn short_age(d: Duration) -> String {
    let s = d.as_secs();
    match s {
        0..60 => format!("{s}s"),
        60..3600 => format!("{}m", s / 60),
        3600..86400 => format!("{}h", s / 3600),
        _ => format!("{}d", (s / 86400).min(999)),
    }
}

/// What a session waits for, in lines, the most important first: what its dialog is about, what can be chosen; else why
/// it is thought to be in its state.
pub fn details(session: &Session) -> Vec<(String, Role)> {
    let why = || session.reasons().into_iter().map(|w| (one_line(&w), Role::Subtext));
    let Some(dialog) = session.dialog() else { return task(session).into_iter().chain(why()).collect() };
    let about = dialog.subject.as_ref().or(dialog.question.as_ref());
    let stuck = session.ward.chart.stuck().map(|(_, s)| (one_line(&s.cause), Role::Alarm));
    let mut lines: Vec<(String, Role)> = stuck.into_iter().collect();
    lines.extend(about.into_iter().map(|t| (one_line(t), Role::Text)));
    if session.state == State::Question {
        let option = |o: &DialogOption| match &o.key {
            Some(key) => format!("{key} {}", one_line(&o.label)),
            None => one_line(&o.label),
        };
        let options: Vec<String> = dialog.options.iter().map(option).collect();
        lines.push((options.join("  "), Role::Subtext));
    }
    if lines.is_empty() {
        lines.extend(why());
    }
    if !dialog.complete {
        lines.insert(0, ("part of the dialog is not on the screen".into(), Role::Note));
    }
    lines
}

/// Its task that needs a person: which, and why.
fn task(session: &Session) -> Option<(String, Role)> {
    let task = session.tasks.iter().find(|t| t.needs_person())?;
    let why = task.reason.as_deref().unwrap_or(&task.text);
    Some((format!("task #{} {}: {why}", task.id, tasks::told(task).1), Role::Alarm))
}

/// A text of several lines as one; nothing is hidden by a break.
pub fn one_line(s: &str) -> String {
    let lines: Vec<&str> = s.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    text::printable(&lines.join(" ⏎ "))
}

/// A name cut to `max` columns. A number at its end stays: it is what tells workers apart.
pub fn short_name(name: &str, max: usize) -> String {
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if text::width(name) <= max || digits == 0 || digits > 4 || digits + 4 > max {
        return text::fit(name, max);
    }
    let (head, number) = name.split_at(name.len() - digits);
    format!("{}{number}", text::fit(head, max - digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_state_has_its_own_shape_and_word() {
        let all = || State::ALL.iter().map(|s| told(*s)).chain([STUCK]);
        let shapes: BTreeSet<_> = all().map(|t| t.shape).collect();
        let words: BTreeSet<_> = all().map(|t| t.word).collect();
        assert_eq!((shapes.len(), words.len()), (State::ALL.len() + 1, State::ALL.len() + 1));
        assert_eq!(text::width(STUCK.shape), 1);
        for s in State::ALL {
            assert_eq!(text::width(told(s).shape), 1, "{}", s.word());
            assert_eq!(
                told(s).role == Role::Alarm,
                s.asks(),
                "alarm only where a person must act: {}",
                s.word()
            );
        }
    }

    #[test]
    fn numbers_of_workers_stay() {
        for (name, max, want) in [
            ("dev_worker24", 12, "dev_worker24"),
            ("dev_worker24", 9, "dev_wo…24"),
            ("dev_worker24", 5, "dev_…"),
            ("claude_orchestrator", 10, "claude_or…"),
            ("漢字漢字漢字12", 9, "漢字漢…12"),
            ("20260208", 6, "20260…"),
        ] {
            assert_eq!(short_name(name, max), want);
        }
    }

    #[test]
    fn ages_are_short() {
        for (s, long, short) in [
            (0, "0s", "0s"),
            (59, "59s", "59s"),
            (124, "2m 04s", "2m"),
            (600, "10m", "10m"),
            (3599, "59m", "59m"),
            (11_100, "3h 05m", "3h"),
            (86_400 * 2 + 3600 * 3, "2d 3h", "2d"),
            (86_400 * 5000, "5000d 0h", "999d"),
        ] {
            let d = Duration::from_secs(s);
            assert_eq!((age(d).as_str(), short_age(d).as_str()), (long, short));
        }
    }
}
