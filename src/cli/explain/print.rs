//! How an explanation is printed: the JSON that scripts rely on, and lines for a person.

use serde::Serialize;

use crate::cli::out;
use crate::domain::dialog::Dialog;
use crate::domain::policy::{Action, Verdict};
use crate::domain::read::{Composer, Reading};
use crate::domain::status::State;
use crate::domain::text;

/// What `--json` prints for one screen.
#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    agent: Option<&'a str>,
    state: State,
    confidence: f64,
    evidence: &'a [String],
    dialog: Option<&'a Dialog>,
    composer: Option<&'a Composer>,
    mode: Option<&'a str>,
    context_left: Option<u8>,
    tokens: Option<u64>,
    pull_request: Option<u32>,
    version: Option<&'a str>,
    verdict: Judged<'a>,
}

/// The verdict, with the key that would carry it out.
#[derive(Serialize)]
struct Judged<'a> {
    action: Action,
    rule: &'a str,
    reason: &'a str,
    key: Option<&'a str>,
}

/// One line of JSON; `named` is `file` or `session` with its name.
pub fn json(named: Option<(&str, &str)>, r: &Reading, verdict: &Verdict) {
    let name = |kind: &str| named.filter(|(k, _)| *k == kind).map(|(_, name)| name);
    let confirmed = verdict.action == Action::Confirm;
    out::json(&Told {
        schema: "archtui.explain/1",
        file: name("file"),
        session: name("session"),
        agent: r.agent.as_deref(),
        state: r.state,
        confidence: (f64::from(r.confidence) * 100.0).round() / 100.0,
        evidence: &r.evidence,
        dialog: r.dialog.as_ref(),
        composer: r.composer.as_ref(),
        mode: r.mode.as_deref(),
        context_left: r.context_left,
        tokens: r.tokens,
        pull_request: r.pull_request,
        version: r.version.as_deref(),
        verdict: Judged {
            action: verdict.action,
            rule: &verdict.rule,
            reason: &verdict.reason,
            key: r.dialog.as_ref().filter(|_| confirmed).and_then(Dialog::allow_once_key),
        },
    });
}

/// Lines for a person.
pub fn plain(named: Option<(&str, &str)>, r: &Reading, verdict: &Verdict, preset: &str) {
    if let Some((_, name)) = named {
        out::line(&text::printable(name));
    }
    let agent = r.agent.as_deref().unwrap_or("unknown agent");
    out::line(&format!("{agent}: {} (confidence {:.2})", r.state.word(), r.confidence));
    for e in &r.evidence {
        out::line(&format!("  {e}"));
    }
    if let Some(c) = r.composer.as_ref().filter(|c| !c.text.is_empty()) {
        out::line(&format!("  typed: {}", indented(&c.text)));
    }
    if let Some(d) = &r.dialog {
        dialog(d);
    }
    let facts = [
        r.mode.as_ref().map(|m| format!("mode {m}")),
        r.context_left.map(|p| format!("{p} % of the context left")),
        r.tokens.map(|t| format!("{t} tokens")),
        r.version.as_ref().map(|v| format!("version {v}")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    if !facts.is_empty() {
        out::line(&format!("  {}", facts.join(", ")));
    }
    if r.dialog.is_some() {
        let (action, rule) = (verdict.action.word(), &verdict.rule);
        out::line(&format!("  the preset {preset} would {action} it by {rule}: {}", verdict.reason));
    }
}

fn dialog(d: &Dialog) {
    let whole = if d.complete { "complete" } else { "NOT complete" };
    let tool = d.tool.as_ref().map_or(String::new(), |t| format!(" ({t})"));
    out::line(&format!("  dialog, rows {} to {}: {}{tool}, {whole}", d.rows.0, d.rows.1, d.operation.word()));
    if let Some(s) = &d.subject {
        out::line(&format!("    about: {}", indented(s)));
    }
    if let Some(q) = &d.question {
        out::line(&format!("    asks: {q}"));
    }
    for (i, o) in d.options.iter().enumerate() {
        let mark = if d.selected == Some(i) { '>' } else { ' ' };
        let meaning = serde_json::to_string(&o.meaning).unwrap_or_default();
        let key = o.key.as_deref().unwrap_or("no key");
        out::line(&format!("    {mark} {} [{}, {key}]", o.label, meaning.trim_matches('"')));
    }
}

fn indented(s: &str) -> String {
    s.replace('\n', "\n           ")
}
