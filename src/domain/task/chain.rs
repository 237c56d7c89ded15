//! The chain of command: who may hand work to whom. High-level to managers, managers to workers, nobody past a step. The
//! operator is outside of it.

use serde::{Deserialize, Serialize};

use super::id::Sender;
use crate::domain::roster::{Member, Roster, Tier};
use crate::domain::session::SessionName;

/// A hand-over that the procedure forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The rule, with the names.
    pub rule: String,
    /// Who would be right.
    pub addressees: Vec<String>,
}

impl Breach {
    /// What to do instead.
    pub fn hint(&self) -> String {
        match self.addressees.as_slice() {
            [] => "ask the operator".into(),
            [one] => format!("the right addressee is {one}"),
            several => format!("the right addressees are {}", several.join(", ")),
        }
    }
}

/// The tier to which a tier hands work.
pub const fn below(tier: Tier) -> Option<Tier> {
    match tier {
        Tier::HighLevel => Some(Tier::Manager),
        Tier::Manager => Some(Tier::Worker),
        Tier::Worker => None,
    }
}

/// Whether a sender may hand work to a session.
pub fn may_hand(roster: &Roster, from: &Sender, to: &SessionName) -> Result<(), Breach> {
    let Sender::Session(from) = from else { return Ok(()) };
    let sender = tier_of(roster, from)?;
    let member = roster.member(to);
    let receiver = member.and_then(|m| m.tier);
    let breach = |rule: String, addressees| Err(Breach { rule, addressees });
    if from == to {
        return breach(format!("{from} cannot hand work to itself"), Vec::new());
    }
    match (sender, receiver) {
        (Tier::HighLevel, Some(Tier::Manager)) | (Tier::Manager, Some(Tier::Worker)) => Ok(()),
        (Tier::HighLevel, Some(Tier::Worker)) => {
            let own = member
                .and_then(|m| m.reports_to.as_deref())
                .filter(|m| tier_named(roster, m) == Some(Tier::Manager));
            breach(
                format!(
                    "{from} is high-level: it delegates to managers, never directly to workers like {to}"
                ),
                own.map_or_else(|| names(roster, Tier::Manager), |m| vec![m.to_owned()]),
            )
        }
        (Tier::HighLevel, Some(Tier::HighLevel)) => breach(
            format!("{from} is high-level: it delegates to managers, not to {to}, which is high-level too"),
            names(roster, Tier::Manager),
        ),
        (Tier::Manager, Some(Tier::Manager)) => breach(
            format!(
                "{from} is a manager: managers assign to workers and coordinate among themselves, {to} is a manager"
            ),
            names(roster, Tier::Worker),
        ),
        (Tier::Manager, Some(Tier::HighLevel)) => breach(
            format!("{from} is a manager: work is handed down to workers, not up to {to}"),
            names(roster, Tier::Worker),
        ),
        (Tier::Worker, _) => {
            let own = roster.member(from).and_then(|m| m.reports_to.clone());
            breach(
                format!(
                    "{from} is a worker: workers hand work to nobody, they report to their manager by commits and pull requests"
                ),
                own.into_iter().collect(),
            )
        }
        (tier, None) => breach(
            format!(
                "{from} is {}: it may hand work only to the tier below, and {to} has no tier in the roster",
                tier.word()
            ),
            below(tier).map(|t| names(roster, t)).unwrap_or_default(),
        ),
    }
}

/// The tier whose sessions may take a task that names no target. `None`: any.
pub fn takers(roster: &Roster, from: &Sender, role_named: bool) -> Result<Option<Tier>, Breach> {
    match from {
        Sender::Session(name) => {
            let tier = tier_of(roster, name)?;
            below(tier).map(Some).ok_or_else(|| Breach {
                rule: format!(
                    "{name} is a worker: workers hand work to nobody, they report to their manager"
                ),
                addressees: roster.member(name).and_then(|m| m.reports_to.clone()).into_iter().collect(),
            })
        }
        Sender::Operator | Sender::Archtui => Ok((!role_named).then_some(Tier::Worker)),
    }
}

/// Whether a session of that tier may take a task without a target from that sender. One without a tier takes the
/// operator's only: nobody else could tell whether it stands below the sender.
pub fn may_take(wanted: Option<Tier>, from: &Sender, own: Option<Tier>) -> bool {
    match (wanted, own) {
        (None, _) => true,
        (Some(wanted), Some(own)) => wanted == own,
        (Some(_), None) => from.session().is_none(),
    }
}

fn tier_of(roster: &Roster, from: &SessionName) -> Result<Tier, Breach> {
    let breach = |rule| Breach { rule, addressees: Vec::new() };
    let Some(member) = roster.member(from) else {
        return Err(breach(format!(
            "{from} is not in the roster: only its sessions hand work to each other"
        )));
    };
    member
        .tier
        .ok_or_else(|| breach(format!("{from} has no tier in the roster, so it may hand work to nobody")))
}

fn tier_named(roster: &Roster, name: &str) -> Option<Tier> {
    roster.member(&SessionName::new(name)).and_then(|m| m.tier)
}

fn names(roster: &Roster, tier: Tier) -> Vec<String> {
    let of_tier = |m: &&Member| m.tier == Some(tier) && !roster.keeps_back(m);
    roster.members.iter().filter(of_tier).map(|m| m.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster() -> Roster {
        let m = |name: &str, tier, boss: Option<&str>| Member {
            name: name.into(),
            tier,
            reports_to: boss.map(Into::into),
            ..Member::default()
        };
        Roster {
            members: vec![
                m("architect", Some(Tier::HighLevel), None),
                m("oracle", Some(Tier::HighLevel), None),
                m("claude_orchestrator", Some(Tier::Manager), Some("architect")),
                m("wrapper_claude", Some(Tier::Manager), Some("architect")),
                m("dev_worker1", Some(Tier::Worker), Some("claude_orchestrator")),
                m("fixer", Some(Tier::Worker), Some("architect")),
                m("scratch", None, None),
            ],
            ..Roster::default()
        }
    }

    #[test]
    fn the_table_of_every_pair() {
        // From, to, and who is named instead when it is refused.
        let managers = "claude_orchestrator, wrapper_claude";
        let workers = "dev_worker1, fixer";
        for (from, to, want) in [
            ("architect", "oracle", Some(managers)),
            ("architect", "claude_orchestrator", None),
            ("architect", "dev_worker1", Some("claude_orchestrator")),
            ("architect", "fixer", Some(managers)),
            ("architect", "scratch", Some(managers)),
            ("architect", "nobody", Some(managers)),
            ("claude_orchestrator", "architect", Some(workers)),
            ("claude_orchestrator", "wrapper_claude", Some(workers)),
            ("claude_orchestrator", "dev_worker1", None),
            ("wrapper_claude", "dev_worker1", None),
            ("claude_orchestrator", "scratch", Some(workers)),
            ("dev_worker1", "architect", Some("claude_orchestrator")),
            ("dev_worker1", "claude_orchestrator", Some("claude_orchestrator")),
            ("dev_worker1", "fixer", Some("claude_orchestrator")),
            ("dev_worker1", "scratch", Some("claude_orchestrator")),
            ("scratch", "architect", Some("")),
            ("scratch", "claude_orchestrator", Some("")),
            ("scratch", "dev_worker1", Some("")),
            ("nobody", "dev_worker1", Some("")),
            ("claude_orchestrator", "claude_orchestrator", Some("")),
        ] {
            let got = may_hand(&roster(), &Sender::Session(SessionName::new(from)), &SessionName::new(to));
            let named = got.as_ref().err().map(|b| b.addressees.join(", "));
            assert_eq!(named.as_deref(), want, "{from} → {to}: {got:?}");
            if let Err(breach) = got {
                assert!(breach.rule.contains(from) && !breach.hint().is_empty(), "{breach:?}");
            }
        }
    }

    #[test]
    fn the_operator_may_do_anything() {
        for to in roster().members {
            assert_eq!(may_hand(&roster(), &Sender::Operator, &SessionName::new(&to.name)), Ok(()));
        }
    }

    #[test]
    fn without_a_target_the_tier_below_takes_it() {
        let takers = |from: Sender, role| takers(&roster(), &from, role).map_err(|b| b.rule);
        let session = |n: &str| Sender::Session(SessionName::new(n));
        assert_eq!(takers(session("architect"), false), Ok(Some(Tier::Manager)));
        assert_eq!(takers(session("architect"), true), Ok(Some(Tier::Manager)));
        assert_eq!(takers(session("wrapper_claude"), false), Ok(Some(Tier::Worker)));
        assert_eq!(takers(Sender::Operator, false), Ok(Some(Tier::Worker)));
        assert_eq!(takers(Sender::Operator, true), Ok(None));
        assert!(takers(session("dev_worker1"), false).is_err());
        assert!(takers(session("scratch"), true).is_err());
    }
}
