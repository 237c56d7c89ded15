//! The one integration test binary: each module is a layer or a part.

mod branches;
mod demo;
mod draw;
mod fleets;
mod frames;
mod house;
mod proc;
mod support;
mod tmux_keys;
mod tmux_server;
mod tmux_watch;
mod support;
mod store;
mod read_mutations;
mod screens;
