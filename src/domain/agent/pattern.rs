//! A pattern of a manifest. Where it asks for a word boundary a looser one is asked first: boundaries heed the letters of
//! all scripts, so a text with a single `•` takes the slow way, a hundred times that of a text that can be told by bytes alone.
//! Before that, a text that does not begin as one must that the pattern fits is told by its first bytes: most patterns are
//! anchored, and most texts are none of theirs.

use regex::{Captures, Error, Regex};
use regex_syntax::hir::Look;
use regex_syntax::hir::literal::Extractor;

/// More beginnings than this are not compared one by one, …
const BEGINNINGS: usize = 24;
/// … and of each no more bytes.
const BYTES: usize = 12;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    exact: Regex,
    /// The same without its word boundaries: it fits wherever `exact` does. `None` where there are none.
    loose: Option<Regex>,
    /// How every text begins that it fits. `None` where that is not known, or not told by a few.
    begins: Option<Vec<Vec<u8>>>,
}

impl Pattern {
    /// Compiles a pattern by `build`.
    pub(super) fn new(pattern: &str, build: impl Fn(&str) -> Result<Regex, Error>) -> Result<Self, Error> {
        let loose = loosened(pattern).and_then(|p| build(&p).ok());
        Ok(Self { exact: build(pattern)?, loose, begins: beginnings(pattern) })
    }

    /// True if it fits somewhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        if !self.may_fit(text) {
            return false;
        }
        match &self.loose {
            // Of the slow ways, the one that finds where is quicker than the one that only asks whether.
            Some(loose) => loose.is_match(text) && self.exact.find(text).is_some(),
            None => self.exact.is_match(text),
        }
    }

    /// What its groups fit, where it fits first.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        // Most texts do not fit, and room for captures is only for those that may.
        let may = self.may_fit(text) && self.loose.as_ref().unwrap_or(&self.exact).is_match(text);
        may.then(|| self.exact.captures(text)).flatten()
    }

    /// False where the text begins as none does that it fits.
    fn may_fit(&self, text: &str) -> bool {
        let begins = |with: &Vec<u8>| text.as_bytes().starts_with(with);
        self.begins.as_ref().is_none_or(|all| all.iter().any(begins))
    }

    /// Names of its groups.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.exact.capture_names().flatten()
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        self.exact.as_str()
    }
}

/// The pattern with nothing in place of its word boundaries, if it has any. What demands less fits more, since no pattern
/// can say *not*.
fn loosened(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut found = false;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match (c, (c == '\\').then(|| chars.next()).flatten()) {
            ('\\', Some('b' | 'B' | '<' | '>')) => {
                found = true;
                out.push_str("(?:)");
            }
            (c, escaped) => {
                out.push(c);
                out.extend(escaped);
            }
        }
    }
    found.then_some(out)
}

/// How every text begins that a pattern fits which stands at the start of the text, if a few beginnings tell.
fn beginnings(pattern: &str) -> Option<Vec<Vec<u8>>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    if !hir.properties().look_set_prefix().contains(Look::Start) {
        return None;
    }
    let mut all = Extractor::new().extract(&hir);
    all.keep_first_bytes(BYTES);
    all.dedup();
    let all = all.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect::<Vec<_>>();
    (all.len() <= BEGINNINGS && all.iter().all(|literal| !literal.is_empty())).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::Agents;

    #[test]
    fn boundaries_are_left_out_and_nothing_else() {
        for (pattern, want) in [
            (r"^No\b.*", Some(r"^No(?:).*")),
            (r"\bPR \Bx\<y\>", Some(r"(?:)PR (?:)x(?:)y(?:)")),
            (r"a{2}\b{3}", Some(r"a{2}(?:){3}")),
            (r"\\b\d\n[^\\]b\", None),
            (r"C:\\\bin", Some(r"C:\\(?:)in")),
        ] {
            assert_eq!(loosened(pattern).as_deref(), want, "{pattern}");
        }
    }

    #[test]
    fn beginnings_are_those_of_all_texts_that_fit() {
        for (pattern, want) in [
            (r"^Yes$", Some(&["Yes"][..])),
            (r"\A(Create|Write) file", Some(&["Create file", "Write file"])),
            (r"^[·✻] .+…", Some(&["· ", "✻ "])),
            (r"^(a|bc)+d", Some(&["a", "bc"])),
            (r"(^x)|(^y)", Some(&["x", "y"])),
            (r"^a?b", Some(&["ab", "b"])),
            (r"(?i)^no", Some(&["NO", "No", "nO", "no"])),
            (r"^a long beginning", Some(&["a long begin"])),
            (r"^(No\b.*|Yes)", Some(&["No", "Yes"])),
            (r"Yes", None),
            (r"(^|⎿ )Yes", None),
            (r"(?m)^Yes", None),
            (r"^.*Yes", None),
            (r"^\w+ for", None),
            (r"^(Yes)?$", None),
            (r"^[a-z]{2}", None),
            (r"x|^Yes", None),
            (r"(^a)*b", None),
        ] {
            let got = beginnings(pattern);
            let want = want.map(|all| all.iter().map(|s| s.as_bytes().to_vec()).collect::<Vec<_>>());
            assert_eq!(got, want, "{pattern}");
        }
    }

    #[test]
    fn who_asks_for_the_beginning_first_is_told_the_same() {
        let labels =
            ["", "Y", "Yes", "Yes, proceed", "No, exit", "✻ Brewing… (3s)", "⎿ ok", "… +3 lines", "$ ls"];
        let rows = Agents::builtin().iter().flat_map(|m| m.dialogs.iter().filter_map(|d| d.head.as_ref()));
        let heads: Vec<String> = rows.map(|p| p.as_str().replace(['\\', '^', '(', ')', '?'], "")).collect();
        let texts: Vec<&str> = labels.into_iter().chain(heads.iter().map(String::as_str)).collect();
        let mut told = 0;
        for manifest in Agents::builtin().iter() {
            let all = manifest.cues.iter().map(|c| &c.shape).chain(manifest.meanings.iter().map(|(p, _)| p));
            let shapes =
                manifest.dialogs.iter().flat_map(|d| [&d.head, &d.question, &d.hint, &d.body]).flatten();
            for p in all.chain(shapes).chain(&manifest.choice.cuts).chain(&manifest.signs) {
                told += usize::from(p.begins.is_some());
                for text in &texts {
                    let fits = p.exact.is_match(text);
                    assert_eq!(p.is_match(text), fits, "{} {text}", p.as_str());
                    assert_eq!(p.captures(text).is_some(), fits, "{} {text}", p.as_str());
                }
            }
        }
        assert!(told > 60, "{told} patterns are told by a beginning");
    }

    #[test]
    fn a_boundary_decides_where_the_looser_pattern_fits() {
        for (pattern, text, want) in [
            (r"\besc to interrupt\b", "• Working (3s • esc to interrupt)", true),
            (r"\besc to interrupt\b", "• Working (3s • éesc to interrupt)", false),
            (r"\besc to interrupt\b", "• Working (3s • esc to interrupts)", false),
            (r"No\b|Yes", "• Nothing, yet Yes", true),
            (r"\b{start}No", "• No", true),
            (r"\b{start}No", "• oNo", false),
        ] {
            let p = Pattern::new(pattern, Regex::new).expect("compiles");
            assert_eq!((p.is_match(text), p.captures(text).is_some()), (want, want), "{pattern} {text}");
        }
    }
}
