//! Which characters may stand in a command, or in a path, at all. What they mean is for `lex`.

use super::Fault;
use crate::domain::text;

/// The fault of the first character that may stand nowhere, not even in quotes.
pub fn refused(text: &str) -> Option<Fault> {
    text.chars().find_map(|c| match c {
        '\n' | ' '..='~' => None,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Some(Fault::Control(c as u32)),
        '…' => Some(Fault::Ellipsis),
        c if is_plainly_visible(c) => None,
        c => Some(Fault::Invisible(c as u32)),
    })
}

/// True for characters beyond ASCII that a person sees for what they are: letters, digits, common punctuation and
/// symbols. Blanks other than the space, joiners, fillers, marks, selectors, private and unassigned ones are not.
fn is_plainly_visible(c: char) -> bool {
    let symbol = matches!(c,
        '\u{a1}'..='\u{bf}' | '×' | '÷'
        | '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201f}' | '•' | '€'
        | '\u{2190}'..='\u{23ff}' | '\u{2500}'..='\u{27bf}' | '\u{3001}'..='\u{3003}'
        | '\u{1f300}'..='\u{1faff}');
    !text::is_unseen(c) && (c.is_alphanumeric() || symbol)
}

/// Whether a shell would find more than text in it between double quotes: all is text but what is named here, and a `$` that nothing
/// follows.
pub(super) fn means_something(text: &str) -> bool {
    text.strip_suffix('$').unwrap_or(text).contains(['$', '`', '"', '\\', '!', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_cannot_see_is_refused() {
        for c in [
            '\r',
            '\t',
            '\x1b',
            '\0',
            '\u{7f}',
            '\u{85}',
            '\u{a0}',
            '\u{ad}',
            '\u{200b}',
            '\u{200d}',
            '\u{202e}',
            '\u{2028}',
            '\u{2060}',
            '\u{2066}',
            '\u{3000}',
            '\u{3164}',
            '\u{feff}',
            '\u{fe0f}',
            '\u{e0041}',
            '\u{301}',
            '\u{2800}',
            '\u{e000}',
            '\u{180e}',
            '\u{34f}',
            '…',
        ] {
            assert!(refused(&format!("ls {c}x")).is_some(), "U+{:04X}", c as u32);
        }
    }

    #[test]
    fn letters_and_common_signs_are_not() {
        assert_eq!(refused("fix: «Größe» für 漢字 – it’s “done” → ✓ ✅ 🚀 €5"), None);
    }
}
