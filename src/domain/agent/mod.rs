//! How an agent's screens read, as data: one manifest per agent, parsed from TOML. What is done with it is in
//! `domain::read`; how the text becomes a manifest is in `file` and `compile`.

mod compile;
mod file;
mod pattern;
pub mod programs;

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;

use super::dialog::{Meaning, Opens, Operation};
use super::health::Trouble;
use super::restart::Resume;
use super::status::State;
pub use pattern::Pattern;

/// The manifests that come with the program, in the order in which an unknown screen is tried.
const BUILTIN: [(&str, &str); 7] = [
    ("claude.toml", include_str!("../../../assets/agents/claude.toml")),
    ("codex.toml", include_str!("../../../assets/agents/codex.toml")),
    ("gemini.toml", include_str!("../../../assets/agents/gemini.toml")),
    ("opencode.toml", include_str!("../../../assets/agents/opencode.toml")),
    ("qwen.toml", include_str!("../../../assets/agents/qwen.toml")),
    ("aider.toml", include_str!("../../../assets/agents/aider.toml")),
    ("generic.toml", include_str!("../../../assets/agents/generic.toml")),
];

/// How one agent's screens read.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The name used in config, JSON and on the screen.
    pub name: String,
    /// The product's own name.
    pub title: String,
    /// Names of its foreground process.
    pub processes: Vec<String>,
    /// The same dialog must have been read twice this far apart before a key is pressed.
    pub settle: Duration,
    /// Versions whose recorded screens all read right.
    pub verified: Vec<String>,
    /// Rows that no other program draws; may capture `version`.
    pub signs: Vec<Pattern>,
    /// Rows that it leaves behind when it ends.
    pub farewells: Vec<Pattern>,
    /// Rows that only say that a turn is done.
    pub done: Vec<Pattern>,
    /// How it takes a conversation up again.
    pub resume: Resume,
    /// Where its composer stands.
    pub composer: ComposerShape,
    /// Its title always tells whether it works.
    pub title_tells: bool,
    /// What shows that it works, failed, rests; the first that fits wins.
    pub cues: Vec<Cue>,
    /// Facts in passing: mode, context left, tokens.
    pub notes: Vec<Note>,
    /// How its choices look.
    pub choice: ChoiceShape,
    /// What labels mean; the first that fits wins.
    pub meanings: Vec<(Pattern, Meaning)>,
    /// Options that take a text; the first that fits wins.
    pub texts: Vec<TextShape>,
    /// Its dialogs; the first that fits wins.
    pub dialogs: Vec<DialogShape>,
}

/// An option that takes a text, closed and open. While its field is open the text stands where the label was.
#[derive(Debug, Clone)]
pub struct TextShape {
    /// In dialogs that put the session in this state.
    pub state: State,
    /// Its whole label while the field is closed.
    pub label: String,
    /// How the field is opened.
    pub opens: Opens,
    /// What must stand below the options for it to be offered.
    pub offered: Option<Pattern>,
    /// So many options stand below it.
    pub below: usize,
    /// What stands below the options while the field is open.
    pub hint: Option<Pattern>,
    /// What stands in the open field while it is empty.
    pub empty: String,
    /// The agent's own words before the text.
    pub before: String,
    /// The agent's own words behind the label, and behind the text.
    pub after: String,
}

/// Where an agent's composer stands and how it looks.
#[derive(Debug, Clone, Default)]
pub struct ComposerShape {
    /// What stands directly above and below it.
    pub frames: Vec<ComposerFrame>,
    /// Glyphs in front of its first row.
    pub prompts: Vec<char>,
    /// Those of them that stand there where what is written is no message: a command for the shell, a note.
    pub modes: Vec<char>,
    /// Texts that stand in an empty composer: needed only where a capture has no colours.
    pub placeholders: Vec<Pattern>,
    /// Rows inside its frame that are not what a person typed.
    pub trim: Vec<Pattern>,
    /// What stands in it for a long paste; may capture `lines` and `chars`.
    pub pasted: Vec<Pattern>,
}

/// What bounds a composer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComposerFrame {
    /// A rule directly above and one directly below.
    Rules,
    /// A box.
    Box,
    /// A rule somewhere above, a blank row around, rows of status below.
    UnderRule,
    /// Nothing: blank rows above and below.
    Bare,
    /// A heavy bar on the left, closed by a corner below.
    Bar,
}

/// Something on the screen or in the title that tells a state.
#[derive(Debug, Clone)]
pub struct Cue {
    /// The state it tells.
    pub state: State,
    /// Where it counts.
    pub place: Place,
    /// How it looks.
    pub shape: Pattern,
    /// How sure it is, 0 to 1.
    pub weight: f32,
    /// What is wrong, where it tells an error.
    pub trouble: Option<Trouble>,
}

/// Where a cue counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The lowest row above the composer that is not indented.
    Above,
    /// One of the last rows above the composer.
    Near,
    /// The rows below the composer, joined.
    Below,
    /// The last paragraph above the composer, joined.
    End,
    /// The last two paragraphs, a line each; one behind a bar keeps it.
    Turn,
    /// The window title.
    Title,
    /// The placeholder in the empty composer.
    Placeholder,
}

/// A fact shown in passing, by named captures: `mode`, `left`, `used`, `tokens`.
#[derive(Debug, Clone)]
pub struct Note {
    /// Where it counts.
    pub place: Place,
    /// How it looks.
    pub shape: Pattern,
    /// The mode that it stands for, where it has no capture for it.
    pub mode: Option<String>,
}

/// How an agent's choices look.
#[derive(Debug, Clone, Default)]
pub struct ChoiceShape {
    /// Glyphs in front of the marked choice.
    pub marks: Vec<char>,
    /// Choices in one row, by their labels; the marked one has a colour of its own.
    pub rows: Vec<Vec<String>>,
    /// Which key chooses.
    pub key: ChoiceKey,
    /// Where a dialog without a frame begins.
    pub edge: Edge,
    /// What stands below a dialog, joined; it says how to leave.
    pub hints: Vec<Pattern>,
    /// Rows that may stand below a dialog and are none of its own.
    pub overlays: Vec<Pattern>,
    /// Labels of which a part is a text field while their option is marked: its group `text`.
    pub editable: Vec<Pattern>,
    /// Rows that say that something is not shown.
    pub cuts: Vec<Pattern>,
    /// A permission stands at most so many columns from the left; what is printed stands further in.
    pub margin: Option<u16>,
    /// Rows of content that a frame can show at most, where it scrolls without a sign; 0 = it does not.
    pub body_rows: u16,
}

/// Which key chooses an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChoiceKey {
    /// Its number.
    #[default]
    Number,
    /// The letter in parentheses behind its label.
    Letter,
    /// Enter, for the marked one only.
    Enter,
}

/// Where a dialog without a frame begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edge {
    /// Below a rule.
    #[default]
    Rule,
    /// At its head.
    Head,
}

/// One kind of dialog.
#[derive(Debug, Clone)]
pub struct DialogShape {
    /// The state it puts the session in.
    pub state: State,
    /// What it is about.
    pub operation: Operation,
    /// The agent's name for the tool, unless captured as `tool`.
    pub tool: Option<String>,
    /// Its first rows, joined by line breaks; may capture `subject`, `question`, `tool`, `asker`.
    pub head: Option<Pattern>,
    /// The paragraph above the options, joined by blanks; may capture `subject` and `name`.
    pub question: Option<Pattern>,
    /// What stands below the options, joined by blanks.
    pub hint: Option<Pattern>,
    /// A row anywhere in it; may capture `subject`.
    pub body: Option<Pattern>,
    /// The label of one of its options.
    pub option: Option<Pattern>,
    /// Where the subject stands.
    pub subject: SubjectPlace,
    /// What of a command is the subject, by a capture of that name.
    pub pick: Option<Pattern>,
    /// How the subject's first row begins, where it stands behind a prefix.
    pub prefix: String,
    /// Its rows are wrapped this way.
    pub wrap: WrapStyle,
    /// Columns on the right that its text leaves free beyond its left margin.
    pub inset: u16,
    /// It has no options, only keys named in its hint.
    pub keys_only: bool,
    /// It fills the screen: its head, in the first row, is its upper edge.
    pub full_screen: bool,
}

/// Where a dialog's subject stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectPlace {
    /// It has none.
    #[default]
    None,
    /// In a capture of head, question or body.
    Capture,
    /// The body: between dashes, in an inner box, or what is indented deeper than the head, without the faint remark.
    Command,
    /// The rows from the one that begins with the prefix on.
    Prompt,
    /// The argument of a call `Tool(argument)`.
    Call,
    /// The first row of the body.
    Path,
}

/// How a program wraps its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrapStyle {
    /// A blank that no longer fits opens the next row.
    Keep,
    /// The blank is dropped.
    #[default]
    Trim,
    /// Also after punctuation.
    Punctuation,
}

/// What is wrong with a manifest, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ManifestError {
    /// The file, as its owner named it.
    pub origin: String,
    /// Line, counted from 1; 0 where the whole file is meant.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// One line: what is wrong.
    pub what: String,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.origin, self.line, self.column, self.what)
    }
}

impl Manifest {
    /// Reads a manifest; `origin` names the file in errors.
    pub fn parse(text: &str, origin: &str) -> Result<Self, ManifestError> {
        compile::manifest(text, origin)
    }

    /// True for the manifest that stands for programs without one of their own.
    pub fn is_generic(&self) -> bool {
        self.name == "generic"
    }
}

/// The manifests in force.
#[derive(Debug, Clone)]
pub struct Agents {
    list: Vec<Manifest>,
}

impl Agents {
    /// The manifests that come with the program.
    pub fn builtin() -> &'static Self {
        static BUILT: LazyLock<Agents> = LazyLock::new(|| Agents {
            list: BUILTIN
                .iter()
                .map(|(origin, text)| {
                    Manifest::parse(text, origin).expect("the built-in manifests are tested to parse")
                })
                .collect(),
        });
        &BUILT
    }

    /// With the user's own manifests, given as name of the file and text: one with a known name replaces that one, a
    /// new name is added and tried first. A broken one changes nothing and is told.
    #[must_use]
    pub fn with_overrides<'a>(
        &self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<ManifestError>) {
        let mut list = self.list.clone();
        let mut errors = Vec::new();
        for (origin, text) in files {
            match Manifest::parse(text, origin) {
                Ok(new) => match list.iter_mut().find(|m| m.name == new.name) {
                    Some(old) => *old = new,
                    None => list.insert(0, new),
                },
                Err(e) => errors.push(e),
            }
        }
        (Self { list }, errors)
    }

    /// All of them, in the order in which an unknown screen is tried.
    pub fn iter(&self) -> impl Iterator<Item = &Manifest> {
        self.list.iter()
    }

    /// The one of that name.
    pub fn get(&self, name: &str) -> Option<&Manifest> {
        self.list.iter().find(|m| m.name == name)
    }

    /// The one whose foreground process has that name.
    pub fn by_process(&self, command: &str) -> Option<&Manifest> {
        self.list.iter().find(|m| m.processes.iter().any(|p| p == command))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_manifests_parse_and_have_names_of_their_own() {
        let names: Vec<&str> = Agents::builtin().iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["claude", "codex", "gemini", "opencode", "qwen", "aider", "generic"]);
    }

    #[test]
    fn a_users_manifest_replaces_adds_or_is_refused() {
        let files = [
            ("a.toml", "name = \"codex\"\nprocess = [\"codex2\"]\n"),
            ("b.toml", "name = \"mine\"\nprocess = [\"mine\"]\n"),
            ("c.toml", "name = \"claude\"\nproces = [\"claude\"]\n"),
        ];
        let (agents, errors) = Agents::builtin().with_overrides(files);
        assert_eq!(agents.by_process("codex2").map(|m| m.name.as_str()), Some("codex"));
        assert_eq!(agents.iter().next().map(|m| m.name.as_str()), Some("mine"));
        assert_eq!(agents.by_process("claude").map(|m| m.title.as_str()), Some("Claude Code"));
        assert_eq!(errors.len(), 1);
        assert_eq!((errors[0].origin.as_str(), errors[0].line), ("c.toml", 2));
    }
}
