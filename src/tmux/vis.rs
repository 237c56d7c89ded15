//! Undoes what `show-buffer` does to bytes on their way to a control client: `vis(3)` with octal and C style, plus a
//! backslash before `$NAME`. Newlines and UTF-8 pass as they are. (3.2 and 3.3 print it so; measured on 3.3a byte by byte.
//! From 3.4 on nothing is escaped there.)

/// The bytes that were in the buffer.
pub fn unescape(escaped: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (byte, used) = escape(&rest[at + 1..]);
        out.push(byte);
        rest = &rest[at + 1 + used..];
    }
    out.extend_from_slice(rest);
    out
}

/// The byte that an escape stands for, and how many bytes follow the backslash. A backslash at the end is itself.
fn escape(s: &[u8]) -> (u8, usize) {
    if let [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] = s {
        return ((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'), 3);
    }
    let Some(&letter) = s.first() else {
        return (b'\\', 0);
    };
    let byte = match letter {
        b'0' => 0,
        b'a' => 0x07,
        b'b' => 0x08,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 0x0b,
        b'f' => 0x0c,
        b'r' => b'\r',
        b's' => b' ',
        other => other,
    };
    (byte, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_tmux_3_3a_printed_it() {
        for (printed, want) in [
            (&br"\033[38;5;153m\\\016q\017"[..], &b"\x1b[38;5;153m\\\x0eq\x0f"[..]),
            (br"\0\001\a\b\t\v\f\r\177\200\377", b"\0\x01\x07\x08\t\x0b\x0c\r\x7f\x80\xff"),
            (br"\$HOME \${X} $1 \\n", b"$HOME ${X} $1 \\n"),
            ("é 漢".as_bytes(), "é 漢".as_bytes()),
            (br"end\", br"end\"),
        ] {
            assert_eq!(unescape(printed), want, "{}", String::from_utf8_lossy(printed));
        }
    }

    proptest! {
        #[test]
        fn any_octal_byte_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let printed: Vec<u8> = bytes.iter().flat_map(|b| format!("\\{b:03o}").into_bytes()).collect();
            prop_assert_eq!(unescape(&printed), bytes);
        }

        #[test]
        fn rubbish_never_grows(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(unescape(&bytes).len() <= bytes.len());
        }
    }
}
