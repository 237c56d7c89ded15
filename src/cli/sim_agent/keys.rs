//! Bytes from the terminal to what they mean for an agent. One read is one event of its own: real agents take two
//! characters that arrive together for a paste, and so does this one. Not for what a key does (`agent`, `dialog`).

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Printable characters that arrived in one read.
    Text(String),
    /// A bracketed paste, whole.
    Paste(String),
    /// Enter.
    Enter,
    /// Escape, alone.
    Escape,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// A control character, by its letter: `c` for Ctrl-C.
    Ctrl(char),
    /// Anything else: logged, without effect.
    Other,
}

/// The reader; it keeps a paste that arrives in several reads.
#[derive(Debug, Default)]
pub struct Reader {
    paste: Option<Vec<u8>>,
}

const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

impl Reader {
    /// What one read brought.
    pub fn feed(&mut self, chunk: &[u8]) -> Vec<Input> {
        let mut out = Vec::new();
        let mut rest = chunk;
        while !rest.is_empty() {
            if let Some(paste) = &mut self.paste {
                // The end may be cut in two by a read.
                let before = paste.len();
                paste.extend_from_slice(rest);
                let from = before.saturating_sub(PASTE_END.len() - 1);
                let Some(end) = find(&paste[from..], PASTE_END).map(|at| from + at) else { break };
                rest = &rest[end + PASTE_END.len() - before..];
                paste.truncate(end);
                out.push(Input::Paste(lines(&self.paste.take().unwrap_or_default())));
            } else if let Some(after) = rest.strip_prefix(PASTE_START) {
                self.paste = Some(Vec::new());
                rest = after;
            } else {
                let (input, used) = one(rest);
                out.push(input);
                rest = &rest[used..];
            }
        }
        out
    }
}

/// One input at the start of `s`, which is not empty, and its length.
fn one(s: &[u8]) -> (Input, usize) {
    match s[0] {
        b'\r' => (Input::Enter, 1),
        0x7f | 0x08 => (Input::Backspace, 1),
        0x1b => escape(s),
        c @ 0x01..=0x1a => (Input::Ctrl(char::from(c - 1 + b'a')), 1),
        0x00..=0x1f => (Input::Other, 1),
        _ => {
            let n = s.iter().take_while(|b| !matches!(b, 0x00..=0x1f | 0x7f)).count();
            (Input::Text(String::from_utf8_lossy(&s[..n]).into_owned()), n)
        }
    }
}

fn escape(s: &[u8]) -> (Input, usize) {
    match s.get(1) {
        Some(b'[' | b'O') => {
            let Some(end) = s.iter().skip(2).position(|b| matches!(b, 0x40..=0x7e)) else {
                return (Input::Other, s.len());
            };
            let input = match s[end + 2] {
                b'A' => Input::Up,
                b'B' => Input::Down,
                b'Z' => Input::BackTab,
                _ => Input::Other,
            };
            (input, end + 3)
        }
        Some(0x1b) | None => (Input::Escape, 1),
        // Alt and a key.
        Some(_) => (Input::Other, 2),
    }
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|w| w == needle)
}

/// A paste's text: terminals send CR for a new line.
fn lines(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_read_is_understood() {
        let check = |chunks: &[&str], want: &[Input]| {
            let mut reader = Reader::default();
            let got: Vec<_> = chunks.iter().flat_map(|c| reader.feed(c.as_bytes())).collect();
            assert_eq!(got, want, "{chunks:?}");
        };
        check(&["1"], &[Input::Text("1".into())]);
        check(&["11"], &[Input::Text("11".into())]);
        check(&["1\r"], &[Input::Text("1".into()), Input::Enter]);
        check(&["\x1b"], &[Input::Escape]);
        check(&["\x1b[A", "\x1bOB", "\x1b[Z"], &[Input::Up, Input::Down, Input::BackTab]);
        check(&["\x03"], &[Input::Ctrl('c')]);
        check(&["\x1b[200~a\rb\x1b[201~\r"], &[Input::Paste("a\nb".into()), Input::Enter]);
        check(&["\x1b[200~fir", "st\x1b[201~x"], &[Input::Paste("first".into()), Input::Text("x".into())]);
        check(&["\x1b[200~a\x1b[20", "1~x"], &[Input::Paste("a".into()), Input::Text("x".into())]);
        check(&["\x1b[200~", "a\x1b", "[201~"], &[Input::Paste("a".into())]);
        check(&["\x1b[200~a\x1b", "b\x1b[201~"], &[Input::Paste("a\u{1b}b".into())]);
        check(&["é漢"], &[Input::Text("é漢".into())]);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_chunks_are_taken(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..10)) {
            let mut reader = Reader::default();
            for c in chunks {
                reader.feed(&c);
            }
        }
    }
}
