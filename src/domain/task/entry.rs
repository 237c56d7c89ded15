//! What is asked for, checked against the roster before it comes near the queue: a target that exists, a role that
//! somebody has, the chain of command.

use std::time::Duration;

use super::refusal::Refusal;
use super::{Kind, Priority, Sender, TaskId, TaskText, chain};
use crate::domain::roster::{Member, Roster, Tier};
use crate::domain::session::SessionName;
use crate::domain::text;

/// What a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// A task of the queue.
    Task(TaskId),
    /// Another entry of the same plan, counted from 0.
    Entry(usize),
}

/// A wish for a task as a person or an agent wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Work or message.
    pub kind: Kind,
    /// The text, unchecked.
    pub text: String,
    /// Name of a session.
    pub target: Option<String>,
    /// Role, skill or tier.
    pub role: Option<String>,
    /// 0 to 10.
    pub priority: Priority,
    /// What must be done first.
    pub after: Vec<After>,
    /// The asker's own name for it.
    pub key: Option<String>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// The work tree it belongs to.
    pub dir: Option<String>,
    /// Queue it even if the same is there already.
    pub again: bool,
    /// How it is known who asks.
    pub origin: Option<String>,
}

impl Order {
    /// A plain order: this text, nothing else said.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            kind: Kind::Work,
            text: text.into(),
            target: None,
            role: None,
            priority: Priority::default(),
            after: Vec::new(),
            key: None,
            timeout: None,
            dir: None,
            again: false,
            origin: None,
        }
    }
}

/// An order that the roster and the chain of command allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub(super) kind: Kind,
    pub(super) text: TaskText,
    pub(super) target: Option<SessionName>,
    pub(super) role: Option<String>,
    pub(super) tier: Option<Tier>,
    pub(super) priority: Priority,
    pub(super) from: Sender,
    pub(super) after: Vec<After>,
    pub(super) key: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) dir: Option<String>,
    pub(super) again: bool,
    pub(super) origin: Option<String>,
    pub(super) reply: bool,
    /// Characters of the text that were left out because they could do harm in a terminal.
    pub left_out: usize,
}

impl Request {
    /// The text as it will be queued.
    pub fn text(&self) -> &TaskText {
        &self.text
    }

    /// The one session that may take it.
    pub fn target(&self) -> Option<&SessionName> {
        self.target.as_ref()
    }

    /// The asker's own name for it.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Who asks.
    pub fn from(&self) -> &Sender {
        &self.from
    }

    /// It is wanted even if the same is there already.
    pub fn is_again(&self) -> bool {
        self.again
    }

    /// How urgent it is.
    pub fn priority(&self) -> Priority {
        self.priority
    }

    /// What it waits for.
    pub fn after(&self) -> &[After] {
        &self.after
    }

    /// The tasks of the queue that it waits for.
    pub fn waits_for(&self) -> impl Iterator<Item = TaskId> {
        self.after.iter().filter_map(|a| match a {
            After::Task(id) => Some(*id),
            After::Entry(_) => None,
        })
    }
}

/// The longest key.
const KEY: usize = 100;
/// The longest time limit.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Checks an order of this sender.
pub fn check(order: Order, from: &Sender, roster: &Roster) -> Result<Request, Refusal> {
    let (text, left_out) = TaskText::new(&order.text).map_err(Refusal::Text)?;
    if roster.members.is_empty() {
        return Err(Refusal::EmptyRoster);
    }
    let key = order.key.map(|k| text::printable(k.trim()));
    if key.as_ref().is_some_and(|k| k.is_empty() || k.chars().count() > KEY) {
        return Err(Refusal::BadKey);
    }
    if order.timeout.is_some_and(|t| t.is_zero() || t > TIMEOUT) {
        return Err(Refusal::BadTimeout);
    }
    let role = order.role.map(|r| text::printable(r.trim())).filter(|r| !r.is_empty());
    if let Some(role) = &role {
        known_role(role, roster)?;
    }
    let mut tier = None;
    // Who it is told to everybody, protected or not.
    let find = if order.kind == Kind::Role { named } else { target };
    let target = order.target.as_deref().map(|name| find(name, from, roster)).transpose()?;
    if let Some(name) = &target {
        fits_role(name, role.as_deref(), roster)?;
    } else {
        tier = chain::takers(roster, from, role.is_some()).map_err(Refusal::Chain)?;
        somebody(roster, from, tier, role.as_deref())?;
    }
    let may_be_told = |s: &SessionName| roster.member(s).is_some() && !roster.is_kept_back(s);
    Ok(Request {
        reply: from.session().is_some_and(may_be_told),
        kind: order.kind,
        text,
        target,
        role,
        tier,
        priority: order.priority,
        from: from.clone(),
        after: order.after,
        key,
        timeout: order.timeout,
        dir: order.dir.map(|d| text::printable(&d)),
        again: order.again,
        origin: order.origin,
        left_out,
    })
}

/// A name as a session that this sender may hand work to, and that takes work.
pub fn target(name: &str, from: &Sender, roster: &Roster) -> Result<SessionName, Refusal> {
    let session = named(name, from, roster)?;
    if roster.is_kept_back(&session) {
        return Err(Refusal::Protected(text::printable(name)));
    }
    Ok(session)
}

/// A name as a session that this sender may hand work to.
fn named(name: &str, from: &Sender, roster: &Roster) -> Result<SessionName, Refusal> {
    let shown = text::printable(name);
    let session = SessionName::new(name);
    let plain = || roster.members.iter().filter(|m| !m.is_pattern()).map(|m| m.name.as_str());
    if name.contains('*') {
        let pattern = Member { name: shown.clone(), ..Member::default() };
        let several = plain().filter(|n| pattern.covers(&SessionName::new(n))).map(Into::into).collect();
        return Err(Refusal::AmbiguousTarget { name: shown, several });
    }
    if roster.member(&session).is_none() || shown != name || name.is_empty() {
        let starts: Vec<String> =
            plain().filter(|n| !shown.is_empty() && n.starts_with(&shown)).map(Into::into).collect();
        if starts.len() > 1 {
            return Err(Refusal::AmbiguousTarget { name: shown, several: starts });
        }
        let near = starts.into_iter().next().or_else(|| text::nearest(&shown, plain()).map(Into::into));
        return Err(Refusal::UnknownTarget { name: shown, near });
    }
    chain::may_hand(roster, from, &session).map_err(Refusal::Chain)?;
    Ok(session)
}

/// A role, skill or tier that somebody in the roster has.
pub fn known_role(role: &str, roster: &Roster) -> Result<(), Refusal> {
    if roster.members.iter().any(|m| m.answers_to(role)) {
        return Ok(());
    }
    let words = roster.members.iter().flat_map(|m| {
        m.tier.map(Tier::word).into_iter().chain(m.role.as_deref()).chain(m.skills.iter().map(String::as_str))
    });
    let near = text::nearest(role, words).map(Into::into);
    Err(Refusal::UnknownRole { role: role.into(), near })
}

fn fits_role(name: &SessionName, role: Option<&str>, roster: &Roster) -> Result<(), Refusal> {
    match (role, roster.member(name)) {
        (Some(role), Some(m)) if !m.answers_to(role) => {
            Err(Refusal::Nobody(format!("{name} has not the role \"{role}\"")))
        }
        _ => Ok(()),
    }
}

fn somebody(roster: &Roster, from: &Sender, tier: Option<Tier>, role: Option<&str>) -> Result<(), Refusal> {
    let may = |m: &Member| {
        !roster.keeps_back(m) && chain::may_take(tier, from, m.tier) && role.is_none_or(|r| m.answers_to(r))
    };
    if roster.members.iter().any(may) {
        return Ok(());
    }
    let who = tier.map_or("session", Tier::word);
    Err(Refusal::Nobody(match role {
        Some(role) => format!("no {who} that takes tasks has the role \"{role}\""),
        None => format!("the roster has no {who} that takes tasks"),
    }))
}
