//! How a command fails: one line what, one line what to do, and the exit code that scripts rely on.

use std::process::ExitCode;

/// A command's failure. Exit codes: 1 failed, 2 usage or config error, 3 nothing to do or not found, 4 findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fail {
    code: u8,
    what: String,
    hint: String,
}

impl Fail {
    fn new(code: u8, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, what: what.into(), hint: hint.into() }
    }

    /// One line: what.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Something that should have worked did not (exit code 1).
    pub fn failed(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(1, what, hint)
    }

    /// Wrong arguments or a broken config, theme or data file (exit code 2).
    pub fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(2, what, hint)
    }

    /// Nothing to do, or the thing named does not exist (exit code 3).
    pub fn not_found(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(3, what, hint)
    }

    /// The command did its work and has findings to tell, already printed (exit code 4).
    pub fn findings() -> Self {
        Self::new(4, "", "")
    }

    /// The exit code as a number.
    pub fn code(&self) -> u8 {
        self.code
    }

    /// What and hint as they are printed.
    pub fn lines(&self) -> (&str, &str) {
        (&self.what, &self.hint)
    }

    /// Prints the two lines to stderr and gives the exit code.
    pub fn report(&self) -> ExitCode {
        if !self.what.is_empty() {
            super::out::complain(&format!("archtui: {}", self.what));
        }
        if !self.hint.is_empty() {
            super::out::complain(&format!("         {}", self.hint));
        }
        ExitCode::from(self.code)
    }
}
