//! Style by *meaning*: a theme says how an alarm, a name, a frame at rest look; the view says only what a thing means.
//! Each theme is one TOML file in themes/. Not for layout, and not for finding out what the terminal can show.

mod depth;
mod file;

use ratatui::style::{Color, Modifier, Style};

pub use depth::{Depth, Rgb};
pub use file::ThemeError;

/// What a thing on the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The ground everything stands on, and a pane's default colours.
    Base,
    /// Ordinary text.
    Text,
    /// Names and titles.
    Strong,
    /// What explains.
    Subtext,
    /// What is there for those who look for it.
    Faint,
    /// Bands and windows that lie on the ground: header, footer, popups.
    Surface,
    /// Frames at rest.
    Border,
    /// The frame that has the focus.
    Focus,
    /// The brand, and keys that can be pressed.
    Accent,
    /// Something runs.
    Working,
    /// Nothing runs.
    Idle,
    /// A person must act.
    Alarm,
    /// Something is broken.
    Problem,
    /// Something went well.
    Ok,
    /// Worth knowing, nothing to do.
    Note,
    /// The marked row.
    Selection,
    /// What is no longer fresh.
    Stale,
    /// Keys go to an agent now.
    Typing,
    /// A pane's text cursor.
    Cursor,
}

impl Role {
    /// Every role with its word in theme files.
    pub const ALL: [(Self, &'static str); 19] = [
        (Self::Base, "base"),
        (Self::Text, "text"),
        (Self::Strong, "strong"),
        (Self::Subtext, "subtext"),
        (Self::Faint, "faint"),
        (Self::Surface, "surface"),
        (Self::Border, "border"),
        (Self::Focus, "focus"),
        (Self::Accent, "accent"),
        (Self::Working, "working"),
        (Self::Idle, "idle"),
        (Self::Alarm, "alarm"),
        (Self::Problem, "problem"),
        (Self::Ok, "ok"),
        (Self::Note, "note"),
        (Self::Selection, "selection"),
        (Self::Stale, "stale"),
        (Self::Typing, "typing"),
        (Self::Cursor, "cursor"),
    ];

    /// The word of this role in theme files.
    pub const fn word(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// The themes that come with archtui: name and file. The first is the default.
pub const BUILTIN: [(&str, &str); 5] = [
    ("dark", include_str!("../themes/dark.toml")),
    ("light", include_str!("../themes/light.toml")),
    ("dusk", include_str!("../themes/dusk.toml")),
    ("contrast", include_str!("../themes/contrast.toml")),
    ("mono", include_str!("../themes/mono.toml")),
];

/// A theme made ready for what one terminal can show.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    name: String,
    help: String,
    depth: Depth,
    styles: [Style; Role::ALL.len()],
    /// Text and ground as true colours, then the sixteen: for pictures and for legibility.
    paper: (Rgb, Rgb),
    palette: [Rgb; 16],
}

impl Theme {
    /// A theme that comes with archtui. Where there is no colour at all it is always `mono`.
    pub fn builtin(name: &str, depth: Depth) -> Option<Self> {
        let name = if depth == Depth::Mono { "mono" } else { name };
        let (name, toml) = BUILTIN.iter().find(|(n, _)| *n == name)?;
        Some(file::read(name, toml, depth, true).expect("built-in themes are sound: a test proves it"))
    }

    /// The default theme.
    pub fn dark(depth: Depth) -> Self {
        Self::builtin(BUILTIN[0].0, depth).expect("the first theme exists: a test proves it")
    }

    /// Reads a theme file of that name.
    pub fn parse(name: &str, toml: &str, depth: Depth) -> Result<Self, ThemeError> {
        file::read(name, toml, depth, false)
    }

    /// The theme's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One line: what it is for.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// What it was made ready for.
    pub const fn depth(&self) -> Depth {
        self.depth
    }

    /// How a meaning looks: only what it changes of the ground below.
    pub const fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// How a meaning looks in a frame: its colour and weight, without what would fill the frame's cells.
    pub fn line(&self, role: Role) -> Style {
        let mut style = self.style(role);
        style.bg = None;
        style.add_modifier = style
            .add_modifier
            .difference(Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::ITALIC));
        style
    }

    /// How a marked row is laid over what is written in it. With few colours all of it takes the mark's own, since nobody
    /// knows which of the terminal's sixteen can be read on which.
    pub fn marked(&self) -> Style {
        let mut style = self.style(Role::Selection);
        if self.depth > Depth::Sixteen {
            style.fg = None;
        }
        style
    }

    /// Foreground and background of a pane's cells that name none.
    pub fn paper(&self) -> (Color, Color) {
        let base = self.style(Role::Base);
        (base.fg.unwrap_or(Color::Reset), base.bg.unwrap_or(Color::Reset))
    }

    /// The colours of a pane's cell as this terminal can show them. `Color::Reset` is this theme's paper. A text that the
    /// pane chose for another ground than ours, and that nobody could read on it, takes the colour that can be read.
    pub fn pane(&self, fg: Color, bg: Color) -> (Color, Color) {
        let paper = self.paper();
        let shown = |c: Color, own: Color| if c == Color::Reset { own } else { self.depth.show(c) };
        let (mut front, back) = (shown(fg, paper.0), shown(bg, paper.1));
        // On the terminal's own ground nobody knows what can be read, and two colours that the pane chose are its business.
        let ours = paper.1 != Color::Reset && (fg == Color::Reset) != (bg == Color::Reset);
        if ours {
            let ground = self.rgb(bg, false);
            if self.rgb(fg, true).contrast(ground) < READABLE {
                let text_is_better = self.paper.0.contrast(ground) > self.paper.1.contrast(ground);
                front = if text_is_better { paper.0 } else { paper.1 };
            }
        }
        (front, back)
    }

    /// The true colour of a cell's colour, for pictures.
    pub fn rgb(&self, color: Color, foreground: bool) -> Rgb {
        let own = if foreground { self.paper.0 } else { self.paper.1 };
        depth::rgb(color, &self.palette).unwrap_or(own)
    }
}

/// Below this contrast a text cannot be read at all; dim hints of agents lie well above it.
const READABLE: f32 = 1.5;

#[cfg(test)]
mod tests {
    use super::*;

    const DEPTHS: [Depth; 4] = [Depth::Mono, Depth::Sixteen, Depth::Indexed256, Depth::True];

    #[test]
    fn the_table_of_roles_is_in_the_order_of_the_enum() {
        for (i, (role, word)) in Role::ALL.iter().enumerate() {
            assert_eq!(*role as usize, i, "{word}");
            assert_eq!(role.word(), *word);
        }
    }

    #[test]
    fn every_built_in_theme_is_whole_at_every_depth() {
        for (name, toml) in BUILTIN {
            for depth in DEPTHS {
                assert!(!Theme::builtin(name, depth).expect(name).help().is_empty());
            }
            for (_, word) in Role::ALL {
                let line = format!("\n{word} ");
                assert!(toml.contains(&line), "{name} leaves {word} to be inherited");
            }
        }
    }

    #[test]
    fn every_file_in_themes_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/themes");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let mut names: Vec<String> = BUILTIN.iter().map(|(n, _)| format!("{n}.toml")).collect();
        names.sort();
        assert_eq!(files, names);
    }

    #[test]
    fn without_colour_no_theme_has_a_colour_and_states_still_differ() {
        for (name, _) in BUILTIN {
            let theme = Theme::builtin(name, Depth::Mono).expect(name);
            for (role, word) in Role::ALL {
                let s = theme.style(role);
                assert!(s.fg.is_none_or(|c| c == Color::Reset), "{name} {word}");
                assert!(s.bg.is_none_or(|c| c == Color::Reset), "{name} {word}");
            }
            assert_ne!(theme.style(Role::Alarm), theme.style(Role::Text));
            assert_ne!(theme.style(Role::Selection), theme.style(Role::Text));
            assert_eq!(theme.pane(Color::Rgb(1, 2, 3), Color::Red), (Color::Reset, Color::Reset));
        }
    }

    #[test]
    fn sixteen_colours_are_names_only() {
        for (name, _) in BUILTIN {
            let theme = Theme::builtin(name, Depth::Sixteen).expect(name);
            for (role, word) in Role::ALL {
                let s = theme.style(role);
                for c in [s.fg, s.bg].into_iter().flatten() {
                    assert!(!matches!(c, Color::Rgb(..) | Color::Indexed(16..)), "{name} {word} {c:?}");
                }
            }
        }
    }

    #[test]
    fn text_that_vanishes_on_this_ground_is_shown() {
        let light = Theme::builtin("light", Depth::True).expect("light");
        let (text, base) = light.paper();
        let (white, grey) = (Color::Rgb(255, 255, 255), Color::Rgb(55, 55, 55));
        assert_eq!(light.pane(white, Color::Reset), (text, base), "white on paper");
        assert_eq!(light.pane(Color::Indexed(15), Color::Reset), (text, base), "bright white on paper");
        assert_eq!(light.pane(Color::Reset, grey), (base, grey), "ink on a dark band");
        assert_eq!(light.pane(white, white), (white, white), "what a pane chose whole is its business");
        let red = Color::Rgb(180, 20, 20);
        assert_eq!(light.pane(red, Color::Reset), (red, base));
        let dark = Theme::dark(Depth::True);
        let (text, base) = dark.paper();
        assert_eq!(dark.pane(white, Color::Reset), (white, base));
        let dim = Color::Rgb(80, 80, 80);
        assert_eq!(dark.pane(dim, Color::Reset), (dim, base), "dim is not unreadable");
        assert_eq!(dark.pane(Color::Rgb(10, 10, 12), Color::Reset), (text, base), "black on black");
        let few = Theme::dark(Depth::Sixteen);
        assert_eq!(
            few.pane(Color::Indexed(0), Color::Reset),
            (Color::Indexed(0), Color::Reset),
            "the terminal's own ground"
        );
    }

    #[test]
    fn what_must_be_read_can_be_read() {
        for (name, _) in BUILTIN.iter().filter(|(n, _)| *n != "mono") {
            let theme = Theme::builtin(name, Depth::True).expect(name);
            for role in [Role::Text, Role::Strong, Role::Subtext, Role::Working, Role::Alarm, Role::Problem] {
                let fg = theme.style(role).fg.expect("a colour");
                let contrast = theme.rgb(fg, true).contrast(theme.paper.1);
                assert!(contrast >= 4.0, "{name} {}: {contrast}", role.word());
            }
            for ground in [Role::Selection, Role::Surface] {
                let bg = theme.rgb(theme.style(ground).bg.expect("a ground"), false);
                for role in
                    [Role::Text, Role::Strong, Role::Subtext, Role::Accent, Role::Alarm, Role::Problem]
                {
                    let fg = theme.rgb(theme.style(role).fg.expect("a colour"), true);
                    let contrast = fg.contrast(bg);
                    assert!(contrast >= 3.0, "{name} {} on {}: {contrast}", role.word(), ground.word());
                }
            }
            for role in [Role::Typing, Role::Selection, Role::Surface, Role::Cursor] {
                let s = theme.style(role);
                let (fg, bg) = (s.fg.expect("a colour"), s.bg.expect("a ground"));
                let contrast = theme.rgb(fg, true).contrast(theme.rgb(bg, false));
                assert!(contrast >= 4.0, "{name} {}: {contrast}", role.word());
            }
        }
    }
}
