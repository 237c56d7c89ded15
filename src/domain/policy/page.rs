//! The rule behind a verdict as it is written: where it stands, and its own text.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::file::{RuleAction, read};
use crate::domain::session::SessionName;

/// One rule, for a person to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulePage {
    /// Its id.
    pub id: String,
    /// What it does; `None`: no rule, the judge itself said so.
    pub action: Option<RuleAction>,
    /// Why.
    pub reason: String,
    /// The file and the line.
    pub place: Option<(String, usize)>,
    /// As it is written, the comment above it too.
    pub text: String,
    /// It can be neither replaced nor disabled.
    pub fixed: bool,
    /// The session for which it was looked up, and the preset in force there.
    pub session: SessionName,
    /// That preset.
    pub preset: String,
}

/// A rule's line, from 1, and its text in a policy's text.
pub fn written(text: &str, id: &str) -> Option<(usize, String)> {
    let file = read(text, "").ok()?;
    // Of two with one id the later one replaces the first.
    let rule = file.rule.iter().rev().find(|r| r.get_ref().id == id)?;
    let start = text.get(..rule.span().start)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(..start)?.matches('\n').count() + 1;
    let lines: Vec<&str> = text.get(start..)?.lines().collect();
    // A bracket at the start of a line ends it, unless it stands in a text of several lines.
    let whole = |n: &usize| toml_edit::DocumentMut::from_str(&lines[..*n].join("\n")).is_ok();
    let ends = lines.iter().enumerate().skip(1).filter(|(_, l)| l.starts_with('[')).map(|(n, _)| n);
    let end = ends.chain([lines.len()]).find(whole)?;
    let body = lines[..end].join("\n");
    let above: Vec<&str> = text[..start].lines().rev().take_while(|l| l.starts_with('#')).collect();
    let mut told: Vec<&str> = above.into_iter().rev().collect();
    // Comments at its end belong to what follows.
    let own =
        body.lines().count() - body.lines().rev().take_while(|l| l.is_empty() || l.starts_with('#')).count();
    told.extend(body.lines().take(own));
    Some((line, told.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::{Policy, preset_text};

    #[test]
    fn a_rule_is_found_with_its_comment_and_nothing_else() {
        let text = "disable = [\"push\"]\n# why\n[[rule]]\nid = \"a\"\naction = \"hold\"\nreason = \"\"\"\n[x\n\"\"\"\nprogram = [\n  \"x\",\n]\n\n# of b\n[[rule]]\nid = \"b\"\naction = \"hold\"\nprogram = [\"y\"]\n";
        let (line, a) = written(text, "a").expect("there");
        assert_eq!(line, 3);
        assert_eq!(
            a,
            "# why\n[[rule]]\nid = \"a\"\naction = \"hold\"\nreason = \"\"\"\n[x\n\"\"\"\nprogram = [\n  \"x\",\n]"
        );
        let (line, b) = written(text, "b").expect("there");
        assert_eq!(
            (line, b.as_str()),
            (14, "# of b\n[[rule]]\nid = \"b\"\naction = \"hold\"\nprogram = [\"y\"]")
        );
        assert_eq!(written(text, "c"), None);
    }

    #[test]
    fn every_rule_that_ships_can_be_shown() {
        for rule in Policy::preset("sop").expect("ships").rules() {
            let name = rule.origin.trim_start_matches("policies/").trim_end_matches(".toml");
            let (line, text) = written(preset_text(name).expect("ships"), &rule.id).expect("written there");
            assert!(line > 0 && text.contains(&format!("id = \"{}\"", rule.id)), "{text}");
        }
    }
}
