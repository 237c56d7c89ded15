//! Judges everything but shell commands: paths, URLs, and operations that have neither.

use super::file::RuleAction;
use super::path::Located;
use super::rule::Case;
use super::verdict::NO_RULE;
use super::{Action, Context, Policy, Verdict, command, url};
use crate::domain::bash::Access;
use crate::domain::dialog::Operation;

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A shell command.
    Command(&'a str),
    /// A path, as the agent names it.
    Path(&'a str),
    /// A URL.
    Url(&'a str),
    /// Nothing that is known.
    Nothing,
}

impl<'a> Subject<'a> {
    /// What a dialog of this operation shows.
    pub fn of(operation: Operation, text: Option<&'a str>) -> Self {
        let Some(text) = text else { return Self::Nothing };
        match operation {
            Operation::Bash => Self::Command(text),
            Operation::Fetch => Self::Url(text),
            Operation::Read | Operation::Grep | Operation::Glob | Operation::Edit | Operation::Write => {
                Self::Path(text)
            }
            _ => Self::Nothing,
        }
    }
}

pub(super) fn judge(
    operation: Operation,
    tool: Option<&str>,
    subject: Subject,
    ctx: &Context,
    policy: &Policy,
) -> Verdict {
    let case = Case { ctx, operation, tool, host: None, paths: &[], part: None };
    match (operation, subject) {
        (Operation::Bash, Subject::Command(text)) => command::judge(text, &case, policy),
        (
            Operation::Read | Operation::Grep | Operation::Glob | Operation::Edit | Operation::Write,
            Subject::Path(path),
        ) => match Located::new(path, ctx.cwd.as_deref(), ctx) {
            Ok(_) if may_be_shortened(path) => {
                Verdict::hold("path", "three dots stand in the path: part of it may have been left out")
            }
            Ok(_) if may_hold_more(path) => {
                Verdict::hold("path", "a gap or a count stands in the path, which may not belong to it")
            }
            Ok(_) if matches!(operation, Operation::Edit | Operation::Write) && may_mislead(path) => {
                Verdict::hold("path", "a file of that name would be a pattern or an option to later commands")
            }
            Ok(located) => {
                Verdict { paths: located.way().collect(), ..located_path(&case, &located, policy) }
            }
            Err(why) => Verdict::hold("path", why),
        },
        (Operation::Fetch, Subject::Url(text)) => match url::host(text) {
            Some(host) => decide(&Case { host: Some(&host), ..case }, policy),
            None => Verdict::hold("url", "the host of the address cannot be told"),
        },
        (
            Operation::Read
            | Operation::Grep
            | Operation::Glob
            | Operation::Edit
            | Operation::Write
            | Operation::Bash
            | Operation::Fetch,
            _,
        ) => Verdict::hold("subject", format!("what to {} is not known", operation.word())),
        _ => decide(&case, policy),
    }
}

/// The agent's own tool that does the same to a path.
pub(super) const fn operation(access: Access) -> Operation {
    match access {
        Access::Read => Operation::Read,
        Access::Write => Operation::Write,
        Access::List => Operation::Glob,
    }
}

/// A name that a later `rm *` or `tar *` would take for something else.
fn may_mislead(path: &str) -> bool {
    path.contains(['*', '?']) || path.split('/').any(|step| step.starts_with('-'))
}

/// Some agents show a long path without its middle: `packages/.../settings.json`, where a folder that is held may stand.
fn may_be_shortened(path: &str) -> bool {
    path.split('/').any(|step| step.ends_with("..."))
}

/// What an agent shows beside a path may stand in its row: `.env        1 of 3`.
fn may_hold_more(path: &str) -> bool {
    let counts = |(head, tail): (&str, &str)| {
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        head.ends_with(|c: char| c.is_ascii_digit()) && digits(tail.trim_end())
    };
    path.contains("  ") || path.rsplit_once(" of ").is_some_and(counts)
}

/// One path under the operation of `case`.
pub(super) fn located_path(case: &Case, path: &Located, policy: &Policy) -> Verdict {
    if matches!(case.operation, Operation::Edit | Operation::Write)
        && case.ctx.is_in_another_tree(&path.absolute())
    {
        return Verdict::hold("elsewhere", "it lies in another work tree than the session's own");
    }
    let paths = std::slice::from_ref(path);
    decide(&Case { paths, ..*case }, policy)
}

/// Deny, then hold, then allow; else held.
pub(super) fn decide(case: &Case, policy: &Policy) -> Verdict {
    let found = [
        (RuleAction::Deny, Action::Deny),
        (RuleAction::Hold, Action::Hold),
        (RuleAction::Allow, Action::Confirm),
    ]
    .into_iter()
    .find_map(|(wanted, action)| policy.find(wanted, case).map(|rule| (rule, action)));
    match found {
        Some((rule, action)) => Verdict::by(action, rule),
        None => Verdict::hold(NO_RULE, format!("no rule allows this {}", case.operation.word())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_may_not_be_whole_or_may_hold_more_is_held() {
        let tree = Some("/home/dev/app".to_owned());
        let ctx = Context { cwd: tree.clone(), work_tree: tree, ..Context::default() };
        let policy = Policy::preset("sop").expect("ships");
        for (path, expected) in [
            ("src/a file.rs", Action::Confirm),
            ("prod.env        1 of 3", Action::Hold),
            ("prod.key1 of 3", Action::Hold),
            ("src/x 1 of 3", Action::Hold),
            ("src/one of many.rs", Action::Confirm),
            ("src/x  y.rs", Action::Hold),
            ("src/.../x.rs", Action::Hold),
            ("src/-x.rs", Action::Hold),
        ] {
            let told = judge(Operation::Write, None, Subject::Path(path), &ctx, &policy);
            assert_eq!(told.action, expected, "{path}: {}", told.reason);
        }
    }
}
