//! The command line: one file per subcommand, one table of them here, one way to print and to fail.

mod actor;
mod agents;
mod answer;
mod branches;
mod confirms;
mod control;
mod daemon;
mod demo;
mod desk;
mod doctor;
mod explain;
pub mod fail;
mod fleet;
mod hook;
mod hooks;
mod inbox;
mod init;
mod keys;
mod ledger;
mod metrics;
pub mod out;
mod policy;
mod print;
mod reload;
mod replay;
mod rules;
mod send;
mod setup;
mod sim_agent;
mod snapshot;
mod status;
mod task;
mod tasks;
mod unstick;
mod watch;
mod who;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

pub use fail::Fail;

/// A terminal control room for fleets of coding agents in tmux.
///
/// Without a subcommand the control room opens over the tmux server found. It watches; agents keep running when it leaves.
#[derive(Debug, Parser)]
#[command(name = "archtui", version, disable_help_subcommand = true, subcommand_help_heading = "Commands")]
pub struct Args {
    #[command(flatten)]
    global: Global,
    /// Hang on a wall: big words for the room, secrets masked; it only looks, and no key acts
    #[arg(long)]
    wall: bool,
    /// Write the run down to a new file: every fact and screen, for `archtui replay FILE`. Secrets that are known for
    /// some, your home folder, user and host name, and what you type into agents are left out; all else that was on the
    /// screen is in it: look at it before you pass it on
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Their heading in `--help`: a command's own options stand before them, not between them.
const EVERYWHERE: &str = "Options of every command";

/// Options that every command knows.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Global {
    /// The tmux server by name, as tmux -L
    #[arg(short = 'L', value_name = "NAME", global = true, conflicts_with = "socket_path", help_heading = EVERYWHERE)]
    socket_name: Option<String>,
    /// The tmux server by its socket, as tmux -S
    #[arg(short = 'S', value_name = "PATH", global = true, help_heading = EVERYWHERE)]
    socket_path: Option<PathBuf>,
    /// The config file, instead of ./archtui.toml or the one in ~/.config/archtui/
    #[arg(long, value_name = "FILE", global = true, help_heading = EVERYWHERE)]
    config: Option<PathBuf>,
    /// The theme, instead of the config's
    #[arg(long, value_name = "NAME", global = true, help_heading = EVERYWHERE)]
    theme: Option<String>,
}

/// The subcommands; without one the control room opens.
#[derive(Debug, Subcommand)]
enum Command {
    /// Open the control room over a private fleet of simulated agents; leaves nothing behind
    Demo(demo::Args),
    /// One look at the fleet: every session with its state
    Status(status::StatusArgs),
    /// Tell every change as it happens
    Watch(watch::WatchArgs),
    /// Check tmux, git, the folders and the config; each line says how to mend
    Doctor,
    /// Print every action with its keys
    Keys,
    /// Print the themes
    Themes,
    /// Print completions for a shell: bash, elvish, fish, powershell, zsh
    Completions(print::CompletionsArgs),
    /// Print the manual page
    Man,
    /// Write a commented archtui.toml
    Init(init::InitArgs),
    /// Draw the control room once, to a file; secrets are masked
    Snapshot(snapshot::SnapshotArgs),
    /// Check manifests of agents
    Agents(agents::AgentsArgs),
    /// Why a screen reads as it does: what was matched where, the dialog, the verdict
    Explain(explain::Explain),
    /// Queue work for a session; prints its number
    Send(send::SendArgs),
    /// The queue
    Tasks(tasks::TasksArgs),
    /// One task: show, edit, reorder, cancel, retry, reassign, done
    #[command(subcommand)]
    Task(task::TaskCommand),
    /// Which work trees break the branch rules, and how to mend them
    Branches(branches::BranchesArgs),
    /// The difference between the roster and what stands on the server
    Plan(fleet::plan::PlanArgs),
    /// Make what the roster has and the server lacks, see it through its start, tell each its role once
    Up(fleet::up::UpArgs),
    /// End sessions of the roster: shows them, asks
    Down(fleet::down::DownArgs),
    /// Start a session's agent anew in a window beside, by whoever acts; asks
    Restart(fleet::restart::RestartArgs),
    /// Act without a screen: the control room then observes
    Daemon(daemon::DaemonArgs),
    /// Allow once what a session's dialog asks
    Approve(answer::AnswerArgs),
    /// Choose the agent's own No in a session's dialog
    Deny(answer::DenyArgs),
    /// Keep a session's dialog for yourself: no rule answers it any more
    Hold(answer::AnswerArgs),
    /// Answer what a session's dialog asks, by an option's number or in your own words
    Answer(answer::ReplyArgs),
    /// Get a stuck session going: tells the steps and what fits, has one done
    Unstick(unstick::UnstickArgs),
    /// Confirm nothing anywhere until `archtui resume`
    Pause,
    /// Go on confirming
    Resume,
    /// What was seen, decided and sent, and what came of it
    Ledger(ledger::LedgerArgs),
    /// Figures: prompts per hour, day, rule and session, latencies, what waits, the queue's tasks
    Metrics(metrics::MetricsArgs),
    /// What an agent's hook runs: reads the event on stdin, asks the actor, prints its decision or nothing
    Hook(hook::HookArgs),
    /// A recorded run again
    Replay(replay::ReplayArgs),
    /// Our hook in an agent's settings: then it asks here before it asks you
    #[command(subcommand)]
    Hooks(hooks::HooksCommand),
    /// A simulated agent in this terminal, for the demo and for tests
    #[command(hide = true)]
    SimAgent(sim_agent::Args),
    /// What the rules say about an operation
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
}

/// Reads the arguments, runs what they say and turns the outcome into an exit code.
pub fn main() -> ExitCode {
    if let Some(done) = hook::started_as(std::env::args_os()) {
        return done;
    }
    // A limit on the size of files is an error where it is met, not the end without a word.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(e) => return out::clap_says(&e),
    };
    if let Err(e) = color_eyre::config::HookBuilder::default().display_env_section(false).install() {
        out::complain(&format!("archtui: reports of panics will be plain: {e}"));
    }
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => fail.report(),
    }
}

fn run(args: Args) -> Result<(), Fail> {
    let global = &args.global;
    match args.command {
        Some(_) if args.wall => Err(Fail::usage(
            "--wall is the control room's own option",
            "leave the command out: archtui --wall; over the demo: archtui demo --wall",
        )),
        Some(_) if args.record.is_some() => Err(Fail::usage(
            "--record is the control room's own option",
            "leave the command out: archtui --record FILE",
        )),
        None => control::run(global, args.wall, args.record.as_deref()),
        Some(Command::Replay(a)) => replay::run(global, &a),
        Some(Command::Status(a)) => status::run(global, &a),
        Some(Command::Watch(a)) => watch::run(global, &a),
        Some(Command::Doctor) => doctor::run(global),
        Some(Command::Plan(a)) => fleet::plan::run(global, &a),
        Some(Command::Up(a)) => fleet::up::run(global, &a),
        Some(Command::Down(a)) => fleet::down::run(global, &a),
        Some(Command::Restart(a)) => fleet::restart::run(global, &a),
        Some(Command::Daemon(a)) => daemon::run(global, &a),
        Some(Command::Themes) => print::themes(global),
        Some(Command::Completions(a)) => print::completions(&a),
        Some(Command::Man) => print::man(),
        Some(Command::Approve(a)) => answer::approve(global, &a),
        Some(Command::Deny(a)) => answer::deny(global, &a),
        Some(Command::Hold(a)) => answer::hold(global, &a),
        Some(Command::Answer(a)) => answer::answer(global, &a),
        Some(Command::Unstick(a)) => unstick::run(global, &a),
        Some(Command::Pause) => answer::pause(global),
        Some(Command::Resume) => answer::resume(global),
        Some(Command::Keys) => keys::run(global),
        Some(Command::Init(a)) => init::run(global, &a),
        Some(Command::Snapshot(a)) => snapshot::run(global, &a),
        Some(Command::Agents(a)) => a.run(),
        Some(Command::Explain(a)) => a.run(global),
        Some(Command::Send(a)) => send::run(global, &a),
        Some(Command::Tasks(a)) => tasks::run(global, &a),
        Some(Command::Task(command)) => task::run(global, &command),
        Some(Command::Branches(a)) => branches::run(global, &a),
        Some(Command::Demo(a)) => demo::run(&a, |demo, time| control::over(demo, global, a.wall, time)),
        Some(Command::Ledger(a)) => ledger::run(global, &a),
        Some(Command::Metrics(a)) => metrics::run(global, &a),
        Some(Command::Hook(a)) => {
            hook::run(&a);
            Ok(())
        }
        Some(Command::Hooks(command)) => hooks::run(global, &command),
        Some(Command::SimAgent(a)) => sim_agent::run(a),
        Some(Command::Policy(command)) => policy::run(global, &command),
    }
}
