//! What an agent is made to do, step by step: the language of `--script FILE` and of the built-in stories.
//!
//! ```toml
//! repeat = false
//! steps = [
//!     { prompt = "fix the failing test" },
//!     { work = "3s" },
//!     { bash = { command = "cargo test", output = "test result: ok" } },
//!     { question = { ask = "Which one?", options = ["this", "that"] } },
//!     { fail = { code = 529 } },
//!     "await-prompt",
//!     "exit",
//! ]
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;

/// A script file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Script {
    /// What happens, in order. After the last one the agent is idle.
    pub steps: Vec<Step>,
    /// Start again after the last step.
    #[serde(default)]
    pub repeat: bool,
}

impl Script {
    /// Reads a script; the error names the place.
    pub fn parse(text: &str) -> Result<Self, String> {
        let script: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        if script.repeat && !script.steps.iter().any(Step::takes_time) {
            return Err("repeat = true needs a step that takes time".to_owned());
        }
        Ok(script)
    }
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Step {
    /// A message is submitted, as if typed by a person.
    Prompt(String),
    /// A spinner turns for that long.
    Work(Span),
    /// Works without writing a single byte: what *stuck* looks like.
    Silent(Span),
    /// The model says something, word by word.
    Say(String),
    /// Idle for that long, then goes on by itself.
    Idle(Span),
    /// Idle until a message is submitted.
    AwaitPrompt,
    /// A shell command; asks first unless `asks = false`.
    Bash(Bash),
    /// A change of a file.
    Edit(Edit),
    /// A new file.
    Write(Write),
    /// Reading a file; asks only where it lies outside, so `asks` is false if not said.
    Read(Read),
    /// Fetching a page.
    Fetch(Fetch),
    /// A tool of an MCP server.
    Mcp(Mcp),
    /// A plan to approve.
    Plan(Plan),
    /// A question with choices.
    Question(Question),
    /// The start-up dialog: trust this folder?
    Trust,
    /// The API fails, is tried again, and comes back or not.
    Fail(Fail),
    /// A person's unsent text stands in the composer.
    Typed(String),
    /// Text that looks like a dialog and is none, said by the model.
    LookAlike,
    /// Percent of the context that is left, shown from now on; 100 hides it.
    Context(u8),
    /// The permission mode shown in the footer.
    Mode(Mode),
    /// Ends; the shell is back.
    Exit,
    /// Ends with a stack trace and a failure.
    Crash,
}

impl Step {
    fn takes_time(&self) -> bool {
        !matches!(self, Self::Prompt(_) | Self::Typed(_) | Self::LookAlike | Self::Context(_) | Self::Mode(_))
    }
}

/// A shell command.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bash {
    /// The command.
    pub command: String,
    /// What the model says it is for.
    #[serde(default)]
    pub why: String,
    /// What it prints; made up from the command where not given.
    #[serde(default)]
    pub output: Option<String>,
    /// How long it runs.
    #[serde(default = "Span::short")]
    pub takes: Span,
    /// Ask for permission.
    #[serde(default = "yes")]
    pub asks: bool,
    /// While it asks, others take its place, one after the other: what a key for the one does to the next.
    #[serde(default)]
    pub swaps: VecDeque<Swap>,
}

/// A dialog goes without an answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swap {
    /// So long after it was drawn.
    pub after: Span,
    /// The command that asks instead; none = the agent goes on with its next step.
    #[serde(default)]
    pub command: Option<String>,
}

/// A change of a file: `old` becomes `new`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The file, from the agent's folder.
    pub path: String,
    /// What stands there; may be several lines, may be empty (then `new` is added at the end).
    #[serde(default)]
    pub old: String,
    /// What shall stand there.
    pub new: String,
    /// Ask for permission.
    #[serde(default = "yes")]
    pub asks: bool,
}

/// A new file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// The file, from the agent's folder.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Ask for permission.
    #[serde(default = "yes")]
    pub asks: bool,
}

/// Reading a file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// The file.
    pub path: String,
    /// Ask for permission.
    #[serde(default)]
    pub asks: bool,
}

/// Fetching a page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// The address.
    pub url: String,
    /// What the model wants of it.
    #[serde(default)]
    pub prompt: String,
}

/// A tool of an MCP server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mcp {
    /// The server's name.
    pub server: String,
    /// The tool's name.
    pub tool: String,
    /// The input as the dialog shows it.
    #[serde(default)]
    pub input: String,
}

/// A plan to approve.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its heading.
    pub title: String,
    /// Its steps.
    pub steps: Vec<String>,
    /// What may go wrong, below the steps.
    #[serde(default)]
    pub risks: Vec<String>,
}

/// A question with choices.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question.
    pub ask: String,
    /// One word for the tab above it.
    #[serde(default = "Question::header")]
    pub header: String,
    /// The choices.
    pub options: Vec<String>,
}

impl Question {
    fn header() -> String {
        "choice".to_owned()
    }
}

/// The API fails.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fail {
    /// HTTP status: 401, 429, 500, 529.
    pub code: u16,
    /// How often it is tried again.
    #[serde(default = "Fail::tries")]
    pub tries: u32,
    /// The pause before each try.
    #[serde(default = "Fail::every")]
    pub every: Span,
    /// The last try works.
    #[serde(default)]
    pub recovers: bool,
}

impl Fail {
    fn tries() -> u32 {
        3
    }
    fn every() -> Span {
        Span(Duration::from_secs(2))
    }
}

/// The agent's own permission mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Asks.
    #[default]
    Manual,
    /// Edits without asking.
    AcceptEdits,
    /// Plans only.
    Plan,
}

fn yes() -> bool {
    true
}

/// A length of time, written `300ms`, `3s` or `2m`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl Span {
    /// That many seconds.
    pub fn seconds(n: u64) -> Self {
        Self(Duration::from_secs(n))
    }

    fn short() -> Self {
        Self(Duration::from_millis(1200))
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(s: String) -> Result<Self, String> {
        let at = s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
        let (digits, unit) = s.split_at(at);
        let unit_ms = match unit {
            "ms" => Some(1),
            "s" => Some(1000),
            "m" => Some(60_000),
            _ => None,
        };
        digits
            .parse::<u64>()
            .ok()
            .zip(unit_ms)
            .and_then(|(n, ms)| n.checked_mul(ms))
            .map(|ms| Self(Duration::from_millis(ms)))
            .ok_or_else(|| format!("{s:?} is no length of time: write 300ms, 3s or 2m"))
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_of_every_step_is_read() {
        let script = Script::parse(
            r#"
            repeat = true
            steps = [
                "trust",
                { prompt = "go" }, { work = "3s" }, { silent = "2m" }, { say = "hello" }, { idle = "300ms" },
                "await-prompt",
                { bash = { command = "cargo test" } },
                { edit = { path = "a", old = "x", new = "y" } }, { write = { path = "a", text = "b" } },
                { read = { path = "/etc/hostname", asks = true } }, { fetch = { url = "https://x.example/" } },
                { mcp = { server = "lab", tool = "drop" } }, { plan = { title = "t", steps = ["a"] } },
                { question = { ask = "?", options = ["a", "b"] } }, { fail = { code = 529, recovers = true } },
                { typed = "half" }, "look-alike", { context = 8 }, { mode = "accept-edits" }, "exit", "crash",
            ]"#,
        )
        .expect("every step has its form");
        assert_eq!(script.steps.len(), 22);
        assert!(script.repeat);
    }

    #[test]
    fn a_wrong_script_is_refused_with_the_place() {
        let check = |text: &str, word: &str| {
            let e = Script::parse(text).expect_err(text);
            assert!(e.contains(word), "{text}: {e}");
        };
        check("steps = [{ wrok = \"3s\" }]", "wrok");
        check("steps = [{ work = \"3 s\" }]", "3 s");
        check("steps = [{ work = \"s\" }]", "length of time");
        check("steps = [{ bash = { cmd = \"x\" } }]", "cmd");
        check("step = []", "step");
        check("repeat = true\nsteps = [{ prompt = \"go\" }]", "takes time");
    }
}
