//! The box that a person types into. Large pastes stand in it as one placeholder, as in the real one.

/// Pastes of more lines or characters than these are shown as a placeholder.
const LARGE_LINES: usize = 3;
const LARGE_CHARS: usize = 800;

/// Text that is not submitted yet.
#[derive(Debug, Clone, Default)]
pub struct Composer {
    shown: String,
    /// Placeholder and what it stands for.
    pastes: Vec<(String, String)>,
    pasted: usize,
}

impl Composer {
    /// What the box shows.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// True if nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Typed text at the end.
    pub fn push(&mut self, text: &str) {
        self.shown.push_str(text);
    }

    /// Pasted text at the end.
    pub fn paste(&mut self, text: &str) {
        let lines = text.lines().count();
        if lines <= LARGE_LINES && text.chars().count() <= LARGE_CHARS {
            self.shown.push_str(text);
            return;
        }
        self.pasted += 1;
        let more = if lines > 1 { format!(" +{lines} lines") } else { String::new() };
        let placeholder = format!("[Pasted text #{}{more}]", self.pasted);
        self.shown.push_str(&placeholder);
        self.pastes.push((placeholder, text.to_owned()));
    }

    /// Takes the last character, or a whole placeholder, away.
    pub fn backspace(&mut self) {
        if let Some((placeholder, _)) = self.pastes.iter().find(|(p, _)| self.shown.ends_with(p.as_str())) {
            self.shown.truncate(self.shown.len() - placeholder.len());
        } else {
            self.shown.pop();
        }
    }

    /// Empties the box and gives the whole text, pastes in full.
    pub fn take(&mut self) -> String {
        let mut text = std::mem::take(&mut self.shown);
        for (placeholder, full) in self.pastes.drain(..) {
            text = text.replacen(&placeholder, &full, 1);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Composer;

    #[test]
    fn large_pastes_stand_as_a_placeholder_and_are_submitted_in_full() {
        let mut c = Composer::default();
        c.push("see: ");
        c.paste("a\nb\nc\nd\ne");
        assert_eq!(c.shown(), "see: [Pasted text #1 +5 lines]");
        assert_eq!(c.take(), "see: a\nb\nc\nd\ne");
        assert!(c.is_empty());
        c.paste("short\ntext");
        assert_eq!(c.shown(), "short\ntext");
    }

    #[test]
    fn backspace_takes_a_character_or_a_placeholder() {
        let mut c = Composer::default();
        c.push("aé");
        c.paste(&"x".repeat(801));
        c.backspace();
        assert_eq!(c.shown(), "aé");
        c.backspace();
        assert_eq!(c.shown(), "a");
    }
}
