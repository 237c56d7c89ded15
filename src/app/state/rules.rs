//! The windows of the rules: the one behind a verdict, and a new one that is made from a dialog.

use std::sync::Arc;

use super::{Face, State};
use crate::app::panel::PanelId;
use crate::domain::dialog::Dialog;
use crate::domain::policy::{Cause, Draft, RulePage};

/// The rule behind a verdict, as far as it is known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its id.
    pub rule: String,
    /// What was found, or why nothing was.
    pub page: Option<Result<Arc<RulePage>, String>>,
    /// First line shown.
    pub row: usize,
}

/// A field of a new rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Allow, hold or deny.
    Action,
    /// Whose dialogs.
    Who,
    /// What they ask.
    What,
}

impl Field {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::Action, Self::Who, Self::What];
}

/// A rule that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Making {
    /// From what.
    pub cause: Cause,
    /// As it stands; none before it was proposed.
    pub draft: Option<Draft>,
    /// What the check said, and of which words; `None`: it is not known yet.
    pub checked: Option<(String, Result<String, String>)>,
    /// Where keys go.
    pub field: Field,
    /// It is being written.
    pub saving: bool,
}

impl Making {
    /// What was said of the rule as it stands.
    pub fn says(&self) -> Option<&Result<String, String>> {
        let (text, says) = self.checked.as_ref()?;
        self.draft.as_ref().is_none_or(|d| d.to_toml() == *text).then_some(says)
    }
}

impl State {
    /// The dialog that a rule would be made from: that of the marked row or of the session that is meant, whole and unmasked as our
    /// own screen shows it, or as our own actor heard it by a hook.
    pub fn cause(&self) -> Result<Cause, String> {
        let (confirmation, session) = if self.open_panel == Some(PanelId::Confirms) {
            let marked = self.marked_row().filter(|_| self.face == Face::Queue);
            let c = marked.and_then(|row| self.board.queue.get(row)).ok_or("mark an open dialog first")?;
            let its = |s: &&super::Session| s.pane.as_ref().is_some_and(|p| p.identity == c.id.0);
            (Some(c), self.fleet.sessions.iter().find(its))
        } else {
            let session = self.meant()?;
            (session.pane.as_ref().and_then(|p| self.board.of(p.identity)), Some(session))
        };
        let session = session.ok_or("that session does not exist now")?;
        let pane = session.pane.as_ref().ok_or("that session does not exist now")?.identity;
        let same = |d: &&Dialog| confirmation.is_none_or(|c| c.id.1.content == d.identity());
        let dialog = match (session.dialog().filter(same), confirmation) {
            (Some(dialog), _) => dialog.clone(),
            // A hook's call that is not drawn: our own actor has it whole, others have it masked.
            (None, Some(c)) if self.board.post == super::Post::Acting && c.options.is_empty() => Dialog {
                operation: c.operation,
                subject: c.subject.clone(),
                complete: true,
                ..Dialog::default()
            },
            (None, Some(_)) => {
                return Err(
                    "its screen shows something else now, or its whole call is known only to who acts"
                        .to_owned(),
                );
            }
            (None, None) => return Err(format!("{} asks nothing", session.label)),
        };
        let agent = session.agent().map(str::to_owned);
        Ok(Cause { pane, session: session.name.clone(), agent, dialog: Arc::new(dialog) })
    }

    /// The rule behind the marked row, and the session for which it counts.
    pub fn rule_behind(&self) -> Option<(crate::domain::session::SessionName, String)> {
        let rule = |v: &crate::domain::policy::Verdict| v.would.as_ref().map_or(&v.rule, |w| &w.rule).clone();
        let open =
            |c: &crate::domain::confirm::Confirmation| Some((c.session.clone(), rule(c.verdict.as_ref()?)));
        if self.open_panel == Some(PanelId::Confirms) {
            let at = self.marked_row()?;
            let queue = if self.face == Face::Queue { self.board.queue.as_slice() } else { &[] };
            if let Some(c) = queue.get(at) {
                return open(c);
            }
            let entry = self.board.recent.get(at - queue.len())?;
            return Some((entry.body.scene.session.clone(), entry.body.verdict.rule.clone()));
        }
        open(self.board.of(self.meant().ok()?.pane.as_ref()?.identity)?)
    }
}
