//! Judges a shell command part by part, following the folder and the branch from part to part. A command is as bad as
//! its worst part.

use super::context::Around;
use super::path::Located;
use super::places::{Places, Spot};
use super::rule::{Case, PartCase, base};
use super::unknown::loose_uses;
use super::unsettled::Stir;
use super::verdict::{NO_RULE, NOT_VOUCHED};
use super::{Action, PartVerdict, Policy, RuleAction, Verdict, rewrites, subject, through, unsettled};
use crate::domain::bash::{self, Access, Effect, Joint, Outcome, Part, Redirect, Refusal, Use, Word};
use crate::domain::dialog::Operation;

pub(super) fn judge(command: &str, case: &Case, policy: &Policy) -> Verdict {
    let reading = bash::read(command);
    let mut places = Places::new(case.ctx);
    let mut worst: Option<Verdict> = None;
    let mut parts = Vec::new();
    let mut pipeline: Vec<&str> = Vec::new();
    let stirring = unsettled::in_pipelines(&reading.parts, &policy.programs);
    let mut stirred = Stir::Nothing;
    for (i, part) in reading.parts.iter().enumerate() {
        if part.joint != Joint::Pipe {
            pipeline.clear();
        }
        places.before(part.joint);
        let in_pipe =
            part.joint == Joint::Pipe || reading.parts.get(i + 1).is_some_and(|p| p.joint == Joint::Pipe);
        // What stirs by itself is judged by what lies there before it runs.
        let piped = reading.parts.get(i + 1).is_some_and(|p| p.joint == Joint::Pipe);
        let beside = if piped { stirring[i + 1] } else { Stir::Nothing };
        let one = OnePart { part, fed_by: &pipeline, stirred: stirred.max(beside), case, policy };
        let (mut verdict, outcome) = one.judge(&places);
        if i + 1 == reading.parts.len()
            && let Some(fault) = &reading.fault
        {
            verdict = verdict.worse(Verdict::hold("shell", fault.to_string()));
        }
        stirred = stirred.max(stirring[i]);
        if let Some(outcome) = outcome {
            places.after(&outcome, &part.words, in_pipe || part.joint == Joint::Or, case.ctx);
        }
        pipeline.extend(part.words.first().map(|w| w.text.as_str()));
        parts.push(PartVerdict {
            command: part.text.clone(),
            action: verdict.action,
            rule: verdict.rule.clone(),
            file: verdict.file.clone(),
            reason: verdict.reason.clone(),
        });
        worst = Some(match worst {
            Some(so_far) => so_far.worse(verdict),
            None => verdict,
        });
    }
    let empty = || Verdict::hold("shell", reading.fault.map_or_else(String::new, |f| f.to_string()));
    worst.unwrap_or_else(empty).with_parts(parts)
}

/// What is set for a program and makes it load code: then it does more than read.
pub(super) const LOADS: [&str; 2] = ["PYTHONPATH", "NODE_OPTIONS"];

pub(super) struct OnePart<'a> {
    pub(super) part: &'a Part,
    fed_by: &'a [&'a str],
    /// What an earlier part, or one that runs at the same time, does to what was looked up: it may find something else there.
    stirred: Stir,
    case: &'a Case<'a>,
    pub(super) policy: &'a Policy,
}

impl OnePart<'_> {
    /// The verdict, and what the part does if it is vouched for.
    fn judge(&self, places: &Places) -> (Verdict, Option<Outcome>) {
        let words = &self.part.words;
        let mut vouched = bash::vouch(&self.policy.programs, words);
        let uses = self.uses(&vouched);
        let folder = vouched.as_ref().ok().and_then(|o| o.folder.clone());
        let folder = folder.as_deref();
        let spots = places.spots(folder, self.case.ctx);
        let at = spots.as_deref().unwrap_or_default();
        let elsewhere = at.iter().any(|s| s.elsewhere);
        let git = words.iter().any(|w| matches!(w.text.as_str(), "git" | "gh"));
        let not_ours = git && self.not_ours(&vouched, at);
        // Another repository's configuration may start programs.
        let starts_more =
            elsewhere && git || self.part.sets.iter().any(|(name, _)| LOADS.contains(&name.as_str()));
        if let Ok(outcome) = &mut vouched
            && outcome.effect == Effect::Read
            && starts_more
        {
            outcome.effect = Effect::Run;
        }
        let effect = vouched.as_ref().ok().map(|o| o.effect);
        let branches = branches(&uses, effect, at);
        let mut located = self.locate(&uses, at);
        if let (Some(folder), Ok(all)) = (folder, &mut located) {
            let before = places.spots(None, self.case.ctx).unwrap_or_default();
            all.extend(
                self.locate(&[Use::Path(Access::Read, folder.to_owned())], &before).unwrap_or_default(),
            );
        }
        let paths: Vec<Located> = located.iter().flatten().map(|(_, path)| path.clone()).collect();
        let case = Case {
            paths: &paths,
            part: Some(PartCase {
                text: &self.part.text,
                words,
                effect,
                known: vouched.as_ref().map_or_else(|r| r.known, |_| true),
                branches: &branches,
                elsewhere: elsewhere && !branches.is_empty() || not_ours,
                // What is read is judged as the agent's own read; `< x` is `cat x |`.
                redirect: self.part.redirects.iter().any(|r| matches!(r, Redirect::Into(_))),
                fed_by: self.fed_by,
            }),
            ..*self.case
        };
        if let Some(verdict) = self.forbidden(&case, &starts(&vouched, words)) {
            return (verdict, vouched.ok());
        }
        if vouched.as_ref().is_err_and(|r| r.wraps)
            && let Some(verdict) = self.forbidden_within(&case)
        {
            return (verdict, None);
        }
        if let Err(why) = spots {
            return (Verdict::hold("outside", why), None);
        }
        if let Err(why) = self.surroundings() {
            return (Verdict::hold("shell", why), None);
        }
        let allowed = match (self.policy.find(RuleAction::Allow, &case), &vouched) {
            (Some(rule), Err(refusal)) if refusal.wraps && rule.allows_any_program() => {
                self.behind().unwrap_or_else(|| Verdict::by(Action::Confirm, rule))
            }
            (Some(rule), _) => Verdict::by(Action::Confirm, rule),
            (None, Err(refusal)) => Verdict::hold(NOT_VOUCHED, refusal.reason.clone()),
            (None, Ok(outcome)) => {
                Verdict::hold(NO_RULE, format!("no rule allows a command that {}", outcome.effect.does()))
            }
        };
        // Whoever allows it: every path must be one that the agent's own tools may touch in that way.
        let verdict = match located {
            _ if vouched.is_err() && allowed.action != Action::Confirm => allowed,
            Err(why) => allowed.worse(Verdict::hold("path", why)),
            Ok(located) => {
                let paths = located.iter().flat_map(|(_, path)| path.way()).collect();
                Verdict { paths, ..self.worst_path(&located).map_or(allowed.clone(), |v| allowed.worse(v)) }
            }
        };
        let looked_up = if self.stirred == Stir::Unsettles {
            unsettled::judge(&uses, words, folder)
        } else {
            let changed = rewrites::judge(&uses, at, self.case, self.policy);
            through::judge(&uses, at, self.case, self.policy).worse(changed)
        };
        (verdict.worse(looked_up), vouched.ok())
    }

    /// True where git changes what may belong to another work tree, takes a folder of files for a repository, or may when it runs, or,
    /// where there is none, compares any two files.
    fn not_ours(&self, vouched: &Result<Outcome, Refusal>, at: &[Spot]) -> bool {
        let ctx = self.case.ctx;
        // Only where `.git` lies is it known what git takes, whatever was made beside.
        let is_root = |spot: &Spot| ctx.work_tree.as_ref() == Some(&spot.cwd);
        if at.iter().any(|spot| ctx.is_embedded(&spot.cwd) || self.stirred > Stir::Nothing && !is_root(spot))
        {
            return true;
        }
        let changes = vouched.as_ref().is_ok_and(|o| o.effect >= Effect::Write);
        match ctx.around {
            Around::Tree => changes && at.iter().any(|spot| ctx.is_in_another_tree(&spot.cwd)),
            Around::Embedded => true,
            Around::Nothing => {
                self.part.words.iter().any(|w| w.text == "diff") || changes && at.iter().any(|s| s.elsewhere)
            }
        }
    }

    /// Whoever allows it: what is set for it, and the only number that may be expanded.
    fn surroundings(&self) -> Result<(), String> {
        self.policy.programs.sets_are_harmless(&self.part.sets)?;
        let words = &self.part.words;
        match words.iter().find(|w| w.status) {
            Some(w) if words[0].text != "echo" => Err(format!("`{}` is a number that is not known", w.text)),
            _ => Ok(()),
        }
    }

    /// The deny or hold rule that names the part, or a program that it starts.
    pub(super) fn forbidden(&self, case: &Case, starts: &[usize]) -> Option<Verdict> {
        starts
            .iter()
            .filter_map(|&at| {
                let part = case.part.map(|p| PartCase { words: p.words.get(at..).unwrap_or_default(), ..p });
                let case = Case { part, ..*case };
                let deny = self.policy.find(RuleAction::Deny, &case).map(|r| (r, Action::Deny));
                let (rule, action) =
                    deny.or_else(|| self.policy.find(RuleAction::Hold, &case).map(|r| (r, Action::Hold)))?;
                Some(Verdict::by(action, rule))
            })
            .reduce(Verdict::worse)
    }

    /// What the arguments and the redirections touch.
    fn uses(&self, vouched: &Result<Outcome, Refusal>) -> Vec<Use> {
        let by_arguments = match vouched {
            Ok(outcome) => {
                let program = programs(vouched, &self.part.words).map(|path| Use::Path(Access::Read, path));
                outcome.uses.iter().cloned().chain(program).collect()
            }
            Err(_) => loose_uses(&self.part.words),
        };
        let redirects = self.part.redirects.iter().filter_map(|r| match r {
            Redirect::From(path) => Some(Use::Path(Access::Read, path.clone())),
            Redirect::Into(path) => Some(Use::Path(Access::Write, path.clone())),
            Redirect::Join | Redirect::Null => None,
        });
        // What a pipe or a file feeds looks at no folder by itself.
        let fed =
            !self.fed_by.is_empty() || self.part.redirects.iter().any(|r| matches!(r, Redirect::From(_)));
        let looks = |one: &Use| !matches!(one, Use::Through { shown: true, .. }) || !fed;
        by_arguments.into_iter().filter(looks).chain(redirects).collect()
    }

    fn locate(&self, uses: &[Use], spots: &[Spot]) -> Result<Vec<(Operation, Located)>, String> {
        let mut out = Vec::new();
        for one in uses {
            let Use::Path(access, path) = one else { continue };
            let operation = subject::operation(*access);
            for spot in spots {
                let located = Located::new(path, Some(&spot.cwd), self.case.ctx)
                    .map_err(|why| format!("{path}: {why}"))?;
                let goes = self.part.words.first().is_some_and(|w| w.text == "cd");
                if goes && (spot.linked || located.is_linked()) && path.contains("..") {
                    return Err(format!("{path}: `..` behind a symbolic link may lead elsewhere"));
                }
                let looked_for = || {
                    !path.starts_with(['/', '~'])
                        && path.split('/').next().is_none_or(|s| !matches!(s, "." | ".."))
                };
                if goes && self.case.ctx.cdpath && looked_for() {
                    return Err(format!("{path}: CDPATH is set, by which `cd` may go elsewhere"));
                }
                out.push((operation, located));
            }
        }
        Ok(out)
    }

    /// Every path must be one that the agent's own tools may touch in that way.
    fn worst_path(&self, located: &[(Operation, Located)]) -> Option<Verdict> {
        located
            .iter()
            .filter(|(_, path)| !path.is_null())
            .map(|(operation, path)| {
                let case = Case { operation: *operation, tool: None, ..*self.case };
                let verdict = subject::located_path(&case, path, self.policy);
                Verdict { reason: format!("{}: {}", path.absolute(), verdict.reason), ..verdict }
            })
            .filter(|v| v.action != Action::Confirm)
            .reduce(Verdict::worse)
    }
}

/// The branches that it goes to or makes, and those that it commits to or pushes.
fn branches(uses: &[Use], effect: Option<Effect>, spots: &[Spot]) -> Vec<Option<String>> {
    let goes_to = uses.iter().filter_map(|u| match u {
        Use::Branch(name) | Use::Ref(name) => Some(Some(name.clone())),
        Use::Path(..) | Use::Through { .. } | Use::Rewrites { .. } | Use::Local { .. } | Use::Remotes => None,
    });
    let commits = spots
        .iter()
        .filter(|_| matches!(effect, Some(Effect::Commit | Effect::Push)))
        .map(|s| s.branch.clone());
    goes_to.chain(commits).collect()
}

/// Where a program may stand among the words. Behind one that starts others, or that nobody knows, at every word.
fn starts(vouched: &Result<Outcome, Refusal>, words: &[Word]) -> Vec<usize> {
    match vouched {
        Ok(outcome) => std::iter::once(0).chain(outcome.starts.iter().copied()).collect(),
        // `.` is far more often a folder than the builtin that reads a script.
        Err(refusal) if refusal.wraps => {
            (0..words.len()).filter(|&at| at == 0 || words[at].text != ".").collect()
        }
        Err(_) => vec![0],
    }
}

/// The files that a part starts by their paths, or that a runner of packages finds in its folder: often links, to files of the tree.
fn programs(vouched: &Result<Outcome, Refusal>, words: &[Word]) -> impl Iterator<Item = String> {
    let runs = words.first().is_some_and(|w| matches!(base(&w.text), "npx" | "yarn" | "pnpm" | "bun"));
    starts(vouched, words).into_iter().filter_map(move |at| {
        let name = words[at].text.as_str();
        // Of an environment's Python the link leads to the machine's own.
        let by_path = name.contains('/') && !base(name).starts_with("python");
        match at {
            _ if by_path => Some(name.to_owned()),
            1.. if runs => Some(format!("node_modules/.bin/{name}")),
            _ => None,
        }
    })
}
