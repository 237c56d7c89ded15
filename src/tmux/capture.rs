//! How a screen is fetched over a control connection. tmux before 3.6 leaks what `capture-pane -p` prints there, so from those it
//! comes through a paste buffer; and what `show-buffer` makes of the bytes changed with 3.4.
//!
//! From 3.4 on a buffer that comes or goes is told to control clients, and up to 3.6 that is a crash while any of them is at
//! the door, by whatever program: iTerm2's, say. What a hook does is told to nobody if it is the hook of something that tmux
//! notices by itself, as the title of a pane of ours. It runs before our next command: we wait for it.

use std::borrow::Cow;

use super::version::Version;
use super::vis;
use crate::domain::session::PaneId;

/// The ways, by the server's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Capture {
    /// 3.2 and 3.3: through a buffer, the bytes escaped.
    #[default]
    Escaped,
    /// 3.4 and 3.5: through a buffer, the bytes as they are.
    Buffered,
    /// From 3.6 on: printed, as they are.
    Printed,
}

impl Capture {
    /// That of a server.
    pub fn of(version: &Version) -> Self {
        match version.number() {
            number if number < (3, 4) => Self::Escaped,
            number if number < (3, 6) => Self::Buffered,
            _ => Self::Printed,
        }
    }

    /// The commands.
    pub fn command(self, pane: PaneId, buffer: &str) -> String {
        match self {
            Self::Escaped => format!(
                "capture-pane -eN -b {buffer} -t {pane} ; show-buffer -b {buffer} ; delete-buffer -b {buffer}"
            ),
            Self::Buffered => {
                // What fails in a hook is shown to whoever attaches next: that the pane is there is looked at before.
                let take = format!(
                    "if-shell -F -t {pane} '#{{==:#{{pane_id}},{pane}}}' 'capture-pane -eN -b {buffer} -t {pane}' ; \
                     wait-for -S {buffer}"
                );
                let drop = format!("wait-for -S {buffer} ; delete-buffer -b {buffer}");
                let quietly = |what: String| {
                    format!(
                        "set-hook -p pane-title-changed {{ {what} }} ; select-pane -T _ ; wait-for {buffer}"
                    )
                };
                format!("{} ; show-buffer -b {buffer} ; {}", quietly(take), quietly(drop))
            }
            Self::Printed => format!("capture-pane -peN -t {pane}"),
        }
    }

    /// What was printed, a line end behind each row, if all that was asked was answered.
    pub fn printed(self, mut blocks: Vec<(bool, Vec<u8>)>) -> Option<Vec<u8>> {
        let done = blocks.iter().all(|(ok, _)| *ok);
        match (self, &mut blocks[..]) {
            (Self::Escaped, [(_, taken), (_, shown), (_, deleted)])
                if done && taken.is_empty() && deleted.is_empty() =>
            {
                Some(std::mem::take(shown))
            }
            (Self::Buffered, [before @ .., (_, shown), a, b, c])
                if done
                    && before.len() == 3
                    && before.iter().chain([&*a, b, c]).all(|(_, said)| said.is_empty()) =>
            {
                Some(std::mem::take(shown))
            }
            (Self::Printed, [(_, shown)]) if done => {
                shown.push(b'\n');
                Some(std::mem::take(shown))
            }
            _ => None,
        }
    }

    /// The bytes that the screen shows.
    pub fn bytes(self, printed: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Escaped => Cow::Owned(vis::unescape(printed)),
            Self::Buffered | Self::Printed => Cow::Borrowed(printed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_its_way() {
        for (said, want) in [
            ("3.2a", Capture::Escaped),
            ("3.3a", Capture::Escaped),
            ("3.4", Capture::Buffered),
            ("3.5a", Capture::Buffered),
            ("3.6", Capture::Printed),
            ("next-3.8", Capture::Printed),
            ("3.10", Capture::Printed),
            ("4.0", Capture::Printed),
        ] {
            assert_eq!(Capture::of(&Version::parse(said).expect("a version")), want, "{said}");
        }
    }

    #[test]
    fn what_is_not_whole_is_nothing() {
        let whole = || vec![(true, vec![]), (true, b"a\nb\n".to_vec()), (true, vec![])];
        assert_eq!(Capture::Escaped.printed(whole()), Some(b"a\nb\n".to_vec()));
        let quiet = |n: usize| vec![(true, vec![]); n];
        let seven = |shown: &[u8]| [quiet(3), vec![(true, shown.to_vec())], quiet(3)].concat();
        assert_eq!(Capture::Buffered.printed(seven(b"a\nb\n")), Some(b"a\nb\n".to_vec()));
        assert_eq!(Capture::Buffered.printed(whole()), None);
        assert_eq!(Capture::Buffered.printed([quiet(3), vec![(false, b"no".to_vec())]].concat()), None);
        assert_eq!(Capture::Printed.printed(vec![(true, b"a\nb".to_vec())]), Some(b"a\nb\n".to_vec()));
        assert_eq!(Capture::Printed.printed(whole()), None);
        assert_eq!(Capture::Printed.printed(vec![(false, b"no".to_vec())]), None);
        let failed = vec![(true, vec![]), (false, b"no".to_vec()), (true, vec![])];
        for blocks in [failed, whole()[..2].to_vec(), vec![(true, b"x".to_vec()); 3]] {
            assert_eq!(Capture::Escaped.printed(blocks), None);
        }
    }

    #[test]
    fn only_escaped_bytes_are_unescaped() {
        assert_eq!(Capture::Escaped.bytes(br"\033[1m\\n")[..], b"\x1b[1m\\n"[..]);
        for plain in [Capture::Buffered, Capture::Printed] {
            assert_eq!(plain.bytes(br"\033[1m\\n")[..], br"\033[1m\\n"[..]);
        }
    }
}
