//! For whom a task is, as a person wrote it, and what would become of it; and a refusal in the words of the control room.

use crate::app::state::State;
use crate::app::state::input::Input;
use crate::domain::roster::{Member, Roster, Tier};
use crate::domain::session::SessionName;
use crate::domain::task::text::BadText;
use crate::domain::task::{After, Misfit, Refusal, Sender, TaskId, entry};
use crate::domain::text;

/// The word for no one in particular.
pub const ANYONE: &str = "anyone";

/// How a session would take a task now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Its name.
    pub name: SessionName,
    /// It would, or why not.
    pub fit: Result<(), Misfit>,
}

/// What a form says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// It would be handed out at once.
    Good(String),
    /// It would wait, or is not ready.
    Note(String),
    /// It cannot be queued like this.
    Bad(String),
}

/// Whom a task may be for: anyone, the sessions that take tasks, what sessions are good for.
pub fn choices(state: &State) -> Vec<String> {
    let members = state.fleet.sessions.iter().filter_map(|s| s.member.as_ref().map(|m| (s, m)));
    let takers: Vec<(String, &Member)> =
        members.filter(|(_, m)| !m.protected).map(|(s, m)| (s.name.to_string(), m)).collect();
    let roles = takers.iter().flat_map(|(_, m)| words(m)).map(str::to_owned);
    let names = takers.iter().map(|(name, _)| name.clone());
    let mut all: Vec<String> = vec![ANYONE.to_owned()];
    for choice in names.chain(roles) {
        if !all.contains(&choice) {
            all.push(choice);
        }
    }
    all
}

fn words(m: &Member) -> impl Iterator<Item = &str> {
    let tier = m.tier.map(Tier::word);
    tier.into_iter().chain(m.role.as_deref()).chain(m.skills.iter().map(String::as_str))
}

/// The next choice; what was begun chooses among those that begin so.
pub(super) fn turn(line: &mut Input, choices: &[String], back: bool) {
    let n = choices.len().max(1);
    let at = choices.iter().position(|c| c == line.text());
    let begun = || choices.iter().position(|c| !line.text().is_empty() && c.starts_with(line.text()));
    let to = match at {
        Some(at) => (if back { at + n - 1 } else { at + 1 }) % n,
        None => begun().unwrap_or(0),
    };
    if let Some(choice) = choices.get(to) {
        line.clear();
        line.insert(choice);
    }
}

/// A target, or a role, or neither, as it was written.
pub(super) fn whom(written: &str, roster: &Roster) -> Result<(Option<String>, Option<String>), Refusal> {
    let written = written.trim();
    if written.is_empty() || written == ANYONE {
        return Ok((None, None));
    }
    let named = roster.member(&SessionName::new(written)).is_some();
    if !named && roster.members.iter().any(|m| m.answers_to(written)) {
        return Ok((None, Some(written.to_owned())));
    }
    match entry::target(written, &Sender::Operator, roster) {
        Err(Refusal::UnknownTarget { name, near: None }) => {
            let near = text::nearest(written, roster.members.iter().flat_map(words)).map(str::to_owned);
            Err(Refusal::UnknownTarget { name, near })
        }
        Err(refusal) => Err(refusal),
        Ok(name) => Ok((Some(name.to_string()), None)),
    }
}

/// Numbers of tasks as they were written: `12`, `#12 #14`, `12, 14`.
pub(super) fn after(written: &str) -> Result<Vec<After>, Refusal> {
    let words = written.split([',', ' ']).filter(|w| !w.is_empty());
    words
        .map(|w| TaskId::parse(w).map(After::Task).ok_or_else(|| Refusal::BadId(text::printable(w))))
        .collect()
}

/// What would become of a task for these.
pub(super) fn foresee(state: &State, target: Option<&str>, role: Option<&str>) -> Says {
    if state.board.paused.is_some() {
        return Says::Note("it waits: nothing is handed out while all is paused".into());
    }
    let fits = state.fits(None);
    if let Some(target) = target {
        return match fits.iter().find(|f| f.name.as_str() == target) {
            None => Says::Note(format!("it waits until {target} exists")),
            Some(Fit { fit: Ok(()), .. }) => Says::Good(format!("{target} can take it now")),
            Some(Fit { fit: Err(why), .. }) => Says::Note(format!("it waits: {target} {why}")),
        };
    }
    let roster = &state.fleet.roster;
    let can = |f: &&Fit| role.is_none_or(|r| roster.member(&f.name).is_some_and(|m| m.answers_to(r)));
    let free: Vec<&str> =
        fits.iter().filter(can).filter(|f| f.fit.is_ok()).map(|f| f.name.as_str()).collect();
    match free.as_slice() {
        [] => Says::Note("it waits: no session that may take it is free".into()),
        [one] => Says::Good(format!("{one} can take it now")),
        some => Says::Good(format!("{} sessions can take it now", some.len())),
    }
}

/// A refusal in the words of the control room: what, and what to do here.
pub fn said(refusal: &Refusal) -> (String, String) {
    let hint = match refusal {
        Refusal::Text(BadText::Empty) => "write some words".to_owned(),
        Refusal::Duplicate { .. } => "Ctrl-s once more queues it nevertheless".into(),
        Refusal::BadId(_) => "write numbers, like 12 or #12, #14".into(),
        Refusal::NoTask(_) => "the tasks panel lists them".into(),
        Refusal::DeadDependency { on, .. } => format!("retry task {on} first, or leave it out"),
        Refusal::Nobody(_) => "name a session, or give sessions a tier in archtui.toml".into(),
        Refusal::Finished { .. } | Refusal::NothingToDo { .. } => "its page tells where it stands".into(),
        _ => refusal.hint(),
    };
    (refusal.what(), hint)
}
