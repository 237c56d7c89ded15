//! Options of a dialog that take a text, and the field of one that is open: what stands in it is a person's, not the
//! agent's. Which options those are is for the manifest.

use crate::domain::agent::{Manifest, Pattern, TextShape};
use crate::domain::dialog::{Dialog, Field, Opens, TextOption};
use crate::domain::status::State;

/// Fills in which options take a text, and takes what a person wrote out of the label of the one whose field is open.
/// `whole` are the labels with everything that stands below them.
pub(super) fn fill(dialog: &mut Dialog, whole: &[&str], state: State, hint: &str, manifest: &Manifest) {
    let shapes = || manifest.texts.iter().filter(|t| t.state == state);
    if let Some((shape, field)) = shapes().find_map(|s| Some((s, open(s, dialog, whole, hint)?))) {
        let option = &mut dialog.options[field.option];
        option.label = told(shape);
        let bare = super::dialog::bare(&option.label);
        option.meaning =
            manifest.meanings.iter().find(|(p, _)| p.is_match(bare)).map_or(option.meaning, |(_, m)| *m);
        dialog.texts = vec![TextOption { option: field.option, opens: shape.opens }];
        dialog.field = Some(field);
        return;
    }
    editable(dialog, manifest);
    for (option, label) in whole.iter().enumerate() {
        let offers = |s: &&TextShape| closed(s, label) && s.offered.as_ref().is_none_or(|p| p.is_match(hint));
        if let Some(shape) = shapes().find(offers) {
            dialog.texts.push(TextOption { option, opens: shape.opens });
        }
    }
}

/// The option of whose label a part can be written while it is marked; and its field, if that is so now.
fn editable(dialog: &mut Dialog, manifest: &Manifest) {
    let text = |label: &str| {
        let fits = |p: &Pattern| p.captures(label)?.name("text").map(|text| text.range());
        manifest.choice.editable.iter().find_map(fits)
    };
    let found = dialog.options.iter().enumerate().find_map(|(at, o)| Some((at, text(&o.label)?)));
    let Some((option, range)) = found else { return };
    dialog.written = Some((option, range.start));
    if dialog.selected == Some(option) {
        let text = dialog.options[option].label[range].trim().to_owned();
        dialog.field = Some(Field { option, text });
    }
}

/// The label with the agent's own words behind it.
fn told(shape: &TextShape) -> String {
    [shape.label.as_str(), shape.after.as_str()].join(" ").trim_end().to_owned()
}

/// The option as it stands while nobody writes there.
fn closed(shape: &TextShape, label: &str) -> bool {
    label == shape.label || (!shape.after.is_empty() && label == told(shape))
}

/// The field, if the marked option is the one and what stands around says that it is open.
fn open(shape: &TextShape, dialog: &Dialog, whole: &[&str], hint: &str) -> Option<Field> {
    let option = dialog.selected?;
    let place = shape.below + option + 1 == whole.len();
    let opened = shape.opens != Opens::Composer && shape.hint.as_ref().is_some_and(|p| p.is_match(hint));
    if !place || !opened || shape.offered.as_ref().is_some_and(|p| p.is_match(hint)) {
        return None;
    }
    let label = whole[option];
    let inside = label.strip_suffix(shape.after.as_str())?.trim();
    let text = if inside == shape.empty { "" } else { inside.strip_prefix(shape.before.as_str())?.trim() };
    Some(Field { option, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::Agents;
    use crate::domain::read::{Facts, read};
    use crate::domain::screen::Screen;

    fn check(rows: &str, options: &[(usize, Opens)], field: Option<(usize, &str)>) -> Dialog {
        let facts = Facts { agent: Some("claude".to_owned()), ..Facts::default() };
        let read = read(&Screen::plain(rows), &facts, Agents::builtin());
        let dialog = read.dialog.unwrap_or_else(|| panic!("{rows}\n{:?}", read.evidence));
        let texts: Vec<_> = dialog.texts.iter().map(|t| (t.option, t.opens)).collect();
        assert_eq!(texts, options, "{rows}");
        assert_eq!(dialog.field.as_ref().map(|f| (f.option, f.text.as_str())), field, "{rows}");
        dialog
    }

    const RULE: &str = "────────────────────────────────────────";

    fn permission(last: &str, hint: &str) -> String {
        format!(
            "● Bash(touch y)\n\n{RULE}\n Bash command\n\n   touch y\n\n Do you want to proceed?\n   1. Yes\n{last}\n\n {hint}\n"
        )
    }

    fn question(marked: usize, text: &str, hint: &str) -> String {
        let mark = |n| if n == marked { "❯" } else { " " };
        format!(
            "{RULE}\n ☐ colour\n\nWhich colour?\n\n{} 1. red\n     Choose red\n{} 2. {text}\n{RULE}\n  3. Chat about this\n\nEnter to select · ↑/↓ to navigate · {hint}Esc to cancel\n",
            mark(1),
            mark(2)
        )
    }

    #[test]
    fn a_no_that_can_be_amended_is_read_closed_and_open() {
        let amend = "Esc to cancel · Tab to amend";
        let closed = check(&permission(" ❯ 2. No", amend), &[(1, Opens::Tab)], None);
        let open = |label: &str, text: &str| {
            let rows = permission(&format!(" ❯ 2. {label}"), "Esc to cancel");
            let dialog = check(&rows, &[(1, Opens::Tab)], Some((1, text)));
            assert_eq!(dialog.identity(), closed.identity(), "{label}");
            assert_eq!(dialog.options[1].label, "No");
            assert_eq!(dialog.allow_once_key(), None, "a key is a letter there");
        };
        open("No, and tell Claude what to do differently", "");
        open("No, 1. Yes, always", "1. Yes, always");
        open("No, use \"make\", not\n      that", "use \"make\", not that");
        check(&permission(" ❯ 2. No", "Esc to cancel"), &[], None);
    }

    #[test]
    fn what_a_lasting_grant_is_for_can_be_written_while_it_is_marked() {
        let grant = |mark: &str, text: &str| {
            let rows = permission(
                &format!(" {mark} 2. Yes, and don’t ask again for: {text}\n   3. No"),
                "Esc to cancel",
            );
            if mark == "❯" { rows } else { rows.replace("   1. Yes", " ❯ 1. Yes") }
        };
        let closed = check(&grant(" ", "git commit *"), &[], None);
        assert_eq!(closed.allow_once_key(), Some("1"));
        for text in ["git commit *", "git commit *11"] {
            let open = check(&grant("❯", text), &[], Some((1, text)));
            assert_eq!((open.allow_once_key(), open.deny_key()), (None, None), "a key is a letter there");
            assert_eq!(open.identity(), closed.identity(), "{text}");
            assert_eq!(open.options[1].label, format!("Yes, and don't ask again for: {text}"));
        }
    }

    #[test]
    fn a_no_that_interrupts_gives_the_composer_back() {
        let label = "   2. No, and tell Claude what to do differently (esc)";
        let rows = permission(label, "Esc to cancel").replace("   1. Yes", " ❯ 1. Yes");
        check(&rows, &[(1, Opens::Composer)], None);
    }

    #[test]
    fn the_answer_to_a_question_is_read_closed_and_open() {
        let edit = "ctrl+g to edit in Vim · ";
        let closed = check(&question(1, "Type something.", ""), &[(1, Opens::Key)], None);
        for (text, want) in [("Type something.", ""), ("2. \"x\" !/#@", "2. \"x\" !/#@")] {
            let open = check(&question(2, text, edit), &[(1, Opens::Key)], Some((1, want)));
            assert_eq!(open.identity(), closed.identity(), "{text}");
        }
        // Another option's field, or none.
        check(&question(1, "blue", edit), &[], None);
        check(&question(2, "blue", ""), &[], None);
    }
}
