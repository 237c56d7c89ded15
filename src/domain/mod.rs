//! What the procedure means, as plain values and total functions: no I/O, no clock, no async, no drawing.

pub mod agent;
pub mod ansi;
pub mod bash;
pub mod branch;
pub mod confirm;
pub mod dialog;
pub mod fleet;
pub mod health;
pub mod hook;
pub mod host;
pub mod ledger;
pub mod policy;
pub mod proc;
pub mod read;
pub mod redact;
pub mod restart;
pub mod roster;
pub mod screen;
pub mod server;
pub mod session;
pub mod status;
pub mod stroke;
pub mod task;
pub mod text;
pub mod track;
pub mod unstick;
