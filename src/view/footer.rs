//! The last row: which keys do what here, or the line that a person types, or where their keys go, or what came of the last
//! one. Made from the action table and the keymap in force.

use ratatui::buffer::Buffer;

use crate::app::action::{ACTIONS, Action};
use crate::app::areas::Area;
use crate::app::panel::PanelId;
use crate::app::state::form::{Field, Kind};
use crate::app::state::{Face, Mode, Popup, Session, State};
use crate::domain::dialog::Dialog;
use crate::domain::free_text;
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::paint::{self, Pen};

/// Draws the footer, with the page of the grid where nothing else tells it.
pub fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, page: Option<&str>) {
    let surface = theme.style(Role::Base).patch(theme.style(Role::Surface));
    paint::fill(buf, area, surface);
    match &state.mode {
        Mode::TypeInto(_) => {
            paint::fill(buf, area, surface.patch(theme.style(Role::Typing)));
            typing(buf, area, state, theme);
        }
        Mode::Filter => {
            let (shown, all) = (state.shown().len(), state.fleet.sessions.len());
            filter(buf, area, theme, state.grid.filter.text(), (shown, all));
        }
        Mode::FilterPanel => {
            filter(buf, area, theme, state.panel_filter(), state.panel_counts());
        }
        Mode::Normal => match &state.toast {
            Some(toast) => {
                let (shape, role) = if toast.bad { ("✖ ", Role::Problem) } else { ("", Role::Note) };
                let mut pen = Pen::row(buf, area, 0);
                pen.skip(1).put(shape, theme.style(role)).put(&toast.text, theme.style(role));
            }
            None => hints(buf, area, state, theme, page),
        },
    }
}

/// True if the row must be seen even where there is no room for a footer: keys do not do what they usually do.
pub fn must_be_seen(state: &State) -> bool {
    state.mode != Mode::Normal
}

fn typing(buf: &mut Buffer, area: Area, state: &State, theme: &Theme) {
    let Mode::TypeInto(pane) = state.mode else { return };
    let holds = |s: &&Session| s.pane.as_ref().is_some_and(|p| p.identity == pane);
    let label = state.fleet.sessions.iter().find(holds).map_or("?", |s| s.label.as_str());
    let style = theme.style(Role::Typing);
    let mut pen = Pen::row(buf, area, 0);
    pen.skip(u16::from(area.w > 24));
    let leave = "Ctrl-] leaves";
    if text::width(label) + leave.len() + 16 <= usize::from(area.w) {
        pen.right(&format!("{leave} "), style);
    }
    pen.put("TYPING INTO ", style).put(label, style);
    if pen.left() > 34 {
        pen.put(" — every key goes to the agent", style);
    }
}

fn filter(buf: &mut Buffer, area: Area, theme: &Theme, typed: &str, (shown, all): (usize, usize)) {
    let mut pen = Pen::row(buf, area, 0);
    pen.skip(1);
    let of = format!("{shown} of {all} ");
    if area.w >= 30 {
        pen.right(&of, theme.style(if shown == 0 { Role::Alarm } else { Role::Text }));
    }
    if area.w >= 80 {
        pen.right("Enter keeps · Esc clears · ! in front inverts", theme.style(Role::Subtext));
    }
    // The end of a long line is what is being typed.
    let room = usize::from(pen.left()).saturating_sub(9);
    let mut cut = typed.char_indices().map(|(i, _)| &typed[i..]).chain([""]);
    let tail = cut.find(|t| text::width(t) <= room).unwrap_or_default();
    pen.put("filter ", theme.style(Role::Accent)).put(tail, theme.style(Role::Strong));
    pen.put(" ", theme.style(Role::Cursor));
}

/// The digits that answer the zoomed dialog.
fn digits(state: &State) -> Option<String> {
    let session = state.focused().filter(|_| state.grid.zoomed)?;
    let options = session.dialog().filter(|d| d.complete)?.options.len().min(9);
    (options > 1).then(|| format!("1–{options}"))
}

/// The keys that answer the marked row of the open panel: none where it has no open dialog, as what is done has none.
fn answering(state: &State) -> impl Iterator<Item = (String, &'static str)> {
    let dialog = state.meant().ok().and_then(Session::dialog);
    let takes = |choice: fn(&Dialog) -> bool| dialog.is_some_and(choice);
    let keys = [
        (takes(|d| d.allow_once_key().is_some()), Action::Approve, "approve once"),
        (takes(|d| d.deny_key().is_some()), Action::Deny, "deny"),
        (takes(|d| !free_text::ways(d).is_empty()), Action::AnswerText, "in words"),
    ];
    keys.into_iter().filter(|(does, ..)| *does).map(|(_, a, word)| (state.fixed.keymap.shown(a), word))
}

fn hints(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, page: Option<&str>) {
    let shown = |a: Action| state.fixed.keymap.shown(a);
    let both = |a: Action, b: Action| format!("{} {}", shown(a), shown(b));
    let scroll = both(Action::MoveDown, Action::MoveUp);
    let hints: Vec<(String, &str)> = match (&state.popup, state.open_panel) {
        (Some(Popup::Help { .. } | Popup::Explain { .. } | Popup::Tree { .. }), _) => {
            vec![(scroll, "scroll"), (shown(Action::Back), "close")]
        }
        (Some(Popup::Rule(_)), _) => vec![(scroll, "scroll"), (both(Action::Rule, Action::Back), "close")],
        (Some(Popup::Unstick(_)), _) => vec![
            (scroll, "choose"),
            ("Enter".into(), "do it"),
            ("*".into(), "all that are stuck"),
            (shown(Action::Back), "close"),
        ],
        (Some(Popup::Write(writing)), _) => {
            let mut hints = vec![("Enter".into(), "send it"), ("Esc".into(), "leave it")];
            if writing.ways.len() > 1 {
                hints.push(("Tab".into(), "another option"));
            }
            hints
        }
        (Some(Popup::Kill(_)), _) => vec![("Enter".into(), "end it"), ("Esc".into(), "leave it")],
        (Some(Popup::Making(_)), _) => vec![
            ("↑ ↓".into(), "field"),
            ("← →".into(), "narrower, wider"),
            ("Ctrl-s".into(), "save it"),
            ("Esc".into(), "close"),
        ],
        (Some(Popup::Palette { .. }), _) => {
            vec![("↑ ↓".into(), "choose"), ("Enter".into(), "do it"), ("Esc".into(), "close")]
        }
        (Some(Popup::Task { .. }), _) => vec![
            (scroll, "scroll"),
            (shown(Action::Zoom), "its session"),
            (shown(Action::Reassign), "reassign"),
            (shown(Action::EditTask), "edit"),
            (shown(Action::CancelTask), "cancel"),
            (shown(Action::RetryTask), "retry"),
            (shown(Action::CloseTask), "done"),
            (shown(Action::Back), "close"),
        ],
        (Some(Popup::Hand { .. }), _) => {
            vec![(scroll, "choose"), ("Enter".into(), "give it"), (shown(Action::Back), "leave it")]
        }
        (Some(Popup::Form(form)), _) => {
            let verb = match form.kind {
                Kind::Edit(_) => "change it",
                Kind::Message(_) => "send it",
                Kind::New | Kind::Hint(_) => "queue it",
            };
            let mut hints = vec![("Ctrl-s".into(), verb)];
            if form.fields().len() > 1 {
                hints.push(("Tab".into(), "next field"));
            }
            match form.field {
                Field::To => hints.push(("↑ ↓".into(), "choose")),
                Field::Text => hints.push(("Enter".into(), "new line")),
                _ => {}
            }
            hints.extend([("Esc".into(), "keep for later"), ("Ctrl-x".into(), "throw away")]);
            hints
        }
        (Some(Popup::Ask(_)), _) => vec![("y".into(), "yes"), ("n".into(), "no")],
        (None, Some(PanelId::Tasks)) => vec![
            (scroll, "rows"),
            (shown(Action::Zoom), "its page"),
            (shown(Action::NewTask), "task"),
            (shown(Action::Reassign), "reassign"),
            (shown(Action::EditTask), "edit"),
            (shown(Action::CancelTask), "cancel"),
            (shown(Action::RetryTask), "retry"),
            (shown(Action::Inbox), "inbox"),
            (shown(Action::Filter), "filter"),
            (shown(Action::Back), "back"),
        ],
        (None, Some(PanelId::Confirms)) => {
            let mut hints = vec![(scroll, "rows")];
            hints.extend(answering(state));
            let its = [
                (state.rule_behind().is_some(), Action::Rule, "its rule"),
                (state.cause().is_ok(), Action::NewRule, "make a rule"),
                (true, Action::Activity, if state.face == Face::Queue { "activity" } else { "queue" }),
                (true, Action::Filter, "filter"),
                (state.marked_key().is_some(), Action::Zoom, "go there"),
                (true, Action::Back, "back"),
                (true, Action::Help, "help"),
            ];
            hints.extend(its.into_iter().filter(|(does, ..)| *does).map(|(_, a, word)| (shown(a), word)));
            hints
        }
        (None, Some(PanelId::Branches)) => vec![
            (scroll, "rows"),
            (shown(Action::Explain), "all of it"),
            (shown(Action::SendHint), "send the hints"),
            (shown(Action::Zoom), "go there"),
            (shown(Action::Filter), "filter"),
            (shown(Action::Back), "back"),
            (shown(Action::Help), "help"),
        ],
        (None, Some(PanelId::Routine)) => vec![
            (both(Action::PanelNext, Action::PanelPrevious), "other panels"),
            (shown(Action::Back), "back"),
            (shown(Action::Help), "help"),
        ],
        (None, Some(id)) => {
            let mut hints = vec![(scroll, "rows")];
            if id == PanelId::NeedsYou {
                hints.extend(answering(state));
            }
            hints.extend(state.marked_key().map(|_| (shown(Action::Zoom), "go there")));
            hints.extend([
                (shown(Action::Filter), "filter"),
                (both(Action::PanelNext, Action::PanelPrevious), "other panels"),
                (shown(Action::Back), "back"),
                (shown(Action::Help), "help"),
            ]);
            hints
        }
        (None, None) => {
            let mut rows: Vec<_> = ACTIONS.iter().filter(|r| !r.hint.is_empty()).collect();
            rows.sort_by_key(|r| r.hint_rank);
            let mut hints: Vec<_> = rows.into_iter().map(|r| (shown(r.action), r.hint)).collect();
            if let Some(digits) = digits(state) {
                hints.insert(0, (digits, "answer"));
            }
            hints
        }
    };
    let mut pen = Pen::row(buf, area, 0);
    pen.skip(1);
    if let Some(page) = page {
        pen.right(&format!("{page} "), theme.style(Role::Subtext));
    }
    // Whoever knows one key only has to find this one, however narrow it is.
    let help = shown(Action::Help);
    let helps = state.popup.is_none() && !help.is_empty() && area.w >= 40;
    if helps {
        pen.right("help ", theme.style(Role::Subtext));
        pen.right(&help, theme.style(Role::Accent));
    }
    let hints = hints.into_iter().filter(|(_, word)| !(helps && *word == "help"));
    let hints: Vec<_> = hints.collect();
    for (key, word) in hints.iter().filter(|(key, _)| !key.is_empty()) {
        if text::width(key) + text::width(word) + 1 > usize::from(pen.left()) {
            break;
        }
        pen.put(key, theme.style(Role::Accent)).skip(1).put(word, theme.style(Role::Subtext)).skip(3);
    }
}
