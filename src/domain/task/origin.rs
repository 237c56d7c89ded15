//! Who runs the command line: the person, or an agent in a pane of the fleet. Told by the line of processes and the
//! controlling terminal; `TMUX_PANE` alone proves nothing, and what an agent can wipe out never makes it the operator in
//! silence: how the sender was known is kept with the task.

use crate::domain::server::PaneInfo;
use crate::domain::session::SessionName;

/// A process in the line from the command line up to the first one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor {
    /// Its number.
    pub pid: u32,
    /// What it is called, printable.
    pub name: String,
    /// It is an agent's program, by its name.
    pub agent: bool,
    /// It is a tmux server, by its name.
    pub tmux: bool,
}

/// The fleet's tmux server, as far as it could be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Server {
    /// Its process and its panes, each with the device number of its terminal.
    Up(u32, Vec<(PaneInfo, Option<u32>)>),
    /// There is none.
    None,
    /// It could not be asked; why.
    Silent(String),
}

/// What can be seen of the program that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traces {
    /// Its line, itself first.
    pub line: Vec<Ancestor>,
    /// The device number of its controlling terminal.
    pub terminal: Option<u32>,
    /// `$TMUX_PANE`, if it is set.
    pub tmux_pane: Option<String>,
    /// It may have left a pane: it has no terminal, its line began after the fleet's server did, and it is in a control group
    /// with it. No proof; but whoever leaves his line and his terminal cannot leave that.
    pub left: bool,
}

/// Who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It runs in a pane of that session; how that is known.
    Pane(SessionName, String),
    /// It runs in no pane of the fleet; how that is known.
    Outside(String),
    /// It runs in some pane, and in which is not known; why.
    Unplaced(String),
}

/// Finds out who asks.
pub fn place(traces: &Traces, server: &Server) -> Origin {
    let panes: &[(PaneInfo, Option<u32>)] = match server {
        Server::Up(_, panes) => panes,
        Server::None | Server::Silent(_) => &[],
    };
    // A pane whose program has ended has no process and no terminal any more: their numbers are somebody else's by now.
    let panes = || panes.iter().filter(|(pane, _)| !pane.dead);
    for process in &traces.line {
        if let Some((pane, _)) = panes().find(|(p, _)| p.identity.pid == process.pid) {
            return Origin::Pane(pane.session.clone(), format!("a process in its pane {}", pane.identity.id));
        }
    }
    let mine = |tty: &Option<u32>| tty.is_some() && *tty == traces.terminal;
    if let Some((pane, _)) = panes().find(|(_, tty)| mine(tty)) {
        return Origin::Pane(
            pane.session.clone(),
            format!("on the terminal of its pane {}", pane.identity.id),
        );
    }
    let around = traces.line.iter().position(|a| a.tmux);
    let agent = traces.line.iter().take(around.unwrap_or(usize::MAX)).find(|a| a.agent);
    let around = around.map(|i| traces.line[i].pid);
    let by = agent.map(|a| format!(", run by {} (pid {})", a.name, a.pid)).unwrap_or_default();
    match (around, server) {
        (Some(pid), Server::Up(ours, _)) if pid == *ours => {
            Origin::Unplaced("it runs in this tmux server, in none of its panes".into())
        }
        // It may be a pane of the fleet after all: which server is asked depends on what the agent can set.
        (Some(pid), _) if agent.is_some() => {
            Origin::Unplaced(format!("it runs in a tmux server (pid {pid}) that is not the fleet's{by}"))
        }
        (Some(pid), Server::Up(..)) => Origin::Outside(format!("in another tmux server (pid {pid})")),
        (Some(pid), Server::None) => {
            Origin::Outside(format!("in a tmux server (pid {pid}); the fleet's own does not run"))
        }
        (Some(_), Server::Silent(why)) => {
            Origin::Unplaced(format!("it runs in a tmux server, and the fleet's says nothing: {why}"))
        }
        (None, _) if traces.tmux_pane.is_some() => {
            Origin::Unplaced("TMUX_PANE is set, but no process above it belongs to a tmux server".into())
        }
        (None, Server::Up(..)) if traces.left => Origin::Unplaced(
            "it has no terminal, nobody above it is older than the fleet, and it may have left a pane".into(),
        ),
        (None, Server::Silent(why)) if traces.terminal.is_some() => Origin::Unplaced(format!(
            "its terminal may be a pane of the fleet, whose server says nothing: {why}"
        )),
        (None, _) => Origin::Outside(match (traces.terminal, traces.line.get(1)) {
            (Some(_), _) => format!("at a terminal that is no pane{by}"),
            (None, Some(parent)) if by.is_empty() => {
                format!("without a terminal, run by {} (pid {})", parent.name, parent.pid)
            }
            (None, _) => format!("without a terminal{by}"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::{PaneId, PaneIdentity};

    fn pane(session: &str, n: u32, tty: u32) -> (PaneInfo, Option<u32>) {
        let info = PaneInfo::plain(PaneIdentity { id: PaneId(n), pid: 100 + n, start: 0 }, session);
        (info, Some(tty))
    }

    #[test]
    fn who_may_have_left_a_pane_is_not_taken_for_a_person() {
        for (left, server, unplaced) in
            [(true, Server::Up(50, vec![pane("w1", 1, 901)]), true), (true, Server::None, false)]
        {
            let line = [7, 6, 1].map(|pid| Ancestor { pid, name: "x".into(), agent: false, tmux: false });
            let traces = Traces { line: line.to_vec(), terminal: None, tmux_pane: None, left };
            assert_eq!(matches!(place(&traces, &server), Origin::Unplaced(_)), unplaced, "{server:?}");
        }
    }

    #[test]
    fn the_terminal_of_a_program_that_ended_is_somebody_elses_now() {
        let mut ended = pane("w1", 1, 901);
        ended.0.dead = true;
        let person = |pid| Ancestor { pid, name: "bash".into(), agent: false, tmux: false };
        for (line, terminal) in [(vec![person(7)], Some(901)), (vec![person(7), person(101)], Some(955))] {
            let traces = Traces { line, terminal, tmux_pane: None, left: false };
            let got = place(&traces, &Server::Up(50, vec![ended.clone()]));
            assert!(matches!(got, Origin::Outside(_)), "{got:?}");
        }
    }

    #[test]
    fn the_table_of_traces() {
        let up = || Server::Up(50, vec![pane("w1", 1, 901), pane("boss", 2, 902)]);
        let silent = || Server::Silent("it hangs".into());
        // Each process: its pid, `a` for an agent, `t` for a tmux server.
        for (line, terminal, env, server, want) in [
            // The ordinary agent: claude in a pane, a shell under it.
            (&[(7, ' '), (8, ' '), (101, 'a'), (50, 't'), (1, ' ')][..], Some(901), true, up(), "pane w1"),
            // It wiped the environment out, left its terminal, or its line.
            (&[(7, ' '), (101, 'a'), (50, 't')], None, false, up(), "pane w1"),
            (&[(7, ' '), (1, ' ')], Some(902), false, up(), "pane boss"),
            // A terminal inside a terminal (script, ssh to here): the line counts.
            (&[(7, ' '), (102, ' '), (50, 't')], Some(955), true, up(), "pane boss"),
            // An agent of the person's own, outside of tmux.
            (&[(7, ' '), (300, 'a'), (1, ' ')], Some(777), false, up(), "outside"),
            (&[(7, ' '), (300, 'a'), (1, ' ')], None, false, up(), "outside"),
            // An agent in tmux, in no pane that is known.
            (&[(7, ' '), (300, 'a'), (60, 't')], Some(777), true, up(), "unplaced"),
            (&[(7, ' '), (300, 'a'), (60, 't')], Some(777), true, Server::None, "unplaced"),
            (&[(7, ' '), (300, 'a'), (50, 't')], Some(777), true, silent(), "unplaced"),
            // People.
            (&[(7, ' '), (400, ' '), (1, ' ')], Some(777), false, up(), "outside"),
            (&[(7, ' '), (400, ' '), (1, ' ')], None, false, up(), "outside"),
            (&[(7, ' '), (400, ' '), (60, 't')], Some(777), true, up(), "outside"),
            (&[(7, ' '), (400, ' '), (60, 't')], Some(777), true, Server::None, "outside"),
            (&[(7, ' ')], None, false, silent(), "outside"),
            // What cannot be told is not guessed.
            (&[(7, ' '), (400, ' '), (50, 't')], Some(777), true, up(), "unplaced"),
            (&[(7, ' '), (400, ' '), (50, 't')], Some(777), true, silent(), "unplaced"),
            (&[(7, ' '), (1, ' ')], None, true, up(), "unplaced"),
            (&[(7, ' '), (1, ' ')], Some(777), false, silent(), "unplaced"),
        ] {
            let ancestor = |&(pid, kind): &(u32, char)| Ancestor {
                pid,
                name: "x".into(),
                agent: kind == 'a',
                tmux: kind == 't',
            };
            let traces = Traces {
                line: line.iter().map(ancestor).collect(),
                terminal,
                tmux_pane: env.then(|| "%1".into()),
                left: false,
            };
            let got = match place(&traces, &server) {
                Origin::Pane(s, how) => format!("pane {s}{}", if how.is_empty() { "?" } else { "" }),
                Origin::Outside(how) => if how.is_empty() { "?" } else { "outside" }.to_owned(),
                Origin::Unplaced(why) => if why.is_empty() { "?" } else { "unplaced" }.to_owned(),
            };
            assert_eq!(got, want, "{traces:?} {server:?}");
        }
    }
}
