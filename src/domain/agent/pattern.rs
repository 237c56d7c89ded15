//! A pattern of a manifest. Where it asks for a word boundary a looser one is asked first: boundaries heed the letters of
//! all scripts, so a text with a single `•` takes the slow way, a hundred times that of a text that can be told by bytes alone.

use regex::{Captures, Error, Regex};

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    exact: Regex,
    /// The same without its word boundaries: it fits wherever `exact` does. `None` where there are none.
    loose: Option<Regex>,
}

impl Pattern {
    /// Compiles a pattern by `build`.
    pub(super) fn new(pattern: &str, build: impl Fn(&str) -> Result<Regex, Error>) -> Result<Self, Error> {
        Ok(Self { exact: build(pattern)?, loose: loosened(pattern).and_then(|p| build(&p).ok()) })
    }

    /// True if it fits somewhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        match &self.loose {
            // Of the slow ways, the one that finds where is quicker than the one that only asks whether.
            Some(loose) => loose.is_match(text) && self.exact.find(text).is_some(),
            None => self.exact.is_match(text),
        }
    }

    /// What its groups fit, where it fits first.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        // Most texts do not fit, and room for captures is only for those that may.
        let may = self.loose.as_ref().unwrap_or(&self.exact).is_match(text);
        may.then(|| self.exact.captures(text)).flatten()
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

#[cfg(test)]
mod tests {
    use super::*;

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
