//! Whether the same screens come again and again: a bounded row of fingerprints of what stands above an agent's live rows.
//! Only while it works: dialogs come and go over the same conversation.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::domain::read::Reading;
use crate::domain::screen::{Row, Screen};
use crate::domain::status::State;

/// How many fingerprints are kept.
const KEPT: usize = 48;
/// How many rows of the conversation one is made of.
const ROWS: usize = 8;
/// Fewer times than this may be chance, or somebody who looks again and again whether something is done.
const TIMES: u32 = 6;
/// Quicker than this nothing turns: a screen is drawn in several steps.
const OVER: Duration = Duration::from_mins(5);
/// A screen that did not come again among this many is left behind.
const RECENT: usize = 12;

/// Screens turn in a circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turning {
    /// How often the one that came most often came.
    pub times: u32,
    /// From its first to its last time.
    pub over: Duration,
}

impl Turning {
    /// A count that it had reached for sure when it was first told.
    pub const fn least(self) -> u32 {
        TIMES
    }
}

/// The fingerprints of one session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rounds {
    seen: VecDeque<(u64, Duration)>,
}

impl Rounds {
    /// A look at its screen.
    pub fn look(&mut self, screen: &Screen, reading: &Reading, now: Duration) {
        match reading.state {
            State::Working => {
                if let Some(print) = fingerprint(screen, reading) {
                    self.saw(print, now);
                }
            }
            // What it does from here on is something else.
            State::Idle | State::Exited | State::Shell => self.seen.clear(),
            _ => {}
        }
    }

    fn saw(&mut self, print: u64, now: Duration) {
        if self.seen.back().is_some_and(|(last, _)| *last == print) {
            return;
        }
        if self.seen.len() == KEPT {
            self.seen.pop_front();
        }
        self.seen.push_back((print, now));
    }

    /// Whether they turn in a circle.
    pub fn turning(&self) -> Option<Turning> {
        let recent = self.seen.len().saturating_sub(RECENT);
        let counted = self.seen.iter().enumerate().skip(recent).map(|(_, (print, last))| {
            let same = self.seen.iter().filter(|(p, _)| p == print);
            let first = same.clone().map(|(_, at)| *at).min().unwrap_or(*last);
            Turning { times: same.count() as u32, over: last.saturating_sub(first) }
        });
        counted.filter(|t| t.times >= TIMES && t.over >= OVER).max_by_key(|t| t.times)
    }
}

/// What stands above the composer, without the paragraph that is directly above it: there the spinner turns. `None` where
/// there is too little to tell it from anything else.
fn fingerprint(screen: &Screen, reading: &Reading) -> Option<u64> {
    let end =
        reading.composer.as_ref().map_or(screen.rows.len(), |c| usize::from(c.row)).min(screen.rows.len());
    let texts: Vec<&str> = screen.rows[..end].iter().map(Row::trimmed).collect();
    let says = |row: &&&str| row.chars().any(char::is_alphanumeric);
    let mut at = texts.len();
    while at > 0 && !says(&&texts[at - 1]) {
        at -= 1;
    }
    while at > 0 && says(&&texts[at - 1]) {
        at -= 1;
    }
    let rows: Vec<&&str> = texts[..at].iter().rev().filter(says).take(ROWS).collect();
    if rows.len() < ROWS / 2 {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    rows.hash(&mut hasher);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn screen(talk: &str, spinner: &str) -> Screen {
        Screen::plain(&format!("● one\n● two\n● three\n● four\n{talk}\n\n✻ {spinner}\n"))
    }

    fn working() -> Reading {
        Reading { state: State::Working, ..Reading::default() }
    }

    #[test]
    fn a_spinner_that_turns_is_no_loop() {
        let mut rounds = Rounds::default();
        for i in 0..1000 {
            rounds.look(&screen("● five", ["Thinking…", "Pondering…"][i % 2]), &working(), s(i as u64));
        }
        assert_eq!((rounds.seen.len(), rounds.turning()), (1, None));
    }

    #[test]
    fn screens_that_come_again_and_again_are() {
        let mut rounds = Rounds::default();
        let turn = |rounds: &mut Rounds, from: u64, talk: &dyn Fn(u64) -> String| {
            for i in from..from + 12 {
                rounds.look(&screen(&talk(i), "Thinking…"), &working(), s(30 * i));
            }
            rounds.turning()
        };
        assert_eq!(turn(&mut rounds, 0, &|i| format!("● step {i}")), None, "it goes on");
        let again = |i: u64| ["● cargo test", "  error: no such file"][(i % 2) as usize].to_owned();
        assert_eq!(turn(&mut rounds, 12, &again), Some(Turning { times: 6, over: s(300) }));
        assert_eq!(turn(&mut rounds, 24, &|i| format!("● step {i}")), None, "it went on");
        for i in 0..500 {
            rounds.look(&screen(&again(i), "x"), &working(), s(2000 + 30 * i));
        }
        assert_eq!(rounds.seen.len(), KEPT);
        rounds.look(&screen("done", ""), &Reading { state: State::Idle, ..Reading::default() }, s(1_000_000));
        assert_eq!((rounds.seen.len(), rounds.turning()), (0, None));
    }

    #[test]
    fn quick_steps_and_empty_screens_say_nothing() {
        let mut rounds = Rounds::default();
        for i in 0..40 {
            rounds.look(&screen(["a", "b"][i % 2], "x"), &working(), s(i as u64));
            rounds.look(&Screen::plain("x"), &working(), s(i as u64));
        }
        assert_eq!(rounds.turning(), None);
    }
}
