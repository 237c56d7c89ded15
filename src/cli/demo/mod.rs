//! `archtui demo`: the procedure's fleet on a tmux server of its own, with simulated agents in scratch repositories.
//! Everything lies in one private folder; at the end, however it comes, server and folder are removed. What a killed demo
//! left is removed by the next start.

mod den;
mod fleet;
mod repos;

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Fail, out};
use crate::config::Env;
use crate::tmux::private::{NewSession, PrivateServer};
use den::Den;
use fleet::Seat;
use repos::Repos;

/// Every pane's size: what a full-screen terminal gives an agent.
const SIZE: (u16, u16) = (120, 40);

/// A fleet of simulated agents, live, on a private tmux server. Nothing of yours is touched, nothing stays behind.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many sessions: the procedure's nine, more workers beyond
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u16).range(1..=400))]
    sessions: u16,
    /// The same seed tells the same stories
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// End by itself after so many minutes
    #[arg(long, value_name = "M")]
    minutes: Option<u64>,
    /// Only the fleet, without a control room over it: prints where it is and waits for Ctrl-C
    #[arg(long)]
    headless: bool,
    /// Begin with the wall hung before the control room: big words for the room; z takes it down
    #[arg(long, conflicts_with = "headless")]
    pub(super) wall: bool,
}

/// A running fleet. Dropping it removes all of it: first the server, then the folder in which its socket lies.
#[derive(Debug)]
pub struct Demo {
    _server: PrivateServer,
    den: Den,
}

impl Demo {
    /// Starts the fleet.
    pub fn start(sessions: usize, seed: u64, env: &Env) -> Result<Self, Fail> {
        let den = Den::make(&den::bases(env)).map_err(|e| failed("no private folder for the demo", e))?;
        let root = den.path();
        let link = root.join("bin/claude");
        make_dirs(root)
            .and_then(|()| symlink(std::env::current_exe()?, &link))
            .map_err(|e| failed("the demo's folder", e))?;

        let repos = Repos::create(&root.join("home/reader"), now())
            .map_err(|e| failed("the demo's repositories", e))?;
        let mut seats = Vec::new();
        for seat in fleet::seats(sessions) {
            let dir = repos.tree(seat.name(), &seat.tree).map_err(|e| failed("a scratch repository", e))?;
            let argv = agent_argv(root, &link, &seat, seed, &dir);
            seats.push((seat, argv, dir.display().to_string()));
        }
        let text = fleet::config_text(&den.socket(), &seats);
        fs::write(root.join("archtui.toml"), text).map_err(|e| failed("the demo's config", e))?;

        let server = start_server(&den, env, &seats).map_err(|e| failed("the demo's tmux server", e))?;
        Ok(Self { _server: server, den })
    }

    /// Where the fleet's tmux server listens.
    pub fn socket(&self) -> PathBuf {
        self.den.socket()
    }

    /// The config for the control room over this fleet.
    pub fn config_file(&self) -> PathBuf {
        self.den.path().join("archtui.toml")
    }

    /// Where all of it lies, and what the control room over it writes; removed at the end.
    pub fn folder(&self) -> &Path {
        self.den.path()
    }
}

/// Removes what killed demos left, starts a fleet, runs `room` over it until that ends by itself, by a signal or by the end
/// of the time, and removes the fleet.
pub fn run(args: &Args, room: impl FnOnce(&Demo, Option<Duration>) -> Result<(), Fail>) -> Result<(), Fail> {
    let env = Env::read();
    for path in den::clear(&den::bases(&env)) {
        out::complain(&format!("removed what a killed demo left in {}", path.display()));
    }
    let time = args.minutes.map(|m| Duration::from_secs(m.saturating_mul(60)));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| failed("the demo's clock", e))?;
    // From here on a signal ends the demo in good order, also while the fleet is still being made.
    let mut signals = {
        let _inside = runtime.enter();
        Signals::listen().map_err(|e| failed("signals", e))?
    };
    if !args.headless {
        let many = args.sessions;
        out::complain(&format!(
            "{many} simulated agents on a private tmux server; q leaves, nothing stays behind"
        ));
    }
    let demo = Demo::start(args.sessions.into(), args.seed, &env)?;
    if args.headless {
        out::offer(&format!("socket {}\nconfig {}", demo.socket().display(), demo.config_file().display()));
        runtime.block_on(signals.come_within(time));
        return Ok(());
    }
    if runtime.block_on(signals.come_within(Some(Duration::ZERO))) {
        return Ok(());
    }
    room(&demo, time)
}

/// The signals that ask a program to end.
struct Signals([Signal; 3]);

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self([
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
        ]))
    }

    /// Waits for one of them, at most so long; true if one came.
    async fn come_within(&mut self, time: Option<Duration>) -> bool {
        let [interrupt, terminate, hangup] = &mut self.0;
        let over = async {
            match time {
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        };
        // Signals first: with no time left it is still seen that one has come.
        tokio::select! {
            biased;
            _ = interrupt.recv() => true,
            _ = terminate.recv() => true,
            _ = hangup.recv() => true,
            () = over => false,
        }
    }
}

fn make_dirs(root: &Path) -> io::Result<()> {
    for name in ["bin", "config", "home", "logs", "state"] {
        fs::DirBuilder::new().mode(0o700).create(root.join(name))?;
    }
    Ok(())
}

/// What the demo's agents were granted for good long ago, as people do: so only what matters waits for a person.
const GRANTED: [&str; 10] = [
    "git log",
    "git status",
    "git diff",
    "git show",
    "git branch",
    "git add",
    "grep",
    "cargo build",
    "cargo test",
    "cargo clippy",
];

/// The one session whose agent still asks before it edits.
const ASKS_FOR_EDITS: &str = "dev_worker1";

/// How the agent of a seat is started.
fn agent_argv(root: &Path, link: &Path, seat: &Seat, seed: u64, dir: &Path) -> Vec<String> {
    let log = root.join(format!("logs/{}.jsonl", seat.name()));
    let word = |s: &str| s.to_owned();
    let path = |p: &Path| p.display().to_string();
    vec![
        path(link),
        word("sim-agent"),
        word("--role"),
        word(seat.role),
        word("--session"),
        word(seat.name()),
        word("--seed"),
        seed.to_string(),
        word("--scratch"),
        path(dir),
        word("--log"),
        path(&log),
    ]
    .into_iter()
    .chain(GRANTED.iter().flat_map(|g| [word("--granted"), word(g)]))
    .chain((seat.name() != ASKS_FOR_EDITS).then(|| word("--accept-edits")))
    .collect()
}

/// A shell that runs the agent and stays when it ends, as in a pane that a person opened. Job control gives the agent a
/// process group of its own, so that tmux names it and not the shell.
fn in_a_shell(argv: &[String]) -> Vec<String> {
    ["sh", "-c", "set -m; \"$@\"; exec sh -i", "sh"]
        .map(str::to_owned)
        .into_iter()
        .chain(argv.iter().cloned())
        .collect()
}

fn start_server(den: &Den, env: &Env, seats: &[(Seat, Vec<String>, String)]) -> io::Result<PrivateServer> {
    let home = den.path().join("home").display().to_string();
    let environment = [
        ("PATH", env.path.as_deref().unwrap_or("/usr/local/bin:/usr/bin:/bin")),
        ("HOME", home.as_str()),
        ("SHELL", "/bin/sh"),
        ("LC_ALL", "C.UTF-8"),
        ("TERM", "screen-256color"),
        ("COLORTERM", "truecolor"),
        ("PS1", "$ "),
        ("HISTFILE", "/dev/null"),
    ];
    let session = |(seat, argv, dir): &'_ (Seat, Vec<String>, String)| {
        (seat.name().to_owned(), in_a_shell(argv), PathBuf::from(dir))
    };
    let mut server: Option<PrivateServer> = None;
    for (name, argv, dir) in seats.iter().map(session) {
        let new = NewSession { name: &name, size: SIZE, dir: &dir, argv: &argv };
        match &server {
            None => {
                let started = PrivateServer::start(&den.socket(), &environment, new)?;
                den.record(started.process())?;
                server = Some(started);
            }
            Some(server) => server.new_session(new)?,
        }
    }
    server.ok_or_else(|| io::Error::other("a fleet has at least one session"))
}

#[expect(clippy::disallowed_methods, reason = "commits and branch names of the demo bear today's date")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn failed(what: &str, e: impl std::fmt::Display) -> Fail {
    Fail::failed(format!("{what}: {e}"), "`archtui doctor` checks tmux and the folders it needs")
}
