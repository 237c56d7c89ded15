//! What a change does to a text, as lines: what goes, what comes, and a little around it. For a person to read before it is
//! written: printable, secrets masked.

use crate::domain::redact::Secrets;
use crate::domain::text;

/// Lines shown around the change.
const AROUND: usize = 3;

/// The lines of the change; empty if there is none.
pub fn lines(old: &str, new: &str) -> Vec<String> {
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = old_lines.iter().zip(&new_lines).take_while(|(a, b)| a == b).count();
    let rest = old_lines.len().min(new_lines.len()) - same;
    let ends =
        old_lines.iter().rev().zip(new_lines.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&old_lines[same..old_lines.len() - ends], &new_lines[same..new_lines.len() - ends]);
    if gone.is_empty() && come.is_empty() {
        return Vec::new();
    }
    let before = &old_lines[same.saturating_sub(AROUND)..same];
    let after = &old_lines[old_lines.len() - ends..];
    let shown = |mark: char, lines: &[&str]| {
        let line = |l: &&str| {
            format!("{mark} {}", Secrets::builtin().mask(&text::printable(&l.replace('\t', "    "))))
        };
        lines.iter().map(line).collect::<Vec<String>>()
    };
    [shown(' ', before), shown('-', gone), shown('+', come), shown(' ', &after[..after.len().min(AROUND)])]
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_and_comes_is_shown_with_its_neighbours() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9";
        assert_eq!(
            lines(old, "1\n2\n3\n4\nx\ny\n6\n7\n8\n9").join("|"),
            "  2|  3|  4|- 5|+ x|+ y|  6|  7|  8"
        );
        assert_eq!(lines("a\na", "a\na\na").join("|"), "  a|  a|+ a");
        assert_eq!(lines("", "{\n}").join("|"), "+ {|+ }");
        assert!(lines(old, old).is_empty());
    }

    #[test]
    fn nothing_reaches_the_terminal_but_text() {
        let new = "\u{1b}[31mred\t\u{202e}x\n\"key\": \"sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789\"";
        let shown = lines("", new).join("\n");
        assert!(
            !shown.contains('\u{1b}') && !shown.contains('\u{202e}') && !shown.contains("klmnop"),
            "{shown}"
        );
    }
}
