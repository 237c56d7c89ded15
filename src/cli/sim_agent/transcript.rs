//! What was said and done, as rows above the composer or the dialog.

use ratatui::style::Style;
use ratatui::text::Line;

use super::dialog::diff::Diff;
use super::paint::{BOLD, CLAY, GREEN, GREY, MESSAGE, PINK, PLAIN, WHITE, YELLOW, hang, line, span};

/// Entries beyond this number are forgotten, oldest first.
const KEPT: usize = 120;

/// How a tool call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Running or waiting for permission: the dot blinks.
    Open,
    /// It went well.
    Done,
    /// It failed or was refused.
    Failed,
}

/// What came out of a tool call.
#[derive(Debug, Clone, Default)]
pub enum Outcome {
    /// Nothing yet.
    #[default]
    None,
    /// Some text; long ones are cut.
    Text(String),
    /// A changed file.
    Changed(Diff),
}

/// One entry.
#[derive(Debug, Clone)]
pub enum Entry {
    /// The head of the program.
    Banner(String),
    /// A submitted message.
    Prompt(String),
    /// A submitted message that waits for the turn to end.
    Queued(String),
    /// What the model said.
    Said(String),
    /// A tool call.
    Call {
        /// The tool as the agent calls it: `Bash`, `Update`.
        name: String,
        /// Its input.
        input: String,
        /// How it stands.
        stand: Stand,
        /// What came out.
        outcome: Outcome,
    },
    /// A grey remark under the last entry.
    Note(String),
    /// An error of the API.
    Failed(String),
    /// The end of a turn.
    Turn(String),
}

/// All entries.
#[derive(Debug, Clone, Default)]
pub struct Transcript {
    entries: Vec<Entry>,
}

impl Transcript {
    /// Adds an entry.
    pub fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
        if self.entries.len() > KEPT {
            self.entries.remove(0);
        }
    }

    /// Closes the last tool call, if it is open.
    pub fn close(&mut self, how: Stand, what: Outcome) {
        if let Some(Entry::Call { stand, outcome, .. }) =
            self.entries.iter_mut().rev().find(|e| matches!(e, Entry::Call { stand: Stand::Open, .. }))
        {
            (*stand, *outcome) = (how, what);
        }
    }

    /// The last `height` rows. `blink` is the phase of the dot of an open call.
    pub fn rows(&self, width: u16, height: usize, blink: bool) -> Vec<Line<'static>> {
        let mut blocks = Vec::new();
        let mut total = 0;
        for entry in self.entries.iter().rev() {
            let block = entry.rows(width, blink);
            total += block.len();
            blocks.push(block);
            if total >= height {
                break;
            }
        }
        let rows: Vec<_> = blocks.into_iter().rev().flatten().collect();
        let over = rows.len().saturating_sub(height);
        rows.into_iter().skip(over).collect()
    }
}

impl Entry {
    /// The entry's rows, with the blank one above where it has one.
    fn rows(&self, width: u16, blink: bool) -> Vec<Line<'static>> {
        let mut out = vec![Line::default()];
        match self {
            Self::Banner(dir) => out.extend(banner(dir)),
            Self::Prompt(text) => out.extend(prompt(text, width)),
            Self::Queued(text) => {
                out.extend(prompt(text, width));
                out.push(line("  ⎿  Queued · ctrl+x ctrl+s to send now", GREY));
            }
            Self::Said(text) => out.extend(bullet(text, WHITE, PLAIN, width)),
            Self::Call { name, input, stand, outcome } => {
                let (dot, style) = match stand {
                    Stand::Open => (if blink { "●" } else { " " }, GREY),
                    Stand::Done => ("●", GREEN),
                    Stand::Failed => ("●", PINK),
                };
                let mut head = hang(
                    vec![span(format!("{dot} "), style), span(name.clone(), BOLD)],
                    &format!("({})", input.lines().next().unwrap_or_default()),
                    PLAIN,
                    width,
                );
                head.truncate(3);
                out.extend(head);
                out.extend(outcome.rows(width));
            }
            Self::Note(text) => {
                out.clear();
                out.extend(result(text, GREY, width));
            }
            Self::Failed(text) => out.extend(bullet(text, YELLOW, YELLOW, width)),
            Self::Turn(text) => out.push(line(format!("✻ {text}"), GREY)),
        }
        out
    }
}

impl Outcome {
    fn rows(&self, width: u16) -> Vec<Line<'static>> {
        const SHOWN: usize = 4;
        match self {
            Self::None => Vec::new(),
            Self::Text(text) => {
                let total = text.lines().count();
                let head: Vec<_> = text.lines().take(SHOWN).collect();
                let mut out = result(&head.join("\n"), GREY, width);
                if total > SHOWN {
                    out.push(line(format!("     … +{} lines (ctrl+o to expand)", total - SHOWN), GREY));
                }
                out
            }
            Self::Changed(diff) => {
                let (added, removed) = diff.counts();
                let lines = |n| if n == 1 { "1 line".to_owned() } else { format!("{n} lines") };
                let told = match (added, removed) {
                    (a, 0) => format!("Added {}", lines(a)),
                    (0, r) => format!("Removed {}", lines(r)),
                    (a, r) => format!("Added {}, removed {}", lines(a), lines(r)),
                };
                let mut out = result(&told, GREY, width);
                out.extend(diff.lines(width, 5));
                out
            }
        }
    }
}

fn banner(dir: &str) -> Vec<Line<'static>> {
    let rows = [
        (" ▐▛███▛█   ", "Claude Code", "v2.1.330 (simulated)"),
        ("▝▜██████▀  ", "", "Opus 5.5 · no API, no cost"),
        (" ▝▝   ▝▝   ", "", dir),
    ];
    rows.iter()
        .map(|(art, bold, grey)| {
            let gap = if bold.is_empty() { "" } else { " " };
            Line::from(vec![span(*art, CLAY), span(*bold, BOLD), span(format!("{gap}{grey}"), GREY)])
        })
        .collect()
}

fn prompt(text: &str, width: u16) -> Vec<Line<'static>> {
    hang(vec![span("❯ ", GREY.bg(ratatui::style::Color::Indexed(237)))], text, MESSAGE, width)
}

fn bullet(text: &str, dot: Style, style: Style, width: u16) -> Vec<Line<'static>> {
    hang(vec![span("● ", dot)], text, style, width)
}

fn result(text: &str, style: Style, width: u16) -> Vec<Line<'static>> {
    hang(vec![span("  ⎿  ", GREY)], text, style, width)
}
