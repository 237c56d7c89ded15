//! What must be true when a key is ordered, whatever has happened before.

use super::Bench;
use crate::domain::confirm::{Order, SETTLE_FLOOR, World};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor, Channel, Outcome};
use crate::domain::policy::Action;

impl Bench {
    /// What must be true when a key is ordered.
    pub(super) fn may_press(&self, intent: u64, dialog: &Dialog) {
        let entry = self.book.entries().iter().find(|e| e.seq == intent).expect("written before it is sent");
        assert_eq!(entry.body.outcome, Outcome::Intended);
        if entry.body.actor != Actor::Automation {
            return;
        }
        assert_eq!(self.rule(dialog), Action::Confirm, "only what the rules confirm");
        assert!(dialog.complete);
        let (what, since, looks) = self.run;
        assert_eq!(what.map(|s| s.content), Some(dialog.identity()), "what was looked at last");
        assert!(looks >= 2 && self.now >= since + SETTLE_FLOOR, "read twice, a settle time apart");
        // The rate was asked when it was intended.
        let world = World { rate: None, ..self.world.clone() };
        assert!(self.came.is_none_or(|at| self.now >= at + world.quiet), "whoever came has his quiet time");
        assert_eq!(world.allow(Channel::Key, self.now), Ok(()));
        // Orders are carried out in order: a hook that is answered before the key has no word any more.
        let answered =
            |id| self.orders.iter().any(|o| matches!(o, Order::Answer { hook, .. } if *hook == id));
        let of_truth = |uid| self.truth.as_ref().is_some_and(|t| t.uid == uid);
        assert!(!self.hook.is_some_and(|(id, uid)| of_truth(uid) && !answered(id)), "a hook has the word");
    }
}
