//! The brain: what is known (`state`), what can happen (`event`), what can be wished (`action`, `effect`), and the one
//! function that turns the first by the second into the third (`update`). Pure: no I/O, no clock, nothing to wait for.

pub mod action;
pub mod areas;
pub mod effect;
pub mod event;
pub mod key;
pub mod keymap;
pub mod panel;
pub mod record;
pub mod schedule;
pub mod state;
pub mod update;

pub use event::Event;
pub use state::State;
pub use update::update;
