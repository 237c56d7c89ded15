//! The desk at which the control room shows rules and makes one from a dialog. A rule goes into the user's own policy.toml and
//! nowhere else, only where a person sits at the screen, only after the ordinary parser has read the whole file and the
//! dialog that it came from was judged by it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::setup::Ground;
use super::{Fail, actor, who};
use crate::config::files;
use crate::domain::policy::{
    Action, Cause, Draft, Policy, RuleAction, RulePage, Trust, Verdict, preset_text, written,
};
use crate::domain::session::SessionName;
use crate::domain::text;
use crate::evidence::proc::Proc;
use crate::evidence::rules::Rules;
use crate::ports::{Asks, Processes, RuleDesk, Works};

/// The desk over the files of a ground that is laid.
pub struct Desk {
    ground: Ground,
    state_dir: PathBuf,
    proc: Proc,
}

impl Desk {
    /// Reads and writes what that ground was laid on.
    pub fn new(ground: &Ground, state_dir: PathBuf) -> Self {
        Self { ground: ground.clone(), state_dir, proc: Proc::new(ground.env.home.as_deref()) }
    }

    /// The rules as the files say now. The config is read anew with them: it says who has which preset.
    fn rules(&self) -> Result<Rules, Fail> {
        let mut ground = self.ground.clone();
        if let Some(file) = &self.ground.loaded.file {
            let folders = ground.loaded.folders;
            ground.loaded = files::Loaded { folders, ..files::load(Some(file), &ground.env)? };
        }
        actor::rules(&ground, &self.state_dir)
    }

    /// The same as they would be for a session with other words in the user's own file.
    fn with(&self, session: &SessionName, own: &Path, words: &str) -> Result<Rules, String> {
        let mut rules = self.rules().map_err(|f| f.what().to_owned())?;
        let mut laid = files::policies(&self.ground.loaded.folders, &self.ground.env).map_err(|e| e.what)?;
        match laid.iter_mut().find(|f| f.file == own) {
            Some(ours) => words.clone_into(&mut ours.text),
            None => laid
                .insert(0, files::PolicyText { file: own.to_owned(), text: words.to_owned(), trusted: true }),
        }
        let name = rules.preset(session);
        let mut fresh = Policy::preset(&name).ok_or("no policy is in force for this session")?;
        fresh.leave_alone(&self.ground.loaded.config.confirm.exclude);
        for file in &laid {
            let trust = if file.trusted { Trust::User } else { Trust::TightenOnly };
            fresh.layer(&file.text, &file.file.to_string_lossy(), trust).map_err(|e| e.to_string())?;
        }
        rules.policies.insert(name, fresh);
        Ok(rules)
    }

    /// The user's own file, and what stands in it.
    fn own(&self) -> Result<(PathBuf, String), String> {
        let folder = self.ground.env.config_dir().ok_or("there is no folder for your rules: set HOME")?;
        let file = folder.join("policy.toml");
        if !self.ground.loaded.folders.contains(&folder) {
            return Err(format!("{} is not among the files in force", file.display()));
        }
        let text = files::read(&file, false).map_err(|e| e.what)?.unwrap_or_default();
        Ok((file, text))
    }

    fn asks(&self, cause: &Cause) -> Asks {
        let Works { folder, surroundings, .. } = self.proc.works(cause.pane);
        let (session, agent) = (cause.session.clone(), cause.agent.clone());
        Asks { session, agent, cwd: folder, gone_to: None, keeps: None, surroundings }
    }

    /// The file with the rule in it, and the verdict by it.
    fn tried(&self, cause: &Cause, draft: &Draft) -> Result<(PathBuf, String, Verdict), String> {
        let (file, old) = self.own()?;
        let new = draft.added_to(&old).map_err(|why| format!("{}: {why}", file.display()))?;
        let verdict =
            self.with(&cause.session, &file, &new)?.on_dialog(&self.asks(cause), &cause.dialog, None);
        // A preset that only watches is judged by what it would do.
        let verdict = match verdict.would {
            Some(would) => Verdict { parts: verdict.parts, ..*would },
            None => verdict,
        };
        Ok((file, new, verdict))
    }

    fn counts(cause: &Cause, draft: &Draft, verdict: &Verdict) -> Result<String, String> {
        let wanted = match draft.action {
            RuleAction::Allow => Action::Confirm,
            RuleAction::Hold => Action::Hold,
            RuleAction::Deny => Action::Deny,
        };
        let says = |v: &Verdict| format!("{} ({}: {})", v.action.word(), v.rule, text::printable(&v.reason));
        let ours = verdict.rule == draft.id() || verdict.parts.iter().any(|p| p.rule == draft.id());
        match (verdict.action == wanted, ours) {
            (true, true) => Ok(format!("{} would be: {}", cause.dialog.operation.word(), says(verdict))),
            (true, false) => Err(format!("another rule says the same already: {}", says(verdict))),
            (false, _) => {
                // What no rule allows is not what one holds: the files that a command changes are asked about one by one.
                let why = match &verdict.file {
                    _ if verdict.is_for_want() => {
                        "this rule alone does not allow that; another one in policy.toml, or a wider preset, must"
                    }
                    Some(_) => "rules that deny and hold come first",
                    None => "no rule changes that",
                };
                Err(format!("it would stay {}; {why}", says(verdict)))
            }
        }
    }
}

impl RuleDesk for Desk {
    fn page(&mut self, session: &SessionName, rule: &str) -> Result<RulePage, String> {
        let rules = self.rules().map_err(|f| f.what().to_owned())?;
        let preset = rules.preset(session);
        let policy = rules.policies.get(&preset).ok_or("no policy is in force for this session")?;
        let Some(found) = policy.rules().iter().find(|r| r.id == rule) else {
            return Ok(RulePage {
                id: text::printable(rule),
                action: None,
                reason:
                    "nothing in the rules allows it, or it could not be read for certain; then it is held"
                        .into(),
                place: None,
                text: String::new(),
                fixed: true,
                session: session.clone(),
                preset,
            });
        };
        let origin = found.origin.clone();
        let shipped =
            origin.strip_prefix("policies/").and_then(|n| n.strip_suffix(".toml")).and_then(preset_text);
        let whole = match shipped {
            Some(text) => Some(text.to_owned()),
            None => files::read(Path::new(&origin), false).map_err(|e| e.what)?,
        };
        let (line, text) = whole.as_deref().and_then(|t| written(t, rule)).unwrap_or_default();
        Ok(RulePage {
            id: found.id.clone(),
            action: found.action,
            reason: found.reason.clone(),
            place: Some((origin, line)),
            text,
            fixed: found.fixed,
            session: session.clone(),
            preset,
        })
    }

    fn draft(&mut self, cause: &Cause) -> Result<Draft, String> {
        who::only_a_person(&self.ground, "making a rule").map_err(|f| f.what().to_owned())?;
        let rules = self.rules().map_err(|f| f.what().to_owned())?;
        let asks = self.asks(cause);
        let verdict = rules.on_dialog(&asks, &cause.dialog, None);
        let taken = |id: &str| rules.policies.values().any(|p| p.rules().iter().any(|r| r.id == id));
        Draft::of(&cause.dialog, &verdict, &rules.context(&asks), taken)
    }

    fn check(&mut self, cause: &Cause, draft: &Draft) -> Result<String, String> {
        let (_, _, verdict) = self.tried(cause, draft)?;
        Self::counts(cause, draft, &verdict)
    }

    fn save(&mut self, cause: &Cause, draft: &Draft) -> Result<String, String> {
        who::only_a_person(&self.ground, "making a rule").map_err(|f| f.what().to_owned())?;
        let (file, new, verdict) = self.tried(cause, draft)?;
        Self::counts(cause, draft, &verdict)?;
        replace(&file, &new).map_err(|e| format!("{} cannot be written: {e}", file.display()))?;
        Ok(format!("rule {} stands in {}", draft.id(), file.display()))
    }
}

/// Puts a file in another one's place, whole or not at all; a link keeps leading where it leads.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().ok_or_else(|| std::io::Error::other("it has no folder"))?;
    fs::create_dir_all(folder)?;
    let mode = fs::metadata(&file).map_or(0o600, |m| m.permissions().mode() & 0o7777);
    let new = folder.join(format!(".policy.toml.{}", std::process::id()));
    let written = OpenOptions::new().write(true).create_new(true).mode(mode).open(&new).and_then(|mut f| {
        f.write_all(text.as_bytes())?;
        f.sync_all()
    });
    let done = written.and_then(|()| fs::rename(&new, &file));
    if done.is_err() {
        let _ = fs::remove_file(&new);
    }
    done
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::dialog::{Dialog, DialogOption, Meaning, Operation};
    use crate::domain::policy::{Context, judge};
    use crate::domain::session::{PaneId, PaneIdentity};

    /// What is said of the rule that is made from a command's dialog, under a preset.
    fn says(preset: &str, command: &str) -> Result<String, String> {
        let option = |label: &str, meaning| DialogOption {
            label: label.to_owned(),
            meaning,
            key: Some(label.to_owned()),
        };
        let dialog = Dialog {
            operation: Operation::Bash,
            subject: Some(command.to_owned()),
            options: vec![option("Yes", Meaning::AllowOnce), option("No", Meaning::Deny)],
            complete: true,
            ..Dialog::default()
        };
        let ctx = Context {
            session: "a".to_owned(),
            cwd: Some("/w".to_owned()),
            work_tree: Some("/w".to_owned()),
            home: Some("/home/me".to_owned()),
            branch: Some("fix/x-1128".to_owned()),
            ..Context::default()
        };
        let mut policy = Policy::preset(preset).expect("ships");
        let draft =
            Draft::of(&dialog, &judge(&dialog, &ctx, &policy), &ctx, |_| false).expect("it can be made");
        policy.layer(&draft.to_toml(), "policy.toml", Trust::User).expect("it is sound");
        let verdict = judge(&dialog, &ctx, &policy);
        let cause = Cause {
            pane: PaneIdentity { id: PaneId(1), pid: 1, start: 1 },
            session: SessionName::new("a"),
            agent: None,
            dialog: Arc::new(dialog),
        };
        Desk::counts(&cause, &draft, &verdict)
    }

    #[test]
    fn why_a_rule_does_not_count_is_true() {
        let told = says("careful", "cp a b").expect_err("it changes a file, and nothing allows that");
        assert!(told.contains("no rule allows this write"), "{told}");
        assert!(told.contains("a wider preset") && !told.contains("come first"), "{told}");
        let told = says("careful", "rm -rf build").expect_err("a rule holds it");
        assert!(told.contains("(delete: ") && told.contains("rules that deny and hold come first"), "{told}");
        let told = says("careful", "FOO=1 frobnicate").expect_err("nothing vouches for it");
        assert!(told.ends_with("no rule changes that"), "{told}");
        assert_eq!(says("careful", "frobnicate").map(drop), Ok(()));
    }
}
