//! What the server checks in the same command before it sends a key: that the rows of a screen are still there. A row
//! becomes a regular expression by one function; nothing of a pane's text reaches tmux in any other way. Marks by which
//! one command becomes another (`a.b`, `a;b`) are told apart.
//!
//! `#{C/r:…}` gives the first row, from the top and from 1, that a pattern matches; so the place is compared, too. Rows
//! without a letter or digit (blanks, rules) are not compared. What it cannot see is what the program wrote and tmux has not read yet.

use crate::domain::screen::{Row, Screen};

/// Marks that make another command of a line: compared as themselves. The others cannot stand in a format, or say little;
/// one of them may stand for another of them, never for one of these.
const EXACT: &str = ";|&<>()$*?!=+\".'`~\\#";
/// The same as a format says it: `##` is its `#`.
const EXACT_SAID: &str = ";|&<>()$*?!=+\".'`~\\##";

/// From this column on a panel may stand beside a dialog.
const PANEL: usize = 40;

/// More conditions than this are not nested: tmux reads 99 levels and takes the 101st for false.
const MOST: usize = 90;

/// One condition for each row that says something, from `first` to `last`. `None` if the server cannot be asked: nothing
/// to compare, too much, or a row that also stands above the block, where the server would find it instead.
pub fn rows(screen: &Screen, (first, last): (u16, u16)) -> Option<Vec<String>> {
    let (first, last) = (usize::from(first), usize::from(last));
    let shapes: Vec<Shape> = screen.rows.iter().take(last + 1).map(shape_of).collect();
    let panel = panel(screen.rows.get(first..=last).unwrap_or_default());
    let mut conditions = Vec::new();
    for at in first..=last {
        let own = shapes.get(at)?;
        if !is_compared(own.row) || is_beside(own.row, panel) {
            continue;
        }
        match shapes[..at].iter().position(|row| fits(own, row)) {
            // Told by its double within the block, as far as the server can tell.
            Some(double) if double >= first => continue,
            Some(_) => return None,
            None => {}
        }
        conditions.push(condition(own, at + 1));
    }
    (!conditions.is_empty() && conditions.len() <= MOST).then_some(conditions)
}

/// Whether [`rows`] compares every row that says something: one that reads like another within the block is passed over, and
/// so is one without a letter or digit that the server can tell, `&& $_` or a word in Thai. A frame says nothing.
pub fn tells_all(screen: &Screen, (first, last): (u16, u16)) -> bool {
    let block = screen.rows.get(usize::from(first)..=usize::from(last)).unwrap_or_default();
    let panel = panel(block);
    let says = |row: &&Row| !is_frame(row.trimmed()) && !is_beside(row.trimmed(), panel);
    let rows: Vec<Shape> = block.iter().filter(says).map(shape_of).collect();
    let alike = |a: &Shape, b: &Shape| fits(a, b) || fits(b, a);
    let passed_over = |(i, a): (usize, &Shape)| rows[..i].iter().any(|b| alike(a, b));
    rows.iter().all(|shape| is_compared(shape.row)) && !rows.iter().enumerate().any(passed_over)
}

fn is_compared(row: &str) -> bool {
    row.chars().any(|c| c.is_alphanumeric() && sign(c) == Sign::Plain(c))
}

/// Blanks and lines.
fn is_frame(row: &str) -> bool {
    row.chars().all(is_line)
}

fn is_line(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2500}'..='\u{257f}' | '▔' | '▁')
}

/// Where a panel begins that stands beside all rows of a block: Claude Code puts its list of changes there on wide screens, and
/// repeats itself in it. The right edge of a frame may be taken for one: then its empty rows are not compared.
fn panel(block: &[Row]) -> Option<usize> {
    let edge =
        |row: &Row| row.text().chars().enumerate().skip(PANEL).find(|(_, c)| *c == '│').map(|(at, _)| at);
    let first = edge(block.first().filter(|_| block.len() > 1)?)?;
    block.iter().all(|row| edge(row) == Some(first)).then_some(first)
}

/// The dialog's own part of the row says nothing: what stands in the panel beside it is not compared for it.
fn is_beside(row: &str, panel: Option<usize>) -> bool {
    panel.is_some_and(|at| row.chars().take(at).all(is_line))
}

/// Conditions for the rows from `first` to the end that can be compared, and for the cursor; the others are passed over.
/// `None` if nothing says that the screen is still the same.
pub fn spot(screen: &Screen, first: u16) -> Option<Vec<String>> {
    let last = u16::try_from(screen.rows.len()).unwrap_or(u16::MAX);
    let mut conditions: Vec<String> =
        (first..last).filter_map(|row| rows(screen, (row, row))).flatten().take(MOST - 20).collect();
    if let Some(cursor) = screen.cursor {
        conditions.push(format!("#{{==:#{{cursor_x}},{}}}", cursor.x));
        conditions.push(format!("#{{==:#{{cursor_y}},{}}}", cursor.y));
    }
    (!conditions.is_empty()).then_some(conditions)
}

/// One character of a row, as the server compares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// A letter, a digit, a blank: stands as it is.
    Plain(char),
    /// One of [`EXACT`]: stands in brackets.
    Mark(char),
    /// Any one character that is no such mark.
    Other,
}

/// A row as the server can compare it. Rows are compared by the dozen for one key: nothing of them is copied.
struct Shape<'a> {
    row: &'a str,
    /// The row without its padding and the frame behind it.
    text: &'a str,
    /// The frame at its end, where the row is padded up to it.
    frame: Option<char>,
    /// Where blanks are tabs for the server.
    tabs: Option<&'a Row>,
}

/// The shape of a row. Padding with a tab in it is compared as it is.
fn shape_of(row: &Row) -> Shape<'_> {
    match row.trimmed() {
        text if row.has_tabs() => Shape { row: text, text, frame: None, tabs: Some(row) },
        text => shape(text),
    }
}

/// The blanks between a text and the frame at the end of its row are padding: how many they are says where the frame stands and
/// nothing of the text; counting a hundred of them is most of what a row costs the server.
fn shape(row: &str) -> Shape<'_> {
    let frame = row.chars().next_back().filter(|c| matches!(c, '│' | '┃' | '║'));
    let before = &row[..row.len() - frame.map_or(0, char::len_utf8)];
    let text = before.trim_end_matches(' ');
    if frame.is_some() && before.len() - text.len() >= 2 {
        Shape { row, text, frame, tabs: None }
    } else {
        Shape { row, text: row, frame: None, tabs: None }
    }
}

/// Letters and digits of any script, blanks and what is harmless in a format and in a pattern stay, marks that matter are told
/// apart, and everything else is some other character.
fn sign(c: char) -> Sign {
    match c {
        ' ' | '_' | '/' | '-' => Sign::Plain(c),
        _ if c.is_ascii_alphanumeric() || plain(c) => Sign::Plain(c),
        _ if EXACT.contains(c) => Sign::Mark(c),
        _ => Sign::Other,
    }
}

/// That the first row of that shape is this one, counted from 1.
fn condition(shape: &Shape, row: usize) -> String {
    // Room for a dozen marks.
    let mut out = String::with_capacity(shape.text.len() + 64);
    out.push_str("#{==:#{C/r:^");
    pattern(shape, &mut out);
    out.push_str("$},");
    out.push_str(&row.to_string());
    out.push('}');
    out
}

/// The shape as a pattern.
fn pattern(shape: &Shape, out: &mut String) {
    let mut from = 0;
    for (at, c) in shape.text.char_indices() {
        if let Some(end) = shape.tabs.and_then(|row| row.tab_at(at)) {
            out.push('\t');
            from = end;
        }
        if at < from {
            continue;
        }
        match sign(c) {
            Sign::Plain(c) => out.push(c),
            Sign::Mark('#') => out.push_str("[##]"),
            Sign::Mark(c) => out.extend(['[', c, ']']),
            Sign::Other => out.extend(["[^", EXACT_SAID, "]"]),
        }
    }
    if let Some(frame) = shape.frame {
        out.push_str("   *");
        out.push(frame);
    }
}

/// A mark or a letter beyond ASCII that is one character for tmux, too: nothing that combines with another.
fn plain(c: char) -> bool {
    // Frames, too: told as they are they cost the server less than as any other character.
    let marks = matches!(c, '❯' | '›' | '●' | '○' | '◉' | '✓' | '✔' | '│' | '┃' | '║' | '─' | '━');
    let alphabets = matches!(c, '\u{c0}'..='\u{24f}' | '\u{391}'..='\u{3c9}' | '\u{410}'..='\u{44f}');
    let others = matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    marks || ((alphabets || others) && c.is_alphabetic())
}

/// Whether the pattern of a shape matches a whole row of that shape.
fn fits(pattern: &Shape, row: &Shape) -> bool {
    let meets = |p, c| p == c || (sign(p) == Sign::Other && !matches!(sign(c), Sign::Mark(_)));
    let mut row = row.row.chars();
    if !pattern.text.chars().all(|p| row.next().is_some_and(|c| meets(p, c))) {
        return false;
    }
    match pattern.frame {
        None => row.as_str().is_empty(),
        // At least two blanks, then the frame.
        Some(frame) => row
            .as_str()
            .strip_suffix(frame)
            .is_some_and(|blanks| blanks.len() >= 2 && blanks.bytes().all(|b| b == b' ')),
    }
}

/// All conditions. tmux 3.7 reads a format for a tenth of a second and takes all that it has not read by then for empty; and
/// two sides of a comparison that are both empty are equal. So something that is true only if it is read stands behind all.
pub fn all(conditions: &[String]) -> String {
    if conditions.is_empty() {
        return "1".to_owned();
    }
    let room: usize = conditions.iter().map(|c| c.len() + "#{&&:,}".len()).sum();
    let mut out = String::with_capacity(room + 8);
    out.push_str("#{&&:");
    nested(conditions, &mut out);
    out.push_str(",1}");
    out
}

/// Nested in pairs: `#{&&:a,b,c}` would read a and b only. Each level is read anew by the server, so there are as few as can be.
fn nested(conditions: &[String], out: &mut String) {
    match conditions {
        [] => out.push('1'),
        [one] => out.push_str(one),
        _ => {
            let (half, rest) = conditions.split_at(conditions.len() / 2);
            out.push_str("#{&&:");
            nested(half, out);
            out.push(',');
            nested(rest, out);
            out.push('}');
        }
    }
}

/// A word compared as it is: nothing in it means anything to a format.
pub fn equals(format: &str, word: &str) -> Option<String> {
    let inert = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    (!word.is_empty() && word.chars().all(inert)).then(|| format!("#{{==:{format},{word}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(shape: &Shape) -> String {
        let mut out = String::new();
        pattern(shape, &mut out);
        out
    }

    #[test]
    fn rows_become_patterns_with_their_place() {
        let screen = Screen::plain("same\n Do you? (y/n)\n────\n\n❯ 1. Yes, #(reboot) } é\nsame");
        let got = rows(&screen, (0, 4)).expect("three rows");
        assert_eq!(
            got,
            [
                "#{==:#{C/r:^same$},1}",
                "#{==:#{C/r:^ Do you[?] [(]y/n[)]$},2}",
                "#{==:#{C/r:^❯ 1[.] Yes@ [##][(]reboot[)] @ é$},5}"
                    .replace('@', &format!("[^{EXACT_SAID}]"))
                    .as_str(),
            ]
        );
        assert_eq!(rows(&screen, (2, 3)), None, "nothing to compare");
        assert_eq!(rows(&screen, (4, 5)), None, "the server would find the other one");
        assert_eq!(rows(&screen, (0, 5)).map(|c| c.len()), Some(3), "its double stands in the block");
        assert_eq!(rows(&screen, (3, 9)), None, "beyond the screen");
    }

    #[test]
    fn a_tab_is_compared_as_a_tab() {
        let screen = crate::domain::ansi::parse("git\tpush x\n│ ls\t│".as_bytes(), 60, 2);
        let want = ["#{==:#{C/r:^git\tpush x$},1}", "#{==:#{C/r:^│ ls\t│$},2}"];
        assert_eq!(rows(&screen, (0, 1)).as_deref(), Some(&want.map(str::to_owned)[..]));
        // The server may find either of these first.
        let screen = crate::domain::ansi::parse(b"a       b\na\tb", 60, 2);
        assert_eq!(rows(&screen, (1, 1)), None);
        assert!(!tells_all(&screen, (0, 1)));
    }

    #[test]
    fn a_row_that_is_passed_over_is_not_told() {
        let check = |text: &str, want: bool| {
            let screen = Screen::plain(text);
            let last = u16::try_from(screen.rows.len()).expect("a few") - 1;
            assert_eq!(tells_all(&screen, (0, last)), want, "{text:?}");
            let compared = rows(&screen, (0, last)).map_or(0, |c| c.len());
            let says = screen.rows.iter().filter(|r| !is_frame(r.trimmed()));
            assert_eq!(compared == says.count(), want, "{text:?}");
        };
        check("touch ab\ntouch a,b\n 1. Yes", true);
        check("touch axb\ntouch a,b\n 1. Yes", false);
        check("touch a,b\ntouch a:b\n 1. Yes", false);
        check("touch a.b\ntouch a;b\n 1. Yes", true);
        check("╭────╮\n│ ls │\n│    │\n╰────╯\n\n▔▔▔▔\n 1. Yes", true);
        check("cd a\n> ..\n 1. Yes", false);
        check("mkdir a\n&& $_\n 1. Yes", false);
        check("ลบ\n 1. Yes", false);
        check("│ ลบ │\n 1. Yes", false);
        check("מחק\n 1. Yes", false);
        check("----\n 1. Yes", false);
    }

    #[test]
    fn a_panel_beside_a_dialog_that_repeats_itself_does_not_keep_it_from_being_told() {
        let left = |text: &str| format!("{text:<60}");
        let rows = |lines: &[(&str, &str)]| {
            lines.iter().map(|(a, b)| format!("{}│{b}", left(a))).collect::<Vec<_>>().join("\n")
        };
        let again = "New file not yet staged.";
        let screen = |command: &str| {
            let lines = [
                ("said", again),
                ("", again),
                ("", ""),
                ("", again),
                (command, "a.rs"),
                ("", again),
                ("❯ 1. Yes", ""),
            ];
            Screen::plain(&rows(&lines))
        };
        let told = rows_of(&screen("ls"), (3, 6));
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(tells_all(&screen("ls"), (3, 6)));
        // What stands in the dialog itself is compared, and must not stand above.
        assert_ne!(told, rows_of(&screen("rm"), (3, 6)));
        assert_eq!(
            super::rows(&Screen::plain(&rows(&[("ls", ""), ("ls", ""), ("1. Yes", "")])), (1, 2)),
            None
        );
        // One row without it, and it is no panel.
        let broken = screen("ls").to_text().replace("│a.rs", "");
        assert_eq!(super::rows(&Screen::plain(&broken), (3, 6)), None);
        // In a frame all is the dialog's own.
        let framed = Screen::plain("│ ls │\n│ 1. Yes │\n");
        assert_eq!(rows_of(&framed, (0, 1)).len(), 2);
    }

    fn rows_of(screen: &Screen, at: (u16, u16)) -> Vec<String> {
        rows(screen, at).expect("it can be compared")
    }

    #[test]
    fn another_command_is_another_row() {
        let check = |one: &str, other: &str, want: bool| {
            assert_eq!(fits(&shape(one), &shape(other)), want, "{one:?} {other:?}");
        };
        check("touch a,b", "touch a:b", true);
        check("touch a,b", "touch a;b", false);
        check("touch a.b", "touch a|b", false);
        check("touch a.b", "touch a.b", true);
        check("touch a.b", "touch a,b", false);
        check("touch a", "touch ab", false);
        check("echo 'id'", "echo `id`", false);
        check("echo ',a;b,", "echo 'a;b'", false);
        check("cat ~/x", "cat @/x", false);
        check("echo #a", "echo ,a", false);
        check("echo \\a", "echo ,a", false);
        check("│ ls    │", "│ ls     │", true);
        check("│ ls    │", "│ ls │", false);
        check("│ ls    │", "│ ls    x │", false);
        check("│ ls    │", "│ ls    ", false);
        check("│ ls x    y │", "│ ls x     y │", false);
        assert_eq!(told(&shape("│ ls    │")), "│ ls   *│");
    }

    #[test]
    fn words_that_mean_something_are_not_compared() {
        assert_eq!(equals("#{x}", "2.1.330").as_deref(), Some("#{==:#{x},2.1.330}"));
        for bad in ["", "a,b", "a}", "#(x)", "a b"] {
            assert_eq!(equals("#{x}", bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_row_acts(row in "\\PC*") {
            let p = told(&shape(&row)).replace("   *", "");
            // What would act in a pattern, or in a format, stands in brackets only.
            let rest = EXACT.chars().fold(p.replace(&format!("[^{EXACT_SAID}]"), "").replace("[##]", ""), |p, c| p.replace(&format!("[{c}]"), ""));
            // What would act in a format, in whatever place.
            prop_assert!(!rest.contains(|c: char| "#{},'\\%:~`@".contains(c)), "{}", p);
            prop_assert!(!rest.contains(|c: char| "[]^".contains(c) || EXACT.contains(c)), "{}", p);
            prop_assert!(fits(&shape(&row), &shape(&row)));
        }
    }
}
