//! `archtui ledger`: what was seen, decided, sent and what came of it, as lines or as `archtui.ledger/1`; and whether the
//! chain holds.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec};
use serde_json::{Value, json};

use super::{Fail, Global, out, setup};
use crate::config::{Env, Span, files};
use crate::domain::ledger::{Anchor, Broken, Channel, Entry, Outcome};
use crate::domain::text;
use crate::ports::{Ledger, StoreError};
use crate::store::Store;

/// Entries that are read at a time.
const BATCH: usize = 512;
/// How many entries `--follow` tells before it waits, unless `--since` says.
const TAIL: u64 = 10;
/// How often `--follow` looks.
const EVERY: Duration = Duration::from_millis(250);

/// Options of `archtui ledger`.
#[derive(Debug, clap::Args)]
pub struct LedgerArgs {
    /// One line of JSON an entry, schema archtui.ledger/1
    #[arg(long)]
    json: bool,
    /// Go on with new entries as they are written
    #[arg(long, conflicts_with = "verify")]
    follow: bool,
    /// Follow the hash chain: nothing was changed, left out or cut off
    #[arg(long, conflicts_with = "since")]
    verify: bool,
    /// Only entries younger than this, for example 30m, 8h, 7d
    #[arg(long, value_name = "SPAN", value_parser = Span::parse)]
    since: Option<Span>,
}

/// Reads the fleet's ledger and prints.
#[expect(clippy::disallowed_methods, reason = "a command's own clock")]
pub fn run(global: &Global, args: &LedgerArgs) -> Result<(), Fail> {
    let folder = folder(global)?;
    let store = loop {
        match Store::read_only(&folder) {
            Err(StoreError::Broken(why)) if args.verify => {
                return told(args, Anchor::default(), &Err(Broken { seq: 1, why }), 0);
            }
            // Whoever acts will make it.
            Err(StoreError::Missing) if args.follow => {
                if !is_read_on() {
                    return Ok(());
                }
            }
            other => break other.map_err(fail)?,
        }
    };
    if args.verify {
        let checked = store.verify().map_err(fail)?;
        return told(args, checked.from, &checked.end, checked.entries);
    }
    let mut at = match args.since {
        Some(Span(span)) => {
            let from = Timestamp::now().checked_sub(span).unwrap_or(Timestamp::MIN);
            store.before(from).map_err(fail)?
        }
        None if args.follow => store.head().map_err(fail)?.seq.saturating_sub(TAIL),
        None => 0,
    };
    let mut any = false;
    loop {
        let batch = store.since(at, BATCH).map_err(fail)?;
        for entry in &batch {
            if args.json { out::json(&as_json(entry)) } else { out::line(&as_line(entry)) }
        }
        any |= !batch.is_empty();
        match batch.last() {
            Some(last) => at = last.seq,
            None if args.follow => {
                if !is_read_on() {
                    return Ok(());
                }
            }
            None if any => return Ok(()),
            None => return Err(nothing()),
        }
    }
}

/// After a while: false if who reads has gone. On a descriptor from which nothing is wanted only its end is told.
fn is_read_on() -> bool {
    let stdout = std::io::stdout();
    let mut ends = [PollFd::new(&stdout, PollFlags::empty())];
    let span = Timespec { tv_sec: 0, tv_nsec: i64::from(EVERY.subsec_nanos()) };
    !matches!(rustix::event::poll(&mut ends, Some(&span)), Ok(1..))
}

fn folder(global: &Global) -> Result<PathBuf, Fail> {
    let env = Env::read();
    let loaded = files::load(global.config.as_deref(), &env)?;
    setup::state_to_read(&env, &loaded.config.fleet.name)
}

fn nothing() -> Fail {
    Fail::not_found(
        "the ledger has no such entries: nothing was confirmed or held",
        "start `archtui` or `archtui daemon`, which write it; --follow waits for the first one",
    )
}

fn fail(e: StoreError) -> Fail {
    match e {
        StoreError::Missing => nothing(),
        e => Fail::failed(e.to_string(), e.hint()),
    }
}

/// How the chain stands; a break is a finding.
#[expect(clippy::disallowed_methods, reason = "a command's own clock")]
fn told(args: &LedgerArgs, from: Anchor, end: &Result<Anchor, Broken>, entries: u64) -> Result<(), Fail> {
    if args.json {
        let broken = end.as_ref().err();
        out::json(&json!({
            "schema": "archtui.ledger/1",
            "at": Timestamp::now().to_string(),
            "holds": end.is_ok(),
            "entries": entries,
            // The last entry that was let go for its age: the chain goes on from there.
            "checkpoint": (from.seq > 0).then(|| json!({ "seq": from.seq, "hash": from.hash.to_string() })),
            "head": end.as_ref().ok().map(|a| json!({ "seq": a.seq, "hash": a.hash.to_string() })),
            "broken": broken.map(|b| json!({ "seq": b.seq, "why": b.why })),
        }));
    }
    match end {
        Ok(head) => {
            if !args.json {
                out::line(&format!(
                    "the chain holds: {entries} entries, the last is {} {}",
                    head.seq, head.hash
                ));
                if from.seq > 0 {
                    let (seq, hash) = (from.seq, from.hash);
                    out::line(&format!(
                        "older ones were let go for their age, up to {seq}: the chain goes on from {hash}"
                    ));
                }
            }
            Ok(())
        }
        Err(broken) => {
            if !args.json {
                out::line(&format!("the chain is broken at {broken}"));
                out::line(&format!("{entries} entries before that are as they were written"));
            }
            Err(Fail::findings())
        }
    }
}

/// An entry as `archtui.ledger/1`. What is not known is null.
fn as_json(entry: &Entry) -> Value {
    let body = &entry.body;
    let ms = |time: Option<Duration>| time.map(|d| d.as_micros() as f64 / 1000.0);
    json!({
        "schema": "archtui.ledger/1",
        "at": body.at.to_string(),
        "seq": entry.seq,
        "of": body.of,
        "host": body.scene.host,
        "session": body.scene.session,
        "pane": body.scene.pane.id.to_string(),
        "pid": body.scene.pane.pid,
        "agent": body.scene.agent,
        "cwd": body.scene.cwd,
        "dialog": body.showing.to_string(),
        "operation": body.operation,
        "subject": body.subject,
        "verdict": body.verdict.action,
        "rule": body.verdict.rule,
        "reason": body.verdict.reason,
        "actor": body.actor.to_string(),
        "channel": body.channel,
        "key": body.key,
        "answer": body.answer,
        "outcome": body.outcome,
        "seen_ms": ms(body.times.seen),
        "pressed_ms": ms(body.times.pressed),
        "cleared_ms": ms(body.times.cleared),
        "hash": entry.hash.to_string(),
    })
}

/// A text in which what is not seen, or hides what is, stands by its number.
fn telling(subject: &str) -> String {
    let shown = |c: char| if text::is_unseen(c) { c.escape_unicode().to_string() } else { c.to_string() };
    subject.chars().map(shown).collect()
}

/// An entry as a line for a person.
fn as_line(entry: &Entry) -> String {
    let body = &entry.body;
    let subject = body.subject.as_ref().map_or("", |s| s.as_str()).replace('\n', " ⏎ ");
    let mark = match body.outcome {
        _ if body.is_denial() => "⊖",
        _ if body.is_grant() => "⊕",
        Outcome::Cleared => "✓",
        Outcome::Intended | Outcome::Watched | Outcome::Gone => "·",
        Outcome::Held | Outcome::Ignored => "‖",
        Outcome::Stuck | Outcome::Refused | Outcome::Withdrawn | Outcome::Unknown => "✖",
    };
    let how = match (body.channel, &body.key) {
        (Some(Channel::Key), Some(key)) => format!(" key {}", key.as_str()),
        (Some(channel), _) => format!(" {}", channel.word()),
        (None, _) => String::new(),
    };
    let time = match body.times.pressed {
        Some(d) => format!(" {:.1} ms", d.as_secs_f64() * 1000.0),
        None => String::new(),
    };
    let line = format!(
        "{} {} {} {} {mark} {}{how}{time} · {} ({}: {})",
        body.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        body.scene.session,
        body.operation.word(),
        text::fit(&telling(&subject), 80),
        body.word(),
        body.actor,
        body.verdict.rule,
        body.verdict.reason,
    );
    text::printable(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_stands_by_its_number() {
        for (text, told) in [
            ("touch a\u{200b}.txt", "touch a\\u{200b}.txt"),
            ("touch a\u{202e}txt.exe", "touch a\\u{202e}txt.exe"),
            ("a\u{1b}[31m", "a\\u{1b}[31m"),
            ("grün … 中 ⏎", "grün … 中 ⏎"),
        ] {
            assert_eq!(telling(text), told);
        }
    }
}
