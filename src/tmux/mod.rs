//! The tmux adapter: one control connection per server, by which panes are listed, captured and typed into, and the
//! ways to notice that a pane wrote. Not for what the screens mean (`domain`) nor for who may type (`workers`).

pub mod address;
pub mod attach;
pub mod capture;
pub mod client;
pub mod control;
pub mod exchange;
pub mod guard;
pub mod keys;
pub mod knock;
pub mod lifeline;
pub mod list;
pub mod once;
pub mod private;
pub mod quote;
pub mod sessions;
pub mod version;
pub mod vis;
pub mod watch;
pub mod windows;
