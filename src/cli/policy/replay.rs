//! `archtui policy replay`: what today's rules would have decided on every dialog in the ledger, beside what was decided.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::past::{self, Since};
use crate::cli::setup::Ground;
use crate::cli::{Fail, Global, out};
use crate::domain::ledger::{Beside, Past, said};
use crate::domain::policy::{PRESETS, Verdict};
use crate::domain::text;
use crate::evidence::hindsight;
use crate::evidence::rules::Rules;
use crate::ports::{Asks, Surroundings};

/// Which dialogs, by which rules.
#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    since: Since,
    /// The rules to judge by [default: each session's, as the config has it today]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(PRESETS))]
    preset: Option<String>,
    /// Print one line of JSON, schema `archtui.replay/1`
    #[arg(long)]
    json: bool,
}

/// A dialog judged anew; the error says why it cannot be.
struct Row<'a> {
    past: &'a Past,
    now: Result<Verdict, String>,
}

/// What today's rules say, by the rule: confirmed, in shadow, held or denied.
#[derive(Default)]
struct Count {
    live: u32,
    shadow: u32,
    other: u32,
}

impl Replay {
    /// Judges everything anew and prints.
    pub fn run(&self, global: &Global) -> Result<(), Fail> {
        let ground = Ground::lay(global)?;
        let rules = super::rules(&ground)?;
        let pasts = past::pasts(&ground, &self.since)?;
        let preset = self.preset.as_deref();
        let rows: Vec<Row> =
            pasts.iter().map(|past| Row { past, now: judge(&rules, past, preset) }).collect();
        if self.json {
            out::json(&self.as_json(&rows));
        } else {
            self.as_text(&rows);
        }
        Ok(())
    }

    fn as_json(&self, rows: &[Row]) -> Value {
        let changes: Vec<Value> = rows.iter().filter_map(Row::change).collect();
        let unjudged: Vec<Value> = rows.iter().filter_map(Row::unjudged).collect();
        let rules: Vec<Value> = by_rule(rows)
            .iter()
            .map(|(rule, n)| json!({ "rule": rule, "confirm": n.live, "would_confirm": n.shadow, "other": n.other }))
            .collect();
        json!({
            "schema": "archtui.replay/1",
            "at": past::now().to_string(),
            "since": self.since.from().map(|t| t.to_string()),
            "preset": self.preset,
            "dialogs": rows.len(),
            "same": count(rows, Beside::Same),
            "same_by_another_rule": count(rows, Beside::OtherRule),
            "changed": count(rows, Beside::Other),
            "cannot_be_judged": unjudged.len(),
            "changes": changes,
            "unjudged": unjudged,
            "rules": rules,
        })
    }

    fn as_text(&self, rows: &[Row]) {
        let by = self
            .preset
            .as_ref()
            .map_or("each session's rules of today".to_owned(), |p| format!("the preset {p}"));
        let (same, other) = (count(rows, Beside::Same), count(rows, Beside::OtherRule));
        let (changed, unjudged) =
            (count(rows, Beside::Other), rows.iter().filter(|r| r.now.is_err()).count());
        out::line(&format!("{} dialogs, by {by}", rows.len()));
        out::line(&format!("{same:6}  decided the same"));
        out::line(&format!("{other:6}  decided the same, by another rule"));
        out::line(&format!("{changed:6}  decided otherwise{}", turns(rows)));
        out::line(&format!("{unjudged:6}  cannot be judged"));
        section(
            "decided otherwise",
            rows.iter().filter(|r| r.beside() == Some(Beside::Other)).map(Row::line),
        );
        section(
            "by another rule",
            rows.iter().filter(|r| r.beside() == Some(Beside::OtherRule)).map(Row::line),
        );
        section("cannot be judged", rows.iter().filter(|r| r.now.is_err()).map(Row::line));
        let rules = by_rule(rows);
        section(
            "by rule, today",
            rules.iter().map(|(rule, n)| {
                let shadow =
                    if n.shadow > 0 { format!(", would confirm {}", n.shadow) } else { String::new() };
                format!("{rule:28} confirms {}{shadow}, leaves {} to a person", n.live, n.other)
            }),
        );
    }
}

fn judge(rules: &Rules, past: &Past, preset: Option<&str>) -> Result<Verdict, String> {
    let dialog = past.dialog()?;
    let scene = &past.opened.body.scene;
    let cwd = scene.cwd.as_deref().map(PathBuf::from);
    let (session, agent) = (scene.session.clone(), scene.agent.clone());
    let surroundings = Surroundings::default();
    let asks = Asks { session, agent, cwd, gone_to: None, keeps: None, surroundings };
    hindsight::verdict(rules, &asks, &dialog, preset)
}

fn count(rows: &[Row], what: Beside) -> usize {
    rows.iter().filter(|r| r.beside() == Some(what)).count()
}

/// From what to what the decisions turned: ` (hold → confirm 4, confirm → hold 1)`.
fn turns(rows: &[Row]) -> String {
    let mut turns: BTreeMap<String, u32> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.beside() == Some(Beside::Other)) {
        if let Ok(now) = &row.now {
            *turns.entry(format!("{} → {}", row.past.word().word(), said(now).word())).or_default() += 1;
        }
    }
    let told: Vec<String> = turns.iter().map(|(turn, n)| format!("{turn} {n}")).collect();
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
}

fn by_rule<'a>(rows: &'a [Row]) -> BTreeMap<&'a str, Count> {
    use crate::domain::policy::Action;
    let mut counts: BTreeMap<&'a str, Count> = BTreeMap::new();
    for now in rows.iter().filter_map(|r| r.now.as_ref().ok()) {
        let count = counts.entry(crate::domain::ledger::rule(now)).or_default();
        match (now.action, said(now)) {
            (Action::Confirm, _) => count.live += 1,
            (_, Action::Confirm) => count.shadow += 1,
            _ => count.other += 1,
        }
    }
    counts
}

fn section(title: &str, lines: impl Iterator<Item = String>) {
    for (n, line) in lines.enumerate() {
        if n == 0 {
            out::line(&format!("\n{title}"));
        }
        out::line(&format!("  {}", text::printable(&line)));
    }
}

impl Row<'_> {
    fn beside(&self) -> Option<Beside> {
        self.now.as_ref().ok().map(|now| self.past.beside(now))
    }

    fn line(&self) -> String {
        let body = &self.past.opened.body;
        let subject = body.subject.as_ref().map_or("", |s| s.as_str()).replace('\n', " ⏎ ");
        let then = format!("{} ({})", self.past.word().word(), body.verdict.rule);
        let now = match &self.now {
            Ok(now) => format!("{} ({})", said(now).word(), crate::domain::ledger::rule(now)),
            Err(why) => why.clone(),
        };
        format!(
            "#{} {} {} {} {}  {then} → {now}",
            self.past.opened.seq,
            body.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            body.scene.session,
            body.operation.word(),
            text::fit(&text::printable(&subject), 80),
        )
    }

    fn change(&self) -> Option<Value> {
        let now = self.now.as_ref().ok()?;
        let beside = self.past.beside(now);
        if beside == Beside::Same {
            return None;
        }
        let mut told = self.told();
        told["kind"] = if beside == Beside::Other { "decision".into() } else { "rule".into() };
        told["now"] = json!({
            "action": said(now),
            "shadow": now.action != said(now),
            "rule": crate::domain::ledger::rule(now),
            "file": now.would.as_deref().unwrap_or(now).file,
            "reason": now.reason,
        });
        Some(told)
    }

    fn unjudged(&self) -> Option<Value> {
        let why = self.now.as_ref().err()?;
        let mut told = self.told();
        told["why"] = why.as_str().into();
        Some(told)
    }

    fn told(&self) -> Value {
        let body = &self.past.opened.body;
        json!({
            "seq": self.past.opened.seq,
            "at": body.at.to_string(),
            "session": body.scene.session,
            "operation": body.operation,
            "subject": body.subject,
            "then": {
                "action": self.past.word(),
                "shadow": body.verdict.action != self.past.word(),
                "rule": body.verdict.rule,
                "outcome": self.past.outcome,
            },
        })
    }
}
