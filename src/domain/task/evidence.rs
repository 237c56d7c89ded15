//! What was seen of a task's work. Only what was observed; the words of an agent are marked as its own.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::text;

/// One thing seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The agent was at work for this long after it took the text.
    Worked(Duration),
    /// Then it was idle, with an empty composer, for this long.
    Idle(Duration),
    /// The work tree's branch.
    Branch(String),
    /// Files that are not committed.
    Files(usize),
    /// A commit made since: its id and subject.
    Commit(String, String),
    /// A pull request.
    PullRequest(String),
    /// The agent's last lines.
    Words(String),
    /// What was seen where it was not known what became of the text.
    Seen(String),
    /// A person said so.
    Person(String),
}

/// Agents' words in a list of evidence are cut to this many columns.
const WORDS: usize = 240;

impl Evidence {
    /// The sentence shown and told.
    pub fn sentence(&self) -> String {
        let say = |s: &str| text::fit(&text::printable(&s.replace('\n', " ")), WORDS);
        match self {
            Self::Worked(d) => format!("worked for {}", span(*d)),
            Self::Idle(d) => format!("then idle for {}", span(*d)),
            Self::Branch(b) => format!("on branch {}", say(b)),
            Self::Files(1) => "1 file not committed".to_owned(),
            Self::Files(n) => format!("{n} files not committed"),
            Self::Commit(id, subject) => format!("commit {}: {}", say(id), say(subject)),
            Self::PullRequest(pr) => format!("pull request {}", say(pr)),
            Self::Words(w) => format!("it says: {}", say(w)),
            Self::Seen(s) => format!("seen: {}", say(s)),
            Self::Person(s) => say(s),
        }
    }
}

/// A span of time in two units at most.
pub fn span(d: Duration) -> String {
    let s = d.as_secs();
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min {} s", s / 60, s % 60),
        3600..86400 => format!("{} h {} min", s / 3600, s % 3600 / 60),
        _ => format!("{} d {} h", s / 86400, s % 86400 / 3600),
    }
}
