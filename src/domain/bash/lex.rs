//! From characters to words, joints and redirections. Everything that a shell would do something with, and that is
//! not listed here, is a fault. Which words may follow each other is for `parse`.

use super::{Fault, Joint, Redirect, Word, heredoc};

/// One token with the bytes it covers.
#[derive(Debug)]
pub(super) enum Token {
    Word(Word),
    Joint(Joint),
    /// The end of a line: ends a part unless a joint stands before it.
    Line,
    Redirect(Redirect),
}

pub(super) struct Lexer<'a> {
    src: &'a str,
    pub(super) at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(src: &'a str) -> Self {
        Self { src, at: 0 }
    }

    fn peek(&self) -> Option<char> {
        self.src[self.at..].chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    /// Blanks, and ends of lines that a backslash behind a blank takes away.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            let rest = &self.src[self.at..];
            let apart = self.src[..self.at].ends_with([' ', '\n']);
            match rest.starts_with("\\\n") && apart {
                true => self.at += 2,
                false if rest.starts_with(' ') => self.at += 1,
                false => return,
            }
        }
    }

    /// A line that is a comment of plain words. Where a shell takes `#` for the name of a program, as zsh may, it finds
    /// none, and there is nothing else in the line for it.
    pub(super) fn skip_comment(&mut self) -> bool {
        let rest = &self.src[self.at..];
        let line = rest.split('\n').next().unwrap_or_default();
        let plain =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b',' | b'.' | b':' | b'_' | b'/' | b'-');
        let found = line.strip_prefix("# ").is_some_and(|text| text.bytes().all(plain));
        if found {
            self.at += line.len();
        }
        found
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token>, Fault> {
        self.skip_blanks();
        let Some(c) = self.peek() else { return Ok(None) };
        let token = match c {
            '\n' => {
                self.bump();
                Token::Line
            }
            ';' => {
                self.bump();
                Token::Joint(Joint::Then)
            }
            '|' => {
                self.bump();
                Token::Joint(if self.eat('|') { Joint::Or } else { Joint::Pipe })
            }
            '&' => {
                self.bump();
                if !self.eat('&') {
                    return Err(Fault::Background);
                }
                Token::Joint(Joint::And)
            }
            '<' | '>' => Token::Redirect(self.redirect("")?),
            _ => {
                let word = self.word()?;
                let is_fd =
                    !word.quoted && !word.text.is_empty() && word.text.bytes().all(|b| b.is_ascii_digit());
                match self.peek() {
                    Some('<' | '>') if is_fd => Token::Redirect(self.redirect(&word.text)?),
                    // `file2>x` reads as one thing and is another.
                    Some('<' | '>') => return Err(Fault::Redirect),
                    _ => Token::Word(word),
                }
            }
        };
        Ok(Some(token))
    }

    fn redirect(&mut self, fd: &str) -> Result<Redirect, Fault> {
        let input = self.bump() == Some('<');
        if input {
            if self.peek() == Some('<') {
                return Err(Fault::HereDoc);
            }
            if !matches!(fd, "" | "0") {
                return Err(Fault::Redirect);
            }
        } else {
            if !matches!(fd, "" | "1" | "2") {
                return Err(Fault::Redirect);
            }
            if self.eat('&') {
                let joined = self.eat('1') || self.eat('2');
                let ends = self.peek().is_none_or(|c| matches!(c, ' ' | '\n' | ';' | '|' | '&'));
                return if joined && ends { Ok(Redirect::Join) } else { Err(Fault::Redirect) };
            }
            self.eat('>');
        }
        self.skip_blanks();
        if self.peek().is_none_or(|c| matches!(c, '<' | '>' | '&' | '|' | ';' | '(' | '\n')) {
            return Err(Fault::Redirect);
        }
        let target = self.word()?;
        if target.status || target.pattern {
            return Err(Fault::Redirect);
        }
        Ok(match target.text.as_str() {
            "" | "[" | "]" | "!" => return Err(Fault::Redirect),
            only if only.bytes().all(|b| b == b'=') => return Err(Fault::Redirect),
            "/dev/null" => Redirect::Null,
            _ if input => Redirect::From(target.text),
            _ => Redirect::Into(target.text),
        })
    }

    /// A word: plain characters; or one quoted text; or plain characters that end a quoted text's prefix, as in
    /// `--include="*.rs"` or `-m"text"`.
    fn word(&mut self) -> Result<Word, Fault> {
        let mut word = Word::default();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\n' | ';' | '|' | '&' | '<' | '>' => break,
                '\'' | '"' => {
                    if word.quoted || word.pattern || !may_precede_quote(&word) {
                        return Err(Fault::InnerQuote);
                    }
                    self.bump();
                    word.quoted = true;
                    if c == '"' {
                        self.double_quoted(&mut word)?;
                    } else {
                        self.single_quoted(&mut word.text)?;
                    }
                }
                _ if word.quoted => return Err(Fault::InnerQuote),
                _ => self.plain(c, &mut word)?,
            }
        }
        Ok(word)
    }

    fn plain(&mut self, c: char, word: &mut Word) -> Result<(), Fault> {
        let first = word.text.is_empty();
        let stands = match c {
            '=' | '^' => !first || c == '=' && self.is_line_of(c),
            '~' => !first && !word.text.ends_with([':', '=']),
            // Alone they are a program's name and its last argument; `parse` sees to that.
            // So may `!` be behind `find`, where it is one of its own words.
            '[' | ']' | '!' => first && self.stands_alone(),
            c => c.is_ascii_alphanumeric() || "_@%+:,./-".contains(c),
        };
        match c {
            _ if stands && (!word.pattern || may_follow_pattern(c)) => {}
            '*' | '?' if self.may_be_pattern(c, word) => word.pattern = true,
            _ if word.pattern => return Err(Fault::Pattern('*')),
            '=' | '^' => return Err(Fault::Lead(c)),
            '*' | '?' | '[' | ']' => return Err(Fault::Pattern(c)),
            '~' => return Err(Fault::Tilde),
            '{' if word.text.ends_with('@') => return self.at_brace(word),
            '(' | ')' | '{' | '}' => return Err(Fault::Group(c)),
            '$' if self.status(word) => return Ok(()),
            '$' | '`' => return Err(Fault::Expansion(c)),
            '\\' if first && self.bracket() => {
                self.bump();
                word.text.extend(self.bump());
                return Ok(());
            }
            '\\' => return Err(Fault::Backslash),
            '#' => return Err(Fault::Comment),
            '!' => return Err(Fault::Bang),
            _ => return Err(Fault::Foreign),
        }
        self.bump();
        word.text.push(c);
        Ok(())
    }

    /// `src/*.rs`, `*.rs`, `--include=*.rs`: a star or question mark in the last step of a plain path. What stands in its place lies in that one
    /// folder and starts as the word does; what a star that stands first may be is for `vouch`.
    fn may_be_pattern(&self, c: char, word: &Word) -> bool {
        let text = word.text.as_str();
        let step = text.rsplit('/').next().unwrap_or_default();
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'-');
        let option = text.strip_prefix("--").and_then(|o| o.strip_suffix('='));
        let value = option.is_some_and(|o| o.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        let path = text.bytes().all(plain) && (!text.is_empty() || c == '*') && !text.starts_with('-');
        let told = word.pattern || path || value;
        let doubled = c == '*' && (text.ends_with('*') || self.src[self.at + 1..].starts_with('*'));
        told && !word.status && !step.starts_with('.') && !doubled
    }

    /// `\(` and `\)` as words of their own: for `find` alone, `parse` sees to that.
    fn bracket(&self) -> bool {
        let mut rest = self.src[self.at + 1..].chars();
        let bracket = rest.next().is_some_and(|c| matches!(c, '(' | ')'));
        bracket && rest.next().is_none_or(|c| matches!(c, ' ' | '\n' | ';' | '|'))
    }

    /// `@{u}`, `@{upstream}`, `@{1}`: braces around one plain name expand to nothing else in any shell.
    fn at_brace(&mut self, word: &mut Word) -> Result<(), Fault> {
        let rest = &self.src[self.at + 1..];
        let inner = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if inner == 0 || rest.as_bytes().get(inner) != Some(&b'}') {
            return Err(Fault::Group('{'));
        }
        let end = self.at + inner + 2;
        word.text.push_str(&self.src[self.at..end]);
        self.at = end;
        Ok(())
    }

    /// `$?` is a number in every shell; who may be given it is for `vouch`. Behind it zsh takes `[…]` for a sum, in which things may
    /// be set, and `:` for a change of the text.
    fn status(&mut self, word: &mut Word) -> bool {
        let is_status =
            self.src[self.at..].strip_prefix("$?").is_some_and(|behind| !behind.starts_with(['[', ':']));
        if is_status {
            self.at += 2;
            word.text.push_str("$?");
            word.status = true;
        }
        is_status
    }

    /// A word of nothing else: to a shell that expands `=name` no program is called so.
    fn is_line_of(&self, c: char) -> bool {
        let behind = self.src[self.at..].trim_start_matches(c);
        behind.chars().next().is_none_or(|c| matches!(c, ' ' | '\n' | ';' | '|' | '&'))
    }

    fn stands_alone(&self) -> bool {
        self.src[self.at + 1..].chars().next().is_none_or(|c| matches!(c, ' ' | '\n' | ';' | '|' | '&'))
    }

    fn single_quoted(&mut self, out: &mut String) -> Result<(), Fault> {
        loop {
            match self.bump().ok_or(Fault::Quote)? {
                // In fish a backslash keeps the quote open, and what follows is another command there; two of them are one.
                '\'' | '\\' if out.ends_with('\\') => return Err(Fault::Backslash),
                '\'' => return Ok(()),
                c => out.push(c),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), Fault> {
        if let Some((text, length)) = heredoc::literal(&self.src[self.at..]) {
            word.text.push_str(text);
            self.at += length;
        }
        loop {
            if self.status(word) {
                continue;
            }
            let out = &mut word.text;
            match self.bump().ok_or(Fault::Quote)? {
                '"' => return Ok(()),
                // The end of a pattern: nothing follows that a shell could expand.
                '$' if self.peek().is_some_and(|c| matches!(c, '"' | ' ' | '|' | ')')) => out.push('$'),
                c @ ('$' | '`') => return Err(Fault::Expansion(c)),
                '!' if !self.peek().is_some_and(|c| matches!(c, ' ' | '\n' | '"' | '=')) => {
                    return Err(Fault::Bang);
                }
                '\\' => match self.bump().ok_or(Fault::Quote)? {
                    c @ ('"' | '\\') => out.push(c),
                    '$' | '`' | '\n' | '!' => return Err(Fault::Backslash),
                    c => out.extend(['\\', c]),
                },
                c => out.push(c),
            }
        }
    }
}

/// What every shell takes for a letter behind a star: no other step, no qualifier, no `^`, `~` or `#` of zsh.
fn may_follow_pattern(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// True where a quote may follow the plain start of a word without hiding what the word is: `-m"…"`, `+"…"`, `name="…"`,
/// `--pretty=format:"…"`.
fn may_precede_quote(word: &Word) -> bool {
    let start = word.text.as_str();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let named = start.split_once('=').is_some_and(|(name, value)| {
        !name.is_empty()
            && name.bytes().all(plain)
            && value.bytes().all(|b| plain(b) || matches!(b, b':' | b',' | b'/'))
    });
    let short = start.len() == 2 && start.starts_with('-') && start.as_bytes()[1].is_ascii_alphabetic();
    matches!(start, "" | "+") || named || short
}
