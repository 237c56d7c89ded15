//! Which of many panes that write all the time may have a dialog: what the server is asked, how often, and which panes
//! deserve a look for it. Pure. It only brings a look forward, so it may miss and may be wrong.
//!
//! To search every row of every pane costs a server with 200 full screens 12 ms, to tell where their cursors are 2: so it
//! searches those whose cursor moved, and all of them now and then; or always, while many of them stream.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::domain::session::PaneId;
use crate::tmux::list::Place;

/// Rest between two questions: so many times what the last answers took, so that a slow server is asked less, within
/// these bounds.
const REST: (u32, Duration, Duration) = (2, ms(8), ms(20));
/// The same between two searches of all panes.
const REST_OF_ALL: (u32, Duration, Duration) = (30, ms(100), ms(500));

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Where more than one of so many has moved since a moment ago, they stream: all are searched for a while without asking first.
const STREAMING: (usize, Duration, Duration) = (4, ms(150), ms(500));

/// What the server is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Where the cursors are.
    Places,
    /// Which of these have a row that may be a dialog's: their cursors moved.
    Moved(Vec<PaneId>),
    /// The same of all panes.
    All,
}

/// What is known of all panes of a server, and when it is asked for more.
#[derive(Debug)]
pub struct Glimpses {
    places: HashMap<PaneId, Place>,
    /// When they were told.
    told: Instant,
    /// The first row that may be a dialog's.
    rows: HashMap<PaneId, u32>,
    began: Instant,
    /// When the server may be asked again; `None` while an answer is awaited.
    next: Option<Instant>,
    /// When all panes are searched again.
    all: Instant,
    /// Until then they stream.
    streaming: Instant,
}

impl Glimpses {
    /// Nothing is known.
    pub fn new(now: Instant) -> Self {
        let (places, rows) = (HashMap::new(), HashMap::new());
        Self { places, told: now, rows, began: now, next: Some(now), all: now, streaming: now }
    }

    /// When the server may be asked again; `None` while an answer is awaited.
    pub const fn next(&self) -> Option<Instant> {
        self.next
    }

    /// It is asked now, and that.
    pub fn begin(&mut self, now: Instant) -> Question {
        (self.began, self.next) = (now, None);
        if now >= self.all || now < self.streaming { Question::All } else { Question::Places }
    }

    /// Where the cursors are: what is to be asked at once of panes that matter and whose cursor moved.
    pub fn placed(
        &mut self,
        places: Vec<(PaneId, Place)>,
        matters: impl Fn(PaneId) -> bool,
        now: Instant,
    ) -> Option<Question> {
        let moved: Vec<PaneId> = places
            .iter()
            .filter(|(pane, place)| self.places.get(pane) != Some(place) && matters(*pane))
            .map(|(pane, _)| *pane)
            .collect();
        let (one_of, moment, for_so_long) = STREAMING;
        let many = moved.len() * one_of > places.len();
        if many && now.saturating_duration_since(self.told) < moment {
            self.streaming = now + for_so_long;
        }
        (self.places, self.told) = (places.into_iter().collect(), now);
        if moved.is_empty() {
            self.rest(now);
            return None;
        }
        Some(if many { Question::All } else { Question::Moved(moved) })
    }

    /// Which have such a row, and where: those to look at. One that stands where it stood is known, but where the cursor
    /// moved it may be another.
    pub fn found(&mut self, question: &Question, found: &[(PaneId, u32)], now: Instant) -> Vec<PaneId> {
        let known = |pane: &PaneId, row: u32| self.rows.get(pane) == Some(&row);
        let again = matches!(question, Question::Moved(_));
        let look: Vec<PaneId> =
            found.iter().filter(|(pane, row)| again || !known(pane, *row)).map(|(pane, _)| *pane).collect();
        match question {
            Question::Moved(moved) => self.rows.retain(|pane, _| !moved.contains(pane)),
            Question::All => {
                self.rows.clear();
                self.all = now + self.rest_of(REST_OF_ALL, now);
                if now >= self.streaming {
                    // What it took is paid for by its own rest.
                    self.began = now;
                }
            }
            Question::Places => {}
        }
        self.rows.extend(found.iter().copied());
        self.rest(now);
        look
    }

    fn rest(&mut self, now: Instant) {
        self.next = Some(now + self.rest_of(REST, now));
    }

    fn rest_of(&self, (times, least, most): (u32, Duration, Duration), now: Instant) -> Duration {
        (now.saturating_duration_since(self.began) * times).clamp(least, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zero() -> Instant {
        #[expect(
            clippy::disallowed_methods,
            reason = "an instant cannot be made otherwise; only differences count"
        )]
        Instant::now()
    }

    /// Ten panes with their cursors in row 5, and some elsewhere.
    fn places(elsewhere: &[(u32, u32)]) -> Vec<(PaneId, Place)> {
        let row = |id| elsewhere.iter().find(|(other, _)| *other == id).map_or(5, |(_, row)| *row);
        (1..=10).map(|id| (PaneId(id), Place { row: row(id), shown: true, scrolled: 0 })).collect()
    }

    /// All were searched, and the cursors are known.
    fn known(zero: Instant) -> Glimpses {
        let mut glimpses = Glimpses::new(zero);
        assert_eq!(glimpses.begin(zero), Question::All);
        assert_eq!(glimpses.found(&Question::All, &[], zero + ms(12)), []);
        let now = zero + ms(200);
        assert_eq!(glimpses.begin(now), Question::Places);
        assert_eq!(glimpses.placed(places(&[]), |_| true, now), Some(Question::All), "none is known");
        assert_eq!(glimpses.found(&Question::All, &[], now + ms(2)), []);
        glimpses
    }

    /// The next question is for the cursors.
    fn begun(glimpses: &mut Glimpses) -> Instant {
        let now = glimpses.next().expect("it rests");
        assert_eq!(glimpses.begin(now), Question::Places);
        now
    }

    #[test]
    fn a_moved_cursor_is_followed_by_a_search_there_and_that_by_a_look() {
        let mut glimpses = known(zero());
        let now = begun(&mut glimpses);
        assert_eq!(glimpses.next(), None, "an answer is awaited");
        let moved = Question::Moved(vec![PaneId(2)]);
        assert_eq!(glimpses.placed(places(&[(2, 9)]), |_| true, now), Some(moved.clone()));
        assert_eq!(glimpses.found(&moved, &[(PaneId(2), 8)], now), [PaneId(2)]);
        // The next one stands in the same row: the cursor was elsewhere in between.
        let now = begun(&mut glimpses);
        assert_eq!(glimpses.placed(places(&[(2, 3)]), |_| true, now), Some(moved.clone()));
        assert_eq!(glimpses.found(&moved, &[(PaneId(2), 8)], now), [PaneId(2)]);
    }

    #[test]
    fn what_stands_still_or_does_not_matter_is_not_searched() {
        let mut glimpses = known(zero());
        let now = begun(&mut glimpses);
        assert_eq!(glimpses.placed(places(&[]), |_| true, now), None);
        assert_eq!(glimpses.next(), Some(now + REST.1));
        assert_eq!(glimpses.placed(places(&[(1, 7)]), |pane| pane != PaneId(1), now), None);
    }

    #[test]
    fn a_search_of_all_finds_what_came_without_a_move_once() {
        let mut glimpses = known(zero());
        let now = glimpses.all;
        assert_eq!(glimpses.begin(now), Question::All);
        assert_eq!(glimpses.found(&Question::All, &[(PaneId(1), 4)], now), [PaneId(1)]);
        assert_eq!(glimpses.found(&Question::All, &[(PaneId(1), 4)], now), [], "known");
        assert_eq!(glimpses.found(&Question::All, &[], now), []);
        assert_eq!(glimpses.found(&Question::All, &[(PaneId(1), 4)], now), [PaneId(1)], "it was away");
    }

    #[test]
    fn where_many_move_all_the_time_all_are_searched_for_a_while() {
        let mut glimpses = known(zero());
        let now = begun(&mut glimpses);
        assert_eq!(glimpses.placed(places(&[(1, 9), (2, 9), (3, 9)]), |_| true, now), Some(Question::All));
        assert_eq!(glimpses.found(&Question::All, &[], now), []);
        let next = glimpses.next().expect("it rests");
        assert_eq!(glimpses.begin(next), Question::All);
        assert_eq!(glimpses.found(&Question::All, &[], next), []);
        // What moved in all that time tells nothing of how they move now.
        let now = now + STREAMING.2;
        glimpses.all = now + ms(1);
        assert_eq!(glimpses.begin(now), Question::Places);
        assert_eq!(glimpses.placed(places(&[]), |_| true, now), Some(Question::All));
        assert_eq!(glimpses.found(&Question::All, &[], now), []);
        begun(&mut glimpses);
    }

    #[test]
    fn a_slow_server_is_asked_less() {
        let zero = zero();
        for (took, rest) in [(0, 8), (1, 8), (5, 10), (10, 20), (60, 20)] {
            let mut glimpses = known(zero);
            let answered = begun(&mut glimpses) + ms(took);
            glimpses.placed(places(&[]), |_| true, answered);
            assert_eq!(glimpses.next(), Some(answered + ms(rest)), "{took} ms");
        }
    }
}
