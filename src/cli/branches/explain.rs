//! `archtui branches --explain`: the rules in force, what differs for whom, and what each rule means. Not for findings.

use super::out;
use crate::domain::branch::rules::Level;
use crate::domain::branch::{RULES, RuleBook, Rules};
use crate::domain::text;

/// Prints everything.
pub fn run(book: &RuleBook) {
    let fleet = book.fleet().told();
    out::line("[branches], for everybody");
    for (key, value) in &fleet {
        out::line(&format!("  {key:<28} {}", text::printable(value)));
    }
    for role in book.roles() {
        let own = book.of(Some(role), None).told();
        let differs: Vec<_> = own.iter().filter(|pair| !fleet.contains(pair)).collect();
        if differs.is_empty() {
            continue;
        }
        out::line(&format!("[branches.role.{}]", text::printable(role)));
        for (key, value) in differs {
            out::line(&format!("  {key:<28} {}", text::printable(value)));
        }
    }
    out::line("The rules");
    for rule in RULES {
        let word = rule.id.word();
        out::line(&format!("  {word:<18} {}{}", set(book.fleet(), rule.id), rule.means));
    }
}

/// What the config made of a rule, where it says something.
fn set(rules: &Rules, rule: crate::domain::branch::RuleId) -> &'static str {
    match rules.severity.get(&rule) {
        Some(Level::Off) => "(off) ",
        Some(Level::Note) => "(always a note) ",
        Some(Level::Amber) => "(always amber) ",
        Some(Level::Red) => "(always red) ",
        None => "",
    }
}
