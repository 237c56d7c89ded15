//! Folders that a command reads through or that must hold what it starts, file by file (`grep -r x .`): each file that is known to lie there must be one that
//! the agent's own tools may read, or change where it is changed. What lies there is looked up by whoever can, by the verdict's `folders`.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Below, SHOWN};
use super::glob::{fits, fits_any_case};
use super::meet::{is_pattern, readings};
use super::path::Located;
use super::places::Spot;
use super::rule::Case;
use super::{Action, Policy, Verdict, subject};
use crate::domain::bash::{self, Use};

/// Where more files than this are to be judged, none is: the verdict must not be waited for.
const MAX_JUDGED: usize = 2_000;

/// Git's folder, as seen from where it works; it may lie further up.
const GIT: &str = ".git";

/// How a folder is gone through.
struct Way<'a> {
    only: &'a [String],
    spared: &'a [String],
    follows: bool,
    shown: bool,
    bare: bool,
}

/// Confirms, with the folders to look at, unless a file is known there that is held.
pub(super) fn judge(uses: &[Use], spots: &[Spot], case: &Case, policy: &Policy) -> Verdict {
    let mut verdict = Verdict::new(Action::Confirm, "", "");
    for one in uses {
        let path = match one {
            Use::Through { path, .. } | Use::Local { folder: path, .. } => path,
            Use::Remotes => GIT,
            _ => continue,
        };
        for spot in spots {
            let next = match (Located::new(path, Some(&spot.cwd), case.ctx), one) {
                (Ok(folder), Use::Through { access, only, spared, follows, shown, bare, .. }) => {
                    let case = Case { operation: subject::operation(*access), tool: None, ..*case };
                    in_folder(
                        &folder.absolute(),
                        &Way { only, spared, follows: *follows, shown: *shown, bare: *bare },
                        &case,
                        policy,
                    )
                }
                (Ok(folder), Use::Local { name, .. }) => lies_in(&folder.absolute(), name, case),
                (Ok(folder), _) => tells_addresses(&folder.absolute(), case),
                (Err(why), _) => Verdict::hold("path", format!("{path}: {why}")),
            };
            verdict = verdict.worse(next);
        }
    }
    verdict
}

fn in_folder(folder: &str, way: &Way, case: &Case, policy: &Policy) -> Verdict {
    let looked = format!("{folder}{}", if way.shown { SHOWN } else { "" });
    let known = case.ctx.below.get(&looked);
    let verdict = known.map_or_else(
        || Verdict::new(Action::Confirm, "", ""),
        |below| in_known(folder, below, way, case, policy),
    );
    Verdict { folders: vec![looked], ..verdict }
}

/// Confirms, with git's folder to look into, unless it is known that an address in its configuration may let somebody in.
fn tells_addresses(git: &str, case: &Case) -> Verdict {
    let verdict = match case.ctx.below.get(git) {
        _ if case.ctx.other_settings => {
            Verdict::hold("through", "git's settings lie where nobody looked for addresses of remotes")
        }
        Some(below) if !below.logins.is_empty() => {
            Verdict::hold("through", "an address of a remote may hold a password or a token")
        }
        _ => Verdict::new(Action::Confirm, "", ""),
    };
    Verdict { folders: vec![git.to_owned()], ..verdict }
}

/// Confirms, with the folder to look into, unless it is known that the program does not lie there.
fn lies_in(folder: &str, name: &str, case: &Case) -> Verdict {
    let lies = |below: &Below| below.whole && below.files.iter().any(|file| file == name);
    let verdict = if case.ctx.below.get(folder).is_none_or(lies) {
        Verdict::new(Action::Confirm, "", "")
    } else {
        Verdict::hold("fetch", format!("`{name}` is not in {folder}: it may be fetched"))
    };
    Verdict { folders: vec![folder.to_owned()], ..verdict }
}

fn in_known(folder: &str, below: &Below, way: &Way, case: &Case, policy: &Policy) -> Verdict {
    let Way { only, spared, follows, shown, bare } = way;
    let names: Vec<String> = only.iter().flat_map(|pattern| readings(last_step(pattern))).collect();
    let brought_back = |file: &str| {
        below.back.iter().any(|back| {
            file.strip_prefix(back.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    let is_read = |file: &&String| {
        (only.is_empty() || is_picked(file, &names)) && (!is_spared(file, spared) || brought_back(file))
    };
    let mut files: Vec<&str> = below.files.iter().filter(is_read).map(String::as_str).collect();
    if *shown && files.len() > MAX_JUDGED {
        files = by_folders(&files, folder, case, policy);
    }
    if !below.whole || files.len() > MAX_JUDGED {
        let by_ending =
            !only.is_empty() && only.iter().all(|pattern| picks_nothing_held(pattern, folder, case, policy));
        if !by_ending {
            return Verdict::hold(
                "through",
                format!(
                    "it reads through {folder}: too much lies there to look at (names picked by an ending, `git grep`, need no look)"
                ),
            );
        }
        // No name with that ending is held for itself; those of the folders that were seen may be. In this one, by far the
        // most of all, nobody keeps secrets.
        files.retain(|file| !file.split('/').any(|step| step == "node_modules"));
        files = by_folders(&files, folder, case, policy);
        files.truncate(MAX_JUDGED);
    }
    if *follows && below.linked {
        return Verdict::hold(
            "through",
            format!("it reads through {folder}, and links in it may lead elsewhere"),
        );
    }
    let is_pattern = folder.rsplit_once('/').is_some_and(|(_, name)| is_pattern(name));
    if is_pattern && below.linked {
        return Verdict::hold("path", "a symbolic link among what the pattern names may lead elsewhere");
    }
    let misleads = |file: &&String| file.starts_with(['-', '+']) || file.contains('=');
    if let Some(file) = below.files.iter().find(misleads).filter(|_| *bare) {
        return Verdict::hold("through", format!("{file} lies in {folder}, and may be taken for an option"));
    }
    if let Some(config) = below.logins.iter().find(is_read) {
        return Verdict::hold(
            "through",
            format!("it reads through {folder}, {config} as well: that may hold a password or a token"),
        );
    }
    // What a pattern names lies beside it.
    let at = folder.rsplit_once('/').filter(|_| is_pattern).map_or(folder, |(above, _)| above);
    let remedy = if is_pattern {
        ""
    } else {
        " (leave it out by --exclude, pick others by --include='*.rs', or use git grep)"
    };
    let held = files.iter().find_map(|file| {
        let located = Located::new(file, Some(at), case.ctx);
        let verdict = match located.or_else(|_| Located::new(&loosely(file), Some(at), case.ctx)) {
            Ok(located) => subject::located_path(case, &located, policy),
            Err(why) => Verdict::hold("path", why),
        };
        (verdict.action != Action::Confirm).then(|| Verdict {
            reason: format!("it reads through {folder}, {file} as well: {}{remedy}", verdict.reason),
            ..verdict
        })
    });
    held.unwrap_or_else(|| Verdict::new(Action::Confirm, "", ""))
}

/// Files of which no name with their ending is held, as the folders in which they lie: these are fewer.
fn by_folders<'a>(files: &[&'a str], folder: &str, case: &Case, policy: &Policy) -> Vec<&'a str> {
    let mut plain: BTreeMap<&str, bool> = BTreeMap::new();
    let mut is_plain = |name: &'a str| {
        let Some((_, ending)) = name.rsplit_once('.') else { return false };
        *plain
            .entry(ending)
            .or_insert_with(|| picks_nothing_held(&format!("*.{ending}"), folder, case, policy))
    };
    let told = files.iter().map(|file| {
        let (above, name) = file.rsplit_once('/').unwrap_or((".", file));
        if is_plain(name) { above } else { file }
    });
    told.collect::<BTreeSet<&str>>().into_iter().collect()
}

/// True if no name that a rule holds fits the pattern, wherever it lies.
fn picks_nothing_held(pattern: &str, folder: &str, case: &Case, policy: &Policy) -> bool {
    let name = last_step(pattern);
    let located = Located::new(&format!("./{name}"), Some(folder), case.ctx);
    !name.is_empty()
        && located.is_ok_and(|l| subject::located_path(case, &l.picking(), policy).action == Action::Confirm)
}

fn last_step(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// True if the file's own name may be one of `names`; a pattern of folders alone may pick any.
fn is_picked(file: &str, names: &[String]) -> bool {
    let file = last_step(file.trim_end_matches('/'));
    names.iter().any(|name| name.is_empty() || fits_any_case(name, file))
}

/// A path with names that cannot be judged, as a pattern that they fit: what lies below them, or what they begin with, is
/// judged all the same.
fn loosely(file: &str) -> String {
    let odd = |c: char| {
        matches!(c, '{' | '}' | '(' | '\\' | '\n')
            || bash::refused_character(c.encode_utf8(&mut [0; 4])).is_some()
    };
    let plain: String = file.chars().map(|c| if odd(c) { '?' } else { c }).collect();
    format!("./{plain}")
}

/// A pattern with a `/` behind passes over folders of that name, another one over files.
fn is_spared(file: &str, spared: &[String]) -> bool {
    let (folders, name) = file.rsplit_once('/').unwrap_or(("", file));
    spared.iter().any(|pattern| match pattern.strip_suffix('/') {
        Some(pattern) => folders.split('/').any(|f| !f.is_empty() && fits(pattern, f)),
        None => fits(pattern, name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::Operation;
    use crate::domain::policy::{Context, Subject, judge_operation};

    fn shown(below: Below) -> Below {
        let files = below.files.into_iter().filter(|f| !f.split('/').any(|step| step.starts_with('.')));
        Below { files: files.collect(), ..below }
    }

    fn judged(command: &str, files: &[&str], linked: bool, whole: bool) -> Verdict {
        let tree = "/home/dev/app".to_owned();
        let of = |folder: &str| Below {
            files: files.iter().filter_map(|f| f.strip_prefix(folder)).map(str::to_owned).collect(),
            linked,
            whole,
            ..Below::default()
        };
        let ctx = Context {
            cwd: Some(tree.clone()),
            work_tree: Some(tree.clone()),
            home: Some("/home/dev".into()),
            below: [
                (tree.clone(), of("")),
                (format!("{tree}/src"), of("src/")),
                (format!("{tree}{SHOWN}"), shown(of(""))),
                (format!("{tree}/src{SHOWN}"), shown(of("src/"))),
            ]
            .into(),
            ..Context::default()
        };
        let policy = Policy::preset("careful").expect("ships");
        judge_operation(Operation::Bash, None, Subject::Command(command), &ctx, &policy)
    }

    #[test]
    fn a_folder_is_read_through_where_nothing_in_it_is_protected() {
        let files =
            ["src/a.rs", ".env", "src/.env.example", "web/node_modules/x/test.pem", "conf/prod.env", "x.md"];
        let clean = ["src/a.rs", ".env.example", "web/x.md", "a\\b"];
        for (command, expected) in [
            ("grep -r '' .", Action::Hold),
            ("grep -rn KEY", Action::Hold),
            ("grep -rne KEY", Action::Hold),
            ("cd src && grep -rn KEY ..", Action::Hold),
            ("grep -rn KEY src", Action::Confirm),
            ("cd src && grep -rn KEY", Action::Confirm),
            ("grep -n KEY x.md", Action::Confirm),
            ("grep -rn KEY . --include='*.md'", Action::Confirm),
            // Where an --exclude comes first, GNU grep reads what fits none of them.
            ("grep -rn KEY . --exclude=x --include='*.md'", Action::Hold),
            ("grep -rn KEY . --exclude='*' --include='*.md'", Action::Hold),
            ("grep -rn KEY . --exclude='.env'", Action::Hold),
            ("grep -rn KEY . --exclude='*env' --exclude-dir=web", Action::Confirm),
            ("grep -rn KEY . --exclude='*.env' --exclude-dir=node_modules", Action::Confirm),
            ("grep -rn KEY . --exclude='*.env' --exclude-dir node_modules", Action::Confirm),
            ("grep -rn KEY . --exclude='*.ENV' --exclude-dir=node_modules", Action::Hold),
            ("grep -rn KEY . --exclude='*.env' --exclude=node_modules", Action::Hold),
            ("grep -rn KEY . --exclude-dir='*.env' --exclude-dir=web", Action::Hold),
            ("rg KEY", Action::Hold),
            ("cd src && rg KEY", Action::Confirm),
            ("git log | rg KEY", Action::Confirm),
            ("rg KEY < x.md", Action::Confirm),
            ("rg --files", Action::Confirm),
            ("rg KEY | head", Action::Hold),
            ("rg --no-ignore KEY", Action::Hold),
            ("rg --no-ignore KEY src", Action::Confirm),
            ("diff -r . src", Action::Hold),
            ("diff . src", Action::Hold),
            ("diff -ru src src", Action::Confirm),
        ] {
            let verdict = judged(command, &files, false, true);
            assert_eq!(verdict.action, expected, "{command}: {}", verdict.reason);
            let verdict = judged(command, &clean, false, true);
            assert_eq!(verdict.action, Action::Confirm, "{command}, nothing there: {}", verdict.reason);
        }
        let back = Below {
            files: [".env", "x.md"].map(str::to_owned).to_vec(),
            whole: true,
            back: vec![".env".to_owned()],
            ..Below::default()
        };
        let ctx = Context {
            cwd: Some("/home/dev/app".to_owned()),
            work_tree: Some("/home/dev/app".to_owned()),
            below: [("/home/dev/app".to_owned(), back)].into(),
            ..Context::default()
        };
        let policy = Policy::preset("careful").expect("ships");
        let verdict =
            judge_operation(Operation::Bash, None, Subject::Command("rg --no-ignore KEY"), &ctx, &policy);
        assert_eq!(verdict.rule, "secrets", "a line of .ignore brings it back: {}", verdict.reason);
        for command in ["rg --no-ignore KEY", "rg KEY"] {
            let verdict = judged(command, &["src/a.rs", ".env", ".aws/x.md"], false, true);
            assert_eq!(verdict.action, Action::Confirm, "rg passes over hidden names: {}", verdict.reason);
        }
        let verdict = judged("grep -r KEY .", &files, false, true);
        assert_eq!(verdict.rule, "secrets");
        assert!(verdict.reason.contains("/home/dev/app, .env as well"), "{}", verdict.reason);
    }

    #[test]
    fn what_is_picked_by_its_name_is_looked_for() {
        let secrets =
            ["src/a.rs", "src/x.json", "conf/credentials.json", "conf/a.yml", "token.txt", "secrets/a.rs"];
        let hidden = [".dockerconfigjson", "src/.x.rs", ".secrets.yaml", ".claude.json"];
        for (command, expected) in [
            ("grep -rn '' --include=*.json .", Action::Hold),
            ("grep -rn '' --include=*.json", Action::Hold),
            ("grep -rn '' --include='*.{json,yml}' .", Action::Hold),
            ("grep -rn '' --include='*.txt' .", Action::Hold),
            ("grep -rn '' --include=*.json --exclude-dir=conf .", Action::Confirm),
            ("grep -rn '' --include=*.json src", Action::Confirm),
            ("grep -rn '' --include='*.yml' .", Action::Confirm),
            ("grep -rn foo --include=*.rs src", Action::Confirm),
            ("grep -rn foo --include=*.rs .", Action::Hold),
            ("grep -rn foo --include=*.md .", Action::Confirm),
            ("rg -g '*.json' secret", Action::Hold),
            ("rg -g '**/*.txt' ''", Action::Hold),
            ("rg -g '*.json' -g '*.txt' ''", Action::Hold),
            ("rg '' . -g '*.txt'", Action::Hold),
            ("rg --iglob='*.txt' ''", Action::Hold),
            ("rg -t json secret", Action::Hold),
            ("rg -tjson secret src", Action::Confirm),
            ("rg --type config x", Action::Hold),
            ("rg -t md x", Action::Confirm),
            ("rg x .", Action::Hold),
            ("rg -e x .", Action::Hold),
            ("rg x src", Action::Confirm),
            ("rg x src/*.rs", Action::Confirm),
            ("rg x -g '!*.json'", Action::Hold),
            ("rg x", Action::Hold),
            ("rg x --stats", Action::Hold),
            ("rg --files", Action::Confirm),
        ] {
            let verdict = judged(command, &secrets, false, true);
            assert_eq!(verdict.action, expected, "{command}: {}", verdict.reason);
            let verdict = judged(command, &["src/a.rs", "x.md", "a.json", "b.yml", "c.txt"], false, true);
            assert_eq!(verdict.action, Action::Confirm, "{command}, nothing there: {}", verdict.reason);
        }
        for (command, expected) in [
            ("rg -t yaml x", Action::Hold),
            ("rg -g '*.yaml' x", Action::Hold),
            ("rg -t rust x", Action::Confirm),
            ("rg x .", Action::Confirm),
        ] {
            let verdict = judged(command, &hidden, false, true);
            assert_eq!(verdict.action, expected, "{command}: {}", verdict.reason);
        }
    }

    #[test]
    fn where_too_much_lies_the_pattern_alone_tells() {
        let many: Vec<String> = (0..=MAX_JUDGED).map(|n| format!("src/{n}.rs")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (command, expected) in [
            ("grep -rn foo --include=*.rs .", Action::Confirm),
            ("grep -rn foo --include='*.{ts,tsx}' .", Action::Confirm),
            ("rg foo -g '*.rs' .", Action::Confirm),
            ("rg foo -t rust", Action::Confirm),
            ("rg foo .", Action::Hold),
            ("grep -rn foo .", Action::Hold),
        ] {
            for whole in [false, true] {
                let verdict = judged(command, &many, false, whole);
                assert_eq!(verdict.action, expected, "{command}: {}", verdict.reason);
            }
        }
        for (command, whole, expected) in [
            ("grep -rn foo --include=*.json .", false, Action::Hold),
            ("grep -rn foo --include=*.json .", true, Action::Confirm),
            ("grep -rn foo --exclude-dir=src .", true, Action::Confirm),
            ("rg foo -g '*.toml'", false, Action::Hold),
            ("rg foo", true, Action::Confirm),
            ("rg foo", false, Action::Hold),
            ("rg foo -t config", false, Action::Hold),
            ("rg foo -g 'src/'", false, Action::Hold),
            ("rg foo -g 'src/**'", false, Action::Hold),
        ] {
            let verdict = judged(command, &many, false, whole);
            assert_eq!(verdict.action, expected, "{command}: {}", verdict.reason);
        }
    }

    #[test]
    fn among_many_files_the_folders_and_the_odd_endings_are_judged() {
        let many: Vec<String> = (0..=MAX_JUDGED).map(|n| format!("src/{n}.rs")).collect();
        for (more, expected) in [
            ("x.md", Action::Confirm),
            ("conf/prod.env", Action::Hold),
            ("conf/credentials.json", Action::Hold),
            ("secrets/a.rs", Action::Hold),
            ("id_rsa", Action::Hold),
        ] {
            let files: Vec<&str> = many.iter().map(String::as_str).chain([more]).collect();
            let verdict = judged("rg foo", &files, false, true);
            assert_eq!(verdict.action, expected, "{more}: {}", verdict.reason);
        }
    }

    #[test]
    fn below_a_name_that_cannot_be_judged_names_are_judged_all_the_same() {
        for (file, expected) in [
            ("{{cookiecutter.x}}/.env", Action::Hold),
            ("{{cookiecutter.x}}/src/a.rs", Action::Confirm),
            ("od\\d/.env", Action::Hold),
            ("od\\d/a.rs", Action::Confirm),
            ("a\u{a0}b/.env", Action::Hold),
            ("a\u{a0}b/x.md", Action::Confirm),
            (".env\u{a0}old", Action::Hold),
            ("{{x}}/.ssh/config", Action::Hold),
            ("~x/.env", Action::Hold),
            ("~x/a.rs", Action::Confirm),
            ("x/.env/", Action::Hold),
            ("@(x)/.env", Action::Hold),
        ] {
            let verdict = judged("grep -rn KEY .", &[file], false, true);
            assert_eq!(verdict.action, expected, "{file}: {}", verdict.reason);
        }
    }

    #[test]
    fn what_would_be_fetched_is_held() {
        let folder = "/home/dev/app/node_modules/.bin";
        for (command, known, expected) in [
            ("npx tsc --noEmit", None, Action::Confirm),
            ("npx tsc --noEmit", Some("tsc"), Action::Confirm),
            ("npx tsc --noEmit", Some("eslint"), Action::Hold),
            ("npx tsc --noEmit", Some("tsc/"), Action::Hold),
            ("npx --no-install tsc --noEmit", Some("eslint"), Action::Confirm),
            ("cd web && npx tsc --noEmit", Some("tsc"), Action::Confirm),
            ("npx cowsay", Some("cowsay"), Action::Hold),
        ] {
            let below = known.map(|name| {
                (folder.to_owned(), Below { files: vec![name.to_owned()], whole: true, ..Below::default() })
            });
            let ctx = Context {
                cwd: Some("/home/dev/app".into()),
                work_tree: Some("/home/dev/app".into()),
                below: below.into_iter().collect(),
                ..Context::default()
            };
            let policy = Policy::preset("sop").expect("ships");
            let verdict = judge_operation(Operation::Bash, None, Subject::Command(command), &ctx, &policy);
            assert_eq!(verdict.action, expected, "{command}: {}", verdict.reason);
            let elsewhere = command.starts_with("cd web");
            assert_eq!(verdict.folders.iter().any(|f| f.contains("web")), elsewhere, "{:?}", verdict.folders);
        }
    }

    #[test]
    fn a_login_in_gits_configuration_is_held_where_it_would_be_read() {
        for (command, expected) in [
            ("grep -rn x .", Action::Hold),
            ("grep -rn x", Action::Hold),
            ("grep -rn x . --exclude=config", Action::Confirm),
            ("grep -rn x . --exclude-dir=.git", Action::Confirm),
            ("grep -rn x . --exclude-dir=src", Action::Hold),
            ("rg --no-ignore x", Action::Confirm),
            ("rg x", Action::Confirm),
            ("git grep x", Action::Confirm),
        ] {
            let tree = "/home/dev/app".to_owned();
            let below = Below {
                files: vec!["x.md".into()],
                logins: vec![".git/config".into()],
                whole: true,
                ..Below::default()
            };
            let ctx = Context {
                cwd: Some(tree.clone()),
                work_tree: Some(tree.clone()),
                below: [(tree, below)].into(),
                ..Context::default()
            };
            let policy = Policy::preset("sop").expect("ships");
            let verdict = judge_operation(Operation::Bash, None, Subject::Command(command), &ctx, &policy);
            assert_eq!(verdict.action, expected, "{command}: {}", verdict.reason);
        }
    }

    #[test]
    fn what_was_not_seen_whole_or_leads_elsewhere_is_held() {
        for (command, linked, whole, expected) in [
            ("grep -r KEY .", false, false, Action::Hold),
            ("grep -r KEY .", true, true, Action::Confirm),
            ("diff -r src .", true, true, Action::Hold),
            ("diff src/a.rs x.md", true, false, Action::Confirm),
            ("diff x.md src", true, true, Action::Hold),
            ("rg KEY", true, true, Action::Confirm),
            ("rg KEY", true, false, Action::Hold),
        ] {
            let verdict = judged(command, &["src/a.rs"], linked, whole);
            assert_eq!(verdict.action, expected, "{command}: {}", verdict.reason);
        }
    }
}
