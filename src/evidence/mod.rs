//! What the system and the agents say of themselves: read-only, each source with its known lies.

pub mod below;
pub mod claude;
pub mod gauges;
pub mod hindsight;
pub mod links;
mod logins;
pub mod place;
mod plain;
pub mod proc;
pub mod rules;
mod times;
pub mod transcript;
mod walk;
mod ways_out;
