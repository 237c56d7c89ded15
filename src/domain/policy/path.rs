//! Where a path lies: `.` and `..` taken away, the symbolic links followed that the context knows of, inside or outside the
//! work tree, does it meet a protected pattern. Nothing is looked up here.

use std::collections::BTreeMap;

use super::Context;
use super::glob::fits_any_case;
use super::meet::{is_pattern, may_meet, may_pick, readings};
use crate::domain::bash;

/// A path with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Its names from the root on.
    steps: Vec<String>,
    /// How many of them lead to the work tree, if it lies inside.
    root: Option<usize>,
    /// It leads through a symbolic link.
    linked: bool,
    /// The folders that `..` left.
    left: Vec<String>,
    /// Its last step picks files by their names.
    picks: bool,
}

impl Located {
    /// Finds the place of a path seen from `cwd`. The error says why it cannot be told.
    pub fn new(path: &str, cwd: Option<&str>, ctx: &Context) -> Result<Self, String> {
        if let Some(fault) = bash::refused_character(path) {
            return Err(fault.to_string());
        }
        if path.is_empty() || path.contains(['\n', '\\']) || path.contains("://") {
            return Err("the path is empty or not written plainly".into());
        }
        if ["@(", "!(", "+(", "*(", "?("].iter().any(|group| path.contains(group)) {
            return Err("a group in a pattern may lead anywhere".into());
        }
        let mut way = Way { links: Some(&ctx.links), ..Way::default() };
        if path == "~" || path.starts_with("~/") {
            way.go(ctx.home.as_deref().ok_or("the home folder is not known")?)?;
            way.go(&path[1..])?;
        } else if path.starts_with('~') {
            return Err("another person's home folder".into());
        } else {
            if !path.starts_with('/') {
                way.go(cwd.ok_or("the working folder is not known")?)?;
            }
            way.go(path)?;
        }
        let Way { steps, linked, left, .. } = way;
        let root = ctx.work_tree.as_deref().and_then(|tree| {
            let mut root = Way { links: Some(&ctx.links), ..Way::default() };
            root.go(tree).ok()?;
            (!root.steps.is_empty() && steps.starts_with(&root.steps)).then_some(root.steps.len())
        });
        Ok(Self { steps, root, linked, left, picks: false })
    }

    /// The same as a pattern that picks files: it means each single name that fits it.
    #[must_use]
    pub fn picking(self) -> Self {
        Self { picks: true, ..self }
    }

    /// True if it leads through a symbolic link that the context knows of.
    pub fn is_linked(&self) -> bool {
        self.linked
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

    /// The path, and the folders on the way to it that `..` left again: all that a link could change.
    pub fn way(&self) -> impl Iterator<Item = String> + '_ {
        self.left.iter().cloned().chain([self.absolute()])
    }

    /// True if the path, or a folder above it, may meet one of `patterns`, and none of `except` at the same place.
    pub fn meets(&self, patterns: &[String], except: &[String], home: Option<&str>) -> bool {
        let perhaps = if self.picks { Meet::Picked } else { Meet::Perhaps };
        (0..self.steps.len()).any(|at| {
            patterns.iter().any(|p| meets_at(&self.steps, at, p, home, perhaps))
                && !except.iter().any(|p| meets_at(&self.steps, at, p, home, Meet::Surely))
        })
    }
}

/// The steps from the root on, as they are gone one by one.
#[derive(Default)]
struct Way<'a> {
    links: Option<&'a BTreeMap<String, String>>,
    steps: Vec<String>,
    linked: bool,
    left: Vec<String>,
}

impl Way<'_> {
    fn go(&mut self, path: &str) -> Result<(), String> {
        for step in path.split('/') {
            match step {
                "" | "." => {}
                ".." if self.steps.last().is_some_and(|s| is_pattern(s)) => {
                    return Err("`..` behind a pattern may lead anywhere".into());
                }
                ".." => {
                    self.left.push(format!("/{}", self.steps.join("/")));
                    self.steps.pop();
                }
                // Braces of a program's own, of which a way out may be one choice; or they go on behind a slash.
                _ if step.contains(['{', '}']) && readings(step).iter().any(|r| r == ".." || r == "*") => {
                    return Err("braces in a pattern may lead anywhere".into());
                }
                _ if self.picks_a_link(step) => {
                    return Err("a symbolic link among what the pattern names may lead elsewhere".into());
                }
                _ => self.down(step),
            }
        }
        Ok(())
    }

    /// A pattern that a known link in the same folder may fit.
    fn picks_a_link(&self, step: &str) -> bool {
        let Some(links) = self.links.filter(|l| !l.is_empty() && is_pattern(step)) else { return false };
        let here: String = self.steps.iter().flat_map(|step| ["/", step]).chain(["/"]).collect();
        let names = links.keys().filter_map(|link| link.strip_prefix(here.as_str()));
        names.filter(|name| !name.contains('/')).any(|name| may_meet(name, step))
    }

    fn down(&mut self, step: &str) {
        self.steps.push(step.to_owned());
        let Some(links) = self.links.filter(|l| !l.is_empty()) else { return };
        if let Some(real) = links.get(&format!("/{}", self.steps.join("/"))) {
            self.steps = real.split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect();
            self.linked = true;
        }
    }
}

/// The steps of a pattern, which leads through no link.
fn plain_steps(paths: &[&str]) -> Option<Vec<String>> {
    let mut way = Way::default();
    paths.iter().try_for_each(|p| way.go(p)).ok()?;
    Some(way.steps)
}

/// How sure one must be that a pattern is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meet {
    /// It may be met, or something below the path may meet it.
    Perhaps,
    /// The same for a name that picks files.
    Picked,
    /// It is met beyond doubt.
    Surely,
}

impl Meet {
    fn step(self, name: &str, pattern: &str) -> bool {
        match self {
            Self::Perhaps => may_meet(name, pattern),
            Self::Picked => may_pick(name, pattern),
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
    let anchored = pattern.starts_with(['/', '~']);
    let wanted = match (pattern.strip_prefix('~'), home) {
        (Some(rest), Some(home)) => plain_steps(&[home, rest]),
        (Some(_), None) => None,
        (None, _) => plain_steps(&[pattern]),
    };
    let Some(wanted) = wanted else { return false };
    let reaches = at + wanted.len() <= steps.len();
    let holds = meet != Meet::Surely && !anchored;
    if wanted.is_empty() || anchored && at > 0 || !(reaches || holds) {
        return false;
    }
    wanted.iter().zip(at..steps.len()).all(|(wanted, i)| one(i, wanted))
}

/// Where a folder stands, `*` names none in particular, and no folder is called as `*.pem` is.
fn is_vague(step: &str, wanted: &str, last: bool) -> bool {
    !last && (step.bytes().all(|b| b == b'*') || is_pattern(step) && wanted.starts_with('*'))
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
            ("file:///etc/passwd", Err(())),
            ("**/../x", Err(())),
            ("[id]/../x", Err(())),
            ("{..,x}/y", Err(())),
            ("{../x,y}", Err(())),
            ("{a/.env,x}", Err(())),
            ("{.}./x", Err(())),
            ("{.,}./x", Err(())),
            ("{.,a/b}./x", Err(())),
            ("src/@(a|../../b)", Err(())),
            ("src/(auth)/[id]/x.{ts,tsx}", Ok(true)),
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
    fn known_links_are_followed() {
        let links = [
            ("/home/dev/app/etc", "/etc"),
            ("/home/dev/app/lib", "/home/dev/app/src/lib"),
            ("/home/old", "/home/dev"),
        ];
        let links = links.map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        let ctx = Context { links, ..ctx() };
        for (path, expected, inside) in [
            ("etc/passwd", "/etc/passwd", false),
            ("etc", "/etc", false),
            ("lib/x", "/home/dev/app/src/lib/x", true),
            ("lib/../x", "/home/dev/app/src/x", true),
            ("/home/old/app/x", "/home/dev/app/x", true),
            ("src/etc/x", "/home/dev/app/src/etc/x", true),
        ] {
            let located = Located::new(path, Some("/home/dev/app"), &ctx).expect("a plain path");
            assert_eq!((located.absolute().as_str(), located.is_inside()), (expected, inside), "{path}");
            assert_eq!(located.is_linked(), !path.starts_with("src"), "{path}");
        }
        for (path, expected) in
            [("e*", false), ("x*", true), ("src/e*", true), ("*/x", false), ("?tc/x", false)]
        {
            let told = Located::new(path, Some("/home/dev/app"), &ctx).is_ok();
            assert_eq!(told, expected, "{path}");
        }
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
        check(".ßh/config", &[".ssh"], &[], true);
        check(".ﬁsh", &[".fish"], &[], true);
        check(".en[v]", &[".env*"], &[], true);
        check("[.]claude/x", &[".claude*"], &[], true);
        check("{.claude,x}/y", &[".claude*"], &[], true);
        check("src/[id]/page.tsx", &[".env*", "*.pem", "secrets"], &[], false);
        check("x", &["~/app"], &[], true);
        check("etc/passwd", &["/etc"], &[], false);
        check("/etc/passwd", &["/etc"], &[], true);
        check(".claude/worktrees/a/src/x", &[".claude"], &[".claude/worktrees"], false);
        check(".claude/worktrees/a/.claude/x", &[".claude"], &[".claude/worktrees"], true);
    }
}
