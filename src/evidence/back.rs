//! Files that are only added to, read from their end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// In pieces of this size.
pub(super) const PIECE: usize = 256 << 10;
/// A longer line is skipped, and then nobody can say that something is not there.
pub(super) const LINE: usize = 2 << 20;

/// Reads a file backwards, line by line.
pub(super) struct Back {
    file: File,
    /// Everything from here on was read.
    pub at: u64,
    /// The beginning of what was read last: the end of a line that begins before it.
    carry: Vec<u8>,
    /// A line was too long to be kept.
    pub torn: bool,
}

impl Back {
    /// From the end of a file of that length.
    pub fn of(file: File, length: u64) -> Self {
        Self { file, at: length, carry: Vec::new(), torn: false }
    }

    /// The whole lines of the piece before, in the file's order.
    pub fn lines(&mut self) -> io::Result<Vec<Vec<u8>>> {
        let size = usize::try_from(self.at).unwrap_or(PIECE).min(PIECE);
        self.at -= size as u64;
        self.file.seek(SeekFrom::Start(self.at))?;
        let mut piece = vec![0; size];
        self.file.read_exact(&mut piece)?;
        piece.append(&mut self.carry);
        let mut lines: Vec<Vec<u8>> = piece.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect();
        if self.at > 0 {
            self.carry = lines.remove(0);
            if self.carry.len() > LINE {
                self.torn = true;
                self.carry.clear();
            }
        }
        Ok(lines)
    }
}
