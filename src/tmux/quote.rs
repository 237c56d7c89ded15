//! The one way by which a word gets into a control line. Everything else in a line is written by us.

/// Why a word cannot stand in a control line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a control line cannot carry a newline or a NUL")]
pub struct Unquotable;

/// The word in single quotes, read back by tmux exactly as it is. A newline would end the command and NUL the string.
pub fn word(raw: &str) -> Result<String, Unquotable> {
    if raw.bytes().any(|b| matches!(b, b'\n' | b'\r' | 0)) {
        return Err(Unquotable);
    }
    let mut out = String::with_capacity(raw.len() + 2);
    out.push('\'');
    for c in raw.chars() {
        match c {
            '\'' => out.push_str("'\\''"),
            c => out.push(c),
        }
    }
    out.push('\'');
    Ok(out)
}

/// A text of several lines in double quotes, read back by tmux exactly as it is. For pasting only: of control characters
/// newline and tab pass, the others are left out (`ESC [ 201 ~` in a text would end a bracketed paste before its end).
pub fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 2);
    out.push('"');
    for c in raw.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\r' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '"' | '\\' | '$' => out.extend(['\\', c]),
            c if crate::domain::text::is_printable(c) => out.push(c),
            _ => {}
        }
    }
    out.push('"');
    out
}

/// Text that tmux reads as a format, made inert: every `#` doubled, so that neither `#{}` nor `#()` stands in it.
pub fn format_text(raw: &str) -> String {
    raw.replace('#', "##")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_once() {
        for (raw, want) in [
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("'", r"''\'''"),
            ("$HOME \\ ; #{x} {", r"'$HOME \ ; #{x} {'"),
        ] {
            assert_eq!(word(raw).as_deref(), Ok(want), "{raw}");
        }
    }

    #[test]
    fn what_would_end_the_line_is_refused() {
        for raw in ["a\nb", "\0", "a\r"] {
            assert_eq!(word(raw), Err(Unquotable), "{raw:?}");
        }
    }

    #[test]
    fn texts_keep_their_lines_and_lose_what_acts() {
        for (raw, want) in [
            ("a\n\tb", r#""a\n\tb""#),
            (r#"say "$HOME" \ ; { #{x}"#, r#""say \"\$HOME\" \\ ; { #{x}""#),
            ("one\r\ntwo\rthree", r#""one\ntwo\nthree""#),
            ("x\u{1b}[201~y\u{7f}\u{9b}é", r#""x[201~yé""#),
        ] {
            assert_eq!(text(raw), want, "{raw:?}");
        }
    }

    #[test]
    fn formats_lose_their_meaning() {
        assert_eq!(format_text("#(rm) #{x} ##"), "##(rm) ##{x} ####");
    }
}
