//! What the reader of TOML says of a key or a word that it does not know, or of a value of another kind, in our own words.
//! Where it stands is for whoever has the file.

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
            _ if message == "wanted string or table" => ("a word in quotes is wanted here".to_owned(), None),
            _ => another_kind(message).unwrap_or_else(|| (message.to_owned(), None)),
        };
        Self { what: text::printable(&what), hint: hint.map(|h| text::printable(&h)) }
    }
}

/// From serde's `invalid type: integer `10`, expected a string`, which speaks of its own types.
fn another_kind(message: &str) -> Option<(String, Option<String>)> {
    let rest = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    let (found, wanted) = rest.rsplit_once(", expected ")?;
    // A number, or true and false, stand in backticks; a text in quotes.
    let plain = found.split('`').nth(1);
    let quoted = found.strip_prefix("string ");
    let stands = match (plain, quoted, found) {
        (Some(value), ..) | (None, Some(value), _) => value,
        (.., "map") => "a table",
        (.., "sequence") => "a list",
        _ => return None,
    };
    let inside = quoted.map(|q| q.trim_matches('"'));
    let whole = inside.is_some_and(|v| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit()));
    let (wanted, hint) = match wanted {
        "a string" => {
            let unit = |v: &str| format!("write \"{v}\"; a span of time has its unit, as \"10s\" or \"5m\"");
            let number = found.starts_with("integer");
            ("a text in quotes", plain.map(|v| if number { unit(v) } else { format!("write \"{v}\"") }))
        }
        "a sequence" => ("a list", quoted.map(|v| format!("write [{v}]"))),
        "a boolean" => ("true or false", Some("write true or false, without quotes".to_owned())),
        "u8" => (
            "a whole number from 0 to 255",
            inside.filter(|_| whole).map(|v| format!("write {v}, without quotes")),
        ),
        "u16" | "u32" | "u64" | "usize" => (
            "a whole number from 0 on",
            inside.filter(|_| whole).map(|v| format!("write {v}, without quotes")),
        ),
        "a map" => ("a table", Some("write { NAME = \"value\" }".to_owned())),
        other if other.starts_with("struct ") => {
            ("a section", Some("write its name in brackets on a line of its own, its keys below".to_owned()))
        }
        _ => return None,
    };
    Some((format!("{stands} stands where {wanted} is wanted"), hint))
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
            ("wanted string or table", "a word in quotes is wanted here", None),
        ] {
            let misread = Misread::of(said);
            assert_eq!((misread.what.as_str(), misread.hint.as_deref()), (what, hint), "{said}");
        }
    }

    #[test]
    fn a_value_of_another_kind_is_told_with_what_to_write() {
        for (said, what, hint) in [
            (
                "integer `10`, expected a string",
                "10 stands where a text in quotes is wanted",
                Some("write \"10\"; a span of time has its unit, as \"10s\" or \"5m\""),
            ),
            (
                "boolean `true`, expected a string",
                "true stands where a text in quotes is wanted",
                Some("write \"true\""),
            ),
            (
                "string \"a, expected b\", expected a sequence",
                "\"a, expected b\" stands where a list is wanted",
                Some("write [\"a, expected b\"]"),
            ),
            ("map, expected a sequence", "a table stands where a list is wanted", None),
            (
                "string \"yes\", expected a boolean",
                "\"yes\" stands where true or false is wanted",
                Some("write true or false, without quotes"),
            ),
            (
                "string \"10\", expected u32",
                "\"10\" stands where a whole number from 0 on is wanted",
                Some("write 10, without quotes"),
            ),
            ("integer `-1`, expected usize", "-1 stands where a whole number from 0 on is wanted", None),
            ("integer `900`, expected u8", "900 stands where a whole number from 0 to 255 is wanted", None),
            (
                "string \"x\", expected struct FleetConfig",
                "\"x\" stands where a section is wanted",
                Some("write its name in brackets on a line of its own, its keys below"),
            ),
            (
                "string \"A=1\", expected a map",
                "\"A=1\" stands where a table is wanted",
                Some("write { NAME = \"value\" }"),
            ),
            ("sequence, expected a string", "a list stands where a text in quotes is wanted", None),
        ] {
            let misread = Misread::of(&format!("invalid type: {said}"));
            assert_eq!((misread.what.as_str(), misread.hint.as_deref()), (what, hint), "{said}");
        }
    }
}
