//! What a program that has no table might do: run what it is given, as a text or as words of its own, and touch whatever could be
//! a path.

use super::command::{LOADS, OnePart};
use super::rule::{Case, PartCase, base};
use super::verdict::NOT_VOUCHED;
use super::{Action, Verdict};
use crate::domain::bash::{self, Access, Effect, Part, Use, Word};

impl OnePart<'_> {
    /// What a program that nobody knows may run of what it is given (`concurrently "rm -rf x"`, `--exec=rm -rf x`): each text as it
    /// stands, what stands behind its option's name, and all words together; and where a shell's grammar is more than is read here,
    /// or another one, their bare words, glued as they are and apart.
    fn texts(&self) -> impl Iterator<Item = Part> {
        let words = self.part.words.get(1..).unwrap_or_default();
        let quoted = words.iter().filter(|w| w.quoted).map(|w| w.text.as_str());
        let values = quoted.clone().filter_map(|t| t.split_once('=').map(|(_, value)| value));
        let glued = quoted.clone().filter_map(|t| t.strip_prefix('-')?.get(1..));
        let texts = quoted.chain(values).chain(glued).map(str::to_owned);
        let all = words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
        texts.chain([all]).flat_map(|text| {
            let words = |text: &str, also: &str| -> String {
                text.chars().map(|c| if c.is_alphanumeric() || also.contains(c) { c } else { ' ' }).collect()
            };
            let unquoted = text.replace(['"', '\'', '\\'], "");
            let (glued, apart) = (words(&unquoted, "_@%+:,./=~-"), words(&text, "_./~-"));
            [text, glued, apart].into_iter().flat_map(|text| bash::read(&text).parts)
        })
    }

    /// The rule that names what such a text would run.
    pub(super) fn forbidden_within(&self, case: &Case) -> Option<Verdict> {
        let mut words = self.part.words.iter().skip(1);
        if words.any(|w| w.quoted && w.text.contains(['$', '`'])) {
            return Some(Verdict::hold("shell", "an unknown program may expand what it is given"));
        }
        self.texts().find_map(|inner| {
            let part = case.part.map(|p| PartCase { words: &inner.words, ..p });
            let all: Vec<usize> = (0..inner.words.len()).collect();
            let verdict = self.forbidden(&Case { part, ..*case }, &all)?;
            Some(Verdict { action: Action::Hold, ..verdict })
        })
    }

    /// A program that nobody knows may start the ones that stand behind it, or in a text that it is given: what a table does not
    /// vouch for it does not either, and what has to be looked up, or is followed from part to part, is not told of these.
    pub(super) fn behind(&self) -> Option<Verdict> {
        self.texts().find_map(|mut inner| {
            for word in &mut inner.words {
                word.quoted = false;
            }
            let words = &inner.words;
            let known =
                || bash::vouch(&self.policy.programs, words).map_or_else(|refusal| refusal.known, |_| true);
            let loads = || inner.sets.iter().any(|(name, _)| LOADS.contains(&name.as_str()));
            let harmless = || self.policy.programs.sets_are_harmless(&inner.sets).is_ok();
            if !inner.sets.is_empty() && known() && (loads() || !harmless()) {
                let why = "an unknown program may set what it is given for another one";
                return Some(Verdict::hold("shell", why));
            }
            let refused = |words: &[Word]| match bash::vouch(&self.policy.programs, words) {
                Err(refusal) => refusal.known.then_some(refusal.reason),
                Ok(outcome) if outcome.effect >= Effect::Commit => {
                    Some(format!("it {}", outcome.effect.does()))
                }
                Ok(outcome) => {
                    let other = outcome.uses.iter().any(|u| !matches!(u, Use::Path(..)));
                    other.then(|| "what it would find there is not looked up".to_owned())
                }
            };
            let (at, why) = (0..words.len()).find_map(|at| Some((at, refused(&words[at..])?)))?;
            let program = &words[at].text;
            Some(Verdict::hold(NOT_VOUCHED, format!("an unknown program may start `{program}`: {why}")))
        })
    }
}

/// Options of compilers take what follows, also a path in the tree: not behind a few letters alone.
const COMPILERS: [&str; 8] = ["cc", "c++", "gcc", "g++", "clang", "clang++", "cpp", "ld"];

/// What a program that has no table might touch: whatever in an argument could be a path.
pub(super) fn loose_uses(words: &[Word]) -> Vec<Use> {
    let mut out = Vec::new();
    let compiles = words.first().is_some_and(|w| COMPILERS.contains(&base(&w.text)));
    for word in words.iter().skip(1) {
        let text = word.text.as_str();
        let pieces = text.split(|c: char| !c.is_alphanumeric() && !"._-/~+@%".contains(c));
        let glued = text.strip_prefix('-').and_then(|o| o.char_indices().nth(1).map(|(at, _)| &o[at..]));
        let upwards = text.match_indices("..").map(|(at, _)| &text[at..]);
        // `-rt/tmp`: letters, of which the last one may take what follows.
        let option = text.strip_prefix('-').filter(|o| !o.starts_with('-')).unwrap_or_default();
        let letters = option.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').count();
        let clustered = (2..=letters).filter(|_| !compiles || letters <= 3).map(|n| &text[1 + n..]);
        let handed = text.match_indices(['@', '+', '%']).map(|(at, _)| &text[at + 1..]);
        // `--prefix/tmp`.
        let long = text.strip_prefix("--").filter(|o| !o.contains('='));
        let long = long.and_then(|o| o.find('/').map(|at| &o[at..]));
        let candidates = std::iter::once(text)
            .chain(pieces)
            .chain(glued)
            .chain(upwards)
            .chain(clustered)
            .chain(handed)
            .chain(long);
        out.extend(candidates.filter(|c| !c.is_empty()).map(|c| Use::Path(Access::Write, c.to_owned())));
    }
    // A program that is named by a path must lie in the work tree itself.
    let program = words.first().filter(|w| w.text.contains('/'));
    out.extend(program.map(|w| Use::Path(Access::Read, w.text.clone())));
    out
}
