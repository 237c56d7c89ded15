//! Folders in which a command changes files, as formatters and fixers do, where links in them lead as well: they must not lead out of
//! the tree, and to no file that the agent's own tools may not change. Which links lie there is looked up by whoever can, by
//! the verdict's `rewritten`. What else lies there is not judged: it is changed in place.

use super::context::{Rewritten, WayOut, WaysOut};
use super::meet::is_pattern;
use super::path::Located;
use super::places::Spot;
use super::rule::Case;
use super::{Action, Policy, Verdict, subject};
use crate::domain::bash::Use;
use crate::domain::dialog::Operation;

/// Confirms, with the folders to look at, unless a link is known there that is held.
pub(super) fn judge(uses: &[Use], spots: &[Spot], case: &Case, policy: &Policy) -> Verdict {
    let case = Case { operation: Operation::Write, tool: None, ..*case };
    let mut verdict = Verdict::new(Action::Confirm, "", "");
    for one in uses {
        let Use::Rewrites { path, leaves, tells } = one else { continue };
        for spot in spots {
            verdict = verdict.worse(match Located::new(path, Some(&spot.cwd), case.ctx) {
                Ok(at) => {
                    let at = Rewritten { folder: at.absolute(), leaves: leaves.clone() };
                    in_folder(at, *tells, &case, policy)
                }
                Err(why) => Verdict::hold("path", format!("{path}: {why}")),
            });
        }
    }
    verdict
}

fn in_folder(at: Rewritten, tells: bool, case: &Case, policy: &Policy) -> Verdict {
    let folder = &at.folder;
    if !tells && case.ctx.is_in_another_tree(folder) {
        return Verdict::hold(
            "through",
            format!("it changes what lies in {folder}, which is in another work tree"),
        );
    }
    let verdict = match case.ctx.ways_out.get(&at) {
        Some(ways) if !ways.whole => {
            let reason = format!("it changes what lies in {folder}: too much lies there to look at");
            Verdict::hold("through", reason)
        }
        Some(WaysOut { trees, .. }) if !tells && !trees.is_empty() => {
            let reason =
                format!("it changes what lies in {folder}, and in {} another work tree begins", trees[0]);
            Verdict::hold("through", reason)
        }
        Some(ways) => match ways.links.iter().find(|link| !stays(link, &at, case, policy)) {
            Some(WayOut { link, .. }) => Verdict::hold(
                "through",
                format!("it changes what lies in {folder}, and {link} leads elsewhere"),
            ),
            None => Verdict::new(Action::Confirm, "", ""),
        },
        None => Verdict::new(Action::Confirm, "", ""),
    };
    Verdict { rewritten: vec![at], ..verdict }
}

/// True if the link leads to what is changed in place as well, or may be.
fn stays(way: &WayOut, at: &Rewritten, case: &Case, policy: &Policy) -> bool {
    let Ok(to) = Located::new(&way.to, None, case.ctx) else { return false };
    if !to.is_inside() || to.is_null() {
        return false;
    }
    if way.folder {
        let behind = to.absolute();
        let below =
            behind.strip_prefix(at.folder.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        // In what was looked at its own links were seen.
        let seen =
            |rest: &str| rest.split('/').all(|step| step != ".git" && !at.leaves.iter().any(|l| l == step));
        return !is_pattern(&at.folder) && below.is_some_and(seen);
    }
    let may_change = |path: &Located| subject::located_path(case, path, policy).action == Action::Confirm;
    // Two protected names for one file are one.
    let own = || {
        Located::new(&format!("./{}", way.link), Some(&at.folder), case.ctx).is_ok_and(|own| may_change(&own))
    };
    may_change(&to) || !to_git(&to) && !own()
}

/// What lies in git's own folders nobody names otherwise.
fn to_git(path: &Located) -> bool {
    path.absolute().split('/').any(|step| step.eq_ignore_ascii_case(".git"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::{Context, Subject, judge_operation};

    fn judged(command: &str, folder: &str, links: &[(&str, &str)], whole: bool) -> Verdict {
        let tree = "/home/dev/app";
        let links: Vec<WayOut> = links
            .iter()
            .map(|(link, to)| WayOut {
                link: (*link).to_owned(),
                to: to.trim_end_matches('/').to_owned(),
                folder: to.ends_with('/'),
            })
            .collect();
        let ctx = |ways_out| Context {
            cwd: Some(tree.into()),
            work_tree: Some(tree.into()),
            home: Some("/home/dev".into()),
            ways_out,
            ..Context::default()
        };
        let policy = Policy::preset("sop").expect("ships");
        let judge =
            |ctx: &Context| judge_operation(Operation::Bash, None, Subject::Command(command), ctx, &policy);
        let first = judge(&ctx([].into()));
        assert_eq!(first.action, Action::Confirm, "{command}: {}", first.reason);
        assert_eq!(
            first.rewritten.iter().map(|r| r.folder.as_str()).collect::<Vec<_>>(),
            [folder],
            "{command}"
        );
        let ways = WaysOut { links, trees: Vec::new(), whole };
        judge(&ctx(first.rewritten.into_iter().map(|r| (r, ways.clone())).collect()))
    }

    #[test]
    fn where_links_lead_out_of_the_tree_it_is_held() {
        for (command, folder) in [
            ("isort src", "/src"),
            ("isort .", ""),
            ("ruff format src", "/src"),
            ("ruff format", ""),
            ("ruff check --fix src", "/src"),
            (".venv/bin/ruff check --fix src", "/src"),
            ("python3 -m black .", ""),
            ("uv run ruff format src/", "/src"),
            ("gofmt -w src", "/src"),
            ("rubocop -a src", "/src"),
            ("rubocop -a", ""),
            ("bundle exec rubocop -a src", "/src"),
            ("eslint --fix src", "/src"),
            ("eslint --fix 'src/**/*.ts'", "/src"),
            ("eslint --fix '**/*.ts'", ""),
            ("prettier --write src", "/src"),
            ("npx --no-install prettier --write src", "/src"),
            ("prettier --write src/*.ts", "/src/*.ts"),
            ("terraform fmt -recursive", ""),
            ("cd src && isort .", "/src"),
        ] {
            let folder = format!("/home/dev/app{folder}");
            let check = |links: &[(&str, &str)], whole: bool, expected: Action| {
                let verdict = judged(command, &folder, links, whole);
                assert_eq!(verdict.action, expected, "{command} {links:?}: {}", verdict.reason);
            };
            check(&[], true, Action::Confirm);
            check(&[], false, Action::Hold);
            check(&[("dl", "/home/dev/out/")], true, Action::Hold);
            check(&[("p.py", "/home/dev/out/p.py")], true, Action::Hold);
            check(&[("none", "/")], true, Action::Hold);
            check(&[("p.py", "/home/dev/app/lib/p.py")], true, Action::Confirm);
            check(&[("p.py", "/home/dev/app/.git/hooks/p")], true, Action::Hold);
            check(&[("p.json", "/home/dev/app/.claude/settings.json")], true, Action::Hold);
            check(&[("AGENTS.md", "/home/dev/app/CLAUDE.md")], true, Action::Confirm);
            check(&[("AGENTS.md", "/home/dev/app/.git/x.md")], true, Action::Hold);
        }
    }

    #[test]
    fn a_link_to_a_folder_must_lead_where_it_was_looked() {
        for (command, to, expected) in [
            ("isort .", "lib/", Action::Confirm),
            ("isort .", "", Action::Confirm),
            ("isort .", "node_modules/x/", Action::Hold),
            ("isort .", ".git/", Action::Hold),
            ("isort src", "src/a/", Action::Confirm),
            ("isort src", "lib/", Action::Hold),
            ("isort src", "srcs/", Action::Hold),
            ("isort src/*.py", "src/a/", Action::Hold),
        ] {
            let folder = command.strip_prefix("isort ").expect("one").trim_start_matches('.');
            let folder = if folder.is_empty() { String::new() } else { format!("/{folder}") };
            let to = format!("/home/dev/app/{to}/").replace("//", "/");
            let verdict = judged(command, &format!("/home/dev/app{folder}"), &[("x", &to)], true);
            assert_eq!(verdict.action, expected, "{command} {to}: {}", verdict.reason);
        }
    }

    #[test]
    fn only_what_changes_folders_is_looked_into() {
        for (command, leaves) in [
            ("black .", Some(5)),
            ("eslint --fix src", Some(1)),
            ("gofmt -w src", Some(0)),
            ("goimports -w src", Some(0)),
            ("prettier --check .", None),
            ("shfmt -w src", Some(0)),
            ("go fmt ./...", Some(1)),
            ("cargo fmt", Some(5)),
            ("cargo fmt --check", Some(5)),
            // What only tells may show what it finds.
            ("cargo fmt --all -- --check", Some(4)),
            ("black --version", None),
            ("black --check --diff .", Some(5)),
            ("ruff format .", Some(5)),
            ("ruff format --check .", Some(5)),
            ("ruff check .", Some(5)),
            ("ruff check --diff .", Some(5)),
            ("isort -c .", Some(5)),
            ("eslint src", Some(1)),
            ("stylelint src", Some(1)),
            ("terraform fmt -check -recursive", Some(1)),
            ("pytest tests", None),
            ("grep -rn x src", None),
            ("ls src", None),
        ] {
            let ctx = Context {
                cwd: Some("/home/dev/app".into()),
                work_tree: Some("/home/dev/app".into()),
                ..Context::default()
            };
            let policy = Policy::preset("sop").expect("ships");
            let verdict = judge_operation(Operation::Bash, None, Subject::Command(command), &ctx, &policy);
            let looked = verdict.rewritten.first().map(|r| r.leaves.len());
            assert_eq!(looked, leaves, "{command}");
        }
    }
}
