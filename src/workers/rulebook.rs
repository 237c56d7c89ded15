//! Shows and makes rules for the person at the screen, one wish after the other. What may be made is the desk's word; that
//! a written rule counts is noticed by `reload`, like any other change of the file.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::scribe::Scribe;
use super::{Facts, Worker};
use crate::app::Event;
use crate::app::effect::RuleWish;
use crate::app::event::RuleTold;
use crate::ports::{RuleDesk, StoreError};

/// How many wishes may wait.
pub const ASKED: usize = 16;

/// The worker.
pub struct Rulebook<D> {
    desk: Scribe<D>,
    asked: mpsc::Receiver<RuleWish>,
    facts: Facts,
}

impl<D: RuleDesk> Rulebook<D> {
    /// Fails where no thread can be had.
    pub fn new(desk: D, asked: mpsc::Receiver<RuleWish>, facts: Facts) -> std::io::Result<Self> {
        Ok(Self { desk: Scribe::start(desk)?, asked, facts })
    }

    async fn answer(&self, wish: RuleWish) -> RuleTold {
        let failed = |e: StoreError| e.to_string();
        match wish {
            RuleWish::Page(session, rule) => {
                let page = self.desk.ask(move |desk: &mut D| Ok(desk.page(&session, &rule))).await;
                RuleTold::Page(page.map_err(failed).flatten().map(Arc::new))
            }
            RuleWish::Draft(cause) => {
                let draft = self.desk.ask(move |desk: &mut D| Ok(desk.draft(&cause))).await;
                RuleTold::Draft(draft.map_err(failed).flatten().map(Box::new))
            }
            RuleWish::Check(cause, draft) => {
                let text = draft.to_toml();
                let checked = self.desk.ask(move |desk: &mut D| Ok(desk.check(&cause, &draft))).await;
                RuleTold::Checked(text, checked.map_err(failed).flatten())
            }
            RuleWish::Save(cause, draft) => {
                let saved = self.desk.ask(move |desk: &mut D| Ok(desk.save(&cause, &draft))).await;
                RuleTold::Saved(saved.map_err(failed).flatten())
            }
        }
    }
}

impl<D: RuleDesk> Worker for Rulebook<D> {
    const NAME: &'static str = "rulebook";

    async fn run(&mut self) {
        while let Some(wish) = self.asked.recv().await {
            let told = self.answer(wish).await;
            if self.facts.send(Event::Rule(told)).await.is_err() {
                return;
            }
        }
    }
}
