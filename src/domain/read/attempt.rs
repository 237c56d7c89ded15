//! One screen read with one manifest, and how well it fits.

use super::line::Line;
use super::live::{Around, Told};
use super::{Composer, Facts, Pasted, Reading, SILENCE, block, choices, composer, dialog, shell};
use crate::domain::agent::{Manifest, Pattern, Place};
use crate::domain::screen::Screen;
use crate::domain::status::State;

/// What is read.
pub(super) struct View<'a> {
    /// The screen.
    pub screen: &'a Screen,
    /// Its lines.
    pub lines: &'a [Line<'a>],
    /// What else is known.
    pub facts: &'a Facts,
    /// The capture has no colours.
    pub plain: bool,
}

/// A reading and how well the manifest fits; 0 = not at all.
pub(super) struct Attempt {
    /// The reading.
    pub reading: Reading,
    /// How well it fits.
    pub score: u32,
}

impl Attempt {
    pub(super) fn new(view: &View<'_>, manifest: &Manifest) -> Self {
        let mut out = Self { reading: Reading::default(), score: 0 };
        out.signs(view, manifest);
        let asked = asked(view, manifest);
        let composer = composer::find(view.screen, view.lines, &manifest.composer, view.plain)
            .filter(|c| !left_behind(view, manifest, c.lines.end));
        match (asked, composer) {
            (Some(asked), Some(composer)) if !composer.bare => {
                out.score += 1;
                out.compose(view, manifest, &composer);
                if asked.dialog.complete {
                    out.reading.state = State::Unknown;
                    out.reading.confidence = 0.3;
                    out.reading.evidence.push("both a dialog and a composer are on the screen".to_owned());
                }
            }
            (Some(asked), _) => out.ask(view, manifest, asked),
            (None, Some(composer)) => out.compose(view, manifest, &composer),
            (None, None) => out.neither(view, manifest),
        }
        out
    }

    fn signs(&mut self, view: &View<'_>, manifest: &Manifest) {
        for line in view.lines.iter().filter(|l| l.is_text()) {
            if let Some(c) = manifest.signs.iter().find_map(|p| p.captures(&line.text)) {
                self.score += 3;
                if let Some(version) = c.name("version") {
                    self.reading.version = Some(version.as_str().to_owned());
                }
                break;
            }
        }
    }

    fn ask(&mut self, view: &View<'_>, manifest: &Manifest, read: dialog::Read) {
        self.score += match (read.dialog.complete, read.known) {
            _ if manifest.is_generic() => 1,
            (true, _) => 8,
            (false, true) if read.dialog.selected.is_some() => 6,
            _ => 2,
        };
        let r = &mut self.reading;
        r.state = read.state;
        r.confidence = if read.dialog.complete { 0.98 } else { 0.8 };
        r.evidence.push(format!(
            "rows {} to {}: {} {} of {} options, {}",
            read.dialog.rows.0,
            read.dialog.rows.1,
            if read.known { "a known dialog" } else { "a dialog" },
            read.dialog.operation.word(),
            read.dialog.options.len(),
            read.dialog.selected.map_or("none marked".to_owned(), |i| format!("number {} marked", i + 1)),
        ));
        r.evidence.push("no composer below it".to_owned());
        if !read.lacks.is_empty() {
            r.evidence.push(format!("not complete: {}", read.lacks.join("; ")));
        }
        if let (Some(cursor), Some(_)) = (view.screen.cursor, read.dialog.selected)
            && (read.dialog.rows.0..=read.dialog.rows.1).contains(&cursor.y)
        {
            r.confidence = (r.confidence + 0.01).min(0.99);
            r.evidence.push(format!("row {}: the cursor is in it", cursor.y));
        }
        r.dialog = Some(read.dialog);
    }

    fn compose(&mut self, view: &View<'_>, manifest: &Manifest, found: &composer::Found) {
        let title = view.facts.title.trim();
        let around =
            Around::new(view.screen, view.lines, manifest, Some(found.lines.clone()), &found.faint, title);
        let notes = around.notes(manifest);
        let cue = around.cue(manifest).filter(|c| counts(view, manifest, c));
        self.score += 3
            + u32::from(cue.is_some())
            + u32::from(notes.mode.is_some())
            + u32::from(manifest.composer.placeholders.iter().any(|p| p.is_match(&found.faint)));
        if manifest.is_generic() {
            self.score = 1;
        }
        let r = &mut self.reading;
        r.mode = notes.mode;
        r.context_left = notes.context_left;
        r.tokens = notes.tokens;
        r.pull_request = notes.pull_request;
        r.diff = notes.diff;
        let row = view.lines.get(found.lines.start).map_or(0, |l| l.row);
        let row = u16::try_from(row).unwrap_or(u16::MAX);
        r.evidence.push(format!("row {row}: the composer"));
        if let Some(c) = &cue {
            r.evidence.insert(0, told(c));
            r.trouble = c.trouble;
        }
        let (state, confidence) = match cue {
            Some(c) if c.state.asks() => {
                r.evidence.push("no dialog is on the screen".to_owned());
                (State::Unknown, 0.4)
            }
            Some(c) if c.state != State::Idle => (c.state, c.weight),
            _ if !found.typed.trim().is_empty() => {
                let how = if found.certain {
                    "typed text in it"
                } else {
                    "text in it, no colour to tell a placeholder"
                };
                r.evidence.push(how.to_owned());
                (State::Typing, if found.certain { 0.95 } else { 0.6 })
            }
            Some(c) => (State::Idle, c.weight),
            None => {
                r.evidence.push("no sign of work around it".to_owned());
                (State::Idle, if found.certain { 0.85 } else { 0.75 })
            }
        };
        r.state = state;
        r.confidence = confidence;
        let pasted = pasted(&found.typed, &manifest.composer.pasted);
        r.composer = Some(Composer {
            text: found.typed.clone(),
            mode: found.mode,
            certain: found.certain,
            row,
            pasted,
        });
    }

    fn neither(&mut self, view: &View<'_>, manifest: &Manifest) {
        let title = view.facts.title.trim();
        let around = Around::new(view.screen, view.lines, manifest, None, "", title);
        let shell = shell::prompt_row(view.screen, view.lines).is_some();
        let r = &mut self.reading;
        let said = view
            .lines
            .iter()
            .rev()
            .filter(|l| l.is_text())
            .take(24)
            .find(|l| manifest.farewells.iter().any(|p| p.is_match(&l.text)));
        if let Some(line) = said {
            self.score += 3;
            r.evidence.push(format!("row {}: what it says when it ends", line.row));
        } else if let Some(cue) = around
            .cue(manifest)
            .filter(|c| !shell && c.state != State::Idle && !matches!(c.place, Place::End | Place::Turn))
        {
            self.score += u32::from(!manifest.is_generic()) * 2;
            r.evidence.push(told(&cue));
            r.evidence.push("no composer".to_owned());
            // Without a composer a sign of work may stand over something that cannot be read.
            if !cue.state.asks() && cue.place != Place::Title {
                r.state = cue.state;
                r.confidence = 0.5_f32.min(cue.weight);
            }
        } else if r.version.is_some() && view.lines.len() < 40 && self.score > 0 {
            r.evidence.push("its banner, no composer yet".to_owned());
        }
    }
}

/// A paste that the agent shows as a word of its own.
fn pasted(typed: &str, shapes: &[Pattern]) -> Option<Pasted> {
    let c = shapes.iter().find_map(|p| p.captures(typed.trim()))?;
    let number = |name| c.name(name).and_then(|m| m.as_str().parse().ok());
    Some(Pasted { lines: number("lines"), chars: number("chars") })
}

/// What stands below a composer shows that the program that drew it has ended.
fn left_behind(view: &View<'_>, manifest: &Manifest, end: usize) -> bool {
    let below = &view.lines[end.min(view.lines.len())..];
    let farewell = |l: &&Line<'_>| l.is_text() && manifest.farewells.iter().any(|p| p.is_match(&l.text));
    // Status rows are indented, a shell's prompt is not.
    let prompt = |l: &&Line<'_>| l.is_text() && l.column == 0;
    below.iter().any(|l| farewell(&l))
        || (below.iter().rev().find(|l| !l.is_blank()).is_some_and(|l| prompt(&l))
            && shell::prompt_row(view.screen, view.lines).is_some())
}

/// A weak sign of work does not stand against a title that always tells, nor against silence.
fn counts(view: &View<'_>, manifest: &Manifest, cue: &Told) -> bool {
    let weak = cue.state == State::Working && cue.weight < 0.7;
    let titled = manifest.title_tells && !view.facts.title.trim().is_empty();
    let silent = view.facts.quiet.is_some_and(|q| q >= SILENCE);
    !(weak && (titled || silent))
}

fn told(cue: &Told) -> String {
    let place = match cue.place {
        Place::Above | Place::Near => "above the composer",
        Place::Below => "below the composer",
        Place::End => "the last paragraph",
        Place::Turn => "the last two paragraphs",
        Place::Title => "the title",
        Place::Placeholder => "the composer's placeholder",
    };
    match cue.row {
        Some(row) => format!("row {row}: {} ({place})", cue.state.word()),
        None => format!("{place} says {}", cue.state.word()),
    }
}

/// The dialog at the live end, with choices or with keys only.
fn asked(view: &View<'_>, manifest: &Manifest) -> Option<dialog::Read> {
    let found = choices::find(view.screen, view.lines, &manifest.choice);
    let with_choices = found.and_then(|c| {
        let block = block::around(view.lines, &c, manifest);
        dialog::read(view.screen, view.lines, &block, Some(&c), manifest, view.plain)
    });
    with_choices.or_else(|| {
        let block = block::keys_only(view.lines, manifest)?;
        dialog::read(view.screen, view.lines, &block, None, manifest, view.plain)
    })
}
