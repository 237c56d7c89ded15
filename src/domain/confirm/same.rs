//! Whether two dialogs are the same: by what is judged of them, or by the call that they tell of.

use crate::domain::dialog::{Dialog, Operation};
use crate::domain::screen::Screen;
use crate::domain::text;

/// What may stand before a marked option.
const MARKS: [char; 6] = ['❯', '›', '>', '●', '▶', '•'];

/// Whether what is judged of two dialogs is the same; where the mark stands is not.
pub(super) fn same_form(a: &Dialog, b: &Dialog) -> bool {
    // Each part by name: one that is added later is thought of here.
    let Dialog {
        operation,
        tool,
        subject,
        question,
        options,
        selected: _,
        complete,
        asker,
        alternative,
        texts,
        written,
        field,
        rows: _,
    } = a;
    (operation, tool, subject, question) == (&b.operation, &b.tool, &b.subject, &b.question)
        && (options, complete) == (&b.options, &b.complete)
        && (asker, alternative) == (&b.asker, &b.alternative)
        && (texts, written, field) == (&b.texts, &b.written, &b.field)
}

/// The size of a screen, and all that a dialog on it shows, its rows' breaks and its mark left out.
pub type Beside = ((u16, u16), String);

/// What a dialog shows, by which two of the same words can be told from each other: the difference that a change of a file makes.
/// `None` where that tells nothing.
pub fn beside(screen: &Screen, dialog: &Dialog) -> Option<Beside> {
    let tells = matches!(dialog.operation, Operation::Edit | Operation::Write)
        && dialog.complete
        && dialog.field.is_none();
    let (first, last) = (usize::from(dialog.rows.0), usize::from(dialog.rows.1));
    let rows = screen.rows.get(first..=last).filter(|_| tells)?;
    let shown = |c: &char| !c.is_whitespace() && !MARKS.contains(c);
    let text = rows.iter().flat_map(|row| row.text().chars()).filter(shown).collect();
    Some(((screen.width, screen.height), text))
}

/// The same call: what both name, wrapped or not. A screen shows a path from the folder that the agent works in, a hook may
/// hand it over whole; of what is not seen, as joiners and fillers are not, a screen shows nothing, or a sign of its own.
pub fn same_call(one: &Dialog, other: &Dialog) -> bool {
    let seen = |c: &char| !c.is_whitespace() && !text::is_unseen(*c);
    let inked = |s: &str| s.chars().filter(seen).collect::<String>();
    let plain = |d: &Dialog| d.subject.as_deref().map(inked).filter(|s| !s.is_empty());
    let (Some(a), Some(b)) = (plain(one), plain(other)) else { return false };
    let ends = || is_of_files(one.operation) && (is_end(&a, &b) || is_end(&b, &a));
    one.operation == other.operation && (a == b || ends())
}

const fn is_of_files(operation: Operation) -> bool {
    use Operation::{Edit, Glob, Grep, Read, Write};
    matches!(operation, Read | Grep | Glob | Edit | Write)
}

/// A path as it is shown is the end of a whole one: from the folder of the work, from the home, from a folder above.
fn is_end(shown: &str, whole: &str) -> bool {
    let end = ["~/", "./"].iter().find_map(|p| shown.strip_prefix(p)).unwrap_or(shown);
    let end = end.trim_start_matches("../");
    let folder = whole.strip_suffix(end).filter(|_| !end.is_empty() && !end.starts_with('/'));
    folder.is_some_and(|f| f.starts_with('/') && f.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(operation: Operation, hook: &str, screen: &str, want: bool) {
        let dialog = |s: &str| Dialog {
            operation,
            subject: Some(s.to_owned()).filter(|s| !s.is_empty()),
            ..Dialog::default()
        };
        let (hook, screen) = (dialog(hook), dialog(screen));
        assert_eq!(same_call(&hook, &screen), want, "{hook:?} {screen:?}");
        assert_eq!(same_call(&screen, &hook), want, "{screen:?} {hook:?}");
    }

    #[test]
    fn two_changes_of_one_file_are_told_from_each_other_and_one_is_itself_however_it_is_drawn() {
        let edit = |rows| Dialog { operation: Operation::Edit, complete: true, rows, ..Dialog::default() };
        let of = |text: &str, rows: (u16, u16)| {
            beside(&Screen { width: 80, height: 24, ..Screen::plain(text) }, &edit(rows))
        };
        let one = of("x\n Edit file a\n 1 -beta\n 1 +B\n ❯ 1. Yes\n   2. No\n", (1, 5));
        assert_eq!(one, of("Edit file a\n  1 -beta\n 1 +B\n   1. Yes\n ❯ 2. No\n\n", (0, 4)));
        assert_ne!(one, of("x\n Edit file a\n 1 -gamma\n 1 +G\n ❯ 1. Yes\n   2. No\n", (1, 5)));
        let screen = Screen::plain("ls\n");
        for dialog in [
            Dialog { operation: Operation::Bash, ..edit((0, 0)) },
            Dialog { complete: false, ..edit((0, 0)) },
            edit((0, 9)),
        ] {
            assert_eq!(beside(&screen, &dialog), None, "{dialog:?}");
        }
    }

    #[test]
    fn a_hook_and_a_screen_name_a_call_each_in_its_way() {
        use Operation::{Bash, Edit, Mcp, Plan, Question, Read};
        check(Bash, "cat a | sort", "cat a\n  | sort", true);
        check(Bash, "/bin/ls", "ls", false);
        check(Bash, "touch zz\u{200b}.txt", "touch zz\u{fffd}.txt", true);
        check(Bash, "touch zz\u{202e}.txt", "touch zz.txt", true);
        check(Bash, "touch zz….txt", "touch zz.txt", false);
        check(Bash, "touch a†", "touch a‡", false);
        check(Bash, "touch e\u{301}", "touch e", false);
        check(Edit, "/w/src/a.rs", "src/a.rs", true);
        check(Edit, "/w/src/a.rs", "./src/a.rs", true);
        check(Edit, "/home/me/a.rs", "~/a.rs", true);
        check(Edit, "/w/src/a.rs", "a.rs", true);
        check(Edit, "/w/src/ba.rs", "a.rs", false);
        check(Edit, "/tmp/a.rs", "../../../tmp/a.rs", true);
        check(Edit, "/tmp/x/a.rs", "../a.rs", true);
        check(Edit, "/tmp/a.rs", "../../../etc/a.rs", false);
        check(Edit, "/tmp/a.rs", "../", false);
        check(Edit, "src/a.rs", "a.rs", false);
        check(Edit, "/w/a.rs", "/a.rs", false);
        check(Read, "/etc/hostname", "/etc/hostname", true);
        check(Edit, "/w/a.rs", "", false);
        check(Mcp, "a: 1", "a: 1", true);
        check(Mcp, "", "", false);
        check(Plan, "", "", false);
        check(Question, "", "", false);
    }
}
