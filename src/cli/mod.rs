//! The command line: one file per subcommand, one table of them here, one way to print and to fail.

pub mod fail;
pub mod out;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use fail::Fail;

/// A terminal control room for fleets of coding agents in tmux.
#[derive(Debug, Parser)]
#[command(name = "archtui", version, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

/// The subcommands; without one the control room opens.
#[derive(Debug, Subcommand)]
enum Command {}

/// Reads the arguments, runs what they say and turns the outcome into an exit code.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(e) => return out::clap_says(&e),
    };
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => fail.report(),
    }
}

fn run(args: Args) -> Result<(), Fail> {
    match args.command {
        None => Err(Fail::failed("the control room is not built yet", "run a subcommand")),
        Some(command) => match command {},
    }
}
