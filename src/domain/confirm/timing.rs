//! How long each step of an answer takes, and how agents differ in that.

use std::time::Duration;

/// No real agent settles faster: some ignore keys for 100 ms after drawing.
pub const SETTLE_FLOOR: Duration = Duration::from_millis(120);
/// A dialog that was gone for less than this has not been gone: half a frame shows none.
pub const BLINK: Duration = Duration::from_millis(150);
/// Answered and still there so long after: shown as held.
pub const STILL_THERE: Duration = Duration::from_secs(1);
/// Answered and still there so long after: stuck.
pub const STUCK: Duration = Duration::from_secs(5);
/// No key of automation goes to a pane so long after its hook was told *allow*.
pub const HOOK_OWNS: Duration = Duration::from_secs(5);
/// An agent whose hook gave a call back may draw it so much later, where a person types.
pub(super) const TYPED_OVER: Duration = Duration::from_secs(60);
/// A verdict that does not come within this does not come.
pub const JUDGE_WAIT: Duration = Duration::from_secs(2);
/// How long a dialog waits for its hook to speak, and a hook's call to be drawn.
pub const HOOK_WAIT: Duration = Duration::from_secs(1);
/// Who observes tells whoever acts so often, at most, that a person types into a pane: the first key at once.
pub const TYPING_TOLD: Duration = Duration::from_secs(1);
/// A fresh look, or an answer of the keyboard, that does not come within this is asked for again, or given up.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// What passes without anybody telling of it is asked about so often: a pane in copy mode, another program in front.
pub(super) const ASK_AGAIN: Duration = Duration::from_secs(2);
/// So long before a dialog has stood long enough, at least and at most, it is read once more, the world is asked, and the
/// intent is written down: the disk takes its time, and what a fleet asks within a moment goes there together. What stands then
/// between the last of the settle time and the key is the server's comparison.
pub(super) const LEAD: (Duration, Duration) = (Duration::from_millis(30), Duration::from_millis(80));
/// The world's word is good for a key for so long; after that it is asked again.
pub(super) const FRESH: Duration = Duration::from_millis(110);

/// An agent that keeps a file about itself takes keys so long after it drew.
const LISTENS: Duration = Duration::from_millis(200);
/// Who was seen to compute gets no key for so long: it draws its dialog first and listens to it after that …
pub(super) const RESTED: Duration = Duration::from_millis(50);
/// … unless it does so for longer than this: then that is how it is.
pub(super) const RESTLESS: Duration = Duration::from_secs(1);

/// How a pane is dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways {
    /// How long a dialog has stood before a key goes out: counted from its last byte where that is surely known, else from
    /// the first look at it.
    pub settle: Duration,
    /// `hook_fallback = "key"`: a dialog whose hook is silent may be answered by key.
    pub hook_fallback: bool,
}

impl Ways {
    /// The settle time of an agent, by its name.
    pub fn of_agent(agent: &str, hook_fallback: bool) -> Self {
        let ms = if ["claude", "codex"].contains(&agent) { 150 } else { 250 };
        Self { settle: Duration::from_millis(ms).max(SETTLE_FLOOR), hook_fallback }
    }

    /// The same of an agent that keeps a file about itself: the Claude Code of that time (2.1.150 and later) listens later
    /// than it draws. On two cores with three of them 2.1.330 lost 4 keys of 270 at 152 ms.
    #[must_use]
    pub fn reporting(self) -> Self {
        Self { settle: self.settle.max(LISTENS), ..self }
    }
}
