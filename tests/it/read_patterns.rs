//! The quick way through a manifest's patterns against the plain one, on every recorded screen.

use archtui::domain::agent::{Agents, Manifest, Pattern};
use regex::Regex;

use crate::screens::all;

fn patterns(m: &Manifest) -> Vec<&Pattern> {
    let mut out: Vec<&Pattern> = Vec::new();
    out.extend(m.signs.iter().chain(&m.farewells).chain(&m.done));
    out.extend(m.composer.placeholders.iter().chain(&m.composer.trim).chain(&m.composer.pasted));
    out.extend(m.choice.hints.iter().chain(&m.choice.overlays).chain(&m.choice.cuts));
    out.extend(m.cues.iter().map(|c| &c.shape).chain(m.notes.iter().map(|n| &n.shape)));
    out.extend(m.meanings.iter().map(|(p, _)| p));
    out.extend(m.texts.iter().flat_map(|t| [&t.offered, &t.hint]).flatten());
    out.extend(
        m.dialogs.iter().flat_map(|d| [&d.head, &d.question, &d.hint, &d.body, &d.option, &d.pick]).flatten(),
    );
    out
}

/// What a pattern may be asked about: rows, and paragraphs joined by blanks or line breaks.
fn texts() -> Vec<String> {
    let mut out = Vec::new();
    for recorded in all() {
        let text = recorded.screen().to_text();
        out.extend(text.lines().map(str::to_owned));
        out.extend(text.lines().map(|l| l.trim_matches([' ', '│', '┃']).to_owned()));
        for paragraph in text.split("\n\n") {
            let rows: Vec<&str> = paragraph.lines().map(str::trim).collect();
            out.extend([rows.join(" "), rows.join("\n")]);
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

#[test]
fn every_pattern_finds_the_same_as_it_would_without_the_looser_one() {
    let texts = texts();
    let (mut bounded, mut fitted) = (0, 0);
    for manifest in Agents::builtin().iter() {
        for pattern in patterns(manifest) {
            let plain = Regex::new(pattern.as_str()).expect("it was compiled before");
            let has_boundary = pattern.as_str().contains(r"\b");
            bounded += usize::from(has_boundary);
            // Without a boundary there is one way only: a part of the texts will do.
            for text in texts.iter().step_by(if has_boundary { 1 } else { 20 }) {
                let (want, got) = (plain.captures(text), pattern.captures(text));
                let told =
                    |c: &regex::Captures<'_>| -> Vec<_> { c.iter().map(|m| m.map(|m| m.range())).collect() };
                assert_eq!(got.as_ref().map(told), want.as_ref().map(told), "{}: {text}", pattern.as_str());
                assert_eq!(pattern.is_match(text), want.is_some(), "{}: {text}", pattern.as_str());
                fitted += usize::from(has_boundary && want.is_some());
            }
        }
    }
    assert!(bounded > 30 && fitted > 100, "{bounded} patterns with boundaries, {fitted} texts fit");
}
