//! Entries on their way to the disk. An intent goes there at once, for a key waits for it; what has ended rests until the
//! next intent, or for a moment, and goes with it: a fleet that asks all the time costs one transaction a dialog, not two.
//! Whoever is killed in between leaves the intent alone, and the next actor says that nobody knows.

use std::time::Duration;

use crate::domain::confirm::CaseId;
use crate::domain::ledger::{Body, Entry};
use crate::domain::session::PaneIdentity;
use crate::ports::{Ledger, StoreError};
use crate::workers::scribe::Scribe;

/// How long the end of a dialog may rest.
pub(super) const REST: Duration = Duration::from_millis(200);

/// Whose entry it is.
pub(super) type Whose = (PaneIdentity, CaseId);

/// The entries that rest, and the thread that writes them.
pub(super) struct Later<R: Ledger + 'static> {
    scribe: Option<Scribe<R>>,
    resting: Vec<(Whose, Body)>,
    due: Option<Duration>,
}

impl<R: Ledger + 'static> Default for Later<R> {
    fn default() -> Self {
        Self { scribe: None, resting: Vec::new(), due: None }
    }
}

/// What was handed to the thread, and how that ended.
pub(super) type Written<R> = (Vec<Whose>, R);

impl<R: Ledger + 'static> Later<R> {
    /// From now on they go there; without a thread nothing does. What rests goes first.
    pub fn go_to(&mut self, scribe: Option<Scribe<R>>) {
        drop(self.write());
        (self.scribe, self.due) = (scribe, None);
        self.resting.clear();
    }

    /// One more, which may rest until then.
    pub fn rest(&mut self, whose: Whose, body: Body, by: Duration) {
        self.resting.push((whose, body));
        self.due.get_or_insert(by);
    }

    /// When what rests is to be written.
    pub fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Everything that rests is written now, in one transaction and in this order; `None` if there is nothing or nobody.
    pub fn write(
        &mut self,
    ) -> Option<impl Future<Output = Written<Result<Vec<Entry>, StoreError>>> + Send + use<R>> {
        self.due = None;
        let scribe = self.scribe.as_ref().filter(|_| !self.resting.is_empty())?;
        let (whose, bodies): (Vec<_>, Vec<_>) = self.resting.drain(..).unzip();
        let written = scribe.ask(move |records| records.append_all(bodies));
        Some(async move { (whose, written.await) })
    }
}

impl<R: Ledger + 'static> Drop for Later<R> {
    fn drop(&mut self) {
        drop(self.write());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::Dialog;
    use crate::domain::ledger::{Book, Decision, Outcome, Ruling, Scene, Showing, Times};
    use crate::domain::policy::Action;
    use crate::domain::session::{PaneId, SessionName};

    fn body(outcome: Outcome) -> Body {
        let pane = PaneIdentity { id: PaneId(1), pid: 2, start: 3 };
        let scene =
            Scene { host: "h".to_owned(), session: SessionName::new("s"), pane, agent: None, cwd: None };
        let dialog = Dialog::default();
        let decision = Decision {
            showing: Showing { content: dialog.identity(), epoch: 0 },
            of: None,
            verdict: Ruling { action: Action::Hold, rule: "none".to_owned(), reason: String::new() },
            why: String::new(),
            actor: crate::domain::ledger::Actor::Automation,
            channel: None,
            key: None,
            outcome,
            times: Times::default(),
        };
        Body::new(jiff::Timestamp::UNIX_EPOCH, &scene, &dialog, decision, &str::to_owned)
    }

    #[tokio::test]
    async fn what_rests_goes_with_the_next_and_is_never_lost() {
        let whose = |n| (PaneIdentity { id: PaneId(1), pid: 2, start: 3 }, CaseId(n));
        let ms = Duration::from_millis;
        let scribe = Scribe::start(Book::default()).expect("a thread");
        let mut later = Later::default();
        later.go_to(Some(scribe.clone()));
        assert!(later.write().is_none(), "nothing rests");
        later.rest(whose(1), body(Outcome::Cleared), ms(250));
        later.rest(whose(2), body(Outcome::Intended), ms(270));
        assert_eq!(later.due(), Some(ms(250)));
        let (told, written) = later.write().expect("two rest").await;
        assert_eq!(told, [whose(1), whose(2)]);
        assert_eq!(written.expect("written").iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(later.due(), None);
        later.rest(whose(3), body(Outcome::Cleared), ms(200));
        drop(later);
        let seen = scribe.ask(|book: &mut Book| Ok(book.entries().len())).await;
        assert_eq!(seen, Ok(3), "whoever ends leaves nothing behind");
    }
}
