//! One text on its way into one dialog. Before each send the look before it must show what the send is for, and the server
//! compares that look in the same command; after each it must be seen what came of it, for a while. Every doubt ends it:
//! nothing more is sent, and what lies there then is told.
//!
//! ```text
//! look ─→ check the pane ─→ intent on disk ─→ keys that open the field ─ seen open and empty ─→ the text, one paste
//!      ─ seen there, whole and alone, for 450 ms ─→ Enter ─ seen gone ─→ outcome on disk
//! ```

use std::time::Duration;

use super::{Way, Words};
use crate::domain::dialog::{Dialog, DialogId, Opens};
use crate::domain::errand::{AGAIN, Heard, Order, PATIENCE, Put, Sent, Sight, VERIFY};
use crate::domain::ledger::{Outcome, Said};
use crate::domain::read::Reading;
use crate::domain::redact::Secrets;
use crate::domain::status::State;
use crate::domain::stroke::KeyName;
use crate::domain::task::hand::essence;
use crate::domain::text;

/// Rest between the text and Enter: agents take longer to end a paste than to draw it. 450 ms never failed.
const REST: Duration = Duration::from_millis(450);
/// A dialog that was gone for less than this may have blinked.
const BLINK: Duration = Duration::from_millis(150);

/// What a look shows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scene {
    /// The dialog without an open field; which option is marked.
    Closed(Option<usize>),
    /// The dialog with the option's field open, and what stands in it.
    Open(String),
    /// No dialog; the composer, and what stands in it.
    Composer(String),
    /// Another dialog.
    Another,
    /// Neither dialog nor composer.
    Neither(State),
}

/// What a send is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    /// The mark stands on that option.
    Marked(usize),
    /// The field, or the composer, is there and empty.
    Opened,
    /// It holds the text, whole and alone.
    Written,
    /// The dialog is answered.
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Look,
    Check,
    Intend,
    Send(Goal),
    Await(Goal),
}

/// A text under way.
#[derive(Debug, Clone)]
pub struct Course {
    content: DialogId,
    way: Way,
    words: Words,
    settle: Duration,
    at: At,
    until: Duration,
    again: Duration,
    /// What the last look showed, and since when it has been that.
    scene: Scene,
    since: Duration,
    /// What went out so far.
    sent: Vec<String>,
    /// So many moves of the mark are left.
    moves: usize,
    /// The answer to Enter that never came.
    doubt: Option<String>,
}

impl Course {
    /// Begins with a look. `settle` is how long a screen must stand before the agent takes keys.
    pub fn new(content: DialogId, way: Way, words: Words, settle: Duration, now: Duration) -> (Self, Order) {
        let course = Self {
            content,
            moves: way.option + 1,
            way,
            words,
            settle,
            at: At::Look,
            until: now + PATIENCE,
            again: now + AGAIN,
            scene: Scene::Neither(State::Unknown),
            since: now,
            sent: Vec::new(),
            doubt: None,
        };
        (course, Order::Look)
    }

    /// What it says to the agent: no, or for good, where the option that takes it does.
    pub fn says(&self, dialog: &Dialog) -> Said {
        let option = dialog.options.get(self.way.option);
        let said = option.and_then(|o| Said::by(o.meaning));
        said.filter(|said| *said != Said::Allow).unwrap_or(Said::Text)
    }

    /// The key that is sent first, where the dialog is as it was seen.
    pub fn first_key(&self) -> Option<KeyName> {
        let name = if self.way.opens == Opens::Tab { Some("Tab") } else { self.way.key.as_deref() };
        name.and_then(KeyName::new)
    }

    /// What goes into the pane now goes into the composer, not into the dialog.
    pub fn in_composer(&self) -> bool {
        matches!(self.scene, Scene::Composer(_))
    }

    /// When it wants to hear of the time.
    pub fn due(&self) -> Duration {
        if matches!(self.at, At::Look | At::Await(_)) { self.until.min(self.again) } else { self.until }
    }

    /// Takes in what was heard.
    pub fn hear(&mut self, heard: Heard<'_>, now: Duration) -> Order {
        if let Heard::Look(sight) = &heard {
            let scene = scene(sight, self.content, self.way.option);
            if scene != self.scene {
                (self.scene, self.since) = (scene, now);
            }
        }
        match (self.at, heard) {
            (At::Look, Heard::Look(sight)) => match self.fits(sight.reading) {
                Ok(()) => {
                    self.go(At::Check, PATIENCE, now);
                    Order::Check
                }
                Err(why) => Order::End(Outcome::Refused, why),
            },
            (At::Check, Heard::Checked(Ok(()))) => {
                self.go(At::Intend, PATIENCE, now);
                Order::Intend(self.plan())
            }
            (At::Check, Heard::Checked(Err(why))) | (At::Intend, Heard::Recorded(Err(why))) => {
                Order::End(Outcome::Refused, why)
            }
            (At::Intend, Heard::Recorded(Ok(()))) => self.next(now),
            (At::Send(goal), Heard::Sent(Sent::Done)) => self.wait(goal, now),
            (At::Send(Goal::Gone), Heard::Sent(Sent::Unknown(why))) => {
                self.doubt = Some(why);
                self.wait(Goal::Gone, now)
            }
            (At::Send(_), Heard::Sent(Sent::Unknown(why))) => self.stop(Outcome::Unknown, &why),
            (At::Send(_), Heard::Sent(Sent::Refused(why))) => {
                // It was noted before it was sent.
                self.sent.pop();
                if self.sent.is_empty() {
                    Order::End(Outcome::Refused, why)
                } else {
                    self.stop(Outcome::Stuck, &why)
                }
            }
            (At::Await(goal), Heard::Look(_)) if self.shows(goal) && now >= self.since + self.rest(goal) => {
                match goal {
                    // What the agent made of it is not on the screen: some show the text, some do not.
                    Goal::Gone => {
                        let end = format!("written and submitted, the dialog went; {}", self.lies());
                        Order::End(Outcome::Cleared, end)
                    }
                    _ => self.next(now),
                }
            }
            (_, Heard::Time) if now >= self.until => self.late(),
            (At::Look | At::Await(_), Heard::Time) if now >= self.again => {
                self.again = now + AGAIN;
                Order::Look
            }
            _ => Order::Wait,
        }
    }

    /// Whether the dialog is the one that is meant, and its option takes the text.
    fn fits(&self, reading: &Reading) -> Result<(), String> {
        self.words.suits(self.way.opens).map_err(str::to_owned)?;
        let dialog = reading.dialog.as_ref().filter(|d| d.identity() == self.content);
        let dialog = dialog.ok_or("another dialog is there now; look at it first")?;
        match &self.scene {
            Scene::Open(t) if !t.is_empty() => {
                return Err(format!("its text field holds {} already", quoted(t)));
            }
            Scene::Open(_) => return Ok(()),
            Scene::Closed(_) => {}
            _ => return Err("another field of it is open".to_owned()),
        }
        let takes =
            |t: &crate::domain::dialog::TextOption| t.option == self.way.option && t.opens == self.way.opens;
        match dialog.texts.iter().any(takes) {
            true if self.way.opens == Opens::Tab && dialog.selected.is_none() => {
                Err("it cannot be seen which option is marked".to_owned())
            }
            true => Ok(()),
            false => Err("that option takes no text now".to_owned()),
        }
    }

    /// What is meant to be sent, for the ledger.
    fn plan(&self) -> String {
        let to = match (self.way.opens, &self.scene) {
            (_, Scene::Open(_)) => String::new(),
            (Opens::Tab, Scene::Closed(Some(at))) => {
                let far = self.way.option.abs_diff(*at);
                let key = if *at < self.way.option { "Down" } else { "Up" };
                format!("{}Tab, ", format!("{key}, ").repeat(far))
            }
            _ => format!("{}, ", self.way.key.as_deref().unwrap_or("?")),
        };
        let into = if self.way.opens == Opens::Composer { " into the composer" } else { "" };
        let (n, words) = (self.words.as_str().chars().count(), &self.words);
        format!("a text for \"{}\": {to}{n} characters{into}, Enter: {words}", self.way.label)
    }

    /// The next send, by what the last look shows.
    fn next(&mut self, now: Duration) -> Order {
        let written = self.sent.iter().any(|s| s == TEXT);
        let key = |name: &str| KeyName::new(name).map(Put::Key);
        let (put, goal) = match (&self.scene, self.way.opens) {
            (Scene::Closed(Some(at)), Opens::Tab) if !written && *at == self.way.option => {
                (key("Tab"), Goal::Opened)
            }
            (Scene::Closed(Some(at)), Opens::Tab) if !written && self.moves > 0 => {
                self.moves -= 1;
                let down = *at < self.way.option;
                (key(if down { "Down" } else { "Up" }), Goal::Marked(if down { at + 1 } else { at - 1 }))
            }
            (Scene::Closed(_), Opens::Key | Opens::Composer) if self.sent.is_empty() => {
                (self.way.key.as_deref().and_then(key), Goal::Opened)
            }
            (Scene::Open(t), Opens::Key | Opens::Tab) | (Scene::Composer(t), Opens::Composer)
                if !written && t.is_empty() =>
            {
                (Some(Put::Text(self.words.as_str().to_owned())), Goal::Written)
            }
            (Scene::Open(_) | Scene::Composer(_), _) if written && self.shows(Goal::Written) => {
                (key("Enter"), Goal::Gone)
            }
            _ => (None, Goal::Gone),
        };
        let Some(put) = put else { return self.stop(Outcome::Stuck, "it looks otherwise now") };
        self.sent.push(match &put {
            Put::Key(key) => key.as_str().to_owned(),
            Put::Text(_) => TEXT.to_owned(),
        });
        self.go(At::Send(goal), PATIENCE, now);
        Order::Send(put)
    }

    fn shows(&self, goal: Goal) -> bool {
        let composer = self.way.opens == Opens::Composer;
        let wanted = || essence(self.words.as_str());
        match (goal, &self.scene) {
            (Goal::Marked(at), Scene::Closed(marked)) => *marked == Some(at),
            (Goal::Opened, Scene::Open(t)) => !composer && t.is_empty(),
            (Goal::Opened, Scene::Composer(t)) => composer && t.is_empty(),
            (Goal::Written, Scene::Open(t)) => !composer && essence(t) == wanted(),
            (Goal::Written, Scene::Composer(t)) => composer && essence(t) == wanted(),
            (Goal::Gone, Scene::Composer(t)) => t.is_empty(),
            (Goal::Gone, Scene::Another) => true,
            // The dialog had ended before the text was written: what asks the same now is another one.
            (Goal::Gone, Scene::Closed(_)) => composer,
            (Goal::Gone, Scene::Neither(state)) => *state == State::Working,
            _ => false,
        }
    }

    /// How long it must have looked so.
    fn rest(&self, goal: Goal) -> Duration {
        match goal {
            Goal::Marked(_) | Goal::Opened => self.settle,
            Goal::Written => REST.max(self.settle),
            Goal::Gone => BLINK,
        }
    }

    fn go(&mut self, at: At, patience: Duration, now: Duration) {
        self.at = at;
        self.until = now + patience;
        self.again = now + AGAIN;
    }

    fn wait(&mut self, goal: Goal, now: Duration) -> Order {
        // What was seen before the send does not count.
        self.since = now;
        self.go(At::Await(goal), VERIFY, now);
        Order::Look
    }

    fn late(&self) -> Order {
        let refused = |why: &str| Order::End(Outcome::Refused, why.to_owned());
        match (self.at, &self.doubt) {
            (At::Look, _) => refused("its screen was not seen in time"),
            (At::Check, _) => refused("tmux did not answer in time"),
            (At::Intend, _) => refused("the ledger did not answer in time"),
            (At::Send(_), _) => self.stop(Outcome::Unknown, "it is not known whether that arrived"),
            (At::Await(_), Some(why)) => self.stop(Outcome::Unknown, why),
            (At::Await(goal), None) => {
                let not = match goal {
                    Goal::Marked(_) => "its mark was not seen to move",
                    Goal::Opened => "no empty field was seen to open",
                    Goal::Written => "the text was not seen there, whole and alone",
                    Goal::Gone => "it was not seen to go",
                };
                self.stop(Outcome::Stuck, not)
            }
        }
    }

    /// Nothing more is sent; what went out and what lies there is told.
    fn stop(&self, outcome: Outcome, why: &str) -> Order {
        let sent = self.sent.join(", ");
        Order::End(outcome, format!("held after {sent}: {why}; {}; nothing more was sent", self.lies()))
    }

    /// What the last look showed.
    fn lies(&self) -> String {
        match &self.scene {
            Scene::Closed(_) => "the dialog is there, nothing is written in it".to_owned(),
            Scene::Open(t) if t.is_empty() => "its text field is open and empty".to_owned(),
            Scene::Open(t) => format!("its text field holds {}", quoted(t)),
            Scene::Composer(t) if t.is_empty() => "the composer is empty".to_owned(),
            Scene::Composer(t) => format!("the dialog is gone, the composer holds {}", quoted(t)),
            Scene::Another => "another dialog is there".to_owned(),
            Scene::Neither(state) => state.clause().to_owned(),
        }
    }
}

/// What stands in a field, as it may be told. Nothing of it where a secret is: cut, or broken by the field's edge, half of
/// one would be left.
fn quoted(held: &str) -> String {
    let words: Vec<&str> = held.split_whitespace().collect();
    let holds = |s: &str| !Secrets::builtin().find(s).is_empty();
    if holds(held) || (0..words.len()).any(|from| holds(&words[from..].concat())) {
        return "a secret".to_owned();
    }
    format!("\"{}\"", text::fit(&text::printable(held), 60))
}

/// The word for the text among what was sent.
const TEXT: &str = "the text";

fn scene(sight: &Sight<'_>, content: DialogId, option: usize) -> Scene {
    let reading = sight.reading;
    match (&reading.dialog, &reading.composer) {
        (Some(d), _) if d.identity() != content => Scene::Another,
        (Some(d), _) => match &d.field {
            Some(f) if f.option == option => Scene::Open(f.text.clone()),
            Some(_) => Scene::Another,
            None => Scene::Closed(d.selected),
        },
        // Without colours a placeholder cannot be told from a text.
        (None, Some(c)) if c.certain || c.text.trim().is_empty() => {
            Scene::Composer(if c.pasted.is_some() { "a paste".to_owned() } else { c.text.trim().to_owned() })
        }
        (None, _) => Scene::Neither(reading.state),
    }
}
