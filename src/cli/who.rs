//! Who runs this command: the person, or an agent in a pane of the fleet. Here the traces are collected; what they say is
//! decided in `domain::task::origin`.

use std::fs;
use std::os::unix::fs::MetadataExt;

use super::setup::Ground;
use super::{Fail, actor};
use crate::config::files;
use crate::domain::agent::programs::programs;
use crate::domain::roster::{Member, Roster};
use crate::domain::server::PaneInfo;
use crate::domain::session::SessionName;
use crate::domain::task::Sender;
use crate::domain::task::origin::{self, Ancestor, Origin, Server, Traces};
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::store::lock::Held;
use crate::tmux::once::{self, Look};

/// Who asks, and how that is known.
pub struct Asker {
    /// The operator, or a session of the roster.
    pub sender: Sender,
    /// How it is known.
    pub origin: String,
}

/// Who sends. An agent sends in its own name; the person in their own, or, to try the chain, in a session's.
pub fn sends(ground: &Ground, from: Option<&str>) -> Result<Asker, Fail> {
    let roster = ground.loaded.config.roster();
    let named = from.map(SessionName::new);
    if let Some(name) = named.as_ref().filter(|n| roster.member(n).is_none()) {
        let near = text::nearest(name.as_str(), roster.members.iter().map(|m| m.name.as_str()));
        let hint = near.map_or("name a session of the roster".into(), |n| format!("did you mean \"{n}\"?"));
        return Err(Fail::usage(format!("--from: no session of the roster is called \"{name}\""), hint));
    }
    let placed = place(ground)?;
    match placed.origin {
        Origin::Pane(own, how) if roster.member(&own).is_some() => match named {
            Some(name) if name != own => Err(Fail::failed(
                format!("--from {name}: this runs in {own} ({how})"),
                "leave --from out: it is known who sends",
            )),
            _ => Ok(Asker { sender: Sender::Session(own), origin: how }),
        },
        Origin::Pane(own, how) if placed.agent || theirs(ground, &own) => Err(Fail::failed(
            format!("an agent sends in its own name, and this config does not name {own} ({how})"),
            "use the config of whoever acts",
        )),
        // Another pane that the roster does not name is a person's own.
        Origin::Pane(own, how) => Ok(asker(named, format!("{how}, in {own}, which is not in the roster"))),
        Origin::Outside(how) => Ok(asker(named, how)),
        Origin::Unplaced(why) => match named {
            Some(name) => {
                Ok(Asker { sender: Sender::Session(name), origin: format!("said so, not proven: {why}") })
            }
            None => Err(Fail::failed(
                format!("it is not known who sends: {why}"),
                "say it with --from NAME, or send from a terminal outside of tmux",
            )),
        },
    }
}

fn asker(named: Option<SessionName>, how: String) -> Asker {
    Asker { sender: named.map_or(Sender::Operator, Sender::Session), origin: how }
}

/// Refuses what agents may not do. They may send, list and show.
///
/// Which config is read is the caller's choice, so it alone makes nobody a person: what the actor's roster names is an
/// agent's, too, and so is a pane in which an agent's program runs.
pub fn only_a_person(ground: &Ground, what: &str) -> Result<(), Fail> {
    let hint = "agents may send, list and show; the rest is for people";
    let placed = place(ground)?;
    match placed.origin {
        Origin::Pane(own, how)
            if placed.agent
                || ground.loaded.config.roster().member(&own).is_some()
                || theirs(ground, &own) =>
        {
            Err(Fail::failed(format!("{what} is not for agents: this runs in {own} ({how})"), hint))
        }
        Origin::Pane(..) | Origin::Outside(_) => Ok(()),
        Origin::Unplaced(why) => {
            Err(Fail::failed(format!("{what} is for people, and it is not known who asks: {why}"), hint))
        }
    }
}

/// The roster of whoever acts on that server names it.
fn theirs(ground: &Ground, own: &SessionName) -> bool {
    let names = match actor::held(ground) {
        Held::By(holder) => holder.roster,
        // He has not said yet whose they are.
        Held::Unnamed => return true,
        Held::Nobody => Vec::new(),
    };
    let members = names.into_iter().map(|name| Member { name, ..Member::default() }).collect();
    Roster { members, ..Roster::default() }.member(own).is_some()
}

/// The session of the server meant in which this runs, if it runs in one.
pub fn own_session(ground: &Ground) -> Result<Option<SessionName>, Fail> {
    match place(ground)?.origin {
        Origin::Pane(own, _) => Ok(Some(own)),
        Origin::Outside(_) => Ok(None),
        Origin::Unplaced(why) => Err(Fail::failed(
            format!("it is not known in which session this runs: {why}"),
            "run it outside of tmux",
        )),
    }
}

/// Where this runs.
struct Placed {
    origin: Origin,
    /// An agent's program is above it, or has the terminal of its pane.
    agent: bool,
}

fn place(ground: &Ground) -> Result<Placed, Fail> {
    let proc = Proc::new(ground.env.home.as_deref());
    let own = files::agents(&ground.loaded.folders)?;
    let agents = programs(own.iter().map(|(_, text)| text.as_str()));
    let me = std::process::id();
    let stats = proc.ancestry(me);
    let line: Vec<Ancestor> = stats
        .iter()
        .map(|stat| {
            let name = proc.called(stat);
            let tmux = stat.comm.starts_with(b"tmux: server") || name == "tmux";
            Ancestor { pid: stat.pid, agent: agents.contains(&name), tmux, name }
        })
        .collect();
    let mut traces = Traces {
        line,
        terminal: proc.controlling_terminal(me),
        tmux_pane: ground.env.tmux_pane.clone(),
        left: false,
    };
    // The first of the line, below whatever takes orphans in.
    let takes_in = |pid: u32| pid == 1 || stats.iter().any(|s| s.pid == pid && s.comm == b"systemd");
    let top = stats.iter().find(|s| takes_in(s.ppid)).filter(|_| traces.terminal.is_none());
    // Nothing speaks for a pane: the server need not be asked.
    let nowhere = traces.terminal.is_none()
        && traces.tmux_pane.is_none()
        && !traces.line.iter().any(|a| a.tmux)
        && top.is_none();
    let server = if nowhere { Server::None } else { server(ground) };
    if let (Some(top), Server::Up(pid, panes)) = (top, &server) {
        let older = proc.ancestry(*pid).first().is_some_and(|server| server.start >= top.start);
        traces.left = !older && in_its_group(me, *pid, panes);
    }
    let above = traces.line.iter().take_while(|a| !a.tmux).any(|a| a.agent);
    let in_front = |(pane, tty): &(PaneInfo, Option<u32>)| {
        let own = traces.line.iter().any(|a| a.pid == pane.identity.pid)
            || (tty.is_some() && *tty == traces.terminal);
        let group = || proc.ancestry(pane.identity.pid).first()?.tpgid;
        let leader = || proc.ancestry(group()?).into_iter().next();
        own && leader().is_some_and(|stat| agents.contains(&proc.called(&stat)))
    };
    let agent = above || matches!(&server, Server::Up(_, panes) if panes.iter().any(in_front));
    Ok(Placed { origin: origin::place(&traces, &server), agent })
}

/// Whether a process is in a control group with the server or with a pane's process. Where that cannot be told it may be.
fn in_its_group(me: u32, server: u32, panes: &[(PaneInfo, Option<u32>)]) -> bool {
    let group = |pid: u32| fs::read_to_string(format!("/proc/{pid}/cgroup")).ok();
    let Some(own) = group(me) else { return true };
    let mut all = panes.iter().map(|(p, _)| p.identity.pid).chain([server]);
    all.any(|pid| group(pid).is_none_or(|g| g == own))
}

fn server(ground: &Ground) -> Server {
    match once::look(&ground.address.socket) {
        Look::Panes(pid, panes) => {
            let device = |p: &PaneInfo| fs::metadata(&p.tty).ok().map(|m| stat_device(m.rdev()));
            Server::Up(pid, panes.into_iter().map(|p| (p.clone(), device(&p))).collect())
        }
        Look::Nothing => Server::None,
        Look::Failed(why) => Server::Silent(why),
    }
}

/// The device number as `/proc/PID/stat` writes it: minor and major mixed (proc(5), `tty_nr`).
fn stat_device(rdev: u64) -> u32 {
    let (major, minor) = (rustix::fs::major(rdev), rustix::fs::minor(rdev));
    (minor & 0xff) | (major << 8) | ((minor & !0xff) << 12)
}
