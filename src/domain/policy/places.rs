//! Where a part of a command runs, and on which branch: all the places that are possible, since an earlier `cd` or
//! `git switch` may have failed.

use super::Context;
use super::path::Located;
use crate::domain::bash::{Joint, Outcome, Use, Word};

/// More places than this are not followed.
const MAX_PLACES: usize = 8;

/// One possible place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// The working folder.
    pub cwd: String,
    /// The branch checked out; `None` if not known.
    pub branch: Option<String>,
    /// In another repository than the session's, or perhaps: in another folder.
    pub elsewhere: bool,
    /// It was reached through a symbolic link: `cd ..` goes back another way than `..` in a path.
    pub linked: bool,
}

/// The places where the next part may run.
#[derive(Debug, Clone)]
pub(super) struct Places {
    now: Vec<Spot>,
    /// Where it would run if a part before it in a chain of `&&` had failed.
    failed: Vec<Spot>,
}

impl Places {
    pub(super) fn new(ctx: &Context) -> Self {
        let now = ctx.cwd.iter().map(|cwd| Spot {
            cwd: cwd.clone(),
            branch: ctx.branch.clone(),
            elsewhere: false,
            linked: ctx.linked,
        });
        Self { now: now.collect(), failed: Vec::new() }
    }

    /// Takes the joint before a part into account: behind anything but `&&` a failure may have happened.
    pub(super) fn before(&mut self, joint: Joint) {
        if matches!(joint, Joint::Or | Joint::Then) {
            let failed = std::mem::take(&mut self.failed);
            merge(&mut self.now, failed);
        }
    }

    /// The places of a part, gone to `folder` first. The error says why they cannot be told.
    pub(super) fn spots(&self, folder: Option<&str>, ctx: &Context) -> Result<Vec<Spot>, String> {
        if self.now.is_empty() {
            return Err("the working folder is not known".into());
        }
        if self.now.len() > MAX_PLACES {
            return Err("too many folders are possible here".into());
        }
        self.now
            .iter()
            .map(|spot| {
                let cwd = folder.unwrap_or(".");
                let located = Located::new(cwd, Some(&spot.cwd), ctx)?;
                if !located.is_inside() || located.is_null() {
                    let none = ctx.work_tree.is_none();
                    let why = if none { "lies in no work tree" } else { "is outside the work tree" };
                    return Err(format!("{} {why}", located.absolute()));
                }
                Ok(Spot {
                    cwd: located.absolute(),
                    branch: spot.branch.clone(),
                    elsewhere: is_elsewhere(&located, ctx),
                    linked: spot.linked,
                })
            })
            .collect()
    }

    /// Takes into account what a part did. `perhaps`: the next one may run where nothing of that is true, since it is a
    /// part of a pipeline, or is left out behind `||`.
    pub(super) fn after(&mut self, outcome: &Outcome, words: &[Word], perhaps: bool, ctx: &Context) {
        let mut next = self.now.clone();
        for one in &outcome.uses {
            match one {
                Use::Branch(name) => next.iter_mut().for_each(|s| s.branch = Some(name.clone())),
                Use::Path(_, to) if words.first().is_some_and(|w| w.text == "cd") => {
                    for spot in &mut next {
                        if let Ok(there) = Located::new(to, Some(&spot.cwd), ctx) {
                            spot.cwd = there.absolute();
                            spot.linked |= there.is_linked();
                        }
                    }
                }
                Use::Path(..)
                | Use::Through { .. }
                | Use::Rewrites { .. }
                | Use::Local { .. }
                | Use::Remotes
                | Use::Ref(_) => {}
            }
        }
        if next == self.now {
            return;
        }
        let before = std::mem::replace(&mut self.now, next);
        if perhaps {
            merge(&mut self.now, before);
        } else {
            merge(&mut self.failed, before);
        }
    }
}

fn is_elsewhere(here: &Located, ctx: &Context) -> bool {
    if ctx.trees.is_some() {
        return ctx.is_in_another_tree(&here.absolute());
    }
    let at = |path: &Option<String>| {
        path.as_deref()
            .is_some_and(|p| Located::new(p, None, ctx).is_ok_and(|l| l.absolute() == here.absolute()))
    };
    !at(&ctx.cwd) && !at(&ctx.work_tree)
}

fn merge(into: &mut Vec<Spot>, more: Vec<Spot>) {
    for spot in more {
        if !into.contains(&spot) {
            into.push(spot);
        }
    }
}
