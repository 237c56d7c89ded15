//! Calls in a record of Claude Code. A line may be written later than the dialog is drawn (2.1.34: up to 45 ms in six tries);
//! each names the folder that its shell is in then.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Lines, Open, Tail};
use crate::domain::hook::HookCall;

/// All calls of a message have ended before the next one begins; what was interrupted may lie open a little longer.
const MESSAGES: usize = 3;

/// Lines of such a record, newest first.
#[derive(Debug, Default)]
pub struct Claude {
    ended: BTreeSet<String>,
    messages: BTreeSet<String>,
    tail: Tail,
}

#[derive(Deserialize)]
struct Line {
    cwd: Option<String>,
    timestamp: Option<String>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    id: Option<String>,
    content: Option<Content>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Blocks(Vec<Block>),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    ToolUse {
        id: String,
        name: String,
        input: Value,
    },
    ToolResult {
        tool_use_id: String,
    },
    #[serde(other)]
    Other,
}

impl Lines for Claude {
    fn line(&mut self, raw: &[u8]) -> bool {
        let Ok(line) = serde_json::from_slice::<Line>(raw) else { return false };
        self.tail.folder = self.tail.folder.take().or(line.cwd);
        let at: Option<Timestamp> = line.timestamp.and_then(|at| at.parse().ok());
        let Some(message) = line.message else { return false };
        if let Some(id) = message.id
            && self.messages.insert(id)
            && self.messages.len() > MESSAGES
        {
            return true;
        }
        let Some(Content::Blocks(blocks)) = message.content else { return false };
        for block in blocks {
            match block {
                Block::ToolResult { tool_use_id } => {
                    self.tail.ended.extend(at.map(|at| (tool_use_id.clone(), at)));
                    self.ended.insert(tool_use_id);
                }
                Block::ToolUse { id, name, input } if !self.ended.contains(&id) => {
                    let dialog = HookCall::recorded(name, input).dialog();
                    self.tail.open.push(Open { name: id, dialog, folder: None });
                }
                Block::ToolUse { .. } | Block::Other => {}
            }
        }
        false
    }

    fn tail(self) -> Tail {
        Tail { one_shell: true, ..self.tail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::Operation;

    /// Lines as 2.1.330 and 2.1.34 write them, shortened, the oldest first.
    fn read(lines: &[&str]) -> Tail {
        let mut claude = Claude::default();
        let _ = lines.iter().rev().any(|line| claude.line(line.as_bytes()));
        claude.tail()
    }

    const CD: &str = r#"{"type":"assistant","cwd":"/w","message":{"id":"m1","content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"cd src","description":"x"}}]}}"#;
    const WENT: &str = r#"{"type":"user","cwd":"/w/src","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"","is_error":false}]},"toolUseResult":{"stdout":""}}"#;
    const TOUCH: &str = r#"{"type":"assistant","cwd":"/w/src","message":{"id":"m2","content":[{"type":"tool_use","id":"t2","name":"Bash","input":{"command":"touch x"}}]}}"#;
    const BESIDE: &str = r#"{"type":"assistant","cwd":"/w","message":{"id":"m1","content":[{"type":"tool_use","id":"t3","name":"Edit","input":{"file_path":"/w/a","old_string":"a","new_string":"b"}}]}}"#;
    const NOISE: &str = r#"{"type":"permission-mode","permissionMode":"default","sessionId":"s"}"#;

    fn open(tail: &Tail) -> Vec<(Operation, &str)> {
        let subject = |o: &'_ Open| o.dialog.operation;
        tail.open.iter().map(|o| (subject(o), o.dialog.subject.as_deref().unwrap_or_default())).collect()
    }

    #[test]
    fn a_call_is_open_until_its_result_is_there() {
        let tail = read(&[CD]);
        assert_eq!((open(&tail), tail.folder.as_deref()), (vec![(Operation::Bash, "cd src")], Some("/w")));
        let tail = read(&[CD, WENT, NOISE]);
        assert_eq!((open(&tail), tail.folder.as_deref()), (vec![], Some("/w/src")));
        let tail = read(&[CD, WENT, TOUCH, NOISE]);
        assert_eq!(
            (open(&tail), tail.folder.as_deref()),
            (vec![(Operation::Bash, "touch x")], Some("/w/src"))
        );
        let tail = read(&[CD, BESIDE]);
        assert_eq!(open(&tail), [(Operation::Edit, "/w/a"), (Operation::Bash, "cd src")]);
    }

    #[test]
    fn what_is_no_record_says_nothing() {
        assert_eq!(read(&["", "null", "[]", "{\"cwd\":1}", r#"{"message":{"content":"words"}}"#]), read(&[]));
        assert_eq!((open(&read(&[])), read(&[]).folder), (vec![], None));
    }

    #[test]
    fn calls_of_long_ago_are_over() {
        let said = |n: usize| format!(r#"{{"cwd":"/w","message":{{"id":"n{n}","content":[]}}}}"#);
        let later: Vec<String> = (0..4).map(said).collect();
        let lines: Vec<&str> = [CD].into_iter().chain(later.iter().map(String::as_str)).collect();
        assert_eq!(open(&read(&lines[..3])).len(), 1, "it may be open still");
        assert_eq!(open(&read(&lines)).len(), 0);
    }
}
