//! The last step to the keyboard: one errand of the queue at one pane, look by look. Looks and answers come in, the next
//! thing to do goes out; it ends with the [`Step`] that the queue is told. Every doubt ends it: nothing is put twice.
//!
//! ```text
//! check:  look ─ idle, composer empty, nobody there ─→ Ready
//! paste:  put the text ─→ look until the composer holds it, whole and alone ─→ rest ─→ Shown
//! enter:  put Enter, alone ─→ look until the composer is empty
//!                    ─→ look until work begins, or the text stands in the conversation ─→ Taken
//! any doubt, and look-up after a restart ─→ ask the agent's own record ─ it has the text ─→ Taken
//! ```
//! Between the intent on disk and the put there is no look: the [`Aim`] of the step before is compared by the server.
//! What is put is put by the server only if the pane still shows what the look showed: a put that it refused is sure not to
//! have happened, and only after such a one another try is made.

mod doubt;

use std::time::Duration;

use super::event::Step;
use super::look::{Look, Said, Spot};
use super::record::Trace;
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
/// A record that does not have the text is asked again for so long: agents write it down a moment after they took it.
const RECORD: Duration = Duration::from_millis(2500);
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
    /// What the agent's own record says of the text.
    Record(Trace),
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
    /// Look into the agent's own record for the text.
    Ask,
    /// The errand is over; the queue is told this.
    Tell(Step),
}

/// What the last look of an errand that went well showed: the next one begins with it.
#[derive(Debug, Clone)]
pub struct Aim {
    spot: Spot,
    said: Said,
}

/// One errand under way.
#[derive(Debug, Clone)]
pub struct Hand {
    text: String,
    at: At,
    aim: Option<Aim>,
    /// What is told if the agent's record does not have the text.
    otherwise: Option<Step>,
    /// The record was asked and has not answered yet.
    asked: bool,
    /// The composer was there and empty when it was looked at last.
    empty: bool,
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
    Record,
}

impl Hand {
    /// For [`Effect::Check`](super::Effect::Check).
    pub fn check(now: Duration) -> (Self, Do) {
        (Self::at(At::Check, String::new(), now, LOOK), Do::Look)
    }

    /// For [`Effect::Paste`](super::Effect::Paste), with the aim of the check.
    pub fn paste(text: String, aim: Option<Aim>, now: Duration) -> (Self, Do) {
        Self::at(At::Paste, text, now, LOOK).begin(aim)
    }

    /// For [`Effect::Enter`](super::Effect::Enter), with the aim of the paste.
    pub fn enter(text: String, aim: Option<Aim>, now: Duration) -> (Self, Do) {
        Self::at(At::Enter, text, now, LOOK).begin(aim)
    }

    fn begin(mut self, aim: Option<Aim>) -> (Self, Do) {
        let first = aim.map_or(Do::Look, |aim| self.aimed(aim));
        (self, first)
    }

    /// The aim of what it told last.
    pub fn aim(&mut self) -> Option<Aim> {
        self.aim.take()
    }

    /// Puts what is to be put there.
    fn aimed(&mut self, aim: Aim) -> Do {
        let what = if self.at == At::Paste { self.put() } else { Put::Enter };
        self.at = if self.at == At::Paste { At::Pasting } else { At::Entering };
        self.said_before = aim.said;
        Do::Put(what, aim.spot)
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
            aim: None,
            otherwise: None,
            asked: false,
            empty: false,
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
            At::Record if self.asked => self.until + LOOK,
            At::Record => self.again,
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
            (At::Rest, Heard::Look(look)) => {
                self.aim = self.aim_at(&look).filter(|_| look.holds(&self.text));
                Do::Wait
            }
            (At::Record, Heard::Record(trace)) => self.recorded(trace, now),
            (At::Record, Heard::Time) => self.ask_again(now),
            // One put at a time; what is seen before its answer says nothing yet.
            (At::Pasting | At::Entering | At::Record, _)
            | (_, Heard::Answer(_) | Heard::Record(_))
            | (At::Rest, Heard::Time) => Do::Wait,
            (_, Heard::Look(look)) => self.look(look, now),
            (_, Heard::Time) if now >= self.until => self.late(now),
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
            At::Pasting
            | At::Show
            | At::Rest
            | At::Entering
            | At::Empty
            | At::Begin
            | At::LookUp
            | At::Record => Do::Wait,
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
            At::Check => {
                self.aim = self.aim_at(&look).filter(|_| clear.is_ok());
                Do::Tell(clear.map_or_else(Step::Declined, |()| Step::Ready))
            }
            At::Paste => match (clear, self.aim_at(&look)) {
                (Ok(()), Some(aim)) => self.aimed(aim),
                (Ok(()), None) => Do::Tell(Step::Declined("its screen cannot be compared".into())),
                (Err(why), _) => Do::Tell(Step::Declined(why)),
            },
            At::Show if look.holds(&self.text) => {
                self.at = At::Rest;
                self.until = now + REST;
                self.aim = self.aim_at(&look);
                Do::Wait
            }
            At::Show if look.is_another() => Do::Tell(self.doubt("after the text was pasted", &look)),
            At::Enter if look.holds(&self.text) => match self.aim_at(&look) {
                Some(aim) => self.aimed(aim),
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
                let doubt = self.doubt("after Enter was pressed", &look);
                self.ask(doubt, now)
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

    fn aim_at(&self, look: &Look) -> Option<Aim> {
        look.spot().map(|spot| Aim { spot, said: look.said(&self.text) })
    }

    fn put(&self) -> Put {
        if is_command(&self.text) { Put::Type(self.text.clone()) } else { Put::Paste(self.text.clone()) }
    }
}

/// What of a text is compared with a screen: what every terminal shows alike, without blanks and line ends.
pub fn essence(s: &str) -> String {
    s.chars().filter(|c| c.is_ascii_graphic() || (c.is_alphanumeric() && text::is_printable(*c))).collect()
}
