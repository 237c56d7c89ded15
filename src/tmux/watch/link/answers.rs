//! What a connection makes of the answers: who the server is, which panes there are, what they show.

use std::time::Instant;

use super::{CHECK, Link, TITLES_GAP, Tag, Up, ms, sight};
use crate::domain::server::{Server, Told, Wrote};
use crate::domain::session::{PaneId, PaneIdentity};
use crate::ports::TypeError;
use crate::tmux::address;
use crate::tmux::capture::Capture;
use crate::tmux::exchange::Reply;
use crate::tmux::keys::{self, Typing, What};
use crate::tmux::list;
use crate::tmux::version::Version;
use crate::tmux::watch::EMPTY;
use crate::tmux::watch::book::Captured;
use crate::tmux::watch::glimpse::Question;
use crate::tmux::watch::outbox::Outbox;
use crate::tmux::watch::schedule::Change;

/// What to do about an old tmux: client flags and `-N` came with that version.
const LEAST: &str = "3.2 is the least";

impl Link {
    pub(super) fn take_reply(
        &mut self,
        reply: Reply<Tag>,
        outbox: &mut Outbox,
        now: Instant,
    ) -> Result<(), Server> {
        let error = reply.error();
        let body =
            reply.blocks.last().filter(|_| error.is_none() && !reply.torn).map(|(_, body)| body.as_slice());
        match reply.tag {
            Tag::Hello => {
                return self.hello(&String::from_utf8_lossy(body.unwrap_or_default()), outbox, now);
            }
            Tag::List => {
                self.timers.list_flying = false;
                self.timers.listed = Some(now);
                match body {
                    Some(body) => return self.take_list(&String::from_utf8_lossy(body), outbox, now),
                    None => self.list_soon(now),
                }
            }
            Tag::Check => self.take_check(body, now),
            Tag::Glimpse(question) => {
                // An answer for each pane that is asked of, up to one that is gone.
                let answers = reply.blocks.iter().filter(|(ok, _)| *ok);
                let lines: Vec<_> = answers.map(|(_, body)| String::from_utf8_lossy(body)).collect();
                self.take_glimpse(&question, &lines.join("\n"), now);
            }
            Tag::Screen(pane) => {
                let shown = self.book.capture.printed(reply.blocks).filter(|_| !reply.torn);
                self.take_look(pane, &reply.facts, shown.as_deref(), outbox, now);
            }
            // Where there is no lifeline our session outlives us: the next one of us clears it away.
            Tag::Leftovers => {
                let names = String::from_utf8_lossy(body.unwrap_or_default());
                let kill: Vec<String> = names
                    .lines()
                    .filter(|n| list::is_own_session(n))
                    .map(|n| format!("kill-session -t ={n}"))
                    .collect();
                if !kill.is_empty() {
                    self.ask(Tag::Nothing, None, &kill.join(" ; "), now);
                    self.close_batch();
                }
            }
            Tag::Nothing => {}
            Tag::Typed(pane, what, answer) => {
                let torn = reply.torn;
                let outcome =
                    if torn { Err(TypeError::Unanswered) } else { keys::outcome(pane, &reply.blocks, error) };
                // Echo is not told of by the kernel.
                let told = what == What::Presses && !self.schedule.is_blind(pane.id);
                if matches!(what, What::Presses | What::Types) && !told {
                    self.schedule.ask(pane.id, now + ms(12));
                }
                // Who asked may have given up; the outcome is then known by the screen.
                drop(answer.send(outcome));
            }
        }
        Ok(())
    }

    fn take_glimpse(&mut self, question: &Question, body: &str, now: Instant) {
        if *question == Question::Places {
            let matters = |pane| self.schedule.waits_long(pane);
            if let Some(question) = self.glimpses.placed(list::places(body), matters, now) {
                self.glimpse(question, now);
                self.close_batch();
            }
            return;
        }
        for pane in self.glimpses.found(question, &list::rows(body), now) {
            if self.schedule.waits_long(pane) {
                self.schedule.ask(pane, now);
            }
        }
    }

    fn hello(&mut self, body: &str, outbox: &mut Outbox, now: Instant) -> Result<(), Server> {
        let words: Vec<&str> = body.split(' ').collect();
        let &[version, pid, tty] = &words[..] else {
            return Err(Server::Lost {
                why: "the server's answer to our first question cannot be read".to_owned(),
            });
        };
        let known = Version::parse(version);
        if let Some(version) = &known {
            self.book.capture = Capture::of(version);
        }
        if known.is_some_and(|v| !v.supported()) {
            return Err(Server::Unusable { why: format!("tmux {version} is too old: {LEAST}") });
        }
        let pid = pid.parse().unwrap_or_default();
        self.up = Some(Up { version: version.to_owned(), pid, warning: None });
        self.tell_up(outbox);
        self.seek_sight(tty, outbox, now);
        Ok(())
    }

    pub(super) fn tell_up(&self, outbox: &mut Outbox) {
        if let Some(Up { version, pid, warning }) = &self.up {
            let (version, pid, warning) = (version.clone(), *pid, warning.clone());
            outbox.push(Told::Server(Server::Up { version, pid, warning }));
        }
    }

    fn server_pid(&self) -> u32 {
        self.up.as_ref().map_or(0, |up| up.pid)
    }

    /// The server, if its pids mean to us what they mean to it: not where it runs in another pid namespace.
    fn same_pids(&self) -> Option<u32> {
        self.up.as_ref().map(|up| up.pid).filter(|&pid| self.peer == Some(pid))
    }

    fn take_list(&mut self, body: &str, outbox: &mut Outbox, now: Instant) -> Result<(), Server> {
        let server = self.server_pid();
        let own = self.address.own_pane.filter(|(pid, _)| *pid == server).map(|(_, pane)| pane);
        let same = self.same_pids();
        let lines = &self.lines;
        let start = |pid| same.map_or(0, |server| sight::start_of(lines, pid, server));
        let changes = self.book.listed(body, own, start);
        if changes.empty {
            // Ours alone would keep alive a server that nobody uses.
            outbox.push(Told::Panes(Vec::new()));
            return Err(Server::Missing { why: EMPTY.to_owned() });
        }
        for &pane in &changes.gone {
            self.schedule.remove(pane);
            self.unseen.remove(&pane);
            self.forget_pane(pane);
        }
        for &pane in &changes.new {
            self.unseen.remove(&pane);
            let sight = self.watch_pane(pane);
            self.schedule.add(pane, sight, self.view.front.contains(&pane), now);
        }
        for &pane in &changes.moved {
            self.schedule.nudge(pane, now);
        }
        self.keep_checking(!changes.moved.is_empty(), now);
        self.tell_sight(outbox);
        if changes.told {
            self.timers.titles = None;
            outbox.push(Told::Panes(self.book.panes().to_vec()));
        } else {
            // Whoever shows how old the news is must know that no news is good news.
            outbox.push(Told::Heard);
        }
        Ok(())
    }

    fn take_check(&mut self, body: Option<&[u8]>, now: Instant) {
        let moved = body.and_then(|body| self.book.checked(&String::from_utf8_lossy(body)));
        match &moved {
            Some(moved) => moved.iter().for_each(|&pane| self.schedule.nudge(pane, now)),
            None => self.list_soon(now),
        }
        self.keep_checking(moved.is_none_or(|m| !m.is_empty()), now);
    }

    /// Where writes are not told of, the cheap check goes on, at a pace that slows down while nothing moves.
    fn keep_checking(&mut self, moved: bool, now: Instant) {
        if self.view.paused || self.schedule.blind() == 0 {
            self.timers.check = None;
            return;
        }
        let pace = &mut self.timers.check_pace;
        *pace = if moved { CHECK.0 } else { (*pace * 9 / 8).min(CHECK.1) };
        self.timers.check = Some(now + *pace);
    }

    fn take_look(
        &mut self,
        pane: PaneId,
        facts: &str,
        shown: Option<&[u8]>,
        outbox: &mut Outbox,
        now: Instant,
    ) {
        let Some(identity) = self.book.identity(pane) else {
            return;
        };
        let (look, listed) = match shown {
            Some(shown) => self.book.captured(pane, facts, shown),
            None => (Captured::Stale, false),
        };
        if listed && self.timers.titles.is_none() {
            self.timers.titles = Some(now + TITLES_GAP);
        }
        match look {
            Captured::New(pane, screen, stirred) => {
                let (noticed, behind) = self.schedule.noticed(pane.id, now);
                self.schedule.looked(pane.id, Change::of_rows(stirred), now);
                let unseen = self.unseen.remove(&pane.id);
                if behind {
                    self.unseen.insert(pane.id);
                }
                let wrote = (unseen || stirred > 0).then_some(noticed);
                outbox.push(Told::Screen { pane, screen, wrote });
            }
            Captured::Again(pane, screen) => {
                let seen = self.schedule.looked(pane.id, Change::None, now);
                let wrote = (seen && self.unseen.remove(&pane.id)).then_some(Wrote::NOW);
                outbox.push(Told::Screen { pane, screen, wrote });
            }
            Captured::Same => {
                if self.schedule.looked(pane, Change::None, now) && self.unseen.remove(&pane) {
                    outbox.push(Told::Wrote(identity.id));
                }
            }
            Captured::Stale => {
                self.schedule.looked(pane, Change::Much, now);
                self.schedule.nudge(pane, now + ms(20));
                self.list_soon(now);
            }
        }
    }

    pub(super) fn type_in(&mut self, wish: Typing, now: Instant) {
        let Typing { pane, commands, what, answer } = wish;
        // Who gave up waiting must not see it typed later.
        if answer.is_closed() {
            return;
        }
        // A server that does not answer would type it whenever it wakes.
        if self.silent {
            drop(answer.send(Err(TypeError::NotConnected)));
            return;
        }
        // Who only asks is told the pid by the server.
        let types = matches!(what, What::Presses | What::Types);
        if types && self.replaced(pane) {
            drop(answer.send(Err(TypeError::Gone)));
            return;
        }
        self.ask(Tag::Typed(pane, what, answer), None, &commands, now);
        if what == What::Looks {
            self.look_again(pane.id, now);
            self.look_at_due(now);
        }
        self.close_batch();
    }

    /// True if the pane is known to be another one by now. What the server can tell is in the guard.
    fn replaced(&self, pane: PaneIdentity) -> bool {
        let start = self.same_pids().map_or(0, |server| sight::start_of(&self.lines, pane.pid, server));
        pane.start != 0 && start != pane.start
    }

    pub(super) fn look_at_socket(&mut self, outbox: &mut Outbox) -> Result<bool, Server> {
        let socket = self.address.socket.display();
        let warning = match address::socket_id(&self.address.socket) {
            Some(id) if id == self.id => None,
            Some(_) => {
                return Err(Server::Lost { why: format!("another server's socket stands at {socket} now") });
            }
            None => Some(format!(
                "the socket {socket} is gone: nobody else can connect; `kill -USR1 {}` brings it back",
                self.server_pid()
            )),
        };
        let gone = warning.is_some();
        if let Some(up) = &mut self.up {
            up.warning = warning;
        }
        if !self.silent {
            self.tell_up(outbox);
        }
        Ok(gone)
    }

    /// The end of the stream, as it is to be told.
    pub(super) fn ended(&self, why: String) -> Server {
        if self.attached {
            return Server::Lost { why };
        }
        if why.contains("no server running") || why.contains("error connecting") {
            return Server::Missing { why };
        }
        if why.contains("usage:") || why.contains("unknown option") || why.contains("unknown flag") {
            return Server::Unusable { why: format!("this tmux is too old: {LEAST} ({why})") };
        }
        Server::Lost { why }
    }
}
