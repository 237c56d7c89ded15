//! The one substitution that is text and nothing else: `"$(cat <<'EOF'` … `EOF` `)"`, as agents write commit messages of
//! several lines. Every other here-document and substitution is a fault, and for `lex`.

/// The text that stands for it, and how many bytes it covers up to and without the closing quote. `source` starts at the
/// dollar. The delimiter is quoted, so that no shell expands the text; what an old shell's search for the closing
/// parenthesis could stumble over (bash 3.2 looks for it in the text) is refused.
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
            let closed = behind.strip_prefix(')')?;
            return (is_plain(text) && closed.starts_with('"'))
                .then(|| (text.trim_end_matches('\n'), source.len() - closed.len()));
        }
        end += line.len();
    }
    None
}

/// Read alike by every shell, whether it knows of here-documents or only counts quotes and parentheses.
fn is_plain(text: &str) -> bool {
    let quotes = text.contains(['"', '`', '\'']);
    let parentheses = text.contains(['(', ')']);
    let mut depth = 0_i32;
    let balanced = text.bytes().all(|b| {
        depth += i32::from(b == b'(') - i32::from(b == b')');
        depth >= 0
    });
    let recalls = text.match_indices('!').any(|(at, _)| !text[at + 1..].starts_with([' ', '\n', '=']));
    let odd = text.contains(['$', '\\']) || quotes && parentheses || recalls;
    balanced && depth == 0 && !odd
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("$(cat <<'EOF'\nit's (so)\nEOF\n)\"", None),
            ("$(cat <<'EOF'\nrun !rm\nEOF\n)\"", None),
            ("$(cat <<''\nx\n\n)\"", None),
        ] {
            assert_eq!(literal(source).map(|(text, _)| text), expected, "{source:?}");
        }
        let source = "$(cat <<'EOF'\nx\nEOF\n)\" y";
        assert_eq!(literal(source).map(|(_, end)| &source[end..]), Some("\" y"));
    }
}
