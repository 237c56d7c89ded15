//! A pane, an agent, a keyboard, a disk and a person that do things in any order, with crashes: whatever happens, no
//! dialog gets two answers of automation, and none without an entry that says why.

mod asked;
mod ends;
mod must;
mod op;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::case::Case;
use super::rig::{self, call, clear, dialog, ms, scene, verdict};
use super::stage::Stage;
use super::*;
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor, Body, Book, Outcome, Showing};
use crate::domain::policy::Action;

use asked::{ASKED, Truth, part, shown};
use op::{Op, op};

struct Bench {
    life: Life,
    fallback: bool,
    book: Book,
    now: Duration,
    truth: Option<Truth>,
    uids: u64,
    /// Answers of automation by the dialog that they reached.
    answers: BTreeMap<u64, u32>,
    orders: VecDeque<Order>,
    world: World,
    /// The server found somebody right before a key, then; whoever acts knows of it.
    came: Option<Duration>,
    disk: bool,
    /// So many entries wait for it that they are given up.
    disk_is_small: bool,
    /// Entries that wait for it.
    back: Vec<Order>,
    /// Entries were given up: of those lives no end is told.
    lost: bool,
    /// Entries up to this one are of a pane that ended.
    before_pane: u64,
    deaf: bool,
    numb: bool,
    /// The rules confirm what they held before.
    lax: bool,
    /// The open hook, and the dialog it speaks of.
    hook: Option<(HookId, u64)>,
    hooks: u64,
    /// How a tracker counts: the last dialog seen and its epoch.
    seen: Option<Showing>,
    seen_uid: Option<u64>,
    /// The dialog that a person keeps, as the ledger says.
    kept: Option<u64>,
    before: Option<Showing>,
    epoch: u64,
    /// The unbroken run of equal looks that the last one belongs to: since when, how many.
    run: (Option<Showing>, Duration, u32),
}

impl Bench {
    fn new(fallback: bool) -> Self {
        Self {
            life: Life::new(Ways::of_agent("claude", fallback)),
            fallback,
            book: Book::default(),
            now: Duration::ZERO,
            truth: None,
            uids: 0,
            answers: BTreeMap::new(),
            orders: VecDeque::new(),
            world: clear(),
            came: None,
            disk: true,
            disk_is_small: false,
            back: Vec::new(),
            lost: false,
            before_pane: 0,
            deaf: false,
            numb: false,
            lax: false,
            hook: None,
            hooks: 0,
            seen: None,
            seen_uid: None,
            kept: None,
            before: None,
            epoch: 0,
            run: (None, Duration::ZERO, 0),
        }
    }

    fn hear(&mut self, input: Input) {
        let orders = self.life.hear(input, self.now);
        tests_bounds::all_end(&self.life, self.now);
        for order in orders {
            if let Order::Press { intent, dialog, .. } = &order {
                self.may_press(*intent, dialog);
            }
            self.orders.push_back(order);
        }
    }

    fn look_at(&mut self, dialog: Option<Arc<Dialog>>, clear: bool) {
        let content = dialog.as_ref().map(|d| d.identity());
        if self.seen.map(|s| s.content) != content {
            self.epoch += 1;
            self.before = self.seen.or(self.before);
        }
        self.seen = content.map(|content| Showing { content, epoch: self.epoch });
        self.run = match self.run {
            (what, since, looks) if what == self.seen => (what, since, looks + 1),
            _ => (self.seen, self.now, 1),
        };
        let dialog = self.seen.zip(dialog);
        let look = rig::look(dialog);
        self.hear(Input::Look(Look { wrote: Some(self.now), clear: look.clear && clear, ..look }));
    }

    fn look(&mut self) {
        let dialog = self.truth.as_ref().map(|t| shown(t.what));
        self.seen_uid = self.truth.as_ref().map(|t| t.uid);
        self.look_at(dialog, true);
    }

    /// An answer reaches the dialog that is there.
    fn reach(&mut self, automatic: bool, numb: bool) {
        let Some(truth) = &self.truth else { return };
        if automatic {
            assert_ne!(self.kept, Some(truth.uid), "a person keeps it");
            *self.answers.entry(truth.uid).or_default() += 1;
        }
        if !numb {
            self.truth = None;
        }
    }

    /// What the rules say now.
    fn rule(&self, dialog: &Dialog) -> Action {
        let rule = ASKED.iter().find(|(s, _)| Some(*s) == dialog.subject.as_deref());
        match rule.map_or(Action::Hold, |(_, action)| *action) {
            Action::Hold if self.lax && rule.is_some() => Action::Confirm,
            action => action,
        }
    }

    fn automatic(&self, intent: u64) -> bool {
        self.book.entries()[intent as usize - 1].body.actor == Actor::Automation
    }

    /// Carries one order out; `told` = the life hears of it.
    fn carry(&mut self, told: bool) {
        let Some(order) = self.orders.pop_front() else { return };
        let sent = |deaf: bool, now| {
            if deaf { Sent::Unknown("no answer".to_owned()) } else { Sent::Done(now) }
        };
        let answer = match order {
            Order::Judge { case, dialog } => {
                let action = self.rule(&dialog);
                Input::Judged { case, dialog, verdict: verdict(action) }
            }
            Order::Look => {
                if told {
                    self.look();
                }
                return;
            }
            Order::Check => Input::World(self.world.clone()),
            Order::Record { case, ref decision, .. } if !self.disk => {
                if decision.outcome != Outcome::Intended && !self.disk_is_small {
                    self.back.push(order);
                    return;
                }
                self.lost |= decision.outcome != Outcome::Intended;
                Input::NotRecorded { case, why: "the disk is full".to_owned() }
            }
            Order::Record { case, dialog, decision } => {
                // He keeps it, or his *No* could not be sent.
                let denied = decision.key.as_ref().is_some_and(|key| key.as_str() == "3")
                    && matches!(decision.outcome, Outcome::Withdrawn | Outcome::Refused);
                if (decision.outcome == Outcome::Held || denied)
                    && decision.actor != Actor::Automation
                    && Some(decision.showing) == self.seen
                {
                    self.kept = self.seen_uid;
                }
                let body =
                    Body::new(jiff::Timestamp::UNIX_EPOCH, &scene(), &dialog, decision, &str::to_owned);
                let entry = self.book.append(body);
                if told {
                    self.unheard(case, &entry);
                }
                Input::Recorded { case, seq: entry.seq }
            }
            // Compare and send: the rows must read the same.
            Order::Press { case, dialog, intent, stirred, .. } => {
                let same = self.truth.as_ref().is_some_and(|t| *shown(t.what) == *dialog);
                let how = if stirred.is_some() && self.world.presence != Presence::Away {
                    self.came = self.came.max(told.then_some(self.now));
                    Sent::Withheld(Hold::PersonCame)
                } else if let Some(hold) = self.world.standing.hold().filter(|_| stirred.is_some()) {
                    Sent::Withheld(hold)
                } else if same {
                    self.reach(self.automatic(intent), self.numb);
                    sent(self.deaf, self.now)
                } else {
                    Sent::Refused("another screen".to_owned())
                };
                Input::Sent { case, how }
            }
            Order::GiveBack { hook } | Order::Answer { hook, word: HookWord::Release, .. } => {
                self.hook = self.hook.filter(|(id, _)| *id != hook);
                return;
            }
            Order::Answer { case, hook, word: HookWord::Allow(intent) | HookWord::Deny(_, intent) } => {
                let open = self.hook.filter(|(id, _)| *id == hook);
                self.hook = self.hook.filter(|(id, _)| *id != hook);
                match open {
                    Some((_, uid)) => {
                        if self.truth.as_ref().is_some_and(|t| t.uid == uid) {
                            self.reach(self.automatic(intent), false);
                        }
                        Input::Sent { case, how: sent(self.deaf, self.now) }
                    }
                    None => Input::Sent { case, how: Sent::Refused("the hook gave up".to_owned()) },
                }
            }
            Order::Overlooked { .. } | Order::Write { .. } | Order::Owns { .. } | Order::Refuse { .. } => {
                return;
            }
        };
        if told {
            self.hear(answer);
        }
    }

    fn wait(&mut self, time: u64) {
        let end = self.now + ms(time);
        for round in 0.. {
            assert!(round < 1_000, "a deadline that is always due: {:?}", self.life);
            match self.life.deadline(self.now).filter(|due| *due <= end) {
                // Nobody carries orders out meanwhile: what waits for that is not due.
                Some(due) => {
                    self.now = self.now.max(due);
                    self.hear(Input::Tick);
                }
                None => break,
            }
        }
        self.now = end;
    }

    fn crash(&mut self, carried_out: bool) {
        if carried_out {
            while !self.orders.is_empty() {
                self.carry(false);
            }
        }
        self.orders.clear();
        self.back.clear();
        self.hook = None;
        // The new one counts its showings anew.
        (self.epoch, self.seen, self.before, self.came) = (0, None, None, None);
        self.run = (None, self.now, 0);
        self.life = Life::rebuilt(Ways::of_agent("claude", self.fallback), &self.left_in_ledger());
    }

    fn step(&mut self, op: Op) {
        match op {
            Op::Wait(time) => self.wait(time),
            Op::Ask(what) => {
                self.uids += 1;
                self.truth = Some(Truth { uid: self.uids, what });
            }
            Op::Clear => self.truth = None,
            Op::Look => self.look(),
            Op::HalfFrame(none) => {
                let cut = || Arc::new(Dialog { complete: false, ..dialog("l") });
                self.look_at((!none).then(cut), true);
                self.wait(20);
                self.look();
            }
            Op::Carry(n) => (0..n).for_each(|_| self.carry(true)),
            Op::Unreadable(time) => {
                self.look_at(None, false);
                self.wait(time);
            }
            Op::World(n) => {
                self.world = clear();
                match n {
                    0 => self.world.in_mode = true,
                    1 => self.world.presence = Presence::Active(ms(0)),
                    2 => self.world.standing = Standing::Watching,
                    3 => self.world.rate = Some(self.now + ms(700)),
                    _ => {}
                }
                self.hear(Input::World(self.world.clone()));
            }
            Op::Disk(on, small) => {
                (self.disk, self.disk_is_small) = (on, small);
                if on {
                    let back = std::mem::take(&mut self.back);
                    back.into_iter().rev().for_each(|order| self.orders.push_front(order));
                    // Whoever writes says that it can be written again.
                    self.orders.push_back(Order::Check);
                }
            }
            Op::Person(answer, old) => {
                let drawn = if old { self.before } else { self.seen };
                let drawn = drawn.map(|showing| DrawnFor { showing, lasted: DRAWN_FOR });
                self.hear(Input::Person(Reply { who: "operator".to_owned(), wish: None, answer, drawn }));
            }
            Op::HookAsks => {
                if let (Some(truth), None) = (&self.truth, &self.hook) {
                    self.hooks += 1;
                    self.hook = Some((HookId(self.hooks), truth.uid));
                    let dialog = call(ASKED[truth.what].0);
                    self.hear(Input::Hook(HookSaid::Asks { id: HookId(self.hooks), dialog }));
                }
            }
            Op::HookGivesUp => {
                if let Some((id, _)) = self.hook.take() {
                    self.hear(Input::Hook(HookSaid::Closed { id }));
                }
            }
            Op::NewRules(lax) => {
                self.lax = lax;
                self.hear(Input::NewRules);
            }
            Op::Part(time) => {
                for _ in 0..2 {
                    let clear = self.truth.is_none() || !self.life.may_show_part(&part());
                    self.look_at(None, clear);
                    self.wait(time);
                }
            }
            Op::Unclear => self.hear(Input::Unclear),
            Op::Deaf(on) => self.deaf = on,
            Op::Numb(on) => self.numb = on,
            Op::Crash(carried_out) => self.crash(carried_out),
            Op::PaneEnds => self.pane_ends(),
        }
        for (uid, n) in &self.answers {
            assert!(*n <= 1, "dialog {uid} was answered {n} times by automation");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(600)))]

    #[test]
    fn no_dialog_gets_two_answers_whatever_happens(
        fallback in any::<bool>(),
        ops in proptest::collection::vec(op(), 1..160),
    ) {
        let mut bench = Bench::new(fallback);
        for op in ops {
            bench.step(op);
        }
        bench.rest();
    }
}

#[test]
fn the_bench_does_see_answers() {
    let mut bench = Bench::new(false);
    let mut at = 0;
    for _ in 0..3 {
        bench.step(Op::Ask(0));
        for _ in 0..4 {
            bench.step(Op::Look);
            bench.step(Op::Carry(20));
            bench.step(Op::Wait(200));
        }
        at += 1;
        assert_eq!(bench.answers.values().sum::<u32>(), at);
    }
    bench.step(Op::Ask(0));
    bench.step(Op::HookAsks);
    bench.step(Op::Carry(20));
    assert_eq!(bench.answers.values().sum::<u32>(), at + 1);
    bench.rest();
}
