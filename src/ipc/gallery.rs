//! The place from which one sees what who acts has before him: a connection to his socket over which he tells the
//! confirmation queue whenever it changes. Whoever looks on says nothing more.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;

use super::wire::{self, Message};
use super::{client, place};
use crate::domain::confirm::Bulletin;
use crate::ports::Gallery;

/// How long one look waits for a word.
const LOOK: Duration = Duration::from_millis(500);

/// A place at the actor of one tmux server.
#[derive(Debug)]
pub struct HookGallery {
    folders: Vec<PathBuf>,
    tmux: PathBuf,
    stream: Option<UnixStream>,
    /// What has come and is not a whole word yet.
    come: Vec<u8>,
}

impl HookGallery {
    /// Not entered yet. `folders` are those of [`place::make`], `tmux` is the server's own socket.
    pub fn new(folders: Vec<PathBuf>, tmux: PathBuf) -> Self {
        Self { folders, tmux, stream: None, come: Vec::new() }
    }

    /// One look: what is told first. `None`: nobody acts, or what he says cannot be understood. Blocking, for a moment.
    pub fn look(&self) -> Option<Bulletin> {
        let mut stream = client::say(&place::find(&self.folders, &self.tmux), &Message::Watch)?;
        stream.set_read_timeout(Some(LOOK)).ok()?;
        let (mut come, mut part) = (Vec::new(), [0; 4096]);
        loop {
            match wire::next_bulletin(&mut come) {
                Ok(Some(word)) => return Some(word),
                Ok(None) => {}
                Err(()) => return None,
            }
            let n = stream.read(&mut part).ok().filter(|n| *n > 0)?;
            come.extend_from_slice(&part[..n]);
        }
    }

    fn connect(&self) -> Option<UnixStream> {
        let stream = client::say(&place::find(&self.folders, &self.tmux), &Message::Watch)?;
        stream.set_nonblocking(true).ok()?;
        let stream = UnixStream::from_std(stream).ok()?;
        // Who acts himself has his own queue.
        let pid = stream.peer_cred().ok()?.pid().and_then(|pid| u32::try_from(pid).ok());
        (pid != Some(std::process::id())).then_some(stream)
    }

    async fn read(&mut self) -> Option<Bulletin> {
        loop {
            if let Some(word) = wire::next_bulletin(&mut self.come).ok()? {
                return Some(word);
            }
            // What is cut off here has been kept: the buffer is ours.
            self.stream.as_mut()?.read_buf(&mut self.come).await.ok().filter(|n| *n > 0)?;
        }
    }
}

impl Gallery for HookGallery {
    fn folders(&self) -> Vec<PathBuf> {
        // Where nobody has acted yet there is no folder: the one above it tells when it is made.
        let there = |f: &PathBuf| if f.is_dir() { Some(f.clone()) } else { f.parent().map(Path::to_owned) };
        self.folders.iter().filter_map(there).collect()
    }

    fn tells(&self, name: &OsStr) -> bool {
        place::name(&self.tmux).is_ok_and(|own| *name == *own)
            || self.folders.iter().any(|f| f.file_name() == Some(name))
    }

    async fn enter(&mut self) -> bool {
        self.come.clear();
        self.stream = self.connect();
        self.stream.is_some()
    }

    async fn next(&mut self) -> Option<Bulletin> {
        let word = self.read().await;
        if word.is_none() {
            self.stream = None;
        }
        word
    }
}
