//! Where agents keep files of their own: what the environment of their process says, or a folder in its home.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The folders of the agents whose files are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Own {
    pub claude: Option<PathBuf>,
    pub codex: Option<PathBuf>,
}

impl Own {
    /// By the environment of a process: names and values, each with a zero byte behind it; `home` is whose it does not say.
    pub fn of(environment: &[u8], home: Option<&Path>) -> Self {
        let value = |name: &[u8]| {
            let value = environment.split(|b| *b == 0).find_map(|entry| entry.strip_prefix(name))?;
            Some(PathBuf::from(OsStr::from_bytes(value))).filter(|path| path.is_absolute())
        };
        let home = value(b"HOME=").or_else(|| home.map(Path::to_owned));
        let below = |name: &str| home.as_ref().map(|home| home.join(name));
        Self {
            claude: value(b"CLAUDE_CONFIG_DIR=").or_else(|| below(".claude")),
            codex: value(b"CODEX_HOME=").or_else(|| below(".codex")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn their_folders_are_what_the_environment_says() {
        for (environment, claude, codex) in [
            ("PATH=/bin\0HOME=/home/a\0", "/home/a/.claude", "/home/a/.codex"),
            ("HOME=/home/a\0CLAUDE_CONFIG_DIR=/etc/c\0", "/etc/c", "/home/a/.codex"),
            ("HOME=/home/a\0CLAUDE_CONFIG_DIR=rel\0CODEX_HOME=/x\0", "/home/a/.claude", "/x"),
            ("XHOME=/x\0", "/our/.claude", "/our/.codex"),
            ("HOME=\0", "/our/.claude", "/our/.codex"),
        ] {
            let own = Own::of(environment.as_bytes(), Some(Path::new("/our")));
            let want = Own { claude: Some(claude.into()), codex: Some(codex.into()) };
            assert_eq!(own, want, "{environment:?}");
        }
        assert_eq!(Own::of(b"", None), Own::default());
    }
}
