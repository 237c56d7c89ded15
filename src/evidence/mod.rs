//! What the system and the agents say of themselves: read-only, each source with its known lies.

mod back;
pub mod below;
mod calls;
pub mod claude;
mod codex;
pub mod gauges;
pub mod hindsight;
mod ignored;
pub mod links;
mod logins;
mod names;
mod own;
pub mod place;
mod plain;
pub mod proc;
pub mod rules;
mod times;
pub mod transcript;
mod walk;
mod ways_out;
mod whereabouts;
