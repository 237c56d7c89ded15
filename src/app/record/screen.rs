//! A screen as a recording has it: rows of runs, a run that looks like nothing special as its text alone. Not the form of
//! fixtures, which keep the bytes of a capture.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::screen::{Attrs, Color, Cursor, Row, Screen, Style};

#[derive(Serialize, Deserialize)]
struct Shown {
    size: (u16, u16),
    cursor: Option<Cursor>,
    alternate: Option<bool>,
    rows: Vec<Line>,
}

/// Runs, and whether characters were left out of them.
#[derive(Serialize, Deserialize)]
struct Line(Vec<Run>, bool);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Run {
    Plain(String),
    Styled(String, Paint, Paint, Attrs),
}

/// A colour: none, a number of the palette, or three.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Paint {
    Default,
    Indexed(u8),
    Rgb(u8, u8, u8),
}

impl From<Color> for Paint {
    fn from(color: Color) -> Self {
        match color {
            Color::Default => Self::Default,
            Color::Indexed(n) => Self::Indexed(n),
            Color::Rgb(r, g, b) => Self::Rgb(r, g, b),
        }
    }
}

impl From<&Paint> for Color {
    fn from(paint: &Paint) -> Self {
        match *paint {
            Paint::Default => Self::Default,
            Paint::Indexed(n) => Self::Indexed(n),
            Paint::Rgb(r, g, b) => Self::Rgb(r, g, b),
        }
    }
}

impl Run {
    fn of((text, style): (&str, Style)) -> Self {
        if style == Style::default() {
            Self::Plain(text.to_owned())
        } else {
            Self::Styled(text.to_owned(), style.fg.into(), style.bg.into(), style.attrs)
        }
    }

    fn parts(&self) -> (&str, Style) {
        match self {
            Self::Plain(text) => (text, Style::default()),
            Self::Styled(text, fg, bg, attrs) => {
                (text, Style { fg: fg.into(), bg: bg.into(), attrs: *attrs })
            }
        }
    }
}

/// Writes a screen.
pub fn serialize<S: Serializer>(screen: &Arc<Screen>, to: S) -> Result<S::Ok, S::Error> {
    let line = |row: &Row| Line(row.runs().map(Run::of).collect(), row.hides());
    let rows = screen.rows.iter().map(line).collect();
    let size = (screen.width, screen.height);
    Shown { size, cursor: screen.cursor, alternate: screen.alternate, rows }.serialize(to)
}

/// Reads it back. What may not be drawn is not read: a recording may come from anybody.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Screen>, D::Error> {
    let Shown { size: (width, height), cursor, alternate, rows } = Shown::deserialize(from)?;
    let row = |Line(runs, hides): &Line| Row::of_runs(runs.iter().map(Run::parts), *hides);
    Ok(Arc::new(Screen { width, height, rows: rows.iter().map(row).collect(), cursor, alternate }))
}
