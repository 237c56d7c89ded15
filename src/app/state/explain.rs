//! Why a session is in its state, as lines for a person: what the window of `explain` shows.

use std::time::Duration;

use super::fleet::Session;
use crate::domain::dialog::{Dialog, Meaning};
use crate::domain::text::age;

/// One line of the explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A heading.
    Title(&'static str),
    /// A fact: its name and what it is.
    Fact(&'static str, String),
    /// A sentence of evidence.
    Text(String),
    /// Nothing.
    Blank,
}

/// Everything that is known of why this session reads as it does.
pub fn lines(s: &Session, now: Duration) -> Vec<Line> {
    let reading = s.tracker.reading();
    let fact = |name, text: Option<String>| text.map(|t| Line::Fact(name, t));
    let mut lines = vec![Line::Title("STATE")];
    let state = if s.undated {
        format!("{}, nobody saw since when", s.state.word())
    } else {
        format!("{}, for {}", s.state.word(), age(s.age(now)))
    };
    lines.push(Line::Fact("state", state));
    if reading.state != s.state {
        let says = format!("{} (not believed before it lasts)", reading.state.word());
        lines.push(Line::Fact("the screen says", says));
    }
    lines.push(Line::Fact("confidence", format!("{:.2}", reading.confidence)));
    lines.extend(fact("agent", reading.agent.clone()));
    lines.extend(fact("version", reading.version.clone()));
    lines.extend(fact("process", s.command.clone()));
    lines.extend(fact("title", s.pane.as_ref().map(|p| p.title.clone()).filter(|t| !t.is_empty())));
    lines.extend(fact("last output", s.wrote.map(|at| format!("{} ago", age(now.saturating_sub(at))))));
    lines.extend(fact("mode", reading.mode.clone()));
    lines.extend(fact("context left", reading.context_left.map(|p| format!("{p} %"))));
    lines.extend(fact("tokens", reading.tokens.map(|t| t.to_string())));
    lines.extend(fact("typed", reading.composer.as_ref().map(|c| c.text.clone()).filter(|t| !t.is_empty())));
    let ails: Vec<_> = s.ward.chart.now().collect();
    if !ails.is_empty() {
        lines.extend([Line::Blank, Line::Title("WHAT AILS IT")]);
    }
    for (kind, standing) in ails {
        let since = age(now.saturating_sub(standing.since));
        lines.push(Line::Fact(kind.word(), format!("{}, seen for {since}", standing.cause)));
    }
    lines.extend([Line::Blank, Line::Title("WHAT WAS MATCHED")]);
    if reading.evidence.is_empty() {
        lines.push(Line::Text("nothing".to_owned()));
    }
    lines.extend(reading.evidence.iter().cloned().map(Line::Text));
    if let Some(dialog) = s.dialog() {
        lines.extend([Line::Blank, Line::Title("WHAT IT ASKS")]);
        lines.extend(asks(dialog));
    }
    lines
}

fn asks(d: &Dialog) -> Vec<Line> {
    let whole =
        if d.complete { "whole" } else { "cut off or hidden in part: nobody may act on it without looking" };
    let mut lines = vec![
        Line::Fact(
            "operation",
            d.tool
                .as_ref()
                .map_or(d.operation.word().to_owned(), |t| format!("{} ({t})", d.operation.word())),
        ),
        Line::Fact("seen", whole.to_owned()),
    ];
    for (n, part) in d.subject.iter().flat_map(|s| s.lines()).enumerate() {
        lines.push(Line::Fact(if n == 0 { "about" } else { "" }, part.to_owned()));
    }
    lines.extend(d.question.clone().map(|q| Line::Fact("question", q)));
    for (i, o) in d.options.iter().enumerate() {
        let mark = if d.selected == Some(i) { "▸" } else { " " };
        let meaning = match o.meaning {
            Meaning::AllowOnce => "allow once",
            Meaning::AllowAlways => "allow always",
            Meaning::Deny => "deny",
            Meaning::DenyWithText => "deny with text",
            Meaning::Other => "other",
        };
        let key = o.key.as_deref().unwrap_or("no key");
        lines.push(Line::Fact(
            if i == 0 { "options" } else { "" },
            format!("{mark} {key:<6} {meaning:<14} {}", o.label),
        ));
    }
    lines
}
