//! What is done to windows and sessions, as entries of the ledger: the intent before it, the outcome after it.

use super::utc;
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor as Who, Body, Decision, Outcome, Ruling, Scene, Showing, Times};
use crate::domain::policy::Action;
use crate::domain::redact::Secrets;

/// One deed.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    /// Where.
    pub scene: Scene,
    /// `restart` or `kill`.
    pub verb: &'static str,
    /// What it is about, in words.
    pub subject: String,
    /// On whose word.
    pub who: Who,
}

impl Deed {
    /// An entry of it: the intent where `of` is none, else how it ended.
    pub fn entry(&self, of: Option<u64>, outcome: Outcome, why: String) -> Body {
        let subject = Some(self.subject.clone());
        let dialog = Dialog { tool: Some(self.verb.to_owned()), subject, ..Dialog::default() };
        let (rule, reason) = match &self.who {
            Who::Automation => ("ended", "the roster says so"),
            Who::Person(_) => ("ordered", "a person ordered it"),
        };
        let decision = Decision {
            showing: Showing { content: dialog.identity(), epoch: 0 },
            of,
            verdict: Ruling {
                action: Action::Hold,
                rule: format!("{}-{rule}", self.verb),
                reason: reason.to_owned(),
            },
            why,
            actor: self.who.clone(),
            channel: None,
            key: None,
            answer: None,
            outcome,
            times: Times::default(),
        };
        let mask = |s: &str| Secrets::builtin().mask(s).into_owned();
        let mut body = Body::new(utc(), &self.scene, &dialog, decision, &mask);
        // Nothing was asked.
        body.asked = None;
        body
    }
}
