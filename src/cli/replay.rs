//! `archtui replay FILE`: a recorded run again. `archtui --record FILE` makes one; this file knows where both are said.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ratatui::buffer::Buffer;

use super::{Fail, Global, out, setup};
use crate::app::record::LONGEST;
use crate::domain::text;
use crate::runtime::record::Tape;
use crate::runtime::replay::{self, End, Film, Reel};
use crate::theme::Theme;

/// What a mark of a frame has and no fact: in a text the first quote would be escaped.
const FRAME: &[u8] = b"\"drew\":[";

/// Options of `archtui replay`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Keys: space pauses and goes on, → or . takes one fact, + and - change the speed, q leaves.\n\
    A recording is made by `archtui --record FILE`. Nothing is done again: no tmux, no files, no keys."
)]
pub struct ReplayArgs {
    /// The recording
    file: PathBuf,
    /// Begin so many seconds after its first fact
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    at: Option<Duration>,
    /// Print the frame that was on the screen then (without --at the last one) as text, and end
    #[arg(long)]
    frame: bool,
}

fn seconds(s: &str) -> Result<Duration, String> {
    let number = s.parse::<f64>().ok();
    number
        .and_then(|n| Duration::try_from_secs_f64(n).ok())
        .ok_or_else(|| "write seconds, like 90 or 12.5".to_owned())
}

/// Shows it.
pub fn run(global: &Global, args: &ReplayArgs) -> Result<(), Fail> {
    let broken = |why: String| {
        let hint = "name a file that `archtui --record FILE` wrote, and use the version that wrote it";
        Fail::usage(format!("{} cannot be replayed: {why}", args.file.display()), hint)
    };
    let (header, reel) = Reel::open(open(&args.file)?).map_err(broken)?;
    let ground = setup::Ground::salvage(global);
    if !args.frame {
        ground.terminal_fits().map_err(|f| {
            Fail::usage(f.what(), "run it in a terminal, or print one frame: archtui replay FILE --frame")
        })?;
    }
    let theme = theme(&ground, global, &header.theme)?;
    let mut film = Film::new(header, reel, theme.clone()).map_err(broken)?;
    if args.frame {
        film.until(args.at.unwrap_or(Duration::MAX));
        return print(&film, &args.file);
    }
    film.until(args.at.unwrap_or_default());
    replay::run(film, theme, facts(&args.file)?)
        .map_err(|e| Fail::failed(format!("the terminal failed: {e}"), "run it in another one"))
}

const NO_WAIT: i32 = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();

fn open(file: &Path) -> Result<BufReader<File>, Fail> {
    let unread = |e: std::io::Error| {
        let what = format!("{} cannot be read: {e}", file.display());
        let hint = "name a recording";
        if e.kind() == ErrorKind::NotFound { Fail::not_found(what, hint) } else { Fail::usage(what, hint) }
    };
    // A pipe would be waited for until somebody writes.
    let opened = OpenOptions::new().read(true).custom_flags(NO_WAIT).open(file).map_err(unread)?;
    if opened.metadata().is_ok_and(|m| !m.is_file()) {
        return Err(Fail::usage(format!("{} is no file", file.display()), "name a recording"));
    }
    Ok(BufReader::new(opened))
}

/// How many facts it has; what is cut off counts.
fn facts(file: &Path) -> Result<usize, Fail> {
    Ok(facts_of(open(file)?))
}

fn facts_of(mut from: impl BufRead) -> usize {
    let (mut facts, mut first, mut line) = (0, true, Vec::new());
    loop {
        line.clear();
        let read = (&mut from).take(LONGEST as u64).read_until(b'\n', &mut line);
        let whole = line.pop_if(|b| *b == b'\n').is_some();
        // Nobody reads on behind a line that is too long.
        if !read.is_ok_and(|n| n > 0) || !whole && line.len() == LONGEST {
            return facts;
        }
        let told = !first && !line.is_empty() && !line.windows(FRAME.len()).any(|w| w == FRAME);
        facts += usize::from(told);
        first = false;
    }
}

/// The one asked for, else that of the recording where there is one of that name.
fn theme(ground: &setup::Ground, global: &Global, recorded: &str) -> Result<Theme, Fail> {
    let named =
        |name: &str| ground.theme(&Global { theme: Some(name.to_owned()), ..global.clone() }, ground.depth());
    match &global.theme {
        Some(name) => named(name),
        None => Ok(named(recorded).unwrap_or_else(|_| Theme::dark(ground.depth()))),
    }
}

fn print<R: BufRead>(film: &Film<R>, file: &Path) -> Result<(), Fail> {
    let Some(frame) = film.frame() else {
        return Err(Fail::not_found("no frame had been drawn by then", "name a later moment with --at"));
    };
    for row in rows(frame) {
        out::line(&row);
    }
    match film.end() {
        Some(End::Damaged { line, why }) => {
            let why = text::printable(why);
            let what = format!("line {line} of {} cannot be read: {why}", file.display());
            return Err(Fail::failed(what, "what stands before it was shown; use the version that wrote it"));
        }
        Some(End::Cut) => {
            out::complain(&format!("archtui: {} is cut off: this is as far as it goes", file.display()));
        }
        Some(End::Whole) | None => {}
    }
    Ok(())
}

/// A frame as text, blanks at the ends of rows left out.
fn rows(frame: &Buffer) -> impl Iterator<Item = String> {
    let (width, height) = (frame.area.width, frame.area.height);
    (0..height).map(move |y| {
        let mut row = String::new();
        let mut x = 0;
        while x < width {
            let symbol = frame[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(text::width(symbol)).unwrap_or(1).max(1);
        }
        row.trim_end().to_owned()
    })
}

/// A new file for a recording, for its owner alone. What exists is never written over.
pub fn tape(file: &Path) -> Result<Tape, Fail> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let name = text::printable(&file.display().to_string());
    match made {
        Ok(file) => Ok(Tape { file, name }),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Err(Fail::usage(
            format!("{name} exists, and a recording overwrites nothing"),
            "name another file",
        )),
        Err(e) => Err(Fail::usage(format!("{name} cannot be written: {e}"), "name another file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_seconds() {
        assert_eq!(seconds("12.5"), Ok(Duration::from_millis(12_500)));
        for bad in ["", "-1", "nan", "inf", "1:30", "1e300"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn facts_are_counted_by_their_lines() {
        let lines = "{head}\n{\"fact\":1}\n\n{\"drew\":[8,2]}\n{\"fact\":2}\n{\"fa";
        assert_eq!(facts_of(lines.as_bytes()), 3);
        let endless =
            "{head}\n{\"fact\":1}\n".as_bytes().chain(std::io::repeat(b'x').take(LONGEST as u64 + 9));
        assert_eq!(facts_of(BufReader::new(endless)), 1);
    }

    #[test]
    fn a_pipe_is_no_recording_and_nobody_waits_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let made = rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU);
        made.expect("a pipe");
        let fault = open(&pipe).expect_err("no file");
        assert!(fault.what().ends_with("is no file"), "{}", fault.what());
    }

    #[test]
    fn a_frame_is_printed_by_its_cells() {
        let frame = Buffer::with_lines(["ab漢字 ", "      "]);
        assert_eq!(rows(&frame).collect::<Vec<_>>(), ["ab漢字", ""]);
    }
}
