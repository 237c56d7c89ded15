//! What a recording, or a picture of the control room, does not tell: secrets, as far as assets/secrets.toml knows them, the
//! home folder and the user's name, and what a person types into an agent. Every text goes through here, those of facts
//! that come to be later too: what is masked is the JSON that is written, not this field and that.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::app::event::{Did, Event, Looked, PASTED, TYPED};
use crate::app::key::{Code, Key};
use crate::app::state::{Mode, Now, State};
use crate::app::update::LEAVE;
use crate::domain::dialog::Dialog;
use crate::domain::redact::{MASK, Secrets};
use crate::domain::screen::Screen;
use crate::domain::session::PaneIdentity;
use crate::domain::text;

/// More dialogs with secrets are not kept apart.
const DIALOGS: usize = 4096;

/// Masks facts on their way to the disk.
#[derive(Debug)]
pub struct Veil {
    /// The longest first.
    whose: Vec<String>,
    /// What a dialog is called in whose text something was masked: its own name is a fingerprint of the text.
    names: BTreeMap<u64, u64>,
    lately: Lately,
}

/// Fields whose words are compared, with each other or with ours: one that is a single word stays as it is.
const NAMES: [&str; 17] = [
    "agent",
    "id",
    "key",
    "keymap",
    "meaning",
    "name",
    "occupied",
    "off",
    "operation",
    "preset",
    "reports_to",
    "role",
    "rule",
    "session",
    "target",
    "theme",
    "to",
];

/// Fields in which anything may stand: no word there is one of ours.
const FREE: [&str; 12] = [
    "alternative",
    "command",
    "conversation",
    "cwd",
    "dir",
    "evidence",
    "label",
    "question",
    "subject",
    "text",
    "title",
    "what",
];

/// A fact without what a person types into an agent: it may be a password, letter by letter. The state does not know it either.
pub fn untyped(state: &State, event: &Event, now: Now) -> Event {
    // Typed on, where nobody takes it: only Esc does something then.
    let deaf = state.deaf.is_some_and(|until| now.mono < until);
    match event {
        Event::Key(key) if deaf && key.code != Code::Esc => Event::Key(Key::char(MASK)),
        Event::Paste(_) if deaf => Event::Paste(String::new()),
        Event::Key(key)
            if matches!(state.mode, Mode::TypeInto(_)) && *key != LEAVE && key.stroke().is_some() =>
        {
            Event::Key(Key::char(MASK))
        }
        Event::Paste(_) if matches!(state.mode, Mode::TypeInto(_)) => Event::Paste(String::new()),
        Event::Did(did) if [TYPED, PASTED].iter().any(|w| did.what.starts_with(w)) => {
            let command = did.command.as_ref().map(|_| "(what was typed is not recorded)".to_owned());
            Event::Did(Did { command, ..did.clone() })
        }
        other => other.clone(),
    }
}

impl Veil {
    /// Over secrets and these words.
    pub fn new(mut whose: Vec<String>) -> Self {
        whose.retain(|w| w.chars().count() >= 3);
        whose.sort_by_key(|w| std::cmp::Reverse(w.len()));
        Self { whose, names: BTreeMap::new(), lately: Lately::default() }
    }

    /// A fact as JSON, masked. The error says why it cannot be written.
    pub fn fact(&mut self, event: &Event) -> Result<Value, String> {
        match event {
            Event::Screen(looked) => self.screen(looked),
            other => {
                let mut value = self.value(other)?;
                if matches!(other, Event::Board(_) | Event::Theirs(_)) {
                    self.rename(&mut value);
                }
                Ok(value)
            }
        }
    }

    /// A fact as it may be shown to anybody: what is made of it tells no secret either. The error says why it cannot be.
    pub fn shown(&mut self, event: &Event) -> Result<Event, String> {
        Event::deserialize(self.fact(event)?).map_err(|e| e.to_string())
    }

    /// Anything else that is written.
    pub fn value<T: Serialize + DeserializeOwned>(&self, value: &T) -> Result<Value, String> {
        let plain = serde_json::to_value(value).map_err(|e| e.to_string())?;
        let masked = self.masked(plain.clone(), "", Words::Names);
        if masked == plain || T::deserialize(&masked).is_ok() {
            return Ok(masked);
        }
        // Somebody is called like a word of ours, and it cannot be read any more.
        let masked = self.masked(plain, "", Words::Ours);
        T::deserialize(&masked).map_err(|e| e.to_string())?;
        Ok(masked)
    }

    fn screen(&mut self, looked: &Looked) -> Result<Value, String> {
        let secrets = Secrets::builtin();
        let whose: Vec<&str> = self.whose.iter().map(String::as_str).collect();
        let veiled = secrets.veiled(&looked.screen);
        let hidden = Hidden { torn: secrets.torn(&looked.screen), pieces: pieces(&looked.screen, &veiled) };
        let screen = secrets.anonymous(&veiled, &whose);
        self.lately.saw(looked.pane, hidden);
        let event = Event::Screen(Arc::new(Looked { screen: Arc::new(screen), ..looked.clone() }));
        let value = self.value(&event)?;
        let dialog = value.pointer("/Screen/reading/dialog/0").filter(|d| has_mask(d));
        if let (Some(old), Some(new)) = (&looked.reading.dialog, dialog) {
            let new: Dialog = serde_json::from_value(new.clone()).map_err(|e| e.to_string())?;
            self.name(old.identity().0, new.identity().0);
        }
        Ok(value)
    }

    fn name(&mut self, old: u64, new: u64) {
        if self.names.len() < DIALOGS || self.names.contains_key(&old) {
            self.names.insert(old, new);
        }
    }

    /// What tells of a dialog in which something is masked calls it as the screen's does.
    fn rename(&mut self, value: &mut Value) {
        for list in ["queue", "recent"] {
            for board in ["/Board", "/Theirs"] {
                let told = value.pointer_mut(&format!("{board}/{list}")).and_then(Value::as_array_mut);
                for one in told.into_iter().flatten().filter(|one| has_mask(one)) {
                    for place in ["/id/1/content", "/body/showing/content"] {
                        let Some(content) = one.pointer_mut(place) else { continue };
                        let old = content.as_u64().unwrap_or_default();
                        // One that was on no screen is called by a number of its own.
                        let other = self.names.len() as u64;
                        *content = self.names.entry(old).or_insert(other).to_owned().into();
                    }
                }
            }
        }
    }

    /// What stands in that field.
    fn masked(&self, value: Value, field: &str, words: Words) -> Value {
        match value {
            Value::String(s) => Value::String(self.text(&s, field, words)),
            Value::Array(all) => all.into_iter().map(|v| self.masked(v, field, words)).collect(),
            Value::Object(all) => {
                let key = |k: String| if k.contains('/') { self.text(&k, "", words) } else { k };
                let within = |(k, v): (String, Value)| {
                    let value = self.masked(v, &k, words);
                    (key(k), value)
                };
                Value::Object(all.into_iter().map(within).collect::<Map<String, Value>>())
            }
            other => other,
        }
    }

    fn text(&self, s: &str, field: &str, words: Words) -> String {
        let (secrets, hidden) = (Secrets::builtin(), &self.lately.all);
        let one = s.chars().all(|c| c.is_alphanumeric() || "-_.*?".contains(c));
        if one && (NAMES.contains(&field) || words == Words::Ours && !FREE.contains(&field)) {
            return secrets.mask(s).into_owned();
        }
        let mut out = if hidden.torn.iter().any(|secret| secret.len() <= s.len()) {
            secrets.mask_torn(s, &hidden.torn)
        } else {
            secrets.mask(s).into_owned()
        };
        for piece in &hidden.pieces {
            out = without(&out, piece);
        }
        for word in &self.whose {
            if out.contains(word.as_str()) {
                out = out.replace(word.as_str(), &MASK.to_string().repeat(text::width(word)));
            }
        }
        out
    }
}

/// Which single words stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    /// Names.
    Names,
    /// Those, and all where one of ours may stand.
    Ours,
}

/// Of so many panes it is known what was masked.
const PANES: usize = 64;
/// Of each so many texts of a kind, the newest.
const KEPT: usize = 16;

/// What was masked on the last screens: boards, tasks and messages quote them later, when a half of a secret tells nobody
/// that it is one.
#[derive(Debug, Default)]
pub(super) struct Lately {
    /// The newest last.
    panes: Vec<(PaneIdentity, Hidden)>,
    /// All of it.
    pub(super) all: Hidden,
}

impl Lately {
    pub(super) fn saw(&mut self, pane: PaneIdentity, new: Hidden) {
        if new.torn.is_empty() && new.pieces.is_empty() {
            return;
        }
        let at = self.panes.iter().position(|(p, _)| *p == pane);
        let mut its = at.map(|at| self.panes.remove(at).1).unwrap_or_default();
        for (old, new) in [(&mut its.torn, new.torn), (&mut its.pieces, new.pieces)] {
            old.retain(|text| !new.contains(text));
            // What is on the screen now is kept in any case.
            old.drain(..(old.len() + new.len()).saturating_sub(KEPT).min(old.len()));
            old.extend(new);
        }
        if self.panes.len() >= PANES {
            self.panes.remove(0);
        }
        self.panes.push((pane, its));
        let all = |of: fn(&Hidden) -> &Vec<String>| {
            let mut all: Vec<String> = self.panes.iter().flat_map(|(_, h)| of(h)).cloned().collect();
            all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
            all.dedup();
            all
        };
        self.all = Hidden { torn: all(|h| &h.torn), pieces: all(|h| &h.pieces) };
    }
}

/// What is masked on a screen: what is said of the screen does not tell it either.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// Secrets that go over several rows, whole.
    pub(super) torn: Vec<String>,
    /// What is masked, row by row: evidence quotes rows.
    pub(super) pieces: Vec<String>,
}

/// A quote may be cut: so much of a piece tells that it is one.
const HEAD: usize = 8;

/// Every run of a screen that is masked in its copy.
fn pieces(screen: &Screen, masked: &Screen) -> Vec<String> {
    let mut all = Vec::new();
    for (row, copy) in screen.rows.iter().zip(&masked.rows).filter(|(row, copy)| row != copy) {
        // As many marks as each character had columns.
        let wide = |c: char| std::iter::repeat_n(c, text::char_width(c));
        let columns: Vec<char> = copy.text().chars().flat_map(wide).collect();
        let (mut piece, mut column) = (String::new(), 0);
        for c in row.text().chars() {
            if columns.get(column) == Some(&MASK) {
                piece.push(c);
            } else if text::char_width(c) > 0 {
                all.push(std::mem::take(&mut piece));
            }
            column += text::char_width(c);
        }
        all.push(piece);
    }
    all.retain(|piece| piece.chars().count() >= 4);
    all.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    all
}

/// A text with a piece masked wherever it begins there.
fn without(s: &str, piece: &str) -> String {
    let head: String = piece.chars().take(HEAD).collect();
    let (mut out, mut rest) = (String::new(), s);
    while let Some(at) = rest.find(&head) {
        let same = rest[at..].chars().zip(piece.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c);
        let (bytes, columns) = same.fold((0, 0), |(b, w), c| (b + c.len_utf8(), w + text::char_width(c)));
        out.push_str(&rest[..at]);
        out.extend(std::iter::repeat_n(MASK, columns));
        rest = &rest[at + bytes..];
    }
    out + rest
}

fn has_mask(value: &Value) -> bool {
    match value {
        Value::String(s) => s.contains(MASK),
        Value::Array(all) => all.iter().any(has_mask),
        Value::Object(all) => all.values().any(has_mask),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
