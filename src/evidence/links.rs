//! Where symbolic links lead, and what lies in folders that are read through: what the text of a command does not tell.
//! Looks before a verdict, changes nothing; what is made after the look is not seen.

use std::path::Path;

use super::below;
use crate::domain::policy::{Action, Context, Verdict};

/// Links may lead through links: so often it is looked again.
const MAX_LOOKS: usize = 4;

/// A verdict in which every path that it rests on has been followed.
pub fn followed(ctx: &Context, judge: impl Fn(&Context) -> Verdict) -> Verdict {
    let mut ctx = ctx.clone();
    for _ in 0..MAX_LOOKS {
        let verdict = judge(&ctx);
        if verdict.would() != Action::Confirm {
            return verdict;
        }
        let linked = learn(&mut ctx, &verdict.paths);
        if !below::learn(&mut ctx, &verdict.folders) && !linked {
            return verdict;
        }
    }
    Verdict::hold("path", "symbolic links lead through too many others")
}

/// Adds the links among the paths and the folders above them; tells whether there were new ones.
fn learn(ctx: &mut Context, paths: &[String]) -> bool {
    let before = ctx.links.len();
    for at in paths.iter().flat_map(|p| Path::new(p).ancestors()) {
        let Some(name) = at.to_str().filter(|n| !ctx.links.contains_key(*n)) else { continue };
        if at.symlink_metadata().is_ok_and(|m| m.is_symlink()) {
            // A link to nothing may become one to anything: the root is outside every work tree.
            let real = at.canonicalize().ok().and_then(|r| r.to_str().map(str::to_owned));
            ctx.links.insert(name.to_owned(), real.unwrap_or_else(|| "/".to_owned()));
        }
    }
    ctx.links.len() > before
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
        for (command, expected) in [
            ("grep -rn x .", Action::Hold),
            ("grep -rn x . --exclude='.env'", Action::Confirm),
            ("grep -rn x src", Action::Confirm),
            ("grep -rn x deep", Action::Confirm),
            ("grep -rn x out", Action::Hold),
            ("cd src && grep -rn x", Action::Confirm),
            ("cd src && grep -rn x ..", Action::Hold),
            ("grep -rn x src/a.rs nowhere", Action::Confirm),
            ("rg x", Action::Confirm),
            ("diff -r src deep", Action::Confirm),
            ("diff -r src .", Action::Hold),
        ] {
            check(Operation::Bash, Subject::Command(command), expected);
        }
        check(Operation::Edit, Subject::Path("deep/x"), Action::Confirm);
        check(Operation::Edit, Subject::Path("out/x"), Action::Hold);
        check(Operation::Read, Subject::Path("plain.txt"), Action::Hold);
    }
}
