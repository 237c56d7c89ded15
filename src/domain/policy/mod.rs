//! Rules to verdict: may this dialog be confirmed without a person. Pure; deny before hold before allow, and without
//! a rule it is held. Not here: whether the moment is right to press (`confirm`), and how a command is read (`bash`).
//!
//! What text alone cannot show is not judged: symbolic links, what a script or a test does, a shell that was changed
//! beforehand. None of this is a sandbox.

mod command;
mod compile;
mod context;
mod draft;
mod exact;
mod file;
mod glob;
mod meet;
mod page;
mod path;
mod places;
mod preset;
mod rewrites;
mod rule;
mod subject;
mod through;
mod unknown;
mod unsettled;
mod url;
mod verdict;
mod wrapped;

pub use context::{Around, Below, Context, Rewritten, SHOWN, WayOut, WaysOut};
pub use draft::{Cause, Draft};
pub use exact::WholePart;
pub use file::{PolicyError, PolicyFile, RuleAction, RuleSpec, Where};
pub use glob::{fits, fits_any_case};
pub use page::{RulePage, written};
pub use preset::{PRESETS, preset_text};
pub use subject::Subject;
pub use verdict::{Action, PartVerdict, Verdict};

/// A rule as it is written and as it is matched.
pub type Rule = RuleSpec;

use crate::domain::bash::Programs;
use crate::domain::dialog::{Dialog, Meaning, Operation};
use compile::Layer;

/// How far a policy's text is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Part of the program.
    Shipped,
    /// The user's own configuration.
    User,
    /// A file that an agent could have written: it may deny and hold, nothing else.
    TightenOnly,
}

/// A set of rules ready to judge by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    name: String,
    rules: Vec<Rule>,
    programs: Programs,
    exclude: Vec<String>,
    press: bool,
    interval_ms: Option<u64>,
}

impl Policy {
    /// A preset that ships: `watch`, `careful`, `sop` or `wide`.
    pub fn preset(name: &str) -> Option<Self> {
        if !PRESETS.contains(&name) {
            return None;
        }
        preset::load(name).expect("the presets ship with the program and are tested")
    }

    /// A user's policy. What it `extends` is a preset; without that it stands on the deny and hold lists alone.
    pub fn parse(text: &str, origin: &str) -> Result<Self, PolicyError> {
        let below = match file::read(text, origin)?.extends {
            None => "base".to_owned(),
            Some(name) if PRESETS.contains(&name.get_ref().as_str()) => name.into_inner(),
            Some(name) => {
                let hint = format!("one of {}", PRESETS.join(", "));
                let message = format!("no preset is called `{}`", name.get_ref());
                return Err(file::error(text, origin, name.span().start, message, hint));
            }
        };
        let mut policy = preset::load(&below)?.expect("`base` and the presets ship with the program");
        origin.clone_into(&mut policy.name);
        policy.layer(text, origin, Trust::User)?;
        Ok(policy)
    }

    /// Puts further rules on top. On an error nothing is changed.
    pub fn layer(&mut self, text: &str, origin: &str, trust: Trust) -> Result<(), PolicyError> {
        let mut next = self.clone();
        Layer { text, origin, trust }.onto(&mut next)?;
        *self = next;
        Ok(())
    }

    /// Its preset's or file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rules in the order in which they are tried among those of the same action.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// False if everything is judged and nothing pressed.
    pub fn presses(&self) -> bool {
        self.press
    }

    /// Sessions that are left alone, as patterns.
    pub fn excluded(&self) -> &[String] {
        &self.exclude
    }

    /// Leaves further sessions alone, by patterns.
    pub fn leave_alone(&mut self, sessions: &[String]) {
        self.exclude.extend_from_slice(sessions);
    }

    /// How often an unanswered dialog is looked at again where no notice comes.
    pub fn interval_ms(&self) -> Option<u64> {
        self.interval_ms
    }

    /// The first rule of an action that matches.
    fn find(&self, action: RuleAction, case: &rule::Case) -> Option<&Rule> {
        self.rules.iter().find(|r| r.action == Some(action) && r.matches(case))
    }
}

/// Judges a dialog. Only a complete one with exactly one option that allows once can be confirmed.
pub fn judge(dialog: &Dialog, ctx: &Context, policy: &Policy) -> Verdict {
    if let Some(ignored) = excluded(ctx, policy) {
        return ignored;
    }
    if !dialog.complete {
        return shown(Verdict::hold("dialog.incomplete", "part of the dialog is cut off or hidden"), policy);
    }
    let of = |text: Option<&str>| {
        let subject = Subject::of(dialog.operation, text);
        subject::judge(dialog.operation, dialog.tool.as_deref(), subject, ctx, policy)
    };
    let mut verdict = of(dialog.subject.as_deref());
    // A wrapped row and two lines look alike: whichever is worst counts.
    if let (Some(likely), Some(lines)) = (&dialog.subject, &dialog.alternative) {
        verdict = verdict.worse(wrapped::judge(likely, lines, |text| of(Some(text))));
    }
    let once = dialog.options.iter().filter(|o| o.meaning == Meaning::AllowOnce && o.key.is_some()).count();
    let verdict = if verdict.action == Action::Confirm && once != 1 {
        let reason = "no option, or more than one, allows just this once";
        let Verdict { parts, paths, folders, rewritten, .. } = verdict;
        Verdict { parts, paths, folders, rewritten, ..Verdict::hold("dialog.options", reason) }
    } else {
        verdict
    };
    shown(verdict, policy)
}

/// Judges an operation without a dialog: what a hook hands over, or what `policy check` asks.
pub fn judge_operation(
    operation: Operation,
    tool: Option<&str>,
    subject: Subject,
    ctx: &Context,
    policy: &Policy,
) -> Verdict {
    excluded(ctx, policy)
        .unwrap_or_else(|| shown(subject::judge(operation, tool, subject, ctx, policy), policy))
}

fn excluded(ctx: &Context, policy: &Policy) -> Option<Verdict> {
    let pattern = policy.exclude.iter().find(|p| fits_any_case(p, &ctx.session))?;
    Some(Verdict::new(
        Action::Ignore,
        "session.excluded",
        format!("sessions like `{pattern}` are left alone"),
    ))
}

/// What the rules said, or what of it a preset that presses nothing lets through.
fn shown(verdict: Verdict, policy: &Policy) -> Verdict {
    if policy.press || !matches!(verdict.action, Action::Confirm | Action::Deny) {
        return verdict;
    }
    let reason =
        format!("watch only: would {} ({}: {})", verdict.action.word(), verdict.rule, verdict.reason);
    let (parts, paths, folders) = (verdict.parts.clone(), verdict.paths.clone(), verdict.folders.clone());
    let rewritten = verdict.rewritten.clone();
    let would = Some(Box::new(Verdict { parts: Vec::new(), ..verdict }));
    Verdict { would, parts, paths, folders, rewritten, ..Verdict::hold("preset.watch", reason) }
}

#[cfg(test)]
mod draft_tests;
