//! Texts that were not queued, as they are kept on disk: archtui may end at any moment, a person's words should not.

use serde::{Deserialize, Serialize};

use super::{Form, Kind};
use crate::app::state::editor::Editor;
use crate::app::state::{Popup, State};
use crate::domain::task::Priority;

/// So many are kept, the newest.
const MOST: usize = 16;

/// A form that was filled in and not queued.
#[derive(Debug, Serialize, Deserialize)]
struct Draft {
    kind: Kind,
    text: String,
    to: String,
    priority: String,
    after: String,
    /// As it was before it was changed.
    was: Option<(String, Priority)>,
}

impl Draft {
    fn of(form: &Form) -> Self {
        Self {
            kind: form.kind.clone(),
            text: form.text.text().to_owned(),
            to: form.to.text().to_owned(),
            priority: form.priority.text().to_owned(),
            after: form.after.text().to_owned(),
            was: form.was.clone(),
        }
    }

    /// The form again. What it says is checked when it is queued, as if it were typed now.
    fn form(self) -> Form {
        let mut form = Form::new(self.kind, &self.to);
        form.text = Editor::new(&self.text);
        form.priority.clear();
        form.priority.insert(&self.priority);
        form.after.insert(&self.after);
        form.was = self.was;
        form
    }
}

/// What is to be kept: the forms that were put aside, and the open one. `None` = nothing.
pub fn written(state: &State) -> Option<String> {
    let open = match &state.popup {
        Some(Popup::Form(form)) if !form.is_blank() => Some(form.as_ref()),
        _ => None,
    };
    let aside = state.tasks.drafts.iter().filter(|f| open.is_none_or(|o| o.kind != f.kind));
    let mut all: Vec<Draft> = aside.chain(open).map(Draft::of).collect();
    all.drain(..all.len().saturating_sub(MOST));
    let text = || serde_json::to_string(&all).expect("texts and numbers");
    (!all.is_empty()).then(text)
}

/// The forms that were kept. What another version wrote and this one does not know is no form.
pub fn read(text: &str) -> Vec<Form> {
    let all: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
    let drafts = all.into_iter().filter_map(|v| serde_json::from_value::<Draft>(v).ok());
    drafts.take(MOST).map(Draft::form).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::effect::Fixed;
    use crate::app::keymap::Keymap;
    use crate::app::state::Fleet;
    use crate::domain::roster::Roster;

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        let fixed = Fixed { keymap: Keymap::builtin(), mouse: true };
        let mut state = State::new(fixed, "test", Fleet::new(Roster::default()));
        assert_eq!(written(&state), None);
        let mut form = Form::new(Kind::New, "dev_worker1");
        form.paste("two\nlines \u{1b}[31m");
        form.after.insert("#3");
        let mut other = Form::new(Kind::Message(crate::domain::session::SessionName::new("w2")), "w2");
        other.paste("hello");
        state.tasks.drafts = vec![other.clone()];
        state.popup = Some(Popup::Form(Box::new(form.clone())));
        let kept = written(&state).expect("something");
        assert_eq!(read(&kept), [other, form]);
        assert_eq!(read("[{\"kind\":\"dance\"}]"), []);
        assert_eq!(read("garbage"), []);
    }
}
