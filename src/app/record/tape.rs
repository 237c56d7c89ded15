//! Facts to lines and back. Of facts that tell a large thing anew each time only what changed is written; both ends keep the
//! last one of each kind.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::veil::Veil;
use super::{FORMAT, Header, LONGEST, Line, Stamp, Start, What, delta};
use crate::app::event::Event;
use crate::app::state::Now;
use crate::domain::text;

/// The last fact of each kind that is written as a change.
type Last = BTreeMap<String, Value>;

/// Kinds of facts of which only what changed is written.
const LARGE: [&str; 7] = ["Board", "Branches", "Gauges", "Panes", "Screen", "Tasks", "Theirs"];

/// The name of a fact: that of its variant.
fn name(fact: &Value) -> &str {
    let keyed = || fact.as_object().and_then(|o| o.keys().next());
    fact.as_str().or_else(|| keyed().map(String::as_str)).unwrap_or_default()
}

/// What a fact is compared with: the last of its name, a screen with the last of its pane.
fn kind(fact: &Value) -> Option<String> {
    let name = name(fact);
    LARGE.contains(&name).then(|| match fact.pointer("/Screen/pane/id") {
        Some(pane) => format!("{name} {pane}"),
        None => name.to_owned(),
    })
}

/// Screens of panes that are gone are not kept.
fn forget(last: &mut Last, fact: &Value) {
    let Some(panes) = fact.get("Panes").and_then(Value::as_array) else { return };
    let there: Vec<String> =
        panes.iter().filter_map(|p| p.pointer("/identity/id")).map(|id| format!("Screen {id}")).collect();
    last.retain(|kind, _| !kind.starts_with("Screen ") || there.contains(kind));
}

/// Turns a run into lines.
#[derive(Debug)]
pub struct Recorder {
    veil: Veil,
    last: Last,
}

impl Recorder {
    /// One that leaves out secrets and the words that tell whose machine this is.
    pub fn new(whose: Vec<String>) -> Self {
        Self { veil: Veil::new(whose), last: Last::new() }
    }

    /// The first line.
    pub fn header(&self, start: Start, theme: &str) -> Result<String, String> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let header = Header { archtui_recording: FORMAT, version, theme: theme.to_owned(), start };
        Ok(self.veil.value(&header)?.to_string())
    }

    /// A fact.
    pub fn fact(&mut self, now: Now, event: &Event) -> String {
        let fact = match self.veil.fact(event) {
            Ok(fact) => fact,
            Err(why) => return line(now, What::Lost(why)),
        };
        let kind = kind(&fact);
        let told = line(now, self.shortened(fact));
        if told.len() < LONGEST {
            return told;
        }
        // Whoever reads does not have it: the next one of its kind is told whole.
        if let Some(kind) = kind {
            self.last.remove(&kind);
        }
        line(now, What::Lost("it is too large for a line".to_owned()))
    }

    /// A frame that was drawn.
    pub fn drew(now: Now, (width, height): (u16, u16)) -> String {
        line(now, What::Drew(width, height))
    }

    fn shortened(&mut self, fact: Value) -> What {
        forget(&mut self.last, &fact);
        let Some(kind) = kind(&fact) else { return What::Fact(fact) };
        let what = match self.last.get(&kind) {
            Some(last) => What::Change(kind.clone(), delta::diff(last, &fact)),
            None => What::Fact(fact.clone()),
        };
        self.last.insert(kind, fact);
        what
    }
}

fn line(now: Now, what: What) -> String {
    serde_json::to_string(&Line { stamp: Stamp::of(now), what }).expect("texts and finite numbers")
}

/// Reads the first line; the error says what it is instead.
pub fn decode_header(line: &str) -> Result<Header, String> {
    #[derive(Deserialize)]
    struct Any {
        archtui_recording: u32,
        version: String,
    }
    let Ok(any) = serde_json::from_str::<Any>(line) else {
        return Err("it is no recording of archtui".to_owned());
    };
    let (of, own) = (text::fit(&text::printable(&any.version), 20), env!("CARGO_PKG_VERSION"));
    if any.archtui_recording != FORMAT {
        let form = any.archtui_recording;
        return Err(format!(
            "archtui {of} recorded it in form {form}; this is archtui {own}, which reads form {FORMAT}"
        ));
    }
    let mut value: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
    clean(&mut value);
    serde_json::from_value(value)
        .map_err(|e| format!("archtui {of} recorded it, and this one ({own}) cannot read that: {e}"))
}

impl Line {
    /// Reads a line behind the header.
    pub fn decode(line: &str) -> Result<Self, String> {
        serde_json::from_str(line).map_err(|e| e.to_string())
    }
}

/// Turns lines into facts again.
#[derive(Debug, Default)]
pub struct Player {
    last: Last,
}

impl Player {
    /// The fact of a line, and its name.
    pub fn fact(&mut self, what: &What) -> Result<(Event, String), String> {
        let fact = match what {
            What::Fact(fact) => {
                let mut fact = fact.clone();
                clean(&mut fact);
                fact
            }
            What::Change(kind, change) => {
                let last = self.last.get(kind).ok_or_else(|| "it changes what was never told".to_owned())?;
                let mut change = change.clone();
                clean(&mut change);
                delta::patch(last, &change).ok_or_else(|| "it changes what is not there".to_owned())?
            }
            What::Drew(..) | What::Lost(_) => return Err("it tells of no fact".to_owned()),
        };
        let event = Event::deserialize(&fact).map_err(|e| e.to_string())?;
        let word = name(&fact).to_owned();
        forget(&mut self.last, &fact);
        if let Some(kind) = kind(&fact) {
            self.last.insert(kind, fact);
        }
        Ok((event, word))
    }
}

/// Leaves out of every text, names too, what may not be drawn: a recording may come from anybody.
fn clean(value: &mut Value) {
    let sound = |c: char| matches!(c, '\n' | '\t') || text::is_printable(c);
    match value {
        Value::String(s) if s.chars().all(sound) => {}
        Value::String(s) => s.retain(sound),
        Value::Array(all) => all.iter_mut().for_each(clean),
        Value::Object(all) => {
            if !all.keys().all(|name| name.chars().all(sound)) {
                let cleaned = std::mem::take(all).into_iter();
                *all = cleaned
                    .map(|(name, value)| (name.chars().filter(|c| sound(*c)).collect(), value))
                    .collect();
            }
            for (name, value) in all {
                match value {
                    // A key is one character, and stays one.
                    Value::String(s) if name == "Char" && !s.chars().all(sound) => {
                        *s = '\u{fffd}'.to_string();
                    }
                    value => clean(value),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
