//! The ledger on disk. Entries are only added; the chain is checked where it is read as a whole. What they mean is for
//! `domain::ledger`.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Row, Transaction, params};

use super::Store;
use super::fault::said;
use crate::domain::dialog::Operation;
use crate::domain::ledger::{
    ACTIONS, Actor, Anchor, Body, Broken, Channel, Checker, Entry, Hash, Masked, Outcome, Ruling, Said,
    Scene, Showing, Times,
};
use crate::domain::policy::Action;
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::stroke::KeyName;
use crate::ports::{Ledger, StoreError};

/// How a check of the whole ledger ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Where the chain begins: after the entries that were let go for their age.
    pub from: Anchor,
    /// How many entries were followed.
    pub entries: u64,
    /// The last one, or the first place where the chain does not hold.
    pub end: Result<Anchor, Broken>,
}

impl Ledger for Store {
    fn append_all(&mut self, bodies: Vec<Body>) -> Result<Vec<Entry>, StoreError> {
        // What is about to be sent must be known after a power cut. What came of it need not: then nobody knows, and the
        // next actor says so. Either way it outlives the end of this process.
        let urgent = bodies.iter().any(|body| body.outcome == Outcome::Intended);
        let how = if urgent { Store::write } else { Store::write_soon };
        how(self, |tx: &Transaction<'_>| {
            let mut last = head(tx)?;
            let mut entries = Vec::with_capacity(bodies.len());
            for body in bodies {
                let entry = last.seal(body);
                insert(tx, &entry)?;
                last = Anchor { seq: entry.seq, hash: entry.hash };
                // The next one is only let in behind this one.
                tx.prepare_cached("UPDATE ledger_head SET seq = ?1, hash = ?2")
                    .and_then(|mut statement| statement.execute((last.seq, last.hash.0)))
                    .map_err(said)?;
                entries.push(entry);
            }
            Ok(entries)
        })
    }

    fn since(&self, after: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT * FROM ledger WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql).map_err(said)?;
        let rows = statement.query_map((after, most), entry).map_err(said)?;
        rows.collect::<Result<_, _>>().map_err(said)
    }

    fn unsettled(&self) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT * FROM ledger AS e WHERE (outcome IN ('intended', 'stuck', 'unknown')
                OR (actor <> 'automation' AND outcome IN ('held', 'refused', 'withdrawn'))) AND NOT EXISTS (
            SELECT 1 FROM ledger AS later WHERE later.of_seq = coalesce(e.of_seq, e.seq) AND later.seq > e.seq
        ) ORDER BY seq";
        let mut statement = self.conn.prepare_cached(sql).map_err(said)?;
        let rows = statement.query_map([], entry).map_err(said)?;
        rows.collect::<Result<_, _>>().map_err(said)
    }
}

impl Store {
    /// The last entry's place.
    pub fn head(&self) -> Result<Anchor, StoreError> {
        head(&self.conn)
    }

    /// The number of the last entry that is older than `time`: reading on from there gives what is younger.
    pub fn before(&self, time: Timestamp) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(seq), (SELECT coalesce(max(seq), 0) FROM ledger_anchor)) FROM ledger WHERE at_ms < ?1";
        self.conn.query_row(sql, [time.as_millisecond()], |r| r.get(0)).map_err(said)
    }

    /// Follows the whole chain, as it was when this began.
    pub fn verify(&self) -> Result<Checked, StoreError> {
        // One transaction: the actor may write meanwhile.
        let view = self.conn.unchecked_transaction().map_err(said)?;
        let (from, head) = (anchor(&view)?, head(&view)?);
        let mut checker = Checker::after(from);
        let mut entries = 0;
        let mut statement = view.prepare("SELECT * FROM ledger WHERE seq > ?1 ORDER BY seq").map_err(said)?;
        let mut rows = statement.query_map([from.seq], entry).map_err(said)?;
        let end = loop {
            let followed = match rows.next() {
                None => break checker.end(head),
                Some(Ok(entry)) => checker.follow(&entry),
                // What was never put there was put there by somebody else.
                Some(Err(e)) => Err(Broken { seq: from.seq + entries + 1, why: said(e).to_string() }),
            };
            match followed {
                Ok(()) => entries += 1,
                Err(broken) => break Err(broken),
            }
        };
        let end = end.and_then(|end| guards(&view, end));
        Ok(Checked { from, entries, end })
    }

    /// Lets entries go that are older than `before`, at most so many, the one way in which entries go: an anchor keeps the last one's
    /// place, so that the rest can still be followed. Gives how many went.
    pub fn let_go(&mut self, before: Timestamp, most: u32, now: Timestamp) -> Result<u64, StoreError> {
        self.write(|tx| {
            // A run from the oldest on: a clock that was wrong for a while makes no holes.
            let sql = "SELECT coalesce(min(min(seq) + ?2 - 1, coalesce((SELECT min(seq) FROM ledger WHERE at_ms >= ?1) - 1, max(seq))), 0)
                FROM ledger";
            let upto: u64 =
                tx.query_row(sql, (before.as_millisecond(), most), |r| r.get(0)).map_err(said)?;
            let sql = "INSERT INTO ledger_anchor
                SELECT last.seq, last.hash, count(*), min(e.at_ms), max(e.at_ms), ?2
                FROM ledger AS e, ledger AS last WHERE e.seq <= ?1 AND last.seq = ?1 GROUP BY last.seq";
            tx.execute(sql, (upto, now.as_millisecond())).map_err(said)?;
            let gone = tx.execute("DELETE FROM ledger WHERE seq <= ?1", [upto]).map_err(said)?;
            Ok(gone as u64)
        })
    }
}

fn head(conn: &Connection) -> Result<Anchor, StoreError> {
    place(conn, "SELECT seq, hash FROM ledger_head")
}

fn anchor(conn: &Connection) -> Result<Anchor, StoreError> {
    place(conn, "SELECT seq, hash FROM ledger_anchor ORDER BY seq DESC LIMIT 1")
}

fn place(conn: &Connection, sql: &str) -> Result<Anchor, StoreError> {
    let read = |r: &Row<'_>| Ok(Anchor { seq: r.get(0)?, hash: Hash(r.get(1)?) });
    let found = conn.prepare_cached(sql).and_then(|mut statement| statement.query_row([], read).optional());
    Ok(found.map_err(said)?.unwrap_or_default())
}

/// The triggers that keep entries from being changed are there.
fn guards(conn: &Connection, end: Anchor) -> Result<Anchor, Broken> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name IN
        ('ledger_no_update', 'ledger_no_delete', 'ledger_in_order', 'ledger_anchor_no_update',
         'ledger_anchor_no_delete', 'ledger_anchor_holds')";
    match conn.query_row(sql, [], |r| r.get(0)) {
        Ok(6) => Ok(end),
        Ok(_) | Err(_) => Err(Broken {
            seq: end.seq,
            why: "the guards against changes were taken off the table".to_owned(),
        }),
    }
}

fn insert(conn: &Connection, entry: &Entry) -> Result<(), StoreError> {
    let Body {
        of,
        at,
        scene,
        showing,
        operation,
        subject,
        asked,
        verdict,
        actor,
        channel,
        key,
        answer,
        outcome,
        times,
    } = &entry.body;
    let us = |time: Option<Duration>| time.map(|d| d.as_micros() as i64);
    // In the order of the table: names would be looked up with each entry.
    let sql = "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    conn.prepare_cached(sql)
        .and_then(|mut statement| {
            statement.execute(params![
                entry.seq,
                of,
                at.as_millisecond(),
                scene.host,
                scene.session.as_str(),
                scene.pane.id.0,
                scene.pane.pid,
                scene.pane.start,
                scene.agent,
                scene.cwd,
                showing.to_string(),
                operation.word(),
                subject.as_ref().map(Masked::as_str),
                asked.as_ref().map(Masked::as_str),
                verdict.action.word(),
                verdict.rule,
                verdict.reason,
                actor.to_string(),
                channel.map(Channel::word),
                key.as_ref().map(KeyName::as_str),
                outcome.word(),
                us(times.seen),
                us(times.pressed),
                us(times.cleared),
                entry.hash.0,
                answer.map(Said::word),
            ])
        })
        .map_err(said)?;
    Ok(())
}

fn entry(r: &Row<'_>) -> rusqlite::Result<Entry> {
    let us = |name: &str| Ok::<_, Error>(r.get::<_, Option<u64>>(name)?.map(Duration::from_micros));
    let text = |name: &str| r.get::<_, String>(name);
    let masked = |name: &str| Ok::<_, Error>(r.get::<_, Option<String>>(name)?.map(Masked::stored));
    Ok(Entry {
        seq: r.get("seq")?,
        body: Body {
            of: r.get("of_seq")?,
            at: known("at_ms", Timestamp::from_millisecond(r.get("at_ms")?).ok())?,
            scene: Scene {
                host: text("host")?,
                session: SessionName::new(&text("session")?),
                pane: PaneIdentity { id: PaneId(r.get("pane")?), pid: r.get("pid")?, start: r.get("start")? },
                agent: r.get("agent")?,
                cwd: r.get("cwd")?,
            },
            showing: known("dialog", Showing::parse(&text("dialog")?))?,
            operation: word("operation", &text("operation")?, &Operation::ALL, Operation::word)?,
            subject: masked("subject")?,
            asked: masked("asked")?,
            verdict: Ruling {
                action: word("verdict", &text("verdict")?, &ACTIONS, Action::word)?,
                rule: text("rule")?,
                reason: text("reason")?,
            },
            actor: Actor::parse(&text("actor")?),
            channel: match r.get::<_, Option<String>>("channel")? {
                None => None,
                Some(c) => Some(word("channel", &c, &Channel::ALL, Channel::word)?),
            },
            key: match r.get::<_, Option<String>>("key")? {
                None => None,
                Some(k) => Some(known("key", KeyName::new(&k))?),
            },
            answer: match r.get::<_, Option<String>>("answer")? {
                None => None,
                Some(a) => Some(word("answer", &a, &Said::ALL, Said::word)?),
            },
            outcome: word("outcome", &text("outcome")?, &Outcome::ALL, Outcome::word)?,
            times: Times { seen: us("seen_us")?, pressed: us("pressed_us")?, cleared: us("cleared_us")? },
        },
        hash: Hash(r.get("hash")?),
    })
}

/// A word of a closed list, by the list itself.
fn word<T: Copy>(column: &str, s: &str, all: &[T], of: impl Fn(T) -> &'static str) -> rusqlite::Result<T> {
    known(column, all.iter().copied().find(|w| of(*w) == s))
}

fn known<T>(column: &str, value: Option<T>) -> rusqlite::Result<T> {
    let why = || format!("the ledger has something in {column} that is never put there");
    value.ok_or_else(|| Error::FromSqlConversionFailure(0, Type::Text, why().into()))
}
