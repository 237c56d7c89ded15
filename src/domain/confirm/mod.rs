//! Auto-confirm that can be trusted: the life of one dialog, from the first look to the last word in the ledger, as pure
//! values. What a rule says is for `domain::policy`; who reads screens, writes entries and sends keys is for `workers`.
//!
//! ```text
//!  Seen ─→ Judging ─→ Reading ─→ Guarding ─→ Writing ─→ Ready ─→ Rechecking ─→ Sending ─→ Verifying ─→ Over
//!  a look  the rules  has stood  the world   the intent  until   world and     one key    gone within
//!                     a while    allows it   on disk     settled  screen, if              5 s, else
//!                                                                old by then              stuck
//! ```
//! Each step may end it as *Held*, with a reason. Every doubt holds; nothing is tried twice. What is known in a stage is told in
//! `stage`, what outlives it in `case`, and what time makes of it in `life` (`due`: when, `go_on`: what).

mod acting;
mod bulletin;
mod case;
mod drawn;
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
mod stage;
mod stamp;
mod switches;
mod timing;
mod wish;

pub use bulletin::Bulletin;
pub use drawn::{DRAWN_FOR, DrawnFor, DrawnSince};
pub use hold::{Hold, Presence, World};
pub use life::Life;
pub use order::{Answer, CaseId, HookId, HookSaid, HookWord, Input, Look, Order, Reply, Sent};
pub use queue::{Confirmation, Risk, in_order};
pub use rate::{Limits, Rates};
pub use same::{Beside, beside, same_call};
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
mod tests_kept;
#[cfg(test)]
mod tests_left;
#[cfg(test)]
mod tests_records;
#[cfg(test)]
mod tests_timing;
