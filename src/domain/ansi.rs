//! From the bytes that `tmux capture-pane -e` prints to a [`Screen`]. Reads SGR and the shift to line drawing; every
//! other escape sequence is swallowed whole, so that no control byte of a pane survives. Total: any bytes give a screen.

use super::screen::{Attrs, Color, Row, Screen, Span, Style};
use super::text;

/// Rows longer than this many bytes are cut: a pane cannot be that wide.
const MAX_ROW_BYTES: usize = 64 * 1024;

/// Reads a capture of a pane of `width` columns and `height` rows. Colour runs on over line ends, as tmux prints it.
/// Rows beyond `height` are dropped; `height` 0 keeps all.
pub fn parse(bytes: &[u8], width: u16, height: u16) -> Screen {
    let limit = if height == 0 { usize::MAX } else { usize::from(height) };
    let mut rows = Vec::with_capacity(usize::from(height).min(512));
    let mut pen = Pen::default();
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if !bytes.is_empty() {
        for line in raw_rows(body).take(limit) {
            rows.push(pen.row(&line[..line.len().min(MAX_ROW_BYTES)]));
        }
    }
    let height = if height == 0 { u16::try_from(rows.len()).unwrap_or(u16::MAX) } else { height };
    let width = if width == 0 {
        rows.iter().map(|r| text::width(r.text())).max().unwrap_or(0).min(usize::from(u16::MAX)) as u16
    } else {
        width
    };
    Screen { width, height, rows, cursor: None, alternate: None }
}

/// The rows of a capture as they came, without their line breaks.
pub fn raw_rows(capture: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(capture);
    std::iter::from_fn(move || {
        let now = rest?;
        let end = memchr::memchr(b'\n', now);
        rest = end.map(|at| &now[at + 1..]);
        Some(&now[..end.unwrap_or(now.len())])
    })
}

/// The style and character set in force while a capture is read.
#[derive(Default)]
struct Pen {
    style: Style,
    drawing: bool,
}

impl Pen {
    fn row(&mut self, line: &[u8]) -> Row {
        let mut out = RowBuilder::with_capacity(line.len());
        let mut i = 0;
        while i < line.len() {
            let b = line[i];
            match b {
                0x1b => i += self.escape(&line[i..]),
                0x0e | 0x0f => {
                    self.drawing = b == 0x0e;
                    i += 1;
                }
                0x20..=0x7e if self.drawing => {
                    let n = line[i..].iter().take_while(|&&next| next == b).count();
                    out.push(line_drawing(b), n, self.style);
                    i += n;
                }
                0x20..=0x7e => {
                    let n = line[i..].iter().take_while(|b| matches!(b, 0x20..=0x7e)).count();
                    out.push_ascii(&line[i..i + n], self.style);
                    i += n;
                }
                b'\t' => {
                    out.tab(self.style);
                    i += 1;
                }
                0x00..=0x1f | 0x7f => i += 1,
                _ => {
                    let (c, n) = decode(&line[i..]);
                    // Rules and frames are one glyph many times. What is broken is looked at byte by byte.
                    let glyphs = line[i..].chunks_exact(n).take_while(|g| **g == line[i..i + n]);
                    let times = if n > 1 { glyphs.count() } else { 1 };
                    out.push(c, times, self.style);
                    i += n * times;
                }
            }
        }
        out.finish()
    }

    /// Swallows one escape sequence at the start of `s` and returns its length; SGR changes the pen.
    fn escape(&mut self, s: &[u8]) -> usize {
        match s.get(1) {
            Some(b'[') => {
                let end = s.iter().skip(2).position(|b| matches!(b, 0x40..=0x7e));
                let Some(end) = end.map(|e| e + 2) else {
                    return s.len();
                };
                if s[end] == b'm' {
                    self.sgr(&s[2..end]);
                }
                end + 1
            }
            // OSC, DCS, APC, PM, SOS: up to BEL or ESC \.
            Some(b']' | b'P' | b'_' | b'^' | b'X') => {
                let mut i = 2;
                while i < s.len() {
                    match s[i] {
                        0x07 => return i + 1,
                        0x1b if s.get(i + 1) == Some(&b'\\') => return i + 2,
                        _ => i += 1,
                    }
                }
                s.len()
            }
            Some(b'(' | b')' | b'*' | b'+' | b'#' | b'%' | b' ') => s.len().min(3),
            Some(_) => 2,
            None => 1,
        }
    }

    fn sgr(&mut self, params: &[u8]) {
        let st = &mut self.style;
        let mut parts = params.split(|&b| b == b';').peekable();
        while let Some(part) = parts.next() {
            let mut sub = part.split(|&b| b == b':');
            let code = number(sub.next().unwrap_or_default());
            match code {
                0 => *st = Style::default(),
                1 => st.attrs = st.attrs.with(Attrs::BOLD),
                2 => st.attrs = st.attrs.with(Attrs::DIM),
                3 => st.attrs = st.attrs.with(Attrs::ITALIC),
                4 => {
                    let off = sub.next().is_some_and(|p| number(p) == 0);
                    st.attrs = if off {
                        st.attrs.without(Attrs::UNDERLINE)
                    } else {
                        st.attrs.with(Attrs::UNDERLINE)
                    };
                }
                5 | 6 => st.attrs = st.attrs.with(Attrs::BLINK),
                7 => st.attrs = st.attrs.with(Attrs::REVERSE),
                8 => st.attrs = st.attrs.with(Attrs::HIDDEN),
                9 => st.attrs = st.attrs.with(Attrs::STRIKE),
                21 => st.attrs = st.attrs.with(Attrs::UNDERLINE),
                22 => st.attrs = st.attrs.without(Attrs::BOLD).without(Attrs::DIM),
                23 => st.attrs = st.attrs.without(Attrs::ITALIC),
                24 => st.attrs = st.attrs.without(Attrs::UNDERLINE),
                25 => st.attrs = st.attrs.without(Attrs::BLINK),
                27 => st.attrs = st.attrs.without(Attrs::REVERSE),
                28 => st.attrs = st.attrs.without(Attrs::HIDDEN),
                29 => st.attrs = st.attrs.without(Attrs::STRIKE),
                30..=37 => st.fg = Color::Indexed(code as u8 - 30),
                39 => st.fg = Color::Default,
                40..=47 => st.bg = Color::Indexed(code as u8 - 40),
                49 => st.bg = Color::Default,
                90..=97 => st.fg = Color::Indexed(code as u8 - 90 + 8),
                100..=107 => st.bg = Color::Indexed(code as u8 - 100 + 8),
                38 | 48 | 58 => {
                    let subs: Vec<u16> = sub.map(number).collect();
                    let color = if subs.is_empty() {
                        extended(&mut || parts.next().map(number))
                    } else {
                        // 38:2::r:g:b has an empty colour space that 38:2:r:g:b leaves out.
                        let skip = usize::from(subs[0] == 2 && subs.len() >= 5);
                        let mut it =
                            subs.iter().enumerate().filter(|(i, _)| !(skip == 1 && *i == 1)).map(|(_, n)| *n);
                        extended(&mut || it.next())
                    };
                    match (code, color) {
                        (38, Some(c)) => st.fg = c,
                        (48, Some(c)) => st.bg = c,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

fn number(s: &[u8]) -> u16 {
    s.iter().fold(0u16, |n, b| {
        if b.is_ascii_digit() { n.saturating_mul(10).saturating_add(u16::from(b - b'0')) } else { n }
    })
}

fn extended(next: &mut dyn FnMut() -> Option<u16>) -> Option<Color> {
    let byte = |n: u16| n.min(255) as u8;
    match next()? {
        5 => Some(Color::Indexed(byte(next()?))),
        2 => Some(Color::Rgb(byte(next()?), byte(next()?), byte(next()?))),
        _ => None,
    }
}

/// One character at the start of `s` (not ASCII) and its length; invalid bytes give U+FFFD.
fn decode(s: &[u8]) -> (char, usize) {
    let want = match s[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (char::REPLACEMENT_CHARACTER, 1),
    };
    let Some(head) = s.get(..want) else {
        return (char::REPLACEMENT_CHARACTER, 1);
    };
    match std::str::from_utf8(head).ok().and_then(|t| t.chars().next()) {
        Some(c) => (c, want),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

/// The DEC special graphics set, which tmux prints between SO and SI.
fn line_drawing(b: u8) -> char {
    match b {
        b'`' => '◆',
        b'a' => '▒',
        b'f' => '°',
        b'g' => '±',
        b'h' => '░',
        b'j' => '┘',
        b'k' => '┐',
        b'l' => '┌',
        b'm' => '└',
        b'n' => '┼',
        b'o' => '⎺',
        b'p' => '⎻',
        b'q' => '─',
        b'r' => '⎼',
        b's' => '⎽',
        b't' => '├',
        b'u' => '┤',
        b'v' => '┴',
        b'w' => '┬',
        b'x' => '│',
        b'y' => '≤',
        b'z' => '≥',
        b'{' => 'π',
        b'|' => '≠',
        b'}' => '£',
        b'~' => '·',
        other => other as char,
    }
}

/// Collects printable characters and merges equal styles into runs.
struct RowBuilder {
    text: String,
    spans: Vec<Span>,
    current: Style,
    marks: usize,
    /// Length of the text up to the last character that shows (a glyph, or a blank whose style paints).
    shown: usize,
    /// A character that may not be drawn was left out.
    hides: bool,
    tabs: Vec<(u32, u32)>,
}

impl RowBuilder {
    fn with_capacity(n: usize) -> Self {
        Self {
            text: String::with_capacity(n),
            spans: Vec::new(),
            current: Style::default(),
            marks: 0,
            shown: 0,
            hides: false,
            tabs: Vec::new(),
        }
    }

    /// tmux before 3.6 shows the blanks that a tab skips; from then on it shows the tab.
    fn tab(&mut self, style: Style) {
        const BLANKS: [u8; 8] = [b' '; 8];
        let from = self.text.len();
        let skipped = text::width(&self.text) % BLANKS.len();
        self.push_ascii(&BLANKS[skipped..], style);
        self.tabs.push((from as u32, self.text.len() as u32));
    }

    fn style(&mut self, style: Style) {
        if style != self.current {
            self.close();
            self.current = style;
        }
    }

    fn close(&mut self) {
        let end = self.text.len() as u32;
        if end > self.spans.last().map_or(0, |s| s.end) {
            self.spans.push(Span { end, style: self.current });
        }
    }

    fn push_ascii(&mut self, run: &[u8], style: Style) {
        self.style(style);
        let start = self.text.len();
        self.text.push_str(str::from_utf8(run).unwrap_or_default());
        self.marks = 0;
        if style.paints_blanks() {
            self.shown = self.text.len();
        } else if let Some(i) = run.iter().rposition(|&b| b != b' ') {
            self.shown = start + i + 1;
        }
    }

    fn push(&mut self, c: char, mut times: usize, style: Style) {
        if !text::is_printable(c) {
            self.hides = true;
            return;
        }
        if text::char_width(c) == 0 {
            // A mark with nothing to stand on would join whatever is drawn before it on our own screen.
            times = times.min(text::MAX_MARKS - self.marks);
            if self.text.is_empty() || times == 0 {
                return;
            }
            self.marks += times;
        } else {
            self.marks = 0;
            self.style(style);
        }
        self.text.extend(std::iter::repeat_n(c, times));
        if c != ' ' || style.paints_blanks() {
            self.shown = self.text.len();
        }
    }

    fn finish(mut self) -> Row {
        self.close();
        self.text.truncate(self.shown);
        let shown = self.shown as u32;
        while self.spans.last().is_some_and(|s| s.end > shown) {
            let start = self.spans.len().checked_sub(2).map_or(0, |i| self.spans[i].end);
            if start >= shown {
                self.spans.pop();
            } else if let Some(last) = self.spans.last_mut() {
                last.end = shown;
            }
        }
        self.tabs.retain(|(_, to)| *to <= shown);
        Row::from_parts(self.text, self.spans, self.hides).with_tabs(self.tabs)
    }
}

/// A screen as bytes that [`parse`] reads back to the same rows: text with SGR sequences, a line per row.
pub fn print(screen: &Screen) -> String {
    let mut out = String::new();
    let mut now = Style::default();
    for row in &screen.rows {
        for (text, style) in row.runs() {
            if style != now {
                out.push_str(&sgr_of(style));
                now = style;
            }
            out.push_str(text);
        }
        if now != Style::default() {
            out.push_str("\x1b[0m");
            now = Style::default();
        }
        out.push('\n');
    }
    out
}

/// The sequence that sets exactly this style.
fn sgr_of(style: Style) -> String {
    let mut codes = vec!["0".to_owned()];
    let attrs = [
        (Attrs::BOLD, "1"),
        (Attrs::DIM, "2"),
        (Attrs::ITALIC, "3"),
        (Attrs::UNDERLINE, "4"),
        (Attrs::BLINK, "5"),
        (Attrs::REVERSE, "7"),
        (Attrs::HIDDEN, "8"),
        (Attrs::STRIKE, "9"),
    ];
    codes.extend(attrs.iter().filter(|(a, _)| style.attrs.has(*a)).map(|(_, c)| (*c).to_owned()));
    for (base, color) in [(38, style.fg), (48, style.bg)] {
        match color {
            Color::Default => {}
            Color::Indexed(n) => codes.push(format!("{base};5;{n}")),
            Color::Rgb(r, g, b) => codes.push(format!("{base};2;{r};{g};{b}")),
        }
    }
    format!("\x1b[{}m", codes.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn runs(bytes: &str) -> Vec<(String, Style)> {
        parse(bytes.as_bytes(), 80, 1).rows[0].runs().map(|(t, s)| (t.to_owned(), s)).collect()
    }

    fn fg(c: Color) -> Style {
        Style { fg: c, ..Style::default() }
    }

    #[test]
    fn colours_in_every_notation() {
        for (sgr, want) in [
            ("31", Color::Indexed(1)),
            ("97", Color::Indexed(15)),
            ("38;5;208", Color::Indexed(208)),
            ("38;2;1;2;3", Color::Rgb(1, 2, 3)),
            ("38:2::1:2:3", Color::Rgb(1, 2, 3)),
            ("38:2:1:2:3", Color::Rgb(1, 2, 3)),
            ("38:5:9", Color::Indexed(9)),
            ("38;5;999", Color::Indexed(255)),
        ] {
            assert_eq!(runs(&format!("\x1b[{sgr}mx")), [("x".to_owned(), fg(want))], "{sgr}");
        }
    }

    #[test]
    fn an_underline_colour_takes_its_arguments_with_it() {
        let got = runs("\x1b[58;2;9;9;9;31mx");
        assert_eq!(got, [("x".to_owned(), fg(Color::Indexed(1)))]);
    }

    #[test]
    fn style_runs_on_over_line_ends() {
        let s = parse(b"\x1b[31mred\nstill\x1b[39m not", 80, 2);
        assert_eq!(s.rows[1].runs().next(), Some(("still", fg(Color::Indexed(1)))));
    }

    #[test]
    fn painted_blanks_stay_and_plain_ones_go() {
        assert_eq!(parse(b"a   ", 80, 1).rows[0].text(), "a");
        assert_eq!(parse(b"a\x1b[44m   ", 80, 1).rows[0].text(), "a   ");
        assert_eq!(parse(b"a\x1b[44m   \x1b[49m  ", 80, 1).rows[0].text(), "a   ");
    }

    #[test]
    fn every_other_sequence_is_swallowed_whole() {
        for junk in [
            "\x1b]0;title\x07",
            "\x1b]52;c;aGk=\x1b\\",
            "\x1bPq#0\x1b\\",
            "\x1b[2J",
            "\x1b[6n",
            "\x1b(B",
            "\x1b_x\x1b\\",
            "\x07",
        ] {
            let s = parse(format!("a{junk}b").as_bytes(), 80, 1);
            assert_eq!(s.rows[0].text(), "ab", "{junk:?}");
        }
    }

    #[test]
    fn line_drawing_between_so_and_si() {
        assert_eq!(parse(b"\x0elqk\x0fq", 80, 1).rows[0].text(), "┌─┐q");
    }

    #[test]
    fn broken_bytes_hide_no_glyph_behind_them() {
        assert_eq!(
            parse(b"\xe2\xe2\x94\x80\xe2\x94\x80\xe2\x94", 80, 1).rows[0].text(),
            "\u{fffd}──\u{fffd}\u{fffd}"
        );
        let marks = format!("  e{}x", "\u{301}".repeat(20));
        assert_eq!(parse(marks.as_bytes(), 80, 1).rows[0].text().chars().count(), 4 + text::MAX_MARKS);
    }

    #[test]
    fn a_tab_is_the_blanks_that_it_skips() {
        for (printed, want) in [
            ("git\tpush x", "git     push x"),
            ("│ ab\tc", "│ ab    c"),
            ("\ta \t b\t", "        a        b"),
            ("漢漢漢漢\tx", "漢漢漢漢        x"),
        ] {
            assert_eq!(parse(printed.as_bytes(), 80, 1).rows[0].text(), want, "{printed:?}");
        }
        let row = &parse(b"a\tb\t", 80, 1).rows[0];
        assert_eq!((row.tab_at(0), row.tab_at(1), row.tab_at(9)), (None, Some(8), None));
    }

    #[test]
    fn attributes_go_on_and_off() {
        let got = runs("\x1b[1;2mx\x1b[22my\x1b[4:3mz\x1b[4:0mw");
        assert_eq!(got[0].1.attrs, Attrs::BOLD.with(Attrs::DIM));
        assert!(got[1].1.attrs.is_empty());
        assert_eq!(got[2].1.attrs, Attrs::UNDERLINE);
        assert!(got[3].1.attrs.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_give_printable_rows_within_the_height(bytes in proptest::collection::vec(any::<u8>(), 0..400), h in 0u16..9) {
            let s = parse(&bytes, 20, h);
            prop_assert!(h == 0 || s.rows.len() <= usize::from(h));
            for row in &s.rows {
                prop_assert!(row.text().chars().all(text::is_printable));
                prop_assert_eq!(row.runs().map(|(t, _)| t).collect::<String>(), row.text());
            }
        }

        #[test]
        fn escape_heavy_input_is_printable_too(parts in proptest::collection::vec(prop_oneof![
            Just("\x1b[".to_owned()), Just("\x1b]".to_owned()), Just("\x1b\\".to_owned()), Just("m".to_owned()), Just("\n".to_owned()),
            "[0-9;:]{0,6}", "[a-z ]{0,4}", Just("漢".to_owned()), Just("\u{301}".to_owned())], 0..60)) {
            let s = parse(parts.concat().as_bytes(), 20, 0);
            for row in &s.rows {
                prop_assert!(row.text().chars().all(text::is_printable));
            }
        }

        #[test]
        fn many_of_a_glyph_are_as_one_by_one(glyphs in proptest::collection::vec((prop_oneof![
            Just('─'), Just('漢'), Just('\u{301}'), Just('\u{200d}'), Just('\u{202e}'), Just('\u{a0}'), Just(' '), Just('q'),
            Just('\u{e}'), Just('\u{f}')], 1usize..12), 0..20)) {
            let glyphs: Vec<char> = glyphs.into_iter().flat_map(|(c, n)| std::iter::repeat_n(c, n)).collect();
            let (run, single): (String, String) = (glyphs.iter().collect(), glyphs.iter().flat_map(|&c| [c, '\u{7}']).collect());
            prop_assert_eq!(parse(run.as_bytes(), 40, 1), parse(single.as_bytes(), 40, 1));
        }

        #[test]
        fn what_is_printed_reads_back_the_same(parts in proptest::collection::vec(prop_oneof![
            "[a-z ]{0,6}", Just("\n".to_owned()), Just("漢".to_owned()), Just("e\u{301}".to_owned()),
            (0u8..110).prop_map(|n| format!("\x1b[{n}m")), (0u8..=255, 0u8..=255).prop_map(|(a, b)| format!("\x1b[38;5;{a};48;2;{b};0;{a}m"))], 0..40)) {
            let once = parse(parts.concat().as_bytes(), 40, 0);
            let twice = parse(print(&once).as_bytes(), 40, 0);
            prop_assert_eq!(once.rows, twice.rows);
        }
    }
}
