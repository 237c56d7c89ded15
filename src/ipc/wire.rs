//! What goes over the socket. There: the length (4 bytes, big-endian), a line of JSON that says what it is, and for an
//! event the agent's own JSON, untouched. Back: nothing, or one line of JSON.

use serde::{Deserialize, Serialize};

use crate::domain::confirm::{Bulletin, HookWord};
use crate::domain::session::PaneIdentity;

/// A message is not longer.
pub const MESSAGE: usize = 1 << 20;
/// An answer is not longer.
pub const ANSWER: usize = 16 * 1024;
/// What is told to those who look on is not longer: 200 dialogs, each as long as one can be.
pub const BULLETIN: usize = 64 << 20;
/// What is said to [`Message::Typed`]; whoever does not know that message says nothing.
pub const HEARD: &[u8] = b"heard\n";
/// The form of the messages. Another one is not read: then agents ask as usual.
const VERSION: u32 = 1;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message<'a> {
    /// An agent's hook was run.
    Hook {
        /// Which event.
        event: String,
        /// The pane that it says it is in.
        pane: Option<String>,
        /// What the agent wrote to it.
        payload: &'a [u8],
    },
    /// A wish lies in the store.
    Wake,
    /// The queue is to be told, now and whenever it changes.
    Watch,
    /// A person types into a pane, at a control room that only observes. Answered by [`HEARD`].
    Typed(PaneIdentity),
}

#[derive(Serialize, Deserialize)]
struct Head {
    v: u32,
    #[serde(flatten)]
    what: What,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "lowercase")]
enum What {
    Hook { event: String, pane: Option<String> },
    Wake,
    Watch,
    Typed { pane: PaneIdentity },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "lowercase")]
enum Word {
    Allow { entry: u64 },
    Deny { message: String, entry: u64 },
    Release,
}

/// The message with its length in front; `None` if it is too long.
pub fn framed(message: &Message<'_>) -> Option<Vec<u8>> {
    let (what, payload): (What, &[u8]) = match message {
        Message::Hook { event, pane, payload } => {
            (What::Hook { event: event.clone(), pane: pane.clone() }, payload)
        }
        Message::Wake => (What::Wake, &[]),
        Message::Watch => (What::Watch, &[]),
        Message::Typed(pane) => (What::Typed { pane: *pane }, &[]),
    };
    let head = serde_json::to_vec(&Head { v: VERSION, what }).expect("strings and a number");
    let length = head.len() + 1 + payload.len();
    let prefix = u32::try_from(length).ok().filter(|_| length <= MESSAGE)?;
    let mut frame = Vec::with_capacity(4 + length);
    frame.extend_from_slice(&prefix.to_be_bytes());
    frame.extend_from_slice(&head);
    frame.push(b'\n');
    frame.extend_from_slice(payload);
    Some(frame)
}

/// The length that stands in front, if it is one that is read.
pub fn length(prefix: [u8; 4]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(prefix)).ok().filter(|n| (1..=MESSAGE).contains(n))
}

/// Reads what follows the length.
pub fn message(body: &[u8]) -> Option<Message<'_>> {
    let end = body.iter().position(|&b| b == b'\n')?;
    let head: Head = serde_json::from_slice(&body[..end]).ok().filter(|h: &Head| h.v == VERSION)?;
    Some(match head.what {
        What::Hook { event, pane } => Message::Hook { event, pane, payload: &body[end + 1..] },
        What::Wake => Message::Wake,
        What::Watch => Message::Watch,
        What::Typed { pane } => Message::Typed(pane),
    })
}

/// What is told to those who look on, with its length in front; `None` if it is too long.
pub fn bulletin(word: &Bulletin) -> Option<Vec<u8>> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, word).ok()?;
    let length = frame.len() - 4;
    let prefix = u32::try_from(length).ok().filter(|_| length <= BULLETIN)?;
    frame[..4].copy_from_slice(&prefix.to_be_bytes());
    Some(frame)
}

/// Takes the first whole word out of what has come so far; an error where no word can follow.
pub fn next_bulletin(come: &mut Vec<u8>) -> Result<Option<Bulletin>, ()> {
    let Some(prefix) = come.first_chunk::<4>() else { return Ok(None) };
    let length = usize::try_from(u32::from_be_bytes(*prefix)).map_err(drop)?;
    if length > BULLETIN {
        return Err(());
    }
    let Some(body) = come.get(4..4 + length) else { return Ok(None) };
    let word = serde_json::from_slice(body).map_err(drop)?;
    come.drain(..4 + length);
    Ok(Some(word))
}

/// An answer as one line.
pub fn answer(word: &HookWord) -> Vec<u8> {
    let word = match word {
        HookWord::Allow(entry) => Word::Allow { entry: *entry },
        HookWord::Deny(message, entry) => {
            Word::Deny { message: message.chars().take(1000).collect(), entry: *entry }
        }
        HookWord::Release => Word::Release,
    };
    let mut line = serde_json::to_vec(&word).expect("strings and numbers");
    line.push(b'\n');
    line
}

/// Reads an answer: one whole line and nothing behind it.
pub fn word(line: &[u8]) -> Option<HookWord> {
    let line = line.strip_suffix(b"\n")?;
    Some(match serde_json::from_slice(line).ok()? {
        Word::Allow { entry } => HookWord::Allow(entry),
        Word::Deny { message, entry } => HookWord::Deny(message, entry),
        Word::Release => HookWord::Release,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::PaneId;
    use proptest::prelude::*;

    fn hook(event: &str, pane: Option<&str>, payload: &'static [u8]) -> Message<'static> {
        Message::Hook { event: event.to_owned(), pane: pane.map(str::to_owned), payload }
    }

    #[test]
    fn messages_come_back_as_they_went() {
        for m in [
            Message::Wake,
            Message::Watch,
            Message::Typed(PaneIdentity { id: PaneId(3), pid: 4711, start: u64::MAX }),
            hook("PermissionRequest", Some("%3"), b"{\"a\":\n1}"),
            hook("", None, b""),
            hook("a\nb\"", Some("\u{1b}"), b"\n\n\xff"),
        ] {
            let frame = framed(&m).expect("short");
            let prefix = [frame[0], frame[1], frame[2], frame[3]];
            assert_eq!(length(prefix), Some(frame.len() - 4));
            assert_eq!(message(&frame[4..]), Some(m));
        }
    }

    #[test]
    fn words_come_back_as_they_went_and_half_a_line_is_none() {
        for w in [HookWord::Allow(7), HookWord::Deny("no\n\"é".to_owned(), u64::MAX), HookWord::Release] {
            let line = answer(&w);
            assert_eq!(word(&line), Some(w));
            for cut in 0..line.len() {
                assert_eq!(word(&line[..cut]), None);
            }
        }
    }

    #[test]
    fn what_is_too_long_or_of_another_form_is_not_read() {
        let long = vec![b' '; MESSAGE];
        assert_eq!(framed(&Message::Hook { event: String::new(), pane: None, payload: &long }), None);
        assert_eq!(length([0; 4]), None);
        assert_eq!(length([0, 0x10, 0, 0]), Some(MESSAGE));
        assert_eq!(length([0, 0x10, 0, 1]), None);
        for bad in
            ["", "\n", "{}\n", "{\"v\":2,\"say\":\"wake\"}\n", "{\"v\":1,\"say\":\"wake\"}", "{\"v\":1}\n"]
        {
            assert_eq!(message(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn what_is_told_comes_whole_however_it_is_cut() {
        let word = |n| Bulletin { entry: n, preset: "sop\n\"é".to_owned(), ..Bulletin::default() };
        let bytes: Vec<u8> = [1, 2].iter().flat_map(|n| bulletin(&word(*n)).expect("short")).collect();
        for cut in 1..bytes.len() {
            let (mut come, mut told) = (Vec::new(), Vec::new());
            for part in bytes.chunks(cut) {
                come.extend_from_slice(part);
                while let Some(word) = next_bulletin(&mut come).expect("sound") {
                    told.push(word);
                }
            }
            assert_eq!(told, [word(1), word(2)], "cut every {cut}");
        }
        assert_eq!(next_bulletin(&mut vec![0xff; 8]), Err(()));
        assert_eq!(next_bulletin(&mut b"\0\0\0\x02no".to_vec()), Err(()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_message_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = message(&bytes);
            let _ = word(&bytes);
        }
    }
}
