//! `archtui policy rules`: the rules in force in the order in which they are tried, each with the file it stands in and
//! what it decided so far, live and in shadow: the evidence by which a person turns a preset live.

use std::collections::BTreeSet;

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::past::{self, Since};
use crate::cli::setup::Ground;
use crate::cli::{Fail, Global, out};
use crate::domain::ledger::{Lives, RuleCount, Tally};
use crate::domain::policy::{PRESETS, Policy, Rule, RuleAction};
use crate::domain::session::SessionName;
use crate::domain::text;

/// Which rules.
#[derive(Debug, Args)]
pub struct RulesArgs {
    #[command(flatten)]
    since: Since,
    /// The session whose rules are told
    #[arg(long, value_name = "NAME", conflicts_with = "preset")]
    session: Option<String>,
    /// The rules of a preset [default: the fleet's if a config names one, else sop]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(PRESETS))]
    preset: Option<String>,
    /// Print one line of JSON, schema `archtui.rules/1`
    #[arg(long)]
    json: bool,
}

impl RulesArgs {
    /// Counts and prints.
    pub fn run(&self, global: &Global) -> Result<(), Fail> {
        let ground = Ground::lay(global)?;
        let rules = super::rules(&ground)?;
        let preset = match (&self.preset, &self.session) {
            (Some(name), _) => name.clone(),
            (None, Some(session)) => rules.preset(&SessionName::new(session)),
            (None, None) if ground.loaded.file.is_some() => rules.preset.clone(),
            (None, None) => "sop".to_owned(),
        };
        let policy = rules.policies.get(&preset).expect("every preset has its policy");
        let mut tally = Tally::default();
        let mut lives = Lives::default();
        past::each(&ground, &self.since, |entry| {
            if lives.is_news(&entry) {
                tally.add(&entry);
            }
        })?;
        if self.json {
            out::json(&self.as_json(&preset, policy, &tally));
        } else {
            as_text(&preset, policy, &tally);
        }
        Ok(())
    }

    fn as_json(&self, preset: &str, policy: &Policy, tally: &Tally) -> Value {
        let rules: Vec<Value> = in_order(policy)
            .map(|r| {
                let mut told = counts(&tally.rules.get(&r.id).copied().unwrap_or_default());
                told["rule"] = r.id.as_str().into();
                told["action"] = r.action.map(RuleAction::word).into();
                told["file"] = Some(&r.origin).filter(|o| !o.is_empty()).cloned().into();
                told["reason"] = r.reason.as_str().into();
                told
            })
            .collect();
        let others: Vec<Value> = others(policy, tally)
            .map(|(id, count)| {
                let mut told = counts(count);
                told["rule"] = id.into();
                told
            })
            .collect();
        json!({
            "schema": "archtui.rules/1",
            "at": past::now().to_string(),
            "since": self.since.from().map(|t| t.to_string()),
            "preset": preset,
            "presses": policy.presses(),
            "rules": rules,
            "others": others,
        })
    }
}

fn as_text(preset: &str, policy: &Policy, tally: &Tally) {
    let presses = if policy.presses() { "" } else { " (watches: presses nothing)" };
    out::line(&format!(
        "the rules of {preset}{presses}, deny before hold before allow; in the ledger so far:"
    ));
    out::line(&format!(
        "{:6} {:22} {:>9} {:>6} {:>7} {:>6}  stands in",
        "", "rule", "confirmed", "denied", "would", "held"
    ));
    for r in in_order(policy) {
        let n = tally.rules.get(&r.id).copied().unwrap_or_default();
        let line = format!(
            "{:6} {:22} {:>9} {:>6} {:>7} {:>6}  {}: {}",
            r.action.map_or("", RuleAction::word),
            r.id,
            n.cleared,
            n.denied,
            n.watched,
            n.held,
            r.origin,
            r.reason
        );
        out::line(&text::printable(&line));
    }
    for (id, n) in others(policy, tally) {
        let line = format!(
            "{:6} {id:22} {:>9} {:>6} {:>7} {:>6}  no rule in force",
            "", n.cleared, n.denied, n.watched, n.held
        );
        out::line(&text::printable(&line));
    }
}

/// Deny, hold, allow: as they are tried.
fn in_order(policy: &Policy) -> impl Iterator<Item = &Rule> {
    let of = |action: RuleAction| policy.rules().iter().filter(move |r| r.action == Some(action));
    of(RuleAction::Deny).chain(of(RuleAction::Hold)).chain(of(RuleAction::Allow))
}

/// What the ledger names and this policy does not: the judge's own words, and rules that are gone.
fn others<'a>(policy: &'a Policy, tally: &'a Tally) -> impl Iterator<Item = (&'a str, &'a RuleCount)> {
    let known: BTreeSet<&str> = policy.rules().iter().map(|r| r.id.as_str()).collect();
    tally.rules.iter().map(|(id, n)| (id.as_str(), n)).filter(move |(id, _)| !known.contains(id))
}

fn counts(n: &RuleCount) -> Value {
    json!({
        "confirmed": n.cleared, "denied": n.denied, "would_confirm": n.watched, "held": n.held, "failed": n.failed,
        "unknown": n.unknown,
    })
}
