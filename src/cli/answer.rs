//! `archtui approve`, `deny`, `answer`, `pause`, `resume`: the same verified acts as the keys, as wishes that the actor carries out.
//! Refused inside an agent's pane: agents do not approve themselves.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Fail, Global, actor, out, setup, status, who};
use crate::domain::confirm::{Answered, Ask, Fate, Wish};
use crate::domain::free_text::Words;
use crate::domain::ledger::Showing;
use crate::domain::session::SessionName;
use crate::domain::text;
use crate::ipc::{client, place};
use crate::store::Store;
use crate::store::lock::Held;
use crate::tmux::once::{self, Look};
use crate::workers::actor::Wishing;

/// How often the answer is looked for.
const LOOK: Duration = Duration::from_millis(25);

/// Whoever acted may have been killed a moment ago: somebody follows within this.
const FOLLOWED: Duration = Duration::from_secs(1);

/// Which dialog is answered.
#[derive(Debug, clap::Args)]
pub struct AnswerArgs {
    /// The tmux session whose dialog is meant
    session: String,
    /// Only if it is still this one, as `archtui status --json` or the ledger names it
    #[arg(long, value_name = "ID")]
    dialog: Option<String>,
}

impl AnswerArgs {
    fn dialog(&self) -> Result<Option<Showing>, Fail> {
        let Some(id) = &self.dialog else { return Ok(None) };
        let wrong = || {
            Fail::usage(
                format!("\"{}\" is no dialog's id", text::printable(id)),
                "see `archtui ledger --json`",
            )
        };
        Showing::parse(id).map(Some).ok_or_else(wrong)
    }
}

/// Options of `archtui deny`.
#[derive(Debug, clap::Args)]
pub struct DenyArgs {
    #[command(flatten)]
    which: AnswerArgs,
    /// Say why: written where the dialog's No takes a text
    #[arg(long, value_name = "TEXT", conflicts_with = "dialog")]
    text: Option<String>,
}

/// Options of `archtui answer`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct ReplyArgs {
    /// The tmux session whose dialog is meant
    session: String,
    /// Choose the option of that number, counted from 1 as it stands there
    #[arg(long, value_name = "N", group = "what")]
    option: Option<usize>,
    /// Write this where the dialog takes a text
    #[arg(long, value_name = "TEXT", group = "what")]
    text: Option<String>,
}

/// Allows once.
pub fn approve(global: &Global, args: &AnswerArgs) -> Result<(), Fail> {
    wish(
        global,
        "approve",
        &Ask::Approve { session: SessionName::new(&args.session), dialog: args.dialog()? },
    )
}

/// Chooses the agent's own *No*.
pub fn deny(global: &Global, args: &DenyArgs) -> Result<(), Fail> {
    let session = SessionName::new(&args.which.session);
    let asked = match &args.text {
        Some(text) => write(session, text, true)?,
        None => Ask::Deny { session, dialog: args.which.dialog()? },
    };
    wish(global, "deny", &asked)
}

/// Answers by an option's number, or by a text.
pub fn answer(global: &Global, args: &ReplyArgs) -> Result<(), Fail> {
    let session = SessionName::new(&args.session);
    let asked = match (&args.text, args.option) {
        (Some(text), _) => write(session, text, false)?,
        (None, number) => {
            let ground = setup::Ground::lay(global)?;
            who::only_a_person(&ground, "archtui answer")?;
            exists(&ground, &session)?;
            choose(&ground, session, number.unwrap_or_default())?
        }
    };
    wish(global, "answer", &asked)
}

fn write(session: SessionName, text: &str, deny: bool) -> Result<Ask, Fail> {
    let wrong = |why| Fail::usage(format!("that text cannot be written: {why}"), "give one line of words");
    let words = Words::new(text).map_err(wrong)?;
    Ok(Ask::Write { session, seen: None, text: Answered { option: None, deny, words } })
}

/// The option as it stands there now: it is chosen by what it says, in that dialog only.
fn choose(ground: &setup::Ground, session: SessionName, number: usize) -> Result<Ask, Fail> {
    let state = status::look_at_server(ground)?;
    let mut asking = state.fleet.sessions.iter().filter(|s| s.name == session).filter_map(|s| s.dialog());
    let none = || Fail::failed(format!("{session} asks nothing"), "`archtui status` tells who asks");
    let dialog = asking.next().ok_or_else(none)?;
    if asking.next().is_some() {
        return Err(Fail::failed(format!("several panes of {session} ask"), "answer in the control room"));
    }
    let option = number.checked_sub(1).and_then(|at| dialog.options.get(at)).ok_or_else(|| {
        let labels = dialog
            .options
            .iter()
            .enumerate()
            .map(|(n, o)| format!("{} {}", n + 1, text::printable(&o.label)));
        let hint = labels.collect::<Vec<_>>().join(", ");
        Fail::usage(format!("that dialog has no option {number}"), format!("it has: {hint}"))
    })?;
    Ok(Ask::Choose { session, content: dialog.identity(), option: option.label.clone() })
}

/// Confirms nothing anywhere. A broken config does not keep a person from it: whoever acts goes by the rules that he read.
pub fn pause(global: &Global) -> Result<(), Fail> {
    match setup::Ground::lay(global) {
        Ok(ground) => wish_on(&ground, "pause", &Ask::Pause),
        Err(fault) => brake(&setup::Ground::salvage(global), &fault),
    }
}

/// Pauses whoever acts on that server, of whatever fleet he is.
fn brake(ground: &setup::Ground, fault: &Fail) -> Result<(), Fail> {
    who::only_a_person(ground, "archtui pause")?;
    let folder = match actor::held(ground) {
        Held::By(holder) if !holder.folder.as_os_str().is_empty() => holder.folder,
        Held::By(_) | Held::Unnamed => ground.state_dir()?,
        Held::Nobody => {
            let socket = ground.address.socket.display();
            return Err(Fail::failed(
                format!("nobody acts on {socket}, and the config tells no other server: {}", fault.what()),
                "name the server with -L NAME or -S PATH, or mend the config",
            ));
        }
    };
    let sockets = place::find(&ground.env.runtime_folders(), &ground.address.socket);
    let told = leave(&folder, &sockets, &Ask::Pause)?;
    out::complain(&text::printable(&format!(
        "archtui: the config is broken, pausing works all the same: {}",
        fault.what()
    )));
    out::line(&text::printable(&told));
    Ok(())
}

/// Goes on confirming.
pub fn resume(global: &Global) -> Result<(), Fail> {
    wish(global, "resume", &Ask::Resume)
}

/// Only for a person; prints what came of it.
fn wish(global: &Global, verb: &str, asked: &Ask) -> Result<(), Fail> {
    wish_on(&setup::Ground::lay(global)?, verb, asked)
}

fn wish_on(ground: &setup::Ground, verb: &str, asked: &Ask) -> Result<(), Fail> {
    who::only_a_person(ground, &format!("archtui {verb}"))?;
    if let Ask::Approve { session, .. } | Ask::Deny { session, .. } | Ask::Write { session, .. } = asked {
        exists(ground, session)?;
    }
    out::line(&text::printable(&ask(ground, asked)?));
    Ok(())
}

fn exists(ground: &setup::Ground, session: &SessionName) -> Result<(), Fail> {
    let Look::Panes(_, panes) = once::look(&ground.address.socket) else { return Ok(()) };
    let names = || panes.iter().map(|p| p.session.as_str());
    if names().any(|name| name == session.as_str()) {
        return Ok(());
    }
    let near = text::nearest(session.as_str(), names());
    let hint = near.map_or("`archtui status` lists them".to_owned(), |n| format!("did you mean \"{n}\"?"));
    Err(Fail::not_found(format!("no session is called \"{session}\""), hint))
}

/// Leaves the wish, rings, waits for the answer. Where nobody acts none is left: who comes later would answer whatever
/// stands there by then.
pub fn ask(ground: &setup::Ground, ask: &Ask) -> Result<String, Fail> {
    let mut waited = Duration::ZERO;
    while !actor::acts(ground)? {
        if waited >= FOLLOWED {
            return Err(nobody());
        }
        std::thread::sleep(LOOK);
        waited += LOOK;
    }
    let sockets = place::find(&ground.env.runtime_folders(), &ground.address.socket);
    leave(&ground.state_dir()?, &sockets, ask)
}

fn nobody() -> Fail {
    Fail::failed(
        "nobody acts on this fleet now",
        "start `archtui` or `archtui daemon`; `archtui doctor` tells who holds the lock",
    )
}

/// How a control room that observes asks who acts.
pub fn wishing(ground: &setup::Ground, state_dir: PathBuf) -> Wishing {
    let (folders, tmux) = (ground.env.runtime_folders(), ground.address.socket.clone());
    Arc::new(move |ask| {
        let told = leave(&state_dir, &place::find(&folders, &tmux), ask);
        told.map_err(|fail| fail.what().to_owned())
    })
}

#[expect(clippy::disallowed_methods, reason = "a command's own clock")]
fn leave(state_dir: &Path, sockets: &[PathBuf], ask: &Ask) -> Result<String, Fail> {
    let asker = format!("operator via {}", std::process::id());
    let failed = |e: crate::ports::StoreError| Fail::failed(e.to_string(), e.hint());
    let mut store = Store::visit(state_dir).map_err(failed)?;
    let id = store.wish(ask, &asker, Timestamp::now(), Wish::PATIENCE).map_err(failed)?;
    client::wake(sockets);
    loop {
        match store.fate(id, Timestamp::now()).map_err(failed)? {
            Some(Fate::Answered(told)) if told.done => return Ok(told.text),
            Some(Fate::Answered(told)) => {
                let hint = match ask {
                    Ask::Restart { .. } => {
                        "`archtui ledger` tells how far it came, `archtui doctor` checks what it needs"
                    }
                    _ => "`archtui status` tells what that session asks now",
                };
                return Err(Fail::failed(told.text, hint));
            }
            Some(Fate::Expired) | None => {
                return Err(nobody());
            }
            Some(Fate::Waiting | Fate::Taken) => std::thread::sleep(LOOK),
        }
    }
}
