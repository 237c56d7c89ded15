//! A session on a wall that is too small for tiles: one line.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::wall::Stale;
use crate::app::state::{Session, State};
use crate::domain::text;
use crate::theme::{Role, Theme};
use crate::view::paint::{self, Pen};
use crate::view::words;

use super::{Sight, head, masked};

/// Draws it.
pub fn draw(
    buf: &mut Buffer,
    area: Area,
    state: &State,
    theme: &Theme,
    session: &Session,
    stale: Option<Stale>,
) {
    let Sight { now, stale, told, loud } = Sight::of(session, state, stale);
    let (style, name_style) = if loud {
        let style = head::loud(theme, told.role);
        paint::fill(buf, area, style);
        (style, style)
    } else {
        (theme.style(told.role), theme.style(Role::Text))
    };
    let mut pen = Pen::row(buf, area, 0);
    pen.put(told.shape, style).skip(1);
    let name = masked(&session.label);
    let least = text::width(&name).min(10) as u16 + 1;
    let word = if stale { format!("was {}", told.word) } else { told.word.to_owned() };
    let age = words::short_aged(session, now);
    for part in [age, word] {
        if text::width(&part) as u16 + least <= pen.left() {
            pen.right(&part, style);
        }
    }
    pen.put(&words::short_name(&name, usize::from(pen.left())), name_style);
}
