//! Where agents keep files of their own: what the environment of their process says, or a folder in its home.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::ports::Surroundings;

/// The folders of the agents whose files are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Own {
    pub claude: Option<PathBuf>,
    pub codex: Option<PathBuf>,
    pub surroundings: Surroundings,
}

impl Own {
    /// By the environment of a process: names and values, each with a zero byte behind it; `home` is whose it does not say.
    pub fn of(environment: &[u8], home: Option<&Path>) -> Self {
        let said = |name: &[u8]| {
            let value = environment.split(|b| *b == 0).find_map(|entry| entry.strip_prefix(name))?;
            Some(value).filter(|value| !value.is_empty())
        };
        let value = |name: &[u8]| {
            said(name).map(|v| PathBuf::from(OsStr::from_bytes(v))).filter(|path| path.is_absolute())
        };
        let home = value(b"HOME=").or_else(|| home.map(Path::to_owned));
        let below = |name: &str| home.as_ref().map(|home| home.join(name));
        let settings = [
            &b"GIT_CONFIG_GLOBAL="[..],
            b"GIT_CONFIG_SYSTEM=",
            b"GIT_CONFIG_COUNT=",
            b"GIT_CONFIG_PARAMETERS=",
        ];
        let repository = [
            &b"GIT_DIR="[..],
            b"GIT_WORK_TREE=",
            b"GIT_COMMON_DIR=",
            b"GIT_INDEX_FILE=",
            b"GIT_OBJECT_DIRECTORY=",
        ];
        let elsewhere = |name: &[u8]| {
            said(name).is_some_and(|at| !at.starts_with(b"/") || std::str::from_utf8(at).is_err())
        };
        let surroundings = Surroundings {
            pwd: value(b"PWD="),
            cdpath: said(b"CDPATH=").is_some(),
            home: value(b"HOME="),
            other_settings: elsewhere(b"HOME=")
                || elsewhere(b"XDG_CONFIG_HOME=")
                || settings.iter().any(|name| said(name).is_some())
                || value(b"XDG_CONFIG_HOME=").is_some_and(|at| Some(at) != below(".config")),
            other_repository: repository.iter().any(|name| said(name).is_some()),
            unread: false,
        };
        Self {
            claude: value(b"CLAUDE_CONFIG_DIR=").or_else(|| below(".claude")),
            codex: value(b"CODEX_HOME=").or_else(|| below(".codex")),
            surroundings,
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
            assert_eq!((own.claude, own.codex), (Some(claude.into()), Some(codex.into())), "{environment:?}");
        }
        assert_eq!(Own::of(b"", None), Own::default());
    }
    #[test]
    fn where_a_shell_and_git_look_is_what_the_environment_says() {
        let plain = Surroundings::default();
        let other_settings = Surroundings { other_settings: true, ..plain.clone() };
        let other_repository = Surroundings { other_repository: true, ..plain.clone() };
        for (environment, want) in [
            ("PATH=/bin", plain.clone()),
            ("PWD=/a\0OLDPWD=/b", Surroundings { pwd: Some("/a".into()), ..plain.clone() }),
            ("PWD=a", plain.clone()),
            ("CDPATH=", plain.clone()),
            ("CDPATH=/x", Surroundings { cdpath: true, ..plain.clone() }),
            ("XDG_CONFIG_HOME=/h/.config", plain.clone()),
            ("HOME=x", other_settings.clone()),
            ("XDG_CONFIG_HOME=x", other_settings.clone()),
            ("HOME=/x", Surroundings { home: Some("/x".into()), ..plain.clone() }),
            ("XDG_CONFIG_HOME=/h/x", other_settings.clone()),
            ("GIT_CONFIG_GLOBAL=/dev/null", other_settings.clone()),
            ("GIT_CONFIG_COUNT=1", other_settings),
            ("GIT_DIR=/x/.git", other_repository.clone()),
            ("GIT_WORK_TREE=/x", other_repository),
        ] {
            assert_eq!(
                Own::of(environment.as_bytes(), Some(Path::new("/h"))).surroundings,
                want,
                "{environment:?}"
            );
        }
    }
}
