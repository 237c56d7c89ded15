//! From tokens to parts: which words start a part, and what may stand between parts.

use super::lex::{Lexer, Token};
use super::{Fault, Joint, MAX_BYTES, MAX_PARTS, Part, Reading, Word, chars};

/// Words of the shell's own grammar, and words that some shell takes for one.
const KEYWORDS: &str = "if then else elif fi for foreach while until do done case esac select in function coproc repeat end \
                        nocorrect noglob always begin and or not - ] =";

/// Reads a command. Total: any text gives a reading; what could not be read is its fault.
pub fn read(command: &str) -> Reading {
    let mut parts = Vec::new();
    let fault = read_into(&mut parts, command).err();
    Reading { parts, fault }
}

fn read_into(parts: &mut Vec<Part>, command: &str) -> Result<(), Fault> {
    if command.len() > MAX_BYTES {
        return Err(Fault::TooLong);
    }
    if let Some(fault) = chars::refused(command) {
        return Err(fault);
    }
    let mut lexer = Lexer::new(command);
    let mut joint = Joint::First;
    // True while a part has to follow: after `&&`, `||`, `|`.
    let mut owed = true;
    let mut open = false;
    loop {
        lexer.skip_blanks();
        if !open && (parts.is_empty() || !owed) && lexer.skip_comment() {
            continue;
        }
        let start = lexer.at;
        let token = lexer.next()?;
        let end = lexer.at;
        match token {
            None if owed => return Err(if parts.is_empty() { Fault::Empty } else { Fault::Missing }),
            None => return parts.last().map_or(Ok(()), complete),
            Some(Token::Line) if !open => {}
            Some(Token::Line) => {
                parts.last().map_or(Ok(()), complete)?;
                (open, joint) = (false, Joint::Then);
            }
            Some(Token::Joint(next)) => {
                if !open {
                    return Err(Fault::Missing);
                }
                parts.last().map_or(Ok(()), complete)?;
                (open, joint, owed) = (false, next, next != Joint::Then);
            }
            Some(token @ (Token::Word(_) | Token::Redirect(_))) => {
                if !open {
                    if parts.len() == MAX_PARTS {
                        return Err(Fault::TooManyParts);
                    }
                    parts.push(Part { joint, ..Part::default() });
                    (open, owed) = (true, false);
                }
                let part = parts.last_mut().expect("one was pushed when it was opened");
                if !part.text.is_empty() {
                    part.text.push(' ');
                }
                part.text.push_str(&command[start..end]);
                match token {
                    Token::Word(word) => match assignment(&command[start..end], &word) {
                        Some(set) if part.words.is_empty() => part.sets.push(set),
                        _ => part.words.push(word),
                    },
                    Token::Redirect(redirect) => part.redirects.push(redirect),
                    Token::Line | Token::Joint(_) => {}
                }
            }
        }
    }
}

/// `NAME=value`, the name written plainly.
fn assignment(source: &str, word: &Word) -> Option<(String, String)> {
    let (name, value) = word.text.split_once('=')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let named = source.starts_with(name)
        && name.bytes().all(plain)
        && !name.starts_with(|c: char| c.is_ascii_digit());
    (named && !name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

/// What must hold of a part as a whole.
fn complete(part: &Part) -> Result<(), Fault> {
    let Some(program) = part.words.first() else {
        return Err(if part.sets.is_empty() { Fault::Missing } else { Fault::Assignment });
    };
    let name = program.text.as_str();
    if name.contains('=') && name != "=" {
        return Err(Fault::Assignment);
    }
    if program.quoted {
        return Err(Fault::Name);
    }
    if name != "find" && part.words.iter().any(|w| !w.quoted && w.text == "!") {
        return Err(Fault::Bang);
    }
    if KEYWORDS.split_whitespace().any(|k| k == name) {
        return Err(Fault::Keyword);
    }
    let plain =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'+' | b'-' | b':' | b'@');
    if program.pattern {
        return Err(Fault::Pattern('*'));
    }
    if name != "[" && (!name.bytes().all(plain) || name.starts_with(['-', '+', '@'])) {
        return Err(Fault::Name);
    }
    let bare = |w: &Word| !w.quoted && matches!(w.text.as_str(), "(" | ")");
    if name != "find" && part.words.iter().any(bare) {
        return Err(Fault::Backslash);
    }
    // To zsh, told so, `c^x` is every name that begins with `c` but that one: only git, which shows of files what it shows anyway,
    // is given such words.
    let git = part.words.iter().position(|w| w.text == "git");
    let starts = matches!((name, git), ("git", _) | ("time", Some(1)) | ("timeout", Some(2)));
    if !starts && part.words.iter().any(|w| !w.quoted && w.text.contains('^')) {
        return Err(Fault::Lead('^'));
    }
    // An unquoted bracket is a pattern everywhere but around the arguments of `[`.
    let brackets = part.words[1..].iter().filter(|w| !w.quoted && (w.text == "[" || w.text == "]")).count();
    let closed = part.words.last().is_some_and(|w| !w.quoted && w.text == "]");
    match (name == "[", brackets) {
        (true, 1) if closed => Ok(()),
        (false, 0) => Ok(()),
        _ => Err(Fault::Pattern('[')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bash::Redirect;

    fn words(command: &str) -> Vec<Vec<String>> {
        let reading = read(command);
        assert_eq!(reading.fault, None, "{command:?}");
        reading.parts.into_iter().map(|p| p.words.into_iter().map(|w| w.text).collect()).collect()
    }

    #[test]
    fn parts_are_split_where_a_shell_splits_them() {
        for (command, expected) in [
            ("ls", vec![vec!["ls"]]),
            ("  ls   -la  ", vec![vec!["ls", "-la"]]),
            ("a && b||c;d|e\nf", vec![vec!["a"], vec!["b"], vec!["c"], vec!["d"], vec!["e"], vec!["f"]]),
            ("a &&\n\nb |\n c ;", vec![vec!["a"], vec!["b"], vec!["c"]]),
            ("\n\na\n\nb\n", vec![vec!["a"], vec!["b"]]),
            ("git commit -m 'a; b && c | d'", vec![vec!["git", "commit", "-m", "a; b && c | d"]]),
            ("git commit -m \"a\\\"b\\\\c\\n\nd\"", vec![vec!["git", "commit", "-m", "a\"b\\c\\n\nd"]]),
            ("grep --include=\"*.rs\" -e'x y' ''", vec![vec!["grep", "--include=*.rs", "-ex y", ""]]),
            (
                "git diff HEAD~1 HEAD^ @{u} stash@{0}",
                vec![vec!["git", "diff", "HEAD~1", "HEAD^", "@{u}", "stash@{0}"]],
            ),
            ("[ -f a ] && x", vec![vec!["[", "-f", "a", "]"], vec!["x"]]),
            ("echo a2 2>&1", vec![vec!["echo", "a2"]]),
            ("A=b C=\"d e\" f G=h", vec![vec!["f", "G=h"]]),
            ("a \\\n  b \\\n  -c\nd", vec![vec!["a", "b", "-c"], vec!["d"]]),
            ("a && \\\nb | \\\n\\\nc", vec![vec!["a"], vec!["b"], vec!["c"]]),
            ("# first, a\na\n  # then b-c/d\nb\n# end", vec![vec!["a"], vec!["b"]]),
            (
                "a b/*.c d?e ./x-* --f=*.g *.h *",
                vec![vec!["a", "b/*.c", "d?e", "./x-*", "--f=*.g", "*.h", "*"]],
            ),
            ("find . ! -name a", vec![vec!["find", ".", "!", "-name", "a"]]),
            ("echo == ===", vec![vec!["echo", "==", "==="]]),
            ("a $? \"b: $?\"", vec![vec!["a", "$?", "b: $?"]]),
            (
                "a -m \"$(cat <<'EOF'\nb; c\n\nd 'e'\nEOF\n)\" && f",
                vec![vec!["a", "-m", "b; c\n\nd 'e'"], vec!["f"]],
            ),
        ] {
            assert_eq!(words(command), expected, "{command:?}");
        }
    }

    #[test]
    fn redirections_are_told_apart() {
        for (command, expected) in [
            ("a 2>&1", vec![Redirect::Join]),
            ("a >&2|b", vec![Redirect::Join]),
            ("a >/dev/null 2> /dev/null", vec![Redirect::Null, Redirect::Null]),
            ("a </dev/null", vec![Redirect::Null]),
            ("a > x 2>>y", vec![Redirect::Into("x".into()), Redirect::Into("y".into())]),
            ("a < \"x y\"", vec![Redirect::From("x y".into())]),
        ] {
            assert_eq!(read(command).fault, None, "{command:?}");
            assert_eq!(read(command).parts[0].redirects, expected, "{command:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_a_fault() {
        for (command, fault) in [
            ("", Fault::Empty),
            (" \n ", Fault::Empty),
            ("a &", Fault::Background),
            ("a & b", Fault::Background),
            ("a &&", Fault::Missing),
            ("&& a", Fault::Missing),
            ("a ;; b", Fault::Missing),
            ("a | | b", Fault::Missing),
            ("a |& b", Fault::Background),
            ("a &> x", Fault::Background),
            ("a\n&& b", Fault::Missing),
            ("> x", Fault::Missing),
            ("a >& x", Fault::Redirect),
            ("a 2>&1x", Fault::Redirect),
            ("a 2>&-", Fault::Redirect),
            ("a >| x", Fault::Redirect),
            ("a 3> x", Fault::Redirect),
            ("a b2>x", Fault::Redirect),
            ("a b>x", Fault::Redirect),
            ("a 'b'>x", Fault::Redirect),
            ("a <> x", Fault::Redirect),
            ("a > *", Fault::Redirect),
            ("a > [", Fault::Redirect),
            ("*b a", Fault::Pattern('*')),
            ("a ! b", Fault::Bang),
            ("! find", Fault::Bang),
            ("find !a", Fault::Bang),
            ("find > !", Fault::Redirect),
            ("a *b/c", Fault::Pattern('*')),
            ("a =b", Fault::Lead('=')),
            ("a ==b", Fault::Lead('=')),
            ("a > ==", Fault::Redirect),
            ("a b**", Fault::Pattern('*')),
            ("a b/.*", Fault::Pattern('*')),
            ("a b*/c", Fault::Pattern('*')),
            ("a b*^c", Fault::Pattern('*')),
            ("a b*~c", Fault::Pattern('*')),
            ("a b*(c)", Fault::Pattern('*')),
            ("a b=c*", Fault::Pattern('*')),
            ("a -b*", Fault::Pattern('*')),
            ("a --b=c*", Fault::Pattern('*')),
            ("a b*'c'", Fault::InnerQuote),
            ("a 'b'*", Fault::InnerQuote),
            ("a > b*", Fault::Redirect),
            ("b* a", Fault::Pattern('*')),
            ("a b*$x", Fault::Pattern('*')),
            ("a $?*", Fault::Pattern('*')),
            ("a ?", Fault::Pattern('?')),
            ("a > >(b)", Fault::Redirect),
            ("a << E", Fault::HereDoc),
            ("a <<< E", Fault::HereDoc),
            ("a <(b)", Fault::Redirect),
            ("a $x", Fault::Expansion('$')),
            ("a \"$x\"", Fault::Expansion('$')),
            ("a `b`", Fault::Expansion('`')),
            ("a \"`b`\"", Fault::Expansion('`')),
            ("a $'b'", Fault::Expansion('$')),
            ("r\\m a", Fault::Backslash),
            ("a\\\nb", Fault::Backslash),
            ("a;\\\nb", Fault::Backslash),
            ("a \\ \nb", Fault::Backslash),
            ("a \"\\$x\"", Fault::Backslash),
            ("a \"b\\\nc\"", Fault::Backslash),
            ("(a)", Fault::Group('(')),
            ("{ a; }", Fault::Group('{')),
            ("a {b,c}", Fault::Group('{')),
            ("a @{b,c}", Fault::Group('{')),
            ("a @{1..3}", Fault::Group('{')),
            ("a() { b; }", Fault::Group('(')),
            ("a [bc]", Fault::Pattern('[')),
            ("a ]", Fault::Pattern('[')),
            ("[ a", Fault::Pattern('[')),
            ("[ a ] b", Fault::Pattern('[')),
            ("[[ -f a ]]", Fault::Pattern('[')),
            ("a ~/b", Fault::Tilde),
            ("a b:~/c", Fault::Tilde),
            ("a # b", Fault::Comment),
            ("# it's\na", Fault::Comment),
            ("# b; c\na", Fault::Comment),
            ("#b\na", Fault::Comment),
            ("a && # b\nc", Fault::Comment),
            ("a && \\\n# b\nc", Fault::Comment),
            ("a \\\n# b", Fault::Comment),
            ("# b", Fault::Empty),
            ("# $(b)\na", Fault::Comment),
            ("! a", Fault::Bang),
            ("a \"b!c\"", Fault::Bang),
            ("a =b", Fault::Lead('=')),
            ("a ^b", Fault::Lead('^')),
            ("a b^c", Fault::Lead('^')),
            ("time a b^c git", Fault::Lead('^')),
            ("a 'b\\'", Fault::Backslash),
            ("a 'b\\\\\\' c", Fault::Backslash),
            ("a 'b", Fault::Quote),
            ("a \"b", Fault::Quote),
            ("g'i't push", Fault::InnerQuote),
            ("a 'b''c'", Fault::InnerQuote),
            ("a b\"c\"", Fault::InnerQuote),
            ("a 'b'c", Fault::InnerQuote),
            ("'git' push", Fault::Name),
            ("\"\" a", Fault::Name),
            ("g* a", Fault::Pattern('*')),
            ("-a b", Fault::Name),
            ("A+=b c", Fault::Assignment),
            ("'A=b' c", Fault::Assignment),
            ("1=b c", Fault::Assignment),
            ("A=b", Fault::Assignment),
            ("A=b; c", Fault::Assignment),
            ("A=b > x", Fault::Assignment),
            ("a \"${?}\"", Fault::Expansion('$')),
            ("a \"$?$x\"", Fault::Expansion('$')),
            ("a \"$(b <<'EOF'\nx\nEOF\n)\"", Fault::Expansion('$')),
            ("a \"x$(cat <<'EOF'\nx\nEOF\n)\"", Fault::Expansion('$')),
            ("a $(cat <<'EOF'\nx\nEOF\n)", Fault::Expansion('$')),
            ("for x", Fault::Keyword),
            ("é a", Fault::Foreign),
            ("a é", Fault::Foreign),
            ("a\tb", Fault::Control(9)),
            ("a\rb", Fault::Control(13)),
            ("a '\u{200b}'", Fault::Invisible(0x200b)),
            ("a '…'", Fault::Ellipsis),
        ] {
            assert_eq!(read(command).fault, Some(fault), "{command:?}");
        }
        assert_eq!(read(&"a;".repeat(20)).fault, None);
        assert_eq!(read(&"a;".repeat(21)).fault, Some(Fault::TooManyParts));
        assert_eq!(read(&"a".repeat(4097)).fault, Some(Fault::TooLong));
    }

    #[test]
    fn what_was_read_before_a_fault_is_kept() {
        let reading = read("ls && rm -rf $HOME");
        assert_eq!(reading.fault, Some(Fault::Expansion('$')));
        assert_eq!(reading.parts[1].text, "rm -rf");
    }
}
