//! Everything about the marked session's tree: where it is, every finding with its sentence and what to do, and the
//! commits that are its own work, those with a fault marked.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::areas::Area;
use crate::app::state::branches::Place;
use crate::app::state::{Session, State};
use crate::domain::branch::survey::{Home, Seen};
use crate::domain::branch::{crew, message};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::super::message::wrap;
use super::super::super::paint::{self, Pen};
use super::{row, told};

/// A line: what stands before it, and itself.
pub type Line = (String, String, Role);

/// Draws as much of it as there is room for.
pub fn draw(buf: &mut Buffer, area: Area, state: &State, theme: &Theme, session: &Session) {
    let head = Area { h: area.h.min(1), ..area };
    super::super::rule(buf, head, theme);
    let label = format!(" {} ", text::fit(&session.label, usize::from(area.w.saturating_sub(6))));
    Pen::row(buf, head, 0).skip(2).put(&label, paint::alone(theme.style(Role::Strong)));
    let inner = Area { y: area.y + head.h, h: area.h - head.h, ..area };
    let lines = lines(state, session, inner.w);
    let cut = lines.len() > usize::from(inner.h);
    for (y, (before, line, role)) in (0..inner.h).zip(&lines) {
        let mut pen = Pen::row(buf, inner, y);
        if cut && y + 1 == inner.h {
            let left = lines.len() - usize::from(y);
            let key = state.fixed.keymap.shown(Action::Explain);
            pen.put(&format!("… {left} more lines · {key} shows all"), theme.style(Role::Faint));
            return;
        }
        pen.put(before, theme.style(*role)).put(line, theme.style(*role));
    }
}

/// Every line there is to tell of a session's tree, in so many columns.
pub fn lines(state: &State, session: &Session, w: u16) -> Vec<Line> {
    match state.place_of(session) {
        Place::Tree(seen) => about(seen, w),
        Place::Home(Home::Outside(folder)) => {
            let folder = text::printable(&folder.to_string_lossy());
            vec![(String::new(), format!("{folder} belongs to no repository"), Role::Subtext)]
        }
        Place::Home(Home::Unknown(why)) => vec![
            (String::new(), format!("unknown: {}", why.why), Role::Note),
            (String::new(), format!("→ {}", why.hint), Role::Subtext),
        ],
        Place::Home(Home::Tree(_)) | Place::Pending => {
            vec![(String::new(), "its work tree is being looked at".into(), Role::Subtext)]
        }
    }
}

fn about(seen: &Seen, w: u16) -> Vec<Line> {
    let mut lines = vec![place(seen)];
    for f in &seen.findings {
        let (shape, word, role) = told(Some(f.severity));
        let before = format!("{shape} {word:5} {:16} ", f.rule.word());
        let room = usize::from(w).saturating_sub(text::width(&before));
        if room < 30 {
            lines.push((before, String::new(), role));
            lines.extend(folded("  ", "", &f.sentence, w, Role::Text));
            lines.extend(folded("  ", "→ ", &f.hint, w, Role::Subtext));
            continue;
        }
        let blank = " ".repeat(text::width(&before));
        for (n, line) in wrap(&f.sentence, room).into_iter().enumerate() {
            lines.push((if n == 0 { before.clone() } else { blank.clone() }, line, role));
        }
        lines.extend(folded(&blank, "→ ", &f.hint, w, Role::Subtext));
    }
    if seen.findings.is_empty() {
        let (shape, _, role) = told(None);
        lines.push((format!("{shape} "), "no rule is broken".into(), role));
    }
    lines.extend(commits(seen));
    lines
}

/// A text in as many lines as it needs.
fn folded(blank: &str, mark: &str, said: &str, w: u16, role: Role) -> Vec<Line> {
    let room = usize::from(w).saturating_sub(text::width(blank) + text::width(mark)).max(1);
    let wrapped = wrap(said, room).into_iter().enumerate();
    let before = |n| format!("{blank}{}", if n == 0 { mark } else { "  " });
    wrapped
        .map(|(n, line)| (if mark.is_empty() { blank.to_owned() } else { before(n) }, line, role))
        .collect()
}

fn place(seen: &Seen) -> Line {
    let path = text::printable(&seen.tree.path.to_string_lossy());
    let mut said = format!("{path} · {}", row::branch(seen));
    if let Ok(Some(upstream)) = &seen.tree.upstream {
        said.push_str(&format!(" → {}", text::printable(&upstream.name)));
        said.push_str(&row::apart(seen).map_or_else(|| " (gone)".to_owned(), |a| format!(" {a}")));
    }
    let crew = crew::names(&seen.crew);
    if crew.len() > 1 {
        said.push_str(&format!(" · {}", crew.join(", ")));
    }
    (String::new(), said, Role::Subtext)
}

/// The commits that are this branch's own, newest first; a fault is marked and named.
fn commits(seen: &Seen) -> Vec<Line> {
    let Ok(own) = &seen.tree.own else { return Vec::new() };
    if own.list.is_empty() {
        return Vec::new();
    }
    let more = if own.more { " or more" } else { "" };
    let mut lines =
        vec![(String::new(), format!("commits of its own: {}{more}", own.list.len()), Role::Strong)];
    for commit in &own.list {
        let faults: Vec<_> = seen.findings.iter().filter(|f| f.commit.as_ref() == Some(&commit.id)).collect();
        let (shape, _, role) = told(faults.iter().map(|f| f.severity).max());
        let words: Vec<&str> = faults.iter().map(|f| f.rule.word()).collect();
        let named = if words.is_empty() { String::new() } else { format!("{}: ", words.join(", ")) };
        let subject = text::printable(&message::subject(&commit.message));
        let role = if faults.is_empty() { Role::Subtext } else { role };
        lines.push((format!("  {shape} {} ", commit.id.short()), format!("{named}{subject}"), role));
    }
    lines
}
