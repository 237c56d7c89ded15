//! Branch compliance. Nothing feeds it yet, and it says so.

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::panel::PanelId;
use crate::app::state::State;
use crate::theme::{Role, Theme};

use super::{View, unfed};

/// How this panel is shown.
pub(super) const VIEW: View = View { id: PanelId::Branches, note, headline, wants, short, full };

const UNFED: &str = "no branch check feeds this panel yet";

fn note(_: &State) -> (String, Role) {
    ("not fed yet".into(), Role::Faint)
}

fn headline(_: &State) -> (String, Role) {
    (UNFED.into(), Role::Faint)
}

fn wants(_: &State) -> u16 {
    1
}

fn short(buf: &mut Buffer, area: Area, _: &State, theme: &Theme) {
    unfed(buf, area, theme, UNFED);
}

fn full(buf: &mut Buffer, area: Area, _: &State, theme: &Theme, _: &mut Areas) -> usize {
    let below = Area { y: area.y + 1, h: area.h.saturating_sub(1), ..area };
    unfed(buf, below, theme, "no branch check feeds this panel yet: nothing is known of the work trees.");
    usize::from(below.h)
}
