//! The typist: the only sender of keys and text. One queue, in the order in which things were wished; every act is told as
//! a fact with the exact tmux command. Why something may be typed is decided before it comes here.

use tokio::sync::mpsc;

use super::{Facts, Worker};
use crate::app::Event;
use crate::app::event::{self, Did};
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::stroke::Stroke;
use crate::ports::Keyboard;

/// How many wishes may wait: a person's fastest typing during one slow answer of tmux.
pub const WAITING: usize = 256;

/// One wish.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Which pane.
    pub pane: PaneIdentity,
    /// Its session, for the record.
    pub session: SessionName,
    /// What to type.
    pub what: What,
}

/// What to type.
#[derive(Debug, Clone)]
pub enum What {
    /// Keys.
    Strokes(Vec<Stroke>),
    /// A text, as one paste.
    Paste(String),
}

/// Types what is wished, one after the other.
pub struct Typist<K> {
    /// The keyboard of the panes.
    pub keyboard: K,
    /// What is wished.
    pub wishes: mpsc::Receiver<Wish>,
    /// Where facts go.
    pub facts: Facts,
}

impl<K: Keyboard> Worker for Typist<K> {
    const NAME: &'static str = "typist";

    async fn run(&mut self) {
        while let Some(Wish { pane, session, what }) = self.wishes.recv().await {
            let (verb, outcome) = match what {
                What::Strokes(strokes) => (event::TYPED, self.keyboard.type_into(pane, strokes).await),
                What::Paste(text) => (event::PASTED, self.keyboard.paste_into(pane, text).await),
            };
            let did = match outcome {
                Ok(command) => {
                    Did { what: format!("{verb} {session}"), command: Some(command), failed: None }
                }
                Err(e) => {
                    Did { what: format!("not {verb} {session}"), command: None, failed: Some(e.to_string()) }
                }
            };
            if self.facts.send(Event::Did(did)).await.is_err() {
                return;
            }
        }
    }
}
