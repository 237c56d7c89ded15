//! The procedure's good signs and red flags as they stand now, each with its numbers.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::State;
use crate::domain::branch::signs::{Side, Sign, Standing};
use crate::theme::{Role, Theme};

use super::super::super::paint::{self, Pen};

/// From this width on the two lists stand side by side.
const BESIDE: u16 = 190;
/// Columns of a sign's words.
const WORDS: u16 = 35;

/// Rows that all signs take in so many columns.
pub const fn rows(w: u16) -> u16 {
    if w >= BESIDE { 7 } else { 14 }
}

/// A sign's shape, word and meaning.
const fn told(sign: &Sign) -> (&'static str, &'static str, Role) {
    match (sign.side, sign.standing) {
        (Side::Good, Standing::Well) => ("✔", "holds", Role::Ok),
        (Side::Good, Standing::Ill) => ("▲", "fails", Role::Note),
        (Side::Flag, Standing::Well) => ("✔", "clear", Role::Ok),
        (Side::Flag, Standing::Ill) => ("✖", "RAISED", Role::Problem),
        (_, Standing::Unknown) => ("?", "unknown", Role::Faint),
    }
}

fn count(signs: &[Sign], side: Side, standing: Standing) -> usize {
    signs.iter().filter(|s| s.side == side && s.standing == standing).count()
}

/// The fleet's row: how many good signs hold, how many flags are up.
pub fn summary(buf: &mut Buffer, line: Area, state: &State, theme: &Theme) {
    let signs = state.signs();
    let (holds, raised) =
        (count(&signs, Side::Good, Standing::Well), count(&signs, Side::Flag, Standing::Ill));
    let unknown = signs.iter().filter(|s| s.standing == Standing::Unknown).count();
    let mut pen = Pen::row(buf, line, 0);
    pen.put("  the fleet", theme.style(Role::Strong)).skip(6);
    pen.put(&format!("{holds} of 6 good signs hold"), theme.style(Role::Text));
    let role = if raised > 0 { Role::Problem } else { Role::Text };
    pen.put(" · ", theme.style(Role::Faint)).put(&format!("{raised} of 6 red flags up"), theme.style(role));
    pen.put(&format!(" · {unknown} unknown"), theme.style(Role::Faint));
}

/// Draws all of them.
pub fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    super::super::rule(buf, Area { h: area.h.min(1), ..area }, theme);
    let inner = Area { y: area.y + area.h.min(1), h: area.h.saturating_sub(1), ..area };
    let signs = state.signs();
    let (good, flags): (Vec<&Sign>, Vec<&Sign>) = signs.iter().partition(|s| s.side == Side::Good);
    if inner.w >= BESIDE {
        let half = inner.w / 2;
        list(buf, Area { w: half - 2, ..inner }, theme, "good signs", &good);
        list(buf, Area { x: inner.x + half, w: inner.w - half, ..inner }, theme, "red flags", &flags);
    } else {
        list(buf, inner, theme, "good signs", &good);
        let used = (good.len() as u16 + 1).min(inner.h);
        list(buf, Area { y: inner.y + used, h: inner.h - used, ..inner }, theme, "red flags", &flags);
    }
}

fn list(buf: &mut Buffer, area: Area, theme: &Theme, title: &str, signs: &[&Sign]) {
    Pen::row(buf, area, 0).put(title, paint::alone(theme.style(Role::Strong)));
    for (y, sign) in (1..area.h).zip(signs) {
        let (shape, word, role) = told(sign);
        let mut pen = Pen::row(buf, area, y);
        pen.put(shape, theme.style(role)).skip(1).column(word, 8, theme.style(role));
        pen.column(sign.words, WORDS.min(pen.left()), theme.style(Role::Text));
        pen.put(&sign.numbers, theme.style(Role::Subtext));
    }
}
