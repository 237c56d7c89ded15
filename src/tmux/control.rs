//! The control-mode stream as events: bytes in, blocks and notifications out. No I/O, no clock, nothing about meaning.
//! Lines are bytes (they may be invalid UTF-8 and megabytes long), blocks may hold lines that start with `%`, and a pane
//! can print a line that looks like the end of a block: whoever needs certainty asks for a nonce (`exchange`).

/// Bodies are cut at this size; nothing that we ask for comes near it.
const MAX_BODY: usize = 16 << 20;

/// The three numbers that open and close a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// Seconds since 1970 on the server.
    pub time: u64,
    /// The command's number on this server.
    pub number: u64,
    /// 1 if this client gave the command.
    pub flags: u64,
}

impl Guard {
    fn parse(s: &[u8]) -> Option<Self> {
        let mut parts = s.split(|&b| b == b' ').map(number);
        let guard = Self { time: parts.next()??, number: parts.next()??, flags: parts.next()?? };
        parts.next().is_none().then_some(guard)
    }
}

/// One thing on the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The answer to one command.
    Block {
        /// Its numbers.
        guard: Guard,
        /// False if the command failed; the body then says why.
        ok: bool,
        /// Everything between the guards, without the last newline.
        body: Vec<u8>,
    },
    /// A notification: its name without `%`, and the rest of the line.
    Notification(String, Vec<u8>),
    /// The server says goodbye, perhaps with a reason. Only the end of the stream is the end.
    Exit(Option<String>),
    /// A line outside of any block that no server prints: a sign that a pane forged the end of a block.
    Stray(Vec<u8>),
}

/// The state between two reads.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    block: Option<(Guard, Vec<u8>)>,
}

impl Parser {
    /// Takes the next bytes, however they were cut, and appends what they complete.
    pub fn feed(&mut self, mut bytes: &[u8], out: &mut Vec<Event>) {
        loop {
            if self.line.is_empty()
                && let Some((_, body)) = &mut self.block
                && body.len() + bytes.len() < MAX_BODY
            {
                let (plain, rest) = bytes.split_at(plain(bytes));
                body.extend_from_slice(plain);
                bytes = rest;
            }
            let Some(at) = memchr::memchr(b'\n', bytes) else { break };
            if self.line.is_empty() {
                self.take(&bytes[..at], out);
            } else {
                self.line.extend_from_slice(&bytes[..at]);
                let line = std::mem::take(&mut self.line);
                self.take(&line, out);
            }
            bytes = &bytes[at + 1..];
        }
        if self.line.len() < MAX_BODY {
            self.line.extend_from_slice(bytes);
        }
    }

    fn take(&mut self, line: &[u8], out: &mut Vec<Event>) {
        if let Some((guard, body)) = &mut self.block {
            match end_of(line) {
                Some((ok, end)) if end == *guard => {
                    body.pop();
                    out.push(Event::Block { guard: end, ok, body: std::mem::take(body) });
                    self.block = None;
                }
                _ if body.len() + line.len() < MAX_BODY => {
                    body.extend_from_slice(line);
                    body.push(b'\n');
                }
                _ => {}
            }
            return;
        }
        if let Some(guard) = line.strip_prefix(b"%begin ").and_then(Guard::parse) {
            self.block = Some((guard, Vec::new()));
            return;
        }
        out.push(top_level(line));
    }
}

/// A number of at most 19 digits: every one of those fits.
fn number(digits: &[u8]) -> Option<u64> {
    let right = (1..20).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    right.then(|| digits.iter().fold(0, |n, b| n * 10 + u64::from(b - b'0')))
}

/// Length of the whole lines at the start that cannot end a block, whatever its numbers are: no `%` opens one of them.
fn plain(bytes: &[u8]) -> usize {
    let marked = memchr::memchr_iter(b'%', bytes).find(|&at| at == 0 || bytes[at - 1] == b'\n');
    marked.or_else(|| memchr::memrchr(b'\n', bytes).map(|at| at + 1)).unwrap_or(0)
}

fn end_of(line: &[u8]) -> Option<(bool, Guard)> {
    if let Some(rest) = line.strip_prefix(b"%end ") {
        return Some((true, Guard::parse(rest)?));
    }
    Some((false, Guard::parse(line.strip_prefix(b"%error ")?)?))
}

fn top_level(line: &[u8]) -> Event {
    let Some(rest) = line.strip_prefix(b"%") else {
        return Event::Stray(line.to_vec());
    };
    let (name, args) = match rest.iter().position(|&b| b == b' ') {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, &rest[rest.len()..]),
    };
    match std::str::from_utf8(name) {
        Ok("exit") => Event::Exit((!args.is_empty()).then(|| String::from_utf8_lossy(args).into_owned())),
        Ok("begin" | "end" | "error") => Event::Stray(line.to_vec()),
        Ok(name) if !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') => {
            Event::Notification(name.to_owned(), args.to_vec())
        }
        _ => Event::Stray(line.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn guard(number: u64) -> Guard {
        Guard { time: 7, number, flags: 1 }
    }

    fn block(number: u64, ok: bool, body: &[u8]) -> Event {
        Event::Block { guard: guard(number), ok, body: body.to_vec() }
    }

    fn note(name: &str, args: &[u8]) -> Event {
        Event::Notification(name.to_owned(), args.to_vec())
    }

    fn check(stream: &[u8], want: &[Event]) {
        let mut got = Vec::new();
        Parser::default().feed(stream, &mut got);
        assert_eq!(got, want, "{}", String::from_utf8_lossy(stream));
    }

    #[test]
    fn blocks_and_notifications() {
        check(b"%begin 7 1 1\n%end 7 1 1\n", &[block(1, true, b"")]);
        check(b"%begin 7 1 1\na\n\nb\n%end 7 1 1\n", &[block(1, true, b"a\n\nb")]);
        check(b"%begin 7 1 1\nno such pane\n%error 7 1 1\n", &[block(1, false, b"no such pane")]);
        check(
            b"%sessions-changed\n%session-renamed $0 a b\n",
            &[note("sessions-changed", b""), note("session-renamed", b"$0 a b")],
        );
        check(
            b"%exit\n%exit too far behind\n",
            &[Event::Exit(None), Event::Exit(Some("too far behind".to_owned()))],
        );
    }

    #[test]
    fn only_the_same_three_numbers_end_a_block() {
        check(
            b"%begin 7 1 1\n%end 7 2 1\n%end 8 1 1\n%error 7 1 0\n%output %1 x\n%begin 7 3 1\n%end 7 1 1\n",
            &[block(1, true, b"%end 7 2 1\n%end 8 1 1\n%error 7 1 0\n%output %1 x\n%begin 7 3 1")],
        );
    }

    #[test]
    fn what_no_server_prints_is_stray() {
        for line in ["plain text", "", "%end 7 1 1", "%begin x", "% x", "%\u{e9}", "%Output x"] {
            check(format!("{line}\n").as_bytes(), &[Event::Stray(line.as_bytes().to_vec())]);
        }
    }

    #[test]
    fn long_lines_and_bytes_that_are_no_text() {
        let mut stream = b"%begin 7 1 1\n".to_vec();
        let long: Vec<u8> =
            (0..2_000_000u32).map(|i| (i % 255) as u8).map(|b| if b == b'\n' { 0xff } else { b }).collect();
        stream.extend_from_slice(&long);
        stream.extend_from_slice(b"\n%end 7 1 1\n");
        check(&stream, &[block(1, true, &long)]);
    }

    fn arb_line() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            Just(b"%begin 7 1 1".to_vec()),
            Just(b"%end 7 1 1".to_vec()),
            Just(b"%error 7 2 1".to_vec()),
            Just(b"%begin 7 2 1".to_vec()),
            Just(b"%exit".to_vec()),
            Just(b"%sessions-changed".to_vec()),
            proptest::collection::vec(any::<u8>().prop_filter("no newline", |b| *b != b'\n'), 0..12),
        ]
    }

    proptest! {
        #[test]
        fn chunking_changes_nothing(
            lines in proptest::collection::vec(arb_line(), 0..30),
            cuts in proptest::collection::vec(0usize..400, 0..12),
        ) {
            let mut stream = lines.join(&b'\n');
            stream.push(b'\n');
            let mut whole = Vec::new();
            Parser::default().feed(&stream, &mut whole);

            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(stream.len())).collect();
            cuts.push(stream.len());
            cuts.sort_unstable();
            let (mut parser, mut pieces, mut from) = (Parser::default(), Vec::new(), 0);
            for to in cuts {
                parser.feed(&stream[from..to], &mut pieces);
                from = to;
            }
            prop_assert_eq!(&pieces, &whole);

            let (mut parser, mut single) = (Parser::default(), Vec::new());
            for byte in &stream {
                parser.feed(std::slice::from_ref(byte), &mut single);
            }
            prop_assert_eq!(&single, &whole);
        }

        #[test]
        fn a_body_comes_back_whole(body in proptest::collection::vec(arb_line(), 0..20)) {
            prop_assume!(!body.iter().any(|l| l == b"%end 9 9 1" || l == b"%error 9 9 1"));
            let text = body.join(&b'\n');
            let mut stream = b"%begin 9 9 1\n".to_vec();
            if !body.is_empty() {
                stream.extend_from_slice(&text);
                stream.push(b'\n');
            }
            stream.extend_from_slice(b"%end 9 9 1\n");
            let mut got = Vec::new();
            Parser::default().feed(&stream, &mut got);
            let want = Event::Block { guard: Guard { time: 9, number: 9, flags: 1 }, ok: true, body: text };
            prop_assert_eq!(got, vec![want]);
        }
    }
}
