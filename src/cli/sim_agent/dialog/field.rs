//! The field of a dialog into which a text is written instead of an answer, as the real one has it: *Type something.*, the
//! *No* that Tab opens, *Tell Claude what to change*.

use ratatui::style::{Modifier, Style};
use ratatui::text::Line;

use super::{Answer, Ask, Matter, Meaning};
use crate::cli::sim_agent::keys::Input;
use crate::cli::sim_agent::paint::{BLUE, DIM, PLAIN, hang, span};

/// What the *No* says while its field is open and empty.
const AMEND: &str = "and tell Claude what to do differently";

impl Ask {
    /// Whether choosing that option opens a field instead of answering.
    pub(super) fn writes(&self, option: usize) -> bool {
        match self.matter {
            Matter::Question(_) => option + 2 == self.choices.len(),
            Matter::Plan(_) => option + 1 == self.choices.len(),
            _ => false,
        }
    }

    /// Whether Tab opens one: at the *No* of a call, where the footer offers it.
    pub(super) fn amends(&self) -> bool {
        let call = !matches!(
            self.matter,
            Matter::Question(_) | Matter::Plan(_) | Matter::Trust(_) | Matter::Fetch(_)
        );
        call && self.choices.get(self.marked).is_some_and(|c| c.meaning == Meaning::Deny)
    }

    /// An input while the field is open: letters stay in it, a paste too.
    pub(super) fn write(&mut self, input: &Input) -> Option<Answer> {
        let text = self.field.as_mut()?;
        match input {
            Input::Text(t) | Input::Paste(t) => {
                text.extend(t.chars().map(|c| if c.is_control() { ' ' } else { c }));
            }
            Input::Backspace => drop(text.pop()),
            Input::Enter if !text.trim().is_empty() => {
                return Some(Answer::Written(self.marked, text.trim().to_owned()));
            }
            Input::Escape => return Some(Answer::Cancelled),
            Input::Up | Input::Down => {
                self.field = None;
                return self.press(input);
            }
            _ => {}
        }
        None
    }

    /// The rows of the open field behind `head`; the cursor is a cell of the other colour.
    pub(super) fn field_rows(
        &self,
        mut head: Vec<ratatui::text::Span<'static>>,
        label: &str,
        width: u16,
    ) -> Vec<Line<'static>> {
        let cursor = Style::new().add_modifier(Modifier::REVERSED);
        let amends = self.amends();
        if amends {
            head.push(span("No, ", BLUE));
        }
        let text = self.field.as_deref().unwrap_or_default();
        if text.is_empty() {
            let hint = if amends { AMEND } else { label };
            let (first, rest) = hint.split_at(hint.chars().next().map_or(0, char::len_utf8));
            head.extend([span(first.to_owned(), cursor), span(rest.to_owned(), DIM)]);
            return vec![Line::from(head)];
        }
        let mut rows = hang(head, text, PLAIN, width);
        if let Some(last) = rows.last_mut() {
            last.push_span(span(" ", cursor));
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::sim_agent::script::Script;

    fn ask(toml: &str) -> Ask {
        let script = Script::parse(&format!("steps = [{toml}]")).expect(toml);
        Ask::of(&script.steps[0], std::time::Duration::ZERO, "/work/app", &|_| None).expect("it asks")
    }

    #[test]
    fn a_field_opens_as_in_the_real_one_and_takes_a_text() {
        let text = |s: &str| Input::Text(s.to_owned());
        let paste = || Input::Paste("rather\nblue".to_owned());
        let check = |toml: &str, inputs: &[Input], want: Option<Answer>| {
            let mut a = ask(toml);
            let got = inputs.iter().find_map(|i| a.press(i));
            assert_eq!(got, want, "{toml} {inputs:?}");
        };
        let written = |at| Some(Answer::Written(at, "rather blue".to_owned()));
        let question = r#"{ question = { ask = "?", options = ["a"] } }"#;
        check(question, &[text("2"), paste(), Input::Enter], written(1));
        check(question, &[Input::Down, Input::Enter, paste(), Input::Enter], written(1));
        check(question, &[text("2"), Input::Enter], None);
        check(question, &[text("2"), text("1"), Input::Backspace, Input::Enter], None);
        check(question, &[text("2"), Input::Escape], Some(Answer::Cancelled));
        check(question, &[text("2"), text("x"), Input::Up, text("1")], Some(Answer::Chosen(0)));
        check(question, &[text("3")], Some(Answer::Chosen(2)));
        let plan = r#"{ plan = { title = "t", steps = [] } }"#;
        check(plan, &[text("3"), paste(), Input::Enter], written(2));
        let bash = r#"{ bash = { command = "npm test" } }"#;
        let tab = || Input::Ctrl('i');
        check(bash, &[tab(), text("1")], Some(Answer::Chosen(0)));
        check(bash, &[Input::Up, tab(), paste(), Input::Enter], written(3));
        check(bash, &[text("4")], Some(Answer::Chosen(3)));
    }
}
