//! `archtui agents`: manifests, validated with line numbers.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Fail, out};
use crate::domain::agent::Manifest;

/// The manifests that say how an agent's screens read.
#[derive(Debug, Args)]
pub struct AgentsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Validates a manifest: each fault with its line, what it holds if it is sound.
    Check {
        /// The manifest, a TOML file.
        file: PathBuf,
    },
}

impl AgentsArgs {
    /// Runs the subcommand.
    pub fn run(self) -> Result<(), Fail> {
        let Command::Check { file } = self.command;
        let name = file.display().to_string();
        let text = std::fs::read_to_string(&file)
            .map_err(|e| Fail::not_found(format!("{name}: {e}"), "give the path of a manifest"))?;
        let m = Manifest::parse(&text, &name).map_err(|e| {
            Fail::usage(e.to_string(), "mend that line; the built-in manifest stays in force")
        })?;
        out::line(&format!(
            "{name}: sound; agent {}, {} processes, {} cues, {} dialogs, {} meanings",
            m.name,
            m.processes.len(),
            m.cues.len(),
            m.dialogs.len(),
            m.meanings.len()
        ));
        Ok(())
    }
}
