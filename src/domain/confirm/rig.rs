//! A bench for tests: a pane, a policy, a world and a ledger in memory that carry a life's orders out and write down what
//! happened.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::domain::dialog::{Dialog, DialogOption, Meaning, Operation};
use crate::domain::ledger::{Body, Book, Decision, Scene, Showing};
use crate::domain::policy::{Action, Verdict};
use crate::domain::session::{PaneId, PaneIdentity, SessionName};

pub fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

pub fn dialog(subject: &str) -> Dialog {
    let option = |label: &str, meaning, key: &str| DialogOption {
        label: label.to_owned(),
        meaning,
        key: Some(key.to_owned()),
    };
    Dialog {
        operation: Operation::Bash,
        subject: Some(subject.to_owned()),
        options: vec![
            option("Yes", Meaning::AllowOnce, "1"),
            option("Yes, and don't ask again", Meaning::AllowAlways, "2"),
            option("No", Meaning::Deny, "3"),
        ],
        selected: Some(0),
        complete: true,
        ..Dialog::default()
    }
}

/// A hook's call: the same without a screen.
pub fn call(subject: &str) -> Arc<Dialog> {
    Arc::new(Dialog { options: vec![], selected: None, ..dialog(subject) })
}

pub fn scene() -> Scene {
    Scene {
        host: "box".to_owned(),
        session: SessionName::new("dev_worker1"),
        pane: PaneIdentity { id: PaneId(3), pid: 4711, start: 99 },
        agent: Some("claude".to_owned()),
        cwd: None,
    }
}

/// A look that shows this, and tells nothing else.
pub fn look(dialog: Option<(Showing, Arc<Dialog>)>) -> Look {
    Look {
        asks: dialog.is_some(),
        clear: dialog.is_none(),
        dialog,
        wrote: None,
        stands: false,
        unsent: false,
        another: false,
        ended: false,
    }
}

pub fn verdict(action: Action) -> Verdict {
    Verdict { action, ..Verdict::hold("r", "because") }
}

/// A world in which nothing stands against an answer.
pub fn clear() -> World {
    World {
        actor: true,
        managed: true,
        excluded: false,
        standing: Standing::Live(Timestamp::MAX),
        presence: Presence::Away,
        quiet: ms(10_000),
        dead: false,
        in_mode: false,
        synchronized: false,
        agent_in_front: true,
        computes: false,
        stirred: Some(7),
        coarse: false,
        rate: None,
    }
}

/// The bench.
pub struct Rig {
    pub life: Life,
    pub book: Book,
    pub now: Duration,
    pub screen: Option<(Showing, Arc<Dialog>)>,
    pub world: World,
    pub verdict: Verdict,
    /// What the keyboard and the hooks say; `None` = they have not answered yet.
    pub sends: Option<Sent>,
    /// The policy answers.
    pub judges: bool,
    /// The world answers.
    pub says: bool,
    /// The session's state asks while a dialog is there.
    pub asks: bool,
    /// Text stood unsent in the composer.
    pub unsent: bool,
    /// The ledger takes entries.
    pub writes: bool,
    /// The panes' worker answers when a look is asked for.
    pub looks: bool,
    /// Entries that wait for a slow disk, where it is slow.
    pub slow: Option<Vec<(CaseId, Arc<Dialog>, Decision)>>,
    /// Milliseconds and what happened.
    pub log: Vec<String>,
    /// Answers that are not given yet.
    pub waiting: Vec<CaseId>,
    /// The pane has ended.
    pub ended: bool,
}

impl Rig {
    pub fn new(hook_fallback: bool) -> Self {
        Self {
            life: Life::new(Ways::of_agent("claude", hook_fallback)),
            book: Book::default(),
            now: Duration::ZERO,
            screen: None,
            world: clear(),
            verdict: verdict(Action::Confirm),
            sends: Some(Sent::Done(Duration::ZERO)),
            judges: true,
            says: true,
            asks: true,
            unsent: false,
            writes: true,
            looks: true,
            slow: None,
            log: Vec::new(),
            waiting: Vec::new(),
            ended: false,
        }
    }

    pub fn say(&mut self, what: impl Into<String>) {
        self.log.push(format!("{} {}", self.now.as_millis(), what.into()));
    }

    /// Goes on to a time, stopping wherever the life has something due.
    pub fn until(&mut self, at: u64) {
        for _ in 0..10_000 {
            match self.life.deadline(self.now) {
                Some(due) if due <= ms(at) => {
                    self.now = self.now.max(due);
                    self.hear(Input::Tick);
                }
                _ => {
                    self.now = ms(at);
                    return;
                }
            }
        }
        panic!("a deadline that is always due: {:?}\n{:?}", self.log, self.life);
    }

    /// The screen changed and was looked at.
    pub fn show(&mut self, subject: Option<(&str, u64)>) {
        self.screen = subject.map(|(subject, epoch)| {
            let dialog = dialog(subject);
            (Showing { content: dialog.identity(), epoch }, Arc::new(dialog))
        });
        self.look();
    }

    /// The same of one that says the same as the last that was answered, and is another.
    pub fn show_another(&mut self, subject: &str, epoch: u64) {
        let dialog = dialog(subject);
        self.screen = Some((Showing { content: dialog.identity(), epoch }, Arc::new(dialog)));
        let Input::Look(look) = self.seen(Some(self.now)) else { return };
        self.hear(Input::Look(Look { another: true, ..look }));
    }

    pub fn look(&mut self) {
        let look = self.seen(Some(self.now));
        self.hear(look);
    }

    fn seen(&self, wrote: Option<Duration>) -> Input {
        let dialog = self.screen.clone();
        let look = look(dialog);
        Input::Look(Look { asks: self.asks && look.asks, wrote, unsent: self.unsent, ..look })
    }

    pub fn hear(&mut self, input: Input) {
        let mut orders: VecDeque<Order> = self.life.hear(input, self.now).into();
        while let Some(order) = orders.pop_front() {
            if let Some(answer) = self.carry_out(order) {
                orders.extend(self.life.hear(answer, self.now));
            }
        }
    }

    fn carry_out(&mut self, order: Order) -> Option<Input> {
        match order {
            Order::Judge { case, dialog } => {
                self.judges.then(|| Input::Judged { case, dialog, verdict: self.verdict.clone() })
            }
            Order::Look => self.looks.then(|| self.seen(None)),
            Order::Check => self.says.then(|| Input::World(self.world.clone())),
            Order::Record { case, dialog, decision } => {
                if let Some(slow) = &mut self.slow {
                    slow.push((case, dialog, decision));
                    return None;
                }
                if !self.writes {
                    return Some(Input::NotRecorded { case, why: "the disk is full".to_owned() });
                }
                let why = if decision.why.is_empty() { String::new() } else { format!(": {}", decision.why) };
                let who = if decision.actor.to_string() == "automation" { "" } else { " by a person" };
                self.say(format!("{}{who}{why}", decision.outcome.word()));
                let entry = self.book.append(Body::new(
                    Timestamp::UNIX_EPOCH,
                    &scene(),
                    &dialog,
                    decision,
                    &str::to_owned,
                ));
                if self.ended && !self.life.is_open(case) && entry.body.of.is_none() {
                    let why = "the pane has ended";
                    let end = entry.unheard(Timestamp::UNIX_EPOCH, why).expect("it opened a life");
                    self.say(format!("{}{who}: {why}", end.outcome.word()));
                    self.book.append(end);
                }
                Some(Input::Recorded { case, seq: entry.seq })
            }
            Order::Press { case, key, intent, .. } => {
                self.intended(intent);
                self.say(format!("PRESS {}", key.as_str()));
                self.answered(case)
            }
            Order::Answer { case, word, .. } => {
                let said = match word {
                    HookWord::Release => {
                        self.say("hook released");
                        return None;
                    }
                    HookWord::Allow(intent) => (intent, "ALLOW"),
                    HookWord::Deny(_, intent) => (intent, "DENY"),
                };
                self.intended(said.0);
                self.say(said.1);
                self.answered(case)
            }
            Order::GiveBack { .. } => {
                self.say("given back");
                None
            }
            Order::Overlooked { calls } => {
                self.say(format!("{calls} overlooked"));
                None
            }
            Order::Write { .. } => {
                self.say("WRITE");
                None
            }
            Order::Owns { wish, .. } => {
                self.say(format!("wish {wish} is at work"));
                None
            }
            Order::Refuse { wish, why } => {
                let whom = wish.map_or_else(|| "the person".to_owned(), |wish| format!("wish {wish}"));
                self.say(format!("refused to {whom}: {why}"));
                None
            }
        }
    }

    /// The slow disk has taken what waited for it, or has not, and is quick from now on.
    pub fn disk_says(&mut self, writes: bool) {
        for (case, dialog, decision) in self.slow.take().unwrap_or_default() {
            let was = std::mem::replace(&mut self.writes, writes);
            let answer = self.carry_out(Order::Record { case, dialog, decision });
            self.writes = was;
            if let Some(answer) = answer {
                self.hear(answer);
            }
        }
    }

    fn answered(&mut self, case: CaseId) -> Option<Input> {
        let how = match self.sends.clone() {
            None => {
                self.waiting.push(case);
                return None;
            }
            Some(Sent::Done(_)) => Sent::Done(self.now),
            Some(other) => other,
        };
        Some(Input::Sent { case, how })
    }

    /// What was sent is answered only now.
    pub fn answer(&mut self, how: Sent) {
        for case in std::mem::take(&mut self.waiting) {
            self.hear(Input::Sent { case, how: how.clone() });
        }
    }

    /// Nothing is sent without the entry that says why.
    fn intended(&self, seq: u64) {
        let entry = self.book.entries().iter().find(|e| e.seq == seq).expect("the entry is there");
        assert_eq!(entry.body.outcome.word(), "intended");
    }
}
