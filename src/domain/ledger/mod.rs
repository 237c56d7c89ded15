//! The ledger: an append-only record of every dialog that stood long enough to be read, what was decided, what was sent
//! and what came of it. Entries are values, chained by their hashes so that a change shows. Where they are kept is for
//! `store`. Whoever can write the file can also write a whole new chain: it shows accidents and clumsy hands, it is no seal.

mod book;
mod chain;
mod entry;
mod lives;
mod past;
mod tally;
mod words;

pub use book::Book;
pub use chain::{Anchor, Broken, Checker, Hash, verify};
pub use entry::{Body, Decision, Entry, Masked, Scene, Showing, Times};
pub use lives::{Lives, open};
pub use past::{Beside, Past, Pasts, rule, said};
pub use tally::{Latency, RuleCount, Tally};
pub use words::{ACTIONS, Actor, Channel, Outcome, Ruling, Said};

#[cfg(test)]
mod tests;
