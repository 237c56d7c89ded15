//! archtui: a terminal control room for fleets of coding agents in tmux.
//!
//! One sentence: tmux says, [`domain`] understands, [`app`] decides, [`workers`] do, [`view`] shows.
//! ARCHITECTURE.md is the map of the rooms and of what each may touch.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod evidence;
pub mod git;
pub mod ipc;
pub mod ports;
pub mod runtime;
pub mod store;
pub mod terminal;
pub mod theme;
pub mod tmux;
pub mod view;
pub mod workers;
