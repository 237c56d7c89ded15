//! One session's row: in a narrow column what matters most, at full size a column for each fact.

use std::time::Duration;

use ratatui::buffer::Buffer;

use crate::app::areas::Area;
use crate::app::state::branches::Place;
use crate::app::state::{Session, State};
use crate::domain::branch::facts::Kind;
use crate::domain::branch::survey::{Home, Seen};
use crate::domain::branch::{Head, Severity};
use crate::domain::text;
use crate::theme::{Role, Theme};

use super::super::super::paint::Pen;
use super::super::super::words;
use super::told;

/// Columns of the wide row: session, branch, ahead and behind, uncommitted, age of the last commit.
struct Columns {
    name: u16,
    branch: u16,
    apart: u16,
    dirty: u16,
    age: u16,
}

const fn columns(w: u16) -> Columns {
    match w {
        0..=99 => Columns { name: 15, branch: 22, apart: 8, dirty: 6, age: 5 },
        100..=159 => Columns { name: 20, branch: 32, apart: 10, dirty: 7, age: 6 },
        _ => Columns { name: 26, branch: 44, apart: 12, dirty: 8, age: 7 },
    }
}

/// The heads of the columns.
pub fn heads(buf: &mut Buffer, line: Area, theme: &Theme) {
    let c = columns(line.w);
    let style = theme.style(Role::Faint);
    let mut pen = Pen::row(buf, line, 0);
    pen.skip(2).column("session", c.name, style).column("branch", c.branch, style);
    pen.column("↑↓", c.apart, style).column("±", c.dirty, style).column("last", c.age, style);
    pen.put("worst finding", style);
}

/// A row at full size.
pub fn wide(buf: &mut Buffer, line: Area, state: &State, theme: &Theme, session: &Session) {
    let c = columns(line.w);
    let mut pen = Pen::row(buf, line, 0);
    let name = words::short_name(&session.label, usize::from(c.name - 1));
    let seen = match state.place_of(session) {
        Place::Tree(seen) => seen,
        other => {
            let (said, role) = elsewhere(other);
            pen.put("  ", theme.style(role)).column(&name, c.name, theme.style(Role::Strong));
            pen.put(&said, theme.style(role));
            return;
        }
    };
    let (shape, word, role) = told(seen.worst());
    pen.put(shape, theme.style(role)).skip(1).column(&name, c.name, theme.style(Role::Strong));
    pen.column(&text::fit(&branch(seen), usize::from(c.branch - 1)), c.branch, theme.style(Role::Text));
    pen.column(&apart(seen).unwrap_or_else(|| "–".to_owned()), c.apart, theme.style(Role::Subtext));
    let (dirty, dirty_role) = uncommitted(seen);
    pen.column(&dirty, c.dirty, theme.style(dirty_role));
    pen.column(
        &last_commit(seen, state).unwrap_or_else(|| "–".to_owned()),
        c.age,
        theme.style(Role::Subtext),
    );
    match seen.findings.first() {
        Some(worst) => {
            let more = seen.findings.len() - 1;
            let more = if more > 0 { format!(" +{more}") } else { String::new() };
            pen.put(&format!("{word} {}{more}", worst.rule.word()), theme.style(role));
            if pen.left() > 20 {
                pen.skip(2).put(&worst.sentence, theme.style(Role::Subtext));
            }
        }
        None => {
            pen.put(word, theme.style(role));
        }
    }
}

/// A row in a narrow column: the worst shape, who, where, and the most telling number.
pub fn narrow(buf: &mut Buffer, line: Area, state: &State, theme: &Theme, session: &Session) {
    let mut pen = Pen::row(buf, line, 0);
    let room = line.w * 2 / 5;
    let name = words::short_name(&session.label, usize::from(room.saturating_sub(1)));
    let seen = match state.place_of(session) {
        Place::Tree(seen) => seen,
        other => {
            let (said, role) = elsewhere(other);
            pen.skip(2).column(&name, room, theme.style(Role::Subtext));
            pen.put(&said, theme.style(role));
            return;
        }
    };
    let (shape, _, role) = told(seen.worst());
    pen.put(shape, theme.style(role)).skip(1);
    // What is red is said in its own word; else how much is uncommitted.
    let worst = seen.findings.first().filter(|f| f.severity == Severity::Red);
    let (dirty, dirty_role) = uncommitted(seen);
    match worst {
        Some(f) => pen.right(f.rule.word(), theme.style(role)),
        None => pen.right(&dirty, theme.style(dirty_role)),
    };
    pen.column(&name, room, theme.style(Role::Strong));
    pen.put(&branch(seen), theme.style(Role::Subtext));
}

/// What is said where there is no tree to tell of.
fn elsewhere(place: Place<'_>) -> (String, Role) {
    match place {
        Place::Home(Home::Outside(_)) => ("in no repository".into(), Role::Faint),
        Place::Home(Home::Unknown(why)) => (format!("unknown: {}", why.why), Role::Faint),
        Place::Tree(_) | Place::Home(Home::Tree(_)) | Place::Pending => ("looking …".into(), Role::Faint),
    }
}

/// Where HEAD is, printable.
pub fn branch(seen: &Seen) -> String {
    match &seen.tree.head {
        Ok(Head::Branch { name, .. }) => text::printable(name),
        Ok(Head::Detached { commit }) => format!("detached at {}", commit.short()),
        Err(_) => "unknown".to_owned(),
    }
}

/// How far it is from its upstream; none: nobody knows, or there is none.
pub fn apart(seen: &Seen) -> Option<String> {
    Some(match seen.apart()? {
        (0, 0) => "=".to_owned(),
        (ahead, 0) => format!("↑{ahead}"),
        (0, behind) => format!("↓{behind}"),
        (ahead, behind) => format!("↑{ahead}↓{behind}"),
    })
}

/// What is uncommitted, in one word.
pub fn uncommitted(seen: &Seen) -> (String, Role) {
    match (&seen.tree.dirty, seen.tree.kind) {
        (Ok(Some(d)), _) if d.files == 0 => ("clean".into(), Role::Faint),
        (Ok(Some(d)), _) => (format!("±{}", d.files), Role::Text),
        (_, Kind::Bare) => ("bare".into(), Role::Faint),
        (Ok(None), _) => ("±…".into(), Role::Faint),
        (Err(_), _) => ("±?".into(), Role::Note),
    }
}

fn last_commit(seen: &Seen, state: &State) -> Option<String> {
    let seconds = state.now.utc.as_second() - seen.tree.committed?.as_second();
    Some(words::short_age(Duration::from_secs(seconds.max(0).unsigned_abs())))
}
