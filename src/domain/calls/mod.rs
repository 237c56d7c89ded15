//! The calls that an agent has written into its own record and that have not ended: which of them a dialog asks about, and
//! in which folder it would run. No screen tells that: Claude Code's shell stays in the folder that a `cd` before went to,
//! Codex takes a folder with each command, and both draw the command alone.

mod claude;
mod codex;

use jiff::Timestamp;

use super::bash::unfolded;
use super::confirm::same_call;
use super::dialog::{Dialog, Operation};

pub use claude::Claude;
pub use codex::Codex;

/// A call that was begun and has not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// The agent's own name for it.
    pub name: String,
    /// What it does, whole.
    pub dialog: Dialog,
    /// Its own folder, if it takes one; it may be meant from the folder of the record.
    pub folder: Option<String>,
}

/// The end of a record, as far back as calls can be open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tail {
    /// Calls that have not ended.
    pub open: Vec<Open>,
    /// Calls that have, by the agent's names for them, and when; only where a record tells when.
    pub ended: Vec<(String, Timestamp)>,
    /// The folder that the record last named.
    pub folder: Option<String>,
    /// Its shell stays where a command went.
    pub one_shell: bool,
}

/// Reads lines of a record, the newest first.
pub trait Lines {
    /// Takes one in; true: those before it tell nothing more.
    fn line(&mut self, raw: &[u8]) -> bool;
    /// What they said.
    fn tail(self) -> Tail;
}

/// What a record says of a dialog.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// It has no such call open: not yet, or never.
    Missing,
    /// It has, and another one that goes elsewhere may end before it.
    Unsettled,
    /// It has these.
    Calls(Vec<Open>),
}

impl Tail {
    /// Which calls a dialog may be about.
    pub fn asked(&self, dialog: &Dialog) -> Found {
        let (asked, others): (Vec<&Open>, Vec<&Open>) =
            self.open.iter().partition(|open| is_asked(&open.dialog, dialog));
        if asked.is_empty() {
            return Found::Missing;
        }
        if self.one_shell && others.iter().any(|open| may_move(&open.dialog)) {
            return Found::Unsettled;
        }
        let placed = |open: &Open| Open { folder: self.folder_of(open), ..open.clone() };
        Found::Calls(asked.into_iter().map(placed).collect())
    }

    /// Whether one of these calls has ended since then, so that a dialog that stands there is about another one, which is open. That
    /// one of them is not found any more says nothing: records are cut, and written late.
    pub fn is_over(&self, dialog: &Dialog, calls: &[String], since: Timestamp) -> bool {
        let ended = self.ended.iter().any(|(name, at)| *at > since && calls.contains(name));
        ended && self.open.iter().any(|open| is_asked(&open.dialog, dialog))
    }

    fn folder_of(&self, open: &Open) -> Option<String> {
        match (&open.folder, &self.folder) {
            (Some(own), Some(base)) if !own.starts_with('/') => Some(format!("{base}/{own}")),
            (own, base) => own.as_ref().or(base.as_ref()).cloned(),
        }
    }
}

/// What a dialog of this kind does depends on the folder.
pub const fn depends_on_folder(operation: Operation) -> bool {
    use Operation::{Bash, Edit, Glob, Grep, Read, Write};
    matches!(operation, Bash | Read | Write | Edit | Grep | Glob)
}

fn is_asked(call: &Dialog, dialog: &Dialog) -> bool {
    // What is searched for is shown, the folder is not always.
    let searches = matches!(dialog.operation, Operation::Grep | Operation::Glob);
    let unfolded = || Dialog { subject: call.subject.as_deref().map(unfolded), ..call.clone() };
    same_call(call, dialog)
        || (searches && call.operation == dialog.operation)
        || (call.operation == Operation::Bash && same_call(&unfolded(), dialog))
}

/// A command that may take the shell into another folder.
fn may_move(call: &Dialog) -> bool {
    let goes = |word: &str| ["cd", "pushd", "popd", "chdir", "z"].contains(&word);
    let command = call.subject.as_deref().unwrap_or_default();
    call.operation == Operation::Bash
        && command.split(|c: char| !(c.is_ascii_alphanumeric() || "_-./".contains(c))).any(goes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bash(command: &str) -> Dialog {
        Dialog { operation: Operation::Bash, subject: Some(command.to_owned()), ..Dialog::default() }
    }

    fn tail(open: &[(&str, Option<&str>)]) -> Tail {
        let open = open
            .iter()
            .map(|(command, folder)| (bash(command), folder.map(str::to_owned)))
            .map(|(dialog, folder)| Open { name: "c".to_owned(), dialog, folder });
        Tail { open: open.collect(), folder: Some("/w/src".to_owned()), one_shell: true, ended: vec![] }
    }

    fn folders(found: &Found) -> Vec<&str> {
        match found {
            Found::Calls(calls) => calls.iter().filter_map(|c| c.folder.as_deref()).collect(),
            Found::Missing => vec!["missing"],
            Found::Unsettled => vec!["unsettled"],
        }
    }

    #[test]
    fn a_call_is_over_when_its_end_was_written_down_later_than_the_key() {
        let second = |n| Timestamp::from_second(n).expect("an instant");
        let check = |open: &[&str], ended: &[(&str, i64)], want: bool| {
            let open: Vec<_> = open.iter().map(|command| (*command, None)).collect();
            let ended = ended.iter().map(|(name, at)| ((*name).to_owned(), second(*at))).collect();
            let tail = Tail { ended, ..tail(&open) };
            let over = tail.is_over(&bash("ls"), &["a".to_owned(), "b".to_owned()], second(10));
            assert_eq!(over, want, "{open:?} {tail:?}");
        };
        check(&["ls"], &[("a", 11)], true);
        check(&["cat x", "ls"], &[("b", 11)], true);
        check(&["ls"], &[("a", 10)], false);
        check(&["ls"], &[("a", 9), ("c", 11)], false);
        check(&["ls"], &[], false);
        check(&["cat x"], &[("a", 11)], false);
        check(&[], &[("a", 11)], false);
    }

    #[test]
    fn a_dialog_is_about_the_call_that_says_the_same() {
        let check = |open: &[(&str, Option<&str>)], want: &[&str]| {
            assert_eq!(folders(&tail(open).asked(&bash("cat a\n  b"))), want, "{open:?}");
        };
        check(&[], &["missing"]);
        check(&[("cat a", None)], &["missing"]);
        check(&[("cat a b", None)], &["/w/src"]);
        check(&[("cat a b", Some("/etc")), ("cat a b", None)], &["/etc", "/w/src"]);
        check(&[("cat a b", Some("../x"))], &["/w/src/../x"]);
        check(&[("cat a b", None), ("git log", None)], &["/w/src"]);
        check(&[("cat a b", None), ("(cd x; ls)", None)], &["unsettled"]);
        check(&[("cat a b", None), ("echo cds", None)], &["/w/src"]);
        let folded = tail(&[("git commit -m \"$(cat <<'EOF'\na\n\nb\nEOF\n)\"", None)]);
        assert_eq!(folders(&folded.asked(&bash("git commit -m \"a\n\nb\""))), ["/w/src"]);
    }

    #[test]
    fn what_is_asked_may_go_elsewhere_itself() {
        let found = tail(&[("cd x && ls", None)]).asked(&bash("cd x && ls"));
        assert_eq!(folders(&found), ["/w/src"]);
    }
}
