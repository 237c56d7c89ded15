//! The hook and its installer in the panes of a real tmux server.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use archtui::domain::confirm::HookWord;
use archtui::domain::hook::HookEvent;
use archtui::ipc::{HookServer, place};
use archtui::ports::Hooks;
use tokio::runtime::Builder;

use super::request;
use crate::support::tmux::PrivateTmux;
use crate::support::{PATIENCE, wait_until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_archtui");

#[test]
fn a_hook_in_a_pane_finds_the_actor_of_its_server_and_is_placed() {
    let tmux = PrivateTmux::new();
    tmux.session("other", "sleep 1000");
    let at = |name: &str| tmux.dir().join(name);
    // The environment of a pane may lack what the actor's has: both know the state folder.
    let state: PathBuf = at("home/.local/state/archtui/run");
    let path = place::make(&[state], tmux.socket()).expect("a place");
    let rt = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut server = rt.block_on(async { HookServer::listen(&path) }).expect("it listens");
    fs::write(at("request"), request("ls")).expect("written");
    // As Claude Code does it: a shell below the agent.
    let command = format!(
        "env -u XDG_RUNTIME_DIR HOME='{}' sh -c '{PROGRAM} hook PermissionRequest <request >out; echo $? >code; sleep 1000'",
        at("home").display()
    );
    let pane = tmux.session("worker", &command);
    let next = async |server: &mut HookServer| {
        tokio::time::timeout(PATIENCE, server.next()).await.expect("an event")
    };
    let HookEvent::Asks { id, who, .. } = rt.block_on(next(&mut server)) else { panic!("asks") };
    let pid: u32 = tmux.fact(pane, "#{pane_pid}").parse().expect("a pid");
    assert_eq!(who.pane, Some(pane));
    assert!(who.ancestors.contains(&pid), "{who:?} below {pid}");
    assert!(rt.block_on(async { server.answer(id, &HookWord::Allow(1)) }));
    assert_eq!(rt.block_on(next(&mut server)), HookEvent::Closed { id });
    let code = || fs::read_to_string(at("code")).unwrap_or_default();
    wait_until("the hook has ended", || code() == "0\n", code);
    assert!(fs::read_to_string(at("out")).expect("printed").contains("\"behavior\":\"allow\""));
    assert!(
        rt.block_on(async { tokio::time::timeout(Duration::from_millis(50), server.next()).await }).is_err()
    );
}

#[test]
fn the_installer_is_refused_in_a_pane_of_the_roster() {
    let tmux = PrivateTmux::new();
    tmux.session("boss", "sleep 1000");
    let at = |name: &str| tmux.dir().join(name);
    fs::write(at("archtui.toml"), "[[session]]\nname = \"worker\"\ntier = \"worker\"\n").expect("written");
    for (session, code) in [("worker", "1\n"), ("mine", "0\n")] {
        let command = format!(
            "TMUX_PANE= HOME='{home}' {PROGRAM} -S '{socket}' --config archtui.toml hooks install --yes --settings {session}.json >{session}.out 2>&1; echo $? >{session}.code; sleep 1000",
            home = at("home").display(),
            socket = tmux.socket().display(),
        );
        tmux.session(session, &command);
        let read = |end: &str| fs::read_to_string(at(&format!("{session}.{end}"))).unwrap_or_default();
        wait_until("the installer has ended", || !read("code").is_empty(), || read("out"));
        assert_eq!(read("code"), code, "{}", read("out"));
        assert_eq!(read("out").contains("not for agents"), code == "1\n", "{}", read("out"));
        assert_eq!(read("json").is_empty(), code == "1\n");
    }
}
