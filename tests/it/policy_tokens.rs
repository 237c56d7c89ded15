//! A second reading of commands, made in another way than the judge's: by one pattern that takes a token at a time. What the
//! tests compare the judge with; it knows no rules.

use std::sync::LazyLock;

use regex::Regex;

/// One simple command: how it is joined to the one before, and its words without quotes, redirections to files behind a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simple {
    pub joint: String,
    pub words: Vec<String>,
}

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    let word = concat!(
        r"(?<word>(?:@\{[a-z0-9]+\}|[A-Za-z0-9_@%+:,./=^~\[\]*?!-]|\\[()]|\$\?|'[^']*'",
        r#"|"(?:[^"\\$`]|\$[? |)]|\\.)*\$?")+)"#
    );
    let all = format!(
        r"(?s)\A(?:(?<blank> +)|(?<comment># [A-Za-z0-9 ,.:_/-]*)|(?<joint>&&|\|\||[;|\n])|(?<dup>[12]?>&[12])|(?<redirect>[012]?(?:>>|>|<)) *|{word})"
    );
    Regex::new(&all).expect("a pattern of our own")
});

/// The text of `"$(cat <<'EOF'` … `EOF` `)"` as one word in single quotes, so that the pattern need not know of it.
fn without_here_documents(command: &str) -> Option<String> {
    let Some((before, rest)) = command.split_once("\"$(cat <<'") else {
        return Some(command.to_owned());
    };
    let (delimiter, body) = rest.split_once("'\n")?;
    let (text, behind) = match body.strip_prefix(&format!("{delimiter}\n")) {
        Some(behind) => ("", behind),
        None => body.split_once(&format!("\n{delimiter}\n"))?,
    };
    let behind = behind.trim_start_matches([' ', '\n']).strip_prefix(")\"")?;
    let text = text.trim_end_matches('\n').replace('\'', "\u{1}");
    Some(format!("{before}'{text}'{}", without_here_documents(behind)?))
}

/// The commands of a text; `None` where the pattern does not fit.
pub fn tokens(command: &str) -> Option<Vec<Simple>> {
    let text = without_here_documents(command)?;
    let mut rest = text.as_str();
    let mut all: Vec<Simple> = Vec::new();
    let mut joint = Some(String::new());
    let mut into = String::new();
    while !rest.is_empty() {
        // The end of a line that goes on, behind a blank.
        let before = &text[..text.len() - rest.len()];
        if let Some(behind) = rest.strip_prefix("\\\n").filter(|_| before.ends_with([' ', '\n'])) {
            rest = behind;
            continue;
        }
        let found = TOKEN.captures(rest)?;
        rest = &rest[found[0].len()..];
        if found.name("dup").is_some() && !rest.is_empty() && !rest.starts_with([' ', '\n', ';', '|', '&']) {
            return None;
        }
        if found.name("comment").is_some() {
            if !matches!(joint.as_deref(), Some("" | ";")) {
                return None;
            }
        } else if let Some(next) = found.name("joint") {
            // A line end counts only behind a command.
            if joint.is_none() || next.as_str() != "\n" {
                joint = Some(next.as_str().replace('\n', ";"));
            }
        } else if found.name("blank").is_none() {
            if let Some(joint) = joint.take() {
                all.push(Simple { joint, words: Vec::new() });
            }
            if let Some(redirect) = found.name("redirect") {
                into = format!("\u{2}{}", redirect.as_str());
            } else if let Some(word) = found.name("word") {
                let mark = if stands_for_files(word.as_str()) { "\u{3}" } else { "" };
                let plain = format!("{mark}{}{}", std::mem::take(&mut into), unquoted(word.as_str()));
                all.last_mut()?.words.push(plain);
            }
        }
    }
    Some(all)
}

/// A star or question mark outside of quotes.
fn stands_for_files(word: &str) -> bool {
    let mut open = None;
    word.replace("$?", "").chars().any(|c| {
        match (open, c) {
            (None, '\'' | '"') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            (None, '*' | '?') => return true,
            _ => {}
        }
        false
    })
}

fn unquoted(word: &str) -> String {
    if let Some(bracket @ ("(" | ")")) = word.strip_prefix('\\') {
        return bracket.to_owned();
    }
    let mut out = String::new();
    let mut rest = word;
    while let Some(at) = rest.find(['\'', '"']) {
        out.push_str(&rest[..at]);
        let quote = &rest[at..=at];
        rest = &rest[at + 1..];
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '\'' | '"' if c.to_string() == quote => break,
                '\\' if quote == "\"" && rest.starts_with(['"', '\\']) => {
                    out.push_str(&rest[..1]);
                    rest = &rest[1..];
                }
                c => out.push(c),
            }
        }
    }
    (out + rest).replace('\u{1}', "'")
}

/// The same commands written in one way only: a blank between words, quotes only where they are needed.
pub fn canonical(commands: &[Simple]) -> String {
    let mut out = String::new();
    for command in commands {
        if !command.joint.is_empty() {
            out.push_str(&format!(" {} ", command.joint));
        }
        let test = command.words.first().is_some_and(|w| w == "[");
        let bare = |w: &&String| test && matches!(w.as_str(), "[" | "]");
        let words = command.words.iter().map(|w| if bare(&w) { w.clone() } else { written(w) });
        out.push_str(&words.collect::<Vec<_>>().join(" "));
    }
    out
}

fn written(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+:,./=-".contains(c);
    if let Some(pattern) = word.strip_prefix('\u{3}') {
        return pattern.to_owned();
    }
    if let Some(redirect) = word.strip_prefix('\u{2}') {
        let sign = redirect.find(|c: char| !matches!(c, '0'..='2' | '<' | '>')).unwrap_or(redirect.len());
        return format!("{}{}", &redirect[..sign], written(&redirect[sign..]));
    }
    let bare = !word.is_empty() && word.chars().all(plain) && !word.starts_with('=');
    if bare || word == "$?" {
        return word.to_owned();
    }
    // Something set for the program: its name stands outside of the quotes.
    if let Some((name, value)) = word.split_once('=')
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    {
        return format!("{name}={}", written(value));
    }
    // What neither kind of quote can hold.
    if word.contains('\'') && word.contains('`') {
        return format!("\"$(cat <<'EOF'\n{word}\nEOF\n)\"");
    }
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"");
    if word.contains('\'') || word.ends_with('\\') || word.contains("$?") {
        format!("\"{escaped}\"")
    } else {
        format!("'{word}'")
    }
}

#[test]
fn a_command_is_split_and_written_again() {
    for (command, expected) in [
        ("ls  -la", "ls -la"),
        ("a && b|c;d\n\ne ||\nf", "a && b | c ; d ; e || f"),
        ("git commit -m \"a \\\"b\\\" c\" 2>&1", "git commit -m 'a \"b\" c'"),
        ("a \"$(cat <<'E'\nx 'y'\nE\n)\" && b", "a \"x 'y'\" && b"),
        ("a>b", "a >b"),
        ("a 2> 'b'", "a 2>b"),
        ("echo \"x: $?\"", "echo \"x: $?\""),
    ] {
        assert_eq!(tokens(command).map(|t| canonical(&t)).as_deref(), Some(expected), "{command}");
    }
    for command in ["a $x", "a `b`", "a (b)", "a 'b", "a \"$b\"", "a & b", "a {b,c}", "a [b]c {"] {
        assert_eq!(tokens(command), None, "{command}");
    }
}
