//! A dialog as a value: what an agent asks, and which key means what. Options are chosen by their *meaning*; the
//! numbers in front of them mean nothing. How a screen is read into one is in `domain::read`.

use serde::{Deserialize, Serialize};

/// What a dialog is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Reading a file.
    Read,
    /// Searching in files.
    Grep,
    /// Listing files by pattern.
    Glob,
    /// Changing a file.
    Edit,
    /// Creating or overwriting a file.
    Write,
    /// Running a shell command.
    Bash,
    /// Fetching a URL.
    Fetch,
    /// Calling a tool of an MCP server.
    Mcp,
    /// Approving a plan.
    Plan,
    /// Answering a question of the agent.
    Question,
    /// A start-up dialog: trust, login, theme, bypass warning, resume picker.
    Trust,
    /// Something else that asks.
    Other,
}

impl Operation {
    /// Every operation, in the order in which policies list them.
    pub const ALL: [Self; 12] = [
        Self::Read,
        Self::Grep,
        Self::Glob,
        Self::Edit,
        Self::Write,
        Self::Bash,
        Self::Fetch,
        Self::Mcp,
        Self::Plan,
        Self::Question,
        Self::Trust,
        Self::Other,
    ];

    /// The word used in JSON, policies and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Grep => "grep",
            Self::Glob => "glob",
            Self::Edit => "edit",
            Self::Write => "write",
            Self::Bash => "bash",
            Self::Fetch => "fetch",
            Self::Mcp => "mcp",
            Self::Plan => "plan",
            Self::Question => "question",
            Self::Trust => "trust",
            Self::Other => "other",
        }
    }
}

/// What choosing an option does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// This one call, nothing after it. The only meaning that automation may choose.
    AllowOnce,
    /// A grant that lasts: this session, this folder, this command from now on.
    AllowAlways,
    /// No.
    Deny,
    /// No, and then the agent waits for a text.
    DenyWithText,
    /// An answer to a question, or anything else.
    Other,
}

/// One choice of a dialog.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DialogOption {
    /// The label, unwrapped.
    pub label: String,
    /// What it does.
    pub meaning: Meaning,
    /// The tmux key name that chooses it (`1`, `y`, `Enter`, `Escape`); `None` where one key does not.
    pub key: Option<String>,
}

/// A block on the live screen that asks for a choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Dialog {
    /// What it is about.
    pub operation: Operation,
    /// The agent's name for the tool, as far as the dialog tells it.
    pub tool: Option<String>,
    /// The whole command, path or URL as shown, unwrapped; `None` where the dialog shows none.
    pub subject: Option<String>,
    /// The question asked, unwrapped.
    pub question: Option<String>,
    /// The choices in order.
    pub options: Vec<DialogOption>,
    /// Index of the marked option.
    pub selected: Option<usize>,
    /// False when part of the dialog is cut off or hidden: then nobody may act on it without looking.
    pub complete: bool,
    /// The rows of the screen, top to bottom, that the block covers: first and last, 0-based.
    #[serde(skip)]
    pub rows: (u16, u16),
}

impl Dialog {
    /// The key of the one option that means *allow once*, if the dialog is complete and there is exactly one.
    pub fn allow_once_key(&self) -> Option<&str> {
        if !self.complete {
            return None;
        }
        let mut found = self.options.iter().filter(|o| o.meaning == Meaning::AllowOnce);
        match (found.next(), found.next()) {
            (Some(o), None) => o.key.as_deref(),
            _ => None,
        }
    }
}
