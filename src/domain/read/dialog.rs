//! From a block with choices to a [`Dialog`]: which shape of the manifest fits, what the options mean, whether all of
//! it is there. Doubt makes it incomplete, never another answer.

use regex::Captures;

use super::block::{Block, joined};
use super::choices::Choices;
use super::field;
use super::line::Line;
use super::subject::{Place, path_of};
use crate::domain::agent::{ChoiceKey, DialogShape, Manifest, Pattern, SubjectPlace};
use crate::domain::dialog::{Dialog, DialogOption, Meaning, Operation};
use crate::domain::screen::Screen;
use crate::domain::status::State;
use crate::domain::text;

/// A dialog as read, with the state that it puts the session in.
#[derive(Debug)]
pub(super) struct Read {
    /// Permission, plan, question or trust.
    pub state: State,
    /// The dialog.
    pub dialog: Dialog,
    /// One of the manifest's shapes fits fully.
    pub known: bool,
    /// Why it is not complete; empty if it is.
    pub lacks: Vec<&'static str>,
}

/// Texts that shapes are matched with.
struct Texts {
    heading: String,
    question: String,
}

/// What a dialog is held against.
struct Around<'a> {
    screen: &'a Screen,
    lines: &'a [Line<'a>],
    block: &'a Block,
    manifest: &'a Manifest,
    texts: &'a Texts,
}

/// Reads the block; `None` if it is no dialog of this agent.
pub(super) fn read(
    screen: &Screen,
    lines: &[Line<'_>],
    block: &Block,
    choices: Option<&Choices>,
    manifest: &Manifest,
    plain: bool,
) -> Option<Read> {
    let texts = Texts {
        heading: joined(lines, block.heading.clone(), "\n"),
        question: joined(lines, block.question.clone(), " "),
    };
    let labels: Vec<&str> = choices.map_or(vec![], |c| c.items.iter().map(|i| i.label.as_str()).collect());
    let fits = |shape: &&DialogShape, whole: bool| fits(shape, whole, lines, block, &texts, &labels);
    let shapes = || manifest.dialogs.iter().filter(|d| d.keys_only == choices.is_none());
    let full = shapes().find(|s| fits(s, true));
    let shape = full.or_else(|| shapes().find(|s| fits(s, false)));
    let mut options = match choices {
        Some(c) => options(c, manifest),
        None => keys(&block.tail.text),
    };
    let offers = options.iter().any(|o| o.meaning == Meaning::AllowOnce);
    let denies = options.iter().any(refuses);
    let state = match shape {
        Some(s) => s.state,
        None if offers && denies => State::Permission,
        // Without a known shape only a marked list with a hint below it is sure to be a question of the agent.
        None if choices.is_some_and(|c| c.marked.is_some() && c.items.len() > 1) && block.tail.hint => {
            State::Question
        }
        None => return None,
    };
    if !block.tail.known {
        return None;
    }
    if let (State::Question, Some(choices)) = (state, choices) {
        for (o, c) in options.iter_mut().zip(&choices.items) {
            o.label = text::printable(&c.label[..c.name]);
        }
    }
    if state != State::Permission {
        for o in &mut options {
            if o.meaning == Meaning::AllowOnce {
                o.meaning = if state == State::Trust { Meaning::AllowAlways } else { Meaning::Other };
            }
        }
    }
    let mut dialog = Dialog {
        operation: operation(state, shape, full.is_some(), shapes().filter(|s| fits(s, false))),
        tool: full.and_then(|s| s.tool.clone()),
        options,
        selected: choices.and_then(|c| c.marked),
        rows: (row(lines, block.lines.start), row(lines, block.lines.end.saturating_sub(1))),
        ..Dialog::default()
    };
    field::fill(&mut dialog, &labels, state, &block.tail.text, manifest);
    if !texts.question.is_empty() {
        dialog.question = Some(text::printable(&texts.question));
    }
    let place = |shape: &DialogShape| Place {
        screen,
        lines,
        block,
        wrap: shape.wrap,
        inset: usize::from(shape.inset),
        plain,
    };
    if let Some(shape) = shape {
        subject(&mut dialog, shape, &place(shape), lines, &texts);
    }
    // What says that rows are hidden is no part of a command.
    let hidden = |line: &str| manifest.choice.cuts.iter().any(|p| p.is_match(line.trim()));
    if block.cut && dialog.subject.as_deref().is_some_and(|s| s.lines().any(hidden)) {
        dialog.subject = None;
        dialog.alternative = None;
    }
    let lacks =
        lacks(&dialog, state, full, choices, &Around { screen, lines, block, manifest, texts: &texts });
    dialog.complete = lacks.is_empty();
    Some(Read { state, dialog, known: full.is_some(), lacks })
}

fn refuses(o: &DialogOption) -> bool {
    matches!(o.meaning, Meaning::Deny | Meaning::DenyWithText)
}

/// Why nobody may act on the dialog without looking; empty if it is complete.
fn lacks(
    dialog: &Dialog,
    state: State,
    full: Option<&DialogShape>,
    choices: Option<&Choices>,
    around: &Around<'_>,
) -> Vec<&'static str> {
    let block = around.block;
    let mut lacks = Vec::new();
    let mut need = |ok: bool, what: &'static str| {
        if !ok {
            lacks.push(what);
        }
    };
    let permission = state == State::Permission;
    let about = permission || full.is_some_and(|s| s.subject != SubjectPlace::None);
    let hides = |l: &Line<'_>| around.screen.rows[l.row].hides();
    need(full.is_some(), "no known shape fits as a whole");
    need(block.edge, "its upper edge is not on the screen");
    need(block.tail.closed, "its lower edge is not on the screen");
    need(!block.cut, "a mark says that part of it is hidden");
    need(!about || dialog.subject.is_some(), "what it is about cannot be read");
    need(agrees(dialog, full, around.texts), "question and subject name different files");
    need(!around.lines[block.lines.clone()].iter().any(hides), "it holds characters that cannot be shown");
    need(!overflows(around), "its content may go on below its frame");
    if let Some(choices) = choices {
        need(choices.items.len() >= 2, "fewer than two options");
        need(choices.ordered, "options are missing from the list");
        need(choices.marked.is_some(), "no single option is marked");
    }
    if let (true, Some(choices)) = (permission, choices) {
        let exit = block.tail.hint || dialog.options.iter().any(|o| o.label.contains("(esc)"));
        need(exit || choices.in_a_row, "how to leave is not on the screen");
        let margin = around.manifest.choice.margin.map_or(usize::MAX, usize::from);
        need(
            choices.margin(around.screen, around.lines) <= margin,
            "it stands too far in to be the agent's own",
        );
        let once = |o: &DialogOption| o.meaning == Meaning::AllowOnce;
        need(dialog.options.iter().any(once), "no option allows once");
        need(dialog.options.last().is_some_and(refuses), "the refusing option is not the last one");
    }
    lacks
}

fn row(lines: &[Line<'_>], i: usize) -> u16 {
    lines.get(i).map_or(0, |l| u16::try_from(l.row).unwrap_or(u16::MAX))
}

/// Whether a shape fits: as a whole, or by what is left of a dialog whose head is not on the screen.
fn fits(
    shape: &DialogShape,
    whole: bool,
    lines: &[Line<'_>],
    block: &Block,
    texts: &Texts,
    labels: &[&str],
) -> bool {
    // Asked for one by one: most shapes are told by the first.
    let head = || shape.head.as_ref().map(|p| p.is_match(&texts.heading));
    let question = || shape.question.as_ref().map(|p| p.is_match(&texts.question));
    let hint = || shape.hint.as_ref().map(|p| p.is_match(&block.tail.text));
    let option = || shape.option.as_ref().map(|p| labels.iter().any(|l| p.is_match(l)));
    let body = || {
        let row = |p: &Pattern| lines[block.lines.clone()].iter().any(|l| l.is_text() && p.is_match(&l.text));
        shape.body.as_ref().map(row)
    };
    let others: [&dyn Fn() -> Option<bool>; 4] = [&question, &hint, &option, &body];
    if whole {
        return head() != Some(false) && others.iter().all(|part| part() != Some(false));
    }
    // Half a dialog: its head is missing, all else that the shape knows is there, and that is something.
    let says_more = [&shape.question, &shape.hint, &shape.option, &shape.body].iter().any(|p| p.is_some());
    !block.edge && says_more && head() != Some(true) && others.iter().all(|part| part() != Some(false))
}

/// What the dialog is about; where only half of it is seen, only if all that it can be agree.
fn operation<'a>(
    state: State,
    shape: Option<&DialogShape>,
    full: bool,
    mut candidates: impl Iterator<Item = &'a DialogShape>,
) -> Operation {
    match (shape, state) {
        (Some(s), _) if full || candidates.all(|c| c.operation == s.operation) => s.operation,
        (_, State::Plan) => Operation::Plan,
        (_, State::Question) => Operation::Question,
        (_, State::Trust) => Operation::Trust,
        _ => Operation::Other,
    }
}

/// What the keys of a hint do, as options: `Enter to stay · Esc to cancel`, `Press Enter to continue…`.
fn keys(hint: &str) -> Vec<DialogOption> {
    hint.split(['·', '•', '․'])
        .filter_map(|part| part.trim().split_once(" to "))
        .map(|(key, what)| {
            let what = what.trim_end_matches('…');
            let key = key.strip_prefix("Press ").unwrap_or(key);
            let key = match key {
                "Enter" | "Tab" | "Space" => Some(key.to_owned()),
                "Esc" => Some("Escape".to_owned()),
                _ if key.eq_ignore_ascii_case("shift+tab") => Some("BTab".to_owned()),
                _ => None,
            };
            let meaning = if what == "cancel" { Meaning::Deny } else { Meaning::Other };
            DialogOption { label: text::printable(what), meaning, key }
        })
        .collect()
}

fn options(choices: &Choices, manifest: &Manifest) -> Vec<DialogOption> {
    choices
        .items
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let bare = bare(&c.label);
            let meaning =
                manifest.meanings.iter().find(|(p, _)| p.is_match(bare)).map_or(Meaning::Other, |(_, m)| *m);
            let marked_enter = (choices.marked == Some(i)).then(|| "Enter".to_owned());
            let key = match (manifest.choice.key, c.number) {
                (ChoiceKey::Number, Some(n)) if n < 10 => Some(n.to_string()),
                (ChoiceKey::Letter, Some(n)) if n < 10 => {
                    Some(letter(&c.label).unwrap_or_else(|| n.to_string()))
                }
                _ => marked_enter,
            };
            DialogOption { label: text::printable(&c.label), meaning, key }
        })
        .collect()
}

/// The label without a check mark or the key in parentheses behind it.
pub(super) fn bare(label: &str) -> &str {
    let mut out = label.trim_end_matches(['✔', '✓', ' ']);
    if out.ends_with(')')
        && let Some(open) = out.rfind(" (")
        && letter_or_key(&out[open + 2..out.len() - 1])
    {
        out = &out[..open];
    }
    out.trim_end()
}

fn letter_or_key(s: &str) -> bool {
    s.chars().count() == 1 || matches!(s, "esc" | "enter" | "tab" | "shift+tab")
}

/// The key named in parentheses at the end of a label.
fn letter(label: &str) -> Option<String> {
    let open = label.rfind(" (")?;
    let inside = label[open + 2..].strip_suffix(')')?;
    match inside {
        "esc" => Some("Escape".to_owned()),
        s if s.len() == 1 && s.bytes().all(|b| b.is_ascii_alphanumeric()) => Some(s.to_owned()),
        _ => None,
    }
}

fn subject(dialog: &mut Dialog, shape: &DialogShape, place: &Place<'_>, lines: &[Line<'_>], texts: &Texts) {
    let captured = [
        shape.head.as_ref().and_then(|p| p.captures(&texts.heading)),
        shape.question.as_ref().and_then(|p| p.captures(&texts.question)),
        shape.body.as_ref().and_then(|p| {
            lines[place.block.lines.clone()].iter().filter(|l| l.is_text()).find_map(|l| p.captures(&l.text))
        }),
    ];
    let named = |name: &str| {
        captured
            .iter()
            .flatten()
            .find_map(|c: &Captures<'_>| c.name(name))
            .map(|m| text::printable(m.as_str().trim()))
            .filter(|s| !s.is_empty())
    };
    for (name, field) in
        [("tool", &mut dialog.tool), ("question", &mut dialog.question), ("asker", &mut dialog.asker)]
    {
        if let Some(value) = named(name) {
            *field = Some(value.replace('\n', " "));
        }
    }
    let joined = match shape.subject {
        SubjectPlace::Command => place.command(),
        SubjectPlace::Prompt => place.prompt(&shape.prefix),
        _ => None,
    };
    match shape.subject {
        SubjectPlace::None => {}
        SubjectPlace::Command | SubjectPlace::Prompt => {
            if let Some(j) = joined {
                let lines = |s: &str| s.split('\n').map(text::printable).collect::<Vec<_>>().join("\n");
                match &shape.pick {
                    None => {
                        dialog.subject = Some(lines(&j.text));
                        dialog.alternative = j.alternative.as_deref().map(lines);
                    }
                    Some(p) => {
                        let found = p.captures(&j.text).and_then(|c| c.name("subject"));
                        dialog.subject = found.map(|m| lines(m.as_str()));
                    }
                }
            }
        }
        SubjectPlace::Capture => dialog.subject = named("subject"),
        SubjectPlace::Path => dialog.subject = place.path().map(|p| text::printable(&p)),
        SubjectPlace::Call => {
            if let Some((tool, argument)) = place.call() {
                dialog.subject = path_of(&argument).map(text::printable);
                dialog.tool.get_or_insert_with(|| text::printable(&tool));
            }
        }
    }
    // The name in the question says something where the heading is cut off. Below a heading it would be a guess: the file may lie
    // anywhere.
    if dialog.subject.is_none() && captured[0].is_none() && shape.subject != SubjectPlace::None {
        dialog.subject = named("name");
    }
}

/// A question that names a file names the one that the subject is.
fn agrees(dialog: &Dialog, shape: Option<&DialogShape>, texts: &Texts) -> bool {
    let named = shape
        .and_then(|s| s.question.as_ref())
        .and_then(|p| p.captures(&texts.question))
        .and_then(|c| c.name("name"));
    let (Some(named), Some(subject)) = (named, dialog.subject.as_deref()) else {
        return true;
    };
    let last = |s: &str| s.rsplit('/').next().unwrap_or(s).split_whitespace().collect::<String>();
    last(named.as_str()) == last(subject)
}

/// True where a frame that scrolls without a sign is so full that it may hold more.
fn overflows(around: &Around<'_>) -> bool {
    let most = usize::from(around.manifest.choice.body_rows);
    let rows = &around.lines[around.block.lines.clone()];
    let Some(first) = rows.iter().position(|l| l.text.starts_with("$ ")).filter(|_| most > 0) else {
        return false;
    };
    let shown = rows[first..].iter().take_while(|l| !l.is_blank()).count();
    shown >= most.min(usize::from(around.screen.height) / 3).max(1)
}
