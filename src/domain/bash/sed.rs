//! Scripts of `sed` that only print, delete from the output or replace. What one `sed` takes for the end of a pattern is
//! a letter of it for another (`[/]`), and then a replacement becomes a command that runs programs: whatever may be read
//! in two ways is refused.

/// Signs that may stand around a pattern: none means anything inside one, and none is found in another's place.
const DELIMITERS: &str = "/|,#:@%";

/// True for one or several commands of the kind described above, with `;` between them.
pub(super) fn only_shows(script: &str) -> bool {
    let mut rest = Rest(script);
    loop {
        if !rest.command() {
            return false;
        }
        rest.blanks();
        if rest.0.is_empty() {
            return true;
        }
        if !rest.eat(';') {
            return false;
        }
        rest.blanks();
    }
}

/// What is left to read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn eat(&mut self, c: char) -> bool {
        self.0.strip_prefix(c).map(|rest| self.0 = rest).is_some()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.0.chars().next()?;
        self.0 = &self.0[c.len_utf8()..];
        Some(c)
    }

    fn while_in(&mut self, set: &str) -> usize {
        let before = self.0.len();
        self.0 = self.0.trim_start_matches(|c| set.contains(c));
        before - self.0.len()
    }

    fn blanks(&mut self) {
        self.while_in(" ");
    }

    /// One address or two, then `p`, `d`, `q`, `=` or a replacement without the flags that write or run.
    fn command(&mut self) -> bool {
        match self.address(false) {
            None => return false,
            Some(false) => {}
            Some(true) => {
                if self.eat(',') && self.address(true) != Some(true) {
                    return false;
                }
                self.eat('!');
            }
        }
        match self.bump() {
            Some('p' | 'd' | 'q' | '=') => true,
            Some('s') => self.replacement(),
            _ => false,
        }
    }

    /// Whether there is one; `None` where it cannot be told where it ends.
    fn address(&mut self, second: bool) -> Option<bool> {
        if self.eat('$') {
            return Some(true);
        }
        if self.eat('/') {
            let ends = self.pattern('/');
            self.eat('I');
            return ends.then_some(true);
        }
        let steps = second && self.eat('+');
        let digits = self.while_in("0123456789");
        (!steps || digits > 0).then_some(digits > 0)
    }

    fn replacement(&mut self) -> bool {
        let Some(delimiter) = self.bump().filter(|c| DELIMITERS.contains(*c)) else { return false };
        if !self.pattern(delimiter) || !self.text(delimiter) {
            return false;
        }
        self.while_in("gpI0123456789");
        true
    }

    /// Up to the delimiter, in which no bracket may hold one and none may be open.
    fn pattern(&mut self, delimiter: char) -> bool {
        while let Some(c) = self.bump() {
            let fine = match c {
                c if c == delimiter => return true,
                '\\' => self.escaped(delimiter),
                '[' => self.bracket(delimiter),
                c => c != '\n',
            };
            if !fine {
                return false;
            }
        }
        false
    }

    /// What is put in the place, up to the delimiter.
    fn text(&mut self, delimiter: char) -> bool {
        while let Some(c) = self.bump() {
            let fine = match c {
                c if c == delimiter => return true,
                '\\' => self.escaped(delimiter),
                c => !matches!(c, '\n' | '['),
            };
            if !fine {
                return false;
            }
        }
        false
    }

    /// Not the delimiter, and none of the escapes that make another character of the next ones.
    fn escaped(&mut self, delimiter: char) -> bool {
        self.bump().is_some_and(|c| c != delimiter && !matches!(c, '\n' | 'c' | 'd' | 'o' | 'x'))
    }

    /// `[^]a-z[:space:]]`, behind its opening bracket.
    fn bracket(&mut self, delimiter: char) -> bool {
        self.eat('^');
        self.eat(']');
        while let Some(c) = self.bump() {
            let fine = match c {
                ']' => return true,
                '[' => self.class(),
                '\\' => self.bump().is_some_and(|c| c == '.' || c.is_ascii_alphabetic()),
                c => c != '\n' && c != delimiter,
            };
            if !fine {
                return false;
            }
        }
        false
    }

    /// `[:space:]`, behind its opening bracket.
    fn class(&mut self) -> bool {
        self.eat(':') && self.while_in("abcdefghijklmnopqrstuvwxyz") > 0 && self.eat(':') && self.eat(']')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_deletes_from_the_output_or_replaces_is_read() {
        for script in [
            "5p",
            "1,20p",
            "$p",
            "/fn main/,/^}/p",
            "/a/d",
            "/a/Ip",
            "s/a/b/",
            "s/a\\.b/x/g",
            "10q",
            "5,+3p",
            "1!p",
            "$=",
            "10p;20p",
            "1,5d; s/a/b/g ;$p",
            "s|a/b|c|2",
            "s,/x,,",
            "s#a#b#p",
            "/^fn [a-z]/p",
            "s/[[:space:]]*$//",
            "s/[^]a]//",
            "s/[^a-z.\\t]/_/g",
            "/x\\[0]/p",
            "p",
        ] {
            assert!(only_shows(script), "{script}");
        }
    }

    #[test]
    fn what_writes_runs_or_is_read_in_two_ways_is_not() {
        for script in [
            "",
            ";",
            "p;",
            "w x",
            "1w x",
            "s/a/b/w x",
            "s/a/b/e",
            "s/a/b/ge",
            "e",
            "1e",
            "1e id",
            "r /etc/passwd",
            "R x",
            "W x",
            "5p;w x",
            "5p\nw x",
            "s|a|b|e",
            "s/a/b/;e",
            "s/a\\/b/e/e",
            "{p;w x}",
            "/a/w x",
            "1,2!w x",
            "i\\x",
            "a x",
            "c x",
            "F",
            "z;e",
            "s/a/b/gw/tmp/x",
            "s/a/b/M;e",
            "y/a/b/;e",
            "/a/e",
            "\\,x,w y",
            "$!{e}",
            "s/a/\n/",
            "1,/x\\/w y/p",
            // The bracket goes on behind the slash, in GNU sed 4.9 and others: then `e` is the command.
            "/[/s/]/e id;#/g",
            "/[/s/]/w x/g",
            "/[^/s/]/e id;#/g",
            "/[]/s/]/e id;#/g",
            "/[[:a:]/s/]/e id;#/g",
            "/[[.a.]/s/]/e id;#/g",
            "/[[=a=]/s/]/e id;#/g",
            "/[a\\]/s/]/e id;#/g",
            "s/[/]/w x/g",
            "s|[|]|w x|g",
            "s,[,],w x,g",
            "s/a/[/;e id;s/]/x/",
            "s/a\\cb/c/",
            "s xaxbx",
            "sxaxbx",
            "s;a;b;",
            "s.a.b.",
            "5,p",
            "5,+p",
            "+5p",
            "/a/,!p",
        ] {
            assert!(!only_shows(script), "{script:?}");
        }
    }
}
