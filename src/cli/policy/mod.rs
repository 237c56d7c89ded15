//! `archtui policy`: what the rules say, of one operation or of everything that the ledger holds. Presses nothing.

mod check;
pub(super) mod past;
mod replay;
mod rules;

use std::path::PathBuf;

use clap::Subcommand;

use super::setup::Ground;
use super::{Fail, Global, actor};
use crate::evidence::rules::Rules;

/// What the rules say.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Tell the verdict on one operation and its rule; exit code 4 unless it would be confirmed
    Check(check::Check),
    /// What today's rules would have decided on every dialog in the ledger, beside what was decided
    Replay(replay::Replay),
    /// The rules in force, where each stands, and what each decided so far, live and in shadow
    Rules(rules::RulesArgs),
}

/// Runs one of the subcommands.
pub fn run(global: &Global, command: &PolicyCommand) -> Result<(), Fail> {
    match command {
        PolicyCommand::Check(check) => check.run(global),
        PolicyCommand::Replay(replay) => replay.run(global),
        PolicyCommand::Rules(rules) => rules.run(global),
    }
}

/// The rules that whoever acts would judge by.
pub fn rules(ground: &Ground) -> Result<Rules, Fail> {
    let state_dir = ground.env.state_dir(&ground.loaded.config.fleet.name);
    actor::rules(ground, &state_dir.unwrap_or_else(|| PathBuf::from("/nowhere/archtui")))
}

/// Which preset a question is about: the one given; `None`, the session's as whoever acts has it, where one is named and
/// a config says so; else `sop`.
pub fn preset<'a>(ground: &Ground, session: bool, given: Option<&'a str>) -> Option<&'a str> {
    match given {
        None if session && ground.loaded.file.is_some() => None,
        None => Some("sop"),
        given => given,
    }
}
