//! *May it be answered?* What the world says, to whoever asked and to whoever is held by something that may have passed.

use std::time::Duration;

use super::hold::{Held, Hold, World};
use super::life::Life;
use super::order::{CaseId, Order};
use super::stage::{Act, After, By, Clearance, Cleared, Intent, Stage};
use crate::domain::ledger::{Actor, Channel};

impl Life {
    /// The world's word: for whoever asked, and for whoever is held by something that may have passed.
    pub(super) fn world(&mut self, world: World, now: Duration, out: &mut Vec<Order>) {
        let world = match self.came {
            Some(at) => world.with_active(now.saturating_sub(at)),
            None => world,
        };
        // What is intended was within the rate then, and counts itself since.
        let intended = World { rate: None, ..world.clone() };
        let cleared = Cleared::by(&world, now);
        for i in 0..self.cases.len() {
            let (id, stage) = (self.cases[i].id, self.cases[i].stage.clone());
            match stage {
                Stage::Guarding(act) if act.is_ahead() && world.computes && self.cases[i].may_rest(now) => {
                    let settle = self.settle();
                    self.cases[i].rest(now, settle);
                }
                Stage::Guarding(act) => match self.allowed(id, &act, &world, now) {
                    Ok(()) => self.intend(id, act, cleared, out),
                    Err(held) => self.denied(id, &act, held, out),
                },
                Stage::Ready(intent) => match self.allowed(id, &intent.act, &intended, now) {
                    Ok(()) => self.cases[i].stage = Stage::Ready(Intent { cleared: Some(cleared), ..intent }),
                    Err(held) => self.withdraw(id, &intent.act, held, out),
                },
                Stage::Rechecking(intent, look) => match self.allowed(id, &intent.act, &intended, now) {
                    Ok(()) if intent.act.is_ahead() && !self.cases[i].steady.twice => {
                        self.cases[i].stage =
                            Stage::Rechecking(Intent { cleared: Some(cleared), ..intent }, look);
                    }
                    Ok(()) => self.send(id, Intent { cleared: Some(cleared), ..intent }, now, out),
                    Err(held) => self.withdraw(id, &intent.act, held, out),
                },
                // The intent is on its way to the disk: the newest word counts when it is there, unless it was no.
                Stage::Writing(After::Send(act, clearance))
                    if act.is_ahead() && !matches!(clearance, Clearance::Vetoed(_)) =>
                {
                    let clearance = match self.allowed(id, &act, &intended, now) {
                        Ok(()) => Clearance::Given(cleared),
                        Err(held) => Clearance::Vetoed(held),
                    };
                    self.cases[i].stage = Stage::Writing(After::Send(act, clearance));
                }
                // A hook that gave it back does not get it again; nor does a key.
                Stage::Held((hold, _)) if hold.passes() && self.cases[i].hook.is_none() => {
                    let passed = world.allow(Channel::Key, now);
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
        self.cases.iter_mut().for_each(|case| case.stage.unclear());
    }

    /// Everything that must be true right before an answer goes out.
    fn allowed(&self, id: CaseId, act: &Act, world: &World, now: Duration) -> Result<(), Held> {
        self.allowed_here(id, act, now)?;
        if act.actor == Actor::Automation {
            world.allow(act.channel(), now)
        } else {
            world.allow_person(act.channel())
        }
    }

    /// The part of it that the pane itself tells.
    pub(super) fn allowed_here(&self, id: CaseId, act: &Act, now: Duration) -> Result<(), Held> {
        let Some(case) = self.cases.iter().find(|c| c.id == id) else { return Err((Hold::Doubtful, None)) };
        let dialog = &case.shown.dialog;
        let automatic = act.actor == Actor::Automation;
        if let (true, Some(kept @ Hold::Person(_))) = (automatic, &case.kept) {
            return Err((kept.clone(), None));
        }
        match &act.by {
            By::Hook(hook) if case.hook.as_ref().is_none_or(|h| h.id != *hook || !h.open) => {
                return Err((Hold::HookFell, None));
            }
            By::Hook(_) => {}
            By::Key(_) if !case.current() => {
                return Err((Hold::Refused("the dialog is gone".to_owned()), None));
            }
            // It spoke while the key was on its way: the agent asks as usual, and nobody answers twice.
            By::Key(_) if automatic && case.hook.is_some() => return Err((Hold::HookFell, None)),
            By::Key(_) if automatic && dialog.is_marked_elsewhere() => return Err((Hold::MarkMoved, None)),
            By::Key(_) if automatic && (case.steady.changed || !case.shown.asks) => {
                return Err((Hold::Doubtful, None));
            }
            By::Key(key) if automatic && dialog.allow_once_key() != Some(key.as_str()) => {
                return Err((Hold::NoKey, None));
            }
            By::Key(_) if automatic => {
                if let Some(held) = self.hook_owns(now).held() {
                    return Err(held);
                }
            }
            By::Key(_) if act.goal.is_some() => {
                if !act.moves(dialog) {
                    return Err((Hold::Refused("its mark stands elsewhere now".to_owned()), None));
                }
            }
            By::Key(key) => {
                if !dialog.options.iter().any(|o| o.key.as_deref() == Some(key.as_str())) {
                    return Err((Hold::NoKey, None));
                }
            }
        }
        Ok(())
    }
}
