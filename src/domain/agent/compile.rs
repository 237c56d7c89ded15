//! From the text of a manifest file to a [`Manifest`]: every pattern compiled within fixed limits, every fault told
//! with its line. A user's file can be wrong, but it cannot make reading slow: the patterns match in linear time, and
//! their number and sizes are bounded here.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use regex::RegexBuilder;

use super::file::{self, Text};
use crate::domain::restart::Resume;

use super::{
    ChoiceShape, ComposerShape, Cue, DialogShape, Manifest, ManifestError, Note, Pattern, SubjectPlace,
    TextShape,
};

/// A manifest file larger than this is refused.
const MAX_FILE: usize = 256 * 1024;
/// A pattern longer than this is refused.
const MAX_PATTERN: usize = 1000;
/// More patterns than this in one manifest are refused.
const MAX_PATTERNS: usize = 250;
/// Memory that one compiled pattern may take.
const MAX_COMPILED: usize = 256 * 1024;

pub(super) fn manifest(text: &str, origin: &str) -> Result<Manifest, ManifestError> {
    let mut c = Compiler { text, origin, patterns: 0, pieces: BTreeMap::new() };
    if text.len() > MAX_FILE {
        return Err(c.error(0..0, format!("larger than {} KiB", MAX_FILE / 1024)));
    }
    let file: file::File = toml::from_str(text).map_err(|e| {
        let first = e.message().lines().next().unwrap_or("not valid TOML").to_owned();
        c.error(e.span().unwrap_or(0..0), first)
    })?;
    c.pieces = file.piece.iter().map(|(name, piece)| (format!("(?&{name})"), piece.clone())).collect();
    c.manifest(file)
}

struct Compiler<'a> {
    text: &'a str,
    origin: &'a str,
    patterns: usize,
    pieces: BTreeMap<String, String>,
}

impl Compiler<'_> {
    fn manifest(&mut self, file: file::File) -> Result<Manifest, ManifestError> {
        let name = file.name.get_ref();
        let named = !name.is_empty()
            && name.len() <= 32
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !named {
            return Err(
                self.error(file.name.span(), "a name is 1 to 32 lower-case letters, digits and dashes")
            );
        }
        for p in &file.process {
            if p.get_ref().is_empty() {
                return Err(self.error(p.span(), "a process has a name"));
            }
        }
        let settle = match &file.settle_ms {
            Some(ms) if !(120..=10_000).contains(ms.get_ref()) => {
                return Err(self.error(ms.span(), "settle_ms lies between 120 and 10000"));
            }
            Some(ms) => *ms.get_ref(),
            None => 250,
        };
        Ok(Manifest {
            title: file.title.unwrap_or_else(|| name.clone()),
            name: name.clone(),
            processes: file.process.into_iter().map(toml::Spanned::into_inner).collect(),
            settle: Duration::from_millis(settle),
            verified: file.verified.clone(),
            signs: self.patterns(&file.sign)?,
            farewells: self.patterns(&file.farewell)?,
            done: self.patterns(&file.done)?,
            resume: Resume { id: file.resume.id, last: file.resume.last, own: file.resume.own },
            composer: ComposerShape {
                frames: file.composer.frame,
                prompts: [file.composer.prompt, file.composer.mode.clone()].concat(),
                modes: file.composer.mode,
                placeholders: self.patterns(&file.composer.placeholder)?,
                trim: self.patterns(&file.composer.trim)?,
                pasted: self.patterns(&file.composer.pasted)?,
            },
            title_tells: file.title_tells,
            cues: file.cue.iter().map(|cue| self.cue(cue)).collect::<Result<_, _>>()?,
            notes: file
                .note
                .into_iter()
                .map(|note| Ok(Note { place: note.at, shape: self.pattern(&note.shape)?, mode: note.mode }))
                .collect::<Result<_, _>>()?,
            choice: ChoiceShape {
                marks: file.choice.mark,
                rows: file.choice.row,
                key: file.choice.key,
                edge: file.choice.edge,
                hints: self.whole(&file.choice.hint)?,
                overlays: self.patterns(&file.choice.overlay)?,
                editable: self.patterns(&file.choice.editable)?,
                cuts: self.patterns(&file.choice.cut)?,
                margin: file.choice.margin,
                body_rows: file.choice.body_rows,
            },
            meanings: file
                .meaning
                .iter()
                .map(|m| Ok((self.pattern(&m.label)?, m.means)))
                .collect::<Result<_, _>>()?,
            texts: file.text.into_iter().map(|t| self.text_option(t)).collect::<Result<_, _>>()?,
            dialogs: file.dialog.into_iter().map(|d| self.dialog(d)).collect::<Result<_, _>>()?,
        })
    }

    fn cue(&mut self, cue: &file::Cue) -> Result<Cue, ManifestError> {
        let weight = match &cue.weight {
            Some(w) if !(0.0..=1.0).contains(w.get_ref()) => {
                return Err(self.error(w.span(), "a weight lies between 0 and 1"));
            }
            Some(w) => *w.get_ref() as f32,
            None => 0.9,
        };
        Ok(Cue {
            state: cue.state,
            place: cue.at,
            shape: self.pattern(&cue.shape)?,
            weight,
            trouble: cue.trouble,
        })
    }

    fn text_option(&mut self, t: file::TextOption) -> Result<TextShape, ManifestError> {
        if t.label.trim().is_empty() || !t.state.get_ref().asks() {
            return Err(
                self.error(t.state.span(), "an option that takes a text has a label, and a state that asks")
            );
        }
        Ok(TextShape {
            state: t.state.into_inner(),
            opens: t.opens,
            offered: self.optional(t.offered.as_ref())?,
            below: t.below,
            hint: self.optional(t.hint.as_ref())?,
            empty: if t.empty.is_empty() { t.label.clone() } else { t.empty },
            label: t.label,
            before: t.before,
            after: t.after,
        })
    }

    fn dialog(&mut self, d: file::Dialog) -> Result<DialogShape, ManifestError> {
        if !d.state.get_ref().asks() {
            return Err(self.error(d.state.span(), "a dialog's state is permission, plan, question or trust"));
        }
        if d.head.is_none()
            && d.question.is_none()
            && d.hint.is_none()
            && d.body.is_none()
            && d.option.is_none()
        {
            return Err(
                self.error(d.state.span(), "a dialog needs one of head, question, body, option, hint")
            );
        }
        let shape = DialogShape {
            state: d.state.into_inner(),
            operation: d.operation,
            tool: d.tool,
            head: self.optional(d.head.as_ref())?,
            question: self.optional(d.question.as_ref())?,
            hint: self.optional(d.hint.as_ref())?,
            body: self.optional(d.body.as_ref())?,
            option: self.optional(d.option.as_ref())?,
            subject: d.subject,
            pick: self.optional(d.pick.as_ref())?,
            prefix: d.prefix.unwrap_or_else(|| "$ ".to_owned()),
            wrap: d.wrap,
            inset: d.inset,
            keys_only: d.keys_only,
            full_screen: d.full_screen,
        };
        let captured = [&shape.head, &shape.question, &shape.body]
            .into_iter()
            .flatten()
            .any(|p| p.names().any(|n| n == "subject"));
        if shape.subject == SubjectPlace::Capture && !captured {
            let at = [&d.head, &d.question, &d.body]
                .into_iter()
                .flatten()
                .next()
                .map_or(0..0, toml::Spanned::span);
            return Err(self.error(at, "subject = \"capture\" needs a capture (?<subject>…)"));
        }
        Ok(shape)
    }

    fn optional(&mut self, text: Option<&Text>) -> Result<Option<Pattern>, ManifestError> {
        text.map(|t| self.pattern(t)).transpose()
    }

    fn patterns(&mut self, texts: &[Text]) -> Result<Vec<Pattern>, ManifestError> {
        texts.iter().map(|t| self.pattern(t)).collect()
    }

    /// Patterns that fit a whole text or nothing.
    fn whole(&mut self, texts: &[Text]) -> Result<Vec<Pattern>, ManifestError> {
        texts
            .iter()
            .map(|t| {
                self.pattern(t)?;
                self.build(t, &format!("^(?:{})$", self.whole_text(t)))
            })
            .collect()
    }

    fn pattern(&mut self, text: &Text) -> Result<Pattern, ManifestError> {
        self.patterns += 1;
        let s = &self.whole_text(text);
        if self.patterns > MAX_PATTERNS {
            return Err(self.error(text.span(), format!("more than {MAX_PATTERNS} patterns")));
        }
        if s.len() > MAX_PATTERN {
            return Err(self.error(text.span(), format!("a pattern longer than {MAX_PATTERN} bytes")));
        }
        let pattern = self.build(text, s)?;
        if pattern.is_match("") {
            return Err(self.error(text.span(), "this pattern fits everything, an empty row too"));
        }
        Ok(pattern)
    }

    /// A pattern with its pieces.
    fn whole_text(&self, text: &Text) -> String {
        self.pieces.iter().fold(text.get_ref().clone(), |s, (mark, piece)| s.replace(mark, piece))
    }

    fn build(&self, text: &Text, pattern: &str) -> Result<Pattern, ManifestError> {
        let build =
            |p: &str| RegexBuilder::new(p).size_limit(MAX_COMPILED).dfa_size_limit(4 * MAX_COMPILED).build();
        Pattern::new(pattern, build).map_err(|e| self.error(text.span(), in_one_line(&e)))
    }

    fn error(&self, span: Range<usize>, what: impl Into<String>) -> ManifestError {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        ManifestError { origin: self.origin.to_owned(), line, column, what: what.into() }
    }
}

/// What the regex crate says over several lines with a drawing, as one line.
fn in_one_line(e: &regex::Error) -> String {
    match e {
        regex::Error::CompiledTooBig(n) => format!("this pattern compiles to more than {n} bytes"),
        other => other
            .to_string()
            .lines()
            .rev()
            .find_map(|l| l.strip_prefix("error: "))
            .unwrap_or("not a regular expression")
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, line: usize, word: &str) {
        let e = manifest(text, "x.toml").expect_err(text);
        assert_eq!(e.line, line, "{e}");
        assert!(e.what.contains(word), "{e}");
    }

    #[test]
    fn faults_are_told_with_their_line() {
        check("", 1, "name");
        check("name = \"Claude Code\"", 1, "lower-case");
        check("name = \"a\"\nsettle_ms = 5\n", 2, "120");
        check("name = \"a\"\n\nsign = ['ok',\n  '(']\n", 4, "unclosed");
        check("name = \"a\"\nsign = ['a{1000}{1000}']\n", 2, "compiles");
        check("name = \"a\"\nsign = ['x*']\n", 2, "everything");
        check("name = \"a\"\n[[cue]]\nstate = \"busy\"\nat = \"above\"\nshape = 'x'\n", 3, "busy");
        check("name = \"a\"\n[[dialog]]\nstate = \"idle\"\noperation = \"bash\"\nhead = 'x'\n", 3, "state");
        check("name = \"a\"\n[[dialog]]\nstate = \"plan\"\noperation = \"plan\"\n", 3, "needs one of");
        check(
            "name = \"a\"\n[[dialog]]\nstate = \"plan\"\noperation = \"plan\"\nhead = 'x'\nsubject = \"capture\"\n",
            5,
            "capture",
        );
        check("name = \"a\"\nnmae = 1\n", 2, "nmae");
        check("name = \"a\"\nsign = ['x(?&more)']\n", 2, "flag");
        check("name = \"a\"\nsign = ['x(?&more)']\n[piece]\nmore = '('\n", 2, "unclosed");
        let many = format!("name = \"a\"\nsign = [{}]", "'x',".repeat(MAX_PATTERNS + 1));
        check(&many, 2, "patterns");
        check(&format!("name = \"a\"\nsign = ['{}']", "x".repeat(2000)), 2, "longer");
        check(&format!("name = \"a\"\n#{}", "x".repeat(MAX_FILE)), 1, "larger");
    }

    #[test]
    fn patterns_share_pieces() {
        let text = "name = \"a\"\nsign = ['^Edit(?&more)$']\n[piece]\nmore = '( by (?<asker>.+))?'\n";
        let sign = &manifest(text, "x.toml").expect("compiles").signs[0];
        let asker = |s| sign.captures(s).map(|c| c.name("asker").map(|m| m.as_str().to_owned()));
        assert_eq!(asker("Edit by x"), Some(Some("x".to_owned())));
        assert_eq!((asker("Edit"), asker("Edited")), (Some(None), None));
    }

    #[test]
    fn a_catastrophic_pattern_matches_in_linear_time() {
        let m = manifest("name = \"a\"\nsign = ['^(a+)+$']\n", "x.toml").expect("compiles");
        let row = format!("{}b", "a".repeat(8 * 1024));
        assert!(!m.signs[0].is_match(&row));
    }
}
