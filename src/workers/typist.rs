//! The typist: the only sender of keys and text. One queue, in the order in which things were wished; every act is told as
//! a fact with the exact tmux command. Why something may be typed is decided before it comes here.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::clock::clock;
use super::{Facts, Worker};
use crate::app::Event;
use crate::app::event::{self, Did};
use crate::domain::confirm::TYPING_TOLD;
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

/// Tells whoever acts elsewhere that a person types into a pane, and waits until he has heard it; an error if somebody acts
/// and did not. Blocking, for a moment.
pub type Telling = Arc<dyn Fn(PaneIdentity) -> Result<(), String> + Send + Sync>;

/// Types what is wished, one after the other.
pub struct Typist<K> {
    /// The keyboard of the panes.
    pub keyboard: K,
    /// What is wished.
    pub wishes: mpsc::Receiver<Wish>,
    /// Where facts go.
    pub facts: Facts,
    /// How whoever acts hears of it.
    pub telling: Telling,
    /// Where he was told of it lately, and when.
    pub told: BTreeMap<PaneIdentity, Instant>,
}

impl<K> Typist<K> {
    /// Before the key goes out: automation must not answer what a person is writing into. What stands against it.
    async fn tell(&mut self, pane: PaneIdentity) -> Result<(), String> {
        let now = clock();
        self.told.retain(|_, at| now.saturating_duration_since(*at) < TYPING_TOLD);
        if self.told.contains_key(&pane) {
            return Ok(());
        }
        self.told.insert(pane, now);
        let telling = Arc::clone(&self.telling);
        let told = tokio::task::spawn_blocking(move || telling(pane)).await;
        told.unwrap_or_else(|_| Err("it could not be told".to_owned()))
    }
}

impl<K: Keyboard> Worker for Typist<K> {
    const NAME: &'static str = "typist";

    async fn run(&mut self) {
        while let Some(Wish { pane, session, what }) = self.wishes.recv().await {
            if let Err(why) = self.tell(pane).await {
                let what = format!("who acts does not know that you type into {session}");
                let did = Did { what, command: None, failed: Some(why) };
                if self.facts.send(Event::Did(did)).await.is_err() {
                    return;
                }
            }
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
