//! Which tmux is installed, as the program itself says.

use std::fmt;
use std::io::ErrorKind;
use std::process::{Command, Stdio};

/// The oldest tmux whose control mode has what we need.
pub const OLDEST: Version = Version { major: 3, minor: 2, text: String::new() };

/// A version: `3.3a`, `next-3.8`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    major: u32,
    minor: u32,
    text: String,
}

impl Version {
    /// Reads the number in what `tmux -V` or the server's `#{version}` says; `None` if there is none.
    pub fn parse(said: &str) -> Option<Self> {
        let text = said.trim().strip_prefix("tmux ").unwrap_or(said.trim());
        let number = text.strip_prefix("next-").or_else(|| text.strip_prefix("openbsd-")).unwrap_or(text);
        let (major, rest) = number.split_once('.')?;
        let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()?, text: text.to_owned() })
    }

    /// Its numbers, where it is a release: `3.3a`, but not `next-3.8`.
    pub fn released(&self) -> Option<(u32, u32)> {
        let rest = self.text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let letter = rest.is_empty() || (rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_lowercase()));
        let number = self.text.starts_with(|c: char| c.is_ascii_digit());
        (number && letter).then_some((self.major, self.minor))
    }

    /// Its numbers.
    pub fn number(&self) -> (u32, u32) {
        (self.major, self.minor)
    }

    /// New enough.
    pub fn supported(&self) -> bool {
        (self.major, self.minor) >= (OLDEST.major, OLDEST.minor)
    }

    /// Without the crash of a control client that connects while a session comes or goes.
    pub fn best(&self) -> bool {
        (self.major, self.minor) >= (3, 7)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Asks the installed program; the error is one line.
pub fn installed() -> Result<Version, String> {
    #[expect(clippy::disallowed_methods, reason = "asks the installed tmux for its version")]
    let said = Command::new("tmux").arg("-V").stdin(Stdio::null()).output().map_err(|e| match e.kind() {
        ErrorKind::NotFound => "the program tmux is not installed, or not on the PATH".to_owned(),
        _ => format!("tmux cannot be run: {e}"),
    })?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    Version::parse(&said)
        .ok_or_else(|| format!("tmux -V says something unknown: {}", crate::domain::text::printable(&said)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        for (said, supported) in [
            ("tmux 3.3a\n", (true, false)),
            ("3.2", (true, false)),
            ("tmux 3.1c", (false, false)),
            ("tmux 2.9", (false, false)),
            ("tmux 3.7c", (true, true)),
            ("tmux next-3.8", (true, true)),
            ("tmux 3.10", (true, true)),
        ] {
            let version = Version::parse(said).map(|v| (v.supported(), v.best()));
            assert_eq!(version, Some(supported), "{said}");
        }
        assert_eq!(Version::parse("tmux master"), None);
    }
}
