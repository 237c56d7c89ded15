//! The unstick menu: each step with what it will do, marked with what was seen that it fits; the second question where one
//! may end or discard something.

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::State;
use crate::app::state::unstick::Menu;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::message::wrap;
use super::super::paint::{self, Pen};

/// The window is as wide as a readable line.
const WIDE: u16 = 96;

/// Draws the window; tells how many rows it shows.
pub fn draw(buf: &mut Buffer, over: Area, state: &State, theme: &Theme, menu: &Menu) -> usize {
    let targets = menu.targets(&state.fleet);
    if targets.is_empty() && !menu.all {
        return super::gone(buf, over, theme);
    }
    let offers = menu.offers(state);
    let wide = WIDE.min(over.w);
    let room = usize::from(wide.saturating_sub(8)).max(1);
    let marked = menu.row.min(offers.len().saturating_sub(1));
    let detail = match (menu.sure, offers.get(marked)) {
        (Some(step), _) => {
            let who: Vec<&str> = targets.iter().map(|s| s.label.as_str()).collect();
            vec![
                format!("{}: {}.", who.join(", "), step.does()),
                "Y does it; any other key does not.".to_owned(),
            ]
        }
        (None, Some(offer)) => {
            let seen = match &offer.seen {
                Ok(seen) => format!("seen: {seen}"),
                Err(why) => format!("does not fit: {why}"),
            };
            vec![offer.step.does().to_owned(), seen]
        }
        (None, None) => vec![],
    };
    let detail: Vec<String> = detail.iter().flat_map(|l| wrap(&text::printable(l), room)).collect();
    let rows = offers.len() as u16 + detail.len() as u16 + 3;
    let window = layout::middle(over, wide, rows);
    super::window(buf, window, theme, if menu.sure.is_some() { Role::Alarm } else { Role::Accent });
    let title =
        Area { x: window.x.saturating_add(2), w: window.w.saturating_sub(4), h: window.h.min(1), ..window };
    let name = match (menu.all, targets.first()) {
        (true, _) => format!(" UNSTICK all {} that are stuck ", targets.len()),
        (false, Some(s)) => format!(" UNSTICK {} ", text::fit(&s.label, 40)),
        (false, None) => " UNSTICK ".to_owned(),
    };
    Pen::row(buf, title, 0).put(&name, theme.style(Role::Strong));
    let inner = layout::inside(window);
    let inner = Area { x: inner.x.saturating_add(1), w: inner.w.saturating_sub(2), ..inner };
    // In a small window the marked one stays on it, and what it does.
    let below = (detail.len() as u16 + 1).min(inner.h.saturating_sub(1));
    let list = Area { h: inner.h - below, ..inner };
    let first = super::first_row(marked, usize::from(list.h), offers.len());
    for (y, (n, offer)) in (0..list.h).zip(offers.iter().enumerate().skip(first)) {
        let line = Area { y: list.y + y, h: 1, ..list };
        let mut pen = Pen::row(buf, line, 0);
        let (mark, role, seen) = match &offer.seen {
            Ok(seen) => ("✓ ", Role::Strong, seen),
            Err(why) => ("· ", Role::Faint, why),
        };
        pen.put(if n == marked { "▸ " } else { "  " }, theme.style(Role::Accent));
        pen.put(mark, theme.style(role)).column(offer.step.word(), 11, theme.style(role));
        pen.put(
            &text::printable(seen),
            theme.style(if offer.seen.is_ok() { Role::Text } else { Role::Faint }),
        );
        if n == marked {
            paint::tint(buf, line, theme.marked());
        }
    }
    for (y, line) in (list.h + 1..inner.h).zip(&detail) {
        let role = if menu.sure.is_some() { Role::Alarm } else { Role::Subtext };
        Pen::row(buf, inner, y).skip(2).put(line, theme.style(role));
    }
    usize::from(list.h)
}
