//! One line of text that a person edits: filter, palette. Keys in, text out.

use crate::app::key::{Code, Key};
use crate::domain::text;

/// The longest line that can be typed.
const MAX: usize = 200;

/// An edited line; the cursor stands at its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Input {
    text: String,
}

impl Input {
    /// The text as it stands.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Empties the line.
    pub fn clear(&mut self) {
        self.text.clear();
    }

    /// Adds printable text.
    pub fn insert(&mut self, s: &str) {
        let room = MAX.saturating_sub(self.text.chars().count());
        self.text.extend(s.chars().filter(|&c| text::is_printable(c)).take(room));
    }

    /// Edits the line by a key: characters, Backspace, Ctrl-u (all), Ctrl-w (a word). True if the key was one of these.
    pub fn press(&mut self, key: Key) -> bool {
        match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) => self.insert(&c.to_string()),
            (Code::Backspace, ..) => {
                self.text.pop();
            }
            (Code::Char('u'), true, _) => self.text.clear(),
            (Code::Char('w'), true, _) => {
                let kept = self.text.trim_end().rfind(' ').map_or(0, |i| i + 1);
                self.text.truncate(kept);
            }
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited() {
        let mut line = Input::default();
        for c in "dev worker".chars() {
            assert!(line.press(Key::char(c)));
        }
        line.press(Key::ctrl('w'));
        assert_eq!(line.text(), "dev ");
        line.press(Key::plain(Code::Backspace));
        assert_eq!(line.text(), "dev");
        assert!(!line.press(Key::plain(Code::Enter)));
        line.insert("\x1b[2J\n");
        assert_eq!(line.text(), "dev[2J");
        line.insert(&"x".repeat(500));
        assert_eq!(line.text().len(), MAX);
    }
}
