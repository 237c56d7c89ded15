//! How everything comes to rest, and the ends of lives in the ledger: in this life of an archtui or in the next one.

use super::super::{Answer, Input};
use super::{Bench, Case, CaseId, Life, Op, Outcome, Stage, Ways};
use crate::domain::ledger::{self, Entry};

impl Bench {
    /// What whoever acts next finds of this pane.
    pub(super) fn left_in_ledger(&self) -> Vec<Entry> {
        let mut left = self.book.unsettled();
        left.extend(ledger::open(self.book.entries()));
        left.retain(|e| e.seq > self.before_pane);
        left
    }

    /// Nobody is left to hear that it was opened.
    pub(super) fn unheard(&mut self, case: CaseId, entry: &Entry) {
        if entry.body.of.is_none() && !self.life.is_open(case) {
            let end = entry.unheard(jiff::Timestamp::UNIX_EPOCH, "the pane has ended");
            self.book.append(end.expect("it opened a life"));
        }
    }

    /// The pane ends with everything in it; what is on its way still gets where it goes.
    pub(super) fn pane_ends(&mut self) {
        self.truth = None;
        self.hear(Input::Ended);
        self.step(Op::Disk(true, false));
        while !self.orders.is_empty() {
            self.carry(true);
        }
        assert!(self.life.cases.is_empty(), "it outlives its pane: {:?}", self.life.cases);
        // Of an answer the newest word is that it was not sent, or that nobody knows.
        let told = |e: &&Entry| matches!(e.body.outcome, Outcome::Withdrawn | Outcome::Unknown);
        let open = self.left_in_ledger();
        let open = open.iter().find(|e| !told(e));
        assert!(self.lost || open.is_none(), "it outlives its pane in the ledger: {open:?}");
        self.before_pane = self.book.head().seq;
        (self.epoch, self.seen, self.before, self.came, self.hook) = (0, None, None, None, None);
        self.run = (None, self.now, 0);
        self.life = Life::new(Ways::of_agent("claude", self.fallback));
    }

    /// Of everything that was opened it is told how it ended; where nobody knows, that.
    pub(super) fn all_lives_end(&self) {
        assert!(self.life.left.is_empty(), "it waits for what is gone: {:?}", self.life.left);
        let left = self.left_in_ledger();
        // What nobody knows was intended before.
        let open = left.iter().find(|e| e.body.outcome != Outcome::Unknown || e.body.of.is_none());
        assert!(self.lost || open.is_none(), "it has no end: {open:?}");
    }

    /// Everything comes to rest: every dialog that was opened in the ledger has an end there.
    pub(super) fn rest(&mut self) {
        self.step(Op::Disk(true, false));
        self.step(Op::HookGivesUp);
        self.step(Op::World(9));
        // Who came at the end has his quiet time, and a key after that its five seconds.
        for _ in 0..100 {
            self.step(Op::Carry(20));
            self.step(Op::Look);
            self.step(Op::Wait(300));
        }
        // What that last moment ended is on its way to the disk.
        self.step(Op::Carry(20));
        // Nothing stands in its way, and the dialog still stands: somebody is to answer it, or it was answered.
        let rests =
            |c: &&Case| matches!(&c.stage, Stage::Held((hold, _)) if !hold.passes() || c.hook.is_some());
        let on_its_way = |c: &&Case| !rests(c);
        assert_eq!(self.life.cases.iter().find(on_its_way).map(|c| &c.stage), None, "it never leaves that");
        self.step(Op::Clear);
        // What a hook gave back while a person typed may be drawn for a minute.
        for wait in [300; 60].into_iter().chain([60_000, 300, 300]) {
            self.step(Op::Carry(20));
            self.step(Op::Look);
            self.step(Op::Wait(wait));
        }
        assert!(self.life.cases.is_empty(), "something never ends: {:?}", self.life.cases);
        self.all_lives_end();
        assert_eq!(self.life.deadline(self.now), None, "nothing keeps it awake");
        self.book.verify().expect("the chain holds");
    }
}

/// Its answer was lost, the disk took its time to say so, its pane could not be read meanwhile, and there it stands again.
#[test]
fn what_may_have_been_answered_is_not_answered_again() {
    let mut bench = Bench::new(false);
    let lost = [Op::Deaf(true), Op::Ask(0), Op::Numb(true), Op::Look, Op::Wait(150), Op::Carry(5)];
    let back = [Op::Part(2500), Op::Look, Op::Wait(1), Op::Carry(1)];
    for op in lost.into_iter().chain(back) {
        bench.step(op);
    }
    bench.rest();
    for _ in 0..9 {
        for op in [Op::Look, Op::Carry(20), Op::Wait(200)] {
            bench.step(op);
        }
    }
    assert_eq!(bench.answers.values().copied().max(), Some(1));
}

/// Histories that went wrong once.
#[test]
fn what_went_wrong_once_does_not_again() {
    use Op::*;
    let check = |ops: Vec<Op>| {
        let mut bench = Bench::new(false);
        for op in ops {
            bench.step(op);
        }
        bench.rest();
    };
    // An intent that the disk does not take is no entry of its own.
    check(vec![
        Ask(0),
        HookAsks,
        Carry(3),
        Crash(false),
        Disk(false, false),
        Look,
        Person(Answer::Deny, false),
        HookAsks,
        Carry(4),
    ]);
    // What a person keeps comes back when its entry is still on its way to the disk.
    check(vec![
        Ask(0),
        Look,
        Person(Answer::Hold, false),
        Carry(2),
        Person(Answer::Approve, false),
        Part(2_500),
        Look,
        Carry(1),
        Wait(1),
        Carry(1),
    ]);
    // It is away for a moment, and for less than that it is seen that it is.
    check(vec![Ask(0), Look, Person(Answer::Hold, false), Carry(2), Unreadable(130), HalfFrame(true), Look]);
    // A hook asks again for what its last word gave back, and it is that which is drawn.
    check(vec![
        Numb(true),
        Ask(0),
        Look,
        Wait(150),
        Carry(4),
        Crash(true),
        HookAsks,
        Carry(3),
        HookAsks,
        Look,
        Carry(6),
    ]);
}
