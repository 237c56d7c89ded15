//! The host of a URL, where it can be told beyond doubt. Not a URL parser: everything unusual has no host.

/// The host in lower case, if the text is a plain `http://` or `https://` address without user and password.
pub fn host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    if !url.bytes().all(|b| b.is_ascii_graphic()) || url.contains(['\\', '`', '"', '\'', '<', '>']) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let sound = !name.is_empty()
        && name.bytes().all(plain)
        && !port.is_empty()
        && port.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_have_a_host() {
        for (url, expected) in [
            ("https://docs.rs/toml", Some("docs.rs")),
            ("http://Example.org:8080?q", Some("example.org")),
            ("https://docs.rs@evil.org/", None),
            ("https://docs.rs:x@evil.org/", None),
            ("https://docs.rs\\@evil.org/", None),
            ("https://docs.rs#@evil.org/", Some("docs.rs")),
            ("https:///x", None),
            ("https://[::1]/", None),
            ("https://dócs.rs/", None),
            ("file:///etc/passwd", None),
            ("ftp://x/", None),
            ("docs.rs", None),
            ("", None),
        ] {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }
}
