//! The grid of tiles: order, filter, focus, page. Where the tiles stand on the terminal is for `view::layout`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fleet::{Session, SessionKey};
use super::input::Input;
use super::{hierarchy, needs};
use crate::domain::roster::Tier;
use crate::domain::text;

/// Which tile comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Order {
    /// As the config lists them, then the unmanaged ones.
    #[default]
    Roster,
    /// Who needs a person first, the longest wait first.
    Urgency,
    /// Those who delegate first, then those who are delegated to.
    Tier,
}

/// The grid of tiles.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// The order in force.
    pub order: Order,
    /// What the focus holds on to; it stays with its session when the order changes.
    pub focus: Option<SessionKey>,
    /// A person has pressed a key or used the mouse: the focus is where he wants it.
    pub touched: bool,
    /// The focused session needed a person, since then: it keeps its place before all others until the focus goes on, or the
    /// page would turn under whoever answers.
    pub kept: Option<(SessionKey, Duration)>,
    /// The focused tile covers the whole grid.
    pub zoomed: bool,
    /// Page of tiles, from 0; follows the focus.
    pub page: usize,
    /// Words that a tile must (`!`: must not) contain.
    pub filter: Input,
    /// All screens are held still.
    pub frozen: bool,
}

impl Grid {
    /// Indices of the sessions shown, in the order in force. Where they do not fit on one page, those that need a person come
    /// before all others, the longest wait first: what is on a later page is not seen.
    pub fn arrange(&self, sessions: &[Session], now: Duration, paged: bool) -> Vec<usize> {
        let mut shown: Vec<usize> =
            (0..sessions.len()).filter(|&i| matches(self.filter.text(), &sessions[i])).collect();
        match self.order {
            Order::Roster => {}
            Order::Urgency => shown.sort_by_key(|&i| {
                let s = &sessions[i];
                (needs::urgency(s, now), needs::since(s, now))
            }),
            Order::Tier => shown.sort_by_key(|&i| hierarchy::rank(&sessions[i])),
        }
        if paged {
            shown.sort_by_key(|&i| {
                let s = &sessions[i];
                let waits = needs::needs_you(s, now).then(|| needs::since(s, now));
                let kept = || self.kept.as_ref().filter(|(key, _)| s.key() == *key).map(|(_, since)| *since);
                let waits = waits.or_else(kept);
                (waits.is_none(), waits)
            });
        }
        shown
    }
}

/// Whether a session has all words of a filter in its label, role, tier or state; `!` in front inverts.
pub fn matches(filter: &str, s: &Session) -> bool {
    text::passes(filter, &words(s).to_lowercase())
}

/// What is known of a session by itself: its label, state, role and tier.
pub fn words(s: &Session) -> String {
    let member = s.member.as_ref();
    format!(
        "{} {} {} {}",
        s.label,
        s.state.word(),
        member.and_then(|m| m.role.as_deref()).unwrap_or_default(),
        member.and_then(|m| m.tier).map_or("unmanaged", Tier::word),
    )
}
