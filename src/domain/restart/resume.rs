//! How an agent takes its conversation up again: words for its command line, as its manifest has them. A conversation that
//! may be another session's is not taken.

/// Stands for the conversation's name in the manifest's words.
const ID: &str = "{id}";

/// What an agent's manifest says of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resume {
    /// The words that take up the conversation with a name; `{id}` stands for it.
    pub id: Vec<String>,
    /// The words that take up the last one of the folder.
    pub last: Vec<String>,
    /// Words that say in a command already what is to be taken up.
    pub own: Vec<String>,
}

/// What is taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The very conversation that it had.
    Conversation,
    /// The last one of its folder, where nobody else works.
    Last,
    /// What its command itself says.
    AsCommanded,
    /// None: it begins anew.
    Nothing,
}

impl Taken {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Conversation => "its conversation goes on",
            Self::Last => "the last conversation of its folder goes on",
            Self::AsCommanded => "as its command says",
            Self::Nothing => "it begins anew",
        }
    }
}

impl Resume {
    /// A command's words with those that take the conversation up. `alone`: no other session works in its folder, so that
    /// the last conversation there is its own.
    pub fn extend(&self, argv: &[String], conversation: Option<&str>, alone: bool) -> (Vec<String>, Taken) {
        let mut out = argv.to_vec();
        let says = |a: &String| self.own.iter().any(|o| a == o || a.starts_with(&format!("{o}=")));
        if argv.iter().skip(1).any(says) {
            return (out, Taken::AsCommanded);
        }
        match conversation.filter(|id| !self.id.is_empty() && is_name(id)) {
            Some(id) => {
                out.extend(self.id.iter().map(|w| w.replace(ID, id)));
                (out, Taken::Conversation)
            }
            None if alone && !self.last.is_empty() => {
                out.extend(self.last.iter().cloned());
                (out, Taken::Last)
            }
            None => (out, Taken::Nothing),
        }
    }
}

/// A name comes from what agents wrote: a word that could be an option or anything else is none.
fn is_name(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=128).contains(&id.len()) && !id.starts_with('-') && id.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(s: &str) -> Vec<String> {
        s.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_own_conversation_else_the_last_where_it_is_alone() {
        let claude = Resume {
            id: words("--resume {id}"),
            last: words("--continue"),
            own: words("-c --continue -r --resume --session-id"),
        };
        let id = "0195-ab";
        for (command, conversation, alone, want, taken) in [
            ("claude", Some(id), false, "claude --resume 0195-ab", Taken::Conversation),
            ("claude --model x", None, true, "claude --model x --continue", Taken::Last),
            ("claude", None, false, "claude", Taken::Nothing),
            ("claude -c", Some(id), true, "claude -c", Taken::AsCommanded),
            ("claude --resume=7", Some(id), true, "claude --resume=7", Taken::AsCommanded),
            ("claude", Some("--dangerously"), false, "claude", Taken::Nothing),
            ("claude", Some("a;b"), true, "claude --continue", Taken::Last),
            ("claude", Some(""), false, "claude", Taken::Nothing),
        ] {
            assert_eq!(
                claude.extend(&words(command), conversation, alone),
                (words(want), taken),
                "{command} {conversation:?}"
            );
        }
        let none = Resume::default();
        assert_eq!(none.extend(&words("agent"), Some(id), true), (words("agent"), Taken::Nothing));
    }
}
