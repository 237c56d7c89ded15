//! *May it be answered?* What the world says, to whoever asked and to whoever is held by something that may have passed.

use std::time::Duration;

use super::case::{Act, After, By, Cleared, Stage};
use super::hold::{Facts, Held, Hold};
use super::life::Life;
use super::order::{CaseId, Order};
use crate::domain::ledger::{Actor, Channel};

impl Life {
    /// The world's word: for whoever asked, and for whoever is held by something that may have passed.
    pub(super) fn facts(&mut self, facts: &Facts, now: Duration, out: &mut Vec<Order>) {
        let facts = &match self.came {
            Some(at) => facts.with_active(now.saturating_sub(at)),
            None => facts.clone(),
        };
        for i in 0..self.cases.len() {
            let (id, stage) = (self.cases[i].id, self.cases[i].stage.clone());
            match stage {
                Stage::Guarding(act) if act.is_ahead() && facts.computes && self.cases[i].may_rest(now) => {
                    let settle = self.settle();
                    self.cases[i].rest(now, settle);
                }
                Stage::Guarding(act) => match self.allowed(id, &act, facts, now) {
                    Ok(()) => self.intend(id, act, Cleared::by(facts, now), out),
                    Err(held) => self.denied(id, &act, held, out),
                },
                Stage::Ready(act, seq) | Stage::Rechecking(act, seq) => {
                    let rechecking = matches!(self.cases[i].stage, Stage::Rechecking(..));
                    let ready = !act.is_ahead() || self.cases[i].twice;
                    // It was within the rate when it was intended, and counts itself since then.
                    let facts = Facts { rate: None, ..facts.clone() };
                    match self.allowed(id, &act, &facts, now) {
                        Ok(()) => {
                            self.cases[i].cleared = Some(Cleared::by(&facts, now));
                            if rechecking && ready {
                                self.send(id, act, seq, now, out);
                            }
                        }
                        Err(held) => self.withdraw(id, &act, held, out),
                    }
                }
                // The intent is on its way to the disk: the newest word counts when it is there.
                Stage::Writing(After::Send(act)) if act.is_ahead() => {
                    let facts = Facts { rate: None, ..facts.clone() };
                    match self.allowed(id, &act, &facts, now) {
                        Ok(()) => self.cases[i].cleared = Some(Cleared::by(&facts, now)),
                        // What a person said before stays said.
                        Err(held) => drop(self.cases[i].vetoed.get_or_insert(held)),
                    }
                }
                // A hook that gave it back does not get it again; nor does a key.
                Stage::Held((hold, _)) if hold.passes() && self.cases[i].hook.is_none() => {
                    let passed = facts.allow(Channel::Key, now);
                    let case = &mut self.cases[i];
                    match passed {
                        // It may be hours since it was judged.
                        Ok(()) if case.current() => {
                            case.read_anew(now);
                            case.judge_anew();
                        }
                        Ok(()) => {}
                        Err(held) => case.stage = Stage::Held(held),
                    }
                }
                // What it is held for may have passed before that is written down: asked again then.
                Stage::Writing(After::Rest((hold, _))) if hold.passes() => {
                    self.cases[i].stage = Stage::Writing(After::Rest((hold, Some(now))));
                }
                _ => {}
            }
        }
    }

    /// Something in the world was changed here: what it said before that counts no more.
    pub(super) fn unclear(&mut self) {
        for case in &mut self.cases {
            case.cleared = None;
            // What it was asked for may have been said already: it is asked again.
            if let Stage::Rechecking(act, seq) = case.stage.clone()
                && act.is_ahead()
            {
                case.stage = Stage::Ready(act, seq);
            }
        }
    }

    /// Everything that must be true right before an answer goes out.
    fn allowed(&self, id: CaseId, act: &Act, facts: &Facts, now: Duration) -> Result<(), Held> {
        self.allowed_here(id, act, now)?;
        if act.actor == Actor::Automation {
            facts.allow(act.channel(), now)
        } else {
            facts.allow_person(act.channel())
        }
    }

    /// The part of it that the pane itself tells.
    pub(super) fn allowed_here(&self, id: CaseId, act: &Act, now: Duration) -> Result<(), Held> {
        let Some(case) = self.cases.iter().find(|c| c.id == id) else { return Err((Hold::Doubtful, None)) };
        let automatic = act.actor == Actor::Automation;
        match &act.by {
            By::Hook(hook) if case.hook.is_none_or(|h| h.id != *hook || !h.open) => {
                return Err((Hold::HookFell, None));
            }
            By::Hook(_) => {}
            By::Key(_) if !case.current() => {
                return Err((Hold::Refused("the dialog is gone".to_owned()), None));
            }
            // It spoke while the key was on its way: the agent asks as usual, and nobody answers twice.
            By::Key(_) if automatic && case.hook.is_some() => return Err((Hold::HookFell, None)),
            By::Key(_) if automatic && (case.changed || !case.asks) => return Err((Hold::Doubtful, None)),
            By::Key(key) if automatic && case.dialog.allow_once_key() != Some(key.as_str()) => {
                return Err((Hold::NoKey, None));
            }
            By::Key(_) if automatic => {
                if let Some(held) = self.hook_owns(now).held() {
                    return Err(held);
                }
            }
            By::Key(_) if act.goal.is_some() => {
                if !act.moves(&case.dialog) {
                    return Err((Hold::Refused("its mark stands elsewhere now".to_owned()), None));
                }
            }
            By::Key(key) => {
                if !case.dialog.options.iter().any(|o| o.key.as_deref() == Some(key.as_str())) {
                    return Err((Hold::NoKey, None));
                }
            }
        }
        Ok(())
    }
}
