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

/// A text of several lines as one word: the newlines between the lines are written as an escape of tmux's own.
pub fn lines(raw: &str) -> Result<String, Unquotable> {
    let words: Result<Vec<String>, Unquotable> = raw.split('\n').map(word).collect();
    Ok(words?.join("\"\\n\""))
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
    fn lines_become_one_word() {
        assert_eq!(lines("a $x\nit's").as_deref(), Ok(r#"'a $x'"\n"'it'\''s'"#));
        assert_eq!(lines("a\0"), Err(Unquotable));
    }

    #[test]
    fn formats_lose_their_meaning() {
        assert_eq!(format_text("#(rm) #{x} ##"), "##(rm) ##{x} ####");
    }
}
