//! A pane's screen onto cells: its own colours and attributes, cropped, never resized. Which part of it is worth showing is
//! decided here too; frames and names are for `tile`.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::app::areas::Area;
use crate::app::state::Session;
use crate::domain::screen::{self, Attrs, Screen};
use crate::theme::{Role, Theme};

use super::paint::{self, Strip};

/// What to do with a screen beside drawing it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// It is no longer what the pane shows: drawn dim.
    pub stale: bool,
    /// Columns of the pane that are left out at the left.
    pub skip: u16,
    /// Keys go there now: the cursor is drawn in the colours of typing.
    pub typing: bool,
}

/// The last row of a session's screen that has to be seen: the lower of the last used row and the cursor's.
pub fn anchor(session: &Session) -> u16 {
    session.visible_screen().map_or(0, |screen| {
        let used = screen.used_rows().len().saturating_sub(1) as u16;
        let cursor = screen.cursor.map_or(0, |c| c.y);
        used.max(cursor).min(screen.height.saturating_sub(1))
    })
}

/// The first row to draw so that the anchor row is the last one seen, and no row above is wasted.
pub const fn top(anchor: u16, rows: u16) -> u16 {
    (anchor + 1).saturating_sub(rows)
}

/// The rows of a session's screen that are worth the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    /// The first row seen.
    pub top: u16,
    /// A dialog is open and its head does not fit: what it is about has to be told in another way.
    pub headless: bool,
}

/// Chooses the rows: up to the anchor, no row above wasted; an open dialog whole if it fits, else its end, where the
/// choices are.
pub fn crop(session: &Session, rows: u16) -> Crop {
    let top = top(anchor(session), rows);
    // A held screen is older than the dialog that is open now.
    match session.dialog().filter(|_| session.held.is_none()).map(|d| d.rows) {
        Some((first, last)) if first < top => {
            let end = (last + 1).saturating_sub(rows);
            Crop { top: first.max(end), headless: end > first }
        }
        _ => Crop { top, headless: false },
    }
}

/// Draws the rows from `top` on into an area.
pub fn draw(buf: &mut Buffer, area: Area, screen: &Screen, theme: &Theme, top: u16, look: Look) {
    let mut ink = Ink::new(theme, look.stale);
    for y in 0..area.h {
        let Some(row) = screen.rows.get(usize::from(top) + usize::from(y)) else { break };
        let mut strip = Strip::skipping(paint::row(buf, area, y), look.skip.into());
        for (text, style) in row.runs() {
            if strip.full() {
                break;
            }
            let (fg, bg, modifier) = ink.of(style);
            let paint = |cell: &mut Cell| {
                cell.fg = fg;
                cell.bg = bg;
                cell.modifier = modifier;
            };
            if style.attrs.has(Attrs::HIDDEN) {
                strip.blank(text, paint);
            } else {
                strip.write(text, paint);
            }
        }
    }
    cursor(buf, area, screen, theme, top, look);
}

/// The cursor of a pane that shows one: a capture does not hold it.
fn cursor(buf: &mut Buffer, area: Area, screen: &Screen, theme: &Theme, top: u16, look: Look) {
    let Some(cursor) = screen.cursor.filter(|c| c.visible && !look.stale) else { return };
    let (Some(x), Some(y)) = (cursor.x.checked_sub(look.skip), cursor.y.checked_sub(top)) else { return };
    if x < area.w && y < area.h {
        let role = if look.typing { Role::Typing } else { Role::Cursor };
        let at = Area { x: area.x + x, y: area.y + y, w: 1, h: 1 };
        paint::tint(buf, at, theme.style(role));
    }
}

/// Turns a pane's styles into ratatui's; remembers the last one, since runs repeat.
struct Ink<'a> {
    theme: &'a Theme,
    stale: bool,
    last: (screen::Style, (Color, Color, Modifier)),
}

impl<'a> Ink<'a> {
    fn new(theme: &'a Theme, stale: bool) -> Self {
        let plain = screen::Style::default();
        Self { theme, stale, last: (plain, mix(theme, plain, stale)) }
    }

    fn of(&mut self, style: screen::Style) -> (Color, Color, Modifier) {
        if self.last.0 != style {
            self.last = (style, mix(self.theme, style, self.stale));
        }
        self.last.1
    }
}

fn mix(theme: &Theme, style: screen::Style, stale: bool) -> (Color, Color, Modifier) {
    let (mut fg, bg) = theme.pane(color(style.fg), color(style.bg));
    // Blinking is a fact, never motion; hidden text is drawn as blanks.
    let mut modifier = Modifier::empty();
    for (attr, is) in [
        (Attrs::BOLD, Modifier::BOLD),
        (Attrs::DIM, Modifier::DIM),
        (Attrs::ITALIC, Modifier::ITALIC),
        (Attrs::UNDERLINE, Modifier::UNDERLINED),
        (Attrs::REVERSE, Modifier::REVERSED),
        (Attrs::STRIKE, Modifier::CROSSED_OUT),
    ] {
        modifier.set(is, style.attrs.has(attr));
    }
    if stale {
        let faded = theme.style(Role::Stale);
        fg = faded.fg.unwrap_or(fg);
        modifier |= faded.add_modifier;
    }
    (fg, bg, modifier)
}

const fn color(c: screen::Color) -> Color {
    match c {
        screen::Color::Default => Color::Reset,
        screen::Color::Indexed(n) => Color::Indexed(n),
        screen::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::Fleet;
    use crate::domain::dialog::Dialog;
    use crate::domain::read::Reading;
    use crate::domain::roster::{Member, Roster};
    use crate::domain::screen::Cursor;
    use std::sync::Arc;
    use std::time::Duration;

    fn session(used: usize, cursor: Option<u16>, dialog: Option<(u16, u16)>) -> Session {
        let member = Member { name: "a".into(), ..Member::default() };
        let mut fleet = Fleet::new(Roster { members: vec![member], ..Roster::default() });
        fleet.meet(&[], Duration::ZERO);
        let mut session = fleet.sessions.remove(0);
        let mut screen = Screen::plain(&"x\n".repeat(used));
        screen.height = 24;
        screen.cursor = cursor.map(|y| Cursor { x: 0, y, visible: true });
        session.screen = Some(Arc::new(screen));
        let dialog = dialog.map(|rows| Dialog { rows, ..Dialog::default() });
        session.look(Reading { dialog, ..Reading::default() }, Duration::ZERO);
        session
    }

    #[test]
    fn the_rows_that_matter_are_seen() {
        let plain = |top| Crop { top, headless: false };
        for (used, cursor, dialog, rows, want) in [
            (24, None, None, 10, plain(14)),
            (12, None, None, 10, plain(2)),
            (3, None, None, 10, plain(0)),
            (3, Some(15), None, 10, plain(6)),
            (20, Some(2), None, 10, plain(10)),
            (24, None, Some((16, 22)), 10, plain(14)),
            (24, None, Some((12, 20)), 10, plain(12)),
            (24, None, Some((5, 20)), 10, Crop { top: 11, headless: true }),
            (24, None, Some((0, 23)), 24, plain(0)),
            (0, None, None, 10, plain(0)),
            (24, None, Some((5, 20)), 0, Crop { top: 21, headless: true }),
        ] {
            let s = session(used, cursor, dialog);
            assert_eq!(
                crop(&s, rows),
                want,
                "{used} rows, cursor {cursor:?}, dialog {dialog:?}, {rows} seen"
            );
        }
    }
}
