//! The configurations in a folder of git, its modules' and work trees' as well: may one of them hold what lets somebody in. A
//! search that leaves no folder out prints it.

use std::path::Path;

use super::plain;
use super::walk::{Entry, walk};

/// A longer one is not read.
const LONGEST: u64 = 64 * 1024;

/// Folders of git in which none lies, and by far the most of it.
const WITHOUT: [&str; 6] = ["objects", "refs", "logs", "hooks", "info", "lfs"];

/// A user of a longer name is a token.
const LONGEST_USER: usize = 19;

/// Those that may hold a password or a token, as paths from the folder on; whatever cannot be read, or where more than `max`
/// entries lie, may.
pub(super) fn within(git: &Path, max: usize) -> Vec<String> {
    let mut out = Vec::new();
    let all = walk(git, max, |Entry { path, name, told, kind }| {
        // Git makes no other names.
        let Some(name) = name.to_str() else { return false };
        let goes_on = kind.is_dir() && !WITHOUT.contains(&name);
        if !goes_on
            && name.starts_with("config")
            && plain::text(path, LONGEST).is_none_or(|text| lets_in(&text))
        {
            out.push(told.clone());
        }
        goes_on
    });
    match all {
        Ok(()) => out,
        Err(folder) => vec![folder + "config"],
    }
}

/// True if a line may hold a password or a token, or says that one is kept in a file.
fn lets_in(config: &str) -> bool {
    config.lines().any(|line| {
        let line = line.trim().to_lowercase();
        let names_a_section = line.starts_with('[') && line.ends_with(']');
        let (name, value) = line.split_once('=').unwrap_or((&line, ""));
        let secret = |text: &str| ["pass", "token", "secret"].iter().any(|word| text.contains(word));
        let keeps =
            |text: &str| secret(text) || ["store", "echo", "printf"].iter().any(|word| text.contains(word));
        let says = !names_a_section
            && (secret(name) || name.contains("cookie") || name.contains("helper") && keeps(value));
        says || line.contains("extraheader") || line.split("://").skip(1).any(has_login)
    })
}

/// True if an address in a configuration of git may let somebody in; what it takes over from another file is not looked at.
pub(super) fn in_addresses(config: &Path) -> bool {
    match plain::text(config, LONGEST) {
        Some(text) => text.lines().any(|line| line.split("://").skip(1).any(has_login)),
        None => config.metadata().is_ok(),
    }
}

/// True if an address begins with a user and a password, or with a token.
fn has_login(address: &str) -> bool {
    let host = address.split(['/', ' ', '"', '\'']).next().unwrap_or_default();
    let user = host.rsplit_once('@').map(|(user, _)| user);
    user.is_some_and(|user| user.contains(':') || user.len() > LONGEST_USER)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_lets_somebody_in_is_seen() {
        for (config, expected) in [
            (
                "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://github.com/a/token-pass.git",
                false,
            ),
            ("[remote \"origin\"]\n\turl = git@github.com:a/b.git", false),
            ("url = ssh://git@host.example:22/a", false),
            ("url = https://anna@bitbucket.example/a/b", false),
            ("[branch \"fix/bypass-token\"]\n\tremote = origin", false),
            ("[credential]\n\thelper = cache", false),
            ("helper = !gh auth git-credential", false),
            ("helper = osxkeychain", false),
            ("url = https://anna:secret@host.example/a", true),
            ("url = https://ghp_0123456789abcdefghij@github.com/a/b", true),
            ("[url \"https://x:y@host.example/\"]\n\tinsteadOf = https://host.example/", true),
            ("[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic x", true),
            ("[http]\n\tExtraHeader=x", true),
            ("[http] extraheader = x", true),
            ("proxy = http://u:p@proxy.example:8080", true),
            ("helper = store", true),
            ("helper = \"!f() { echo password=x; }; f\"", true),
            ("smtpPass = x", true),
            ("cookieFile = /home/dev/.cookies", true),
        ] {
            assert_eq!(lets_in(config), expected, "{config}");
        }
    }

    #[test]
    fn those_of_modules_count_and_what_cannot_be_read_may_hold_one() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let git = dir.path();
        let write = |at: &str, text: &str| {
            fs::create_dir_all(git.join(at).parent().expect("below")).expect("made");
            fs::write(git.join(at), text).expect("written");
        };
        let found = |max: usize| {
            let mut found = within(git, max);
            found.sort();
            found
        };
        write("config", "[core]\n");
        write("objects/config", "helper = store");
        assert!(found(9).is_empty());
        write("modules/lib/x/config", "helper = store");
        write("worktrees/a/config.worktree", "extraheader = x");
        assert_eq!(found(20), ["modules/lib/x/config", "worktrees/a/config.worktree"]);
        assert!(!found(3).is_empty(), "too much lies there");
        write("config", &" ".repeat(100_000));
        assert!(found(20).contains(&"config".to_owned()), "too long");
        assert!(within(&git.join("none"), 9).is_empty());
    }
}
