//! The seat of the actor: the kernel's lock and, behind it, the records.

use std::io::Read;
use std::path::PathBuf;

use jiff::Timestamp;

use super::Store;
use super::lock::{Asked, Holder, Lock, LockName};
use crate::domain::confirm::{Switches, Told, Wish};
use crate::domain::ledger::Entry;
use crate::domain::restart;
use crate::ports::{Ledger, Lost, Records, Seat, Seated, StoreError};

impl Records for Store {
    fn switches(&self) -> Result<Switches, StoreError> {
        Self::switches(self)
    }

    fn keep_switches(&mut self, switches: &Switches, who: &str, now: Timestamp) -> Result<(), StoreError> {
        Self::keep_switches(self, switches, who, now)
    }

    fn restarts(&self) -> Result<restart::Records, StoreError> {
        Self::restarts(self)
    }

    fn keep_restarts(&mut self, restarts: &restart::Records, now: Timestamp) -> Result<(), StoreError> {
        Self::keep_restarts(self, restarts, now)
    }

    fn take_wish(&mut self, now: Timestamp) -> Result<Option<Wish>, StoreError> {
        Self::take_wish(self, now)
    }

    fn younger(&self, from: Timestamp, most: usize) -> Result<Vec<Entry>, StoreError> {
        let most_u64 = u64::try_from(most).unwrap_or(u64::MAX);
        let after = self.before(from)?.max(self.head()?.seq.saturating_sub(most_u64));
        Ledger::since(self, after, most)
    }

    fn let_go(&mut self, before: Timestamp, most: u32, now: Timestamp) -> Result<u64, StoreError> {
        Self::let_go(self, before, most, now)
    }

    fn forget_wishes(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        Self::forget_wishes(self, before)
    }

    fn orphaned(&mut self, told: &Told, now: Timestamp) -> Result<usize, StoreError> {
        Self::orphaned(self, told, now)
    }

    fn answer(&mut self, wish: u64, told: &Told, now: Timestamp) -> Result<(), StoreError> {
        Self::answer(self, wish, told, now)
    }
}

/// The seat on one tmux server, for one fleet.
#[derive(Debug)]
pub struct StoreSeat {
    /// The folder of the locks, the same for all fleets of this user.
    locks: PathBuf,
    /// The fleet's folder.
    dir: PathBuf,
    socket: PathBuf,
    host: String,
    id: String,
    roster: Vec<String>,
    /// Of the records, and of the server, in the order in which they are given back: who gets the server's finds the other one free.
    lock: Option<(LockName, Lock, Lock)>,
    /// There were records: without them it would be forgotten what was answered, and what a person keeps or has paused.
    had: bool,
}

/// Why it is not taken again.
const RECORDS_GONE: &str =
    "the folder of this fleet's records was cleared away; archtui acts again when it is started anew";

impl StoreSeat {
    /// The same that tells whose sessions these are.
    #[must_use]
    pub fn with_roster(self, roster: Vec<String>) -> Self {
        Self { roster, ..self }
    }

    /// Nobody sits there yet.
    pub fn new(locks: PathBuf, dir: PathBuf, socket: PathBuf, host: String) -> Self {
        let id = format!("{}-{}", std::process::id(), secret());
        Self { locks, dir, socket, host, id, roster: Vec::new(), lock: None, had: false }
    }
}

impl Seat for StoreSeat {
    type Records = Store;

    fn take(&mut self, now: Timestamp) -> Seated<Store> {
        if self.had && !self.dir.join(super::FILE).exists() {
            return Seated::Failed(RECORDS_GONE.to_owned());
        }
        let name = LockName::of(&self.socket);
        // A new server on the same socket is another seat.
        if self
            .lock
            .as_ref()
            .is_some_and(|(held, lock, records)| *held != name || !lock.stands() || !records.stands())
        {
            self.lock = None;
        }
        if self.lock.is_none() {
            let (roster, folder) = (self.roster.clone(), self.dir.clone());
            let me = Holder { roster, folder, ..Holder::me(&self.host, &self.id, now) };
            let lock = match Lock::ask(&self.locks, &name, &me) {
                Ok(Asked::Ours(lock)) => lock,
                Ok(Asked::Theirs(holder)) => {
                    let who = holder.map_or_else(
                        || "another archtui acts".to_owned(),
                        |h| format!("process {} acts since {}", h.pid, h.since),
                    );
                    return Seated::Theirs(who);
                }
                Err(e) => return Seated::Failed(e.to_string()),
            };
            match Lock::ask(&self.dir, &LockName::of_records(), &me) {
                Ok(Asked::Ours(records)) => self.lock = Some((name, records, lock)),
                Ok(Asked::Theirs(holder)) => {
                    let who = holder.map_or("another archtui".to_owned(), |h| format!("process {}", h.pid));
                    return Seated::Failed(format!(
                        "{who} acts on another tmux server with the records of this fleet: give one of the two another [fleet] name"
                    ));
                }
                Err(e) => return Seated::Failed(e.to_string()),
            }
        }
        match Store::open(&self.dir, now) {
            Ok((store, None)) => {
                self.had = true;
                Seated::Ours(store, None)
            }
            Ok((store, Some(aside))) => {
                self.had = true;
                let told =
                    format!("the database was broken ({}) and lies in {}", aside.why, aside.path.display());
                Seated::Ours(store, Some(told))
            }
            Err(e) => {
                self.lock = None;
                Seated::Failed(format!("{e}; {}", e.hint()))
            }
        }
    }

    fn stands(&self) -> bool {
        self.lock.as_ref().is_some_and(|(_, records, lock)| lock.stands() && records.stands())
    }

    fn lost(&self) -> Option<Lost> {
        let (_, records, lock) = self.lock.as_ref()?;
        let mark = || (lock.is_gone() && records.stands()).then_some(Lost::Mark);
        if records.is_gone() { Some(Lost::Records) } else { mark() }
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn leave(&mut self) {
        self.lock = None;
    }
}

/// What tells two archtui apart that have the same process number, in two containers.
fn secret() -> String {
    let mut bytes = [0; 8];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut bytes));
    if read.is_err() {
        return "0".to_owned();
    }
    format!("{:016x}", u64::from_ne_bytes(bytes))
}
