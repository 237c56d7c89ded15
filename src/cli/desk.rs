//! What the commands of the queue stand on: the store, the clock, and how a refusal or a store's fault is said.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use jiff::Timestamp;

use super::Fail;
use super::setup::Ground;
use crate::domain::task::evidence::span;
use crate::domain::task::refusal::Class;
use crate::domain::task::{Granted, Now, Queue, Refusal, Rules, Task, TaskId, Wish};
use crate::ipc::{client, place};
use crate::ports::StoreError;
use crate::runtime::clock;
use crate::store::Store;
use crate::store::counter::Counter;

/// The instant, for the queue.
pub fn now() -> Now {
    let now = clock::now();
    Now { wall: now.utc, mono: now.mono }
}

/// Asks the queue for something, in the fleet's store; gives the tasks that it is about, as they are now.
pub fn ask(ground: &Ground, wish: Wish) -> Result<Result<(Granted, Vec<Task>), Refusal>, Fail> {
    let answer = Counter::wish(&ground.state_dir()?, wish, now()).map_err(broken);
    wake(ground);
    answer
}

/// What the queue would say to it; nothing is changed.
pub fn would(ground: &Ground, wish: Wish) -> Result<Result<Granted, Refusal>, Fail> {
    match read(ground)? {
        Some(store) => store.would(Rules::default(), wish, now()).map_err(broken),
        None => Ok(Queue::default().ask(wish, now())),
    }
}

/// Tells whoever acts that the queue was written. If nobody hears it, it is found at the next look.
pub fn wake(ground: &Ground) {
    client::wake(&place::find(&ground.env.runtime_folders(), &ground.address.socket));
}

/// The fleet's store for reading; `None` if nothing was ever stored.
pub fn read(ground: &Ground) -> Result<Option<Store>, Fail> {
    match Store::read_only(&ground.state_dir()?) {
        Ok(store) => Ok(Some(store)),
        Err(StoreError::Missing) => Ok(None),
        // Brought up to date by writing: reading does not.
        Err(StoreError::Older { .. }) => Store::visit(&ground.state_dir()?).map(Some).map_err(broken),
        Err(e) => Err(broken(e)),
    }
}

/// A number as it was written.
pub fn id(written: &str) -> Result<TaskId, Fail> {
    TaskId::parse(written).ok_or_else(|| refused(&Refusal::BadId(crate::domain::text::printable(written))))
}

/// A refusal in two lines, with its exit code.
pub fn refused(r: &Refusal) -> Fail {
    match r.class() {
        Class::Usage => Fail::usage(r.what(), r.hint()),
        Class::Rule => Fail::failed(r.what(), r.hint()),
        Class::NotFound => Fail::not_found(r.what(), r.hint()),
    }
}

/// A fault of the store in two lines.
pub fn broken(e: StoreError) -> Fail {
    Fail::failed(e.to_string(), e.hint())
}

/// Asks the person; without a terminal nobody is asked, and the answer is `otherwise`.
pub fn confirm(question: &str, otherwise: bool) -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return otherwise;
    }
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "{question} [y/N] ").and_then(|()| err.flush());
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).is_ok() && matches!(line.trim(), "y" | "Y" | "yes")
}

/// How long ago, in one unit.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    let d = Duration::try_from(now.duration_since(then)).unwrap_or_default();
    let long = span(d);
    let mut words = long.split(' ');
    let short: Vec<&str> = words.by_ref().take(2).collect();
    short.join(" ")
}
