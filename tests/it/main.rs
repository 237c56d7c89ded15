//! The one integration test binary: each module is a layer or a part.

mod branches;
mod control;
mod demo;
mod draw;
mod fleets;
mod frames;
mod house;
mod ledger;
mod policy_check;
mod policy_properties;
mod policy_rules;
mod policy_table;
mod proc;
mod read_cli;
mod read_facts;
mod read_mutations;
mod screens;
mod scripts;
mod store;
mod support;
mod task_store;
mod tmux_guard;
mod tmux_keys;
mod tmux_load;
mod tmux_server;
mod tmux_watch;
