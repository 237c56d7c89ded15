//! The table of shell commands in tests/commands against the judge: each row is a command and the verdict expected.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use archtui::domain::dialog::Operation;
use archtui::domain::policy::{self, Action, Below, Context, PRESETS, Policy, Subject, Verdict};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    group: Vec<Group>,
}

/// Commands of one class with one expected outcome.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub class: String,
    pub action: String,
    pub rule: Option<String>,
    pub preset: Option<String>,
    pub branch: Option<String>,
    pub cwd: Option<String>,
    pub commands: Vec<String>,
}

pub fn context() -> Context {
    Context {
        session: "dev_worker1".into(),
        role: Some("Task Execution".into()),
        tier: Some("worker".into()),
        agent: Some("claude".into()),
        cwd: Some("/home/dev/app".into()),
        work_tree: Some("/home/dev/app".into()),
        home: Some("/home/dev".into()),
        branch: Some("feature/dark-mode-0208".into()),
        // Nothing is installed there.
        below: [("/home/dev/app/node_modules/.bin".into(), Below { whole: true, ..Below::default() })].into(),
        ..Context::default()
    }
}

pub fn judge(command: &str, ctx: &Context, preset: &str) -> Verdict {
    static POLICIES: LazyLock<BTreeMap<&str, Policy>> =
        LazyLock::new(|| PRESETS.iter().map(|p| (*p, Policy::preset(p).expect("a preset"))).collect());
    policy::judge_operation(Operation::Bash, None, Subject::Command(command), ctx, &POLICIES[preset])
}

pub fn table() -> Vec<Group> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands");
    let mut files: Vec<_> =
        fs::read_dir(dir).expect("tests/commands").map(|e| e.expect("entry").path()).collect();
    files.sort();
    files
        .iter()
        .flat_map(|f| {
            let text = fs::read_to_string(f).expect("readable");
            toml::from_str::<File>(&text).unwrap_or_else(|e| panic!("{}: {e}", f.display())).group
        })
        .collect()
}

impl Group {
    fn context(&self) -> Context {
        let mut ctx = context();
        if let Some(branch) = &self.branch {
            ctx.branch = Some(branch.clone()).filter(|b| !b.is_empty());
        }
        if let Some(cwd) = &self.cwd {
            ctx.cwd = Some(cwd.clone());
        }
        ctx
    }

    fn presets(&self) -> Vec<&str> {
        match (&self.preset, self.action.as_str()) {
            (Some(preset), _) => vec![preset],
            (None, "not-confirm") => vec!["careful", "sop", "wide"],
            (None, _) => vec!["sop"],
        }
    }
}

#[test]
fn every_command_gets_the_verdict_in_the_table() {
    let mut wrong = Vec::new();
    let mut rows = 0;
    for group in table() {
        for command in &group.commands {
            rows += 1;
            for preset in group.presets() {
                let verdict = judge(command, &group.context(), preset);
                let right = match group.action.as_str() {
                    "not-confirm" => matches!(verdict.action, Action::Hold | Action::Deny),
                    action => verdict.action.word() == action,
                } && group.rule.as_ref().is_none_or(|r| *r == verdict.rule);
                if !right {
                    wrong.push(format!(
                        "[{}, {preset}] {command:?}: {} by {} ({})",
                        group.class,
                        verdict.action.word(),
                        verdict.rule,
                        verdict.reason
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {rows} rows:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows >= 400, "only {rows} rows");
}
