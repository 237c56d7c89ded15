//! Does a rule match a case. Deny and hold rules match generously, allow rules exactly: a doubt never widens.

use super::Context;
use super::file::{RuleAction, RuleSpec, Where};
use super::glob::{cannot_start, fits, fits_any_case};
use super::path::Located;
use crate::domain::bash::{Effect, Word};
use crate::domain::dialog::Operation;

/// One thing to judge: an operation on a path or URL, or one part of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub ctx: &'a Context,
    pub operation: Operation,
    pub tool: Option<&'a str>,
    pub host: Option<&'a str>,
    pub paths: &'a [Located],
    pub part: Option<PartCase<'a>>,
}

/// What is special about a part of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct PartCase<'a> {
    /// The whole part as it was written.
    pub text: &'a str,
    pub words: &'a [Word],
    /// What it does, if the tables vouch for it.
    pub effect: Option<Effect>,
    /// A table has its program.
    pub known: bool,
    /// Branches that it commits to or goes to; `None` for one that is not known.
    pub branches: &'a [Option<String>],
    /// Its repository may be another than the session's.
    pub elsewhere: bool,
    /// It redirects to a file.
    pub redirect: bool,
    /// The programs before it in its pipeline.
    pub fed_by: &'a [&'a str],
}

impl RuleSpec {
    /// The action; a rule without one does not get past `compile`.
    fn generous(&self) -> bool {
        self.action != Some(RuleAction::Allow)
    }

    pub(super) fn matches(&self, case: &Case) -> bool {
        let ctx = case.ctx;
        (self.operation.is_empty() || self.operation.contains(&case.operation))
            && self.text(&self.tool, case.tool)
            && self.text(&self.session, Some(&ctx.session))
            && self.text(&self.role, ctx.role.as_deref())
            && self.text(&self.tier, ctx.tier.as_deref())
            && self.text(&self.agent, ctx.agent.as_deref())
            && self.text(&self.host, case.host)
            && self.paths(case)
            && self.part(case)
    }

    /// No pattern given, or one fits. What is not known fits no pattern.
    fn text(&self, patterns: &[String], text: Option<&str>) -> bool {
        let fits = if self.generous() { fits_any_case } else { fits };
        patterns.is_empty() || text.is_some_and(|t| patterns.iter().any(|p| fits(p, t)))
    }

    fn paths(&self, case: &Case) -> bool {
        if self.path.is_empty() && self.file.is_empty() && self.place.is_none() && !self.own {
            return true;
        }
        let concerned = |located: &Located| {
            let home = case.ctx.home.as_deref();
            let place = match self.place {
                None => true,
                Some(Where::Inside) => located.is_inside(),
                Some(Where::Outside) => !located.is_inside(),
            };
            let exactly = || self.file.iter().any(|f| *f == located.absolute());
            place
                && (self.file.is_empty() || exactly())
                && (self.path.is_empty() && !located.meets(&self.except, &[], home)
                    || located.meets(&self.path, &self.except, home))
                && (!self.own || located.meets(&case.ctx.own, &[], home))
        };
        if self.generous() {
            case.paths.iter().any(concerned)
        } else {
            !case.paths.is_empty() && case.paths.iter().all(concerned)
        }
    }

    /// It names no program: whatever no table has it allows.
    pub(super) fn allows_any_program(&self) -> bool {
        self.unknown_program && self.program.is_empty() && self.command.is_empty()
    }

    fn part(&self, case: &Case) -> bool {
        let asks = !self.command.is_empty()
            || !self.program.is_empty()
            || !self.flag.is_empty()
            || !self.any_arg.is_empty()
            || self.all_args.is_some()
            || !self.effect.is_empty()
            || !self.branch.is_empty()
            || !self.fed_by.is_empty()
            || self.elsewhere
            || self.redirect
            || self.unknown_program;
        let Some(part) = &case.part else { return !asks };
        (self.command.is_empty() || self.command.iter().any(|c| c.is(part, self.generous())))
            && self.program(part)
            && (self.flag.is_empty() || self.flag.iter().any(|f| has_flag(f, part.words)))
            && self.arguments(part)
            && (self.effect.is_empty() || part.effect.is_some_and(|e| self.effect.contains(&e)))
            && (self.branch.is_empty()
                || part.branches.iter().any(|b| self.branch_is(b.as_deref(), case.ctx)))
            && (self.fed_by.is_empty()
                || part.fed_by.iter().any(|f| self.fed_by.iter().any(|p| fits_any_case(p, base(f)))))
            && (!self.elsewhere || part.elsewhere)
            && (!self.redirect || part.redirect)
            && (!self.unknown_program || !part.known)
    }

    /// Programs are listed by the hundred: what of a part they are compared with is found once for a rule.
    fn program(&self, part: &PartCase) -> bool {
        let Some((program, args)) = part.words.split_first() else {
            return self.program.is_empty();
        };
        let name = base(&program.text);
        let exactly = |p: &String| names(p, &program.text, args);
        let loosely = |p: &String| !cannot_start(p, name) && may_name(p, name, args);
        let named = |p: &String| if self.generous() { loosely(p) } else { exactly(p) };
        (self.program.is_empty() || self.program.iter().any(named)) && !self.not_program.iter().any(exactly)
    }

    fn arguments(&self, part: &PartCase) -> bool {
        let fit = |patterns: &[String], word: &Word| self.text(patterns, Some(&word.text));
        let args = part.words.get(1..).unwrap_or_default();
        (self.any_arg.is_empty() || args.iter().any(|w| fit(&self.any_arg, w)))
            && self
                .all_args
                .as_ref()
                .is_none_or(|patterns| args.iter().all(|w| !patterns.is_empty() && fit(patterns, w)))
    }

    fn branch_is(&self, branch: Option<&str>, ctx: &Context) -> bool {
        self.branch.iter().any(|wanted| match (wanted.as_str(), branch) {
            ("unknown", None) => true,
            ("protected", Some(b)) => {
                let b = b.strip_prefix("refs/").unwrap_or(b);
                let b = b.strip_prefix("heads/").unwrap_or(b);
                ctx.protected_branches.iter().any(|p| fits_any_case(p, b))
            }
            (pattern, Some(b)) => self.text(&[pattern.to_owned()], Some(b)),
            (_, None) => false,
        })
    }
}

/// The name of a program without its folder.
pub(super) fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// `git push` names a part exactly.
fn names(wanted: &str, program: &str, args: &[Word]) -> bool {
    let mut wanted = wanted.split_whitespace();
    wanted.next().unwrap_or_default() == program
        && wanted
            .zip(args.iter().map(Some).chain(std::iter::repeat(None)))
            .all(|(w, arg)| arg.is_some_and(|a| a.text == w))
}

/// `git push` names a part generously: in any folder, and options and their values may stand between the words.
pub(super) fn may_name(wanted: &str, name: &str, args: &[Word]) -> bool {
    let mut wanted = wanted.split_whitespace();
    if !fits_any_case(wanted.next().unwrap_or_default(), name) {
        return false;
    }
    let mut at = 0;
    wanted.all(|w| {
        // A word behind an option may be its value, so the search goes on behind it.
        let mut behind_option = false;
        while let Some(arg) = args.get(at) {
            at += 1;
            if fits_any_case(w, &arg.text) {
                return true;
            }
            if arg.text.starts_with('-') {
                behind_option = true;
            } else if !std::mem::take(&mut behind_option) {
                return false;
            }
        }
        false
    })
}

/// `r` is in `-rf`; `recursive` is `--recursive`, `--recursive=x`, and its abbreviation `--rec`.
fn has_flag(flag: &str, words: &[Word]) -> bool {
    words.iter().skip(1).any(|word| match word.text.strip_prefix("--") {
        Some(long) => {
            let name = long.split('=').next().unwrap_or_default();
            flag.len() > 1 && name.len() > 1 && flag.starts_with(name)
        }
        // `- text` is no option.
        None => word.text.strip_prefix('-').filter(|c| !c.contains(' ')).is_some_and(|cluster| {
            let mut letters = flag.chars();
            match (letters.next(), letters.next()) {
                (Some(letter), None) => cluster.contains(letter),
                _ => cluster == flag,
            }
        }),
    })
}
