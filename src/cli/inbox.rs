//! `archtui tasks --inbox`: what those who asked for tasks were told of them. What was listed counts as read: by a session
//! for itself, by the person for the person; the person's own news are then no news in the control room either.

use serde_json::{Value, json};

use super::desk::{self, age, broken};
use super::setup::Ground;
use super::{Fail, out, who};
use crate::domain::task::{Sender, TaskId, Wish};
use crate::domain::text;
use crate::store::Store;
use crate::store::inbox::{Reading, Told};

/// Lists an inbox and marks it as read.
pub fn run(ground: &Ground, json: bool, unread: bool, most: usize) -> Result<(), Fail> {
    let asker = who::sends(ground, None)?.sender;
    let reading = Reading { reader: asker.session(), unread, most };
    let store = desk::read(ground)?;
    let told = store.map(|s| s.inbox(reading).map_err(broken)).transpose()?.unwrap_or_default();
    if json {
        let entries: Vec<Value> = told
            .iter()
            .map(|t| {
                json!({ "at": t.at.to_string(), "to": t.to, "task": t.task, "state": t.state, "text": t.line,
                    "unread": t.unread })
            })
            .collect();
        let at = desk::now().wall.to_string();
        out::json(&json!({ "schema": "archtui.inbox/1", "at": at, "entries": entries }));
    } else {
        print(&told, unread);
    }
    mark(ground, &asker, &told)
}

fn print(told: &[Told], unread: bool) {
    if told.is_empty() {
        out::line(if unread { "nothing new" } else { "nothing was told yet" });
    }
    let now = desk::now().wall;
    for t in told {
        let to = t.to.as_deref().unwrap_or("the operator");
        let new = if t.unread { '*' } else { ' ' };
        let line = format!("{new} {:>9}  {:<20} {}", age(t.at, now), text::fit(to, 20), t.line);
        out::line(&text::printable(&line));
    }
}

/// Only behind the list: what was not printed was not read.
fn mark(ground: &Ground, asker: &Sender, told: &[Told]) -> Result<(), Fail> {
    let new: Vec<&Told> = told.iter().filter(|t| t.unread).collect();
    let Some(upto) = new.iter().map(|t| t.seq).max() else { return Ok(()) };
    let dir = ground.state_dir()?;
    Store::visit(&dir).and_then(|mut s| s.has_read(asker.session(), upto)).map_err(broken)?;
    let mut own: Vec<TaskId> = new.iter().filter(|t| t.to.is_none()).map(|t| t.task).collect();
    own.dedup();
    if *asker == Sender::Operator && !own.is_empty() {
        desk::ask(ground, Wish::Seen(own))?.map_err(|r| desk::refused(&r))?;
    }
    Ok(())
}
