//! True dialogs, damaged: each cue that is taken away must make a dialog incomplete or unknown, never another answer;
//! what surrounds it must not make it one.

use archtui::domain::agent::Agents;
use archtui::domain::dialog::Dialog;
use archtui::domain::read::{Facts, Reading, read};
use archtui::domain::screen::{Row, Screen};
use proptest::prelude::*;

use crate::screens::{Recorded, all};

fn look(agent: &str, screen: &Screen) -> Reading {
    let facts = Facts { agent: Some(agent.to_owned()), ..Facts::default() };
    read(screen, &facts, Agents::builtin())
}

/// Recorded dialogs that are complete and allow something once.
fn complete() -> Vec<(Recorded, Screen, Dialog)> {
    let found: Vec<_> = all()
        .into_iter()
        .filter_map(|r| {
            let screen = r.screen();
            let dialog = r.read().dialog?;
            dialog.allow_once_key()?;
            Some((r, screen, dialog))
        })
        .collect();
    assert!(found.len() >= 30, "only {} complete dialogs recorded", found.len());
    found
}

/// The same screen without one row; what was above moves down, so that the live end stays where it is.
fn without(screen: &Screen, row: usize) -> Screen {
    let mut out = screen.clone();
    out.rows.remove(row);
    out.rows.insert(0, Row::default());
    out
}

/// The key that would be pressed.
fn answer(reading: &Reading) -> Option<String> {
    reading.dialog.as_ref()?.allow_once_key().map(str::to_owned)
}

#[test]
fn a_dialog_without_one_of_its_cues_is_not_complete() {
    for (r, screen, dialog) in complete() {
        let (top, bottom) = (usize::from(dialog.rows.0), usize::from(dialog.rows.1));
        let mut cues: Vec<(usize, &str)> = vec![];
        if top > 0 && !screen.rows[top - 1].is_blank() {
            cues.push((top - 1, "upper edge"));
        }
        let text = |i: usize| screen.rows[i].text();
        let head = (top..=bottom).find(|&i| text(i).chars().any(char::is_alphabetic)).expect("a head");
        cues.push((head, "head"));
        for i in top..=bottom {
            let t = text(i);
            let numbered = t.trim_start_matches(|c: char| !c.is_ascii_digit()).get(1..2) == Some(".");
            if dialog.options.len() > 1
                && numbered
                && i >= bottom.saturating_sub(12)
                && t.contains(['Y', 'N', 'A'])
            {
                cues.push((i, "option"));
            }
            let words = t.trim_matches(['│', '┃', ' ']);
            if dialog.question.as_deref().is_some_and(|q| words.len() > 3 && q.ends_with(words)) && i != head
            {
                cues.push((i, "question"));
            }
        }
        for (row, cue) in cues {
            let reading = look(&r.agent, &without(&screen, row));
            assert!(
                !reading.dialog.as_ref().is_some_and(|d| d.complete),
                "{}/{} without its {cue} (row {row}: {:?}) reads as {reading:#?}",
                r.folder,
                r.name,
                text(row)
            );
        }
    }
}

#[test]
fn a_dialog_without_its_mark_is_not_complete() {
    for (r, screen, _) in complete() {
        let mut bare = screen.clone();
        for row in &mut bare.rows {
            let text = row.text().replace(['❯', '›', '●'], " ");
            *row = Row::plain(&text);
        }
        let reading = look(&r.agent, &bare);
        assert!(
            !reading.dialog.as_ref().is_some_and(|d| d.complete),
            "{}/{} without a mark reads as {reading:#?}",
            r.folder,
            r.name
        );
    }
}

#[test]
fn a_missing_row_never_gives_another_answer() {
    for (r, screen, dialog) in complete() {
        let key = dialog.allow_once_key().map(str::to_owned);
        for row in 0..screen.rows.len() {
            let got = answer(&look(&r.agent, &without(&screen, row)));
            assert!(
                got.is_none() || got == key,
                "{}/{} without row {row}: {got:?} instead of {key:?}",
                r.folder,
                r.name
            );
        }
    }
}

#[test]
fn a_dialog_that_lost_its_head_or_its_end_is_not_complete() {
    for (r, screen, dialog) in complete() {
        let (top, bottom) = (usize::from(dialog.rows.0), usize::from(dialog.rows.1));
        for cut in top + 1..bottom {
            let mut scrolled = screen.clone();
            scrolled.rows.drain(..cut);
            let reading = look(&r.agent, &scrolled);
            assert_eq!(answer(&reading), None, "{}/{} from row {cut} on", r.folder, r.name);
            let mut half = screen.clone();
            half.rows.truncate(cut);
            let reading = look(&r.agent, &half);
            assert_eq!(answer(&reading), None, "{}/{} up to row {cut}", r.folder, r.name);
        }
    }
}

#[test]
fn a_dialog_over_a_composer_or_over_other_text_is_none() {
    let idle: Vec<Recorded> = all()
        .into_iter()
        .filter(|r| r.name.starts_with("idle--fresh") || r.name.starts_with("idle--after"))
        .collect();
    for (r, screen, _) in complete() {
        let mut more = screen.clone();
        more.rows.retain(|row| !row.is_blank());
        more.rows.push(Row::plain("and then some text that no dialog ends with"));
        assert_eq!(answer(&look(&r.agent, &more)), None, "{}/{} with text below", r.folder, r.name);
        for other in idle.iter().filter(|i| i.folder == r.folder && i.size == r.size) {
            let mut both = screen.clone();
            both.rows.extend(other.screen().rows);
            both.height = both.rows.len() as u16;
            let reading = look(&r.agent, &both);
            assert!(
                reading.dialog.is_none() && !reading.state.asks(),
                "{}/{} above {} reads as {:?}",
                r.folder,
                r.name,
                other.name,
                reading.state
            );
        }
    }
}

#[test]
fn other_apostrophes_blanks_and_missing_blanks_change_nothing() {
    for (r, screen, dialog) in complete() {
        // A missing blank would break the border of the panel.
        if r.name.contains("beside-panel") {
            continue;
        }
        for (from, to) in [("'", "’"), ("’", "'"), ("❯ ", "❯\u{a0}"), (". Yes", ".Yes"), (". No", ".No")]
        {
            let mut typed = screen.clone();
            let end = usize::from(dialog.rows.1) + 1;
            let start = end.saturating_sub(8);
            for row in &mut typed.rows[start..end] {
                if row.text().contains(from) && (row.text().contains("Yes") || row.text().contains("No")) {
                    *row = Row::plain(&row.text().replacen(from, to, 1));
                }
            }
            let reading = look(&r.agent, &typed);
            assert_eq!(
                answer(&reading).as_deref(),
                dialog.allow_once_key(),
                "{}/{} with {to:?} for {from:?}: {reading:#?}",
                r.folder,
                r.name
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Rows of recorded screens in any order and number, and any bytes, read without a panic; what is complete has
    /// exactly one option marked and a refusing one.
    #[test]
    fn shuffled_screens_read(picks in proptest::collection::vec((0usize..400, 0usize..60), 0..60), junk in proptest::collection::vec(any::<u8>(), 0..200)) {
        let all = all();
        let mut screen = Screen::default();
        for (which, row) in picks {
            let from = all[which % all.len()].screen();
            if let Some(row) = from.rows.get(row) {
                screen.rows.push(row.clone());
            }
        }
        screen.rows.extend(archtui::domain::ansi::parse(&junk, 0, 0).rows);
        screen.width = 80;
        screen.height = screen.rows.len() as u16;
        for agent in Agents::builtin().iter() {
            let reading = look(&agent.name, &screen);
            if let Some(d) = reading.dialog.filter(|d| d.complete) {
                prop_assert!(d.selected.is_some());
                prop_assert!(d.options.len() > 1 || d.options.is_empty());
            }
        }
    }

    /// Any width and height that a screen is cut to.
    #[test]
    fn cut_screens_read(which in 0usize..400, width in 0u16..130, height in 0u16..50) {
        let all = all();
        let r = &all[which % all.len()];
        let cut: Vec<u8> = String::from_utf8_lossy(&r.bytes)
            .lines()
            .map(|l| l.chars().take(usize::from(width)).collect::<String>() + "\n")
            .collect::<String>()
            .into_bytes();
        let screen = archtui::domain::ansi::parse(&cut, width, height);
        for agent in Agents::builtin().iter() {
            let _ = look(&agent.name, &screen);
        }
    }
}
