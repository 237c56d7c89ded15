//! The configurations and logs in a folder of git, its modules' and work trees' as well: may one of them hold what lets somebody
//! in. A search that leaves no folder out prints it.

use std::path::{Path, PathBuf};

use super::plain;
use super::walk::{Entry, walk};

/// A longer one is not read.
const LONGEST: u64 = 64 * 1024;

/// Nor a longer log of what was pulled from where.
const LONGEST_LOG: u64 = 4 * 1024 * 1024;

/// Folders of git in which none lies, and by far the most of it.
const WITHOUT: [&str; 5] = ["objects", "refs", "hooks", "info", "lfs"];

/// A configuration takes over another one, and that a third one, so deep and so many each: of more nothing is known.
const DEEPEST: usize = 2;
const MOST: usize = 16;

/// A user of a longer name is a token.
const LONGEST_USER: usize = 19;

/// Those that may hold a password or a token, as paths from the folder on; whatever cannot be read, or where more than `max`
/// entries lie, may.
pub(super) fn within(git: &Path, max: usize) -> Vec<String> {
    let mut out = Vec::new();
    let all = walk(git, max, |Entry { path, name, told, kind }| {
        // Git makes no other names.
        let Some(name) = name.to_str() else { return false };
        let log = told.split('/').any(|step| step == "logs");
        if kind.is_dir() {
            return log || !WITHOUT.contains(&name);
        }
        let config = name.starts_with("config");
        let may = log && is_told_in(path)
            || !log && config && plain::text(path, LONGEST).is_none_or(|text| lets_in(&text));
        if may {
            out.push(told.clone());
        }
        false
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

/// True if an address in a log of git's may let somebody in.
fn is_told_in(log: &Path) -> bool {
    plain::text(log, LONGEST_LOG).map_or_else(|| log.symlink_metadata().is_ok(), |text| has_logins(&text))
}

/// The same of what git tells of its own refs: where it was pulled from.
pub(super) fn in_logs(git: &Path, max: usize) -> bool {
    let mut found = false;
    let all = walk(&git.join("logs"), max, |Entry { path, kind, .. }| {
        found |= !kind.is_dir() && is_told_in(path);
        true
    });
    found || all.is_err()
}

/// True if an address in a configuration of git may let somebody in, or in one that it takes over.
pub(super) fn in_addresses(config: &Path, home: Option<&Path>) -> bool {
    in_addresses_at(config, home, 0)
}

fn in_addresses_at(config: &Path, home: Option<&Path>, depth: usize) -> bool {
    // Outside of a work tree it may be a link, as people keep such files elsewhere.
    let config = config.canonicalize().unwrap_or_else(|_| config.to_owned());
    let Some(text) = plain::text(&config, LONGEST) else { return config.metadata().is_ok() };
    let taken_over = |path: &str| match taken_over(path, &config, home) {
        Some(_) if depth == DEEPEST => true,
        Some(other) => in_addresses_at(&other, home, depth + 1),
        None => true,
    };
    has_logins(&text) || includes(&text).nth(MOST).is_some() || includes(&text).any(taken_over)
}

fn has_logins(text: &str) -> bool {
    text.lines().any(|line| line.split("://").skip(1).any(has_login))
}

/// What a configuration takes over from other files, whatever the condition.
fn includes(config: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    config.lines().filter_map(move |line| {
        let mut line = line.trim();
        if line.starts_with('[') {
            inside = line.to_lowercase().starts_with("[include");
            line = line.split_once(']').map_or("", |(_, rest)| rest).trim();
        }
        let (name, value) = line.split_once('=')?;
        (inside && name.trim().eq_ignore_ascii_case("path")).then(|| value.trim().trim_matches('"'))
    })
}

/// The file of that name, as the configuration means it; `None` where that is not known.
fn taken_over(path: &str, config: &Path, home: Option<&Path>) -> Option<PathBuf> {
    match path.strip_prefix('~') {
        _ if path.contains(['\\', '%', '#', ';']) => None,
        Some(rest) => Some(home?.join(rest.strip_prefix('/')?)),
        None => Some(config.parent()?.join(path)),
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
    fn what_is_taken_over_and_what_was_pulled_from_where_counts() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let home = dir.path();
        fs::create_dir_all(home.join("conf")).expect("made");
        let write = |at: &str, text: &str| fs::write(home.join(at), text).expect("written");
        write("a", "[user]\n\tname = x\n[alias]\n\tpath = far\n");
        write("conf/plain", "[core]\n\tbare = false\n");
        write("conf/token", "[url \"https://x:ghp_0@github.com/\"]\n\tinsteadOf = y\n");
        write("conf/deep", "[include] path = \"token\"\n");
        write("conf/round", "[include]\n\tpath = round\n");
        let tells = |text: &str| {
            write("b", text);
            in_addresses(&home.join("b"), Some(home))
        };
        assert!(!in_addresses(&home.join("a"), None));
        assert!(!tells("[include]\n\tpath = conf/plain\n\tpath = none\n"));
        assert!(!tells(
            "[includeIf \"gitdir:~/x/\"]\n\tpath = ~/conf/plain\n[remote \"o\"]\n\tpath = conf/token\n"
        ));
        let continued = "path = ~/conf/pla\\\n  in";
        for text in
            ["path = conf/token", "PATH = ~/conf/deep", "path = ~other/x", "path = conf/round", continued]
        {
            assert!(tells(&format!("[include]\n\t{text}\n")), "{text}");
        }
        assert!(!in_logs(home, 9));
        fs::create_dir_all(home.join("logs/refs")).expect("made");
        write("logs/HEAD", "0 1 dev <d@x> 1 +0000\tpull https://host.example/a: Fast-forward\n");
        assert!(!in_logs(home, 9) && within(home, 99).is_empty());
        write("logs/refs/x", "0 1 dev <d@x> 1 +0000\tpull https://u:p@host.example/a: Fast-forward\n");
        assert!(in_logs(home, 9) && in_logs(home, 1));
        assert_eq!(within(home, 99), ["logs/refs/x"]);
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
