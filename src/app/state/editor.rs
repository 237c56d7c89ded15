//! A text of several lines that a person edits, with a cursor. Keys in, text out; what it is for is for the form.

use crate::app::key::{Code, Key};
use crate::domain::task::TaskText;
use crate::domain::text;

/// The text, and the cursor before one of its characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Editor {
    text: String,
    /// In bytes; always at a character's beginning or at the end.
    at: usize,
    /// Something did not fit.
    pub full: bool,
}

impl Editor {
    /// A text with the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut editor = Self::default();
        editor.insert(text);
        editor
    }

    /// The text as it stands.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True if there is nothing to lose.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Where the cursor is: the line from 0, and what stands before it in that line.
    pub fn cursor(&self) -> (usize, &str) {
        let head = &self.text[..self.at];
        (head.matches('\n').count(), &head[self.line_start()..])
    }

    /// Puts text in at the cursor: what can be drawn, and line ends. What does not fit is left out, and that is told.
    pub fn insert(&mut self, s: &str) {
        let unix = s.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
        let clean: String = unix.chars().filter(|&c| c == '\n' || text::is_printable(c)).collect();
        let mut room = TaskText::MAX.saturating_sub(self.text.len()).min(clean.len());
        while !clean.is_char_boundary(room) {
            room -= 1;
        }
        self.full = room < clean.len();
        self.text.insert_str(self.at, &clean[..room]);
        self.at += room;
    }

    /// Edits by a key; true if the key was one of these.
    pub fn press(&mut self, key: Key) -> bool {
        match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) => self.insert(c.encode_utf8(&mut [0; 4])),
            (Code::Enter, ..) => self.insert("\n"),
            (Code::Backspace, false, false) => self.cut(self.before(self.at)),
            (Code::Char('w'), true, _) | (Code::Backspace, ..) => self.cut(self.word_before()),
            (Code::Char('u'), true, _) => self.cut(self.line_start()),
            (Code::Delete, ..) => {
                let end = self.after(self.at);
                self.text.drain(self.at..end);
            }
            (Code::Left, ..) => self.at = self.before(self.at),
            (Code::Right, ..) => self.at = self.after(self.at),
            (Code::Up, ..) => self.go_line(true),
            (Code::Down, ..) => self.go_line(false),
            (Code::Home, ..) | (Code::Char('a'), true, _) => self.at = self.line_start(),
            (Code::End, ..) | (Code::Char('e'), true, _) => self.at = self.line_end(self.at),
            _ => return false,
        }
        true
    }

    /// Removes what stands between a place before the cursor and the cursor.
    fn cut(&mut self, from: usize) {
        self.text.drain(from..self.at);
        (self.at, self.full) = (from, false);
    }

    fn before(&self, at: usize) -> usize {
        self.text[..at].chars().next_back().map_or(0, |c| at - c.len_utf8())
    }

    fn after(&self, at: usize) -> usize {
        self.text[at..].chars().next().map_or(at, |c| at + c.len_utf8())
    }

    fn line_start(&self) -> usize {
        self.text[..self.at].rfind('\n').map_or(0, |i| i + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |i| at + i)
    }

    fn word_before(&self) -> usize {
        let head = self.text[..self.at].trim_end_matches([' ', '\n']);
        head.rfind([' ', '\n']).map_or(0, |i| i + 1)
    }

    /// To the same column of the line above or below, or to its end.
    fn go_line(&mut self, up: bool) {
        let start = self.line_start();
        let column = self.text[start..self.at].chars().count();
        let to = if up {
            if start == 0 {
                return;
            }
            self.text[..start - 1].rfind('\n').map_or(0, |i| i + 1)
        } else {
            let end = self.line_end(self.at);
            if end == self.text.len() {
                return;
            }
            end + 1
        };
        let line = &self.text[to..self.line_end(to)];
        self.at = to + line.char_indices().nth(column).map_or(line.len(), |(i, _)| i);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typed(keys: &str) -> Editor {
        let mut editor = Editor::default();
        for word in keys.split_inclusive(' ') {
            let word = word.trim_end();
            match Key::parse(word) {
                Ok(key) if word.len() > 1 => drop(editor.press(key)),
                _ => editor.insert(word),
            }
        }
        editor
    }

    #[test]
    fn a_text_of_several_lines_is_edited() {
        for (keys, text, line, before) in [
            ("one enter two", "one\ntwo", 1, "two"),
            ("one enter two up X", "oneX\ntwo", 0, "oneX"),
            ("one enter two home X", "one\nXtwo", 1, "X"),
            ("long-line enter ab up up X", "loXng-line\nab", 0, "loX"),
            ("ab enter long-line up X down Y", "abX\nlonYg-line", 1, "lonY"),
            ("abc left left X delete", "aXc", 0, "aX"),
            ("ab backspace backspace backspace X", "X", 0, "X"),
            ("one space two ctrl-w X", "one X", 0, "one X"),
            ("one enter two space x ctrl-u X", "one\nX", 1, "X"),
            ("漢字 left backspace", "字", 0, ""),
            ("one enter home up end X", "oneX\n", 0, "oneX"),
        ] {
            let editor = typed(keys);
            assert_eq!((editor.text(), editor.cursor()), (text, (line, before)), "{keys}");
        }
    }

    #[test]
    fn what_is_pasted_is_printable_and_bounded() {
        let mut editor = Editor::default();
        editor.insert("a\r\nb\rc\t\u{1b}[201~\u{202e}");
        assert_eq!(editor.text(), "a\nb\nc    [201~");
        editor.insert(&"漢".repeat(TaskText::MAX));
        assert!(editor.text().len() <= TaskText::MAX && editor.full, "and it is told");
        editor.press(Key::plain(Code::Backspace));
        assert!(!editor.full);
    }

    proptest! {
        #[test]
        fn no_keys_break_it(keys in proptest::collection::vec((0usize..14, "\\PC"), 0..80)) {
            let codes = [
                Code::Enter, Code::Backspace, Code::Delete, Code::Left, Code::Right, Code::Up, Code::Down, Code::Home,
                Code::End,
            ];
            let mut editor = Editor::default();
            for (n, c) in keys {
                match codes.get(n) {
                    Some(code) => drop(editor.press(Key::plain(*code))),
                    None if n == 10 => drop(editor.press(Key::ctrl('w'))),
                    None if n == 11 => drop(editor.press(Key::ctrl('u'))),
                    None => editor.insert(&c),
                }
                let (line, before) = editor.cursor();
                prop_assert!(editor.text().split('\n').nth(line).is_some_and(|l| l.starts_with(before)));
            }
        }
    }
}
