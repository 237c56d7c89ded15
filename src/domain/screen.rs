//! What a pane shows: rows of printable text with styles, and the cursor. A value made by `ansi::parse`; what the text
//! means is for `dialog` and `status`.

use serde::{Deserialize, Serialize};

use super::text;

/// A colour as the pane named it. The terminal's palette gives `Default` and `Indexed` their look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Color {
    /// The terminal's own foreground or background.
    #[default]
    Default,
    /// One of the 256 palette colours; 0 to 15 are the terminal's.
    Indexed(u8),
    /// 24-bit colour.
    Rgb(u8, u8, u8),
}

/// A set of text attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Attrs(u16);

impl Attrs {
    /// Bold.
    pub const BOLD: Self = Self(1);
    /// Dim (SGR 2): placeholders and hints of agents are dim, typed text is not.
    pub const DIM: Self = Self(1 << 1);
    /// Italic.
    pub const ITALIC: Self = Self(1 << 2);
    /// Underlined, in any of its shapes.
    pub const UNDERLINE: Self = Self(1 << 3);
    /// Reverse video.
    pub const REVERSE: Self = Self(1 << 4);
    /// Struck through.
    pub const STRIKE: Self = Self(1 << 5);
    /// Blinking: kept as a fact, never drawn as motion.
    pub const BLINK: Self = Self(1 << 6);
    /// Concealed: drawn as blanks.
    pub const HIDDEN: Self = Self(1 << 7);

    /// True if all of `other` are set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// With `other` added.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With `other` taken away.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// True if nothing is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// How a run of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Style {
    /// Foreground.
    pub fg: Color,
    /// Background.
    pub bg: Color,
    /// Bold, dim and the like.
    pub attrs: Attrs,
}

impl Style {
    /// True if the style paints blanks too: a background, reverse video, underline or strike.
    pub fn paints_blanks(self) -> bool {
        self.bg != Color::Default
            || self.attrs.has(Attrs::REVERSE)
            || self.attrs.has(Attrs::UNDERLINE)
            || self.attrs.has(Attrs::STRIKE)
    }
}

/// A run of one style: it ends (exclusive) at byte `end` of the row's text and starts where the run before ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Byte offset in the row's text.
    pub end: u32,
    /// The look of the run.
    pub style: Style,
}

/// One row: printable text only, with its runs. Trailing blanks that paint nothing are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Row {
    text: String,
    spans: Vec<Span>,
    #[serde(default)]
    hides: bool,
    /// Blanks that are one tab for tmux, as from and to in the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tabs: Vec<(u32, u32)>,
}

impl Row {
    /// A row from text that is already printable and runs that cover it.
    pub(super) fn from_parts(text: String, spans: Vec<Span>, hides: bool) -> Self {
        debug_assert_eq!(spans.last().map_or(0, |s| s.end as usize), text.len());
        Self { text, spans, hides, tabs: Vec::new() }
    }

    /// With the blanks that are tabs.
    pub(super) fn with_tabs(self, tabs: Vec<(u32, u32)>) -> Self {
        Self { tabs, ..self }
    }

    /// A row of runs; characters that may not be drawn are dropped.
    pub fn of_runs<'a>(runs: impl IntoIterator<Item = (&'a str, Style)>, hides: bool) -> Self {
        let mut row = Self { hides, ..Self::default() };
        for (run, style) in runs {
            row.text.push_str(&text::printable(run));
            row.spans.push(Span { end: row.text.len() as u32, style });
        }
        row
    }

    /// A row of one style; characters that may not be drawn are dropped.
    pub fn plain(raw: &str) -> Self {
        let text = text::printable(raw);
        let spans = if text.is_empty() {
            vec![]
        } else {
            vec![Span { end: text.len() as u32, style: Style::default() }]
        };
        let hides = raw.chars().any(|c| !c.is_control() && !text::is_printable(c));
        Self { text, spans, hides, tabs: Vec::new() }
    }

    /// The end of the blanks that begin at this byte and are one tab for tmux.
    pub fn tab_at(&self, at: usize) -> Option<usize> {
        self.tabs.iter().find(|(from, _)| *from as usize == at).map(|(_, to)| *to as usize)
    }

    /// True if some of its blanks are tabs for tmux.
    pub fn has_tabs(&self) -> bool {
        !self.tabs.is_empty()
    }

    /// True if characters were left out that the program wrote and that cannot be shown: what the row says is not all
    /// that stands there.
    pub fn hides(&self) -> bool {
        self.hides
    }

    /// The row's text, painted trailing blanks included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The row's text without trailing blanks.
    pub fn trimmed(&self) -> &str {
        self.text.trim_end()
    }

    /// True if no visible character is in the row.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The runs in order: text and style.
    pub fn runs(&self) -> impl Iterator<Item = (&str, Style)> {
        let mut start = 0;
        self.spans.iter().map(move |s| {
            let run = &self.text[start..s.end as usize];
            start = s.end as usize;
            (run, s.style)
        })
    }

    /// The style of the character that starts at byte `at`, if there is one.
    pub fn style_at(&self, at: usize) -> Option<Style> {
        self.spans.iter().find(|s| at < s.end as usize).map(|s| s.style)
    }

    /// The byte offset of the character that covers column `column` (0-based), if the row is that long.
    pub fn byte_of_column(&self, column: usize) -> Option<usize> {
        let mut used = 0;
        for (i, c) in self.text.char_indices() {
            used += text::char_width(c);
            if used > column {
                return Some(i);
            }
        }
        None
    }
}

/// Where the terminal cursor is, from the top left, 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// Column.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// False if the program hid it; agents hide it and still move it.
    pub visible: bool,
}

/// What a pane shows at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Screen {
    /// Columns of the pane (not of the widest row).
    pub width: u16,
    /// Rows of the pane.
    pub height: u16,
    /// At most `height` rows, from the top; missing rows are blank.
    pub rows: Vec<Row>,
    /// The cursor, where it is known.
    pub cursor: Option<Cursor>,
    /// True while the program uses the alternate screen, where that is known.
    pub alternate: Option<bool>,
}

impl Screen {
    /// A screen of plain text, one row a line, as wide as its widest line. For tests and simple sources.
    pub fn plain(s: &str) -> Self {
        let rows: Vec<Row> = s.lines().map(Row::plain).collect();
        let width = rows.iter().map(|r| text::width(r.text())).max().unwrap_or(0) as u16;
        Self { width, height: rows.len() as u16, rows, cursor: None, alternate: None }
    }

    /// The rows without the blank ones at the end.
    pub fn used_rows(&self) -> &[Row] {
        let used = self.rows.iter().rposition(|r| !r.is_blank()).map_or(0, |i| i + 1);
        &self.rows[..used]
    }

    /// All text, a line per row, trailing blanks and blank rows at the end left out.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for row in self.used_rows() {
            out.push_str(row.trimmed());
            out.push('\n');
        }
        out
    }
}
