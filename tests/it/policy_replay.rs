//! `archtui policy replay` and `policy rules` as programs, over a ledger written by the store itself: what would be decided
//! otherwise is told, what the record does not hold is not judged.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use archtui::domain::dialog::{Dialog, DialogOption, Meaning, Operation};
use archtui::domain::ledger::{Actor, Body, Decision, Outcome, Ruling, Scene, Showing, Times};
use archtui::domain::policy::Action;
use archtui::domain::redact::Secrets;
use archtui::domain::session::{PaneId, PaneIdentity, SessionName};
use archtui::ports::Ledger;
use archtui::store::Store;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A home with a fleet, its ledger, and a work tree.
struct Home {
    dir: tempfile::TempDir,
    store: Store,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("scratch");
        let root = dir.path().canonicalize().expect("it is there");
        fs::create_dir_all(root.join("app/.git")).expect("made");
        fs::write(root.join("app/.git/HEAD"), "ref: refs/heads/feature/x-0208\n").expect("written");
        fs::create_dir_all(root.join(".config/archtui")).expect("made");
        let config = "[fleet]\nname = \"f\"\n[confirm]\npreset = \"sop\"\n[[session]]\nname = \"dev\"\n[[session]]\nname = \"seen\"\npreset = \"watch\"\n";
        fs::write(root.join(".config/archtui/archtui.toml"), config).expect("written");
        let store = Store::open(&root.join(".local/state/archtui/f"), now()).expect("opens").0;
        Self { dir, store }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().expect("it is there")
    }

    /// A dialog that was seen a while ago, with what was decided on it.
    fn past(
        &mut self,
        session: &str,
        command: &str,
        folder: &str,
        action: Action,
        rule: &str,
        outcome: Outcome,
    ) {
        let yes = DialogOption { label: "Yes".into(), meaning: Meaning::AllowOnce, key: Some("1".into()) };
        let dialog = Dialog {
            operation: Operation::Bash,
            subject: Some(command.to_owned()),
            options: vec![yes],
            complete: true,
            ..Dialog::default()
        };
        let scene = Scene {
            host: "box".into(),
            session: SessionName::new(session),
            pane: PaneIdentity { id: PaneId(1), pid: 2, start: 3 },
            agent: Some("claude".into()),
            cwd: Some(self.root().join(folder).to_string_lossy().into_owned()),
        };
        let decision = Decision {
            showing: Showing { content: dialog.identity(), epoch: 1 },
            of: None,
            verdict: Ruling { action, rule: rule.to_owned(), reason: "as it was".into() },
            why: String::new(),
            actor: Actor::Automation,
            channel: None,
            key: None,
            answer: None,
            outcome,
            times: Times::default(),
        };
        let at = now() - SignedDuration::from_hours(48);
        let mask = |s: &str| Secrets::builtin().mask(s).into_owned();
        self.store.append(Body::new(at, &scene, &dialog, decision, &mask)).expect("written");
    }

    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    fn archtui(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_archtui"))
            .args(args)
            .env_clear()
            .env("HOME", self.root())
            .env("TZ", "UTC")
            .current_dir(self.root())
            .output()
            .expect("archtui runs")
    }

    fn json(&self, args: &[&str]) -> Value {
        let out = self.archtui(&[args, &["--json"]].concat());
        let text = String::from_utf8(out.stdout).expect("UTF-8");
        serde_json::from_str(text.trim())
            .unwrap_or_else(|e| panic!("{e}: {text} {}", String::from_utf8_lossy(&out.stderr)))
    }

    fn own_rules(&self, text: &str) {
        fs::write(self.root().join(".config/archtui/policy.toml"), text).expect("written");
    }
}

#[expect(clippy::disallowed_methods, reason = "entries of a test carry the time")]
fn now() -> Timestamp {
    Timestamp::now()
}

const ALLOW: &str = "[[rule]]\nid = \"mine\"\naction = \"allow\"\nreason = \"ours\"\noperation = [\"bash\"]\nprogram = [\"./check\"]\nall_args = []\n";

fn filled() -> Home {
    let mut home = Home::new();
    home.past("dev", "cargo test", "app", Action::Confirm, "sop.bash", Outcome::Cleared);
    home.past("seen", "cargo test", "app", Action::Hold, "sop.bash", Outcome::Watched);
    home.past("dev", "./check", "app", Action::Hold, "not-vouched", Outcome::Held);
    home.past("dev", "rm -r build", "app", Action::Hold, "an-old-name", Outcome::Held);
    // What the record does not hold.
    home.past("dev", "curl -u me:geheim123 https://x", "app", Action::Hold, "network", Outcome::Held);
    home.past("dev", "git commit -m x", "app", Action::Confirm, "sop.bash", Outcome::Cleared);
    home.past("dev", "cargo test", "gone", Action::Confirm, "sop.bash", Outcome::Cleared);
    home
}

#[test]
fn the_rules_of_today_beside_what_was_decided() {
    let home = filled();
    let told = home.json(&["policy", "replay"]);
    assert_eq!(told["schema"], "archtui.replay/1");
    let figures = ["dialogs", "same", "same_by_another_rule", "changed", "cannot_be_judged"];
    let of = |told: &Value| figures.map(|f| told[f].as_u64().unwrap_or(u64::MAX));
    assert_eq!(of(&told), [7, 3, 1, 0, 3], "{told}");
    let why: Vec<&str> =
        told["unjudged"].as_array().into_iter().flatten().filter_map(|u| u["why"].as_str()).collect();
    assert!(why[0].contains("masked") && why[1].contains("branch") && why[2].contains("gone"), "{why:?}");
    assert!(told.to_string().contains("me:•••••••••"), "a secret stays masked");

    home.own_rules(ALLOW);
    let told = home.json(&["policy", "replay", "--since", "7d"]);
    assert_eq!(of(&told), [7, 2, 1, 1, 3], "{told}");
    let change =
        told["changes"].as_array().into_iter().flatten().find(|c| c["kind"] == "decision").expect("one");
    assert_eq!(
        (&change["subject"], &change["then"]["action"], &change["now"]["action"]),
        (&"./check".into(), &"hold".into(), &"confirm".into())
    );
    assert_eq!(change["now"]["rule"], "mine");
    assert!(change["now"]["file"].as_str().is_some_and(|f| f.ends_with("policy.toml")), "{change}");
    let rule = |id: &str| {
        told["rules"].as_array().into_iter().flatten().find(|r| r["rule"] == id).cloned().expect("counted")
    };
    assert_eq!((&rule("sop.bash")["confirm"], &rule("sop.bash")["would_confirm"]), (&1.into(), &1.into()));

    let told = home.json(&["policy", "replay", "--preset", "careful"]);
    assert_eq!(told["changed"], 4, "{told}");
    let text = String::from_utf8(home.archtui(&["policy", "replay"]).stdout).expect("UTF-8");
    assert!(text.contains("decided otherwise (hold → confirm 1)") && text.contains("./check"), "{text}");
    assert_eq!(
        home.archtui(&["policy", "replay", "--since", "1h"]).status.code(),
        Some(3),
        "nothing is so young"
    );
}

#[test]
fn rules_are_told_with_what_they_decided_live_and_in_shadow() {
    let home = filled();
    home.own_rules(ALLOW);
    let told = home.json(&["policy", "rules"]);
    assert_eq!((&told["schema"], &told["preset"]), (&"archtui.rules/1".into(), &"sop".into()));
    let find = |list: &str, id: &str| {
        told[list].as_array().into_iter().flatten().find(|r| r["rule"] == id).cloned().expect(id)
    };
    let bash = find("rules", "sop.bash");
    assert_eq!((&bash["confirmed"], &bash["would_confirm"]), (&3.into(), &1.into()), "{bash}");
    assert_eq!(bash["file"], "policies/sop.toml");
    assert!(find("rules", "mine")["file"].as_str().is_some_and(|f| f.ends_with("policy.toml")));
    assert_eq!(find("others", "an-old-name")["held"], 1);
    let actions: Vec<Value> =
        told["rules"].as_array().into_iter().flatten().map(|r| r["action"].clone()).collect();
    let mut sorted = actions.clone();
    sorted.sort_by_key(|a| ["deny", "hold", "allow"].iter().position(|w| a == w));
    assert_eq!(actions, sorted, "in the order in which they are tried");
}

#[test]
fn explain_judges_by_the_users_rules_too() {
    let home = Home::new();
    let app = home.root().join("app");
    let screen = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/screens/claude-2.1.330/permission--edit--80x24.ansi");
    let file = screen.to_string_lossy().into_owned();
    let told = home.json(&["explain", "--cwd", &app.to_string_lossy(), "--file", &file]);
    assert_eq!(
        (&told["verdict"]["action"], &told["verdict"]["rule"]),
        (&"confirm".into(), &"sop.change".into())
    );
    home.own_rules(
        "[[rule]]\nid = \"mine\"\naction = \"hold\"\nreason = \"not here\"\noperation = [\"edit\"]\n",
    );
    let told = home.json(&["explain", "--cwd", &app.to_string_lossy(), "--file", &file]);
    assert_eq!((&told["verdict"]["action"], &told["verdict"]["rule"]), (&"hold".into(), &"mine".into()));
}
