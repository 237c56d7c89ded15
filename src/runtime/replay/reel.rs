//! The lines of a recording, one after the other, and how they end. Not for what they mean (`app::record`).

use std::io::{self, BufRead, Read};

use crate::app::record::{Header, LONGEST, Line, decode_header};

const LINE: u64 = LONGEST as u64;

/// How a recording ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With a whole line.
    Whole,
    /// In the middle of a line: whoever wrote it was ended, or the disk was full.
    Cut,
    /// At a line that cannot be read, though others follow.
    Damaged {
        /// Which, from 1.
        line: usize,
        /// Why.
        why: String,
    },
}

/// The lines behind the first one.
#[derive(Debug)]
pub struct Reel<R> {
    from: R,
    /// Lines read so far, the first one too.
    read: usize,
    next: Option<Line>,
    end: Option<End>,
}

impl<R: BufRead> Reel<R> {
    /// Reads the first line. The error says what is wrong with the file.
    pub fn open(mut from: R) -> Result<(Header, Self), String> {
        let mut first = Vec::new();
        let mut head = (&mut from).take(LINE);
        head.read_until(b'\n', &mut first).map_err(|e| e.to_string())?;
        if first.is_empty() {
            return Err("it is empty".to_owned());
        }
        let text = str::from_utf8(&first).map_err(|_| "it is no recording of archtui".to_owned())?;
        let header = decode_header(text.trim_end_matches('\n'))?;
        let mut reel = Self { from, read: 1, next: None, end: None };
        reel.look_ahead();
        Ok((header, reel))
    }

    /// The line that comes next.
    pub fn peek(&self) -> Option<&Line> {
        self.next.as_ref()
    }

    /// Takes it.
    pub fn take(&mut self) -> Option<Line> {
        let line = self.next.take()?;
        self.look_ahead();
        Some(line)
    }

    /// How it ends, as soon as the last line that can be taken is known.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Nothing behind the line taken last can be taken: that line could not be.
    pub fn break_off(&mut self, why: String) {
        let line = self.read - usize::from(self.next.is_some());
        self.next = None;
        self.end = Some(End::Damaged { line, why });
    }

    fn look_ahead(&mut self) {
        if self.end.is_some() {
            return;
        }
        let (next, end) = match self.read_line() {
            Ok(Some(line)) => (Some(line), None),
            Ok(None) => (None, Some(End::Whole)),
            Err(end) => (None, Some(end)),
        };
        (self.next, self.end) = (next, end);
    }

    fn read_line(&mut self) -> Result<Option<Line>, End> {
        let damaged = |line, why: String| End::Damaged { line, why };
        let mut bytes = Vec::new();
        let read = (&mut self.from).take(LINE).read_until(b'\n', &mut bytes);
        if read.map_err(|e: io::Error| damaged(self.read + 1, e.to_string()))? == 0 {
            return Ok(None);
        }
        self.read += 1;
        let whole = bytes.pop_if(|b| *b == b'\n').is_some();
        if !whole && bytes.len() == LONGEST {
            return Err(damaged(self.read, "it is longer than 16 MB".to_owned()));
        }
        let line = str::from_utf8(&bytes).map_err(|e| e.to_string()).and_then(Line::decode);
        match line {
            Ok(line) => Ok(Some(line)),
            Err(_) if !whole => Err(End::Cut),
            Err(why) => Err(damaged(self.read, why)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_an_end_is_not_read_to_its_end() {
        let endless = io::BufReader::new(io::repeat(b'x').take(LINE + 9));
        let mut reel = Reel { from: endless, read: 1, next: None, end: None };
        reel.look_ahead();
        let why = "it is longer than 16 MB".to_owned();
        assert_eq!((reel.peek(), reel.end()), (None, Some(&End::Damaged { line: 2, why })));
    }
}
