//! The life of a pane's dialogs: facts in, orders out. It knows no clock, no screen and no disk; whoever carries its
//! orders out is trusted with nothing but carrying them out.

use std::collections::VecDeque;
use std::time::Duration;

use super::case::Case;
use super::hold::{Held, Hold};
use super::hooks::{HookOwns, Overlooked};
use super::left::Left;
use super::order::{CaseId, Input, Order, Sent};
use super::stage::{Act, After, By, Stage};
use super::timing::{HOOK_WAIT, JUDGE_WAIT, LEAD, LOOK_AGAIN, SETTLE_FLOOR, STILL_THERE, STUCK, Ways};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor, Entry, Outcome, Said, Showing};
use crate::domain::policy::Action;
use crate::domain::screen::Screen;
use crate::domain::stroke::KeyName;

/// How many answered dialogs of a pane are remembered.
pub(super) const REMEMBERED: usize = 1024;

/// A pane's dialogs.
#[derive(Debug, Clone)]
pub struct Life {
    ways: Ways,
    pub(super) cases: Vec<Case>,
    pub(super) next: u64,
    /// Answered by us, or perhaps by us: automation keeps off.
    pub(super) pressed: VecDeque<Showing>,
    /// What may still stand, and is a person's.
    pub(super) left: Vec<Left>,
    /// The pane has surely shown something else since then.
    pub(super) left_unseen: Option<Duration>,
    /// The world was asked, and has not answered since then.
    pub(super) world_asked: Option<Duration>,
    /// It is not known where the last key went; until then.
    pub(super) uncertain: Option<Duration>,
    /// Somebody came right before a key, then: also where he is not seen to be attached any more.
    pub(super) came: Option<Duration>,
    pub(super) heard_hooks: bool,
    pub(super) hook_allowed: Option<Duration>,
    pub(super) overlooked: Overlooked,
}

impl Life {
    /// A pane of which nothing is known.
    pub fn new(ways: Ways) -> Self {
        Self {
            ways: Ways { settle: ways.settle.max(SETTLE_FLOOR), ..ways },
            cases: Vec::new(),
            next: 0,
            pressed: VecDeque::new(),
            left: Vec::new(),
            left_unseen: None,
            world_asked: None,
            uncertain: None,
            came: None,
            heard_hooks: false,
            hook_allowed: None,
            overlooked: Overlooked::default(),
        }
    }

    /// The same after a restart: `left` are the newest entries of the lives in this pane that have no end. The first dialog that
    /// says the same is one of them, and where that binds it is left to a person; after a hook's answer, the first that says anything.
    pub fn rebuilt<'a>(ways: Ways, left: impl IntoIterator<Item = &'a Entry>) -> Self {
        Self { left: left.into_iter().filter_map(Left::by).collect(), ..Self::new(ways) }
    }

    /// Deals with it in another way from now on.
    pub fn set_ways(&mut self, ways: Ways) {
        self.ways = Ways { settle: ways.settle.max(SETTLE_FLOOR), ..ways };
    }

    /// One fact. The orders are to be carried out in order.
    pub fn hear(&mut self, input: Input, now: Duration) -> Vec<Order> {
        let mut out = Vec::new();
        match &input {
            Input::World(_) => self.world_asked = None,
            // Late, and in time to be heard.
            Input::Judged { .. } => {}
            _ => self.give_up(now, &mut out),
        }
        let asked = self.asked_by_persons(&input);
        match input {
            Input::Look(look) => self.look(look, now),
            Input::Judged { case, dialog, verdict } => self.judged(case, &dialog, verdict, &mut out),
            Input::World(world) => self.world(world, now, &mut out),
            Input::Recorded { case, seq } => self.recorded(case, Ok(seq), &mut out),
            Input::NotRecorded { case, why } => self.recorded(case, Err(why), &mut out),
            Input::Sent { case, how } => self.sent(case, how, now, &mut out),
            Input::Hook(said) => self.hook_said(said, now, &mut out),
            Input::Person(reply) => self.person(reply, now, &mut out),
            Input::NewRules => self.new_rules(&mut out),
            Input::Unclear => self.unclear(),
            Input::Ended => self.ended(&mut out),
            Input::Tick => {}
        }
        self.left_went(now, &mut out);
        self.go_on(now, &mut out);
        self.judge_new(now, &mut out);
        self.tell_dropped(&asked, &mut out);
        self.tell_overlooked(now, &mut out);
        self.cases.retain(|c| c.stage != Stage::Over);
        if out.contains(&Order::Check) {
            self.world_asked.get_or_insert(now);
        }
        out
    }

    /// Whether a screen that was not read as a dialog may show part of one that stands here, or stood here just now.
    pub fn may_show_part(&self, screen: &Screen) -> bool {
        let part = |dialog: &Dialog| {
            let rows = dialog.question.iter().chain(dialog.options.iter().map(|o| &o.label));
            // Shorter words stand anywhere.
            let mut rows = rows.map(|row| row.trim()).filter(|row| row.len() > 3);
            rows.any(|row| screen.rows.iter().any(|shown| shown.text().contains(row)))
        };
        let mut drawn = self.cases.iter().filter(|c| c.shown.is_drawn());
        drawn.any(|c| part(&c.shown.dialog)) || self.left.iter().any(|left| left.may_show_part(part))
    }

    /// Whether something that stood here is away and not yet known to have gone: a look that is surely clear would tell.
    pub fn misses(&self) -> bool {
        let away = |c: &Case| c.can_go() && c.shown.away().is_some();
        !self.left.is_empty() || self.cases.iter().any(away)
    }

    /// Whether a key went to what stands there, and it has not gone.
    pub fn outlasts_its_key(&self, showing: Showing) -> bool {
        self.cases.iter().any(|c| c.shown.showing == showing && matches!(c.stage, Stage::Verifying(_)))
    }

    /// Whether an answer is on its way, from its intent until the dialog has gone.
    pub fn is_under_way(&self) -> bool {
        self.cases.iter().any(|c| c.in_flight() || matches!(c.stage, Stage::Verifying(_)))
    }

    /// Whether a case is not told to the end yet.
    pub fn is_open(&self, case: CaseId) -> bool {
        self.cases.iter().any(|c| c.id == case)
    }

    /// When time alone will change something.
    pub fn deadline(&self, now: Duration) -> Option<Duration> {
        let prepares = self.prepares(now).map(|(_, by)| by);
        self.acts_at(now).into_iter().chain(prepares).chain(self.goes_at()).min()
    }

    /// The same of answers that are to be prepared: from when on, and by when.
    pub fn prepares(&self, now: Duration) -> impl Iterator<Item = (Duration, Duration)> {
        self.cases
            .iter()
            .filter(move |c| self.is_early(c, now))
            .map(|c| (self.early(c), self.prepared(c, LEAD.0)))
    }

    fn is_early(&self, c: &Case, now: Duration) -> bool {
        matches!(c.stage, Stage::Reading) && c.current() && now < self.early(c)
    }

    /// The same of what has been away for so long that it is gone: a little later will do.
    pub fn goes_at(&self) -> Option<Duration> {
        let goes = self.cases.iter().filter(|c| c.can_go()).filter_map(Case::goes);
        goes.chain(self.left_goes()).min()
    }

    /// The same of all else.
    pub fn acts_at(&self, now: Duration) -> Option<Duration> {
        let acts = self.cases.iter().filter(|c| !self.is_early(c, now));
        acts.filter_map(|c| self.due(c, now)).chain(self.overlooked.due()).min()
    }

    /// Until when the word that the intent of a case is on disk may be deferred: its key waits for that; `None`: not at all.
    pub fn defers_until(&self, case: CaseId, now: Duration) -> Option<Duration> {
        let ahead = |c: &&Case| matches!(&c.stage, Stage::Writing(After::Send(act, _)) if act.is_ahead());
        self.cases.iter().filter(|c| c.id == case).find(ahead).and_then(|c| self.due(c, now))
    }

    pub(super) fn due(&self, c: &Case, now: Duration) -> Option<Duration> {
        let settled = c.steady.since + self.ways.settle;
        match &c.stage {
            Stage::Judging(since) => Some(*since + JUDGE_WAIT),
            Stage::Reading if !c.current() => None,
            Stage::Reading if now < self.early(c) => Some(self.prepared(c, LEAD.0)),
            Stage::Reading if now < settled => Some(settled),
            // The end of what is on its way is told; until then nothing is due.
            Stage::Reading if self.another_in_flight(c.id) => None,
            Stage::Reading => self.waits_for_hook(c).then_some(c.shown.first + HOOK_WAIT),
            // Whoever writes tells the end of it then, if not sooner.
            Stage::Writing(After::Send(act, _)) if act.is_ahead() => (now < settled).then_some(settled),
            Stage::Ready(_) => c.current().then_some(settled),
            Stage::Rechecking(intent, look) if intent.act.is_ahead() && c.current() && !c.steady.twice => {
                look.map(|at| at + LOOK_AGAIN)
            }
            Stage::Guarding(_) | Stage::Rechecking(..) => self.world_asked.map(|at| at + STUCK),
            Stage::Sending(_, since) => Some(*since + STUCK),
            Stage::Verifying(sent) if !c.shown.is_drawn() => Some(*sent + HOOK_WAIT),
            Stage::Verifying(_) if !c.current() => None,
            Stage::Verifying(_) if c.mark_rests(self.ways.settle).is_some_and(|at| now < at) => {
                c.mark_rests(self.ways.settle)
            }
            Stage::Verifying(sent) if now < *sent + STILL_THERE => Some(*sent + STILL_THERE),
            Stage::Verifying(sent) => Some(*sent + STUCK),
            Stage::Held((hold, _)) if !c.shown.is_drawn() => Some(c.shown.first + hold.drawn_within()),
            Stage::Held((Hold::HookSpeaks, _)) if !c.current() => None,
            Stage::Held((Hold::HookSpeaks, _)) => self.hook_owns(now).held().map_or(Some(now), |(_, at)| at),
            Stage::Held((_, again)) => *again,
            _ => None,
        }
    }

    /// Everything that time, or the end of something else, has made due.
    fn go_on(&mut self, now: Duration, out: &mut Vec<Order>) {
        for i in 0..self.cases.len() {
            let id = self.cases[i].id;
            if self.gone(id, now) {
                self.went(id, out);
            }
            self.spend_on_drawn(id, out);
            let case = &self.cases[i];
            match &case.stage {
                Stage::Reading if case.current() && !case.hook_open() => self.read_on(id, now, out),
                Stage::Ready(_) | Stage::Rechecking(..) => self.go_ahead(id, now, out),
                Stage::Sending(_, since) if now.saturating_sub(*since) >= STUCK => {
                    self.sent(id, Sent::Unknown("no answer from the other side".to_owned()), now, out);
                }
                Stage::Verifying(sent)
                    if !case.shown.is_drawn() && now.saturating_sub(*sent) >= HOOK_WAIT =>
                {
                    self.write(id, Outcome::Cleared, String::new(), After::Over, out);
                }
                Stage::Verifying(_) if case.mark_rests(self.ways.settle).is_some_and(|at| now >= at) => {
                    self.go_on_marking(id, out);
                }
                Stage::Verifying(sent) if case.current() && now.saturating_sub(*sent) >= STUCK => {
                    let why = Hold::Stuck.to_string();
                    self.write(id, Outcome::Stuck, why, After::Rest((Hold::Stuck, None)), out);
                }
                // A hook gave it back, and the agent never drew it.
                Stage::Held((hold, _))
                    if !case.shown.is_drawn() && now >= case.shown.first + hold.drawn_within() =>
                {
                    self.write(id, Outcome::Gone, String::new(), After::Over, out);
                }
                // It is back, whenever that was.
                Stage::Held((Hold::MarkMoved, _))
                    if case.current() && !case.shown.dialog.is_marked_elsewhere() =>
                {
                    self.cases[i].kept.take_if(|hold| *hold == Hold::MarkMoved);
                    self.cases[i].read_anew(now);
                    self.cases[i].judge_anew();
                }
                Stage::Held((Hold::HookSpeaks, _))
                    if case.current() && self.hook_owns(now) == HookOwns::No =>
                {
                    self.cases[i].read_anew(now);
                    self.cases[i].judge_anew();
                }
                Stage::Held((_, Some(again))) if *again <= now => {
                    if let Stage::Held((_, again)) = &mut self.cases[i].stage {
                        *again = None;
                    }
                    out.push(Order::Check);
                }
                _ => {}
            }
        }
    }

    /// A judged dialog on the screen: wait, or decide.
    fn read_on(&mut self, id: CaseId, now: Duration, out: &mut Vec<Order>) {
        let Some(case) = self.cases.iter().find(|c| c.id == id) else { return };
        let (early, settled) = (now >= self.early(case), now >= case.steady.since + self.ways.settle);
        if case.is_stale() {
            self.case(id).into_iter().for_each(Case::judge_anew);
            return;
        }
        if !early {
            return;
        }
        match self.may_try(id, now) {
            Some(Ok(act)) => {
                if let Some(case) = self.case(id) {
                    (case.stage, case.steady.changed) = (Stage::Guarding(act), false);
                    out.extend([Order::Look, Order::Check]);
                }
            }
            // What is told of a dialog is told of one that stands.
            Some(Err((hold, again))) if settled => self.hold_until(id, hold, again, out),
            Some(Err(_)) | None => {}
        }
    }

    pub(super) fn settle(&self) -> Duration {
        self.ways.settle
    }

    /// From when on its answer may be prepared, if it gets one.
    pub fn prepared_from(&self, case: CaseId) -> Option<Duration> {
        self.cases.iter().find(|c| c.id == case).map(|c| self.early(c))
    }

    /// The same of one that is there.
    fn early(&self, case: &Case) -> Duration {
        self.prepared(case, LEAD.1)
    }

    fn prepared(&self, case: &Case, lead: Duration) -> Duration {
        case.steady.rests.max(case.steady.since + self.ways.settle.saturating_sub(lead))
    }

    /// What stands against answering by key, as far as the pane itself tells; `None` = wait.
    fn may_try(&self, id: CaseId, now: Duration) -> Option<Result<Act, Held>> {
        let case = self.cases.iter().find(|c| c.id == id)?;
        let held = |hold| Some(Err((hold, None)));
        let action = case.verdict()?.action;
        // Whatever the rules say of it: it is that one.
        if let Some(hold) = self.left(&case.shown) {
            return held(hold.clone());
        }
        match action {
            Action::Ignore => return held(Hold::Ignored),
            Action::Hold if case.only_watched() => return held(Hold::Watching),
            Action::Hold | Action::Deny => return held(Hold::Rule),
            Action::Confirm => {}
        }
        if let Some(kept) = &case.kept {
            return held(kept.clone());
        }
        if case.hook.is_some() {
            return held(Hold::HookFell);
        }
        if case.tried || self.pressed.contains(&case.shown.showing) {
            return held(Hold::Answered);
        }
        if self.uncertain.is_some_and(|until| now < until) {
            return held(Hold::Uncertain("wait for a person".to_owned()));
        }
        if !case.shown.asks {
            return held(Hold::Doubtful);
        }
        if case.shown.dialog.is_marked_elsewhere() {
            return held(Hold::MarkMoved);
        }
        // Part of it is hidden: looking again will not show it; a change of the screen will.
        if !case.shown.dialog.complete {
            return held(Hold::NoKey);
        }
        let Some(key) = case.shown.dialog.allow_once_key().and_then(KeyName::new) else {
            return held(Hold::NoKey);
        };
        if self.another_in_flight(id) {
            return None;
        }
        if let Some(held) = self.hook_owns(now).held() {
            return Some(Err(held));
        }
        if self.waits_for_hook(case) {
            return (now.saturating_sub(case.shown.first) >= HOOK_WAIT)
                .then_some(Err((Hold::HookMissing, None)));
        }
        Some(Ok(Act {
            actor: Actor::Automation,
            wish: None,
            by: By::Key(key),
            said: Said::Allow,
            goal: None,
        }))
    }

    pub(super) fn another_in_flight(&self, id: CaseId) -> bool {
        self.cases.iter().any(|c| c.id != id && c.in_flight())
    }

    fn waits_for_hook(&self, case: &Case) -> bool {
        self.heard_hooks && !self.ways.hook_fallback && case.hook.is_none()
    }
}
