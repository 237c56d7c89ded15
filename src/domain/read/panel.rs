//! A panel that an agent draws beside what it says and asks (Claude Code shows the last change there, on wide panes): its
//! border is a column of bars from the first row down. What stands behind it is no part of what stands before it.

use crate::domain::screen::Row;
use crate::domain::text;

/// A border is a bar.
const BAR: char = '│';
/// Left of a panel is room for a dialog, and a panel is at least so wide.
const LEAST: (usize, usize) = (40, 8);
/// Rows that a border has at least.
const ROWS: usize = 8;

/// The border of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Panel {
    /// It stands in so many rows, from the first.
    pub rows: usize,
    /// The column that it stands in.
    pub column: usize,
}

/// Finds the panel beside `used` rows of a screen that is `width` columns wide. Its border ends with the last row, or at a
/// rule across the whole screen. A border that ends elsewhere is none: something that was printed must not hide the end
/// of a row that asks.
pub(super) fn find(used: &[Row], width: usize) -> Option<Panel> {
    let first = used.first()?.text();
    if !first.contains(BAR) {
        return None;
    }
    let mut column = 0;
    for c in first.chars() {
        if c == BAR && column >= LEAST.0 && column + LEAST.1 <= width {
            let rows = used.iter().take_while(|r| stands_in(r, column)).count();
            if rows >= ROWS && used.get(rows).is_none_or(|r| is_rule_across(r, width)) {
                return Some(Panel { rows, column });
            }
        }
        column += text::char_width(c);
    }
    None
}

fn stands_in(row: &Row, column: usize) -> bool {
    row.byte_of_column(column).is_some_and(|at| row.text()[at..].starts_with(BAR))
}

fn is_rule_across(row: &Row, width: usize) -> bool {
    let text = row.trimmed();
    text::width(text) + 1 >= width && text.chars().filter(|&c| c == '─').count() * 2 > width
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::screen::Screen;

    /// Rows of text, each with a bar in column 40 and what stands behind it.
    fn beside(rows: &[&str], behind: &str) -> String {
        rows.iter().fold(String::new(), |text, r| text + &format!("{r:40}│{behind}\n"))
    }

    fn check(text: &str, want: Option<(usize, usize)>) {
        let screen = Screen::plain(text);
        let found = find(screen.used_rows(), 60).map(|p| (p.rows, p.column));
        assert_eq!(found, want, "{text}");
    }

    #[test]
    fn a_border_goes_down_to_the_end_or_to_the_composer() {
        let rows = ["a dialog"; 9];
        let rule = "─".repeat(60);
        check(&beside(&rows, " 1 + one"), Some((9, 40)));
        check(&beside(&rows, ""), Some((9, 40)));
        check(&(beside(&rows, "") + &rule + "\n❯\n" + &rule), Some((9, 40)));
        // Something printed, with a dialog below it that has no border.
        check(&(beside(&rows, "") + " Do you want to proceed?\n ❯ 1. Yes\n"), None);
        check(&(beside(&rows, "") + &rule[..60] + "\n ❯ 1. Yes\n"), None);
        check(&beside(&rows[..7], ""), None);
        check(&format!("no bar here\n{}", beside(&rows, "")), None);
        check(&beside(&["漢字"; 9], " x").replace("漢字  ", "漢字"), Some((9, 40)));
        check("", None);
    }
}
