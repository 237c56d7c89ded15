//! The theme file: TOML in, a [`Theme`] out, or a line and what is wrong with it. Which file to read is for `config`.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use toml::Spanned;

use super::depth::NAMES;
use super::{BUILTIN, Depth, Rgb, Role, Theme};

/// What is wrong with a theme file: a line and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ThemeError {
    /// 1-based line of the file; 0 where the reader could not tell.
    pub line: usize,
    /// What is wrong, with the near miss.
    pub what: String,
}

type Word = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    help: Option<String>,
    inherit: Option<Word>,
    colour: Option<bool>,
    #[serde(default)]
    meaning: BTreeMap<Word, Look>,
    #[serde(default)]
    palette: BTreeMap<Word, Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    fg: Option<Word>,
    bg: Option<Word>,
    fg16: Option<Word>,
    bg16: Option<Word>,
    #[serde(default)]
    attrs: Vec<Word>,
}

const ATTRS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];

/// Reads a theme file for a depth. What it leaves out comes from the theme it inherits, else from the first built-in one;
/// a `whole` file (a built-in one) leaves nothing out.
pub(super) fn read(name: &str, toml: &str, depth: Depth, whole: bool) -> Result<Theme, ThemeError> {
    let reader = Reader { toml };
    let file: File = toml::from_str(toml).map_err(|e| {
        reader.error(e.span().map(|s| s.start), e.message().lines().next().unwrap_or_default())
    })?;
    let plain = file.colour == Some(false);
    let depth = if plain { Depth::Mono } else { depth };
    let parent = match &file.inherit {
        Some(word) => BUILTIN[reader.known(word, "built-in theme", BUILTIN.iter().map(|(n, _)| *n))?].0,
        None => BUILTIN[0].0,
    };
    let mut theme = if whole {
        let grey = Rgb(128, 128, 128);
        Theme {
            name: String::new(),
            help: String::new(),
            depth,
            styles: [Style::new(); Role::ALL.len()],
            paper: (Rgb(216, 216, 216), Rgb(16, 16, 16)),
            palette: [grey; 16],
        }
    } else {
        Theme::builtin(parent, depth).expect("the word was found in the table of built-in themes")
    };
    for (word, look) in &file.meaning {
        let role = reader.known(word, "meaning", Role::ALL.iter().map(|(_, w)| *w))?;
        theme.styles[role] = reader.style(look, depth)?;
        if role == Role::Base as usize {
            let hex = |w: &Option<Word>| w.as_ref().and_then(|w| Rgb::hex(w.get_ref()));
            theme.paper = (hex(&look.fg).unwrap_or(theme.paper.0), hex(&look.bg).unwrap_or(theme.paper.1));
        }
    }
    for (word, hex) in &file.palette {
        let at = reader.known(word, "colour", NAMES.iter().map(|(n, _)| *n))?;
        theme.palette[at] = reader.hex(hex)?;
    }
    // Without colour the weights of mono are used: they are chosen to tell states apart.
    if depth == Depth::Mono && !plain {
        theme = Theme::builtin("mono", depth).expect("mono is built in: a test proves it");
    }
    name.clone_into(&mut theme.name);
    theme.help = file.help.unwrap_or_default();
    Ok(theme)
}

/// Turns words into values, and faults into lines.
struct Reader<'a> {
    toml: &'a str,
}

impl Reader<'_> {
    fn error(&self, at: Option<usize>, what: impl Into<String>) -> ThemeError {
        let head = at.and_then(|at| self.toml.get(..at));
        ThemeError { line: head.map_or(0, |h| h.matches('\n').count() + 1), what: what.into() }
    }

    /// The place of a word among the known ones.
    fn known<'k>(
        &self,
        word: &Word,
        kind: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> Result<usize, ThemeError> {
        let said = word.get_ref().as_str();
        known.clone().position(|k| k == said).ok_or_else(|| {
            let hint = match nearest(said, known.clone()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("there are: {}", known.collect::<Vec<_>>().join(" ")),
            };
            self.error(Some(word.span().start), format!("no {kind} is called \"{said}\"; {hint}"))
        })
    }

    fn style(&self, look: &Look, depth: Depth) -> Result<Style, ThemeError> {
        let mut style = Style::new();
        style.fg = self.color(look.fg.as_ref(), look.fg16.as_ref(), depth)?;
        style.bg = self.color(look.bg.as_ref(), look.bg16.as_ref(), depth)?;
        for word in &look.attrs {
            let at = self.known(word, "attribute", ATTRS.iter().map(|(n, _)| *n))?;
            style.add_modifier |= ATTRS[at].1;
        }
        Ok(style)
    }

    fn color(
        &self,
        full: Option<&Word>,
        few: Option<&Word>,
        depth: Depth,
    ) -> Result<Option<Color>, ThemeError> {
        // Both are read at any depth: a fault in a file is told wherever it is loaded.
        let full = full.map(|w| self.hex(w)).transpose()?.map(|Rgb(r, g, b)| Color::Rgb(r, g, b));
        let few = match few {
            Some(word) if word.get_ref() == "default" => Some(Color::Reset),
            Some(word) => {
                let names = NAMES.iter().map(|(n, _)| *n).chain(["default"]);
                Some(NAMES[self.known(word, "colour", names)?].1)
            }
            None => None,
        };
        Ok(match depth {
            Depth::Mono | Depth::Sixteen => few.or(full),
            Depth::Indexed256 | Depth::True => full.or(few),
        }
        .map(|c| depth.show(c)))
    }

    fn hex(&self, word: &Word) -> Result<Rgb, ThemeError> {
        let what = || format!("\"{}\" is no colour; write it as \"#rrggbb\"", word.get_ref());
        Rgb::hex(word.get_ref()).ok_or_else(|| self.error(Some(word.span().start), what()))
    }
}

/// The known word that shares the most with the one said, if it is most of it. (Rooms above have a better one; a theme
/// knows nothing of them.)
fn nearest<'k>(said: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let alike = |k: &str| {
        let mut left: Vec<char> = k.chars().collect();
        let common =
            said.chars().filter(|c| left.iter().position(|l| l == c).map(|i| left.remove(i)).is_some());
        let common = common.count();
        (common, k.chars().count().max(said.chars().count()) - common)
    };
    known
        .map(|k| (alike(k), k))
        .filter(|((common, other), _)| common > other)
        .max_by_key(|((common, other), _)| (usize::MAX - other, *common))
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_changes_what_it_names() {
        let toml = "inherit = \"light\"\n[meaning]\nalarm = { fg = \"#ff0000\", attrs = [\"underline\"] }\n";
        let mine = Theme::parse("mine", toml, Depth::True).expect("sound");
        let light = Theme::builtin("light", Depth::True).expect("light");
        assert_eq!(mine.name(), "mine");
        assert_eq!(mine.style(Role::Alarm).fg, Some(Color::Rgb(255, 0, 0)));
        assert_eq!(mine.style(Role::Alarm).add_modifier, Modifier::UNDERLINED);
        assert_eq!(mine.style(Role::Text), light.style(Role::Text));
        assert_eq!(mine.paper(), light.paper());
        let few = Theme::parse("mine", toml, Depth::Sixteen).expect("sound");
        assert_eq!(few.style(Role::Alarm).fg, Some(Color::LightRed), "hex is mapped where no name is given");
    }

    #[test]
    fn faults_name_the_line_and_the_near_miss() {
        for (toml, line, part) in [
            ("[meaning]\nalram = { fg = \"#ff0000\" }", 2, "did you mean \"alarm\""),
            ("[meaning]\nxyz = { fg = \"#ff0000\" }", 2, "there are: base text"),
            ("[meaning]\n\nalarm = { fg = \"red\" }", 3, "write it as \"#rrggbb\""),
            ("[meaning]\nalarm = { fg16 = \"rde\" }", 2, "did you mean \"red\""),
            ("[meaning]\nalarm = { attrs = [\"blod\"] }", 2, "did you mean \"bold\""),
            ("inherit = \"drak\"", 1, "did you mean \"dark\""),
            ("[palette]\ngrean = \"#00ff00\"", 2, "did you mean \"green\""),
            ("[meaning]\nalarm = { color = \"#ff0000\" }", 2, "color"),
            ("[meanings]", 1, "meanings"),
            ("help = ", 1, ""),
        ] {
            for depth in [Depth::True, Depth::Mono] {
                let e = Theme::parse("mine", toml, depth).expect_err(toml);
                assert_eq!(e.line, line, "{toml}: {e}");
                assert!(e.what.contains(part), "{toml}: {e}");
            }
        }
    }
}
