//! The layout of a manifest file: names and nesting, nothing else. Unknown keys are errors.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{ChoiceKey, ComposerFrame, Edge, Place, SubjectPlace, WrapStyle};
use crate::domain::dialog::{Meaning, Opens, Operation};
use crate::domain::health::Trouble;
use crate::domain::status::State;

/// A pattern as written, with its place in the file.
pub(super) type Text = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub name: Text,
    pub title: Option<String>,
    #[serde(default)]
    pub process: Vec<Text>,
    pub settle_ms: Option<Spanned<u64>>,
    /// Parts that several patterns share: `(?&name)` stands for the one of that name.
    #[serde(default)]
    pub piece: BTreeMap<String, String>,
    #[serde(default)]
    pub verified: Vec<String>,
    #[serde(default)]
    pub sign: Vec<Text>,
    #[serde(default)]
    pub farewell: Vec<Text>,
    #[serde(default)]
    pub done: Vec<Text>,
    #[serde(default)]
    pub title_tells: bool,
    #[serde(default)]
    pub resume: Resume,
    #[serde(default)]
    pub composer: Composer,
    #[serde(default)]
    pub cue: Vec<Cue>,
    #[serde(default)]
    pub note: Vec<Note>,
    #[serde(default)]
    pub choice: Choice,
    #[serde(default)]
    pub meaning: Vec<Meant>,
    #[serde(default)]
    pub text: Vec<TextOption>,
    #[serde(default)]
    pub dialog: Vec<Dialog>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Composer {
    #[serde(default)]
    pub frame: Vec<ComposerFrame>,
    #[serde(default)]
    pub prompt: Vec<char>,
    #[serde(default)]
    pub mode: Vec<char>,
    #[serde(default)]
    pub placeholder: Vec<Text>,
    #[serde(default)]
    pub trim: Vec<Text>,
    #[serde(default)]
    pub pasted: Vec<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Resume {
    #[serde(default)]
    pub id: Vec<String>,
    #[serde(default)]
    pub last: Vec<String>,
    #[serde(default)]
    pub own: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cue {
    pub state: State,
    pub at: Place,
    pub shape: Text,
    pub weight: Option<Spanned<f64>>,
    pub trouble: Option<Trouble>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub at: Place,
    pub shape: Text,
    pub mode: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    #[serde(default)]
    pub mark: Vec<char>,
    #[serde(default)]
    pub row: Vec<Vec<String>>,
    #[serde(default)]
    pub key: ChoiceKey,
    #[serde(default)]
    pub edge: Edge,
    #[serde(default)]
    pub hint: Vec<Text>,
    #[serde(default)]
    pub overlay: Vec<Text>,
    #[serde(default)]
    pub editable: Vec<Text>,
    #[serde(default)]
    pub cut: Vec<Text>,
    pub margin: Option<u16>,
    #[serde(default)]
    pub body_rows: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meant {
    pub means: Meaning,
    pub label: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextOption {
    pub state: Spanned<State>,
    pub label: String,
    pub opens: Opens,
    pub offered: Option<Text>,
    #[serde(default)]
    pub below: usize,
    pub hint: Option<Text>,
    #[serde(default)]
    pub empty: String,
    #[serde(default)]
    pub before: String,
    #[serde(default)]
    pub after: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dialog {
    pub state: Spanned<State>,
    pub operation: Operation,
    pub tool: Option<String>,
    pub head: Option<Text>,
    pub question: Option<Text>,
    pub hint: Option<Text>,
    pub body: Option<Text>,
    pub option: Option<Text>,
    #[serde(default)]
    pub subject: SubjectPlace,
    pub pick: Option<Text>,
    pub prefix: Option<String>,
    #[serde(default)]
    pub wrap: WrapStyle,
    #[serde(default)]
    pub inset: u16,
    #[serde(default)]
    pub keys_only: bool,
    #[serde(default)]
    pub full_screen: bool,
}
