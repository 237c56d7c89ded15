//! Commit messages: the subject as git sees it, whether it keeps `type: description`, trailers, and what a merge says
//! about itself. The text is data of an agent. Not for branch names (`name`).

use crate::domain::text;

/// The subject as `git log --format=%s` prints it: the first paragraph, its lines joined by blanks.
pub fn subject(message: &str) -> String {
    message
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Subjects that git, a forge or a release tool writes by itself; no rule is applied to them.
pub fn is_exempt(subject: &str) -> bool {
    const STARTS: [&str; 10] = [
        "Merge ",
        "Merged ",
        "Revert ",
        "Reapply ",
        "fixup! ",
        "squash! ",
        "amend! ",
        "Automatic merge",
        "Auto-merged ",
        "Initial commit",
    ];
    STARTS.iter().any(|start| subject.starts_with(start)) || is_version(subject)
}

/// A bare version such as `v1.2.3`, as release tools write it.
pub(super) fn is_version(subject: &str) -> bool {
    let digits = subject.strip_prefix('v').unwrap_or(subject);
    let numbers: Vec<&str> = digits.split('.').collect();
    numbers.len() == 3 && numbers.iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// What is wrong with a subject, as the end of a sentence; none if it keeps `type: description` or is exempt.
/// A scope and a breaking mark, as in `feat(ui)!: x`, are part of the form.
pub fn fault(subject: &str, types: &[String], max: usize) -> Option<String> {
    if is_exempt(subject) {
        return None;
    }
    if subject.is_empty() {
        return Some("is empty".to_owned());
    }
    let Some((head, description)) = subject.split_once(':') else {
        return Some("is not `type: description`".to_owned());
    };
    let head = head.strip_suffix('!').unwrap_or(head);
    let kind = match head.split_once('(') {
        Some((kind, scope)) if scope.len() > 1 && scope.ends_with(')') => kind,
        Some(_) => return Some("is not `type: description`".to_owned()),
        None => head,
    };
    if !types.iter().any(|t| t == kind) {
        return Some(format!("does not begin with a known type ({})", types.join(", ")));
    }
    if !description.starts_with(' ') || description.trim().is_empty() {
        return Some("has no description after `type: `".to_owned());
    }
    let columns = text::width(subject);
    (columns > max).then(|| format!("is {columns} columns long, {max} are allowed"))
}

/// The trailers of a message: `Key: value` lines of its last paragraph.
pub fn trailers(message: &str) -> Vec<(&str, &str)> {
    let paragraph = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    if paragraph.len() == message.trim_end().len() {
        return Vec::new(); // the subject is no trailer
    }
    paragraph
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim_end(), value.trim()))
        .filter(|(key, _)| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        .collect()
}

/// True if the message has the trailer with a value; for one that credits a person, `Name <address>`.
pub fn has_trailer(message: &str, key: &str) -> bool {
    let credits = key.to_ascii_lowercase().ends_with("-by");
    trailers(message).iter().any(|(k, value)| {
        k.eq_ignore_ascii_case(key)
            && if credits {
                value.ends_with('>') && value.find('<').is_some_and(|at| at > 0 && at + 2 < value.len())
            } else {
                !value.is_empty()
            }
    })
}

/// True if the message names a pull or merge request: GitHub's merge and squash, GitLab, Bitbucket, Azure, Gerrit.
pub fn names_request(message: &str) -> bool {
    let subject = subject(message);
    let numbered = |s: &str, mark: char| {
        s.strip_prefix(mark).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let after = |start: &str| {
        subject
            .strip_prefix(start)
            .and_then(|rest| rest.split([' ', ':']).next())
            .is_some_and(|n| numbered(n, '#') || numbered(n, '!') || numbered(&format!("#{n}"), '#'))
    };
    let squashed = subject
        .strip_suffix(')')
        .and_then(|s| s.rsplit_once(" ("))
        .is_some_and(|(_, n)| numbered(n, '#') || numbered(n, '!'));
    let body = |line: &str| {
        let line = line.trim();
        line.starts_with("See merge request ")
            || ["Pull-Request:", "Merge-Request:", "Reviewed-on:", "PR-URL:"]
                .iter()
                .any(|key| line.strip_prefix(key).is_some_and(|v| !v.trim().is_empty()))
    };
    squashed
        || after("Merge pull request ")
        || after("Merged PR ")
        || subject.starts_with("Merged in ") && subject.contains("(pull request #")
        || message.lines().skip(1).any(body)
}

/// What a merge commit says was merged: `Merge branch 'x' into y`, `Merge remote-tracking branch 'origin/x'`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The branch that was merged.
    pub from: String,
    /// It came from another repository or a remote-tracking branch.
    pub remote: bool,
}

/// Reads git's own words of a merge; none for any other subject.
pub fn merged(subject: &str) -> Option<Merged> {
    let quoted = |rest: &str| rest.split_once('\'').map(|(name, tail)| (name.to_owned(), tail.to_owned()));
    if let Some(rest) = subject.strip_prefix("Merge remote-tracking branch '") {
        let (from, _) = quoted(rest)?;
        return Some(Merged { from, remote: true });
    }
    let (from, tail) = quoted(subject.strip_prefix("Merge branch '")?)?;
    Some(Merged { from, remote: tail.starts_with(" of ") })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn types() -> Vec<String> {
        ["feat", "fix", "refactor", "docs", "test", "chore"].map(str::to_owned).to_vec()
    }

    #[test]
    fn subjects_of_the_procedure_are_kept_and_broken_ones_told() {
        let long = format!("fix: {}", "x".repeat(67));
        let wide = format!("fix: {}", "漢".repeat(34));
        for good in [
            "fix: Description",
            "feat: Description",
            "feat(ui): dark mode",
            "feat!: drop it",
            "chore(deps)!: x",
            "docs: a: b",
            "Merge branch 'x'",
            "Revert \"feat: x\"",
            "fixup! whatever",
            "squash! x",
            "v1.2.3",
            "Initial commit",
            &long,
        ] {
            assert_eq!(fault(good, &types(), 72), None, "{good}");
        }
        for (bad, why) in [
            ("", "empty"),
            ("update stuff", "is not"),
            ("feat", "is not"),
            ("feat:x", "no description"),
            ("feat: ", "no description"),
            ("feat:  ", "no description"),
            ("feat :x", "known type"),
            ("Feat: x", "known type"),
            ("perf: x", "known type"),
            ("feature: x", "known type"),
            (": x", "known type"),
            ("feat(): x", "is not"),
            ("feat(ui: x", "is not"),
            ("http://x", "known type"),
            ("1.2", "is not"),
            (&format!("{long}x"), "73 columns"),
            (&wide, "73 columns"),
        ] {
            let found = fault(bad, &types(), 72);
            assert!(found.as_deref().is_some_and(|f| f.contains(why)), "{bad}: {found:?}");
        }
    }

    #[test]
    fn a_subject_is_the_first_paragraph() {
        for (message, is) in [
            ("fix: a\n\nbody", "fix: a"),
            ("fix: a\nmore\n\nbody", "fix: a more"),
            ("\n\n fix: a \n", "fix: a"),
            ("", ""),
            ("fix: a\r\n\r\nbody\r\n", "fix: a"),
        ] {
            assert_eq!(subject(message), is, "{message:?}");
        }
    }

    #[test]
    fn trailers_stand_in_the_last_paragraph() {
        let key = "Co-Authored-By";
        for (message, has) in [
            ("feat: x\n\n- Detail 1\n\nCo-Authored-By: Claude Sonnet 4.5 <noreply@anthropic.com>\n", true),
            ("feat: x\n\nco-authored-by: A <a@b.c>", true),
            ("feat: x\n\nCo-Authored-By: A <a@b.c>\nSigned-off-by: B <b@b.c>", true),
            ("feat: x\n\nCo-Authored-By: A", false),
            ("feat: x\n\nCo-Authored-By: <a@b.c>", false),
            ("feat: x\n\nCo-Authored-By:", false),
            ("feat: x\n\nCo-Authored-By: A <a@b.c>\n\nbody after it", false),
            ("Co-Authored-By: A <a@b.c>", false),
            ("", false),
        ] {
            assert_eq!(has_trailer(message, key), has, "{message:?}");
        }
        assert!(has_trailer("fix: x\n\nTicket: 12", "ticket"));
    }

    #[test]
    fn requests_are_recognised() {
        for yes in [
            "Merge pull request #12 from a/b\n\nfeat: x",
            "feat: x (#12)",
            "feat: x (!3)",
            "Merged PR 34: fix it",
            "Merged in feature/x (pull request #7)\n\nbody",
            "Merge branch 'a' into 'dev'\n\nfeat: x\n\nSee merge request group/proj!5",
            "fix: x\n\nReviewed-on: https://review/1",
        ] {
            assert!(names_request(yes), "{yes}");
        }
        for no in [
            "Merge branch 'feature/x-0208' into dev",
            "feat: x (#)",
            "feat: x #12",
            "fix: closes (#12) again",
            "Merge pull request from a",
            "See merge request x!1",
            "",
        ] {
            assert!(!names_request(no), "{no}");
        }
    }

    #[test]
    fn merges_say_what_they_merged() {
        let m = |from: &str, remote| Some(Merged { from: from.to_owned(), remote });
        assert_eq!(merged("Merge branch 'feature/x-0208' into dev"), m("feature/x-0208", false));
        assert_eq!(merged("Merge branch 'dev' of github.com:a/b into dev"), m("dev", true));
        assert_eq!(merged("Merge remote-tracking branch 'origin/dev'"), m("origin/dev", true));
        assert_eq!(merged("Merge pull request #1 from a/b"), None);
        assert_eq!(merged("Merge branch 'x"), None);
    }

    proptest! {
        #[test]
        fn any_message_is_read_without_panic(message in any::<String>()) {
            let s = subject(&message);
            prop_assert!(!s.contains('\n'));
            let _ = (fault(&s, &types(), 72), names_request(&message), merged(&s), has_trailer(&message, "X-By"));
        }
    }
}
