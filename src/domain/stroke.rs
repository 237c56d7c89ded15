//! What may be typed into a pane: literal text or one named key, checked when made. How it is sent is for `tmux`.

use serde::{Deserialize, Serialize};

use super::text;

/// One thing to type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stroke {
    /// Printable text, sent literally.
    Text(String),
    /// A key by tmux's name for it: `Enter`, `Escape`, `C-c`, `M-x`, `S-Up`, `F5`.
    Key(KeyName),
}

impl Stroke {
    /// Literal text without anything that is not printable; `None` if nothing is left.
    pub fn text(raw: &str) -> Option<Self> {
        let clean = text::printable(raw);
        (!clean.is_empty()).then_some(Self::Text(clean))
    }
}

/// A key name that tmux knows: an optional run of `C-`, `M-`, `S-`, then a named key or one printable ASCII character.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyName(String);

/// The named keys that agents may be sent.
const NAMED: [&str; 27] = [
    "Enter", "Escape", "Space", "Tab", "BTab", "BSpace", "Up", "Down", "Left", "Right", "Home", "End",
    "PageUp", "PageDown", "IC", "DC", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11",
];

impl KeyName {
    /// Reads a key name; anything tmux would not read as exactly one key is `None`.
    pub fn new(raw: &str) -> Option<Self> {
        let mut rest = raw;
        for _ in 0..3 {
            for m in ["C-", "M-", "S-"] {
                if rest.len() > 2 {
                    rest = rest.strip_prefix(m).unwrap_or(rest);
                }
            }
        }
        let one_char = rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_graphic());
        (NAMED.contains(&rest) || rest == "F12" || one_char).then(|| Self(raw.to_owned()))
    }

    /// The name as tmux reads it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KeyName {
    type Error = String;
    fn try_from(s: String) -> Result<Self, String> {
        Self::new(&s).ok_or_else(|| format!("no key is called {s:?}"))
    }
}

impl From<KeyName> for String {
    fn from(k: KeyName) -> Self {
        k.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_names_are_one_key_each() {
        for good in ["Enter", "Escape", "1", "y", "C-c", "M-x", "C-M-a", "S-Up", "BSpace", ";", "-", "F12"] {
            assert!(KeyName::new(good).is_some(), "{good}");
        }
        for bad in ["", "Entr", "yes", "C-", "11", "é", "\n", "C-\u{1b}", "1 Enter"] {
            assert!(KeyName::new(bad).is_none(), "{bad:?}");
        }
    }
}
