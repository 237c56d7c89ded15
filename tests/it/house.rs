//! The house rules as tests: arrows between rooms, no cycles, a `//!` in every file, no file over 400 lines of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which room may use which. `main` and `lib` may use all.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("theme", &[]),
    ("terminal", &[]),
    ("ports", &["domain"]),
    ("app", &["domain"]),
    ("config", &["domain", "app", "theme"]),
    ("view", &["domain", "app", "theme"]),
    ("tmux", &["domain", "ports"]),
    ("git", &["domain", "ports"]),
    ("store", &["domain", "ports"]),
    ("ipc", &["domain", "ports"]),
    ("evidence", &["domain", "ports"]),
    ("workers", &["domain", "ports", "app"]),
    (
        "runtime",
        &[
            "domain", "ports", "app", "config", "theme", "view", "tmux", "git", "store", "ipc", "evidence",
            "workers", "terminal",
        ],
    ),
    (
        "cli",
        &[
            "domain", "ports", "app", "config", "theme", "view", "tmux", "git", "store", "ipc", "evidence",
            "workers", "terminal", "runtime",
        ],
    ),
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).expect("src is readable") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("source is UTF-8");
                out.push((path, text));
            }
        }
    }
    let mut out = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    out.sort();
    out
}

fn room(path: &Path) -> String {
    let rel = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).expect("under src");
    let first = rel.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The file without its tests and without comments.
fn own_code(text: &str) -> String {
    let own = text.find("#[cfg(test)]\nmod ").map_or(text, |i| &text[..i]);
    own.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Names of rooms used as `crate::name` or `crate::{name::.., other}`.
fn used(code: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut item = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 1 => {
                        out.insert(word(item.trim()));
                        item.clear();
                        continue;
                    }
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
                item.push(c);
            }
            out.insert(word(item.trim()));
        } else {
            out.insert(word(rest));
        }
    }
    out
}

#[test]
fn arrows_point_down_only() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let from = room(&path);
        if from == "lib" || from == "main" {
            continue;
        }
        let Some(may) = allowed.get(from.as_str()) else {
            wrong.push(format!("{} is in no room of the table", path.display()));
            continue;
        };
        for to in used(&own_code(&text)) {
            if to != from && allowed.contains_key(to.as_str()) && !may.contains(&to.as_str()) {
                wrong.push(format!("{from} -> {to} in {}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that the house does not have:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_of_arrows_has_no_cycle() {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (room, may) in ARROWS {
        for to in *may {
            assert!(seen.contains(to), "{room} may use {to}, which stands below it in the table");
        }
        seen.insert(room);
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, t)| !t.starts_with("//!")).map(|(p, _)| p).collect();
    assert!(silent.is_empty(), "files without //!: {silent:?}");
}

#[test]
fn no_file_is_longer_than_400_lines_of_its_own() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(p, t)| (p, t.find("#[cfg(test)]\nmod ").map_or(t.as_str(), |i| &t[..i]).lines().count()))
        .filter(|(_, n)| *n > 400)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}
