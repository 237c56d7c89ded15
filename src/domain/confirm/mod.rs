//! Auto-confirm that can be trusted: the life of one dialog, from the first look to the last word in the ledger, as pure
//! values. What a rule says is for `domain::policy`; who reads screens, writes entries and sends keys is for `workers`.
//!
//! ```text
//!  seen ─→ read ─→ judged ─→ guarded ─→ recorded ─→ pressed ─→ verified
//!    a look  once more   the rules   the world   the intent   one key, when  gone within 5 s,
//!            before the              allows it   is on disk   the settle     else stuck
//!            key                                              time is over
//! ```
//! Each step may end it as *held*, with a reason. Every doubt holds; nothing is tried twice.

mod acting;
mod bulletin;
mod case;
mod guard;
mod hold;
mod hooks;
mod judging;
mod left;
mod life;
mod mark;
mod order;
mod person;
mod queue;
mod rate;
mod recorded;
mod renewed;
mod same;
mod seen;
mod stamp;
mod switches;
mod timing;
mod wish;

pub use bulletin::Bulletin;
pub use hold::{Facts, Hold, Presence};
pub use life::Life;
pub use order::{Answer, CaseId, HookId, HookSaid, HookWord, Input, Look, Order, Reply, Sent};
pub use person::DRAWN_FOR;
pub use queue::{Confirmation, Risk, in_order};
pub use rate::{Limits, Rates};
pub use switches::{Lease, Since, Standing, Switches};
pub use timing::{BLINK, HOOK_OWNS, HOOK_WAIT, SETTLE_FLOOR, STILL_THERE, STUCK, TYPING_TOLD, Ways};
pub use wish::{Answered, Ask, Fate, ORPHANED, SeenThere, Told, Wish};

#[cfg(test)]
mod rig;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_answers;
#[cfg(test)]
mod tests_bounds;
#[cfg(test)]
mod tests_records;
#[cfg(test)]
mod tests_timing;
