//! What is known beside the screen: title, foreground process, the agent's own file. Each has its weight; the screen
//! decides.

use std::time::Duration;

use archtui::domain::agent::Agents;
use archtui::domain::read::{Facts, Reading, SelfReport, SelfStatus, read};
use archtui::domain::screen::Screen;
use archtui::domain::status::State;

use crate::screens::all;

fn screen(folder: &str, name: &str) -> Screen {
    all()
        .iter()
        .find(|r| r.folder == folder && r.name.starts_with(name))
        .unwrap_or_else(|| panic!("{folder}/{name} is recorded"))
        .screen()
}

fn look(screen: &Screen, facts: &Facts) -> Reading {
    read(screen, facts, Agents::builtin())
}

fn agent(name: &str) -> Facts {
    Facts { agent: Some(name.to_owned()), ..Facts::default() }
}

fn says(status: SelfStatus) -> Facts {
    Facts {
        report: Some(SelfReport {
            status,
            waiting_for: Some("permission prompt".to_owned()),
            since_ms: None,
        }),
        ..agent("claude")
    }
}

#[test]
fn its_own_file_may_tell_of_work_and_of_waiting_but_not_end_a_dialog() {
    let idle = screen("claude-2.1.330", "idle--fresh");
    let asks = screen("claude-2.1.330", "permission--bash-subst");
    let works = screen("claude-2.1.330", "working--subagent");
    for (screen, status, want) in [
        (&idle, SelfStatus::Idle, State::Idle),
        (&idle, SelfStatus::Busy, State::Working),
        (&idle, SelfStatus::Waiting, State::Unknown),
        (&works, SelfStatus::Idle, State::Working),
        (&works, SelfStatus::Waiting, State::Unknown),
        (&asks, SelfStatus::Idle, State::Permission),
        (&asks, SelfStatus::Busy, State::Permission),
        (&asks, SelfStatus::Waiting, State::Permission),
    ] {
        let reading = look(screen, &says(status));
        assert_eq!(reading.state, want, "{status:?}: {:?}", reading.evidence);
    }
}

#[test]
fn titles_tell_of_work_and_of_waiting_where_the_screen_is_silent() {
    let codex = screen("codex-0.169.0", "working--streaming-a");
    let rests = screen("codex-0.169.0", "idle--after-answer");
    let gemini = screen("gemini-0.61.0", "idle--fresh");
    for (name, screen, title, want) in [
        ("codex", &codex, "", State::Working),
        ("codex", &codex, "⠸ a task | demo", State::Working),
        ("codex", &codex, "a task | demo", State::Idle),
        ("codex", &rests, "⠸ a task | demo", State::Working),
        ("codex", &rests, "[ ! ] Action Required | a task", State::Unknown),
        ("gemini", &gemini, "◇  Ready (demo)", State::Idle),
        ("gemini", &gemini, "✦  Working… (demo)", State::Working),
        ("gemini", &gemini, "✋  Action Required (demo)", State::Unknown),
    ] {
        let facts = Facts { title: title.to_owned(), ..agent(name) };
        let reading = look(screen, &facts);
        assert_eq!(reading.state, want, "{title:?}: {:?}", reading.evidence);
    }
}

#[test]
fn silence_overrules_a_weak_sign_of_work() {
    let codex = screen("codex-0.169.0", "working--streaming-a");
    let quiet = |s| Facts { quiet: Some(Duration::from_secs(s)), ..agent("codex") };
    assert_eq!(look(&codex, &quiet(1)).state, State::Working);
    assert_eq!(look(&codex, &quiet(9)).state, State::Idle);
}

#[test]
fn the_foreground_process_names_the_agent_or_says_that_there_is_none() {
    let asks = screen("claude-2.1.330", "permission--bash-subst");
    let command = |c: &str| Facts { command: Some(c.to_owned()), ..Facts::default() };
    for (name, state, found) in [
        ("claude", State::Permission, Some("claude")),
        ("node", State::Permission, Some("claude")),
        ("less", State::Shell, None),
        ("vim", State::Shell, None),
    ] {
        let reading = look(&asks, &command(name));
        assert_eq!((reading.state, reading.agent.as_deref()), (state, found), "{name}");
    }
    let ended = screen("claude-2.1.150", "exited--shell-after-ctrl-c");
    for name in ["bash", "-zsh"] {
        assert_eq!(look(&ended, &command(name)).state, State::Exited, "{name}");
    }
    // Killed it leaves its last picture: a dialog, a composer, a spinner. Nobody reads keys there but the shell.
    for (version, name) in [
        ("claude-2.1.330", "permission--bash-subst"),
        ("claude-2.1.330", "idle--after-answer"),
        ("claude-2.1.330", "working--subagent"),
        ("claude-2.1.330", "typing--fake-prompt-typed"),
    ] {
        for facts in [command("bash"), Facts { command: Some("-zsh".to_owned()), ..agent("claude") }] {
            let reading = look(&screen(version, name), &facts);
            assert_eq!((reading.state, reading.dialog), (State::Exited, None), "{name}");
            assert_eq!((reading.composer, reading.agent.as_deref()), (None, Some("claude")), "{name}");
        }
    }
    let facts = Facts { command: Some("bash".to_owned()), ..agent("claude") };
    assert_eq!(look(&Screen::plain("$ ls\nREADME.md\n$"), &facts).state, State::Exited);
    assert_eq!(look(&Screen::plain("$ ls\nREADME.md\n$"), &command("bash")).state, State::Shell);
}

#[test]
fn a_dead_pane_asks_nothing_whatever_it_shows() {
    let asks = screen("claude-2.1.330", "permission--bash-subst");
    let dead =
        |agent: Option<&str>| Facts { dead: true, agent: agent.map(str::to_owned), ..Facts::default() };
    for (screen, agent, state) in [
        (&asks, Some("claude"), State::Exited),
        (&asks, None, State::Exited),
        (&Screen::plain("bye\n"), Some("claude"), State::Exited),
        (&Screen::plain("bye\n"), None, State::Shell),
    ] {
        let reading = look(screen, &dead(agent));
        assert_eq!((reading.state, reading.dialog), (state, None), "{agent:?}");
    }
}

#[test]
fn what_cannot_be_read_is_unknown() {
    let junk: String = (0..5000u32).filter_map(|i| char::from_u32(i * 37 % 0xd000)).collect();
    let tall = "x\n".repeat(100_000);
    let wide = "─".repeat(400_000);
    for (what, text) in [
        ("empty", ""),
        ("blank", "   \n\n   \n"),
        ("one column", "a\nb\n│\n─\n❯\n1\n.\n"),
        ("junk", junk.as_str()),
        ("tall", tall.as_str()),
        ("wide", wide.as_str()),
        ("prose", "The dialog said\n\nDo you want to proceed?\n❯ 1. Yes\n  2. No\n\nand nobody answered.\n"),
        ("a rule and a mark", "────────────\n❯ hello\n"),
    ] {
        let screen = Screen::plain(text);
        for facts in [Facts::default(), agent("claude"), agent("codex"), agent("gemini"), agent("opencode")] {
            let reading = look(&screen, &facts);
            assert_eq!(
                (reading.state, reading.dialog.as_ref().map(|d| d.complete)),
                (State::Unknown, None),
                "{what}, {:?}: {:?}",
                facts.agent,
                reading.evidence
            );
        }
    }
}

#[test]
fn a_command_that_draws_a_dialog_is_judged_as_a_whole() {
    for (what, agent_name, rows, subject) in [
        (
            "an inner box",
            "claude",
            "────────────────────────────────────────────────────────────
 Bash command

   rm -rf /srv
   ╭────╮
   │ ls │
   ╰────╯

 Do you want to proceed?
 ❯ 1. Yes
   2. No

 Esc to cancel · Tab to amend",
            None,
        ),
        (
            "dashes",
            "claude",
            "────────────────────────────────────────────────────────────
 Bash command

   rm -rf /srv
   ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
   ls
   ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
   Tidy up

 Do you want to proceed?
 ❯ 1. Yes
   2. No

 Esc to cancel · Tab to amend",
            Some("rm -rf /srv\n╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌\nls\n╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌"),
        ),
        (
            "a second head",
            "codex",
            "• Running rm

  Would you like to run the following command?

  $ rm -rf /srv

  Would you like to run the following command?

  $ ls

› 1. Yes, proceed (y)
  2. No, and tell Codex what to do differently (esc)

  Press enter to confirm or esc to cancel",
            None,
        ),
        (
            "a second prompt",
            "codex",
            "• Running ls

  Would you like to run the following command?

  Reason: to see

  $ ls

  $ rm -rf /srv

› 1. Yes, proceed (y)
  2. No, and tell Codex what to do differently (esc)

  Press enter to confirm or esc to cancel",
            Some("ls\n\n$ rm -rf /srv"),
        ),
    ] {
        let mut screen = Screen::plain(rows);
        screen.width = 60;
        let dialog = look(&screen, &agent(agent_name)).dialog.unwrap_or_else(|| panic!("{what} is a dialog"));
        let judged = dialog.complete.then_some(dialog.subject.as_deref()).flatten();
        assert_eq!(judged, subject, "{what}: {dialog:#?}");
    }
}
