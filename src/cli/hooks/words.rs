//! A command line of plain words, as a shell reads it. Anything more than words and quotes is not read.

/// A word for the shell, in quotes where it needs them.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The words of a command; `None` if it is more than words.
pub fn split(command: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut open: Option<String> = None;
    let mut rest = command.chars();
    while let Some(c) = rest.next() {
        match c {
            ' ' | '\t' => words.extend(open.take()),
            '\'' | '"' => {
                let word = open.get_or_insert_default();
                loop {
                    match rest.next()? {
                        end if end == c => break,
                        '\\' | '$' | '`' if c == '"' => return None,
                        inside => word.push(inside),
                    }
                }
            }
            '\\' => open.get_or_insert_default().push(rest.next().filter(|c| *c != '\n')?),
            // At the head of a command it sets a variable, in its words it is itself.
            '=' if words.is_empty() => return None,
            c if c.is_control() || "$`;&|<>(){}*?[]#~!".contains(c) => return None,
            c => open.get_or_insert_default().push(c),
        }
    }
    words.extend(open);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_plain_words_are_read() {
        let words = |s: &str| split(s).map(|w| w.join("|"));
        assert_eq!(words(" /a/b  'c d' \"e\"f \\g ").as_deref(), Some("/a/b|c d|ef|g"));
        assert_eq!(words("''").as_deref(), Some(""));
        assert_eq!(words("a --b=c").as_deref(), Some("a|--b=c"));
        for more in ["a;b", "a $x", "a \"$x\"", "a 'b", "a\nb", "a | b", "~/a", "x=1 a", "a\\"] {
            assert_eq!(split(more), None, "{more}");
        }
    }

    proptest! {
        #[test]
        fn a_quoted_word_is_that_word(word in "\\PC{0,12}") {
            prop_assert_eq!(split(&quoted(&word)), Some(vec![word]));
        }
    }
}
