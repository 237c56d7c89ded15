//! `archtui approve`, `deny`, `hold`, `answer`, `pause`, `resume`: the same verified acts as the keys, as wishes that the actor carries out.
//! Refused inside an agent's pane: agents do not approve themselves.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Fail, Global, actor, out, setup, status, who};
use crate::app::state::{Session, State};
use crate::domain::confirm::{Answered, Ask, DRAWN_FOR, Fate, ORPHANED, SeenThere, Wish};
use crate::domain::dialog::Dialog;
use crate::domain::free_text::Words;
use crate::domain::ledger::Showing;
use crate::domain::session::SessionName;
use crate::domain::text;
use crate::ipc::{client, place};
use crate::runtime::clock::monotonic;
use crate::store::Store;
use crate::store::lock::{Held, Lock, LockName};
use crate::tmux::once::{self, Look};
use crate::workers::actor::{self as acting, Wishing};

/// How often the answer is looked for.
const LOOK: Duration = Duration::from_millis(25);

/// Whoever acted may have been killed a moment ago: somebody follows within this.
const FOLLOWED: Duration = Duration::from_secs(1);

/// What was taken is told within this, however long it takes: a restart waits a minute for its agent.
const TOLD: Duration = Duration::from_mins(3);

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
    reply(global, "approve", &args.session, |ground, session| {
        let (dialog, seen) = which(ground, &session, args)?;
        Ok(Ask::Approve { session, dialog, seen })
    })
}

/// Chooses the agent's own *No*.
pub fn deny(global: &Global, args: &DenyArgs) -> Result<(), Fail> {
    let words = args.text.as_deref().map(words).transpose()?;
    reply(global, "deny", &args.which.session, |ground, session| {
        if let Some(words) = words {
            return write(ground, session, words, true);
        }
        let (dialog, seen) = which(ground, &session, &args.which)?;
        Ok(Ask::Deny { session, dialog, seen })
    })
}

/// Keeps automation off.
pub fn hold(global: &Global, args: &AnswerArgs) -> Result<(), Fail> {
    reply(global, "hold", &args.session, |ground, session| {
        let (dialog, seen) = which(ground, &session, args)?;
        Ok(Ask::Hold { session, dialog, seen })
    })
}

/// Answers by an option's number, or by a text.
pub fn answer(global: &Global, args: &ReplyArgs) -> Result<(), Fail> {
    let words = args.text.as_deref().map(words).transpose()?;
    reply(global, "answer", &args.session, |ground, session| match words {
        Some(words) => write(ground, session, words, false),
        None => choose(ground, session, args.option.unwrap_or_default()),
    })
}

fn words(text: &str) -> Result<Words, Fail> {
    let wrong = |why| Fail::usage(format!("that text cannot be written: {why}"), "give one line of words");
    Words::new(text).map_err(wrong)
}

/// Looks first, so that what is answered is what stood there when the command was given; prints what came of it.
fn reply(
    global: &Global,
    verb: &str,
    session: &str,
    asked: impl FnOnce(&setup::Ground, SessionName) -> Result<Ask, Fail>,
) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    let session = SessionName::new(session);
    who::only_a_person(&ground, &format!("archtui {verb}"))?;
    exists(&ground, &session)?;
    let asked = asked(&ground, session)?;
    out::line(&text::printable(&ask(&ground, &asked)?));
    Ok(())
}

/// The dialog that is named, or the one that stands there now.
fn which(
    ground: &setup::Ground,
    session: &SessionName,
    args: &AnswerArgs,
) -> Result<(Option<Showing>, Option<SeenThere>), Fail> {
    Ok(match args.dialog()? {
        None => (None, Some(look(ground, session)?.0)),
        named => (named, None),
    })
}

fn write(ground: &setup::Ground, session: SessionName, words: Words, deny: bool) -> Result<Ask, Fail> {
    let (seen, _) = look(ground, &session)?;
    Ok(Ask::Write { session, seen: Some(seen), text: Answered { option: None, deny, words } })
}

/// One look at what a session asks now.
fn look(ground: &setup::Ground, session: &SessionName) -> Result<(SeenThere, Dialog), Fail> {
    let since = monotonic();
    seen(&status::look_at_session(ground, session)?, session, since)
}

/// What a session asks, as it was found by a look that began then.
pub fn seen(state: &State, session: &SessionName, since: Duration) -> Result<(SeenThere, Dialog), Fail> {
    let its = |s: &&Session| s.name == *session;
    let asks = |s: &Session| Some((s.pane.as_ref()?.identity, s.dialog()?.clone()));
    let mut asking = state.fleet.sessions.iter().filter(its).filter_map(asks);
    let none = || Fail::not_found(format!("{session} asks nothing"), "`archtui status` tells who asks");
    let (pane, dialog) = asking.next().ok_or_else(none)?;
    if asking.next().is_some() {
        return Err(Fail::failed(format!("several panes of {session} ask"), "answer in the control room"));
    }
    let ms = |d: Duration| u64::try_from(d.as_millis()).unwrap_or(u64::MAX);
    let content = dialog.identity();
    let (since_ms, drawn_ms) = (ms(since), ms(DRAWN_FOR));
    Ok((SeenThere { pane, content, boot: acting::boot(), since_ms, drawn_ms, by_name: true }, dialog))
}

/// The option as it stands there now: it is chosen by what it says, in that dialog only.
fn choose(ground: &setup::Ground, session: SessionName, number: usize) -> Result<Ask, Fail> {
    let (seen, dialog) = look(ground, &session)?;
    let option = number.checked_sub(1).and_then(|at| dialog.options.get(at)).ok_or_else(|| {
        let labels = dialog
            .options
            .iter()
            .enumerate()
            .map(|(n, o)| format!("{} {}", n + 1, text::printable(&o.label)));
        let hint = labels.collect::<Vec<_>>().join(", ");
        Fail::usage(format!("that dialog has no option {number}"), format!("it has: {hint}"))
    })?;
    let (content, option) = (seen.content, option.label.clone());
    Ok(Ask::Choose { session, content, option, seen: Some(seen) })
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
    let told = leave(&folder, &sockets, &Ask::Pause, || actor::held(ground))?;
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
    out::line(&text::printable(&ask(ground, asked)?));
    Ok(())
}

/// Refuses a session that does not run, where the server says which do.
pub fn exists(ground: &setup::Ground, session: &SessionName) -> Result<(), Fail> {
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
    leave(&ground.state_dir()?, &sockets, ask, || actor::held(ground))
}

/// Whether whoever acts does so from that folder: only he, or who follows him there, answers what was left in it.
fn serves(held: &Held, folder: &Path) -> bool {
    match held {
        Held::Nobody => false,
        Held::Unnamed => true,
        Held::By(holder) => holder.folder.as_os_str().is_empty() || holder.folder == folder,
    }
}

fn nobody() -> Fail {
    Fail::failed(
        "nobody acts on this fleet now",
        "start `archtui` or `archtui daemon`; `archtui doctor` tells who holds the lock",
    )
}

/// What to do about one who acts and does not answer.
const DEAF: &str =
    "`archtui doctor` tells whether the records can be written, `archtui status` what that session asks now";

/// How a control room that observes asks who acts.
pub fn wishing(ground: &setup::Ground, state_dir: PathBuf) -> Result<Wishing, Fail> {
    let (folders, tmux) = (ground.env.runtime_folders(), ground.address.socket.clone());
    let locks = actor::locks(ground, &state_dir)?;
    Ok(Arc::new(move |ask| {
        let held = || Lock::held(&locks, &LockName::of(&tmux));
        let told = leave(&state_dir, &place::find(&folders, &tmux), ask, held);
        told.map_err(|fail| fail.what().to_owned())
    }))
}

#[expect(clippy::disallowed_methods, reason = "a command's own clock")]
fn leave(state_dir: &Path, sockets: &[PathBuf], ask: &Ask, held: impl Fn() -> Held) -> Result<String, Fail> {
    let asker = format!("operator via {}", std::process::id());
    let failed = |e: crate::ports::StoreError| Fail::failed(e.to_string(), e.hint());
    let mut store = Store::visit(state_dir).map_err(failed)?;
    let id = store.wish(ask, &asker, Timestamp::now(), Wish::PATIENCE).map_err(failed)?;
    client::wake(sockets);
    told(&store, id, ask, || serves(&held(), state_dir), TOLD)
}

/// Waits for what came of a wish. It has an end also where whoever acts lives and cannot say it.
#[expect(clippy::disallowed_methods, reason = "a command's own clock")]
fn told(
    store: &Store,
    id: u64,
    ask: &Ask,
    served: impl Fn() -> bool,
    patience: Duration,
) -> Result<String, Fail> {
    let failed = |e: crate::ports::StoreError| Fail::failed(e.to_string(), e.hint());
    let (mut alone, mut taken) = (Duration::ZERO, Duration::ZERO);
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
            Some(Fate::Expired) if served() => {
                return Err(Fail::failed(
                    format!(
                        "whoever acts did not take it within {} s; nothing was done",
                        Wish::PATIENCE.as_secs()
                    ),
                    DEAF,
                ));
            }
            Some(Fate::Expired) | None => {
                return Err(nobody());
            }
            // He lives, and cannot say it: his disk is full, or he is stopped.
            Some(Fate::Taken) if taken >= patience => {
                return Err(Fail::failed(
                    format!(
                        "whoever acts took it {} s ago and has not said what came of it: it may have been done, or not",
                        patience.as_secs()
                    ),
                    DEAF,
                ));
            }
            // Whoever follows tells that it was left unanswered; if nobody does, that is told here.
            Some(Fate::Taken) if alone >= FOLLOWED => {
                return Err(Fail::failed(ORPHANED, "`archtui status` tells what that session asks now"));
            }
            Some(Fate::Taken) => {
                alone = if served() { Duration::ZERO } else { alone + LOOK };
                taken += LOOK;
            }
            Some(Fate::Waiting) => {}
        }
        std::thread::sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::confirm::Told;

    #[test]
    fn a_wish_that_was_taken_has_an_end_also_where_nobody_can_say_it() {
        let dir = tempfile::tempdir().expect("scratch");
        let mut store = Store::visit(dir.path()).expect("opened");
        let now = "2026-11-23T10:00:00Z".parse::<Timestamp>().expect("a time");
        let wish = |store: &mut Store, patience| store.wish(&Ask::Pause, "me", now, patience).expect("left");
        let told = |store: &Store, id, served: bool| {
            let told = told(store, id, &Ask::Pause, || served, if served { LOOK * 3 } else { TOLD });
            told.map_err(|fail| fail.what().to_owned())
        };
        let long = Duration::from_secs(60 * 60 * 24 * 36_500);
        let id = wish(&mut store, long);
        store.take_wish(now).expect("taken").expect("there was one");
        let said = told(&store, id, true).expect_err("nobody said it");
        assert!(said.contains("has not said what came of it: it may have been done, or not"), "{said}");
        assert!(told(&store, id, false).is_err_and(|said| said == ORPHANED), "he is gone");
        store.answer(id, &Told { done: true, text: "paused".to_owned() }, now).expect("said");
        assert_eq!(told(&store, id, true), Ok("paused".to_owned()));
        // One that nobody took is over; whether anybody acts is told as it is.
        let id = wish(&mut store, Duration::ZERO);
        let said = told(&store, id, true).expect_err("nobody took it");
        assert!(said.contains("did not take it within 10 s; nothing was done"), "{said}");
        assert!(told(&store, id, false).is_err_and(|said| said == "nobody acts on this fleet now"));
    }
}
