//! Shell commands, read by rejection: a small grammar whose meaning is the same in every shell that agents use, and
//! option tables for the programs that are vouched for. Whatever is not understood to the last character is a
//! [`Fault`]. Not a shell, and not the judge: what may be confirmed is decided in `policy`.
//!
//! The grammar: words of plain characters, `'…'` and `"…"` without expansion, joined by `&&`, `||`, `;`, `|` and line
//! ends, with `2>&1`, redirections to a plainly named file and `NAME=value` in front of a program. No expansion but `$?`,
//! the text of `heredoc` and a star in the last step of a plain path, no group, no background, no comment but a line of plain
//! words, no escape outside quotes but `\(` and `\)` of `find` and a line's end between words, no control or invisible
//! character, at most [`MAX_BYTES`] bytes and [`MAX_PARTS`] parts.

mod awk;
mod chars;
mod fault;
mod heredoc;
mod kinds;
mod lex;
mod outcome;
mod parse;
mod programs;
mod sed;
mod table;
mod test_name;
mod through;
mod vouch;

pub use chars::refused as refused_character;
pub use fault::Fault;
pub use heredoc::unfolded;
pub use kinds::Kind;
pub use outcome::{Access, LINKED_TREES, Outcome, Refusal, Use};
pub use parse::read;
pub use programs::Programs;
pub use table::{Effect, Group, ProgramFile, Table};
pub use vouch::vouch;

/// A longer command is not read.
pub const MAX_BYTES: usize = 4096;

/// A command of more parts is not read.
pub const MAX_PARTS: usize = 20;

/// One argument as the program will get it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// The text after the shell has taken the quotes away.
    pub text: String,
    /// True if some of it stood in quotes.
    pub quoted: bool,
    /// True if `$?` is in it: a number that is not known.
    pub status: bool,
    /// True if the shell puts names of files in its place: `src/*.rs`.
    pub pattern: bool,
}

/// How a part is joined to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Joint {
    /// It is the first one.
    #[default]
    First,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;` or the end of a line.
    Then,
    /// `|`
    Pipe,
}

/// Where a part reads from or writes to, other than its arguments say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redirect {
    /// Standard output and error into one: `2>&1` and its like.
    Join,
    /// `/dev/null`, in either direction.
    Null,
    /// `< file`
    From(String),
    /// `> file` or `>> file`
    Into(String),
}

/// One simple command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// As it was written.
    pub text: String,
    /// How it is joined to the part before.
    pub joint: Joint,
    /// What is set for this program alone: `RUST_LOG=debug` in front of it.
    pub sets: Vec<(String, String)>,
    /// The program and its arguments; never empty in a reading without fault.
    pub words: Vec<Word>,
    /// Its redirections.
    pub redirects: Vec<Redirect>,
}

/// What was read: all parts, or the parts up to the fault (the last of them may be cut short).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The parts in order.
    pub parts: Vec<Part>,
    /// Why the rest was not read.
    pub fault: Option<Fault>,
}
