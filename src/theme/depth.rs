//! How many colours a terminal can show, and the way from many to few. Not for what a colour means.

use ratatui::style::Color;

/// How many colours a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// None: weight and reverse only.
    Mono,
    /// The sixteen of its palette.
    Sixteen,
    /// 256.
    Indexed256,
    /// 24 bits.
    True,
}

impl Depth {
    /// What the environment promises: `NO_COLOR` (set and not empty), `COLORTERM`, `TERM`.
    pub fn promised(no_color: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        if no_color.is_some_and(|v| !v.is_empty()) || term == "dumb" {
            Self::Mono
        } else if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed256
        } else {
            Self::Sixteen
        }
    }

    /// The colour as this depth can show it. Palette colours 0 to 15 stay the terminal's own.
    pub fn show(self, color: Color) -> Color {
        match (self, color) {
            (Self::Mono, _) | (_, Color::Reset) => Color::Reset,
            (Self::Sixteen, Color::Rgb(r, g, b)) => nearest16(Rgb(r, g, b)),
            (Self::Sixteen, Color::Indexed(n @ 16..)) => nearest16(xterm(n)),
            (Self::Indexed256, Color::Rgb(r, g, b)) => Color::Indexed(nearest256(Rgb(r, g, b))),
            _ => color,
        }
    }
}

/// A true colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Reads `#rrggbb`.
    pub fn hex(s: &str) -> Option<Self> {
        let digits = s.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let byte = |i: usize| u8::from_str_radix(&digits[i..i + 2], 16).ok();
        Some(Self(byte(0)?, byte(2)?, byte(4)?))
    }

    /// The contrast ratio of WCAG, 1 to 21.
    pub fn contrast(self, other: Self) -> f32 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f32 {
        // The sRGB curve taken as a square: near enough to tell readable from not, and quick.
        let lin = |c: u8| (f32::from(c) / 255.0).powi(2);
        0.2126 * lin(self.0) + 0.7152 * lin(self.1) + 0.0722 * lin(self.2)
    }

    fn distance(self, other: Self) -> u32 {
        // Weighted as the eye is: green most, blue least.
        let d = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        3 * d(self.0, other.0) + 4 * d(self.1, other.1) + 2 * d(self.2, other.2)
    }
}

/// The names of the sixteen colours in theme files, in the order of the palette.
pub(super) const NAMES: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// What the sixteen are taken to be when a colour is mapped onto them: xterm's.
const XTERM16: [Rgb; 16] = [
    Rgb(0, 0, 0),
    Rgb(205, 0, 0),
    Rgb(0, 205, 0),
    Rgb(205, 205, 0),
    Rgb(0, 0, 238),
    Rgb(205, 0, 205),
    Rgb(0, 205, 205),
    Rgb(229, 229, 229),
    Rgb(127, 127, 127),
    Rgb(255, 0, 0),
    Rgb(0, 255, 0),
    Rgb(255, 255, 0),
    Rgb(92, 92, 255),
    Rgb(255, 0, 255),
    Rgb(0, 255, 255),
    Rgb(255, 255, 255),
];

/// The true colour of a cell's colour; `None` for the terminal's default.
pub(super) fn rgb(color: Color, palette: &[Rgb; 16]) -> Option<Rgb> {
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some(Rgb(r, g, b)),
        Color::Indexed(n) => Some(palette.get(usize::from(n)).copied().unwrap_or_else(|| xterm(n))),
        named => NAMES.iter().position(|(_, c)| *c == named).map(|i| palette[i]),
    }
}

/// The colour cube and the greys of the 256.
fn xterm(n: u8) -> Rgb {
    match n {
        0..=15 => XTERM16[usize::from(n)],
        16..=231 => {
            let level = |v: u8| if v == 0 { 0 } else { 55 + 40 * v };
            let n = n - 16;
            Rgb(level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        _ => {
            let grey = 8 + 10 * (n - 232);
            Rgb(grey, grey, grey)
        }
    }
}

fn nearest16(want: Rgb) -> Color {
    let at = (0..16).min_by_key(|&i| XTERM16[i].distance(want)).unwrap_or(7);
    NAMES[at].1
}

/// The nearest of the cube and of the greys; the sixteen are left out: nobody knows how a terminal shows them.
fn nearest256(want: Rgb) -> u8 {
    let level = |v: u8| match v {
        0..=47 => 0,
        48..=114 => 1,
        _ => (v - 35) / 40,
    };
    let cube = 16 + 36 * level(want.0) + 6 * level(want.1) + level(want.2);
    let mean = (u16::from(want.0) + u16::from(want.1) + u16::from(want.2)) / 3;
    let grey = 232 + (mean.saturating_sub(3) / 10).min(23) as u8;
    if xterm(grey).distance(want) < xterm(cube).distance(want) { grey } else { cube }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_environment_promises_a_depth() {
        for (no, ct, term, want) in [
            (None, Some("truecolor"), Some("xterm-256color"), Depth::True),
            (None, None, Some("xterm-256color"), Depth::Indexed256),
            (None, None, Some("linux"), Depth::Sixteen),
            (None, None, None, Depth::Sixteen),
            (Some("1"), Some("truecolor"), Some("xterm"), Depth::Mono),
            (Some(""), Some("24bit"), Some("xterm"), Depth::True),
            (None, None, Some("dumb"), Depth::Mono),
            (None, None, Some("xterm-direct"), Depth::True),
        ] {
            assert_eq!(Depth::promised(no, ct, term), want, "{no:?} {ct:?} {term:?}");
        }
    }

    #[test]
    fn colours_of_the_cube_and_the_greys_map_onto_themselves() {
        for n in 16..=255u8 {
            let Rgb(r, g, b) = xterm(n);
            let Color::Indexed(m) = Depth::Indexed256.show(Color::Rgb(r, g, b)) else { panic!("indexed") };
            assert_eq!(xterm(m), xterm(n), "{n}");
        }
    }

    #[test]
    fn few_colours_keep_the_hue() {
        for (rgb, want) in [
            (Color::Rgb(250, 20, 20), Color::LightRed),
            (Color::Rgb(10, 10, 10), Color::Black),
            (Color::Rgb(252, 252, 252), Color::White),
            (Color::Indexed(196), Color::LightRed),
            (Color::Indexed(3), Color::Indexed(3)),
        ] {
            assert_eq!(Depth::Sixteen.show(rgb), want);
        }
        assert_eq!(Depth::Mono.show(Color::Red), Color::Reset);
    }

    #[test]
    fn hex_is_read_strictly() {
        assert_eq!(Rgb::hex("#0aF1ff"), Some(Rgb(10, 241, 255)));
        for bad in ["0af1ff", "#0af1f", "#0af1fff", "#+af1ff", "#é1ff"] {
            assert_eq!(Rgb::hex(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn the_nearest_of_256_is_never_beaten_by_far(r: u8, g: u8, b: u8) {
            let want = Rgb(r, g, b);
            let got = xterm(nearest256(want)).distance(want);
            let best = (16..=255).map(|n| xterm(n).distance(want)).min().unwrap_or(0);
            // The cube's thresholds weigh channels alone: a little worse than the best is accepted.
            prop_assert!(got <= best + 2600, "{got} {best}");
        }
    }
}
