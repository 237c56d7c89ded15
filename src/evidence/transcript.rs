//! What Claude Code writes down of a conversation: one JSON object a line, in a file that is only added to. Whoever may
//! write files as this user may write into it, so it is data: read from its end, so far back as it matters and no further
//! than a bound; only plain files; only a few fields of each line, each checked.
//!
//! Known lies: a message that waits for the end of a turn stands there as an operation of a queue first; a large paste
//! stands between tags; older versions copy lines of a resumed conversation into a new file, with their old times.

use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::back::Back;
use super::plain;
use crate::domain::task::hand::essence;
use crate::domain::task::record::{After, Sought, Trace};
use crate::domain::text;

/// So far back it is read, and no further.
const MOST: u64 = 48 << 20;
/// Clocks are set; lines are stamped a moment before what they tell.
const SLACK: Duration = Duration::from_secs(2);
/// Of an agent's last words so many bytes are kept.
const WORDS: usize = 4000;

/// What that file says of a text.
pub fn read(path: &Path, sought: &Sought) -> Trace {
    match scan(path, sought) {
        Ok(trace) => trace,
        Err(e) => Trace::Unread(format!("its record cannot be read: {}", e.kind())),
    }
}

fn scan(path: &Path, sought: &Sought) -> io::Result<Trace> {
    let (file, length) = plain::open(path)?;
    let mut scan = Scan { wanted: essence(&sought.text), sought, after: After::default() };
    let mut back = Back::of(file, length);
    let end = length.saturating_sub(MOST);
    while back.at > end {
        for line in back.lines()?.iter().rev() {
            match scan.line(line) {
                Seen::Nothing => {}
                Seen::It => return Ok(Trace::Has(scan.after)),
                Seen::Older if back.torn => {
                    return Ok(Trace::Unread("its record has a line too long".into()));
                }
                Seen::Older => return Ok(Trace::HasNot),
            }
        }
    }
    let whole = end == 0 && !back.torn;
    Ok(if whole { Trace::HasNot } else { Trace::Unread("its record is too long to be read".into()) })
}

/// What one line was.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Nothing,
    It,
    /// Older than what is sought.
    Older,
}

struct Scan<'a> {
    sought: &'a Sought,
    wanted: String,
    after: After,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Option<String>,
    #[serde(default, rename = "isSidechain")]
    side: bool,
    #[serde(default, rename = "isMeta")]
    meta: bool,
    #[serde(default, rename = "isCompactSummary")]
    summary: bool,
    operation: Option<String>,
    content: Option<Content>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<Content>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Blocks(Vec<Block>),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
}

impl Content {
    /// The words in it; none where it tells what a tool brought.
    fn words(&self) -> Option<String> {
        match self {
            Self::Text(t) => Some(t.clone()),
            Self::Blocks(blocks) if blocks.iter().all(|b| b.kind != "tool_result") => {
                let texts = blocks.iter().filter(|b| b.kind == "text").filter_map(|b| b.text.as_deref());
                Some(texts.collect::<Vec<_>>().join("\n"))
            }
            Self::Blocks(_) | Self::Other(_) => None,
        }
    }
}

impl Scan<'_> {
    /// Takes in a line; lines come newest first.
    fn line(&mut self, raw: &[u8]) -> Seen {
        let Ok(line) = serde_json::from_slice::<Line>(raw) else { return Seen::Nothing };
        let at = line.timestamp.as_deref().and_then(|t| t.parse::<Timestamp>().ok());
        if at.is_some_and(|at| at.saturating_add(SLACK).is_ok_and(|at| at < self.sought.since)) {
            return Seen::Older;
        }
        if line.side || line.meta || line.summary {
            return Seen::Nothing;
        }
        let said = line.message.as_ref().and_then(|m| m.content.as_ref()).and_then(Content::words);
        match (line.kind.as_str(), said) {
            ("assistant", said) => {
                self.after.answered = true;
                let words = said.filter(|w| self.after.words.is_none() && !w.trim().is_empty());
                self.after.words = words.map(|w| tail(&w)).or(self.after.words.take());
                Seen::Nothing
            }
            ("user", Some(said)) => self.human(&said),
            ("queue-operation", _) if line.operation.as_deref() == Some("enqueue") => {
                match line.content.as_ref().and_then(Content::words) {
                    Some(said) if self.is_it(&said) => Seen::It,
                    _ => Seen::Nothing,
                }
            }
            _ => Seen::Nothing,
        }
    }

    fn human(&mut self, said: &str) -> Seen {
        if self.is_it(said) {
            return Seen::It;
        }
        let said = said.trim_start();
        if said.starts_with("[Request interrupted") {
            self.after.interrupted = true;
        } else if !said.is_empty() && !said.starts_with('<') {
            self.after.other = true;
        }
        Seen::Nothing
    }

    /// A task's number makes it unmistakable wherever it stands; a text without one must be all that was said.
    fn is_it(&self, said: &str) -> bool {
        if self.wanted.is_empty() {
            return false;
        }
        if self.sought.text.starts_with("Task #") {
            return essence(said).contains(&self.wanted);
        }
        let bare = |l: &&str| !(l.starts_with("<pasted_content ") || l.starts_with("</pasted_content "));
        essence(&said.lines().filter(bare).collect::<Vec<_>>().join("\n")) == self.wanted
    }
}

/// The end of a text, printable.
fn tail(words: &str) -> String {
    let from = words.len().saturating_sub(WORDS);
    let from = (from..=words.len()).find(|i| words.is_char_boundary(*i)).unwrap_or(words.len());
    text::printable_lines(&words[from..])
}

#[cfg(test)]
mod tests;
