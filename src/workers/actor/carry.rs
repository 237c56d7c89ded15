//! Carrying a life's orders out, in their order. What takes time is done beside; its answer comes back as [`Done`].

use std::sync::Arc;
use std::time::Duration;

use super::desk::Desk;
use super::done::Done;
use super::{Actor, monotonic, outbox, utc};
use crate::app::Event;
use crate::app::event::Did;
use crate::domain::confirm::{CaseId, Hold, Input, Order, Presence, Sent, World};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Actor as Who, Body, Decision, Outcome};
use crate::domain::redact::Secrets;
use crate::domain::screen::Row;
use crate::domain::session::PaneId;
use crate::domain::stroke::KeyName;
use crate::ports::{Expected, Hooks, Judge, PaneFacts, Press, Processes, Seat, TypeError};

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// Tells a pane's life one fact and does what it orders.
    pub(super) fn live(&mut self, pane: PaneId, input: Input) {
        let Some(desk) = self.desks.get_mut(&pane) else { return };
        let Some(life) = desk.life.as_mut() else { return };
        // Before the end of the program nothing new is begun.
        if self.farewell.said && !life.is_under_way() {
            return;
        }
        let orders = life.hear(input, monotonic());
        self.changed = true;
        let look = orders.contains(&Order::Look);
        for order in orders {
            self.carry(pane, order, look);
        }
        self.end_wishes(pane);
        self.set_alarm(pane);
    }

    fn carry(&mut self, pane: PaneId, order: Order, look: bool) {
        match order {
            Order::Judge { case, dialog } => self.judge(pane, case, dialog),
            // In one question to the server with the check that it comes with.
            Order::Look => {}
            Order::Check => self.check(pane, look),
            Order::Record { case, dialog, decision } => self.record(pane, case, &dialog, decision),
            Order::Press { case, dialog, key, intent, stirred } => {
                self.press(pane, (case, stirred), &dialog, key, intent);
            }
            Order::Answer { case, hook, word } => self.answer_hook(pane, case, hook, &word),
            Order::GiveBack { hook } => self.give_back(hook),
            Order::Overlooked { calls } => self.overlooked(pane, calls),
            Order::Write { showing, dialog } => self.write_now(pane, showing, &dialog),
            Order::Owns { case, wish, answer } => self.owns(pane, case, wish, answer),
            Order::Refuse { wish, why } => self.refuse(pane, wish, why),
        }
    }

    pub(super) fn check(&self, pane: PaneId, look: bool) {
        let Some(desk) = self.desks.get(&pane) else { return };
        let (identity, keyboard) = (desk.info.identity, Arc::clone(&self.keyboard));
        self.beside(async move { Done::Checked(identity, keyboard.check(identity, look).await) });
    }

    fn record(&mut self, pane: PaneId, case: CaseId, dialog: &Dialog, decision: Decision) {
        let Some(desk) = self.desks.get(&pane) else { return };
        let automatic = decision.actor == Who::Automation;
        let counts = decision.outcome == Outcome::Intended && automatic;
        let (identity, session) = (desk.info.identity, desk.info.session.clone());
        let scene = self.scene_of(desk, dialog);
        let body = Body::new(utc(), &scene, dialog, decision, &|s| Secrets::builtin().mask(s).into_owned());
        if counts {
            self.rates.count(&session, monotonic());
        }
        if self.scribe.is_none() {
            let why = "nobody keeps the records".to_owned();
            return self.live(pane, Input::NotRecorded { case, why });
        }
        // What has ended may rest a moment, unless a person waits to be told; where nothing could be written, all but an
        // intent waits for the next try.
        let ended = automatic && body.outcome == Outcome::Cleared;
        let rests = ended || (self.outbox.in_trouble() && body.outcome != Outcome::Intended);
        let by = self.on_tick(monotonic() + outbox::REST);
        self.outbox.put(Some((identity, case)), body, by);
        if !rests {
            let life = self.desks.get(&pane).and_then(|d| d.life.as_ref());
            self.outbox.hurry(life.and_then(|life| life.defers_until(case, monotonic())).unwrap_or_default());
        }
    }

    /// What lies in the outbox goes to the disk, and by that time it is heard of.
    pub(super) fn write_out(&mut self, by: Duration) {
        if let Some(written) = self.outbox.write() {
            self.defer(by, async move { Done::Recorded(written.await) });
        }
    }

    /// One key, if the server finds the very rows that were read.
    fn press(
        &mut self,
        pane: PaneId,
        (case, stirred): (CaseId, Option<u64>),
        dialog: &Dialog,
        key: KeyName,
        intent: u64,
    ) {
        let Some(desk) = self.desks.get(&pane) else { return };
        let same = desk.shown().is_some_and(|seen| seen.dialog == *dialog);
        let (Some(screen), true, Some(seat)) = (desk.screen.clone(), same, self.seat.as_ref()) else {
            let how = Sent::Refused("the screen shows something else now".to_owned());
            return self.live(pane, Input::Sent { case, how });
        };
        let (first, last) = (usize::from(dialog.rows.0), usize::from(dialog.rows.1));
        if screen.rows.iter().take(last + 1).skip(first).any(Row::hides) {
            let why = "it holds characters that are not drawn, so tmux cannot be asked whether it still stands there; attach and answer there";
            return self.live(pane, Input::Sent { case, how: Sent::Refused(why.to_owned()) });
        }
        let command = (!desk.command.is_empty()).then(|| desk.command.clone());
        let switched =
            || self.switches.standing(&desk.info.session, self.fixed.lease.is_some(), utc()).hold();
        let hold = if seat.stands() { switched() } else { Some(Hold::NotActor) };
        if let Some(hold) = hold.filter(|_| stirred.is_some()) {
            return self.live(pane, Input::Sent { case, how: Sent::Withheld(hold) });
        }
        let expected = Expected {
            screen,
            rows: dialog.rows,
            cursor: false,
            command,
            actor: seat.id().to_owned(),
            stirred,
        };
        let (identity, session) = (desk.info.identity, desk.info.session.clone());
        if let Some(desk) = self.desks.get_mut(&pane) {
            desk.pressed(dialog, intent);
        }
        let keyboard = Arc::clone(&self.keyboard);
        self.beside(async move {
            let pressed = keyboard.press(identity, &expected, &key).await;
            let did = match &pressed {
                Ok(command) => Did {
                    what: format!("pressed {} in {session} (ledger {intent})", key.as_str()),
                    command: Some(command.clone()),
                    failed: None,
                },
                Err(e) => Did {
                    what: format!("not pressed {} in {session} (ledger {intent})", key.as_str()),
                    command: None,
                    failed: Some(e.to_string()),
                },
            };
            let how = match pressed {
                Ok(_) => Sent::Done(monotonic()),
                Err(e @ (TypeError::Unanswered | TypeError::Timeout(_))) => Sent::Unknown(e.to_string()),
                Err(TypeError::Stirred) => Sent::Withheld(Hold::PersonCame),
                Err(TypeError::InMode) => Sent::Withheld(Hold::InMode),
                Err(TypeError::Synchronized) => Sent::Withheld(Hold::Synchronized),
                Err(e) => Sent::Refused(e.to_string()),
            };
            Done::Pressed(identity, case, how, did)
        });
    }

    /// The person who asked for it is told why nothing was sent, and nobody else.
    pub(super) fn refuse(&mut self, pane: PaneId, wish: Option<u64>, why: String) {
        let desk = self.desks.get_mut(&pane);
        let session = desk.as_ref().map(|desk| desk.info.session.to_string()).unwrap_or_default();
        if let Some(desk) = desk {
            desk.pending.take_if(|text| text.wish == wish);
            desk.owners.retain(|_, owner| Some(owner.0) != wish);
        }
        let what = format!("not answered in {session}");
        match wish {
            Some(wish) => self.answer_wish(wish, false, why),
            None => self.tell(Event::Did(Did { what, command: None, failed: Some(why) })),
        }
    }

    /// The main loop is told; where it is far behind, this line is lost, not the time.
    pub(super) fn tell(&self, event: Event) {
        let _ = self.facts.try_send(event);
    }

    /// What the world says of a pane at this moment.
    pub(super) fn world(&self, desk: &Desk, said: Result<&PaneFacts, &TypeError>) -> World {
        let now = monotonic();
        let session = &desk.info.session;
        let seat = self.seat.as_ref();
        let id = seat.map(Seat::id);
        let typed = desk.typed.map(|at| now.saturating_sub(at));
        let presence = match said {
            Err(_) => Presence::Unknown,
            Ok(facts) => {
                let client = facts.active.map(|at| rested(at, utc()));
                client.into_iter().chain(typed).min().map_or(Presence::Away, Presence::Active)
            }
        };
        let (front, computes) = self.processes.front(desk.info.identity);
        let agent = front.as_deref().and_then(|f| self.fixed.agents.by_process(f));
        World {
            actor: self.scribe.is_some()
                && seat.is_some_and(Seat::stands)
                && said.map_or(true, |facts| facts.actor.as_deref() == id),
            managed: self.fixed.roster.member(session).is_some(),
            excluded: self.fixed.roster.is_excluded(session),
            standing: self.switches.standing(session, self.fixed.lease.is_some(), utc()),
            presence,
            quiet: self.fixed.quiet,
            dead: said.is_ok_and(|f| f.dead) || said.is_err_and(|e| *e == TypeError::Gone),
            in_mode: said.is_ok_and(|f| f.in_mode),
            synchronized: said.is_ok_and(|f| f.synchronized),
            computes,
            stirred: said.ok().map(|f| f.stirred),
            coarse: desk
                .screen
                .as_ref()
                .zip(desk.shown())
                .is_none_or(|(screen, seen)| !self.keyboard.tells_all(screen, seen.dialog.rows)),
            agent_in_front: said.is_ok() && agent.is_some_and(|m| Some(&m.name) == desk.agent.as_ref()),
            rate: self.rates.next(session, self.fixed.limits, now),
        }
    }
}

/// How long nothing was done that tmux stamped with that second: it may have been done at its end.
fn rested(second: i64, now: jiff::Timestamp) -> Duration {
    let ended = second.saturating_add(1).saturating_mul(1000);
    Duration::from_millis(u64::try_from(now.as_millisecond().saturating_sub(ended)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_active_in_a_second_may_have_been_so_to_its_end() {
        let now = jiff::Timestamp::from_millisecond(10_700).expect("an instant");
        for (second, ms) in [(0, 9_700), (9, 700), (10, 0), (11, 0), (i64::MAX, 0)] {
            assert_eq!(rested(second, now), Duration::from_millis(ms), "{second}");
        }
    }
}
