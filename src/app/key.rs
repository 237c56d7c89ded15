//! A key as a person presses it: read from and printed to the words of the keymap file, and turned into what is typed
//! into a pane. Which key does what is for `keymap`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::stroke::{KeyName, Stroke};

/// Which key, without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Code {
    /// A printable character, as it arrives: `N` is shift and n.
    Char(char),
    /// Function key 1 to 12.
    F(u8),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// Names of keys that are not characters, as the keymap file writes them.
const NAMES: [(&str, Code); 17] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backtab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
    ("space", Code::Char(' ')),
    ("minus", Code::Char('-')),
];

/// A key press with its modifiers. Shift stands in the character itself where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Control held.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ctrl: bool,
    /// Alt held.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alt: bool,
    /// Shift held, for keys that are not characters.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shift: bool,
}

impl Key {
    /// The key alone.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// A character alone.
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// With control held.
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// Reads `q`, `N`, `ctrl-p`, `alt-x`, `shift-up`, `f1`, `enter`. The error says what is wrong and what is near.
    pub fn parse(s: &str) -> Result<Self, String> {
        let mut key = Self::plain(Code::Esc);
        let mut rest = s;
        while let Some((head, tail)) = rest.split_once('-').filter(|(_, tail)| !tail.is_empty()) {
            match head {
                "ctrl" => key.ctrl = true,
                "alt" => key.alt = true,
                "shift" => key.shift = true,
                _ => break,
            }
            rest = tail;
        }
        let mut chars = rest.chars();
        key.code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => Code::Char(c),
            _ => match NAMES.iter().find(|(n, _)| *n == rest) {
                Some((_, code)) => *code,
                None => match rest.strip_prefix('f').and_then(|n| n.parse().ok()) {
                    Some(n @ 1..=12) => Code::F(n),
                    _ => return Err(format!("no key is called \"{s}\"{}", near(rest))),
                },
            },
        };
        Ok(key)
    }

    /// What this key types into a pane; `None` for keys that tmux has no name for.
    pub fn stroke(self) -> Option<Stroke> {
        if let Code::Char(c) = self.code
            && !self.ctrl
            && !self.alt
        {
            return Stroke::text(&c.to_string());
        }
        let mut name = String::new();
        if self.ctrl {
            name.push_str("C-");
        }
        if self.alt {
            name.push_str("M-");
        }
        if self.shift {
            name.push_str("S-");
        }
        match self.code {
            Code::Char(' ') => name.push_str("Space"),
            Code::Char(c) => name.push(c),
            Code::F(n) => name = format!("{name}F{n}"),
            Code::Enter => name.push_str("Enter"),
            Code::Esc => name.push_str("Escape"),
            Code::Tab => name.push_str("Tab"),
            Code::BackTab => {
                name = name.replace("S-", "");
                name.push_str("BTab");
            }
            Code::Backspace => name.push_str("BSpace"),
            Code::Delete => name.push_str("DC"),
            Code::Insert => name.push_str("IC"),
            Code::Up => name.push_str("Up"),
            Code::Down => name.push_str("Down"),
            Code::Left => name.push_str("Left"),
            Code::Right => name.push_str("Right"),
            Code::Home => name.push_str("Home"),
            Code::End => name.push_str("End"),
            Code::PageUp => name.push_str("PageUp"),
            Code::PageDown => name.push_str("PageDown"),
        }
        KeyName::new(&name).map(Stroke::Key)
    }
}

fn near(word: &str) -> String {
    crate::domain::text::nearest(word, NAMES.iter().map(|(n, _)| *n))
        .map_or_else(String::new, |n| format!("; did you mean \"{n}\"?"))
}

impl fmt::Display for Key {
    /// The short form shown on the screen: `q`, `Enter`, `Ctrl-p`, `F1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        if self.alt {
            f.write_str("Alt-")?;
        }
        if self.shift {
            f.write_str("Shift-")?;
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) => write!(f, "F{n}"),
            Code::Up => f.write_str("↑"),
            Code::Down => f.write_str("↓"),
            Code::Left => f.write_str("←"),
            Code::Right => f.write_str("→"),
            Code::PageUp => f.write_str("PgUp"),
            Code::PageDown => f.write_str("PgDn"),
            Code::Backspace => f.write_str("Backspace"),
            Code::BackTab => f.write_str("Shift-Tab"),
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_shown() {
        for (word, shown) in [
            ("q", "q"),
            ("N", "N"),
            ("ctrl-p", "Ctrl-p"),
            ("ctrl-]", "Ctrl-]"),
            ("enter", "Enter"),
            ("f6", "F6"),
            ("pagedown", "PgDn"),
            ("-", "-"),
            ("ctrl--", "Ctrl--"),
            ("shift-up", "Shift-↑"),
            ("space", "Space"),
            ("?", "?"),
        ] {
            assert_eq!(Key::parse(word).expect(word).to_string(), shown);
        }
    }

    #[test]
    fn a_wrong_key_name_tells_the_near_miss() {
        let e = Key::parse("entr").unwrap_err();
        assert!(e.contains("\"entr\"") && e.contains("\"enter\""), "{e}");
        for bad in ["", "f13", "f0", "ctrl-", "meta-x"] {
            assert!(Key::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_type_what_they_say() {
        let stroke = |w: &str| Key::parse(w).expect(w).stroke();
        assert_eq!(stroke("a"), Some(Stroke::Text("a".into())));
        assert_eq!(stroke("é"), Some(Stroke::Text("é".into())));
        let named = |s: &str| KeyName::new(s).map(Stroke::Key);
        assert_eq!(stroke("esc"), named("Escape"));
        assert_eq!(stroke("ctrl-c"), named("C-c"));
        assert_eq!(stroke("alt-enter"), named("M-Enter"));
        assert_eq!(stroke("backtab"), named("BTab"));
        assert_eq!(stroke("ctrl-é"), None);
    }
}
