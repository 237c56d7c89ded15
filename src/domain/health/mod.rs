//! What ails a session: from what is seen of it to kinds of trouble with a cause. What was found once is followed over time
//! in `chart`; screens that come again and again are counted in `rounds`. What is done about it is for people: `unstick`.

mod chart;
mod rounds;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::status::State;

pub use chart::{Chart, Note, SETTLED, Standing};
pub use rounds::{Rounds, Turning};

/// An unknown screen or an error that lasts this long needs eyes.
pub const LASTS: Duration = Duration::from_secs(10);

/// What an agent says is wrong, where a cue of its manifest tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trouble {
    /// It tries again by itself.
    Retrying,
    /// A limit was reached: it goes on when that ends, or when somebody pays.
    Limit,
    /// Nobody is logged in, or the key does not count any more.
    Login,
}

/// A kind of trouble, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A dialog was answered and is still there.
    NotCleared,
    /// It works, and nothing has come out of it for long.
    Silent,
    /// It was given work and did not begin.
    NeverBegan,
    /// The same screens again and again.
    Looping,
    /// It has to log in.
    Login,
    /// A limit was reached.
    Limit,
    /// It tries again and again.
    Retrying,
    /// Another error, and it lasts.
    Error,
    /// The agent ended.
    Ended,
    /// The roster's session does not exist.
    Gone,
    /// Its screen cannot be read, and that lasts.
    Unread,
    /// It asks, and nobody has answered for long.
    LongWait,
    /// Its task takes longer than it was given.
    Overdue,
    /// Little of its context is left.
    ContextLow,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// A person should look.
    Eyes,
    /// It does not work.
    Problem,
    /// What should pass does not.
    Stuck,
}

impl Kind {
    /// Every kind, the worst first.
    pub const ALL: [Self; 14] = [
        Self::NotCleared,
        Self::Silent,
        Self::NeverBegan,
        Self::Looping,
        Self::Login,
        Self::Limit,
        Self::Retrying,
        Self::Error,
        Self::Ended,
        Self::Gone,
        Self::Unread,
        Self::LongWait,
        Self::Overdue,
        Self::ContextLow,
    ];

    /// The word in JSON and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotCleared => "not cleared",
            Self::Silent => "silent",
            Self::NeverBegan => "never began",
            Self::Looping => "looping",
            Self::Login => "login",
            Self::Limit => "limit",
            Self::Retrying => "retrying",
            Self::Error => "error",
            Self::Ended => "ended",
            Self::Gone => "gone",
            Self::Unread => "unread",
            Self::LongWait => "long wait",
            Self::Overdue => "overdue",
            Self::ContextLow => "context low",
        }
    }

    /// How bad it is.
    pub const fn level(self) -> Level {
        match self {
            Self::NotCleared | Self::Silent | Self::NeverBegan | Self::Looping => Level::Stuck,
            Self::Login | Self::Limit | Self::Retrying | Self::Error | Self::Ended | Self::Gone => {
                Level::Problem
            }
            Self::Unread | Self::LongWait | Self::Overdue => Level::Eyes,
            Self::ContextLow => Level::Note,
        }
    }
}

/// From when on something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Working without output for longer.
    pub stuck_after: Duration,
    /// Asking for longer.
    pub alarm_after: Duration,
    /// Percent of the context left, or less.
    pub context_low: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self { stuck_after: Duration::from_mins(5), alarm_after: Duration::from_mins(10), context_low: 10 }
    }
}

/// What is seen of a session. What is not known is `None` and ails nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signs {
    /// What it does.
    pub state: State,
    /// For how long.
    pub age: Duration,
    /// How long nothing has come out of it.
    pub silent: Option<Duration>,
    /// What it says is wrong.
    pub trouble: Option<Trouble>,
    /// Percent of its context that is left.
    pub context_left: Option<u8>,
    /// Its dialog was answered and is still there; in words.
    pub not_cleared: Option<String>,
    /// It was given a task this long ago and has not begun.
    pub never_began: Option<Duration>,
    /// Its task is overdue: which.
    pub overdue: Option<String>,
    /// Why its agent, which ended, is not started anew any more.
    pub held: Option<String>,
    /// Its screens turn in a circle.
    pub turning: Option<Turning>,
}

impl Signs {
    /// A session of which only this is known.
    pub fn of(state: State, age: Duration) -> Self {
        Self {
            state,
            age,
            silent: None,
            trouble: None,
            context_left: None,
            not_cleared: None,
            never_began: None,
            overdue: None,
            held: None,
            turning: None,
        }
    }
}

/// Something that ails a session now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ailment {
    /// Which kind.
    pub kind: Kind,
    /// In one line: what was seen. Nothing in it counts up, so that it is told once.
    pub cause: String,
}

/// What ails a session, the worst first.
pub fn judge(signs: &Signs, limits: &Limits) -> Vec<Ailment> {
    let mut found = Vec::new();
    let mut add = |kind: Kind, cause: String| found.push(Ailment { kind, cause });
    let lasts = signs.age >= LASTS;
    if let Some(how) = signs.not_cleared.as_ref().filter(|_| signs.state.asks()) {
        add(Kind::NotCleared, how.clone());
    }
    if signs.state == State::Working && signs.silent.is_some_and(|s| s >= limits.stuck_after) {
        add(Kind::Silent, format!("works, and nothing has come out of it for {}", span(limits.stuck_after)));
    }
    // Text that a person has in the composer says that somebody is at it.
    let resting = matches!(signs.state, State::Idle | State::Unknown | State::Error);
    if resting && signs.never_began.is_some_and(|d| d >= LASTS) {
        add(Kind::NeverBegan, "was given a task and did not begin".to_owned());
    }
    if signs.state == State::Working
        && let Some(turning) = signs.turning
    {
        add(Kind::Looping, format!("the same screen came {} times and more", turning.least()));
    }
    match (signs.state, signs.trouble) {
        (State::Error, Some(Trouble::Login)) => add(Kind::Login, "has to log in".to_owned()),
        (State::Error, Some(Trouble::Limit)) => add(Kind::Limit, "a limit was reached".to_owned()),
        (State::Error, Some(Trouble::Retrying)) if lasts => {
            add(Kind::Retrying, "tries again and again".to_owned());
        }
        (State::Error, None) if lasts => add(Kind::Error, "an error stands on its screen".to_owned()),
        (State::Exited, _) => match &signs.held {
            Some(why) => add(Kind::Ended, format!("the agent ended, and is not restarted: {why}")),
            None => add(Kind::Ended, "the agent ended".to_owned()),
        },
        (State::Gone, _) => add(Kind::Gone, "no session of that name exists".to_owned()),
        (State::Unknown, _) if lasts => add(Kind::Unread, "its screen cannot be read".to_owned()),
        _ => {}
    }
    if signs.state.asks() && signs.age >= limits.alarm_after {
        add(Kind::LongWait, format!("asks, and nobody answered for {}", span(limits.alarm_after)));
    }
    if let Some(task) = &signs.overdue {
        add(Kind::Overdue, format!("{task} is overdue"));
    }
    if signs.context_left.is_some_and(|left| left <= limits.context_low) {
        add(Kind::ContextLow, format!("{} % of its context or less is left", limits.context_low));
    }
    found.sort_by_key(|a| a.kind);
    found
}

/// A time as config and people write it.
fn span(d: Duration) -> String {
    match d.as_secs() {
        s if s < 120 => format!("{s} s"),
        s => format!("{} min", s / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl Fn(&mut Signs), want: &[Kind]) {
        let mut signs = Signs::of(State::Working, Duration::from_secs(60));
        change(&mut signs);
        let got: Vec<Kind> = judge(&signs, &Limits::default()).iter().map(|a| a.kind).collect();
        assert_eq!(got, want, "{signs:?}");
    }

    #[test]
    fn each_kind_has_its_signs() {
        let m = Duration::from_mins;
        check(|_| {}, &[]);
        check(|s| s.silent = Some(m(4)), &[]);
        check(|s| s.silent = Some(m(5)), &[Kind::Silent]);
        check(|s| (s.silent, s.state) = (Some(m(50)), State::Idle), &[]);
        check(|s| s.turning = Some(Turning { times: 8, over: m(7) }), &[Kind::Looping]);
        check(|s| (s.turning, s.state) = (Some(Turning { times: 8, over: m(7) }), State::Idle), &[]);
        let asks = |s: &mut Signs| s.state = State::Permission;
        check(asks, &[]);
        check(|s| (s.state, s.age) = (State::Permission, m(11)), &[Kind::LongWait]);
        check(
            |s| {
                (s.state, s.not_cleared) =
                    (State::Permission, Some("answered, and it or its like is still there".into()));
            },
            &[Kind::NotCleared],
        );
        check(|s| s.not_cleared = Some("it went meanwhile".into()), &[]);
        check(|s| (s.state, s.never_began) = (State::Idle, Some(m(1))), &[Kind::NeverBegan]);
        check(|s| s.never_began = Some(m(1)), &[]);
        check(|s| (s.state, s.never_began) = (State::Typing, Some(m(1))), &[]);
        check(|s| s.state = State::Error, &[Kind::Error]);
        check(|s| (s.state, s.age) = (State::Error, Duration::from_secs(2)), &[]);
        check(|s| (s.state, s.trouble) = (State::Error, Some(Trouble::Retrying)), &[Kind::Retrying]);
        check(|s| (s.state, s.trouble) = (State::Error, Some(Trouble::Limit)), &[Kind::Limit]);
        check(|s| (s.state, s.trouble) = (State::Error, Some(Trouble::Login)), &[Kind::Login]);
        check(|s| s.trouble = Some(Trouble::Login), &[]);
        check(|s| s.state = State::Exited, &[Kind::Ended]);
        check(|s| s.state = State::Gone, &[Kind::Gone]);
        check(|s| s.state = State::Unknown, &[Kind::Unread]);
        check(|s| s.context_left = Some(10), &[Kind::ContextLow]);
        check(|s| s.context_left = Some(11), &[]);
        check(|s| s.overdue = Some("task 4".into()), &[Kind::Overdue]);
        check(
            |s| (s.silent, s.context_left, s.overdue) = (Some(m(9)), Some(0), Some("task 4".into())),
            &[Kind::Silent, Kind::Overdue, Kind::ContextLow],
        );
    }

    #[test]
    fn every_kind_has_a_word_of_its_own_and_the_worst_come_first() {
        let words: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|k| k.word()).collect();
        assert_eq!(words.len(), Kind::ALL.len());
        assert!(Kind::ALL.windows(2).all(|w| w[0] < w[1] && w[0].level() >= w[1].level()));
    }
}
