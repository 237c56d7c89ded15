//! The procedure's daily and weekly checks, as far as what is known here answers them. What is not observed says so.

use std::collections::BTreeSet;

use super::{Post, State};
use crate::domain::branch::RuleId;
use crate::domain::branch::Severity;
use crate::domain::status::State as Status;

/// How often it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How often.
    pub due: Due,
    /// What the procedure asks.
    pub asks: &'static str,
    /// Whether that is well; `None` = not known here.
    pub well: Option<bool>,
    /// What is known, in words.
    pub found: String,
}

impl State {
    /// All checks, in the procedure's order.
    pub fn routine(&self) -> Vec<Check> {
        let check = |due, asks, well, found| Check { due, asks, well, found };
        let (on, confirms) = self.confirms();
        let (all, sessions) = self.active();
        let (clean, git) = self.worker_git();
        let prs: BTreeSet<u32> =
            self.fleet.sessions.iter().filter_map(|s| s.tracker.reading().pull_request).collect();
        let prs = if prs.is_empty() {
            "not observed: no agent's screen names one".to_owned()
        } else {
            let numbers: Vec<String> = prs.iter().map(|n| format!("#{n}")).collect();
            format!("agents' screens name {}; whether they were reviewed is not observed", numbers.join(", "))
        };
        let stale = self.branches.survey.as_deref().filter(|s| s.complete).map(|survey| {
            let findings = survey.trees.values().flat_map(|t| &t.findings);
            findings.filter(|f| f.rule == RuleId::StaleBranch).count()
        });
        let branches = match stale {
            None => "the work trees have not been looked at yet".to_owned(),
            Some(0) => "no old branches were found".to_owned(),
            Some(n) => format!("{n} findings of old branches: see the branches panel"),
        };
        let unseen = || "not observed".to_owned();
        vec![
            check(Due::Daily, "auto-confirm is running", on, confirms),
            check(Due::Daily, "all sessions are active", all, sessions),
            check(Due::Daily, "open pull requests are reviewed", None, prs),
            check(Due::Daily, "the workers' git status is well", clean, git),
            check(Due::Weekly, "the efficiency manager's reports are read", None, unseen()),
            check(Due::Weekly, "recommended automations are in place", None, unseen()),
            check(Due::Weekly, "the procedure itself is up to date", None, unseen()),
            check(Due::Weekly, "old branches are cleaned up", stale.map(|n| n == 0), branches),
        ]
    }

    fn confirms(&self) -> (Option<bool>, String) {
        let board = &self.board;
        match (&board.post, &board.paused, &board.trouble) {
            (Post::None, ..) => (None, "not connected".to_owned()),
            (Post::Observing(who), ..) => (None, format!("somebody else acts: {who}")),
            (Post::Barred(why), ..) => (Some(false), why.clone()),
            (Post::Acting, Some(since), _) => (Some(false), format!("paused by {}", since.who)),
            (Post::Acting, None, Some(trouble)) => (Some(false), trouble.clone()),
            (Post::Acting, None, None) if board.preset == "watch" && board.live_alone > 0 => {
                (Some(true), format!("live in {}, watching elsewhere", board.live_alone))
            }
            (Post::Acting, None, None) if board.preset == "watch" => {
                (Some(false), "it only watches (preset watch)".to_owned())
            }
            (Post::Acting, None, None) => (Some(true), format!("live under {}", board.preset)),
        }
    }

    fn active(&self) -> (Option<bool>, String) {
        if !self.connected() || !self.listed {
            return (None, "not connected".to_owned());
        }
        let roster: Vec<_> = self.fleet.sessions.iter().filter(|s| s.member.is_some()).collect();
        if roster.is_empty() {
            return (None, "the config names no sessions".to_owned());
        }
        let out = |s: &&&super::Session| matches!(s.state, Status::Gone | Status::Exited | Status::Shell);
        let names: Vec<&str> = roster.iter().filter(out).map(|s| s.label.as_str()).collect();
        match names[..] {
            [] => (Some(true), format!("all {} have an agent", roster.len())),
            _ => (Some(false), format!("without an agent: {}", names.join(", "))),
        }
    }

    fn worker_git(&self) -> (Option<bool>, String) {
        let Some(survey) = self.branches.survey.as_deref().filter(|s| s.complete) else {
            return (None, "the work trees have not been looked at yet".to_owned());
        };
        if survey.trees.is_empty() {
            return (None, "no session works in a work tree".to_owned());
        }
        let (red, amber) = (self.trees_with(Severity::Red), self.trees_with(Severity::Amber));
        let of = survey.trees.len();
        (Some(red == 0), format!("of {of} work trees {red} are red and {amber} amber"))
    }
}
