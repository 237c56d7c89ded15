//! Programs of `awk` that only print what they were given to read. What runs a program, reads or writes another file, or is
//! read in two ways by different `awk`s (a slash that may divide or begin a pattern) is refused.

/// Functions that only work out a value.
const FUNCTIONS: &str = "length substr index split sub gsub match sprintf toupper tolower int sqrt log exp sin cos atan2 rand srand";

/// Words of the language that do no more than print and choose. In parentheses stands but one of them, `in`: as a part of `for`
/// the others are statements, and what is behind `>` is a file there, too.
const KEYWORDS: &str = "BEGIN END print printf if else for in next exit delete";

/// Variables of its own. Not ENVIRON, PROCINFO, SYMTAB; not ARGV and ARGC: they name the files to read.
const VARIABLES: &str = "NR NF FNR FS OFS RS ORS FILENAME RSTART RLENGTH SUBSEP";

/// Words that read, write or run without parentheses, or define functions.
const REFUSED: &str =
    "getline nextfile return func function switch case default while do break continue namespace";

/// True for a program of the kind described above.
pub(super) fn only_prints(program: &str) -> bool {
    let mut reader = Reader { rest: program, braces: 0, parens: 0, operand: false };
    while !reader.rest.is_empty() {
        if reader.token().is_none() {
            return false;
        }
    }
    !program.is_empty() && reader.braces == 0 && reader.parens == 0
}

struct Reader<'a> {
    rest: &'a str,
    braces: usize,
    /// Round and square ones.
    parens: usize,
    /// What stands before ends a value: a slash then divides.
    operand: bool,
}

fn listed(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|w| w == word)
}

impl<'a> Reader<'a> {
    fn bump(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        self.rest.strip_prefix(c).map(|rest| self.rest = rest).is_some()
    }

    fn take(&mut self, inside: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !inside(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// One token; `None` if it is refused.
    fn token(&mut self) -> Option<()> {
        let c = self.rest.chars().next()?;
        if c.is_ascii_alphabetic() || c == '_' {
            return self.word();
        }
        if c.is_ascii_digit() || c == '.' {
            self.take(|c| c.is_ascii_digit() || c == '.');
            self.operand = true;
            return Some(());
        }
        self.bump();
        match c {
            ' ' => return Some(()),
            '"' => self.text()?,
            '/' if !self.operand => self.pattern()?,
            '(' | '[' => self.parens += 1,
            ')' | ']' => self.parens = self.parens.checked_sub(1)?,
            '{' if self.parens == 0 => self.braces += 1,
            '}' if self.parens == 0 => self.braces = self.braces.checked_sub(1)?,
            '|' | '&' => self.eat(c).then_some(())?,
            // In an action, and not in parentheses, it may be where `print` writes to.
            '>' if (self.parens > 0 || self.braces == 0) && !self.rest.starts_with('>') => {
                self.eat('=');
            }
            '+' | '-' if self.eat(c) => return Some(()),
            ':' if !self.rest.starts_with(':') => {}
            ';' | '\n' | ',' | '$' | '<' | '=' | '!' | '~' | '+' | '-' | '*' | '%' | '^' | '?' => {}
            _ => return None,
        }
        self.operand = matches!(c, '"' | '/' | ')' | ']');
        Some(())
    }

    fn word(&mut self) -> Option<()> {
        let word = self.take(|c| c.is_ascii_alphanumeric() || c == '_');
        if listed(KEYWORDS, word) {
            self.operand = false;
            return (self.parens == 0 || word == "in").then_some(());
        }
        let calls = self.rest.trim_start_matches(' ').starts_with('(');
        let own = word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let fine = if calls {
            listed(FUNCTIONS, word)
        } else {
            listed(VARIABLES, word) || own && !listed(REFUSED, word)
        };
        self.operand = true;
        fine.then_some(())
    }

    /// Behind the opening quote, to the closing one.
    fn text(&mut self) -> Option<()> {
        loop {
            match self.bump()? {
                '"' => return Some(()),
                '\\' if self.bump()? == '\n' => return None,
                '\n' => return None,
                _ => {}
            }
        }
    }

    /// Behind the opening slash, to the closing one; no bracket may hold one.
    fn pattern(&mut self) -> Option<()> {
        loop {
            match self.bump()? {
                '/' => return Some(()),
                '\\' if self.bump()? == '\n' => return None,
                '\n' => return None,
                '[' => self.bracket()?,
                _ => {}
            }
        }
    }

    fn bracket(&mut self) -> Option<()> {
        self.eat('^');
        self.eat(']');
        loop {
            match self.bump()? {
                ']' => return Some(()),
                '[' => {
                    self.eat(':').then_some(())?;
                    self.take(|c| c.is_ascii_lowercase());
                    (self.eat(':') && self.eat(']')).then_some(())?;
                }
                '\\' if !self.bump()?.is_ascii_alphanumeric() => return None,
                '/' | '\n' => return None,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_prints_is_read() {
        for program in [
            "{print $1}",
            "{ print $1, $NF }",
            "NR==5",
            "NR>=10 && NR<=20",
            "NR>1 {print $2}",
            "/fn main/,/^}/",
            "/^#/ {print NR\": \"$0}",
            "length > 100",
            "length($0) > 120 {print FILENAME\":\"FNR}",
            "!seen[$0]++",
            "{sum+=$1} END {print sum}",
            "{ if ($3 > 100) print $1; else print \"x\" }",
            "BEGIN{FS=\",\"} $2 ~ /a[^b.]c/ {print $1}",
            "{c[$1]++} END {for (k in c) print c[k], k}",
            "{gsub(/[[:space:]]+/, \" \"); print toupper($0)}",
            "{printf \"%-20s %d\\n\", $1, $2}",
            "{print ($1 > 5 ? \"a\" : \"b\")}",
            "NR%2",
            "$1 != \"\" || !/x\\/y/",
            "{print \"system(x) > y | z\"}",
            "{ for (i = NF; i > 0; i--) print $i }",
            "{ if ((\"a\" in c) && $2 > 1) print }",
            "1",
        ] {
            assert!(only_prints(program), "{program}");
        }
    }

    #[test]
    fn what_runs_writes_or_reads_elsewhere_is_not() {
        for program in [
            "",
            "BEGIN{system(\"id\")}",
            "BEGIN{system (\"id\")}",
            "BEGIN{\"id\"|getline}",
            "{getline x < \"/etc/passwd\"}",
            "{getline}",
            "{print > \"x\"}",
            "{print $1 > $2}",
            "{print ($1) > ($2)}",
            "{print >> \"x\"}",
            "{print(1)>>\"x\"}",
            "{print | \"sh\"}",
            "{print |& \"sh\"}",
            "{printf \"x\" > \"y\"}",
            "{if (1) print $1 > \"x\"}",
            "{print a / b > \"x\" / c}",
            "{x = a / b}",
            "/[/]/ {print}",
            "/[^/> \"x\"]/ {print 1}",
            "/[a\\]/] > \"x\"/",
            "BEGIN{print ENVIRON[\"HOME\"]}",
            "BEGIN{ARGV[1]=\"x\";ARGC=2}",
            "BEGIN{PROCINFO[\"x\"]}",
            "@load \"x\"",
            "BEGIN{f=\"system\"; @f(\"id\")}",
            "BEGIN{awk::system(\"id\")}",
            "function f(x) {print x}",
            "{close(\"x\")}",
            "{fflush()}",
            "{print # > \"x\"\n}",
            "{print \\\n > \"x\"}",
            "{print",
            "print}",
            "{print \"a\nb\"}",
            "BEGIN{while(1) print}",
            "{print $(1 > \"x\"}",
            "BEGIN { for (print \"x\" > \"/etc/y\"; i < 1; i++) z = 1 }",
            "BEGIN { for (i = 0; i < 1; print i++ > \"x\") z = 1 }",
            "{ for (print > \"x\"; i < 1; i++) z = 1 }",
            "{ for (printf(\"%d\", 1) > \"x\"; i < 1; i++) z = 1 }",
        ] {
            assert!(!only_prints(program), "{program:?}");
        }
    }
}
