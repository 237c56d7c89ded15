//! What agents' hooks say, brought to the pane that it comes from: by the process line that the kernel tells, never by
//! what the caller says. Whoever cannot be placed is told at once to ask as usual.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{Actor, clock, monotonic};
use crate::app::Event;
use crate::app::event::Did;
use crate::domain::confirm::{CaseId, HOOK_OWNS, HookId, HookSaid, HookWord, Input, Sent, TYPING_TOLD};
use crate::domain::dialog::{Dialog, DialogId};
use crate::domain::hook::{Caller, HookCall, HookEvent};
use crate::domain::session::{PaneId, PaneIdentity};
use crate::ports::{Asks, Hooks, Judge, Press, Processes, Seat};

/// A request that waits for a word.
pub(super) struct Call {
    pane: PaneIdentity,
    content: DialogId,
    /// The folder that the call names.
    cwd: Option<PathBuf>,
}

/// A call that got no word from us.
pub(super) struct Stray {
    id: HookId,
    who: Caller,
    call: Arc<Dialog>,
    at: Duration,
}

impl Stray {
    /// What its pane is told: it asked, and waits no more.
    fn tell(&self) -> [HookSaid; 2] {
        [HookSaid::Asks { id: self.id, dialog: Arc::clone(&self.call) }, HookSaid::Closed { id: self.id }]
    }
}

/// So many of them are remembered.
const STRAYS: usize = 64;
/// With so many panes, those that are gone are forgotten.
const HOOKED: usize = 1024;

/// The next thing that a hook says; for ever where none is listened to.
pub(super) async fn next<H: Hooks>(hooks: Option<&mut H>) -> HookEvent {
    match hooks {
        Some(hooks) => hooks.next().await,
        None => std::future::pending().await,
    }
}

impl<S: Seat, K: Press, Q: Processes, J: Judge, H: Hooks> Actor<S, K, Q, J, H> {
    pub(super) fn hook_said(&mut self, said: HookEvent) {
        match said {
            HookEvent::Wake => {
                self.look_for_wishes();
                // It may be the queue that was written.
                self.give_chair();
            }
            // He is told what stands now, like any other news.
            HookEvent::Watched => (self.changed, self.board_due) = (true, clock()),
            HookEvent::Heard { who } => {
                if let Some(pane) = self.pane_of(&who).or_else(|| self.said_pane(&who)) {
                    self.hooked(pane);
                    self.live(pane.id, Input::Hook(HookSaid::Heard));
                }
            }
            HookEvent::Typed { who, pane } => self.typed_elsewhere(&who, pane),
            HookEvent::Asks { id, who, call } => self.hook_asks(id, &who, &call),
            HookEvent::Closed { id } => {
                if let Some(call) = self.calls.remove(&id) {
                    self.live(call.pane.id, Input::Hook(HookSaid::Closed { id }));
                }
            }
        }
    }

    /// A person types into that pane at a control room that observes. He may go on for a while before it is told again, so
    /// hands are kept off as if his last key were still to come. An agent is no person, and delays nobody's answers.
    fn typed_elsewhere(&mut self, who: &Caller, pane: PaneIdentity) {
        let there = self.desks.get(&pane.id).is_some_and(|d| d.info.identity == pane);
        if there && !self.agents_own(who) {
            self.typed(pane.id, monotonic() + TYPING_TOLD);
        }
    }

    /// A process of a pane that is an agent's: one of the roster, or one where an agent's program has the terminal. Of a pane
    /// that is not listed yet that is not known, and a doubt holds.
    fn agents_own(&self, who: &Caller) -> bool {
        let above = |p: PaneIdentity| p.pid != 0 && (who.pid == p.pid || who.ancestors.contains(&p.pid));
        self.desks.values().filter(|d| above(d.info.identity)).any(|desk| {
            let front = self.processes.foreground(desk.info.identity);
            self.fixed.roster.member(&desk.info.session).is_some()
                || front
                    .is_some_and(|name| self.fixed.agents.by_process(&name).is_some_and(|m| !m.is_generic()))
        })
    }

    fn hook_asks(&mut self, id: HookId, who: &Caller, call: &HookCall) {
        let alive = |p: &PaneIdentity| self.desks.get(&p.id).is_some_and(|d| d.life.is_some());
        let Some(pane) = self.pane_of(who).filter(alive).filter(|_| call.is_yes_or_no()) else {
            if let Some(hooks) = &mut self.hooks {
                hooks.answer(id, &HookWord::Release);
            }
            self.fell_through(Stray { id, who: who.clone(), call: Arc::new(call.dialog()), at: monotonic() });
            return;
        };
        self.hooked(pane);
        let dialog = Arc::new(call.dialog());
        let cwd = call.cwd.clone().map(PathBuf::from);
        self.calls.insert(id, Call { pane, content: dialog.identity(), cwd });
        self.live(pane.id, Input::Hook(HookSaid::Asks { id, dialog }));
    }

    /// Nobody answers this call here: its dialog, drawn or still to come, is a person's.
    fn fell_through(&mut self, stray: Stray) {
        let pane = self.pane_of(&stray.who).or_else(|| self.said_pane(&stray.who));
        if let Some(pane) = pane {
            self.hooked(pane);
            for said in stray.tell() {
                self.live(pane.id, Input::Hook(said));
            }
        }
        let now = monotonic();
        self.strays.retain(|s| now.saturating_sub(s.at) < HOOK_OWNS);
        if self.strays.len() == STRAYS {
            self.strays.remove(0);
        }
        self.strays.push(stray);
    }

    /// The hooks of this pane's agent work.
    fn hooked(&mut self, pane: PaneIdentity) {
        if self.hooked.len() >= HOOKED {
            let desks = &self.desks;
            self.hooked.retain(|p| desks.get(&p.id).is_some_and(|d| d.info.identity == *p));
        }
        self.hooked.insert(pane);
    }

    /// A pane that begins to live is told what is known of its hooks, and what fell through there a moment ago, before we
    /// knew of the pane.
    pub(super) fn tell_of_hooks(&mut self, pane: PaneIdentity) {
        if self.hooked.contains(&pane) {
            self.live(pane.id, Input::Hook(HookSaid::Heard));
        }
        let now = monotonic();
        let of_pane = |s: &&Stray| {
            now.saturating_sub(s.at) < HOOK_OWNS
                && self.pane_of(&s.who).or_else(|| self.said_pane(&s.who)) == Some(pane)
        };
        let said: Vec<HookSaid> = self.strays.iter().filter(of_pane).flat_map(Stray::tell).collect();
        for said in said {
            self.live(pane.id, Input::Hook(said));
        }
    }

    /// The pane that a caller says it is in, where nothing else is known of it: it has ended meanwhile, as a hook does that
    /// waited in vain while we were stopped. Never for an *allow*: what follows can only be held.
    fn said_pane(&self, who: &Caller) -> Option<PaneIdentity> {
        let said = who.pane.filter(|_| who.ancestors.is_empty())?;
        self.desks.get(&said).map(|d| d.info.identity)
    }

    /// The one pane whose first process stands above the caller.
    fn pane_of(&self, who: &Caller) -> Option<PaneIdentity> {
        let above = |pid: u32| pid != 0 && (who.pid == pid || who.ancestors.contains(&pid));
        let mut found = self.desks.values().map(|d| d.info.identity).filter(|p| p.start != 0 && above(p.pid));
        found.next().filter(|_| found.next().is_none())
    }

    /// Where this dialog is a waiting call, its agent has gone to the folder that the call names. Two that say the same in two
    /// folders name none: then every path is outside.
    pub(super) fn place_call(&self, pane: PaneIdentity, dialog: &Dialog, asks: &mut Asks) {
        let says_it = |c: &&Call| c.pane == pane && c.content == dialog.identity();
        let mut folders = self.calls.values().filter(says_it).map(|c| &c.cwd);
        if let Some(first) = folders.next() {
            asks.gone_to = first.clone().filter(|_| folders.all(|f| f == first));
            if asks.gone_to.is_none() {
                asks.cwd = None;
            }
            // It is the call itself that is judged.
            asks.keeps = None;
        }
    }

    /// Nobody looks at this call.
    pub(super) fn give_back(&mut self, id: HookId) {
        self.calls.remove(&id);
        if let Some(hooks) = &mut self.hooks {
            hooks.answer(id, &HookWord::Release);
        }
    }

    pub(super) fn overlooked(&self, pane: PaneId, calls: u64) {
        let Some(desk) = self.desks.get(&pane) else { return };
        let what = format!("{calls} calls of hooks in {} were not looked at", desk.info.session);
        let failed = Some("too many came at once; its agent asks as usual".to_owned());
        self.tell(Event::Did(Did { what, command: None, failed }));
    }

    pub(super) fn answer_hook(&mut self, pane: PaneId, case: CaseId, hook: HookId, word: &HookWord) {
        let told = self.hooks.as_mut().is_some_and(|hooks| hooks.answer(hook, word));
        if *word == HookWord::Release {
            return;
        }
        let how = if told {
            Sent::Done(monotonic())
        } else {
            Sent::Refused("the agent's hook does not wait any more".to_owned())
        };
        self.live(pane, Input::Sent { case, how });
    }
}
