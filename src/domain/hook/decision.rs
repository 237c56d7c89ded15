//! The word of a hook as Claude Code takes it. Nothing printed means: ask as usual.

use serde_json::json;

use crate::domain::confirm::HookWord;

/// A message for the agent is cut at this; it must not fill a pipe.
const MESSAGE: usize = 1000;

/// True for the one event whose hook waits for a word. `PreToolUse` comes before every call, those that ask nobody too: an
/// answer there would allow what the agent's own rules forbid.
pub fn asks(event: &str) -> bool {
    event == "PermissionRequest"
}

/// The JSON that the hook prints; `None` = nothing.
pub fn decision(event: &str, word: &HookWord) -> Option<String> {
    if !asks(event) {
        return None;
    }
    let decision = match word {
        HookWord::Allow(_) => json!({"behavior": "allow"}),
        HookWord::Deny(message, _) => {
            json!({"behavior": "deny", "message": message.chars().take(MESSAGE).collect::<String>()})
        }
        HookWord::Release => return None,
    };
    Some(json!({"hookSpecificOutput": {"hookEventName": event, "decision": decision}}).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_that_were_seen_to_work() {
        let allow =
            r#"{"hookSpecificOutput":{"decision":{"behavior":"allow"},"hookEventName":"PermissionRequest"}}"#;
        assert_eq!(decision("PermissionRequest", &HookWord::Allow(7)).as_deref(), Some(allow));
        let deny = r#"{"hookSpecificOutput":{"decision":{"behavior":"deny","message":"no \"x\""},"hookEventName":"PermissionRequest"}}"#;
        let word = HookWord::Deny("no \"x\"".to_owned(), 7);
        assert_eq!(decision("PermissionRequest", &word).as_deref(), Some(deny));
        assert_eq!(decision("PermissionRequest", &HookWord::Release), None);
        assert_eq!(decision("PreToolUse", &HookWord::Allow(7)), None);
        assert_eq!(decision("Stop", &word), None);
    }

    #[test]
    fn a_decision_does_not_fill_a_pipe() {
        let word = HookWord::Deny("\u{1}".repeat(100_000), 7);
        assert!(decision("PermissionRequest", &word).is_some_and(|d| d.len() <= 6 * MESSAGE + 200));
    }
}
