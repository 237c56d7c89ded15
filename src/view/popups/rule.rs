//! The windows of the rules: the one behind a verdict with what it decided so far, and a new one as it would be written.

use ratatui::buffer::Buffer;

use crate::app::areas::{Area, Areas};
use crate::app::state::State;
use crate::app::state::rules::{Field, Making, Shown};
use crate::domain::policy::{Draft, RuleAction};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::layout;
use super::super::message::wrap;
use super::super::paint::{self, Pen};

/// The windows are as wide as a readable line.
const WIDE: u16 = 96;
/// Names of fields stand in a column of their own.
const NAMES: u16 = 10;

type Line = (String, Role);

/// Draws the rule behind a verdict; tells how many rows it shows, and of how many.
pub fn draw(buf: &mut Buffer, over: Area, state: &State, theme: &Theme, shown: &Shown) -> (usize, usize) {
    let room = usize::from(WIDE.min(over.w).saturating_sub(4)).max(1);
    let mut lines: Vec<Line> = Vec::new();
    match &shown.page {
        None => lines.push(("is looked up".into(), Role::Faint)),
        Some(Err(why)) => lines.push((why.clone(), Role::Problem)),
        Some(Ok(page)) => {
            let word = page.action.map_or("stands in no file", RuleAction::word);
            let fixed = if page.fixed && page.action.is_some() { ", cannot be disabled" } else { "" };
            lines.push((format!("{word}{fixed}: {}", page.reason), Role::Strong));
            if let Some((file, line)) = &page.place {
                lines.push((
                    format!("{file}:{line}, in force in {} ({})", page.session, page.preset),
                    Role::Subtext,
                ));
            }
        }
    }
    let n = state.board.tally.rules.get(&shown.rule).copied().unwrap_or_default();
    let counts = format!(
        "in the last 24 h: confirmed {}, denied {}, would have confirmed {}, held {}, failed {}, unknown {}",
        n.cleared, n.denied, n.watched, n.held, n.failed, n.unknown
    );
    lines.extend([(String::new(), Role::Text), (counts, Role::Note), (String::new(), Role::Text)]);
    if let Some(Ok(page)) = &shown.page {
        lines.extend(
            page.text
                .lines()
                .map(|l| (l.to_owned(), if l.starts_with('#') { Role::Faint } else { Role::Text })),
        );
    }
    let lines = wrapped(&lines, room);
    let window = layout::middle(over, WIDE.min(over.w), lines.len() as u16 + 2);
    super::window(buf, window, theme, Role::Accent);
    let title = format!(" RULE {} ", text::fit(&text::printable(&shown.rule), 60));
    Pen::row(buf, super::title(window), 0).put(&title, theme.style(Role::Strong));
    let inner = super::inner(window);
    let first = shown.row.min(lines.len().saturating_sub(usize::from(inner.h)));
    for (y, (line, role)) in (0..inner.h).zip(lines.iter().skip(first)) {
        Pen::row(buf, inner, y).put(line, theme.style(*role));
    }
    (usize::from(inner.h), lines.len())
}

fn wrapped(lines: &[Line], room: usize) -> Vec<Line> {
    let one = |(line, role): &Line| {
        let rows = wrap(&text::printable(line), room);
        let rows = if rows.is_empty() { vec![String::new()] } else { rows };
        rows.into_iter().map(|l| (l, *role)).collect::<Vec<_>>()
    };
    lines.iter().flat_map(one).collect()
}

/// Draws a rule that is being made; tells how many rows of it are shown.
pub fn making(buf: &mut Buffer, over: Area, theme: &Theme, making: &Making, areas: &mut Areas) -> usize {
    let room = usize::from(WIDE.min(over.w).saturating_sub(4)).max(1);
    let (said, role) = match (making.saving, making.says()) {
        (true, _) => ("is being saved".to_owned(), Role::Note),
        (false, None) => ("is being checked".to_owned(), Role::Faint),
        (false, Some(Ok(line))) => (format!("✓ {line}"), Role::Ok),
        (false, Some(Err(why))) => (format!("✖ {why}"), Role::Problem),
    };
    let subject = making.cause.dialog.subject.clone().unwrap_or_default().replace('\n', "↵");
    let asked = format!("{} asks: {} {subject}", making.cause.session, making.cause.dialog.operation.word());
    let text = making.draft.as_ref().map(Draft::to_toml);
    let toml: Vec<Line> =
        text.iter().flat_map(|t| t.lines()).map(|line| (line.to_owned(), Role::Text)).collect();
    let head = wrapped(&[(asked, Role::Subtext)], room);
    let toml = wrapped(&toml, room);
    let tail = wrapped(
        &[
            (said, role),
            ("←→ change   ↑↓ field   Ctrl-s saves it into your policy.toml   Esc closes".into(), Role::Faint),
        ],
        room,
    );
    let fields = if making.draft.is_some() { Field::ALL.len() as u16 + 1 } else { 0 };
    let rows = head.len() as u16 + 1 + toml.len() as u16 + 1 + fields + tail.len() as u16 + 2;
    let window = layout::middle(over, WIDE.min(over.w), rows);
    super::window(buf, window, theme, if role == Role::Problem { Role::Problem } else { Role::Accent });
    Pen::row(buf, super::title(window), 0).put(" NEW RULE ", theme.style(Role::Strong));
    let inner = super::inner(window);
    // Where it is low, what is chosen and what the check says stay; the rule's own text gives way.
    let below = (fields + tail.len() as u16).min(inner.h);
    let mut above = Area { h: inner.h - below, ..inner };
    let blank = std::iter::once((String::new(), Role::Text));
    let top: Vec<Line> = head.into_iter().chain(blank).chain(toml).collect();
    let hidden = top.len().saturating_sub(usize::from(above.h));
    areas.rule = text.filter(|_| hidden == 0);
    if hidden > 0 && above.h > 0 {
        let last = above.h - 1;
        let more = format!("… {} more rows: it is saved only when all are seen", hidden + 1);
        Pen::row(buf, above, last).put(&more, theme.style(Role::Problem));
        above.h = last;
    }
    for (y, (line, role)) in (0..above.h).zip(&top) {
        Pen::row(buf, above, y).put(line, theme.style(*role));
    }
    let bottom = Area { y: inner.y + inner.h - below, h: below, ..inner };
    let mut y = 0;
    if let Some(draft) = &making.draft {
        for field in Field::ALL {
            let here = making.field == field;
            let row = Area { y: bottom.y + y, h: 1, ..bottom };
            if y < bottom.h {
                let mut pen = Pen::row(buf, row, 0);
                let (name, (word, at, of)) = match field {
                    Field::Action => ("action", (draft.action.word().to_owned(), 0, 1)),
                    Field::Who => ("for", draft.who()),
                    Field::What => ("what", draft.what()),
                };
                pen.put(if here { "▸ " } else { "  " }, theme.style(Role::Accent));
                pen.column(name, NAMES, theme.style(if here { Role::Accent } else { Role::Subtext }));
                pen.put(&text::printable(&word), theme.style(Role::Strong));
                if of > 1 && pen.left() > 24 {
                    pen.right(&format!("{} of {of}, → is wider", at + 1), theme.style(Role::Faint));
                }
                if here {
                    paint::tint(buf, row, theme.marked());
                }
            }
            y += 1;
        }
        y += 1;
    }
    for (y, (line, role)) in (y..bottom.h).zip(&tail) {
        Pen::row(buf, bottom, y).put(line, theme.style(*role));
    }
    usize::from(above.h)
}
