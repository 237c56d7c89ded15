//! The one substitution that is text and nothing else: `"$(cat <<'EOF'` … `EOF` `)"`, as agents write commit messages of
//! several lines. Every other here-document and substitution is a fault, and for `lex`.

/// The text that stands for it, and how many bytes it covers up to and without the closing quote. `source` starts at the
/// dollar and goes on to the end of the command. The delimiter is quoted, so that no shell expands the text.
pub(super) fn literal(source: &str) -> Option<(&str, usize)> {
    let rest = source.strip_prefix("$(cat <<'")?;
    let (delimiter, rest) = rest.split_once("'\n")?;
    if delimiter.is_empty() || !delimiter.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_') {
        return None;
    }
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if line.strip_suffix('\n') == Some(delimiter) {
            let text = &rest[..end];
            let behind = rest[end + line.len()..].trim_start_matches([' ', '\n']);
            let closed = behind.strip_prefix(')').filter(|c| c.starts_with('"'))?;
            let ends = source.len() - closed.len();
            let alike = [false, true].iter().all(|&c| counted(source, c).is_none_or(|at| at + 1 == ends));
            return (is_plain(text) && alike).then(|| (text.trim_end_matches('\n'), ends));
        }
        end += line.len();
    }
    None
}

/// A command as Claude Code 2.1.34 shows it: each such substitution as the text that it stands for.
pub fn unfolded(command: &str) -> String {
    let mut out = String::with_capacity(command.len());
    let mut rest = command;
    while let Some(at) = rest.find("$(cat <<'") {
        let (text, behind) = literal(&rest[at..]).map_or(("$", at + 1), |(text, covers)| (text, at + covers));
        out.push_str(&rest[..at]);
        out.push_str(text);
        rest = &rest[behind..];
    }
    out + rest
}

/// Nothing in it that a shell could expand or recall.
fn is_plain(text: &str) -> bool {
    let recalls = text.match_indices('!').any(|(at, _)| !text[at + 1..].starts_with([' ', '\n', '=']));
    let expands = text
        .match_indices('$')
        .any(|(at, _)| text[at + 1..].starts_with(['(', '{', '[', '\'', '"', '`', '$', '?']));
    !text.contains('\\') && !expands && !recalls
}

/// Where a shell that knows of no here-document inside of `$(` (bash 3.2, old zsh) finds the closing parenthesis: it only
/// counts quotes and parentheses, and takes `#` for a comment or not. It must be ours; or there is none to the end of the
/// command, and then that shell runs nothing at all.
fn counted(source: &str, comments: bool) -> Option<usize> {
    let bytes = source.as_bytes();
    let (mut at, mut depth) = (2, 1_usize);
    while let Some(&b) = bytes.get(at) {
        match b {
            b'\\' => at += 1,
            b'\'' | b'"' | b'`' => at = closing(bytes, at)?,
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(at),
            b')' => depth -= 1,
            b'#' if comments && matches!(bytes[at - 1], b' ' | b'\n') => {
                at += bytes[at..].iter().position(|&b| b == b'\n')?;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the quote that opens at `from` ends.
fn closing(bytes: &[u8], from: usize) -> Option<usize> {
    let quote = bytes[from];
    let mut at = from + 1;
    while let Some(&b) = bytes.get(at) {
        match b {
            b if b == quote => return Some(at),
            b'\\' if quote != b'\'' => at += 1,
            b'`' if quote == b'"' => at = closing(bytes, at)?,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_it_is_its_text() {
        let check = |command: &str, want: &str| assert_eq!(unfolded(command), want);
        check("git commit -m \"$(cat <<'EOF'\na\n\n- b\nEOF\n)\" && ls", "git commit -m \"a\n\n- b\" && ls");
        check("echo \"$(cat <<'E'\n$(x)\nE\n)\"", "echo \"$(cat <<'E'\n$(x)\nE\n)\"");
        check("ls $x", "ls $x");
    }

    #[test]
    fn only_text_between_a_quoted_delimiter_is_read() {
        for (source, expected) in [
            ("$(cat <<'EOF'\nfeat: x\n\n- a\nEOF\n)\" rest", Some("feat: x\n\n- a")),
            ("$(cat <<'EOF'\nfeat: x\nEOF\n  )\"", Some("feat: x")),
            ("$(cat <<'MSG'\nit's `so` & <a@b.c> it is\n\n\nMSG\n)\"", Some("it's `so` & <a@b.c> it is")),
            ("$(cat <<'EOF'\nfix(ui): a (b (c))\nEOF\n)\"", Some("fix(ui): a (b (c))")),
            ("$(cat <<'EOF'\nEOF\n)\"", Some("")),
            ("$(cat <<'EOF'\n EOF\nEOF \nEOF\n)\"", Some(" EOF\nEOF ")),
            ("$(cat <<EOF\nfeat: x\nEOF\n)\"", None),
            ("$(cat <<\"EOF\"\nx\nEOF\n)\"", None),
            ("$(cat <<-'EOF'\nx\nEOF\n)\"", None),
            ("$(cat x <<'EOF'\nx\nEOF\n)\"", None),
            ("$(tee x <<'EOF'\nx\nEOF\n)\"", None),
            ("$(cat <<'EOF' > x\nx\nEOF\n)\"", None),
            ("$(cat <<'EOF'; rm x\nx\nEOF\n)\"", None),
            ("$(cat <<'E'F'\nx\nE\n)\"", None),
            ("$(cat <<'EOF'\nx\nEOF\nrm x)\"", None),
            ("$(cat <<'EOF'\nx\nEOF\n)", None),
            ("$(cat <<'EOF'\nx\nEOF\n) y\"", None),
            ("$(cat <<'EOF'\nx\nEOF\n)$(rm x)\"", None),
            ("$(cat <<'EOF'\nx\n)\"", None),
            ("$(cat <<'EOF'\nx\nEOF)\"", None),
            ("$(cat <<'EOF'\n$(rm x)\nEOF\n)\"", None),
            ("$(cat <<'EOF'\na\\b\nEOF\n)\"", None),
            ("$(cat <<'EOF'\n:) \" ; rm x\nEOF\n)\"", None),
            ("$(cat <<'EOF'\n:)\nEOF\n)\"", None),
            ("$(cat <<'EOF'\n)(\nEOF\n)\"", None),
            ("$(cat <<'EOF'\nit's (so)\nEOF\n)\"", Some("it's (so)")),
            ("$(cat <<'EOF'\nit's (so), that's it\nEOF\n)\" && x 'y' \"z\"", Some("it's (so), that's it")),
            ("$(cat <<'EOF'\ncosts $5 in $HOME\nEOF\n)\"", Some("costs $5 in $HOME")),
            ("$(cat <<'EOF'\na \"b (c\" d)\nEOF\n)\"", None),
            // bash 3.2 takes the quote for one that ends behind the text, and the parenthesis there for the closing one.
            ("$(cat <<'EOF'\nit's\nEOF\n)\" && x ')\" ; rm x ; \"'", None),
            ("$(cat <<'EOF'\nit's\nEOF\n)\" && x 'y'", Some("it's")),
            ("$(cat <<'EOF'\na \"b\nEOF\n)\" && x ')'", Some("a \"b")),
            ("$(cat <<'EOF'\na # it's )\nEOF\n)\"", Some("a # it's )")),
            ("$(cat <<'EOF'\n# it's\nEOF\n)\" && x 'y)'", None),
            ("$(cat <<'EOF'\n${x}\nEOF\n)\"", None),
            ("$(cat <<'EOF'\n$?{x}\nEOF\n)\"", None),
            ("$(cat <<'EOF'\nrun !rm\nEOF\n)\"", None),
            ("$(cat <<''\nx\n\n)\"", None),
        ] {
            assert_eq!(literal(source).map(|(text, _)| text), expected, "{source:?}");
        }
        let source = "$(cat <<'EOF'\nx\nEOF\n)\" y";
        assert_eq!(literal(source).map(|(_, end)| &source[end..]), Some("\" y"));
    }
}
