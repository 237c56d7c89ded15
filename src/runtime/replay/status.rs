//! The one row of a replay's own: where it is, and what the keys do.

use std::io::BufRead;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{End, Screening};
use crate::domain::text;
use crate::theme::Role;

impl<R: BufRead> Screening<R> {
    pub(super) fn status(&self, buffer: &mut Buffer, row: Rect) {
        let (left, right) = self.words((row.width, row.y));
        let width = usize::from(row.width);
        let (long, short) = (" space pause  → step  +/- speed  q leave ", " space → +/- q ");
        let mut line = format!(" {left}");
        let room = width.saturating_sub(text::width(&line) + 2);
        if let Some(right) = right.filter(|_| room > 8) {
            line = format!("{line}  {}", text::fit(&right, room));
        }
        let gap = width.saturating_sub(text::width(&line));
        if let Some(keys) = [long, short].into_iter().find(|keys| gap > text::width(keys)) {
            line = format!("{line}{}{keys}", " ".repeat(gap - text::width(keys)));
        }
        let line = text::fit(&line, width);
        let style = self.theme.style(Role::Selection);
        buffer.set_style(row, style);
        buffer.set_string(row.x, row.y, line, style);
    }

    /// Where it is; and what a person should know beside.
    fn words(&self, room: (u16, u16)) -> (String, Option<String>) {
        let film = &self.film;
        let state = match (film.end(), self.paused) {
            (Some(_), _) => "■",
            (None, true) => "‖",
            (None, false) => "▶",
        };
        let word = if film.word.is_empty() { String::new() } else { format!(" {}", film.word) };
        let left = format!(
            "replay {state} {}  fact {} of {}{word}  {}x",
            clock(film.position()),
            film.taken,
            self.facts,
            self.speed
        );
        let ends = match film.end() {
            Some(End::Whole) => Some("that is all".to_owned()),
            Some(End::Cut) => Some("it is cut off here".to_owned()),
            Some(End::Damaged { line, why }) => {
                Some(format!("line {line} cannot be read: {}", text::printable(why)))
            }
            None => None,
        };
        let lost = (film.lost > 0).then(|| format!("facts that could not be recorded: {}", film.lost));
        let size = film.frame().map(|f| (f.area.width, f.area.height));
        let cut = size.filter(|(w, h)| *w > room.0 || *h > room.1);
        let cut = cut.map(|(w, h)| format!("{}x{} of {w}x{h}", w.min(room.0), h.min(room.1)));
        let none = size.is_none().then(|| "no frame was drawn yet".to_owned());
        (left, self.said.clone().or(ends).or(lost).or(none).or(cut))
    }
}

/// `2:03.4`.
fn clock(at: Duration) -> String {
    format!("{}:{:02}.{}", at.as_secs() / 60, at.as_secs() % 60, at.subsec_millis() / 100)
}
