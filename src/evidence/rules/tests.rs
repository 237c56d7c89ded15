//! The rules over real folders: what lies there decides.

use super::*;
use crate::domain::dialog::{DialogOption, Meaning, Operation};
use crate::domain::policy::Action;
use crate::domain::roster::Member;

pub fn rules(home: &Path) -> Rules {
    let member = |name: &str| Member { name: name.to_owned(), ..Member::default() };
    Rules {
        preset: "sop".to_owned(),
        presets: vec![None, Some("watch".to_owned())],
        roster: Roster { members: vec![member("worker"), member("watched")], ..Roster::default() },
        home: Some(home.to_owned()),
        own: vec![home.join("state")],
        protected_branches: vec!["main".to_owned()],
        config: None,
        policies: policy::PRESETS
            .iter()
            .map(|p| ((*p).to_owned(), Policy::preset(p).expect("it ships")))
            .collect(),
    }
}

pub fn asks_about(operation: Operation, subject: &str) -> Dialog {
    let yes =
        DialogOption { label: "Yes".to_owned(), meaning: Meaning::AllowOnce, key: Some("1".to_owned()) };
    Dialog {
        operation,
        subject: Some(subject.to_owned()),
        options: vec![yes],
        complete: true,
        ..Dialog::default()
    }
}

fn edit(path: &str) -> Dialog {
    asks_about(Operation::Edit, path)
}

#[test]
fn the_place_decides_and_links_are_followed() {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path().canonicalize().expect("it is there");
    let tree = home.join("app");
    std::fs::create_dir_all(tree.join(".git")).expect("made");
    std::fs::create_dir_all(home.join("elsewhere")).expect("made");
    std::os::unix::fs::symlink(home.join("elsewhere"), tree.join("way")).expect("made");
    let rules = rules(&home);
    let check = |session: &str, path: &str, want: Action| {
        let asks = Asks { session: SessionName::new(session), ..asks_in(&tree) };
        let verdict = rules.on_dialog(&asks, &edit(path), None);
        assert_eq!(verdict.action, want, "{session} {path}: {verdict:?}");
    };
    check("worker", "src/a.rs", Action::Confirm);
    check("worker", "way/a.rs", Action::Hold);
    check("worker", "../elsewhere/a.rs", Action::Hold);
    check("watched", "src/a.rs", Action::Hold);
    check("stranger", "src/a.rs", Action::Hold);
}

pub fn asks_in(tree: &Path) -> Asks {
    Asks {
        session: SessionName::new("worker"),
        agent: Some("claude".to_owned()),
        cwd: Some(tree.to_owned()),
        gone_to: None,
        keeps: None,
        surroundings: Surroundings::default(),
    }
}

fn bash(command: &str) -> Dialog {
    Dialog { operation: Operation::Bash, subject: Some(command.to_owned()), ..edit("") }
}

#[test]
fn what_the_agents_environment_says_decides() {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path().canonicalize().expect("it is there");
    let (src, linked) = (home.join("app/src"), home.join("lnk"));
    std::fs::create_dir_all(&src).expect("made");
    std::fs::create_dir_all(home.join("app/.git/refs/heads")).expect("made");
    std::fs::write(home.join("app/.git/HEAD"), "ref: refs/heads/x\n").expect("written");
    std::os::unix::fs::symlink("app/src", &linked).expect("linked");
    let rules = rules(&home);
    let check = |surroundings: &Surroundings, command: &str, want: Action| {
        let asks = Asks { surroundings: surroundings.clone(), ..asks_in(&src) };
        let verdict = rules.on_dialog(&asks, &bash(command), Some("sop"));
        assert_eq!(verdict.action, want, "{command} {surroundings:?}: {}", verdict.reason);
    };
    let plain = Surroundings::default();
    let pwd = |at: &Path| Surroundings { pwd: Some(at.to_owned()), ..Surroundings::default() };
    for (surroundings, want) in [
        (&plain, Action::Confirm),
        (&pwd(&src), Action::Confirm),
        (&pwd(&home), Action::Confirm),
        (&pwd(&linked), Action::Hold),
    ] {
        for command in ["cd .. && touch x", "cd ../src && cargo test", "cd ../src/.. && ls"] {
            check(surroundings, command, want);
        }
        check(surroundings, "touch x && cargo test", Action::Confirm);
        check(surroundings, "cat ../README.md", Action::Confirm);
    }
    let cdpath = Surroundings { cdpath: true, ..plain.clone() };
    for (command, want) in [
        ("cd a && touch x", Action::Hold),
        ("cd ./a && touch x", Action::Confirm),
        ("cd .. && touch x", Action::Confirm),
        ("cd .a && touch x", Action::Hold),
        ("touch x", Action::Confirm),
    ] {
        check(&cdpath, command, want);
        check(&plain, command, Action::Confirm);
    }
    let other = Surroundings { home: Some(home.join("other")), ..plain.clone() };
    check(&other, "git remote -v", Action::Confirm);
    std::fs::create_dir(home.join("other")).expect("made");
    std::fs::write(home.join("other/.gitconfig"), "[url \"https://x:y@h.example/\"]\n").expect("written");
    check(&other, "git remote -v", Action::Hold);
    let settings = Surroundings { other_settings: true, ..plain.clone() };
    let repository = Surroundings { other_repository: true, ..plain.clone() };
    for command in ["git remote -v", "git reflog"] {
        check(&plain, command, Action::Confirm);
        check(&settings, command, Action::Hold);
    }
    let unread = Surroundings { unread: true, ..plain.clone() };
    for command in ["git status", "cd .. && touch x", "cd a && touch x"] {
        check(&unread, command, Action::Hold);
    }
    for command in ["git status", "git commit -m x"] {
        check(&settings, command, Action::Confirm);
        check(&repository, command, Action::Hold);
    }
}

#[test]
fn what_git_would_find_there_decides() {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path().canonicalize().expect("it is there");
    let app = home.join("app");
    let other = ".claude/worktrees/other";
    for folder in ["app/.git", "app/src", "app/fx/objects", "app/fx/refs", "app/wt", "plain", "app/conf"] {
        std::fs::create_dir_all(home.join(folder)).expect("made");
    }
    std::fs::create_dir_all(app.join(other).join("src")).expect("made");
    let write = |at: &str, text: &str| std::fs::write(app.join(at), text).expect("written");
    write(".git/HEAD", "ref: refs/heads/feature/x\n");
    write("fx/HEAD", "ref: refs/heads/feature/x\n");
    write("wt/HEAD", "ref: refs/heads/feature/x\n");
    write("wt/commondir", "../fx\n");
    write(".claude/worktrees/other/.git", "gitdir: /nowhere/.git/worktrees/other\n");
    write(".gitignore", "ignored/\n");
    let rules = rules(&home);
    let check = |cwd: &str, what: &Dialog, preset: &str, want: Action| {
        let asks = asks_in(&home.join(cwd));
        let verdict = rules.on_dialog(&asks, what, Some(preset));
        assert_eq!(verdict.action, want, "{cwd} {:?} {preset}: {}", what.subject, verdict.reason);
    };
    for (cwd, command, want) in [
        ("app", "git status", Action::Confirm),
        ("app/src", "git status", Action::Confirm),
        ("app/fx", "git status", Action::Hold),
        ("app/fx", "timeout 5 git log -1", Action::Hold),
        ("app/fx/objects", "git diff", Action::Hold),
        ("app/wt", "git status", Action::Hold),
        ("app/fx", "ls", Action::Confirm),
        ("plain", "git diff e conf", Action::Hold),
        ("plain", "git diff -- e conf", Action::Hold),
        ("plain", "git status", Action::Confirm),
        ("app", "git diff HEAD~1 -- src", Action::Confirm),
    ] {
        for preset in ["careful", "sop"] {
            check(cwd, &bash(command), preset, want);
        }
    }
    for (command, want) in [
        ("touch src/y.rs", Action::Confirm),
        ("touch .claude/worktrees/other/src/y.rs", Action::Hold),
        ("mkdir .claude/worktrees/other/a", Action::Hold),
        ("cat .claude/worktrees/other/src/y.rs", Action::Confirm),
        ("git -C .claude/worktrees/other mv A B", Action::Hold),
        ("cd .claude/worktrees/other && git restore --staged .", Action::Hold),
        ("cd .claude/worktrees/other/src && git add -A", Action::Hold),
        ("cd src && git add -A", Action::Confirm),
        ("git -C src add -A", Action::Confirm),
        ("cd src && git commit -m x", Action::Confirm),
        ("cd fx && git commit -m x", Action::Hold),
    ] {
        check("app", &bash(command), "sop", want);
    }
    check("app", &edit(".claude/worktrees/other/src/y.rs"), "sop", Action::Hold);
    check("app/.claude/worktrees/other", &edit("src/y.rs"), "sop", Action::Confirm);
    check("app/.claude/worktrees/other", &bash("touch src/y.rs"), "sop", Action::Confirm);
    // A search without a name passes over what is hidden or ignored.
    check("app", &bash("rg KEY"), "sop", Action::Confirm);
    std::fs::create_dir(app.join("ignored")).expect("made");
    write("ignored/prod.env", "x");
    write(".env", "x");
    check("app", &bash("rg KEY"), "sop", Action::Confirm);
    check("app", &bash("rg --no-ignore KEY"), "sop", Action::Hold);
    write("conf/prod.env", "x");
    check("app", &bash("rg KEY"), "sop", Action::Hold);
    check("app/src", &bash("rg KEY"), "sop", Action::Confirm);
    check("app", &bash("git log | rg KEY"), "sop", Action::Confirm);
    std::fs::create_dir(home.join("plain/ignored")).expect("made");
    std::fs::write(home.join("plain/.gitignore"), "ignored/\n").expect("written");
    check("plain", &bash("rg KEY"), "sop", Action::Confirm);
    std::fs::write(home.join("plain/ignored/prod.env"), "x").expect("written");
    check("plain", &bash("rg KEY"), "sop", Action::Hold);
    // The address of a remote may hold a token.
    for (config, want) in [
        (
            "[remote \"origin\"]\n\turl = https://github.com/a/b\n[credential]\n\thelper = store\n",
            Action::Confirm,
        ),
        ("[remote \"origin\"]\n\turl = https://x:ghp_1@github.com/a/b\n", Action::Hold),
    ] {
        write(".git/config", config);
        for command in ["git remote -v", "git remote get-url origin", "cd src && git remote -v"] {
            check("app", &bash(command), "sop", want);
        }
        check("app", &bash("git remote"), "careful", want);
    }
    write(".git/config", "[core]\n");
    check("app", &bash("git remote -v"), "careful", Action::Confirm);
    // What changes files in place goes into other trees as well.
    check("app/src", &bash("ruff format"), "sop", Action::Confirm);
    check("app", &bash("ruff format"), "sop", Action::Hold);
    check("app", &bash("ruff format --check"), "sop", Action::Confirm);
    check("app", &bash("cargo fmt"), "sop", Action::Confirm);
    check("app", &bash("cargo fmt --all"), "sop", Action::Hold);
    check("app", &bash("cargo fmt --all -- --check"), "sop", Action::Confirm);
    check("app", &bash("cargo fmt --all --check"), "sop", Action::Confirm);
    for command in ["ruff format", "isort", "cargo fmt", "terraform fmt"] {
        check("app", &bash(&format!("cd .claude/worktrees/other && {command}")), "sop", Action::Hold);
    }
    std::fs::write(home.join(".gitconfig"), "[url \"https://x:y@h.example/\"]\n").expect("written");
    check("app", &bash("git remote -v"), "careful", Action::Hold);
}

#[test]
fn who_is_live_alone_is_counted_where_the_fleet_is_only_watched() {
    let dir = tempfile::tempdir().expect("a scratch folder");
    let own = |presets: &[Option<&str>]| presets.iter().map(|p| p.map(str::to_owned)).collect();
    let alone = |preset: &str, presets: &[Option<&str>]| {
        let rules = Rules { preset: preset.to_owned(), presets: own(presets), ..rules(dir.path()) };
        rules.live_alone()
    };
    let presets = [None, Some("sop"), Some("watch"), Some("careful")];
    assert_eq!((alone("watch", &presets), alone("sop", &presets), alone("watch", &[])), (2, 0, 0));
}

#[test]
fn a_config_in_the_agents_own_tree_only_tightens() {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path().canonicalize().expect("it is there");
    let tree = home.join("app");
    std::fs::create_dir_all(tree.join(".git")).expect("made");
    let asks = asks_in(&tree);
    for (config, want) in [("app/archtui.toml", Action::Hold), ("archtui.toml", Action::Confirm)] {
        let rules = Rules { config: Some(home.join(config)), ..rules(&home) };
        let verdict = rules.on_dialog(&asks, &edit("src/a.rs"), None);
        assert_eq!(verdict.action, want, "{config}: {verdict:?}");
    }
}
