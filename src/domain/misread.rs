//! What the reader of TOML says of a key or a word that it does not know, in our own words. Where it stands is for whoever
//! has the file.

use super::text;

/// Up to so many known words are all told, also beside a near miss.
const FEW: usize = 8;

/// A fault in our words, both lines printable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// What is wrong.
    pub what: String,
    /// What may stand there; none where the reader does not say.
    pub hint: Option<String>,
}

impl Misread {
    /// From serde's sentence: it names the unknown word and then every word that it knows, each in backticks.
    pub fn of(message: &str) -> Self {
        let message = message.lines().next().unwrap_or("not valid TOML");
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let (what, hint) = match quoted.split_first() {
            Some((wrong, known)) if message.starts_with("unknown field") => {
                (format!("no key is called \"{wrong}\" here"), meant(wrong, known))
            }
            Some((wrong, known)) if message.starts_with("unknown variant") => {
                (format!("\"{wrong}\" is not a value this key knows"), meant(wrong, known))
            }
            _ => (message.to_owned(), None),
        };
        Self { what: text::printable(&what), hint: hint.map(|h| text::printable(&h)) }
    }
}

fn meant(wrong: &str, known: &[&str]) -> Option<String> {
    let all = || format!("known here: {}", known.join(", "));
    match text::nearest(wrong, known.iter().copied()) {
        Some(near) if known.len() > FEW => Some(format!("did you mean \"{near}\"?")),
        Some(near) => Some(format!("did you mean \"{near}\"? {}", all())),
        None => (!known.is_empty()).then(all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_told_with_what_may_stand_there() {
        let many = "`a1`, `b2`, `c3`, `d4`, `e5`, `f6`, `g7`, `h8`, `theme`";
        for (said, what, hint) in [
            (
                "unknown variant `alow`, expected one of `deny`, `hold`, `allow`",
                "\"alow\" is not a value this key knows",
                Some("did you mean \"allow\"? known here: deny, hold, allow"),
            ),
            ("unknown field `bad`, expected `x`", "no key is called \"bad\" here", Some("known here: x")),
            (
                &format!("unknown field `thme`, expected one of {many}"),
                "no key is called \"thme\" here",
                Some("did you mean \"theme\"?"),
            ),
            ("unknown field `a`, there are no fields", "no key is called \"a\" here", None),
            ("unknown field `\u{1b}[2J`, there are no fields", "no key is called \"[2J\" here", None),
            ("invalid type: integer `3`\nmore", "invalid type: integer `3`", None),
        ] {
            let misread = Misread::of(said);
            assert_eq!((misread.what.as_str(), misread.hint.as_deref()), (what, hint), "{said}");
        }
    }
}
