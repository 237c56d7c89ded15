//! Why a command was not read to its end, in words for a person.

/// One thing that the reader does not vouch for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing to read.
    #[error("the command is empty")]
    Empty,
    /// Longer than [`super::MAX_BYTES`].
    #[error("the command is longer than 4096 bytes")]
    TooLong,
    /// More parts than [`super::MAX_PARTS`].
    #[error("the command has more than 20 parts")]
    TooManyParts,
    /// A control character: carriage return, tab, escape …
    #[error("a control character (U+{0:04X}) is in the command")]
    Control(u32),
    /// A character that cannot be seen, or that looks like another.
    #[error("a character that hides or misleads (U+{0:04X}) is in the command")]
    Invisible(u32),
    /// An ellipsis: perhaps the agent's screen cut the command short.
    #[error("an ellipsis is in the command: part of it may have been cut off")]
    Ellipsis,
    /// Anything beyond ASCII outside quotes.
    #[error("a character beyond ASCII stands outside quotes")]
    Foreign,
    /// `$`, or a backtick.
    #[error("an expansion or substitution ({0}) is in the command")]
    Expansion(char),
    /// An unquoted backslash, or one that escapes an expansion.
    #[error("a backslash escapes something")]
    Backslash,
    /// `( ) { }`
    #[error("a group, subshell, function or brace expansion ({0}) is in the command")]
    Group(char),
    /// `* ? [ ]`: other names, options, even `..` may come in its place.
    #[error("a pattern ({0}) that the shell replaces by file names is in the command")]
    Pattern(char),
    /// `~` where the shell expands it.
    #[error("a `~` is expanded by the shell")]
    Tilde,
    /// `#`
    #[error("a comment hides what follows it")]
    Comment,
    /// `!`
    #[error("a `!` negates or recalls history")]
    Bang,
    /// `^` or `=` at the start of a word.
    #[error("a word starts with `{0}`, which some shells expand")]
    Lead(char),
    /// `&` alone.
    #[error("something is put into the background")]
    Background,
    /// A redirection other than to or from a plain name.
    #[error("a redirection that is not to a plain name")]
    Redirect,
    /// A here-document or here-string.
    #[error("a here-document is in the command")]
    HereDoc,
    /// A quote without its end.
    #[error("a quote is not closed")]
    Quote,
    /// Quotes inside a word.
    #[error("quotes inside a word hide what it says")]
    InnerQuote,
    /// The program's name is quoted or no plain name.
    #[error("the program's name is not written plainly")]
    Name,
    /// `NAME=value` in front of a program.
    #[error("an assignment in front of a program changes how it runs")]
    Assignment,
    /// `if`, `for`, `time`, `[[` …
    #[error("a word of the shell's own grammar starts a part")]
    Keyword,
    /// An operator without a command beside it.
    #[error("a command is missing beside an operator")]
    Missing,
}
