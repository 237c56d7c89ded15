//! The wishes of observers and the command line, on their way to the actor and back.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::Store;
use super::fault::said;
use crate::domain::confirm::{Ask, Fate, Told, Wish};
use crate::ports::StoreError;

/// More than these do not wait: something is wrong with whoever makes them.
const MOST: u32 = 256;

/// What stays of a wish of which not even the kind is known.
const NOTHING: &str = "{}";

/// What stays of a wish that was taken: its kind, by the word that stands for it.
fn kind(act: &str) -> String {
    let act: serde_json::Value = serde_json::from_str(act).unwrap_or_default();
    serde_json::json!({ "ask": act["ask"] }).to_string()
}

impl Store {
    /// Leaves a wish for the actor and gives its number.
    pub fn wish(
        &mut self,
        ask: &Ask,
        who: &str,
        now: Timestamp,
        patience: Duration,
    ) -> Result<u64, StoreError> {
        let ask = serde_json::to_string(ask).expect("a wish has string keys and numbers");
        let until = now.saturating_add(patience).unwrap_or(now);
        self.write(|tx| {
            let sql = "SELECT count(*) FROM wishes WHERE taken_ms IS NULL AND expires_ms > ?1";
            let open: u32 = tx.query_row(sql, [now.as_millisecond()], |r| r.get(0)).map_err(said)?;
            if open >= MOST {
                return Err(StoreError::Failed(format!("{open} wishes wait for the actor already")));
            }
            let sql = "INSERT INTO wishes (at_ms, expires_ms, who, act) VALUES (?1, ?2, ?3, ?4)";
            tx.execute(sql, (now.as_millisecond(), until.as_millisecond(), who, ask)).map_err(said)?;
            Ok(tx.last_insert_rowid().cast_unsigned())
        })
    }

    /// Takes the oldest wish that still waits; each is taken once. One that this version does not know is refused here.
    /// Of what is taken, and of what nobody took in time, only the kind stays: a person's text is no business of this table.
    pub fn take_wish(&mut self, now: Timestamp) -> Result<Option<Wish>, StoreError> {
        let ms = now.as_millisecond();
        loop {
            let taken = self.write(|tx| {
                let sql =
                    "UPDATE wishes SET act = ?2 WHERE taken_ms IS NULL AND expires_ms <= ?1 AND act <> ?2";
                tx.prepare_cached(sql).and_then(|mut s| s.execute((ms, NOTHING))).map_err(said)?;
                let sql = "UPDATE wishes SET taken_ms = ?1 WHERE id = (
                        SELECT id FROM wishes WHERE taken_ms IS NULL AND expires_ms > ?1 ORDER BY id LIMIT 1
                    ) RETURNING id, who, act, at_ms";
                let read = |r: &rusqlite::Row<'_>| {
                    Ok((
                        r.get::<_, u64>(0)?,
                        r.get::<_, String>(1)?,
                        r.get::<_, String>(2)?,
                        r.get::<_, i64>(3)?,
                    ))
                };
                let taken = tx.prepare_cached(sql).and_then(|mut s| s.query_row([ms], read).optional());
                let Some((id, who, act, at)) = taken.map_err(said)? else { return Ok(None) };
                let ask = serde_json::from_str::<Ask>(&act).ok();
                let kept = ask.as_ref().map_or_else(|| NOTHING.to_owned(), |_| kind(&act));
                tx.execute("UPDATE wishes SET act = ?2 WHERE id = ?1", (id, kept)).map_err(said)?;
                Ok(Some((id, who, ask, at)))
            })?;
            let Some((id, who, ask, at)) = taken else { return Ok(None) };
            if let Some(ask) = ask {
                let at = Timestamp::from_millisecond(at).unwrap_or(now);
                return Ok(Some(Wish { id, who, ask, at }));
            }
            let text = "the actor does not know this wish; it is of another version".to_owned();
            self.answer(id, &Told { done: false, text }, now)?;
        }
    }

    /// Says what became of a wish.
    pub fn answer(&mut self, id: u64, told: &Told, now: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            let sql = "UPDATE wishes SET answered_ms = ?2, done = ?3, answer = ?4 WHERE id = ?1";
            tx.execute(sql, (id, now.as_millisecond(), told.done, &told.text)).map_err(said)?;
            Ok(())
        })
    }

    /// Answers all that were taken and not answered: whoever took them has ended.
    pub fn orphaned(&mut self, told: &Told, now: Timestamp) -> Result<usize, StoreError> {
        self.write(|tx| {
            let sql = "UPDATE wishes SET answered_ms = ?1, done = ?2, answer = ?3
                WHERE taken_ms IS NOT NULL AND answered_ms IS NULL";
            tx.execute(sql, (now.as_millisecond(), told.done, &told.text)).map_err(said)
        })
    }

    /// What became of a wish; `None` = there is none of that number.
    pub fn fate(&self, id: u64, now: Timestamp) -> Result<Option<Fate>, StoreError> {
        let sql = "SELECT taken_ms IS NOT NULL, expires_ms <= ?2, done, coalesce(answer, '') FROM wishes WHERE id = ?1";
        let read = |r: &rusqlite::Row<'_>| {
            let (taken, over): (bool, bool) = (r.get(0)?, r.get(1)?);
            Ok(match (r.get::<_, Option<bool>>(2)?, taken, over) {
                (Some(done), ..) => Fate::Answered(Told { done, text: r.get(3)? }),
                (None, true, _) => Fate::Taken,
                (None, false, true) => Fate::Expired,
                (None, false, false) => Fate::Waiting,
            })
        };
        self.conn.query_row(sql, (id, now.as_millisecond()), read).optional().map_err(said)
    }

    /// Forgets wishes that were made before a time.
    pub fn forget_wishes(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM wishes WHERE at_ms < ?1", [before.as_millisecond()]).map_err(said)
        })
    }
}
