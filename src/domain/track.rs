//! What a pane does over time: readings in, states out. Entering a wait is believed at once; leaving it is decided by the
//! screen; idle only when it lasts; a frame that cannot be read changes nothing for a while. Pure: `now` is an input.

use std::sync::Arc;
use std::time::Duration;

use super::dialog::{Dialog, DialogId};
use super::read::Reading;
use super::status::State;

/// A resting screen must last this long before it is idle: agents rest between two steps, and between a message and the
/// first sign of work on it.
pub const IDLE_AFTER: Duration = Duration::from_secs(1);
/// An unreadable screen must last this long before it is shown as one: half a frame is unreadable too.
pub const UNKNOWN_AFTER: Duration = Duration::from_millis(700);
/// An agent that was started may show nothing that can be read for this long.
pub const START_TAKES: Duration = Duration::from_secs(20);
/// A reading as sure as this rests on a cue of its own, not on the lack of others.
const SURE: f32 = 0.95;
/// A shell prompt must last this long before the agent counts as gone, unless the process says so.
pub const EXIT_AFTER: Duration = Duration::from_millis(500);

/// A dialog as it was seen on one pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The dialog as read last.
    pub dialog: Dialog,
    /// Its content's identity.
    pub id: DialogId,
    /// Moves when something else came between two dialogs of the same content.
    pub epoch: u64,
    /// When it was first read.
    pub first: Duration,
    /// When it was last read.
    pub last: Duration,
    /// When it was first read exactly as it is now, complete: the settle time runs from here.
    pub steady: Option<Duration>,
    /// How often it was read.
    pub looks: u32,
}

impl Seen {
    /// Which dialog of this pane: two readings with the same pair are the same dialog and get one key at most.
    pub fn key(&self) -> (DialogId, u64) {
        (self.id, self.epoch)
    }

    /// True if it was read complete and unchanged, twice, at least `settle` apart.
    pub fn settled(&self, settle: Duration) -> bool {
        self.looks >= 2 && self.steady.is_some_and(|since| self.last.saturating_sub(since) >= settle)
    }
}

/// What became of the dialog with one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogChange {
    /// There is none, there was none.
    None,
    /// The one that was there is still there.
    Same,
    /// One appeared.
    Opened,
    /// Another one took its place.
    Replaced,
    /// It went.
    Closed,
}

/// What one look or tick changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The state before.
    pub before: State,
    /// The state now.
    pub after: State,
    /// What became of the dialog.
    pub dialog: DialogChange,
}

impl Change {
    /// True if there is something to tell.
    pub fn any(&self) -> bool {
        self.before != self.after || !matches!(self.dialog, DialogChange::None | DialogChange::Same)
    }
}

/// The state of one pane over time.
#[derive(Debug, Clone)]
pub struct Tracker {
    state: State,
    since: Duration,
    reading: Arc<Reading>,
    /// A state that the screen tells and that has not lasted long enough yet.
    pending: Option<(State, Duration)>,
    dialog: Option<Seen>,
    epoch: u64,
    /// A screen of it was read before: what is there now began under our eyes.
    met: bool,
}

impl Tracker {
    /// A pane that nothing is known of; with an agent started by us it is `starting`, else `unknown`.
    pub fn new(state: State, now: Duration) -> Self {
        Self { state, since: now, reading: Arc::default(), pending: None, dialog: None, epoch: 0, met: false }
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// When it was entered.
    pub fn since(&self) -> Duration {
        self.since
    }

    /// The last reading.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The dialog that is open.
    pub fn dialog(&self) -> Option<&Seen> {
        self.dialog.as_ref()
    }

    /// Who a dialog is: mostly the one that is open, and to compare costs less than to hash.
    pub fn identity(&self, dialog: &Dialog) -> DialogId {
        match &self.dialog {
            Some(seen) if seen.dialog == *dialog => seen.id,
            _ => dialog.identity(),
        }
    }

    /// When a tick could change something; `None` while nothing is pending.
    pub fn due(&self) -> Option<Duration> {
        self.pending.map(|(state, since)| since + patience(self.state, state, &self.reading))
    }

    /// A look at a screen that changed, or that is looked at for the first time; else `tick`.
    pub fn look(&mut self, reading: impl Into<Arc<Reading>>, now: Duration) -> Change {
        let reading = reading.into();
        let dialog = self.dialog_with(&reading, now);
        let told = reading.state;
        self.reading = reading;
        self.pending = match self.pending {
            _ if told == self.state => None,
            Some((state, since)) if state == told => Some((state, since)),
            _ => Some((told, now)),
        };
        // What just changed has not rested, whatever it shows. What stood there before the first look stood for as long as
        // nothing was written at least: else whoever waited for hours would wait for seconds after each start of ours.
        let found = !self.met && told != State::Working;
        self.met = true;
        if let Some((_, since)) = self.pending.as_mut().filter(|_| told == State::Idle || found) {
            let waits = self.reading.waits.filter(|_| found && told.asks());
            *since = now.saturating_sub(self.reading.quiet.max(waits).unwrap_or_default());
        }
        let change = self.step(now, dialog);
        match self.meanwhile(told, dialog) {
            Some(state) if change.before == change.after => self.enter(state, now, dialog),
            _ => change,
        }
    }

    /// What it is in while what the screen tells has not lasted long enough.
    fn meanwhile(&self, told: State, dialog: DialogChange) -> Option<State> {
        let young = self.reading.age.is_some_and(|age| age < START_TAKES);
        let nothing_yet = matches!(self.state, State::Unknown | State::Shell | State::Exited | State::Gone);
        match told {
            State::Idle | State::Unknown if young && nothing_yet => Some(State::Starting),
            // The dialog is answered. What a cue says for sure needs no time; else what comes of it is to be seen.
            State::Idle if dialog == DialogChange::Closed && self.state.asks() => {
                Some(if self.reading.confidence >= SURE { State::Idle } else { State::Working })
            }
            _ => None,
        }
    }

    /// Time passed without a look.
    pub fn tick(&mut self, now: Duration) -> Change {
        let dialog = match &self.dialog {
            None => DialogChange::None,
            // The last look could not be read, and it is what stands there.
            Some(_) if self.reading.dialog.is_none() && self.outlasted(now) => {
                self.dialog = None;
                self.epoch += 1;
                DialogChange::Closed
            }
            Some(_) => DialogChange::Same,
        };
        self.step(now, dialog)
    }

    /// Other evidence says that a new request began: a hook's tool-use id or a transcript line came between. A dialog of
    /// the same content that is read from now on is another one.
    pub fn renewed(&mut self) {
        self.epoch += 1;
        if let Some(seen) = &mut self.dialog {
            seen.epoch = self.epoch;
            seen.steady = None;
            seen.looks = 0;
        }
    }

    /// The pane is gone, dead, or another one now.
    pub fn gone(&mut self, now: Duration) -> Change {
        let dialog = if self.dialog.take().is_some() { DialogChange::Closed } else { DialogChange::None };
        self.epoch += 1;
        self.pending = None;
        self.reading = Arc::default();
        self.enter(State::Gone, now, dialog)
    }

    fn step(&mut self, now: Duration, dialog: DialogChange) -> Change {
        if let Some(((state, _), due)) = self.pending.zip(self.due())
            && now >= due
        {
            self.pending = None;
            // However late it is asked.
            return self.enter(state, due, dialog);
        }
        Change { before: self.state, after: self.state, dialog }
    }

    fn enter(&mut self, state: State, now: Duration, dialog: DialogChange) -> Change {
        let before = self.state;
        if state != before {
            self.state = state;
            self.since = now;
        }
        Change { before, after: state, dialog }
    }

    fn dialog_with(&mut self, reading: &Reading, now: Duration) -> DialogChange {
        let Some(dialog) = &reading.dialog else {
            // An unreadable frame is no proof that the dialog went.
            if self.dialog.is_none() {
                return DialogChange::None;
            }
            if reading.state == State::Unknown && !self.outlasted(now) {
                return DialogChange::Same;
            }
            self.dialog = None;
            self.epoch += 1;
            return DialogChange::Closed;
        };
        let id = self.identity(dialog);
        let epoch = self.epoch;
        match &mut self.dialog {
            Some(seen) if seen.id == id => {
                let same = seen.dialog == *dialog && dialog.complete;
                seen.steady = if same { seen.steady.or(Some(now)) } else { dialog.complete.then_some(now) };
                seen.looks = if same { seen.looks.saturating_add(1) } else { 1 };
                seen.last = now;
                if !same {
                    seen.dialog = dialog.clone();
                }
                DialogChange::Same
            }
            old => {
                let replaced = old.is_some();
                let epoch = if replaced { epoch + 1 } else { epoch };
                self.dialog = Some(Seen {
                    dialog: dialog.clone(),
                    id,
                    epoch,
                    first: now,
                    last: now,
                    steady: dialog.complete.then_some(now),
                    looks: 1,
                });
                self.epoch = epoch;
                if replaced { DialogChange::Replaced } else { DialogChange::Opened }
            }
        }
    }

    /// An unreadable screen has lasted so long that what was there before no longer counts.
    fn outlasted(&self, now: Duration) -> bool {
        self.pending
            .is_some_and(|(s, since)| s == State::Unknown && now.saturating_sub(since) >= UNKNOWN_AFTER)
    }
}

/// How long a state must be told before it is believed.
fn patience(from: State, to: State, reading: &Reading) -> Duration {
    match to {
        State::Idle => IDLE_AFTER,
        State::Unknown if from == State::Starting => START_TAKES,
        State::Unknown => UNKNOWN_AFTER,
        State::Exited | State::Shell if reading.confidence < 0.9 => EXIT_AFTER,
        // Text in the composer may be a placeholder that cannot be told by its colour.
        State::Typing if reading.confidence < 0.7 => IDLE_AFTER,
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::Operation;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn reading(state: State) -> Reading {
        Reading { state, confidence: 0.95, ..Reading::default() }
    }

    fn asks(command: &str) -> Reading {
        Reading {
            dialog: Some(Dialog {
                operation: Operation::Bash,
                subject: Some(command.to_owned()),
                complete: true,
                ..Dialog::default()
            }),
            ..reading(Permission)
        }
    }

    #[test]
    fn what_was_found_is_as_old_as_the_silence_before_the_first_look() {
        let quiet = |secs, r: Reading| Reading { quiet: Some(Duration::from_secs(secs)), ..r };
        let now = Duration::from_secs(100);
        for (read, state, since) in [
            (quiet(40, asks("make")), Permission, 60),
            (quiet(40, reading(Error)), Error, 60),
            (quiet(40, reading(Exited)), Exited, 60),
            (quiet(400, asks("make")), Permission, 0),
            (asks("make"), Permission, 100),
            (Reading { waits: Some(Duration::from_secs(70)), ..quiet(1, asks("make")) }, Permission, 30),
            // A silent turn began at some time before: when is not known.
            (quiet(40, reading(Working)), Working, 100),
        ] {
            let mut t = Tracker::new(Unknown, now);
            t.look(read, now);
            assert_eq!((t.state(), t.since().as_secs()), (state, since));
        }
        // What comes while we look begins when it comes.
        let mut t = Tracker::new(Unknown, Duration::ZERO);
        t.look(reading(Working), Duration::ZERO);
        t.look(quiet(40, asks("make")), now);
        assert_eq!((t.state(), t.since()), (Permission, now));
    }

    /// Looks and ticks in order: time in ms, what is read (`None` = a tick), the state and the dialog's change after it.
    fn check(start: State, steps: &[(u64, Option<Reading>, State, DialogChange)]) -> Tracker {
        let mut t = Tracker::new(start, Duration::ZERO);
        for (i, (at, read, state, dialog)) in steps.iter().enumerate() {
            let change = match read {
                Some(r) => t.look(r.clone(), ms(*at)),
                None => t.tick(ms(*at)),
            };
            assert_eq!((t.state(), change.dialog), (*state, *dialog), "step {i} at {at} ms");
        }
        t
    }

    #[test]
    fn a_screen_that_stays_unreadable_takes_its_dialog_along() {
        check(
            Idle,
            &[
                (0, Some(asks("ls")), Permission, D::Opened),
                (100, Some(reading(Unknown)), Permission, D::Same),
                (900, None, Unknown, D::Closed),
            ],
        );
    }

    use DialogChange as D;
    use State::{Error, Exited, Idle, Permission, Shell, Starting, Typing, Unknown, Working};

    #[test]
    fn idle_only_when_it_lasts() {
        let t = check(
            Working,
            &[
                (0, Some(reading(Idle)), Working, D::None),
                (400, Some(reading(Idle)), Working, D::None),
                (1100, None, Working, D::None),
                (1400, None, Idle, D::None),
            ],
        );
        assert_eq!(t.since(), ms(1400));
        check(
            Working,
            &[
                (0, Some(reading(Idle)), Working, D::None),
                (300, Some(reading(Working)), Working, D::None),
                (2000, None, Working, D::None),
            ],
        );
    }

    #[test]
    fn known_silence_makes_it_idle_at_once() {
        let quiet = Reading { quiet: Some(ms(5000)), ..reading(Idle) };
        check(Unknown, &[(10_000, Some(quiet), Idle, D::None)]);
    }

    #[test]
    fn a_wait_is_entered_at_once_and_left_by_the_screen() {
        check(
            Idle,
            &[
                (0, Some(asks("ls")), Permission, D::Opened),
                (9000, None, Permission, D::Same),
                (9100, Some(reading(Working)), Working, D::Closed),
            ],
        );
    }

    #[test]
    fn half_a_frame_changes_nothing() {
        let t = check(
            Working,
            &[
                (0, Some(asks("ls")), Permission, D::Opened),
                (100, Some(reading(Unknown)), Permission, D::Same),
                (150, Some(asks("ls")), Permission, D::Same),
            ],
        );
        assert_eq!(t.dialog().map(|d| d.epoch), Some(0));
        check(
            Working,
            &[
                (0, Some(asks("ls")), Permission, D::Opened),
                (100, Some(reading(Unknown)), Permission, D::Same),
                (900, None, Unknown, D::Closed),
                (950, Some(reading(Unknown)), Unknown, D::None),
            ],
        );
    }

    #[test]
    fn the_same_content_again_is_another_dialog_only_if_something_came_between() {
        let t = check(
            Working,
            &[
                (0, Some(asks("ls")), Permission, D::Opened),
                (200, Some(asks("ls")), Permission, D::Same),
                (300, Some(reading(Working)), Working, D::Closed),
                (400, Some(asks("ls")), Permission, D::Opened),
            ],
        );
        assert_eq!(t.dialog().map(|d| (d.epoch, d.looks)), Some((1, 1)));
        let mut t = check(
            Working,
            &[(0, Some(asks("ls")), Permission, D::Opened), (200, Some(asks("ls")), Permission, D::Same)],
        );
        let before = t.dialog().map(Seen::key);
        t.renewed();
        assert_ne!(t.dialog().map(Seen::key), before);
        assert!(!t.dialog().expect("open").settled(ms(0)));
    }

    #[test]
    fn parallel_calls_replace_each_other() {
        let t = check(
            Working,
            &[
                (0, Some(asks("touch a")), Permission, D::Opened),
                (300, Some(asks("touch b")), Permission, D::Replaced),
            ],
        );
        assert_eq!(t.dialog().map(|d| d.epoch), Some(1));
    }

    #[test]
    fn a_dialog_settles_when_it_was_read_complete_and_unchanged_twice() {
        let mut t = Tracker::new(Working, Duration::ZERO);
        t.look(asks("ls"), ms(0));
        assert!(!t.dialog().expect("open").settled(ms(150)));
        t.look(asks("ls"), ms(100));
        assert!(!t.dialog().expect("open").settled(ms(150)));
        t.look(asks("ls"), ms(160));
        assert!(t.dialog().expect("open").settled(ms(150)));
        let mut moved = asks("ls");
        moved.dialog.as_mut().expect("asks").selected = Some(1);
        t.look(moved, ms(200));
        assert!(!t.dialog().expect("open").settled(ms(150)), "the mark moved");
        let mut cut = asks("ls");
        cut.dialog.as_mut().expect("asks").complete = false;
        t.look(cut.clone(), ms(300));
        t.look(cut, ms(900));
        assert!(!t.dialog().expect("open").settled(ms(150)), "not complete");
    }

    #[test]
    fn starting_is_patient_and_exits_are_sure() {
        check(
            Starting,
            &[
                (0, Some(reading(Unknown)), Starting, D::None),
                (5000, None, Starting, D::None),
                (21_000, None, Unknown, D::None),
            ],
        );
        let guessed = Reading { confidence: 0.8, ..reading(Exited) };
        check(Idle, &[(0, Some(guessed), Idle, D::None), (600, None, Exited, D::None)]);
        check(Idle, &[(0, Some(reading(Shell)), Shell, D::None)]);
    }

    #[test]
    fn an_emptied_composer_may_have_been_sent() {
        // Codex shows no work for 250 ms after Enter.
        check(
            Idle,
            &[
                (0, Some(reading(Typing)), Typing, D::None),
                (100, Some(reading(Idle)), Typing, D::None),
                (350, Some(reading(Working)), Working, D::None),
            ],
        );
        check(
            Idle,
            &[
                (0, Some(reading(Typing)), Typing, D::None),
                (100, Some(reading(Idle)), Typing, D::None),
                (1100, None, Idle, D::None),
            ],
        );
    }

    #[test]
    fn an_answered_dialog_leaves_its_state_at_once() {
        let rests = Reading { confidence: 0.85, ..reading(Idle) };
        check(
            Working,
            &[
                (0, Some(asks("ls")), Permission, D::Opened),
                (500, Some(rests), Working, D::Closed),
                (1500, None, Idle, D::None),
            ],
        );
        // `Interrupted` says it.
        check(
            Working,
            &[(0, Some(asks("ls")), Permission, D::Opened), (500, Some(reading(Idle)), Idle, D::Closed)],
        );
    }

    #[test]
    fn an_agent_that_has_just_been_started_starts() {
        let young = |state, s| Reading { age: Some(Duration::from_secs(s)), ..reading(state) };
        check(
            Shell,
            &[
                (0, Some(young(Unknown, 0)), Starting, D::None),
                (1500, Some(young(Unknown, 1)), Starting, D::None),
                (2000, Some(young(Idle, 2)), Starting, D::None),
                (2900, Some(young(Idle, 2)), Starting, D::None),
                (3900, None, Idle, D::None),
            ],
        );
        let stuck = (0..3).map(|n| (n * 11_000, Some(young(Unknown, n * 11)), Starting, D::None));
        let mut steps: Vec<_> = stuck.collect();
        steps[2].2 = Unknown;
        check(Shell, &steps);
        check(Unknown, &[(0, Some(young(Idle, 30)), Unknown, D::None), (1000, None, Idle, D::None)]);
        check(Unknown, &[(0, Some(young(Working, 0)), Working, D::None)]);
    }

    #[test]
    fn a_pane_that_went_takes_its_dialog_along() {
        let mut t = check(Working, &[(0, Some(asks("ls")), Permission, D::Opened)]);
        let change = t.gone(ms(10));
        assert_eq!((change.after, change.dialog), (State::Gone, D::Closed));
        t.look(asks("ls"), ms(20));
        assert_eq!(t.dialog().map(|d| d.epoch), Some(1));
    }

    proptest::proptest! {
        /// Whatever is read in whatever order: a dialog is never lost without a change that says so, and one pair of
        /// identity and epoch never comes back after it was closed.
        #[test]
        fn a_closed_dialog_never_comes_back(steps in proptest::collection::vec((0u8..5, 0u64..900), 1..60)) {
            let mut t = Tracker::new(Unknown, Duration::ZERO);
            let mut now = 0;
            let mut closed = std::collections::BTreeSet::new();
            for (what, wait) in steps {
                now += wait;
                let open = t.dialog().map(Seen::key);
                match what {
                    0 => t.look(asks("a"), ms(now)),
                    1 => t.look(asks("b"), ms(now)),
                    2 => t.look(reading(Working), ms(now)),
                    3 => t.look(reading(Unknown), ms(now)),
                    _ => t.tick(ms(now)),
                };
                let after = t.dialog().map(Seen::key);
                if open != after {
                    if let Some(key) = open {
                        closed.insert(key);
                    }
                    if let Some(key) = after {
                        proptest::prop_assert!(!closed.contains(&key));
                    }
                }
            }
        }
    }
}
