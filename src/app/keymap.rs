//! Which key means which action: read from TOML, defaults first, a person's file laid over. What the actions do is for
//! `update`.

use std::collections::BTreeMap;

use super::action::{ACTIONS, Action};
use super::key::Key;
use crate::domain::misread::Misread;
use crate::domain::text;

/// The keys that come with archtui.
pub const DEFAULT: &str = include_str!("../../assets/keymap.toml");

/// Keys and their actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    keys: BTreeMap<Key, Action>,
}

/// What is wrong with a keymap file: a line and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct KeymapError {
    /// 1-based line of the file; 0 where the reader could not tell.
    pub line: usize,
    /// What is wrong, with the near miss.
    pub what: String,
}

impl Keymap {
    /// The keys of assets/keymap.toml.
    pub fn builtin() -> Self {
        let mut map = Self { keys: BTreeMap::new() };
        map.lay_over(DEFAULT).expect("the built-in keymap is sound: a test proves it");
        map
    }

    /// Lays a file over: each action it names gets exactly the keys given there; a key given to another action moves.
    pub fn lay_over(&mut self, toml: &str) -> Result<(), KeymapError> {
        let table: BTreeMap<toml::Spanned<String>, Vec<toml::Spanned<String>>> = toml::from_str(toml)
            .map_err(|e| KeymapError {
                line: e.span().map_or(0, |s| line_of(toml, s.start)),
                what: format!("{}; each line is: action = [\"key\", …]", Misread::of(e.message()).what),
            })?;
        let mut laid = Vec::new();
        for (name, keys) in &table {
            let action = Action::by_name(name.get_ref()).ok_or_else(|| KeymapError {
                line: line_of(toml, name.span().start),
                what: match text::nearest(name.get_ref(), ACTIONS.iter().map(|r| r.name)) {
                    Some(n) => format!("no action is called \"{}\"; did you mean \"{n}\"?", name.get_ref()),
                    None => format!(
                        "no action is called \"{}\"; without that line `archtui keys` lists them",
                        name.get_ref()
                    ),
                },
            })?;
            for key in keys {
                let at = line_of(toml, key.span().start);
                let parsed = Key::parse(key.get_ref()).map_err(|what| KeymapError { line: at, what })?;
                if let Some((_, other)) = laid.iter().find(|(k, a)| *k == parsed && *a != action) {
                    let other: Action = *other;
                    return Err(KeymapError {
                        line: at,
                        what: format!(
                            "\"{}\" is given to {} and to {}",
                            key.get_ref(),
                            other.row().name,
                            name.get_ref()
                        ),
                    });
                }
                laid.push((parsed, action));
            }
        }
        let mut keys = self.keys.clone();
        keys.retain(|_, a| !table.keys().any(|n| n.get_ref() == a.row().name));
        keys.extend(laid);
        // Nobody is locked in: whoever gave its last key away says which it has now.
        if !keys.values().any(|a| *a == Action::Quit) {
            let own = |key: &Key| self.keys.get(key) == Some(&Action::Quit);
            let taken = |k: &toml::Spanned<String>| Key::parse(k.get_ref()).is_ok_and(|key| own(&key));
            let took = table.iter().find(|(name, keys)| name.get_ref() == "quit" || keys.iter().any(taken));
            return Err(KeymapError {
                line: took.map_or(0, |(name, _)| line_of(toml, name.span().start)),
                what: "quit has no key then; give it one: quit = [\"Q\"]".to_owned(),
            });
        }
        self.keys = keys;
        Ok(())
    }

    /// The keys and the names of what they mean.
    pub fn pairs(&self) -> impl Iterator<Item = (Key, &'static str)> {
        self.keys.iter().map(|(key, action)| (*key, action.row().name))
    }

    /// From such pairs; the error names an action that there is not.
    pub fn of(pairs: impl IntoIterator<Item = (Key, String)>) -> Result<Self, String> {
        let action =
            |name: &str| Action::by_name(name).ok_or_else(|| format!("no action is called {name:?}"));
        let keys: Result<_, String> =
            pairs.into_iter().map(|(key, name)| Ok((key, action(&name)?))).collect();
        Ok(Self { keys: keys? })
    }

    /// What a key means.
    pub fn action(&self, key: Key) -> Option<Action> {
        self.keys.get(&key).copied()
    }

    /// The keys of an action, plain letters first.
    pub fn keys_of(&self, action: Action) -> Vec<Key> {
        let mut keys: Vec<Key> = self.keys.iter().filter(|(_, a)| **a == action).map(|(k, _)| *k).collect();
        keys.sort_by_key(|k| (k.ctrl || k.alt || k.shift, *k));
        keys
    }

    /// The first key of an action as it is shown; empty if it has none.
    pub fn shown(&self, action: Action) -> String {
        self.keys_of(action).first().map(ToString::to_string).unwrap_or_default()
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).map_or(0, |head| head.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_file_names_every_action_once() {
        let map = Keymap::builtin();
        for row in &ACTIONS {
            assert!(!map.keys_of(row.action).is_empty(), "{} has no key", row.name);
        }
    }

    #[test]
    fn nothing_that_ends_or_discards_is_on_a_bare_lower_case_letter() {
        // Quit only leaves: the agents keep running.
        let map = Keymap::builtin();
        for row in &ACTIONS {
            let harms = ["kill", "interrupt", "discard", "restart", "cancel", "retry", "close"]
                .iter()
                .any(|w| row.name.contains(w));
            for key in map.keys_of(row.action) {
                assert!(
                    !(harms && matches!(key.code, crate::app::key::Code::Char('a'..='z')) && !key.ctrl),
                    "{key}"
                );
            }
        }
    }

    #[test]
    fn a_file_laid_over_moves_keys() {
        let mut map = Keymap::builtin();
        map.lay_over("quit = [\"Q\"]\nhelp = [\"q\", \"f1\"]\n").expect("sound");
        assert_eq!(map.action(Key::char('Q')), Some(Action::Quit));
        assert_eq!(map.action(Key::char('q')), Some(Action::Help));
        assert_eq!(map.action(Key::char('?')), None, "help has just the keys the file gives it");
    }

    #[test]
    fn errors_name_the_line_and_the_near_miss() {
        for (file, line, part) in [
            ("quit = [\"Q\"]\nhlep = [\"x\"]", 2, "did you mean \"help\""),
            ("quit = [\"entr\"]", 1, "did you mean \"enter\""),
            ("zoom = [\"z\"]\nquit = [\"z\"]", 0, "is given to"),
            ("quit = \"Q\"", 1, "action = [\"key\""),
            ("quit = [", 1, ""),
            ("zoom = [\"z\"]\napprove = [\"q\", \"ctrl-c\"]", 2, "quit has no key then"),
            ("quit = []", 1, "quit has no key then"),
        ] {
            let e = Keymap::builtin().lay_over(file).expect_err(file);
            assert!(line == 0 || e.line == line, "{file}: {e}");
            assert!(e.what.contains(part), "{file}: {e}");
        }
    }
}
