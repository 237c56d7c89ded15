//! `archtui unstick`: the ladder's steps for a session, with what is seen now; one of them is wished of whoever acts. Refused
//! inside an agent's pane.

use super::answer;
use super::{Fail, Global, out, setup, status, who};
use crate::app::state::Session;
use crate::domain::confirm::Ask;
use crate::domain::session::SessionName;
use crate::domain::text;
use crate::domain::unstick::{Step, ladder, plain};
use crate::runtime::clock::monotonic;

/// Options of `archtui unstick`.
#[derive(Debug, clap::Args)]
pub struct UnstickArgs {
    /// The tmux sessions
    #[arg(required = true)]
    session: Vec<String>,
    /// Which step: look, approve, deny, enter, escape, interrupt, restart; without one Enter, if text waits unsent
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
    /// Do it, also where it ends, interrupts or discards something
    #[arg(long)]
    yes: bool,
}

/// Tells the ladder, and has one step done in each session.
pub fn run(global: &Global, args: &UnstickArgs) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    who::only_a_person(&ground, "archtui unstick")?;
    let step = args.step.as_deref().map(step).transpose()?;
    if let Some(step) = step.filter(|s| s.needs_sure() && !args.yes) {
        let what = format!("{}: {}", step.word(), step.does());
        return Err(Fail::usage(what, "say --yes if that is what you want"));
    }
    let since = monotonic();
    let state = status::look_at_server(&ground)?;
    let (mut held, mut failed) = (false, None);
    for name in &args.session {
        let name = SessionName::new(name);
        let Some(session) = state.fleet.sessions.iter().find(|s| s.name == name) else {
            let what = format!("no session is called \"{name}\"");
            return Err(Fail::not_found(what, "`archtui status` tells the sessions"));
        };
        let Some(step) = step.or_else(|| plain(&session.sight())) else {
            held = true;
            tell(session, args.session.len() > 1);
            continue;
        };
        let ask = match step {
            Step::Restart => Ask::Restart { session: name.clone(), pane: None },
            Step::Approve => {
                let seen = Some(answer::seen(&state, &name, since)?.0);
                Ask::Approve { session: name.clone(), dialog: None, seen }
            }
            Step::Deny => {
                let seen = Some(answer::seen(&state, &name, since)?.0);
                Ask::Deny { session: name.clone(), dialog: None, seen }
            }
            _ => Ask::Unstick { session: name.clone(), step },
        };
        match answer::ask(&ground, &ask) {
            Ok(told) => out::line(&format!("{name}: {}: {}", step.word(), text::printable(&told))),
            Err(fail) if args.session.len() == 1 => return Err(fail),
            Err(fail) => {
                out::line(&format!("{name}: {}: not done: {}", step.word(), fail.what()));
                failed = Some(fail);
            }
        }
    }
    match failed {
        Some(fail) => Err(fail),
        None if held => Err(Fail::findings()),
        None => Ok(()),
    }
}

fn step(word: &str) -> Result<Step, Fail> {
    Step::by_word(word).ok_or_else(|| {
        let words: Vec<&str> = Step::ALL.iter().map(|s| s.word()).collect();
        let what = format!("no step is called \"{}\"", text::printable(word));
        Fail::usage(what, format!("there are: {}", words.join(", ")))
    })
}

/// The ladder with what is seen: a person chooses.
fn tell(session: &Session, named: bool) {
    if named {
        out::line(&format!("{}:", session.label));
    }
    for offer in ladder(&session.sight()) {
        let (mark, seen) = match &offer.seen {
            Ok(seen) => ("*", seen),
            Err(why) => (" ", why),
        };
        out::line(&format!("{mark} {:<10} {} ({seen})", offer.step.word(), offer.step.does()));
    }
    out::line("choose one with --step; * fits what is seen");
}
