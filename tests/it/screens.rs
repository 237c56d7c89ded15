//! Recorded screens of real agents: what each reads as, as snapshots, one per agent and version. The folder is a choice;
//! a name says what the agent really did, its case and its size: `permission--bash-long--80x24.ansi`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use archtui::domain::agent::Agents;
use archtui::domain::ansi;
use archtui::domain::read::{Facts, Reading, read};
use archtui::domain::screen::Screen;
use archtui::domain::status::State;

/// One recorded screen.
pub struct Recorded {
    /// The agent that drew it.
    pub agent: String,
    /// Agent and version, the folder's name.
    pub folder: String,
    /// The file's name without its ending.
    pub name: String,
    /// What the capture printed.
    pub bytes: Vec<u8>,
    /// The pane's size.
    pub size: (u16, u16),
}

impl Recorded {
    /// What the agent really did.
    pub fn truth(&self) -> &str {
        self.name.split("--").next().expect("a name has a first part")
    }

    pub fn screen(&self) -> Screen {
        ansi::parse(&self.bytes, self.size.0, self.size.1)
    }

    /// The reading with the agent told.
    pub fn read(&self) -> Reading {
        let facts = Facts { agent: Some(self.agent.clone()), ..Facts::default() };
        read(&self.screen(), &facts, Agents::builtin())
    }
}

/// All recorded screens, in order.
pub fn all() -> Vec<Recorded> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens");
    let mut out = Vec::new();
    let sorted = |dir: &Path| -> Vec<PathBuf> {
        let mut list: Vec<PathBuf> =
            fs::read_dir(dir).expect("the folder is there").map(|e| e.expect("entry").path()).collect();
        list.sort();
        list
    };
    for folder in sorted(&root).into_iter().filter(|p| p.is_dir()) {
        let folder_name = folder.file_name().expect("named").to_string_lossy().into_owned();
        let Some((agent, _)) = folder_name.split_once('-') else {
            continue;
        };
        for file in sorted(&folder) {
            let name = file.file_stem().expect("named").to_string_lossy().into_owned();
            let (w, h) =
                name.rsplit("--").next().and_then(|s| s.split_once('x')).expect("a name ends with the size");
            out.push(Recorded {
                agent: agent.to_owned(),
                folder: folder_name.clone(),
                bytes: fs::read(&file).expect("readable"),
                size: (w.parse().expect("columns"), h.parse().expect("rows")),
                name,
            });
        }
    }
    out
}

/// A reading in a few lines.
fn told(r: &Reading) -> String {
    let mut out = r.state.word().to_owned();
    for (name, value) in [("mode", r.mode.clone()), ("version", r.version.clone())] {
        if let Some(v) = value {
            write!(out, ", {name} {v}").expect("to a string");
        }
    }
    if let Some(p) = r.context_left {
        write!(out, ", {p} % left").expect("to a string");
    }
    if let Some(c) = r.composer.as_ref().filter(|c| !c.text.is_empty()) {
        write!(out, "\n    typed {:?}", c.text).expect("to a string");
    }
    if let Some(mode) = r.composer.as_ref().and_then(|c| c.mode) {
        write!(out, "\n    its composer is a {mode:?}").expect("to a string");
    }
    if let Some(d) = &r.dialog {
        let complete = if d.complete { "complete" } else { "not complete" };
        write!(out, "\n    {} {:?}, {complete}", d.operation.word(), d.tool.as_deref().unwrap_or("-"))
            .expect("to a string");
        write!(out, "\n    about {:?}", d.subject.as_deref().unwrap_or("-")).expect("to a string");
        for (i, o) in d.options.iter().enumerate() {
            let mark = if d.selected == Some(i) { '>' } else { ' ' };
            let key = o.key.as_deref().unwrap_or("-");
            write!(out, "\n    {mark} {key} {:?} {:?}", o.meaning, o.label).expect("to a string");
        }
        if let Some(field) = &d.field {
            write!(out, "\n    a text for {:?}: {:?}", d.options[field.option].label, field.text)
                .expect("to a string");
        }
        for e in r.evidence.iter().filter(|e| e.starts_with("not complete")) {
            write!(out, "\n    {e}").expect("to a string");
        }
    }
    out
}

#[test]
fn every_recorded_screen_reads_as_it_did() {
    let all = all();
    let mut folders: Vec<&str> = all.iter().map(|r| r.folder.as_str()).collect();
    folders.dedup();
    for folder in folders {
        let mut text = String::new();
        for r in all.iter().filter(|r| r.folder == folder) {
            writeln!(text, "{}\n    {}", r.name, told(&r.read())).expect("to a string");
        }
        insta::assert_snapshot!(format!("reads-{folder}"), text);
    }
}

#[test]
fn a_text_field_that_is_open_is_read_as_the_dialog_that_it_belongs_to() {
    let shows = |r: &&Recorded, what: &str| {
        ["write", "amend"].iter().any(|w| r.name.contains(&format!("{w}-{what}--")))
    };
    for r in all().iter().filter(|r| shows(r, "open") || shows(r, "text")) {
        let (dialog, at) = (r.read().dialog.expect("a dialog"), format!("{}/{}", r.folder, r.name));
        let text = if r.name.contains("-text--") { "2. Grüße, not \"that\" !/#@" } else { "" };
        assert_eq!(dialog.field.as_ref().map(|f| f.text.as_str()), Some(text), "{at}");
        assert!(
            dialog.allow_once_key().is_none() && dialog.deny_key().is_none(),
            "{at}: keys are letters there"
        );
        let other = r.name.replace("-open--", "-text--");
        let same =
            all().into_iter().find(|o| o.folder == r.folder && o.name == other).expect("both are recorded");
        assert_eq!(same.read().dialog.expect("a dialog").identity(), dialog.identity(), "{at}");
    }
}

#[test]
fn nothing_is_a_dialog_that_is_none_and_no_dialog_is_missed() {
    for r in all() {
        let reading = r.read();
        let (what, at) = (reading.state, format!("{}/{}", r.folder, r.name));
        match r.truth() {
            "permission" | "plan" | "question" | "trust" => {
                assert!(reading.dialog.is_some() && what.word() == r.truth(), "{at} reads as {what:?}");
            }
            _ => {
                assert!(reading.dialog.is_none() && !what.asks(), "{at} reads as {what:?}");
            }
        }
    }
}

#[test]
fn the_agent_is_recognised_without_being_told() {
    for r in all() {
        let told = r.read();
        let found = read(&r.screen(), &Facts::default(), Agents::builtin());
        assert_eq!(
            (found.agent.as_deref(), found.state),
            (Some(r.agent.as_str()), told.state),
            "{}/{}",
            r.folder,
            r.name
        );
        assert_eq!(found.dialog, told.dialog);
    }
}

#[test]
fn a_shell_or_another_program_in_front_is_no_agent() {
    let permission = all().into_iter().find(|r| r.truth() == "permission").expect("there is one");
    for command in ["less", "vim", "cat", "git"] {
        let facts = Facts { command: Some(command.to_owned()), ..Facts::default() };
        let reading = read(&permission.screen(), &facts, Agents::builtin());
        assert_eq!((reading.state, reading.dialog), (State::Shell, None), "{command}");
    }
}

/// What a person is to have read before he allows it.
#[test]
fn what_a_dialog_is_about_stands_on_its_screen() {
    let inked = archtui::view::inked;
    let mut missing = Vec::new();
    for recorded in all() {
        let Some(dialog) = recorded.read().dialog.filter(|d| d.complete) else { continue };
        let shown: String = recorded.screen().rows.iter().map(|row| row.text().to_owned()).collect();
        if let Some(about) = dialog.subject.filter(|about| !inked(&shown).contains(&inked(about))) {
            missing.push(format!("{}/{}: {about:?}", recorded.folder, recorded.name));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_server_can_tell_every_row_of_a_real_dialog() {
    let (mut all_of_them, mut coarse) = (0, Vec::new());
    for recorded in all() {
        let Some(dialog) = recorded.read().dialog.filter(|d| d.complete) else { continue };
        all_of_them += 1;
        if !archtui::tmux::guard::tells_all(&recorded.screen(), dialog.rows) {
            coarse.push(format!("{}/{}", recorded.folder, recorded.name));
        }
    }
    assert!(all_of_them > 0);
    println!("{} of {all_of_them} are coarse: {coarse:#?}", coarse.len());
    insta::assert_debug_snapshot!("coarse", coarse);
}
