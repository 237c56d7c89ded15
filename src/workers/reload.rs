//! Rules and settings are read anew when their files change, or when somebody asks: a broken file changes nothing and is
//! told. What is in the files is for [`Configs`]; what the rules then mean for open dialogs for the actor.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;

use super::{Facts, Worker};
use crate::app::Event;
use crate::ports::{Configs, Folders, Renewed, Stirred};

/// How many may ask at once: one is enough for all.
pub const ASKED: usize = 1;
/// An editor writes a file in several steps.
const GATHER: Duration = Duration::from_millis(100);

/// The worker.
pub struct Reload<F, C: Configs> {
    folders: F,
    /// Away while it is read.
    configs: Option<C>,
    asked: mpsc::Receiver<()>,
    actor: mpsc::Sender<Renewed<C::Judge>>,
    facts: Facts,
}

impl<F: Folders, C: Configs> Reload<F, C> {
    /// Reads when `folders` tell of a change or somebody asks; the rules go to the actor, the outcome to `facts`.
    pub fn new(
        folders: F,
        configs: C,
        asked: mpsc::Receiver<()>,
        actor: mpsc::Sender<Renewed<C::Judge>>,
        facts: Facts,
    ) -> Self {
        Self { folders, configs: Some(configs), asked, actor, facts }
    }

    /// The names that matter: each file where it is meant to be, and where a link leads; of a folder that is not there yet the
    /// name by which it will come.
    fn names(&self) -> Vec<(PathBuf, OsString)> {
        let files = self.configs.as_ref().map(Configs::files).unwrap_or_default();
        let real = files.iter().filter_map(|f| f.canonicalize().ok());
        let places = files.iter().cloned().chain(real);
        let comes = |f: PathBuf| {
            let there = f.ancestors().find(|at| at.parent().is_none_or(Path::is_dir))?;
            Some((there.parent()?.to_owned(), there.file_name()?.to_owned()))
        };
        places.filter_map(comes).collect()
    }

    async fn read(&mut self) -> bool {
        let Some(mut configs) = self.configs.take() else { return true };
        let read = tokio::task::spawn_blocking(move || {
            let read = configs.read();
            (configs, read)
        });
        // A panic there is one here: the worker is started again, and has nothing to read any more.
        let (configs, read) = read.await.unwrap_or_else(|e| std::panic::resume_unwind(e.into_panic()));
        self.configs = Some(configs);
        let outcome = match read {
            Ok(renewed) => {
                let later = renewed.later.clone();
                if self.actor.send(renewed).await.is_err() {
                    return false;
                }
                Ok(later)
            }
            Err(fault) => Err(fault),
        };
        self.facts.send(Event::Reloaded(outcome)).await.is_ok()
    }
}

impl<F: Folders, C: Configs> Worker for Reload<F, C> {
    const NAME: &'static str = "reload";

    async fn run(&mut self) {
        let mut watched = BTreeSet::new();
        loop {
            let names = self.names();
            let began = watched.is_empty();
            let mut more = false;
            for (folder, _) in &names {
                // One that is not there, or cannot be watched: a person can still ask.
                let _ = self.folders.watch(folder);
                more |= watched.insert(folder.clone());
            }
            // What came into a folder before it was watched is not told.
            if more && !began && !self.read().await {
                return;
            }
            let meant = |stirred: &Stirred| match stirred {
                Stirred::Name { folder, name } => names.iter().any(|(f, n)| f == folder && n == name),
                Stirred::Gone(_) => false,
                Stirred::Lost => true,
            };
            let go_on = tokio::select! {
                asked = self.asked.recv() => match asked {
                    Some(()) => self.read().await,
                    None => return,
                },
                stirred = self.folders.next() => {
                    if stirred.iter().any(meant) {
                        tokio::time::sleep(GATHER).await;
                        self.read().await
                    } else {
                        true
                    }
                }
            };
            if !go_on {
                return;
            }
        }
    }
}
