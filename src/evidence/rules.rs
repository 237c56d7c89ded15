//! The rules in force for each session of the fleet, with the place in which a request is made: where the agent works,
//! the work tree around it, where a path's links lead. What the rules say is for `domain::policy`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{calls, links, place};
use crate::domain::dialog::Dialog;
use crate::domain::policy::{self, Around, Context, Policy, Subject, Verdict};
use crate::domain::roster::Roster;
use crate::domain::session::SessionName;
use crate::ports::{Asks, Judge, Judgement, Surroundings};

/// Sessions that no config names are only watched.
const UNMANAGED: &str = "watch";

/// Everything that judging needs and that does not change while the program runs.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The preset of sessions of the roster.
    pub preset: String,
    /// What single members have instead, in the roster's order.
    pub presets: Vec<Option<String>>,
    /// The fleet.
    pub roster: Roster,
    /// The home folder.
    pub home: Option<PathBuf>,
    /// Our own files and folders: no agent touches them.
    pub own: Vec<PathBuf>,
    /// Patterns of branches that nobody commits to.
    pub protected_branches: Vec<String>,
    /// The config file that chose the presets.
    pub config: Option<PathBuf>,
    /// Every policy by the name of its preset.
    pub policies: BTreeMap<String, Policy>,
}

/// A shell takes this path for its folder's, though that has another one: then it goes up from there.
fn is_another_way(pwd: &Path, placed: &Context) -> bool {
    let folder = placed.cwd.as_deref().map(Path::new);
    folder.is_some_and(|folder| pwd != folder && pwd.canonicalize().is_ok_and(|real| real == folder))
}

impl Rules {
    /// Who asks and where.
    pub fn context(&self, asks: &Asks) -> Context {
        let utf8 = |p: &Path| p.to_str().map(str::to_owned);
        let home = self.home.as_deref();
        let placed = match (asks.cwd.as_deref(), asks.gone_to.as_deref()) {
            (Some(cwd), Some(folder)) if folder != cwd => place::gone_to(folder, cwd, home),
            (Some(cwd), _) => Some(place::of(cwd, home)),
            (None, _) => None,
        };
        let mut placed = placed.unwrap_or_default();
        let Surroundings { pwd, home, cdpath, other_settings, other_repository, unread } = &asks.surroundings;
        if *other_repository || *unread {
            placed.around = Around::Embedded;
        }
        let linked = *unread || pwd.as_deref().is_some_and(|pwd| is_another_way(pwd, &placed));
        let member = self.roster.member(&asks.session);
        let begin_with = asks.gone_to.as_deref().or(asks.cwd.as_deref()).map(place::remotes_begin_with);
        Context {
            session: asks.session.as_str().to_owned(),
            role: member.and_then(|m| m.role.clone()),
            tier: member.and_then(|m| m.tier).map(|t| t.word().to_owned()),
            agent: asks.agent.clone(),
            protected_branches: self
                .protected_branches
                .iter()
                .cloned()
                .chain(begin_with.unwrap_or_default())
                .collect(),
            own: self.own.iter().filter_map(|p| utf8(p)).collect(),
            linked,
            cdpath: *cdpath || *unread,
            agents_home: home.as_deref().and_then(utf8),
            other_settings: *other_settings || *unread,
            ..placed
        }
    }

    /// The preset in force for a session.
    pub fn preset(&self, session: &SessionName) -> String {
        match self.roster.place(session) {
            Some(at) => self.presets.get(at).cloned().flatten().unwrap_or_else(|| self.preset.clone()),
            None => UNMANAGED.to_owned(),
        }
    }

    /// What is to be done about a dialog: by the rules in force for the session that asks, or by a preset.
    pub fn on_dialog(&self, asks: &Asks, dialog: &Dialog, preset: Option<&str>) -> Verdict {
        self.verdict(asks, preset, |ctx, policy| judged(dialog, ctx, policy))
    }

    /// The one way to a verdict, for whoever acts and for whoever asks what would be done: the place of the request, the
    /// policy in force there, and every link followed.
    pub fn verdict(
        &self,
        asks: &Asks,
        preset: Option<&str>,
        judge: impl Fn(&Context, &Policy) -> Verdict,
    ) -> Verdict {
        let ctx = self.context(asks);
        // A config that an agent could have written may only tighten.
        let agents_own = preset.is_none()
            && ctx.work_tree.as_deref().is_some_and(|tree| self.config_lies_in(Path::new(tree)));
        let name = match preset {
            Some(name) => name.to_owned(),
            None if agents_own => UNMANAGED.to_owned(),
            None => self.preset(&asks.session),
        };
        let Some(policy) = self.policies.get(&name) else {
            return Verdict::unjudged("no policy is in force for this session");
        };
        let verdict = links::followed(&ctx, |ctx| judge(ctx, policy));
        if !agents_own {
            return verdict;
        }
        let reason = format!(
            "{}; archtui.toml lies in this agent's work tree: nothing is confirmed there",
            verdict.reason
        );
        Verdict { reason, ..verdict }
    }

    fn config_lies_in(&self, tree: &Path) -> bool {
        self.config.as_deref().is_some_and(|config| config.starts_with(tree))
    }
}

impl Judge for Rules {
    fn judge(&self, asks: &Asks, dialog: &Dialog, last: bool) -> Option<Judgement> {
        self.by_record(asks, dialog, None, last)
    }

    fn is_over(&self, asks: &Asks, dialog: &Dialog, calls: &[String], since: Timestamp) -> bool {
        calls::is_over(asks, dialog, calls, since)
    }

    fn fleet_preset(&self) -> String {
        self.preset.clone()
    }

    fn live_alone(&self) -> u32 {
        let live = self.presets.iter().flatten().filter(|preset| *preset != UNMANAGED);
        if self.preset == UNMANAGED { live.count() as u32 } else { 0 }
    }
}

/// What the rules say of a dialog as it stands on a screen, or of a hook's call.
pub fn judged(dialog: &Dialog, ctx: &Context, policy: &Policy) -> Verdict {
    if dialog.options.is_empty() && dialog.complete {
        // A hook's call: it is whole, and nothing is chosen.
        let subject = Subject::of(dialog.operation, dialog.subject.as_deref());
        policy::judge_operation(dialog.operation, dialog.tool.as_deref(), subject, ctx, policy)
    } else {
        policy::judge(dialog, ctx, policy)
    }
}

#[cfg(test)]
pub(super) mod tests;
