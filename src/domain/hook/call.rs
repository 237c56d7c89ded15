//! The call that an agent asks about: the whole tool input, and the dialog that it stands for. A tool or a part of its
//! input that is not in the table is something else, and that is for a person.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::dialog::{Dialog, Operation};
use crate::domain::text;

/// Of a call that is no command, path or address, so much is shown.
const SHOWN: usize = 16 * 1024;
/// The agent's name of its session is not longer.
const NAME: usize = 128;

/// The JSON of a hook's event, as far as it is used. What else is in it is left alone.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Payload {
    hook_event_name: String,
    session_id: Option<String>,
    cwd: Option<String>,
    permission_mode: Option<String>,
    tool_name: Option<String>,
    tool_input: Option<Value>,
    tool_use_id: Option<String>,
    agent_type: Option<String>,
}

impl Payload {
    /// Reads it; `None` if it is no event of that name.
    pub fn read(json: &[u8], event: &str) -> Option<Self> {
        let payload: Self = serde_json::from_slice(json).ok()?;
        (payload.hook_event_name == event).then_some(payload)
    }

    /// The agent's name of its session.
    pub fn session_id(&self) -> Option<String> {
        let name = self.session_id.as_ref().filter(|s| !s.is_empty() && s.len() <= NAME)?;
        Some(text::printable(name))
    }

    /// The call in it, if it has one.
    pub fn call(self) -> Option<HookCall> {
        let Some(tool_input @ Value::Object(_)) = self.tool_input else { return None };
        Some(HookCall {
            event: self.hook_event_name,
            tool_name: self.tool_name.filter(|t| !t.is_empty())?,
            tool_input,
            cwd: self.cwd,
            permission_mode: self.permission_mode,
            tool_use_id: self.tool_use_id,
            asker: self.agent_type.filter(|a| !a.is_empty() && a.len() <= NAME).map(|a| text::printable(&a)),
        })
    }
}

/// A call of a tool, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct HookCall {
    /// The hook's event.
    pub event: String,
    /// The tool, as the agent calls it.
    pub tool_name: String,
    /// Its input: a JSON object.
    pub tool_input: Value,
    /// The folder that the agent works in: relative paths are meant from there.
    pub cwd: Option<String>,
    /// The agent's own mode: default, acceptEdits, plan …
    pub permission_mode: Option<String>,
    /// The agent's name of the call, where it tells one.
    pub tool_use_id: Option<String>,
    /// The kind of subagent that asks, where it is one and the agent tells so; printable.
    pub asker: Option<String>,
}

/// Where a call says what it is about.
#[derive(Debug, Clone, Copy)]
enum About {
    /// In this part.
    Part(&'static str),
    /// In the part `path`, else it is the folder that the agent works in.
    Folder,
    /// Nowhere: the dialog shows it all.
    Nowhere,
}

/// One tool: what it does, where it says to what, and every part that its input may have. Another part could change what
/// it does.
struct Tool {
    name: &'static str,
    operation: Operation,
    about: About,
    parts: &'static [&'static str],
}

const TOOLS: [Tool; 13] = [
    Tool {
        name: "Bash",
        operation: Operation::Bash,
        about: About::Part("command"),
        parts: &["command", "description", "timeout", "run_in_background", "dangerouslyDisableSandbox"],
    },
    Tool {
        name: "Read",
        operation: Operation::Read,
        about: About::Part("file_path"),
        parts: &["file_path", "offset", "limit", "pages"],
    },
    Tool {
        name: "Edit",
        operation: Operation::Edit,
        about: About::Part("file_path"),
        parts: &["file_path", "old_string", "new_string", "replace_all"],
    },
    Tool {
        name: "MultiEdit",
        operation: Operation::Edit,
        about: About::Part("file_path"),
        parts: &["file_path", "edits"],
    },
    Tool {
        name: "NotebookEdit",
        operation: Operation::Edit,
        about: About::Part("notebook_path"),
        parts: &["notebook_path", "cell_id", "cell_number", "cell_type", "edit_mode", "new_source"],
    },
    Tool {
        name: "NotebookRead",
        operation: Operation::Read,
        about: About::Part("notebook_path"),
        parts: &["notebook_path", "cell_id"],
    },
    Tool {
        name: "Write",
        operation: Operation::Write,
        about: About::Part("file_path"),
        parts: &["file_path", "content"],
    },
    Tool {
        name: "Grep",
        operation: Operation::Grep,
        about: About::Folder,
        parts: &[
            "pattern",
            "path",
            "glob",
            "type",
            "output_mode",
            "head_limit",
            "offset",
            "multiline",
            "context",
            "-A",
            "-B",
            "-C",
            "-n",
            "-i",
            "-o",
        ],
    },
    Tool { name: "Glob", operation: Operation::Glob, about: About::Folder, parts: &["pattern", "path"] },
    Tool { name: "LS", operation: Operation::Glob, about: About::Part("path"), parts: &["path", "ignore"] },
    Tool {
        name: "WebFetch",
        operation: Operation::Fetch,
        about: About::Part("url"),
        parts: &["url", "prompt"],
    },
    Tool {
        name: "ExitPlanMode",
        operation: Operation::Plan,
        about: About::Nowhere,
        parts: &["plan", "allowedPrompts", "planFilePath"],
    },
    Tool {
        name: "AskUserQuestion",
        operation: Operation::Question,
        about: About::Nowhere,
        parts: &["questions", "answers", "annotations", "metadata"],
    },
];

impl HookCall {
    /// False for what has other answers than yes and no. Measured: to *allow* Claude Code 2.1.34 answers a question without
    /// words and leaves plan mode for good; 2.1.330 takes no notice of it in either.
    pub fn is_yes_or_no(&self) -> bool {
        !["AskUserQuestion", "ExitPlanMode"].contains(&self.tool_name.as_str())
    }

    /// A call as an agent has it in its own record.
    pub fn recorded(tool_name: String, tool_input: Value) -> Self {
        Self {
            event: String::new(),
            tool_name,
            tool_input,
            cwd: None,
            permission_mode: None,
            tool_use_id: None,
            asker: None,
        }
    }

    /// The call as a dialog without options: whole, since nothing of it was drawn.
    pub fn dialog(&self) -> Dialog {
        let empty = Map::new();
        let input = self.tool_input.as_object().unwrap_or(&empty);
        let (operation, subject) = self.known(input).unwrap_or_else(|| {
            let mcp = self.tool_name.starts_with("mcp__");
            (if mcp { Operation::Mcp } else { Operation::Other }, spelled(input))
        });
        let whole = subject.len() <= SHOWN || !matches!(operation, Operation::Mcp | Operation::Other);
        let subject = if whole { subject } else { text::fit(&subject, SHOWN / 4) };
        Dialog {
            operation,
            tool: Some(text::printable(&self.tool_name)),
            subject: Some(subject).filter(|s| !s.is_empty()),
            complete: whole,
            asker: self.asker.clone(),
            ..Dialog::default()
        }
    }

    /// What a tool of the table is about; `None` where its input has a part that is missing or not known.
    fn known(&self, input: &Map<String, Value>) -> Option<(Operation, String)> {
        let tool = TOOLS.iter().find(|t| t.name == self.tool_name)?;
        if !input.keys().all(|k| tool.parts.contains(&k.as_str())) {
            return None;
        }
        let subject = match tool.about {
            About::Part(part) => input.get(part)?.as_str()?.to_owned(),
            About::Folder => {
                if tool.operation == Operation::Glob && !stays_below(input.get("pattern")?.as_str()?) {
                    return None;
                }
                match input.get("path") {
                    None | Some(Value::Null) => self.cwd.clone()?,
                    Some(path) => path.as_str()?.to_owned(),
                }
            }
            About::Nowhere => String::new(),
        };
        Some((tool.operation, subject))
    }
}

/// A pattern that cannot leave the folder it is looked for in.
fn stays_below(pattern: &str) -> bool {
    !pattern.starts_with(['/', '~']) && !pattern.contains("..")
}

/// All of an input, as agents write it: `table: "users", limit: 3`.
fn spelled(input: &Map<String, Value>) -> String {
    let parts: Vec<String> = input.iter().map(|(k, v)| format!("{k}: {v}")).collect();
    parts.join(", ")
}
