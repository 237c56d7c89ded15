//! One restart carried out: what its course orders, and what was done, as it comes back.

use super::super::deed::Deed;
use super::super::done::Done;
use super::super::{Actor, monotonic, utc};
use super::{Step, process};
use crate::app::Event;
use crate::app::event::Did;
use crate::domain::ledger::{Actor as Who, Outcome};
use crate::domain::restart::{Heard, Open, Order};
use crate::domain::session::SessionName;
use crate::ports::{Hooks, Judge, Ledger, Press, Processes, Records, Seat};

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    /// Tells one under way a fact.
    pub(super) fn restart_hears(&mut self, name: &SessionName, heard: &Heard) {
        let Some(run) = self.restarts.runs.get_mut(name) else { return };
        let order = run.course.hear(heard, monotonic());
        self.carry_restart(name, order);
    }

    pub(super) fn carry_restart(&mut self, name: &SessionName, order: Order) {
        match order {
            Order::Wait => {}
            Order::Record => self.record_restart(name),
            Order::Start => self.start_beside(name),
            Order::Look => {
                let pane = self.restarts.runs.get(name).and_then(|r| r.new);
                // Not taken now: it is asked for again.
                if let Some((id, _)) = pane {
                    let _ = self.looks.try_send(id);
                }
            }
            Order::Asks => {
                let Some(run) = self.restarts.runs.get_mut(name) else { return };
                let wish = run.wish.take();
                let said = "it stands in a new window and asks something: answer it there".to_owned();
                self.told(wish, format!("restart {name}"), Ok(said));
            }
            Order::Settle => self.settle(name),
            Order::End(outcome, said) => self.end_restart(name, outcome, &said),
        }
    }

    /// The try and the intent, on disk before anything is done.
    fn record_restart(&mut self, name: &SessionName) {
        let (Some(run), Some(scribe)) = (self.restarts.runs.get(name), &self.scribe) else { return };
        let (body, number) = (run.deed.entry(None, Outcome::Intended, String::new()), run.number);
        let (kept, name) = (self.restarts.kept.clone(), name.clone());
        let written = scribe.ask(move |records| {
            records.keep_restarts(&kept, utc())?;
            Ledger::append(records, body)
        });
        self.beside(async move { Done::Restart(name, number, Step::Recorded(written.await.map(Box::new))) });
    }

    fn start_beside(&mut self, name: &SessionName) {
        let (Some(run), Some(sessions)) = (self.restarts.runs.get(name), self.restarts.sessions.clone())
        else {
            return;
        };
        let (beside, name, number) = (run.beside.clone(), name.clone(), run.number);
        let asked = tokio::task::spawn_blocking(move || sessions.start(&beside));
        self.beside(async move {
            let started =
                asked.await.unwrap_or_else(|_| Err("starting it failed; the log has more".to_owned()));
            Done::Restart(name, number, Step::Started(started))
        });
    }

    /// The new agent is ready: the old pane goes, automation takes only dead ones; then the role is told again.
    fn settle(&mut self, name: &SessionName) {
        let (Some(run), Some(sessions)) = (self.restarts.runs.get(name), self.restarts.sessions.clone())
        else {
            return;
        };
        let identity = self.desks.values().find(|d| Some(process(d)) == run.new).map(|d| d.info.identity);
        let (old, only_dead) = (run.old.clone(), run.deed.who == Who::Automation);
        let (actor, taken, name) = (run.beside.actor.clone(), run.taken, name.clone());
        let number = run.number;
        let asked = tokio::task::spawn_blocking({
            let name = name.clone();
            move || {
                let mut said: Vec<String> = taken.iter().map(|t| t.words().to_owned()).collect();
                for pane in old {
                    if !sessions.remove(pane, only_dead, &actor)? {
                        said.push(format!("{} was left", pane.0));
                    }
                }
                match identity.map(|pane| sessions.tell_role(&name, pane)) {
                    Some(Ok(true)) => said.push("its role is queued".to_owned()),
                    Some(Err(why)) => said.push(format!("its role was not queued: {why}")),
                    Some(Ok(false)) | None => {}
                }
                Ok(said.join(", "))
            }
        });
        self.beside(async move {
            let settled = asked.await.unwrap_or_else(|_| Err("the old pane may still be there".to_owned()));
            Done::Restart(name, number, Step::Settled(settled))
        });
    }

    fn end_restart(&mut self, name: &SessionName, outcome: Outcome, said: &str) {
        let Some(run) = self.restarts.runs.remove(name) else { return };
        if let Some(record) = self.restarts.kept.get_mut(name) {
            record.open = None;
        }
        self.keep();
        if run.intent.is_some() {
            self.note(&run.deed, run.intent, outcome, said.to_owned());
        }
        // Of several that ended the last one stays, with its last words.
        if let (Outcome::Gone, Some(sessions)) = (outcome, self.restarts.sessions.clone())
            && self.desks.values().any(|d| Some(process(d)) == run.new)
        {
            let (old, actor) = (run.old, run.beside.actor);
            drop(tokio::task::spawn_blocking(move || {
                for pane in old {
                    let _ = sessions.remove(pane, true, &actor);
                }
            }));
        }
        let seq = run.intent.map_or(String::new(), |seq| format!(" (ledger {seq})"));
        let ended = match outcome {
            Outcome::Cleared => Ok(format!("restarted: {said}{seq}")),
            _ => Err(format!("{said}{seq}")),
        };
        self.told(run.wish, format!("restart {name}"), ended);
        self.changed = true;
        self.look_for_ended();
    }

    /// What was done for one, as it comes back.
    pub(in crate::workers::actor) fn restart_done(&mut self, name: &SessionName, run: u64, step: Step) {
        if !self.restarts.is_under_way(name, run) {
            return self.restart_late(name, step);
        }
        match step {
            Step::Recorded(Ok(entry)) => {
                if let Some(run) = self.restarts.runs.get_mut(name) {
                    run.intent = Some(entry.seq);
                }
                self.books.add(*entry);
                self.changed = true;
                self.restart_hears(name, &Heard::Recorded(Ok(())));
            }
            Step::Recorded(Err(e)) => {
                let why = format!("{e}; {}", e.hint());
                self.books.trouble = Some(why.clone());
                self.restart_hears(name, &Heard::Recorded(Err(why)));
            }
            Step::Started(Ok((new, taken))) => {
                let Some(run) = self.restarts.runs.get_mut(name) else { return };
                (run.new, run.taken) = (Some(new), Some(taken));
                let who = match &run.deed.who {
                    Who::Automation => None,
                    Who::Person(who) => Some(who.clone()),
                };
                let open = Open { old: run.old.clone(), new, who, intent: run.intent.unwrap_or_default() };
                self.restarts.kept.entry(name.clone()).or_default().open = Some(open);
                self.keep();
                self.restart_hears(name, &Heard::Started(Ok(())));
            }
            Step::Started(Err(why)) => self.restart_hears(name, &Heard::Started(Err(why))),
            Step::Settled(settled) => self.restart_hears(name, &Heard::Settled(settled)),
        }
    }

    /// What was done for one that is over, or for a run before this one: it moves nothing on. Of a window that stands all
    /// the same a person is told.
    fn restart_late(&mut self, name: &SessionName, step: Step) {
        match step {
            Step::Recorded(Ok(entry)) => self.books.add(*entry),
            Step::Started(Ok(((pane, _), _))) => {
                let why =
                    format!("its window {pane} came after that restart was given up: it is left for you");
                let what = format!("restart {name}");
                self.tell(Event::Did(Did { what, command: None, failed: Some(why) }));
            }
            Step::Recorded(Err(_)) | Step::Started(Err(_)) | Step::Settled(_) => {}
        }
        self.changed = true;
    }

    /// Writes an entry from which nothing follows.
    pub(super) fn note(&self, deed: &Deed, of: Option<u64>, outcome: Outcome, why: String) {
        self.close(deed.entry(of, outcome, why));
    }

    /// Keeps what is known, beside.
    pub(super) fn keep(&self) {
        let Some(scribe) = &self.scribe else { return };
        let kept = self.restarts.kept.clone();
        let written = scribe.ask(move |records| records.keep_restarts(&kept, utc()));
        self.beside(async move { Done::Kept(written.await) });
    }
}
