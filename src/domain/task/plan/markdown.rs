//! A plan as a Markdown checklist. `- [ ]` is an entry, `- [x]` is done. An entry waits for those nested in it; in a
//! numbered list each waits for the one before. Words in braces at the end of its first line say more:
//! `{id=api target=dev_worker1 priority=8 after=schema,#14}`.

use super::{Entry, PlanError};
use crate::domain::text;

const KEYS: [&str; 8] = ["id", "target", "role", "priority", "after", "key", "timeout", "dir"];

/// An entry that is open for nested ones.
struct Level {
    /// Column of its mark.
    indent: usize,
    /// Its place.
    entry: usize,
    /// What it, and all in it, wait for.
    gate: Vec<usize>,
    /// The last numbered entry nested in it.
    numbered: Option<usize>,
}

pub fn entries(source: &str) -> Result<Vec<Entry>, PlanError> {
    let mut out: Vec<Entry> = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut top_numbered: Option<usize> = None;
    let mut fence: Option<char> = None;
    for (n, raw) in source.lines().enumerate() {
        let line = raw.replace('\t', "    ");
        let indent = line.len() - line.trim_start_matches(' ').len();
        let mark = line.trim_start();
        let fences = ['`', '~'].into_iter().find(|c| mark.starts_with(&c.to_string().repeat(3)));
        let in_code = fence.is_some();
        match (fence, fences) {
            (None, Some(c)) => fence = Some(c),
            (Some(open), Some(c)) if open == c => fence = None,
            _ => {}
        }
        let item = if in_code || fences.is_some() { None } else { item(mark) };
        let Some(item) = item else {
            continue_entry(&mut out, &mut levels, &line, indent);
            if levels.is_empty() && !mark.is_empty() {
                top_numbered = None;
            }
            continue;
        };
        levels.retain(|l| l.indent < indent);
        let place = out.len();
        let mut entry = said(item.text, n + 1)?;
        entry.ticked = item.ticked;
        let mut gate = levels.last().map(|l| l.gate.clone()).unwrap_or_default();
        let before = match levels.last_mut() {
            Some(parent) => std::mem::replace(&mut parent.numbered, item.numbered.then_some(place)),
            None => std::mem::replace(&mut top_numbered, item.numbered.then_some(place)),
        };
        if item.numbered {
            gate.extend(before);
        }
        entry.waits.clone_from(&gate);
        // What the parent was told to wait for by name holds for what is in it, too.
        if let Some(parent) = levels.last() {
            let inherited = out[parent.entry].after.clone();
            entry.after.extend(inherited);
            out[parent.entry].waits.push(place);
        }
        out.push(entry);
        levels.push(Level { indent, entry: place, gate, numbered: None });
    }
    if out.is_empty() {
        let hint = "write each as \"- [ ] what is to be done\"".into();
        return Err(PlanError { line: None, what: "the plan has no entries".into(), hint });
    }
    for e in &mut out {
        e.text.truncate(e.text.trim_end().len());
    }
    Ok(out)
}

/// A line that is no entry belongs to the entry it is indented under, else it ends the list.
fn continue_entry(out: &mut [Entry], levels: &mut Vec<Level>, line: &str, indent: usize) {
    if !line.trim().is_empty() {
        levels.retain(|l| l.indent < indent);
    }
    if let Some(e) = levels.last().and_then(|l| out.get_mut(l.entry)) {
        e.text.push('\n');
        e.text.push_str(line.trim());
    }
}

struct Item<'a> {
    numbered: bool,
    ticked: bool,
    text: &'a str,
}

fn item(line: &str) -> Option<Item<'_>> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (numbered, rest) = match digits {
        0 => (false, line.strip_prefix(['-', '*', '+'])?),
        1..=9 => (true, line[digits..].strip_prefix(['.', ')'])?),
        _ => return None,
    };
    let rest = rest.strip_prefix(' ')?.trim_start().strip_prefix('[')?;
    let ticked = match rest.chars().next()? {
        ' ' => false,
        'x' | 'X' => true,
        _ => return None,
    };
    let text = rest[1..].strip_prefix("] ")?.trim();
    (!text.is_empty()).then_some(Item { numbered, ticked, text })
}

/// An entry from its first line: the words in braces at the end are taken off.
fn said(line: &str, n: usize) -> Result<Entry, PlanError> {
    let mut entry = Entry { line: Some(n), text: line.to_owned(), ..Entry::default() };
    let Some(at) = line.strip_suffix('}').and_then(|l| l.rfind('{')) else { return Ok(entry) };
    let words: Vec<&str> = line[at + 1..line.len() - 1].split_whitespace().collect();
    let pairs: Vec<(&str, &str)> = words.iter().filter_map(|w| w.split_once('=')).collect();
    // Braces that say nothing we know are the author's own.
    if words.is_empty() || pairs.len() < words.len() || !pairs.iter().any(|(k, _)| KEYS.contains(k)) {
        return Ok(entry);
    }
    line[..at].trim_end().clone_into(&mut entry.text);
    for (key, value) in pairs {
        let value = value.trim_matches('"');
        let own = Some(value.to_owned());
        match key {
            "id" => entry.id = own,
            "target" => entry.target = own,
            "role" => entry.role = own,
            "priority" => {
                let wrong = |_| entry.fault(format!("{value} is not a priority"), "they go from 0 to 10");
                entry.priority = Some(value.parse().map_err(wrong)?);
            }
            "after" => entry.after = value.split(',').filter(|s| !s.is_empty()).map(Into::into).collect(),
            "key" => entry.key = own,
            "timeout" => entry.timeout = own,
            "dir" => entry.dir = own,
            other => {
                let near = text::nearest(other, KEYS).map(|k| format!("did you mean \"{k}\"?"));
                let hint = near.unwrap_or_else(|| format!("known here: {}", KEYS.join(", ")));
                return Err(entry.fault(format!("no key is called \"{other}\" here"), hint));
            }
        }
    }
    Ok(entry)
}
