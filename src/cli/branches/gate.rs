//! What the installed hooks run: `commit-msg` refuses a message that breaks the rules, `pre-push` a push to a protected
//! branch or of a branch with a wrong name. Whoever must can go past them with git's own `--no-verify`.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use jiff::civil::Date;

use super::{Fail, out};
use crate::domain::branch::rules::{Level, Trailers};
use crate::domain::branch::{RuleId, Rules, message};
use crate::domain::text;
use crate::git::hooks;

/// Bytes of a message or of a list of references that are read.
const READ: u64 = 1024 * 1024;

/// The hooks that can be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Hook {
    /// Has the file with the message as argument.
    CommitMsg,
    /// Has what is pushed on stdin.
    PrePush,
}

impl Hook {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::CommitMsg, Self::PrePush];

    /// Git's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
        }
    }
}

/// Judges as a hook; what is refused is told on stderr, as git's own refusals are.
pub fn run(hook: Hook, file: Option<&Path>, rules: &Rules, today: Date) -> Result<(), Fail> {
    let faults = match hook {
        Hook::CommitMsg => {
            let file =
                file.ok_or_else(|| Fail::usage("commit-msg needs the message's file", "git gives it"))?;
            let text = File::open(file).and_then(read).map_err(|e| {
                Fail::failed(
                    format!("the message cannot be read: {e}"),
                    "commit with --no-verify to go past this",
                )
            })?;
            let comment = hooks::place(Path::new(".")).map_or('#', |place| place.comment);
            commit_msg(&without_comments(&text, comment), rules)
        }
        Hook::PrePush => {
            let text = read(std::io::stdin().lock())
                .map_err(|e| Fail::failed(format!("what is pushed cannot be read: {e}"), "push again"))?;
            text.lines().filter_map(|line| pushed(line, rules, today)).collect()
        }
    };
    if faults.is_empty() {
        return Ok(());
    }
    for fault in faults {
        out::complain(&format!("archtui: {}", text::printable(&fault)));
    }
    out::complain("         refused by the branch rules; --no-verify goes past them");
    Err(Fail::findings())
}

fn read(from: impl Read) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    from.take(READ).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The message as git will keep it: comment lines go, and everything below the scissors.
fn without_comments(text: &str, comment: char) -> String {
    let scissors = format!("{comment} ------------------------ >8 ---");
    let lines = text.lines().take_while(|line| !line.starts_with(&scissors));
    lines.filter(|line| !line.starts_with(comment)).collect::<Vec<_>>().join("\n")
}

fn is_on(rules: &Rules, rule: RuleId) -> bool {
    rules.severity.get(&rule) != Some(&Level::Off)
}

fn commit_msg(text: &str, rules: &Rules) -> Vec<String> {
    let subject = message::subject(text);
    if subject.is_empty() {
        return Vec::new(); // git ends the commit by itself
    }
    let mut faults = Vec::new();
    if is_on(rules, RuleId::CommitSubject)
        && let Some(fault) = message::fault(&subject, &rules.commit_types, rules.subject_max)
    {
        faults.push(format!("\"{}\" {fault}", text::fit(&text::printable(&subject), 72)));
    }
    if is_on(rules, RuleId::Trailer) && rules.trailers == Trailers::Require && !message::is_exempt(&subject) {
        let missing = rules.trailer_keys.iter().filter(|key| !message::has_trailer(text, key));
        faults.extend(missing.map(|key| format!("the message has no {key} trailer")));
    }
    faults
}

/// Judges one line of pre-push: `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`.
fn pushed(line: &str, rules: &Rules, today: Date) -> Option<String> {
    let mut words = line.split(' ');
    let (_, local, remote, before) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let branch = remote.strip_prefix("refs/heads/")?;
    let none = |id: &str| !id.is_empty() && id.bytes().all(|b| b == b'0');
    if rules.is_protected(branch) {
        let rule = if rules.is_environment(branch) { RuleId::EnvBranch } else { RuleId::ProtectedBranch };
        // Somebody has to make the branch; from then on it takes pull requests.
        let refused = is_on(rules, rule) && !none(before);
        return refused
            .then(|| format!("{branch} is protected: open a pull request instead of pushing to it"));
    }
    if none(local)
        || !is_on(rules, RuleId::BranchName)
        || crate::domain::branch::name::is_one_of(&rules.exempt, branch)
    {
        return None;
    }
    let fault = rules.pattern.fault(branch, &rules.types, today, None)?;
    Some(format!("branch {} {fault}", text::fit(branch, 60)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_push_is_judged_line_by_line() {
        let (a, zero) = ("1".repeat(40), "0".repeat(40));
        for (local, remote, before, refused) in [
            (&a, "refs/heads/feature/x-0208", &zero, false),
            (&a, "refs/heads/feature/x-0231", &zero, true),
            (&zero, "refs/heads/feature/x-0231", &a, false),
            (&a, "refs/heads/dev", &a, true),
            (&zero, "refs/heads/dev", &a, true),
            (&a, "refs/heads/main", &zero, false),
            (&a, "refs/heads/env/dev1", &a, true),
            (&a, "refs/tags/v1", &zero, false),
        ] {
            let line = format!("refs/heads/l {local} {remote} {before}");
            assert_eq!(pushed(&line, &Rules::default(), date(2026, 2, 8)).is_some(), refused, "{line}");
        }
        for odd in ["", "a b c", "a b refs/heads/dev"] {
            assert_eq!(pushed(odd, &Rules::default(), date(2026, 2, 8)), None);
        }
    }

    #[test]
    fn a_message_is_judged_without_its_comments() {
        let rules = Rules { trailers: Trailers::Require, ..Rules::default() };
        for (text, faults) in [
            ("# comment\nfeat: x\n\nCo-Authored-By: A <a@b.c>\n# On branch main\n", 0),
            ("feat: x\n", 1),
            ("stuff\n", 2),
            ("# only comments\n", 0),
            ("Merge branch 'x'\n", 0),
            (
                "feat: x\n\nCo-Authored-By: A <a@b.c>\n# ------------------------ >8 ------------------------\ndiff",
                0,
            ),
        ] {
            assert_eq!(commit_msg(&without_comments(text, '#'), &rules).len(), faults, "{text}");
        }
        assert_eq!(commit_msg(&without_comments("; c\nfeat: x", ';'), &Rules::default()).len(), 0);
    }
}
