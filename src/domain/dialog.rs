//! A dialog as a value: what an agent asks, and which key means what. Options are chosen by their *meaning*; the
//! numbers in front of them mean nothing. How a screen is read into one is in `domain::read`.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a dialog is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
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
    #[default]
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

/// How the field of an option that takes a text is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// Its key marks it; the marked one takes what is typed.
    Key,
    /// It is marked, then Tab.
    Tab,
    /// Its key ends the dialog; the text goes into the composer that comes back.
    Composer,
}

/// An option to which a text can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextOption {
    /// Which option, 0-based.
    pub option: usize,
    /// How its field is opened.
    pub opens: Opens,
}

/// An open text field: it stands where its option's label was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    /// Whose, 0-based.
    pub option: usize,
    /// What stands in it.
    pub text: String,
}

/// A block on the live screen that asks for a choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
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
    /// Who asks, where the dialog names somebody else than the session's own agent (a subagent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asker: Option<String>,
    /// The subject with every doubtful row break read as a line break. A screen does not tell a wrapped row from two
    /// lines when the next word would not have fitted: whoever judges a command judges both readings, the worse wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<String>,
    /// The options that take a text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<TextOption>,
    /// The option of whose label a part can be written while it is marked, and the length of the agent's own words before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<(usize, usize)>,
    /// The text field that is open, where one is: then a key is a letter in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// The rows of the screen, top to bottom, that the block covers: first and last, 0-based.
    #[serde(skip)]
    pub rows: (u16, u16),
}

impl Dialog {
    /// The key of the one option that means *allow once*, if the dialog is complete and there is exactly one.
    pub fn allow_once_key(&self) -> Option<&str> {
        if !self.complete || self.field.is_some() {
            return None;
        }
        let mut found = self.options.iter().filter(|o| o.meaning == Meaning::AllowOnce);
        match (found.next(), found.next()) {
            (Some(o), None) => o.key.as_deref(),
            _ => None,
        }
    }

    /// It has an *allow once*, and its mark stands on another option.
    pub fn is_marked_elsewhere(&self) -> bool {
        let once = |o: &DialogOption| o.meaning == Meaning::AllowOnce;
        let marked = self.selected.and_then(|at| self.options.get(at));
        self.options.iter().any(once) && marked.is_some_and(|o| !once(o))
    }

    /// The key of the agent's own *No*: the plain one before the one that asks for a text afterwards. A choice that only
    /// opens a field to write in (*Tell Claude what to change*) is none: the dialog would stay, half answered.
    pub fn deny_key(&self) -> Option<&str> {
        if self.field.is_some() {
            return None;
        }
        let field = |o: &DialogOption| o.meaning == Meaning::DenyWithText && !o.label.starts_with("No");
        [Meaning::Deny, Meaning::DenyWithText]
            .iter()
            .find_map(|m| self.options.iter().find(|o| o.meaning == *m && !field(o))?.key.as_deref())
    }

    /// Who this dialog is, by content alone: another wrap, another size, a moved mark, a redraw or a text that is being
    /// written into its field keep it. Two equal calls in a row have the same identity; `domain::track` tells them apart by their epoch.
    pub fn identity(&self) -> DialogId {
        let mut said = String::with_capacity(512);
        let mut part = |s: &str| {
            said.extend(s.split_whitespace());
            said.push('\0');
        };
        part(self.operation.word());
        part(self.tool.as_deref().unwrap_or_default());
        part(self.subject.as_deref().unwrap_or_default());
        part(self.question.as_deref().unwrap_or_default());
        part(self.asker.as_deref().unwrap_or_default());
        for (at, option) in self.options.iter().enumerate() {
            let own = self.written.filter(|(written, _)| *written == at);
            part(own.and_then(|(_, end)| option.label.get(..end)).unwrap_or(&option.label));
        }
        let mut first = [0; 8];
        first.copy_from_slice(&Sha256::digest(said)[..8]);
        DialogId(u64::from_be_bytes(first))
    }
}

/// The identity of a dialog's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DialogId(pub u64);

impl fmt::Display for DialogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bash(subject: &str) -> Dialog {
        Dialog {
            operation: Operation::Bash,
            subject: Some(subject.to_owned()),
            complete: true,
            ..Dialog::default()
        }
    }

    #[test]
    fn identity_is_content_without_wrapping_and_mark() {
        let one = bash("git push --force");
        let mut other = bash("git push\n  --force");
        other.selected = Some(1);
        other.rows = (3, 9);
        assert_eq!(one.identity(), other.identity());
        assert_ne!(one.identity(), bash("git push").identity());
    }

    #[test]
    fn an_open_text_field_keeps_the_identity_and_takes_the_keys_away() {
        let option = |label: &str, meaning, key: &str| DialogOption {
            label: label.to_owned(),
            meaning,
            key: Some(key.to_owned()),
        };
        let options = vec![option("Yes", Meaning::AllowOnce, "1"), option("No", Meaning::Deny, "2")];
        let closed = Dialog { options, ..bash("ls") };
        let open = Dialog {
            texts: vec![TextOption { option: 1, opens: Opens::Tab }],
            field: Some(Field { option: 1, text: "not that one".to_owned() }),
            ..closed.clone()
        };
        assert_eq!(open.identity(), closed.identity());
        assert_eq!((closed.allow_once_key(), closed.deny_key()), (Some("1"), Some("2")));
        assert_eq!((open.allow_once_key(), open.deny_key()), (None, None));
    }

    #[test]
    fn the_key_is_that_of_the_one_allow_once_option_of_a_complete_dialog() {
        let option =
            |meaning, key: &str| DialogOption { label: "x".to_owned(), meaning, key: Some(key.to_owned()) };
        let mut dialog = bash("ls");
        dialog.options = vec![option(Meaning::AllowAlways, "1"), option(Meaning::AllowOnce, "2")];
        assert_eq!(dialog.allow_once_key(), Some("2"));
        dialog.complete = false;
        assert_eq!(dialog.allow_once_key(), None);
        dialog.complete = true;
        dialog.options.push(option(Meaning::AllowOnce, "3"));
        assert_eq!(dialog.allow_once_key(), None);
    }

    #[test]
    fn the_key_of_no_is_that_of_an_option_that_ends_the_dialog() {
        let check = |options: &[(&str, Meaning)], want: Option<&str>| {
            let mut dialog = bash("ls");
            for (n, (label, meaning)) in options.iter().enumerate() {
                let key = Some((n + 1).to_string());
                dialog.options.push(DialogOption { label: (*label).to_owned(), meaning: *meaning, key });
            }
            assert_eq!(dialog.deny_key(), want, "{options:?}");
        };
        use Meaning::{AllowOnce, Deny, DenyWithText};
        check(&[("Yes", AllowOnce), ("No", Deny)], Some("2"));
        check(&[("No, and tell Claude what to do differently (esc)", DenyWithText), ("No", Deny)], Some("2"));
        check(&[("Yes", AllowOnce), ("No, keep planning", DenyWithText)], Some("2"));
        check(&[("Yes", AllowOnce), ("Tell Claude what to change", DenyWithText)], None);
        check(&[("Yes", AllowOnce), ("Type here to tell Claude what to change", DenyWithText)], None);
        check(&[("Yes", AllowOnce)], None);
    }
}
