//! Looks on while another archtui acts: tells the main loop the confirmation queue that he has before him and what the
//! ledger says of the last day. He tells whenever something changes; while nobody acts the kernel tells when somebody
//! begins. Nothing is asked for by the clock. His end is told to whoever would follow him, too. Wishes go another way: `actor::observer`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::books::{Books, DAY, MOST};
use super::clock::{at, clock};
use super::scribe::Scribe;
use super::{Facts, Worker};
use crate::app::Event;
use crate::app::state::{Board, Post};
use crate::domain::confirm::Bulletin;
use crate::ports::{Annals, Folders, Gallery, Stirred};

/// Between two tries where the kernel cannot tell of a socket: its folder is not there yet.
const AGAIN: Duration = Duration::from_secs(2);

/// Before the door is tried again after who acted has gone.
const SOON: Duration = Duration::from_millis(100);

/// The worker.
pub struct Onlooker<G, A, F> {
    gallery: G,
    annals: Scribe<A>,
    folders: F,
    facts: Facts,
    inside: bool,
    /// A word of his was understood since then.
    understood: bool,
    /// When to try the door again, if there is a reason.
    knock: Option<Instant>,
    /// What is known of the ledger; `None` = nothing was read yet.
    books: Option<Books>,
    /// Why it cannot be read.
    fault: Option<String>,
    /// Whoever would follow him is told whether he is heard.
    heard: Option<watch::Sender<bool>>,
}

impl<G: Gallery, A: Annals, F: Folders> Onlooker<G, A, F> {
    /// Knocks first thing. Fails where no thread can be had.
    pub fn new(gallery: G, annals: A, folders: F, facts: Facts) -> std::io::Result<Self> {
        let annals = Scribe::start(annals)?;
        Ok(Self {
            gallery,
            annals,
            folders,
            facts,
            inside: false,
            understood: false,
            knock: Some(clock()),
            books: None,
            fault: None,
            heard: None,
        })
    }

    /// The same that also tells there whether somebody is heard who acts.
    #[must_use]
    pub fn with_heir(self, heard: watch::Sender<bool>) -> Self {
        Self { heard: Some(heard), ..self }
    }

    fn tell_heir(&self, heard: bool) {
        if let Some(heir) = &self.heard {
            heir.send_if_modified(|was| std::mem::replace(was, heard) != heard);
        }
    }

    async fn knock(&mut self) {
        // Watched before one knocks: who comes in between is told.
        let watched = self.gallery.folders().iter().filter(|f| self.folders.watch(f).is_ok()).count();
        self.inside = self.gallery.enter().await;
        self.knock = (!self.inside && watched == 0).then(|| clock() + AGAIN);
    }

    fn stirred(&mut self, stirred: &[Stirred]) {
        for one in stirred {
            match one {
                Stirred::Name { name, .. } if self.gallery.tells(name) => self.knock = Some(clock()),
                Stirred::Name { .. } => {}
                Stirred::Gone(folder) => {
                    self.folders.forget(folder);
                    self.knock = Some(clock() + AGAIN);
                }
                Stirred::Lost => self.knock = Some(clock()),
            }
        }
    }

    /// A word, or the end of them.
    async fn heard(&mut self, word: Option<Bulletin>) -> bool {
        self.tell_heir(word.is_some());
        let Some(word) = word else {
            self.inside = false;
            // He may have been replaced already: then his socket was, before we heard of his end. Who is turned away, or
            // does not understand him, does not knock all the time.
            self.knock = Some(clock() + if std::mem::take(&mut self.understood) { SOON } else { AGAIN });
            return self.facts.send(Event::Theirs(None)).await.is_ok();
        };
        self.understood = true;
        self.read_on(word.entry).await;
        let books = self.books.clone().unwrap_or_default();
        let board = Board {
            post: Post::None,
            paused: word.paused,
            off: word.off,
            preset: word.preset,
            live_alone: word.live_alone,
            trouble: word.trouble.or_else(|| self.fault.clone()),
            held: word.held,
            queue: word.queue,
            recent: books.recent,
            tally: books.tally,
        };
        self.facts.send(Event::Theirs(Some(Arc::new(board)))).await.is_ok()
    }

    /// Reads what was written since.
    async fn read_on(&mut self, newest: u64) {
        let known = self.books.as_ref().map(|b| b.newest);
        if known.is_some_and(|known| known >= newest) {
            return;
        }
        let read = match known {
            None => self.annals.ask(|a: &mut A| a.younger(day_ago(), MOST)).await,
            Some(known) => self.annals.ask(move |a: &mut A| a.since(known, MOST)).await,
        };
        match read {
            Ok(entries) => {
                self.fault = None;
                let books = self.books.get_or_insert_default();
                for entry in entries {
                    books.add(entry);
                }
            }
            // What was not read is read with the next word.
            Err(e) => self.fault = Some(format!("the ledger cannot be read: {e}; {}", e.hint())),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how far back is read")]
fn day_ago() -> jiff::Timestamp {
    jiff::Timestamp::now().saturating_sub(DAY).unwrap_or_default()
}

impl<G: Gallery, A: Annals, F: Folders> Worker for Onlooker<G, A, F> {
    const NAME: &'static str = "onlooker";

    async fn run(&mut self) {
        loop {
            let go_on = tokio::select! {
                biased;
                () = at(self.knock), if !self.inside => {
                    self.knock().await;
                    true
                }
                word = self.gallery.next(), if self.inside => self.heard(word).await,
                stirred = self.folders.next(), if !self.inside => {
                    self.stirred(&stirred);
                    true
                }
            };
            if !go_on {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::ffi::OsStr;
    use std::io;
    use std::path::{Path, PathBuf};

    use tokio::sync::mpsc;

    use super::*;
    use crate::domain::ledger::Entry;
    use crate::ports::StoreError;

    /// Words in the order in which they come; `Err`: the door is shut.
    struct Script(VecDeque<Result<Option<Bulletin>, ()>>, mpsc::Sender<()>);

    impl Gallery for Script {
        fn folders(&self) -> Vec<PathBuf> {
            vec![PathBuf::from("/run/archtui")]
        }

        fn tells(&self, name: &OsStr) -> bool {
            name == "hook.sock"
        }

        async fn enter(&mut self) -> bool {
            if self.0.front() == Some(&Err(())) {
                self.0.pop_front();
                self.1.send(()).await.expect("the test listens");
                return false;
            }
            true
        }

        async fn next(&mut self) -> Option<Bulletin> {
            match self.0.pop_front() {
                Some(word) => word.expect("the door is open"),
                None => std::future::pending().await,
            }
        }
    }

    /// Nothing was ever written.
    struct Empty;

    impl Annals for Empty {
        fn younger(&mut self, _: jiff::Timestamp, _: usize) -> Result<Vec<Entry>, StoreError> {
            Ok(vec![])
        }

        fn since(&mut self, _: u64, _: usize) -> Result<Vec<Entry>, StoreError> {
            Ok(vec![])
        }
    }

    struct Told(mpsc::Receiver<Vec<Stirred>>);

    impl Folders for Told {
        fn watch(&mut self, _: &Path) -> io::Result<()> {
            Ok(())
        }

        fn forget(&mut self, _: &Path) {}

        async fn next(&mut self) -> Vec<Stirred> {
            match self.0.recv().await {
                Some(stirred) => stirred,
                None => std::future::pending().await,
            }
        }
    }

    #[tokio::test]
    async fn it_waits_at_a_shut_door_until_a_socket_appears_and_tells_of_the_end() {
        let word = |preset: &str| Ok(Some(Bulletin { preset: preset.to_owned(), ..Bulletin::default() }));
        let (shut, mut was_shut) = mpsc::channel(4);
        let words = VecDeque::from([Err(()), word("sop"), word("watch"), Ok(None), Err(()), word("late")]);
        let script = Script(words, shut);
        let (facts, mut told) = mpsc::channel(16);
        let (stir, stirred) = mpsc::channel(4);
        let (heir, mut heard) = watch::channel(false);
        let onlooker = Onlooker::new(script, Empty, Told(stirred), facts).expect("a thread");
        let mut onlooker = onlooker.with_heir(heir);
        let story = async {
            let name = |name: &str| vec![Stirred::Name { folder: "/run/archtui".into(), name: name.into() }];
            was_shut.recv().await.expect("it knocked");
            stir.send(name("other.sock")).await.expect("heard");
            stir.send(name("hook.sock")).await.expect("heard");
            let mut presets = Vec::new();
            for _ in 0..3 {
                match told.recv().await {
                    Some(Event::Theirs(board)) => presets.push(board.map(|b| b.preset.clone())),
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!(presets, [Some("sop".to_owned()), Some("watch".to_owned()), None]);
            assert!(!*heard.borrow_and_update(), "his end is told");
            was_shut.recv().await.expect("it knocked again");
            stir.send(name("hook.sock")).await.expect("heard");
            assert!(matches!(told.recv().await, Some(Event::Theirs(Some(b))) if b.preset == "late"));
            heard.changed().await.expect("it is told");
            assert!(*heard.borrow(), "the next one is heard");
        };
        tokio::select! {
            () = onlooker.run() => panic!("it looks on for ever"),
            () = story => {}
        }
    }
}
