//! To which session a task is to be given: each session of the roster, whether it would take it now, and if not, why.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::State;
use crate::domain::task::Page;
use crate::theme::{Role, Theme};

use super::super::paint::{self, Pen};
use super::super::{layout, words};

/// The window is as wide as a readable line.
const WIDE: u16 = 92;

/// Draws the window; tells how many sessions it shows.
pub fn draw(buf: &mut Buffer, over: Area, state: &State, theme: &Theme, page: &Page, marked: usize) -> usize {
    let fits = state.fits(Some(&page.task));
    let window = layout::middle(over, WIDE, (fits.len() as u16).saturating_add(4));
    super::window(buf, window, theme, Role::Accent);
    let title = format!(" GIVE TASK {} TO ", page.task.id);
    Pen::row(buf, super::title(window), 0).put(&title, theme.style(Role::Strong));
    let inner = super::inner(window);
    let head = u16::from(inner.h > 4);
    if head > 0 {
        Pen::row(buf, inner, 0).put(page.task.text.headline(), theme.style(Role::Subtext));
    }
    let list = Area { y: inner.y + 2 * head, h: inner.h - 2 * head, ..inner };
    if fits.is_empty() {
        Pen::row(buf, list, 0).put("no session is in the roster", theme.style(Role::Subtext));
    }
    let marked = marked.min(fits.len().saturating_sub(1));
    let first = super::first_row(marked, list.h.into(), fits.len());
    let has = page.task.session().filter(|_| page.task.state.has_session());
    for (y, (n, fit)) in (0..list.h).zip(fits.iter().enumerate().skip(first)) {
        let line = Area { y: list.y + y, h: 1, ..list };
        let (shape, said, role) = match &fit.fit {
            _ if has == Some(&fit.name) => ("·", "has it now".to_owned(), Role::Faint),
            Ok(()) => ("✓", "takes it now".to_owned(), Role::Ok),
            Err(why) if why.forbids() => ("✖", why.to_string(), Role::Problem),
            Err(why) => ("○", format!("takes it later: {why}"), Role::Subtext),
        };
        let mut pen = Pen::row(buf, line, 0);
        pen.put(if n == marked { "▸ " } else { "  " }, theme.style(Role::Accent));
        pen.put(shape, theme.style(role)).skip(1);
        let name = if line.w >= 60 { 26 } else { line.w / 2 };
        let short = words::short_name(fit.name.as_str(), usize::from(name.saturating_sub(1)));
        pen.column(&short, name, theme.style(Role::Strong)).put(&said, theme.style(role));
        if n == marked {
            paint::tint(buf, line, theme.marked());
        }
    }
    usize::from(list.h)
}
