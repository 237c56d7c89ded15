//! The agent's colours and its ways to break and indent text. Not what is on the screen (`look`, `dialog`).

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use crate::domain::text;

/// Hints, footers, results.
pub const GREY: Style = Style::new().fg(Color::Indexed(246));
/// The rules around the composer.
pub const RULE: Style = Style::new().fg(Color::Indexed(244));
/// The dashed rules of a dialog.
pub const DASH: Style = Style::new().fg(Color::Indexed(239));
/// Marked options, dialog frames.
pub const BLUE: Style = Style::new().fg(Color::Indexed(153));
/// The frame of a plan.
pub const TEAL: Style = Style::new().fg(Color::Indexed(73));
/// The spinner and the mascot.
pub const CLAY: Style = Style::new().fg(Color::Indexed(174));
/// Failed.
pub const PINK: Style = Style::new().fg(Color::Indexed(211));
/// Errors of the API, warnings.
pub const YELLOW: Style = Style::new().fg(Color::Indexed(220));
/// Tool calls that went well.
pub const GREEN: Style = Style::new().fg(Color::Indexed(77));
/// The bullet of what the model says.
pub const WHITE: Style = Style::new().fg(Color::Indexed(231));
/// Line numbers.
pub const DIM: Style = Style::new().add_modifier(Modifier::DIM);
/// Names.
pub const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
/// As the terminal draws it.
pub const PLAIN: Style = Style::new();
/// A submitted message.
pub const MESSAGE: Style = Style::new().fg(Color::Indexed(231)).bg(Color::Indexed(237));
/// A removed line and its number.
pub const GONE: (Style, Style) = (
    Style::new().fg(Color::Indexed(167)).bg(Color::Indexed(52)),
    Style::new().fg(Color::Indexed(231)).bg(Color::Indexed(52)),
);
/// An added line and its number.
pub const ADDED: (Style, Style) = (
    Style::new().fg(Color::Indexed(77)).bg(Color::Indexed(22)),
    Style::new().fg(Color::Indexed(231)).bg(Color::Indexed(22)),
);

/// A line of one style.
pub fn line(text: impl Into<String>, style: Style) -> Line<'static> {
    Line::from(Span::styled(text.into(), style))
}

/// A piece of a line.
pub fn span(text: impl Into<String>, style: Style) -> Span<'static> {
    Span::styled(text.into(), style)
}

/// A rule over the whole width.
pub fn rule(glyph: &str, width: u16, style: Style) -> Line<'static> {
    line(glyph.repeat(width.into()), style)
}

/// Breaks text at blanks so that no row is wider than `width`; words that are wider are cut. Line ends are kept.
pub fn wrap(raw: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut out = Vec::new();
    for paragraph in raw.split('\n') {
        let mut row = String::new();
        let mut used = 0;
        for word in paragraph.split_inclusive(' ') {
            let w = text::width(word.trim_end());
            if used > 0 && used + w > width {
                out.push(row.trim_end().to_owned());
                row.clear();
                used = 0;
            }
            for c in word.chars() {
                let cw = text::char_width(c);
                if used + cw > width && c != ' ' {
                    out.push(std::mem::take(&mut row));
                    used = 0;
                }
                row.push(c);
                used += cw;
            }
        }
        out.push(row.trim_end().to_owned());
    }
    out
}

/// Wrapped text with a head on the first row and blanks of the same width before the others.
pub fn hang(head: Vec<Span<'static>>, body: &str, style: Style, width: u16) -> Vec<Line<'static>> {
    let indent = Line::from(head.clone()).width();
    let mut head = Some(head);
    wrap(body, usize::from(width).saturating_sub(indent))
        .into_iter()
        .map(|row| {
            let mut spans = head.take().unwrap_or_else(|| vec![Span::raw(" ".repeat(indent))]);
            spans.push(span(row, style));
            Line::from(spans)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_broken_at_blanks_and_long_words_are_cut() {
        let check = |raw: &str, width, want: &[&str]| assert_eq!(wrap(raw, width), want, "{raw:?}");
        check("one two three", 8, &["one two", "three"]);
        check("a\nb", 8, &["a", "b"]);
        check("abcdefghij", 4, &["abcd", "efgh", "ij"]);
        check("漢字漢字", 5, &["漢字", "漢字"]);
        check("", 5, &[""]);
        check("    indented", 20, &["    indented"]);
    }

    proptest! {
        #[test]
        fn no_row_is_wider_than_asked(raw in "[a-z 漢\n]{0,80}", width in 2_usize..30) {
            for row in wrap(&raw, width) {
                prop_assert!(text::width(&row) <= width, "{row:?}");
            }
        }
    }
}
