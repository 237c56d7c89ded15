//! The last step to the keyboard: one errand of the queue at one pane, look by look. Looks and answers come in, the next
//! thing to do goes out; it ends with the [`Step`] that the queue is told. Every doubt ends it: nothing is put twice.
//!
//! ```text
//! check:  look ─ idle, composer empty, nobody there ─→ Ready
//! paste:  look again ─→ put the text ─→ look until the composer holds it, whole and alone ─→ rest ─→ Shown
//! enter:  look again ─ still whole and alone ─→ put Enter, alone ─→ look until the composer is empty
//!                    ─→ look until work begins, or the text stands in the conversation ─→ Taken
//! ```
//! What is put is put by the server only if the pane still shows what the look showed: a put that it refused is sure not to
//! have happened, and only after such a one another try is made.

use std::time::Duration;

use super::event::{Sighting, Step};
use super::look::{Look, Said, Spot};
use super::text::is_command;
use crate::domain::text;

/// Rest between the text and Enter: agents take longer to end a paste than to draw it. 450 ms never failed.
const REST: Duration = Duration::from_millis(450);
/// A look that was asked for must come within this time.
const LOOK: Duration = Duration::from_secs(3);
/// The composer must hold the text within this time; long ones take longer.
const SHOW: Duration = Duration::from_secs(10);
/// The composer must be empty within this time after Enter.
const EMPTY: Duration = Duration::from_secs(5);
/// Work that has not begun after this time has come and gone, if the text stands in the conversation.
const QUICK: Duration = Duration::from_millis(1500);
/// Work must begin within this time after that.
const BEGIN: Duration = Duration::from_secs(10);
/// Another look is asked for this long after the one before.
const AGAIN: Duration = Duration::from_millis(120);
/// Tries of a put that the server refused because the pane had changed meanwhile.
const TRIES: u8 = 4;

/// What is put into a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// The text, as one bracketed paste.
    Paste(String),
    /// The text, key by key: agents take a command of their own only so.
    Type(String),
    /// Enter, alone.
    Enter,
}

/// Why nothing came of a put, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// It is sure that nothing was sent: the pane had changed. Another look may show that it can be.
    Changed,
    /// It is sure that nothing was sent; why.
    Surely(String),
    /// Nobody knows; what was heard instead of an answer.
    Perhaps(String),
}

/// What the hand hears.
#[derive(Debug, Clone)]
pub enum Heard {
    /// A look at the pane.
    Look(Look),
    /// The answer to the put.
    Answer(Result<(), Failed>),
    /// Time passed.
    Time,
}

/// What is to be done next.
#[derive(Debug, Clone)]
pub enum Do {
    /// Wait: for a look, an answer, or [`Hand::due`].
    Wait,
    /// Look at the pane, now.
    Look,
    /// Put this, if the pane still shows that.
    Put(Put, Spot),
    /// The errand is over; the queue is told this.
    Tell(Step),
}

/// One errand under way.
#[derive(Debug, Clone)]
pub struct Hand {
    text: String,
    at: At,
    /// Until when the present step must have come to something.
    until: Duration,
    /// When to look again.
    again: Duration,
    tries: u8,
    /// The put's answer that never came.
    unanswered: Option<String>,
    /// What of the text stood in the conversation already, before Enter.
    said_before: Said,
    /// What the last look showed.
    seen: String,
}

/// Where the errand stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Check,
    Paste,
    Pasting,
    Show,
    Rest,
    Enter,
    Entering,
    Empty,
    Begin,
    LookUp,
}

impl Hand {
    /// For [`Effect::Check`](super::Effect::Check).
    pub fn check(now: Duration) -> (Self, Do) {
        (Self::at(At::Check, String::new(), now, LOOK), Do::Look)
    }

    /// For [`Effect::Paste`](super::Effect::Paste).
    pub fn paste(text: String, now: Duration) -> (Self, Do) {
        (Self::at(At::Paste, text, now, LOOK), Do::Look)
    }

    /// For [`Effect::Enter`](super::Effect::Enter).
    pub fn enter(text: String, now: Duration) -> (Self, Do) {
        (Self::at(At::Enter, text, now, LOOK), Do::Look)
    }

    /// For [`Effect::LookUp`](super::Effect::LookUp).
    pub fn look_up(text: String, now: Duration) -> (Self, Do) {
        (Self::at(At::LookUp, text, now, LOOK), Do::Look)
    }

    fn at(at: At, text: String, now: Duration, patience: Duration) -> Self {
        let (until, again) = (now + patience, now + AGAIN);
        Self {
            text,
            at,
            until,
            again,
            tries: 0,
            unanswered: None,
            said_before: Said::default(),
            seen: "it was not seen in time".into(),
        }
    }

    /// When it wants to hear of the time.
    pub fn due(&self) -> Duration {
        match self.at {
            // The keyboard answers in its own time, and always.
            At::Pasting | At::Entering => Duration::MAX,
            At::Rest => self.until,
            _ => self.until.min(self.again),
        }
    }

    /// Takes in what was heard.
    pub fn hear(&mut self, heard: Heard, now: Duration) -> Do {
        match (self.at, heard) {
            (At::Pasting, Heard::Answer(answer)) => {
                let patience = SHOW + Duration::from_millis(self.text.len() as u64 / 8);
                self.answered(answer, (At::Paste, At::Show), patience, now)
            }
            (At::Entering, Heard::Answer(answer)) => {
                self.answered(answer, (At::Enter, At::Empty), EMPTY, now)
            }
            // The intent to press Enter is written after the rest: between it and the key there is as little as can be.
            (At::Rest, Heard::Time) if now >= self.until => Do::Tell(Step::Shown),
            // One put at a time; what is seen before its answer says nothing yet.
            (At::Pasting | At::Entering, _)
            | (_, Heard::Answer(_))
            | (At::Rest, Heard::Look(_) | Heard::Time) => Do::Wait,
            (_, Heard::Look(look)) => self.look(look, now),
            (_, Heard::Time) if now >= self.until => self.late(),
            (_, Heard::Time) if now >= self.again => {
                self.again = now + AGAIN;
                Do::Look
            }
            (_, Heard::Time) => Do::Wait,
        }
    }

    /// No key more from here on, as far as that is possible: what was pressed is still watched.
    pub fn stop(&mut self, why: &str) -> Do {
        match self.at {
            At::Check | At::Paste | At::Enter => Do::Tell(Step::Declined(why.to_owned())),
            At::Pasting | At::Show | At::Rest | At::Entering | At::Empty | At::Begin | At::LookUp => Do::Wait,
        }
    }

    fn go(&mut self, at: At, patience: Duration, now: Duration) -> Do {
        self.at = at;
        self.until = now + patience;
        self.again = now + AGAIN;
        Do::Look
    }

    fn answered(
        &mut self,
        answer: Result<(), Failed>,
        (before, after): (At, At),
        patience: Duration,
        now: Duration,
    ) -> Do {
        match answer {
            Ok(()) => self.go(after, patience, now),
            Err(Failed::Perhaps(what)) => {
                self.unanswered = Some(what);
                self.go(after, patience, now)
            }
            Err(Failed::Changed) if self.tries < TRIES => {
                self.tries += 1;
                self.go(before, LOOK, now)
            }
            Err(Failed::Changed) => Do::Tell(Step::Declined("its screen does not come to rest".into())),
            Err(Failed::Surely(why)) => Do::Tell(Step::Declined(why)),
        }
    }

    fn look(&mut self, look: Look, now: Duration) -> Do {
        let clear = look.clear();
        self.seen = look.seen();
        match self.at {
            At::Check => Do::Tell(clear.map_or_else(Step::Declined, |()| Step::Ready)),
            At::Paste => match (clear, look.spot()) {
                (Ok(()), Some(spot)) => {
                    self.at = At::Pasting;
                    Do::Put(self.put(), spot)
                }
                (Ok(()), None) => Do::Tell(Step::Declined("its screen cannot be compared".into())),
                (Err(why), _) => Do::Tell(Step::Declined(why)),
            },
            At::Show if look.holds(&self.text) => {
                self.at = At::Rest;
                self.until = now + REST;
                Do::Wait
            }
            At::Show if look.is_another() => Do::Tell(self.doubt("after the text was pasted", &look)),
            At::Enter if look.holds(&self.text) => match look.spot() {
                Some(spot) => {
                    self.said_before = look.said(&self.text);
                    self.at = At::Entering;
                    Do::Put(Put::Enter, spot)
                }
                None => Do::Tell(Step::Declined("its screen cannot be compared".into())),
            },
            // The composer may be redrawn this moment: a while is waited before it counts.
            At::Enter if now < self.until && !look.is_another() => Do::Wait,
            At::Enter => Do::Tell(Step::Declined(self.seen.clone())),
            At::Empty if look.holds(&self.text) => Do::Wait,
            At::Empty | At::Begin if self.taken(&look) => Do::Tell(Step::Taken),
            At::Begin if self.answered_already(&look, now) => Do::Tell(Step::Answered),
            At::Empty if look.is_empty() => {
                self.go(At::Begin, BEGIN, now);
                Do::Wait
            }
            At::Empty | At::Begin if look.is_shell() => {
                Do::Tell(self.doubt("after Enter was pressed", &look))
            }
            At::LookUp => self.found(&look, now),
            _ => Do::Wait,
        }
    }

    /// It was quicker than we look: the text is in the conversation, and nothing has happened for a while since.
    fn answered_already(&self, look: &Look, now: Duration) -> bool {
        let waited = now + BEGIN >= self.until + QUICK;
        waited && look.clear().is_ok() && look.said(&self.text).is_new(self.said_before)
    }

    /// An agent's own command is taken as soon as the composer is empty: some show no work.
    fn taken(&self, look: &Look) -> bool {
        let newly_said = look.said(&self.text).is_new(self.said_before);
        // A dialog hides the composer, where the text may still stand: alone it proves nothing.
        look.is_at_work() || (look.asks() && newly_said) || (look.is_empty() && is_command(&self.text))
    }

    /// After a restart. What a person may have typed meanwhile is not told from ours: only the whole text counts.
    fn found(&self, look: &Look, now: Duration) -> Do {
        let found = if look.holds(&self.text) {
            Sighting::Composer
        } else if now < self.until && !look.is_another() && !look.is_empty() {
            return Do::Wait;
        } else {
            let unsaid = look.said(&self.text) == Said::default();
            let said = if unsaid { "" } else { "; its words stand in the conversation" };
            Sighting::Unknown(format!("archtui ended while it was typed; then {}{said}", look.seen()))
        };
        Do::Tell(Step::Found(found))
    }

    fn late(&self) -> Do {
        let heard = self.unanswered.as_ref().map(|u| format!(" ({u})")).unwrap_or_default();
        let seen = &self.seen;
        Do::Tell(match self.at {
            At::Check | At::Paste | At::Enter => Step::Declined(seen.clone()),
            At::Show => Step::Doubt(format!("its text was pasted; then {seen}{heard}")),
            At::Empty => Step::Doubt(format!("Enter was pressed; then {seen}{heard}")),
            At::Begin => Step::Doubt(format!("Enter was pressed and no work was seen to begin; then {seen}")),
            At::LookUp => {
                Step::Found(Sighting::Unknown(format!("archtui ended while it was typed; then {seen}")))
            }
            At::Rest | At::Pasting | At::Entering => return Do::Wait,
        })
    }

    fn doubt(&self, when: &str, look: &Look) -> Step {
        let unanswered = self.unanswered.as_ref().map(|u| format!(" ({u})")).unwrap_or_default();
        Step::Doubt(format!("{when}, {}{unanswered}", look.seen()))
    }

    fn put(&self) -> Put {
        if is_command(&self.text) { Put::Type(self.text.clone()) } else { Put::Paste(self.text.clone()) }
    }
}

/// What of a text is compared with a screen: what every terminal shows alike, without blanks and line ends.
pub(super) fn essence(s: &str) -> String {
    s.chars().filter(|c| c.is_ascii_graphic() || (c.is_alphanumeric() && text::is_printable(*c))).collect()
}
