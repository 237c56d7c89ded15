//! Where a path lies, by its text alone: `.` and `..` taken away, inside or outside the work tree, does it meet a
//! protected pattern. Pure code cannot see symbolic links: a caller that can should have the resolved path judged too.

use super::Context;
use super::glob::fits_any_case;
use super::meet::{is_pattern, may_meet, readings};
use crate::domain::bash;

/// A path with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Its names from the root on.
    steps: Vec<String>,
    /// How many of them lead to the work tree, if it lies inside.
    root: Option<usize>,
}

impl Located {
    /// Finds the place of a path seen from `cwd`. The error says why it cannot be told.
    pub fn new(path: &str, cwd: Option<&str>, ctx: &Context) -> Result<Self, String> {
        if let Some(fault) = bash::refused_character(path) {
            return Err(fault.to_string());
        }
        if path.is_empty() || path.contains(['\n', '\\']) {
            return Err("the path is empty or not written plainly".into());
        }
        let mut steps = Vec::new();
        if path == "~" || path.starts_with("~/") {
            walk(&mut steps, ctx.home.as_deref().ok_or("the home folder is not known")?)?;
            walk(&mut steps, &path[1..])?;
        } else if path.starts_with('~') {
            return Err("another person's home folder".into());
        } else {
            if !path.starts_with('/') {
                walk(&mut steps, cwd.ok_or("the working folder is not known")?)?;
            }
            walk(&mut steps, path)?;
        }
        let root = ctx.work_tree.as_deref().and_then(|tree| {
            let mut root = Vec::new();
            walk(&mut root, tree).ok()?;
            (!root.is_empty() && steps.starts_with(&root)).then_some(root.len())
        });
        Ok(Self { steps, root })
    }

    /// True if it lies in the work tree, or is `/dev/null`.
    pub fn is_inside(&self) -> bool {
        self.root.is_some() || self.is_null()
    }

    /// True for `/dev/null`.
    pub fn is_null(&self) -> bool {
        self.steps == ["dev", "null"]
    }

    /// The path from the root of the file system.
    pub fn absolute(&self) -> String {
        format!("/{}", self.steps.join("/"))
    }

    /// True if the path, or a folder above it, may meet one of `patterns`, and none of `except` at the same place.
    pub fn meets(&self, patterns: &[String], except: &[String], home: Option<&str>) -> bool {
        (0..self.steps.len()).any(|at| {
            patterns.iter().any(|p| meets_at(&self.steps, at, p, home, Meet::Perhaps))
                && !except.iter().any(|p| meets_at(&self.steps, at, p, home, Meet::Surely))
        })
    }
}

fn walk(steps: &mut Vec<String>, path: &str) -> Result<(), String> {
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|s| is_pattern(s)) => {
                return Err("`..` behind a pattern may lead anywhere".into());
            }
            ".." => {
                steps.pop();
            }
            // Braces of a program's own, in which a way out may be one choice.
            _ if step.contains("..") && readings(step).iter().any(|r| r == ".." || r == "*") => {
                return Err("`..` in a pattern may lead anywhere".into());
            }
            _ => steps.push(step.to_owned()),
        }
    }
    Ok(())
}

/// How sure one must be that a pattern is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meet {
    /// It may be met, or something below the path may meet it.
    Perhaps,
    /// It is met beyond doubt.
    Surely,
}

impl Meet {
    fn step(self, name: &str, pattern: &str) -> bool {
        match self {
            Self::Perhaps => may_meet(name, pattern),
            Self::Surely => !is_pattern(name) && fits_any_case(pattern, name),
        }
    }
}

/// A pattern without a leading `/` or `~/` fits at any depth; several steps fit one after the other. A folder that holds
/// what the pattern names, as `.github` does for `.github/workflows`, perhaps meets it.
fn meets_at(steps: &[String], at: usize, pattern: &str, home: Option<&str>, meet: Meet) -> bool {
    let one = |i: usize, wanted: &str| {
        !is_vague(&steps[i], wanted, i + 1 == steps.len()) && meet.step(&steps[i], wanted)
    };
    if !pattern.bytes().any(|b| matches!(b, b'/' | b'~')) {
        return one(at, pattern);
    }
    let mut wanted = Vec::new();
    let anchored = pattern.starts_with(['/', '~']);
    let walked = match pattern.strip_prefix('~') {
        Some(rest) => {
            let Some(home) = home else { return false };
            walk(&mut wanted, home).and_then(|()| walk(&mut wanted, rest))
        }
        None => walk(&mut wanted, pattern),
    };
    let reaches = at + wanted.len() <= steps.len();
    let holds = meet == Meet::Perhaps && !anchored;
    if walked.is_err() || wanted.is_empty() || anchored && at > 0 || !(reaches || holds) {
        return false;
    }
    wanted.iter().zip(at..steps.len()).all(|(wanted, i)| one(i, wanted))
}

/// A pattern that stands for a folder is compared with plain names only, and `*` names no folder in particular.
fn is_vague(step: &str, wanted: &str, last: bool) -> bool {
    !last && (step.bytes().all(|b| b == b'*') || is_pattern(step) && is_pattern(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ctx() -> Context {
        Context {
            work_tree: Some("/home/dev/app".into()),
            home: Some("/home/dev".into()),
            ..Context::default()
        }
    }

    #[test]
    fn inside_and_outside_are_told_apart() {
        for (path, expected) in [
            ("src/main.rs", Ok(true)),
            (".", Ok(true)),
            ("..", Ok(false)),
            ("src/../../other", Ok(false)),
            ("src/../lib", Ok(true)),
            ("/home/dev/app", Ok(true)),
            ("/home/dev/app/x", Ok(true)),
            ("/home/dev/apple", Ok(false)),
            ("/home/dev/app/../x", Ok(false)),
            ("//home//dev/./app/x", Ok(true)),
            ("/", Ok(false)),
            ("/dev/null", Ok(true)),
            ("/dev/tcp/x/80", Ok(false)),
            ("~/app/x", Ok(true)),
            ("~/.ssh/id_rsa", Ok(false)),
            ("~root/x", Err(())),
            ("../app/x", Ok(true)),
            ("", Err(())),
            ("a\u{202e}b", Err(())),
            ("a…b", Err(())),
            ("a\\b", Err(())),
            ("**/../x", Err(())),
            ("[id]/../x", Err(())),
            ("{..,x}/y", Err(())),
            ("{../x,y}", Err(())),
            ("a..b", Ok(true)),
            ("/home/*/app/x", Ok(false)),
        ] {
            let got =
                Located::new(path, Some("/home/dev/app"), &ctx()).map(|l| l.is_inside()).map_err(|_| ());
            assert_eq!(got, expected, "{path:?}");
        }
        assert!(Located::new("x", None, &ctx()).is_err());
        let nowhere = Located::new("/x", None, &Context::default()).expect("a plain path");
        assert!(!nowhere.is_inside());
        let slash = Context { work_tree: Some("/".into()), ..ctx() };
        assert!(!Located::new("/etc/passwd", None, &slash).expect("a plain path").is_inside());
    }

    #[test]
    fn patterns_protect_names_at_any_depth_and_what_is_below() {
        let check = |path: &str, patterns: &[&str], except: &[&str], expected: bool| {
            let own = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            let located = Located::new(path, Some("/home/dev/app"), &ctx()).expect("a plain path");
            assert_eq!(
                located.meets(&own(patterns), &own(except), Some("/home/dev")),
                expected,
                "{path} {patterns:?}"
            );
        };
        check(".git/config", &[".git"], &[], true);
        check("sub/.GIT/hooks/x", &[".git"], &[], true);
        check(".gitignore", &[".git"], &[], false);
        check(".env", &[".env*"], &[], true);
        check(".env.example", &[".env*"], &[".env.example"], false);
        check(".env/.env.example", &[".env*"], &[".env.example"], true);
        check(".env.*", &[".env*"], &[".env.example"], true);
        check(".e*", &[".env*"], &[], true);
        check("config/*", &["*.pem"], &[], true);
        check("*/main.rs", &["*.pem"], &[], false);
        check("sec*/x", &["secrets"], &[], true);
        check("**/x.ts", &["secrets", "*.pem"], &[], false);
        check(".github/workflows/ci.yml", &[".github/workflows"], &[], true);
        check(".github/CODEOWNERS", &[".github/workflows"], &[], false);
        check(".github", &[".github/workflows"], &[], true);
        check("github", &[".github/workflows"], &[], false);
        check(".claude", &[".claude"], &[".claude/worktrees"], true);
        check("{.env,x}", &[".env*"], &[], true);
        check("{a/.env,x}", &[".env*"], &[], true);
        check(".en[v]", &[".env*"], &[], true);
        check("src/[id]/page.tsx", &[".env*", "*.pem", "secrets"], &[], false);
        check("x", &["~/app"], &[], true);
        check("etc/passwd", &["/etc"], &[], false);
        check("/etc/passwd", &["/etc"], &[], true);
        check(".claude/worktrees/a/src/x", &[".claude"], &[".claude/worktrees"], false);
        check(".claude/worktrees/a/.claude/x", &[".claude"], &[".claude/worktrees"], true);
    }
}
