//! Agents started anew and sessions ended, over a real tmux server with simulated agents: only what has ended by itself, what
//! lives by a person's word, never the protected, always in the ledger first, and tmux survives it.

use std::fs;

use archtui::domain::confirm::{Ask, Fate, Told, Wish};
use archtui::domain::session::{PaneId, SessionName};
use archtui::store::Store;
use rustix::process::Signal;

use super::roster::{Site, role};
use super::support::tmux::signal;
use super::support::wait_until;

/// It asks nothing when it starts, and answers what it is told.
const PLAIN: &str = "steps = [\"await-prompt\", { work = \"300ms\" }, { say = \"So it is.\" }]";

fn site(sessions: &[(&str, &str)]) -> Site {
    let site = Site::new(sessions);
    fs::write(site.dir().join("script.toml"), PLAIN).expect("written");
    site
}

/// Panes of a session: pid and whether it is dead.
fn panes(site: &Site, session: &str) -> Vec<(u32, bool)> {
    let format = "#{pane_pid} #{pane_dead}";
    let all = site.tmux.run(&["list-panes", "-s", "-t", &format!("={session}:"), "-F", format]);
    let read = |l: &str| l.split_once(' ').map(|(pid, dead)| (pid.parse().expect("a pid"), dead == "1"));
    all.lines().filter_map(read).collect()
}

fn ledger(site: &Site) -> String {
    // With no entry yet it says so.
    site.archtui(&["ledger"]).1
}

/// Ends an agent as a crash would; the pane stays, dead.
fn crash(site: &Site, session: &str) -> u32 {
    let pid = panes(site, session)[0].0;
    signal(pid, Signal::KILL);
    wait_until("its pane is dead", || panes(site, session)[0].1, || format!("{:?}", panes(site, session)));
    pid
}

fn command_line(pid: u32) -> String {
    let raw = fs::read(format!("/proc/{pid}/cmdline")).expect("it runs");
    String::from_utf8_lossy(&raw).replace('\0', " ")
}

#[test]
fn what_has_ended_comes_back_beside_and_what_is_protected_does_not() {
    let ended = format!("{}\nrestart = \"ended\"", role("one"));
    let site = site(&[
        ("one", &ended),
        ("kept", "restart = \"ended\"\nprotected = true"),
        ("off", "restart = \"off\""),
    ]);
    site.tmux.session("base", "cat");
    site.run(&["up"], 0);
    site.daemon("daemon");
    let session = site.pid("one").split(' ').next().map(str::to_owned);
    let old = crash(&site, "one");
    crash(&site, "kept");
    crash(&site, "off");
    wait_until("it is written down", || ledger(&site).contains("restart-ended"), || ledger(&site));
    let back = || matches!(panes(&site, "one")[..], [(pid, false)] if pid != old);
    wait_until("the new one is there and the old one gone", back, || {
        format!("{:?}\n{}", panes(&site, "one"), ledger(&site))
    });
    wait_until("its role is told again", || site.submitted("one").len() == 2, || ledger(&site));
    assert_eq!(site.submitted("one"), ["ROLE: one.", "ROLE: one."]);
    wait_until("its end is written down", || ledger(&site).contains("cleared"), || ledger(&site));
    assert_eq!(site.pid("one").split(' ').next().map(str::to_owned), session, "the session is the same");
    assert!(panes(&site, "kept")[0].1, "protected never");
    assert!(panes(&site, "off")[0].1, "where it is not wanted");
    assert!(!command_line(panes(&site, "one")[0].0).contains("--continue"), "others work in its folder");
    assert!(site.run(&["ledger", "--verify"], 0).contains("the chain holds"));
    // A person's word: the protected one too, and what lives.
    let said = site.run(&["restart", "kept", "--yes"], 0);
    assert!(said.contains("restarted"), "{said}");
    assert!(matches!(panes(&site, "kept")[..], [(_, false)]), "{:?}", panes(&site, "kept"));
    let lives = panes(&site, "one")[0].0;
    let said = site.run(&["restart", "one"], 2);
    assert!(said.contains("--yes"), "{said}");
    assert_eq!(panes(&site, "one"), [(lives, false)], "nobody said yes");
    site.run(&["restart", "one", "--yes"], 0);
    assert!(matches!(panes(&site, "one")[..], [(pid, false)] if pid != lives), "{:?}", panes(&site, "one"));
    // What the roster does not name is not restarted; what is missing is told.
    assert!(site.run(&["restart", "base", "--yes"], 3).contains("is not in the roster"));
    assert!(site.run(&["restart", "nobody", "--yes"], 3).contains("nobody"));
}

#[test]
fn one_that_ends_at_once_keeps_its_last_words_and_the_session() {
    let site = site(&[("one", "")]);
    site.tmux.session("base", "cat");
    site.run(&["up"], 0);
    site.daemon("daemon");
    let old = panes(&site, "one")[0].0;
    // The next one cannot start: its script is gone.
    fs::remove_file(site.dir().join("script.toml")).expect("it was there");
    let said = site.run(&["restart", "one", "--yes"], 1);
    assert!(said.contains("the new agent ended"), "{said}");
    let all = panes(&site, "one");
    assert_eq!(all[0], (old, false), "the living one stays: {all:?}");
    assert!(matches!(all[1..], [(_, true)]), "the dead one can be read: {all:?}");
    assert!(ledger(&site).contains("gone"), "{}", ledger(&site));
}

#[test]
fn the_conversation_goes_on_where_nobody_else_works() {
    let site = site(&[("one", "dir = \"solo\"")]);
    fs::create_dir(site.dir().join("solo")).expect("made");
    site.tmux.session("base", "cat");
    site.run(&["up"], 0);
    site.daemon("daemon");
    // The server's own session works elsewhere.
    let said = site.run(&["restart", "one", "--yes"], 0);
    assert!(said.contains("the last conversation of its folder goes on"), "{said}");
    assert!(command_line(panes(&site, "one")[0].0).contains("--continue"));
}

#[test]
fn a_session_is_ended_by_a_persons_word_alone_and_written_down() {
    let site = site(&[("one", "")]);
    site.tmux.session("base", "cat");
    let pane = site.tmux.session("mine", "cat");
    site.daemon("daemon");
    let mut store = Store::visit(&site.dir().join("state/archtui/test")).expect("opens");
    let mut kill = |session: &str, pane: PaneId| {
        let ask = Ask::Kill { session: SessionName::new(session), pane: site.tmux.identity(pane) };
        let now = || {
            #[expect(clippy::disallowed_methods, reason = "a test's own clock")]
            jiff::Timestamp::now()
        };
        let id = store.wish(&ask, "operator via 1", now(), Wish::PATIENCE).expect("left");
        let mut told = None;
        let answered = || {
            told = match store.fate(id, now()).expect("read") {
                Some(Fate::Answered(told)) => Some(told),
                _ => None,
            };
            told.is_some()
        };
        wait_until("the wish is answered", answered, String::new);
        told.expect("answered")
    };
    let Told { done, text } = kill("one", pane);
    assert!(!done && text.contains("another one"), "another name is another session: {text}");
    let Told { done, text } = kill("mine", pane);
    assert!(done, "{text}");
    assert!(!site.sessions().contains("mine"), "{}", site.sessions());
    assert!(site.sessions().contains("base"));
    let all = ledger(&site);
    assert_eq!((all.matches(" intended ").count(), all.matches(" cleared ").count()), (1, 1), "{all}");
    assert!(all.contains("kill-ordered"), "{all}");
}

#[test]
fn only_a_session_of_the_roster_is_restarted_by_name_and_all_names_are_looked_at_first() {
    let site = site(&[("one", ""), ("away", "")]);
    for args in [&["restart", "one"][..], &["unstick", "one"], &["answer", "one", "--option", "1"]] {
        let said = site.run(args, 3);
        assert!(said.contains("no tmux server"), "{args:?}: {said}");
    }
    let mine = site.tmux.session("mine", "cat");
    site.run(&["up", "one"], 0);
    let before = panes(&site, "one");
    for (name, told) in [
        ("mine", "\"mine\" is not in the roster"),
        ("on", "did you mean \"one\"?"),
        ("away", "\"away\" does not stand"),
        ("%0", "no session of the roster is called \"%0\""),
    ] {
        // Nobody acts here: nothing is asked of anybody, and of the right name nothing is done either.
        let said = site.run(&["restart", "--yes", "one", name], 3);
        assert!(said.contains(told), "{said}");
        let said = site.run(&["restart", name], 3);
        assert!(said.contains(told), "{said}");
    }
    assert_eq!(panes(&site, "one"), before);
    assert!(site.sessions().contains("mine"), "{mine:?}");
}

#[test]
fn whoever_acts_next_sees_a_restart_through() {
    let site = site(&[("one", "prompt = \"ROLE: one.\"")]);
    site.tmux.session("base", "cat");
    site.run(&["up"], 0);
    let first = site.daemon("first");
    let old = panes(&site, "one")[0].0;
    // The next one asks first: that is a person's.
    fs::write(site.dir().join("script.toml"), format!("steps = [\"trust\", {}", &PLAIN[9..]))
        .expect("written");
    let said = site.run(&["restart", "one", "--yes"], 0);
    assert!(said.contains("asks something"), "{said}");
    assert_eq!(panes(&site, "one").len(), 2, "the old one stays until the new one is ready");
    // Killed in the middle of it.
    signal(site.tmux.identity(first).pid, Signal::KILL);
    site.daemon("second");
    let all = site.tmux.run(&["list-panes", "-s", "-t", "=one:", "-F", "#{pane_pid} #{pane_id}"]);
    let new = all.lines().find(|l| !l.starts_with(&format!("{old} "))).expect("the new pane");
    let new = PaneId::parse(new.split(' ').nth(1).expect("an id")).expect("an id");
    site.tmux.wait_for(new, "Quick safety check");
    let marked = |word: &str| site.tmux.text(new).lines().any(|l| l.contains('❯') && l.contains(word));
    site.tmux.run(&["send-keys", "-t", &new.to_string(), "Down"]);
    wait_until("yes is marked", || marked("Yes"), || site.tmux.text(new));
    site.tmux.run(&["send-keys", "-t", &new.to_string(), "Enter"]);
    let alone = || panes(&site, "one").len() == 1 && panes(&site, "one")[0].0 != old;
    wait_until("the old one is taken away", alone, || {
        format!("{:?}\n{}", panes(&site, "one"), ledger(&site))
    });
    wait_until("its role is told again", || site.submitted("one").len() == 2, || ledger(&site));
    assert_eq!(
        ledger(&site).matches("restart-ordered").count(),
        3,
        "intent, left behind, seen through: {}",
        ledger(&site)
    );
}
