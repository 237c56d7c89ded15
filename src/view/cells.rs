//! A pane's screen onto cells: its own colours and attributes, cropped, never resized. Which part of it is worth showing is
//! decided here too; frames and names are for `tile`.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::app::areas::Area;
use crate::app::state::Session;
use crate::domain::screen::{self, Attrs, Row, Screen};
use crate::theme::{Role, Theme};

use super::paint::{self, Pen, Strip};

/// What to do with a screen beside drawing it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// It is no longer what the pane shows: drawn dim.
    pub stale: bool,
    /// Columns of the pane that are left out at the left.
    pub skip: u16,
    /// Keys go there now: the cursor is drawn in the colours of typing.
    pub typing: bool,
    /// Blank rows that are left out.
    pub gap: Option<Gap>,
}

/// Blank rows in the middle of a screen that are not drawn, so that what stands above them is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first row left out; the one above it is blank too.
    pub at: u16,
    /// How many are.
    pub rows: u16,
}

/// A run of blank rows as long as this may be shortened: shorter ones are how agents set their text.
const LONG: u16 = 3;

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
    /// Blank rows in the middle that are left out.
    pub gap: Option<Gap>,
}

/// Chooses the rows: up to the anchor, no row above wasted; an open dialog whole if it fits, else its end, where the
/// choices are, but the marked one at least.
pub fn crop(session: &Session, rows: u16) -> Crop {
    let top = top(anchor(session), rows);
    // A held screen is older than the dialog that is open now.
    match session.dialog().filter(|_| session.held.is_none()).map(|d| d.rows) {
        Some((first, last)) if first < top => {
            let end = (last + 1).saturating_sub(rows);
            // Above it is room for what the dialog is about.
            let mark = marked(session).filter(|_| end > first).map(|row| row.saturating_sub(1));
            let end = mark.filter(|_| rows > 1).map_or(end, |row| end.min(row));
            Crop { top: first.max(end), headless: end > first, gap: None }
        }
        Some(_) => Crop { top, headless: false, gap: None },
        None => {
            let gap = session.visible_screen().and_then(|screen| gap(screen, anchor(session), rows));
            Crop { top: top - gap.map_or(0, |g| g.rows), headless: false, gap }
        }
    }
}

/// The row of an open dialog's marked option: the lowest that says no other than its label does, or begins so where the
/// label goes on in the next row.
fn marked(session: &Session) -> Option<u16> {
    let (dialog, screen) = (session.dialog()?, session.visible_screen()?);
    let label = dialog.options.get(dialog.selected?)?.label.trim();
    let (first, last) = dialog.rows;
    (first..=last).rev().find(|y| {
        let said = screen.rows.get(usize::from(*y)).map_or("", Row::text);
        let said = said.trim_start_matches(|c: char| !c.is_alphabetic());
        let said = said.trim_end_matches(|c: char| c.is_whitespace() || c == '│' || c == '┃');
        !said.is_empty() && label.starts_with(said)
    })
}

/// Agents pin their composer to the last rows and write from the top: between them stands nothing, and a tile of the last
/// rows would show nothing of what they do. Of the longest run of blank rows as much goes as is needed, but one row.
fn gap(screen: &Screen, anchor: u16, rows: u16) -> Option<Gap> {
    let top = top(anchor, rows);
    let blank = |y: u16| screen.rows.get(usize::from(y)).is_none_or(is_bare);
    let cursor = screen.cursor.filter(|c| c.visible).map(|c| c.y);
    let (mut longest, mut run) = (None, 0u16);
    for y in 0..anchor {
        run = if blank(y) && cursor != Some(y) { run + 1 } else { 0 };
        // Without anything above it there is nothing to be won.
        if run >= LONG && run <= y && longest.is_none_or(|(_, n)| run >= n) {
            longest = Some((y, run));
        }
    }
    let (last, run) = longest?;
    let rows = (run - 1).min(top);
    // What is left out has to be what would be seen.
    (rows > 0 && last >= top).then_some(Gap { at: last + 1 - rows, rows })
}

/// True if nothing at all is seen of a row: painted blanks are seen.
fn is_bare(row: &Row) -> bool {
    let seen = |attrs: Attrs| [Attrs::REVERSE, Attrs::UNDERLINE, Attrs::STRIKE].iter().any(|a| attrs.has(*a));
    row.is_blank() && row.runs().all(|(_, s)| s.bg == screen::Color::Default && !seen(s.attrs))
}

/// Draws the rows from `top` on into an area.
pub fn draw(buf: &mut Buffer, area: Area, screen: &Screen, theme: &Theme, top: u16, look: Look) {
    let mut ink = Ink::new(theme, look.stale);
    for y in 0..area.h {
        let source = match look.gap {
            Some(gap) if top + y >= gap.at => top + y + gap.rows,
            _ => top + y,
        };
        let Some(row) = screen.rows.get(usize::from(source)) else { break };
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
    if let Some(y) = look.gap.and_then(|gap| (gap.at - 1).checked_sub(top)).filter(|y| *y < area.h) {
        Pen::row(buf, area, y).put("┆", theme.style(Role::Faint));
    }
    cursor(buf, area, screen, theme, top, look);
}

/// The cursor of a pane that shows one: a capture does not hold it.
fn cursor(buf: &mut Buffer, area: Area, screen: &Screen, theme: &Theme, top: u16, look: Look) {
    let Some(cursor) = screen.cursor.filter(|c| c.visible && !look.stale) else { return };
    let above = look.gap.filter(|gap| cursor.y >= gap.at).map_or(0, |gap| gap.rows);
    let (Some(x), Some(y)) = (cursor.x.checked_sub(look.skip), cursor.y.checked_sub(top + above)) else {
        return;
    };
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
    use crate::domain::dialog::{Dialog, DialogOption, Meaning};
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
        let plain = |top| Crop { top, headless: false, gap: None };
        for (used, cursor, dialog, rows, want) in [
            (24, None, None, 10, plain(14)),
            (12, None, None, 10, plain(2)),
            (3, None, None, 10, plain(0)),
            (3, Some(15), None, 10, Crop { top: 0, headless: false, gap: Some(Gap { at: 9, rows: 6 }) }),
            (20, Some(2), None, 10, plain(10)),
            (24, None, Some((16, 22)), 10, plain(14)),
            (24, None, Some((12, 20)), 10, plain(12)),
            (24, None, Some((5, 20)), 10, Crop { top: 11, headless: true, gap: None }),
            (24, None, Some((0, 23)), 24, plain(0)),
            (0, None, None, 10, plain(0)),
            (24, None, Some((5, 20)), 0, Crop { top: 21, headless: true, gap: None }),
        ] {
            let s = session(used, cursor, dialog);
            assert_eq!(
                crop(&s, rows),
                want,
                "{used} rows, cursor {cursor:?}, dialog {dialog:?}, {rows} seen"
            );
        }
    }

    #[test]
    fn the_marked_option_is_seen_in_few_rows() {
        let mut s = session(0, None, None);
        let rows = [
            "│ Do it?",
            "│ ❯ 1. Yes      │",
            "  2. Yes, and do not ask",
            "     again",
            "  3. No",
            "",
            " Esc: no",
        ];
        s.screen = Some(Arc::new(Screen::plain(&[["above"; 6].as_slice(), &rows].concat().join("\n"))));
        for (selected, rows, want) in [
            (Some(0), 3, (6, false)),
            (Some(0), 5, (6, false)),
            (Some(1), 4, (7, true)),
            (Some(2), 4, (9, true)),
            (None, 4, (9, true)),
            (Some(0), 1, (12, true)),
            (Some(0), 7, (6, false)),
        ] {
            let option =
                |label: &str| DialogOption { label: label.into(), meaning: Meaning::Other, key: None };
            let options = ["Yes", "Yes, and do not ask again", "No"].map(option).to_vec();
            let dialog = Some(Dialog { rows: (6, 12), options, selected, ..Dialog::default() });
            s.look(Reading { dialog, ..Reading::default() }, Duration::ZERO);
            let crop = crop(&s, rows);
            assert_eq!((crop.top, crop.headless), want, "{selected:?} in {rows} rows");
        }
    }

    /// What is seen of a pane of 24 rows in a tile of so many: a row's number, `.` for blank, `:` for blank rows left out.
    fn seen(filled: &[u16], cursor: Option<u16>, rows: u16) -> String {
        let mut s = session(0, cursor, None);
        let text: Vec<String> =
            (0..24).map(|y| if filled.contains(&y) { format!("{y}") } else { String::new() }).collect();
        let mut screen = Screen::plain(&text.join("\n"));
        screen.height = 24;
        screen.cursor = cursor.map(|y| Cursor { x: 9, y, visible: true });
        s.screen = Some(Arc::new(screen));
        let crop = crop(&s, rows);
        let mut buf = Buffer::empty(ratatui::layout::Rect::new(0, 0, 10, rows));
        let theme = Theme::dark(crate::theme::Depth::True);
        let look = Look { gap: crop.gap, ..Look::default() };
        let screen = s.screen.as_ref().expect("set");
        draw(&mut buf, Area { x: 0, y: 0, w: 10, h: rows }, screen, &theme, crop.top, look);
        let row = |cells: &[Cell]| cells.iter().map(Cell::symbol).collect::<String>().trim().to_owned();
        let word = |row: String| if row.is_empty() { ".".to_owned() } else { row };
        buf.content.chunks(10).map(|cells| word(row(cells))).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_stands_above_a_composer_that_is_pinned_to_the_end_is_seen() {
        assert_eq!(seen(&[0, 1, 2, 20, 21, 22], None, 7), "0 1 2 ┆ 20 21 22");
        assert_eq!(seen(&[1, 2, 20, 21, 22], Some(21), 7), ". 1 2 ┆ 20 21 22");
        assert_eq!(seen(&[0, 1, 2, 20, 21, 22], None, 5), "2 ┆ 20 21 22", "the newest of it");
        assert_eq!(seen(&[0, 20, 21, 22], None, 9), "0 . . . . ┆ 20 21 22");
        assert_eq!(seen(&[0, 20, 21, 22], None, 3), "20 21 22", "where there is room for it");
        assert_eq!(seen(&[20, 21, 22], None, 5), ". . 20 21 22", "where there is something");
        assert_eq!(seen(&[0, 5, 8, 20, 22], None, 5), "8 ┆ 20 . 22", "the longest gap");
        assert_eq!(
            seen(&[0, 1, 20, 21, 22], None, 24).matches('┆').count(),
            0,
            "a whole pane is left as it is"
        );
    }
}
