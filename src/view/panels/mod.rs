//! The side panels: one file each, one row each in the table here. A panel can be told in a line, in a column, and at full
//! size. What a panel knows comes from the state; a panel that nothing feeds yet says so and shows nothing else.

pub(super) mod branches;
mod confirms;
mod detector;
mod events;
mod health;
mod hierarchy;
mod needs_you;
mod routine;
pub(super) mod tasks;

pub use confirms::{acting, brief, standing};

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::{Area, Areas};
use crate::app::panel::{PANELS, PanelId};
use crate::app::state::State;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::layout;
use super::paint::{self, Pen};

/// How a panel is shown.
struct View {
    id: PanelId,
    /// What stands beside the title: a count or a word.
    note: fn(&State) -> (String, Role),
    /// The most important thing in one line.
    headline: fn(&State) -> (String, Role),
    /// Rows it wants in the column, its title left out.
    wants: fn(&State) -> u16,
    /// Rows of so many columns that it could fill where rows are left over.
    could: fn(&State, u16) -> u16,
    /// The column form.
    short: fn(&mut Buffer, Area, &State, &Theme),
    /// The full size; tells how many rows of its list it shows.
    full: fn(&mut Buffer, Area, &State, &Theme, &mut Areas) -> usize,
}

/// Every panel, in the order of the core's table.
const VIEWS: [View; 9] = [
    needs_you::VIEW,
    tasks::VIEW,
    confirms::VIEW,
    branches::VIEW,
    events::VIEW,
    detector::VIEW,
    health::VIEW,
    hierarchy::VIEW,
    routine::VIEW,
];

fn view(id: PanelId) -> &'static View {
    VIEWS.iter().find(|v| v.id == id).expect("every panel has a view: a test proves it")
}

/// Who gets the column's rows that are left over: what a person must see whole first, what is over last. A tree or a
/// checklist is worth nothing in part.
const GROW: [(PanelId, bool); 9] = [
    (PanelId::NeedsYou, false),
    (PanelId::Tasks, false),
    (PanelId::Health, false),
    (PanelId::Branches, false),
    (PanelId::Hierarchy, true),
    (PanelId::Routine, true),
    (PanelId::Detector, true),
    (PanelId::Confirms, false),
    (PanelId::Events, false),
];

/// Draws all panels one over the other.
pub fn column(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, areas: &mut Areas) {
    let wants: Vec<u16> = VIEWS.iter().map(|v| (v.wants)(state)).collect();
    let grow = GROW.map(|(id, whole)| {
        let panel = VIEWS.iter().position(|v| v.id == id).expect("every panel has a view: a test proves it");
        layout::Grow { panel, to: (VIEWS[panel].could)(state, area.w.saturating_sub(2)), whole }
    });
    for (view, place) in VIEWS.iter().zip(layout::stack(area, &wants, &grow)) {
        if place.h == 0 {
            continue;
        }
        let place = Area { x: place.x + 1, w: place.w.saturating_sub(2), ..place };
        title(buf, place, theme, view, (view.note)(state));
        let rows = Area { y: place.y + 1, h: place.h - 1, ..place };
        (view.short)(buf, rows, state, theme);
        areas.panels.push((view.id, place));
    }
}

/// A title with its count on a line of the frame's colour.
fn title(buf: &mut Buffer, area: Area, theme: &Theme, view: &View, (note, role): (String, Role)) {
    let row = Area { h: 1, ..area };
    rule(buf, row, theme);
    let mut pen = Pen::row(buf, row, 0);
    pen.right(&format!(" {note}"), paint::alone(theme.style(role)));
    let plain = paint::alone(theme.style(Role::Text));
    pen.put(view.id.row().title, paint::alone(theme.style(Role::Strong))).put(" ", plain);
}

fn rule(buf: &mut Buffer, row: Area, theme: &Theme) {
    for cell in paint::row(buf, row, 0) {
        cell.set_symbol("─").set_style(theme.line(Role::Border));
    }
}

/// Draws the strip: who needs a person at the left, a line for each other panel at the right.
pub fn strip(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, areas: &mut Areas) {
    let half = area.w / 2;
    let left = Area { x: area.x + 1, w: half.saturating_sub(2), ..area };
    let needs = view(PanelId::NeedsYou);
    title(buf, left, theme, needs, (needs.note)(state));
    (needs.short)(buf, Area { y: left.y + 1, h: left.h.saturating_sub(1), ..left }, state, theme);
    areas.panels.push((needs.id, left));
    let right = Area { x: area.x + half + 1, w: (area.w - half).saturating_sub(2), ..area };
    for (y, view) in (0..right.h).zip(VIEWS.iter().filter(|v| v.id != PanelId::NeedsYou)) {
        let row = Area { y: right.y + y, h: 1, ..right };
        let (line, role) = (view.headline)(state);
        let mut pen = Pen::row(buf, row, 0);
        pen.column(view.id.row().title, 11, theme.style(Role::Subtext)).put(&line, theme.style(role));
        areas.panels.push((view.id, row));
    }
}

/// Draws one panel at full size.
pub fn open(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, id: PanelId, areas: &mut Areas) {
    let view = view(id);
    let area = Area {
        x: area.x + u16::from(area.w > 4),
        w: area.w.saturating_sub(2 * u16::from(area.w > 4)),
        ..area
    };
    if area.h == 0 {
        return;
    }
    let note = filtered(state).unwrap_or_else(|| (view.note)(state));
    let wide = text::width(&note.0) as u16;
    title(buf, area, theme, view, note);
    tabs(buf, Area { h: 1, ..area }, theme, id, wide);
    let rows = Area { y: area.y + 1, h: area.h - 1, ..area };
    areas.popup_rows = (view.full)(buf, rows, state, theme, areas);
    areas.panels.push((id, area));
}

/// The filter of the open panel, for its title: its words, and how many of the rows they let through.
fn filtered(state: &State) -> Option<(String, Role)> {
    let filter = state.panel_filter();
    let (shown, all) = state.panel_counts();
    (!filter.is_empty()).then(|| (format!("filter {} {shown}/{all}", text::fit(filter, 24)), Role::Note))
}

/// Said where the filter lets no row through.
fn hidden(state: &State) -> Option<String> {
    let (shown, all) = state.panel_counts();
    let key = state.fixed.keymap.shown(Action::Back);
    (shown == 0 && all > 0).then(|| format!("the filter hides all {all}; {key} clears it"))
}

/// The other panels' names on the title's line, where there is room between the title and its note.
fn tabs(buf: &mut Buffer, row: Area, theme: &Theme, open: PanelId, note: u16) {
    let names: Vec<&str> = PANELS.iter().map(|p| p.title).collect();
    let wide = text::width(&names.join("   ")) as u16;
    let own = text::width(open.row().title) as u16;
    if row.w < wide + 2 * own.max(note).max(14) + 8 {
        return;
    }
    let place = layout::middle(row, wide + 4, 1);
    let mut pen = Pen::row(buf, place, 0);
    let plain = paint::alone(theme.style(Role::Text));
    pen.put(" ", plain);
    for p in &PANELS {
        let role = if p.id == open { Role::Accent } else { Role::Faint };
        pen.put(p.title, paint::alone(theme.style(role))).put("   ", plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_panel_of_the_core_has_its_view_in_the_same_order() {
        let ids: Vec<PanelId> = VIEWS.iter().map(|v| v.id).collect();
        assert_eq!(ids, PANELS.map(|p| p.id));
    }
}
