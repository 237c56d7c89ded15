//! Where symbolic links lead, and what lies in folders that are read through: what the text of a command does not tell.
//! Looks before a verdict, changes nothing; what is made after the look is not seen.

use std::collections::BTreeSet;
use std::path::Path;

use super::place::is_repository;
use super::{below, ways_out};
use crate::domain::policy::{Action, Context, Verdict};

/// Links may lead through links: so often it is looked again.
const MAX_LOOKS: usize = 4;

/// In a folder with more than this nobody looks for links.
const MAX_ENTRIES: usize = 2_000;

/// A verdict in which every path that it rests on has been followed.
pub fn followed(ctx: &Context, judge: impl Fn(&Context) -> Verdict) -> Verdict {
    let mut ctx = Context { trees: Some(BTreeSet::new()), ..ctx.clone() };
    let cwd: Vec<String> = ctx.cwd.iter().cloned().collect();
    learn_trees(&mut ctx, &cwd);
    for _ in 0..MAX_LOOKS {
        let verdict = judge(&ctx);
        if verdict.would() != Action::Confirm {
            return verdict;
        }
        let linked = learn(&mut ctx, &verdict.paths);
        let looked = below::learn(&mut ctx, &verdict.folders);
        let grown = learn_trees(&mut ctx, &verdict.paths);
        if !ways_out::learn(&mut ctx, &verdict.rewritten) && !looked && !linked && !grown {
            return verdict;
        }
    }
    Verdict::hold("path", "symbolic links lead through too many others")
}

/// Adds the links among the paths and the folders above them; tells whether there were new ones.
fn learn(ctx: &mut Context, paths: &[String]) -> bool {
    let before = ctx.links.len();
    for at in paths.iter().flat_map(|p| Path::new(p).ancestors()) {
        let known = at.to_str().is_none_or(|n| ctx.links.contains_key(n));
        if !known && at.symlink_metadata().is_ok_and(|m| m.is_symlink()) {
            learn_link(ctx, at);
        }
    }
    for path in paths {
        learn_pattern(ctx, Path::new(path));
    }
    ctx.links.len() > before
}

/// Adds the folders above the paths in which another work tree begins than the session's; tells whether there were new ones.
fn learn_trees(ctx: &mut Context, paths: &[String]) -> bool {
    let (Some(tree), Some(trees)) = (ctx.work_tree.clone(), &mut ctx.trees) else { return false };
    let before = trees.len();
    let above = paths.iter().flat_map(|p| Path::new(p).ancestors());
    for at in above.filter(|at| at.starts_with(&tree) && *at != Path::new(&tree)) {
        let own = at.join(".git").symlink_metadata().is_ok();
        let embedded = !own && is_repository(at);
        let Some(name) = at.to_str().filter(|_| own || embedded) else { continue };
        trees.insert(name.to_owned());
        ctx.embedded.extend(embedded.then(|| name.to_owned()));
    }
    trees.len() > before
}

fn learn_link(ctx: &mut Context, at: &Path) {
    let Some(name) = at.to_str() else { return };
    // A link to nothing may become one to anything: the root is outside every work tree.
    let real = at.canonicalize().ok().and_then(|r| r.to_str().map(str::to_owned));
    ctx.links.insert(name.to_owned(), real.unwrap_or_else(|| "/".to_owned()));
}

/// The links in the folder of a path whose last step is a pattern: one of them may be what it names.
fn learn_pattern(ctx: &mut Context, path: &Path) {
    let (Some(folder), Some(Some(name))) = (path.parent(), path.file_name().map(|n| n.to_str())) else {
        return;
    };
    if !name.contains(['*', '?']) {
        return;
    }
    let Ok(entries) = folder.read_dir() else { return };
    for (seen, entry) in entries.enumerate() {
        let Some(entry) = entry.ok().filter(|_| seen < MAX_ENTRIES) else {
            // Nobody looked at all of them: the pattern may lead anywhere.
            ctx.links.extend(path.to_str().map(|p| (p.to_owned(), "/".to_owned())));
            return;
        };
        if entry.file_type().is_ok_and(|t| t.is_symlink()) {
            learn_link(ctx, &entry.path());
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::domain::dialog::Operation;
    use crate::domain::policy::{Policy, Subject, judge_operation};

    #[test]
    fn what_leads_out_of_the_tree_is_held() {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let root = dir.path().canonicalize().expect("it is there");
        let app = root.join("app");
        std::fs::create_dir_all(app.join("src/deep")).expect("made");
        std::fs::create_dir(root.join("other")).expect("made");
        std::fs::write(app.join(".env"), "x").expect("written");
        for (from, to) in [
            ("out", "../other"),
            ("again", "out"),
            ("deep", "src/deep"),
            ("plain.txt", ".env"),
            ("none", "/nowhere/at/all"),
            ("circle", "circle"),
        ] {
            symlink(to, app.join(from)).expect("linked");
        }
        let tree = app.to_str().map(str::to_owned);
        let ctx = Context {
            cwd: tree.clone(),
            work_tree: tree,
            branch: Some("feature/x-0208".into()),
            ..Context::default()
        };
        let policy = Policy::preset("sop").expect("ships");
        let check = |operation: Operation, subject: Subject, expected: Action| {
            let verdict = followed(&ctx, |ctx| judge_operation(operation, None, subject, ctx, &policy));
            assert_eq!(verdict.action, expected, "{subject:?}: {}", verdict.reason);
        };
        for (command, expected) in [
            ("touch src/x", Action::Confirm),
            ("touch deep/x", Action::Confirm),
            ("touch out/x", Action::Hold),
            ("touch again/x", Action::Hold),
            ("cat plain.txt", Action::Hold),
            ("touch none", Action::Hold),
            ("touch circle", Action::Hold),
            ("cd out && touch x", Action::Hold),
            ("cd deep && touch x", Action::Confirm),
            ("cd deep && touch ../x", Action::Confirm),
            ("cd deep && touch ../../../x", Action::Hold),
            ("cd deep && cd .. && ls", Action::Hold),
            ("cd deep/.. && ls", Action::Hold),
            ("git -C out status", Action::Hold),
            ("ls && cat out/x", Action::Hold),
            ("cat out/../x", Action::Hold),
            ("cat deep/../../x", Action::Hold),
            ("cat src/../x", Action::Confirm),
        ] {
            check(Operation::Bash, Subject::Command(command), expected);
        }
        std::fs::create_dir_all(app.join("src/.git")).expect("made");
        std::fs::write(app.join("src/.git/config"), "x").expect("written");
        std::fs::write(app.join("src/a.rs"), "x").expect("written");
        std::fs::create_dir(app.join("conf")).expect("made");
        std::fs::create_dir(app.join("odd")).expect("made");
        for name in ["-n.md", "+5.rs", "a=b.txt", "a.yml"] {
            std::fs::write(app.join("odd").join(name), "x").expect("written");
        }
        std::fs::write(app.join("CLAUDE.md"), "x").expect("written");
        std::fs::write(app.join("README.md"), "x").expect("written");
        let bin = app.join("node_modules/.bin");
        std::fs::create_dir_all(&bin).expect("made");
        for (from, to) in
            [("jest", "../jest/bin.js"), ("eslint", "../../src"), ("prettier", "../../src/a.rs")]
        {
            symlink(to, bin.join(from)).expect("linked");
        }
        std::fs::write(app.join("conf/credentials.json"), "x").expect("written");
        for (command, expected) in [
            ("grep -rn x .", Action::Hold),
            ("grep -rn x . --exclude='.env' --exclude-dir=conf", Action::Confirm),
            ("grep -rn x src", Action::Confirm),
            ("grep -rn x deep", Action::Confirm),
            ("grep -rn x out", Action::Hold),
            ("cd src && grep -rn x", Action::Confirm),
            ("cd src && grep -rn x ..", Action::Hold),
            ("grep -rn x src/a.rs nowhere", Action::Confirm),
            ("rg x", Action::Hold),
            ("cd src && rg x", Action::Confirm),
            ("rg x conf", Action::Hold),
            ("rg x src", Action::Confirm),
            ("rg x -g '*.json'", Action::Hold),
            ("rg x -t rust", Action::Confirm),
            ("grep -rn '' --include=*.json .", Action::Hold),
            ("grep -rn x --include=*.rs .", Action::Confirm),
            ("grep -rn x --include=*.json src", Action::Confirm),
            ("wc -l src/*.rs", Action::Confirm),
            ("wc -l ./pl*.txt", Action::Hold),
            ("wc -l ./deep/*.rs", Action::Confirm),
            ("wc -l ./x*.txt", Action::Confirm),
            ("wc -l ./*.rs", Action::Confirm),
            ("cat conf/*.json", Action::Hold),
            ("ls conf/*.json", Action::Confirm),
            ("ls conf/*", Action::Confirm),
            ("cat conf/*", Action::Hold),
            ("cat src/*", Action::Confirm),
            ("cat *.md", Action::Confirm),
            ("wc -l *", Action::Hold),
            ("ls *", Action::Hold),
            ("cd src && cat *", Action::Confirm),
            ("cd src && head -n 3 *.rs", Action::Confirm),
            ("cd odd && ls *", Action::Hold),
            ("cd odd && cat *.md", Action::Hold),
            ("cd odd && cat *.rs", Action::Hold),
            ("cd odd && cat *.txt", Action::Hold),
            ("cd odd && cat *.yml", Action::Confirm),
            ("cd odd && cat ./*.md", Action::Confirm),
            ("cat conf/*.txt", Action::Confirm),
            ("grep -rn x ./src/*", Action::Confirm),
            ("grep -rn x ./*", Action::Hold),
            ("grep -n x ./d*.rs", Action::Confirm),
            ("grep -n x ./d*", Action::Hold),
            ("diff -r src deep", Action::Confirm),
            ("diff -r src .", Action::Hold),
            ("npx tsc", Action::Hold),
            ("npx jest", Action::Hold),
            ("npx eslint .", Action::Hold),
            ("npx prettier -l .", Action::Confirm),
            ("prettier .", Action::Hold),
            ("prettier src/a.rs", Action::Confirm),
            ("prettier --check .", Action::Confirm),
            ("prettier --check ./*.md", Action::Confirm),
            ("prettier --write ./*.md", Action::Hold),
            ("prettier --write ./R*.md", Action::Confirm),
            ("cat ./*.md", Action::Confirm),
        ] {
            check(Operation::Bash, Subject::Command(command), expected);
        }
        std::fs::remove_dir_all(app.join("src/.git")).expect("removed");
        std::fs::create_dir_all(app.join("lib/node_modules/x")).expect("made");
        symlink("../a.py", app.join("lib/node_modules/x/b.py")).expect("linked");
        symlink("../../../../other", app.join("lib/node_modules/x/out")).expect("linked");
        std::fs::write(app.join("lib/a.py"), "x").expect("written");
        symlink("a.py", app.join("lib/b.py")).expect("linked");
        for (command, expected) in [
            ("black src lib", Action::Confirm),
            ("isort lib", Action::Confirm),
            ("gofmt -w lib", Action::Hold),
            ("eslint --fix lib", Action::Confirm),
            ("black .", Action::Hold),
            ("black", Action::Hold),
            ("cd lib && ruff format", Action::Confirm),
            ("eslint --fix '**/*.ts'", Action::Hold),
            ("eslint --fix 'src/**/*.ts'", Action::Confirm),
            ("touch lib/new.py", Action::Confirm),
        ] {
            check(Operation::Bash, Subject::Command(command), expected);
        }
        // Git would read their configuration, and that starts programs.
        for folder in ["whole/objects", "whole/refs", "part/objects", "moved/objects", "moved/refs"] {
            std::fs::create_dir_all(app.join(folder)).expect("made");
        }
        for file in ["whole/HEAD", "part/HEAD", "moved/H"] {
            std::fs::write(app.join(file), "ref: refs/heads/x\n").expect("written");
        }
        std::fs::write(app.join("src/.ignore"), "!.env\n").expect("written");
        std::fs::write(app.join("src/.env"), "x").expect("written");
        for (command, expected) in [
            ("git -C whole status", Action::Hold),
            ("cd whole && git ls-files", Action::Hold),
            ("cd whole && gh pr list", Action::Hold),
            ("git -C whole/refs log", Action::Hold),
            ("git -C part status", Action::Confirm),
            ("mkdir -p part/refs && git -C part status", Action::Hold),
            ("timeout 5 mkdir part/refs; git -C part diff", Action::Hold),
            ("mkdir part/refs | git -C part diff", Action::Hold),
            ("git -C part diff | mkdir part/refs", Action::Hold),
            ("cd moved && git mv H HEAD && git status", Action::Hold),
            ("cd moved && git mv H I", Action::Confirm),
            ("mkdir -p src/new && git status", Action::Confirm),
            ("mkdir -p src/new && git add -A && git commit -m 'feat: x'", Action::Confirm),
            ("cd src && rg x", Action::Hold),
        ] {
            check(Operation::Bash, Subject::Command(command), expected);
        }
        check(Operation::Edit, Subject::Path("deep/x"), Action::Confirm);
        check(Operation::Edit, Subject::Path("out/x"), Action::Hold);
        check(Operation::Read, Subject::Path("plain.txt"), Action::Hold);
    }
}
