//! `archtui metrics`: figures from the ledger, the queue and whoever acts, as a page or as `archtui.metrics/1`.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::policy::past::{self, Since};
use super::setup::Ground;
use super::{Fail, Global, actor, desk, out};
use crate::domain::ledger::Latency;
use crate::domain::metrics::{Metrics, Prompts, Tasks};
use crate::domain::task::evidence::span;
use crate::domain::text;
use crate::runtime::clock;
use crate::store::list::Pick;

/// Hours that are told one by one.
const HOURS: i64 = 24;
/// Days that are.
const DAYS: i64 = 7;

/// Options of `archtui metrics`.
#[derive(Debug, clap::Args)]
pub struct MetricsArgs {
    /// One line of JSON, schema archtui.metrics/1
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    since: Since,
}

/// What waits for an answer now, as whoever acts tells it.
struct Waiting {
    open: usize,
    oldest: Option<(String, Duration)>,
}

/// Sums up and prints.
pub fn run(global: &Global, args: &MetricsArgs) -> Result<(), Fail> {
    let ground = Ground::lay(global)?;
    let mut metrics = Metrics::default();
    past::each(&ground, &args.since, |entry| metrics.add(&entry))?;
    let all = Pick { finished: usize::MAX, ..Pick::default() };
    let tasks = match desk::read(&ground)? {
        Some(store) => Some(Tasks::of(&store.pick(&all).map_err(desk::broken)?.tasks)),
        None => None,
    };
    let now = clock::now();
    let waiting = actor::gallery(&ground).look().map(|word| {
        let oldest = word.queue.iter().min_by_key(|c| c.since);
        Waiting {
            open: word.queue.len(),
            oldest: oldest.map(|c| (c.session.to_string(), now.mono.saturating_sub(c.since))),
        }
    });
    if args.json {
        out::json(&as_json(&ground, args, &metrics, tasks.as_ref(), waiting.as_ref(), now.utc));
    } else {
        for line in as_text(&metrics, tasks.as_ref(), waiting.as_ref(), now.utc) {
            out::line(&line);
        }
    }
    Ok(())
}

fn prompts(p: &Prompts) -> Value {
    json!({
        "seen": p.seen, "confirmed": p.tally.confirmed(), "would_confirm": p.watched(), "denied": p.tally.denied(),
        "by_person": p.by_person, "held": p.held(), "failed": p.failed(),
        "unknown": p.unknown(),
    })
}

fn latency(l: Latency, unit: fn(Duration) -> Value) -> Value {
    json!({ "p50": l.p50.map(unit), "p99": l.p99.map(unit), "count": l.count })
}

fn ms(d: Duration) -> Value {
    // To the microsecond.
    json!(Duration::from_micros(u64::try_from(d.as_micros()).unwrap_or(u64::MAX)).as_secs_f64() * 1000.0)
}

fn seconds(d: Duration) -> Value {
    json!(d.as_secs())
}

fn times(of: &[(Timestamp, Option<&Prompts>)]) -> Vec<Value> {
    let one = |(begins, p): &(Timestamp, Option<&Prompts>)| json!({ "from": begins.to_string(), "prompts": p.map(prompts) });
    of.iter().map(one).collect()
}

fn as_json(
    ground: &Ground,
    args: &MetricsArgs,
    metrics: &Metrics,
    tasks: Option<&Tasks>,
    waiting: Option<&Waiting>,
    now: Timestamp,
) -> Value {
    let any = metrics.from.is_some();
    let age = |at: Timestamp| Duration::try_from(now.duration_since(at)).ok().map(|d| d.as_secs());
    let rules: serde_json::Map<String, Value> = metrics
        .all
        .tally
        .rules
        .iter()
        .map(|(id, n)| {
            let told = json!({
                "confirmed": n.cleared, "denied": n.denied, "would_confirm": n.watched, "held": n.held,
                "failed": n.failed, "unknown": n.unknown,
            });
            (id.clone(), told)
        })
        .collect();
    let sessions: serde_json::Map<String, Value> =
        metrics.sessions.iter().map(|(name, p)| (name.to_string(), prompts(p))).collect();
    json!({
        "schema": "archtui.metrics/1",
        "at": now.to_string(),
        "fleet": ground.loaded.config.fleet.name,
        "since": args.since.from().map(|t| t.to_string()),
        "from": metrics.from.map(|t| t.to_string()),
        "prompts": any.then(|| prompts(&metrics.all)),
        "hours": times(&metrics.hours(now, HOURS)),
        "days": times(&metrics.days(now, DAYS)),
        "rules": rules,
        "sessions": sessions,
        "latency_ms": {
            "seen": latency(metrics.all.read(), ms),
            "pressed": latency(metrics.all.tally.pressed(), ms),
            "cleared": latency(metrics.all.tally.cleared(), ms),
        },
        "waiting": waiting.map(|w| json!({
            "open": w.open,
            "oldest": w.oldest.as_ref().map(|(session, age)| json!({ "session": session, "age_s": age.as_secs() })),
        })),
        "tasks": tasks.map(|t| json!({
            "states": t.states,
            "oldest_queued_s": t.oldest.and_then(age),
            "wait_s": latency(t.wait, seconds),
            "duration_s": latency(t.time, seconds),
        })),
    })
}

fn line(name: &str, p: &Prompts) -> String {
    let (name, room) = (text::fit(&text::printable(name), 24), 24);
    let unknown = match p.unknown() {
        0 => String::new(),
        n => format!(" {n} unknown"),
    };
    let pad = " ".repeat(room - text::width(&name).min(room));
    format!(
        "  {name}{pad} {:>6} seen {:>6} confirmed {:>4} would be {:>4} denied {:>5} held {:>4} by you {:>3} failed{unknown}",
        p.seen,
        p.tally.confirmed(),
        p.watched(),
        p.tally.denied(),
        p.held(),
        p.by_person,
        p.failed()
    )
}

fn two(l: Latency, unit: fn(Duration) -> String) -> String {
    match (l.p50, l.p99) {
        (Some(p50), Some(p99)) => format!("{} / {} ({})", unit(p50), unit(p99), l.count),
        _ => "not measured".to_owned(),
    }
}

fn as_text(
    metrics: &Metrics,
    tasks: Option<&Tasks>,
    waiting: Option<&Waiting>,
    now: Timestamp,
) -> Vec<String> {
    let millis = |d: Duration| format!("{} ms", d.as_millis());
    let mut lines = Vec::new();
    match metrics.from {
        None => lines.push("prompts: none was seen yet".to_owned()),
        Some(from) => {
            lines.push(format!("prompts since {from}"));
            lines.push(line("all", &metrics.all));
            for (title, all, room) in
                [("hours", metrics.hours(now, HOURS), 16), ("days", metrics.days(now, DAYS), 10)]
            {
                let busy: Vec<_> = all.iter().filter_map(|(at, p)| Some((at, (*p)?))).collect();
                lines.push(format!("{title}, UTC"));
                for (at, p) in busy.iter().filter(|(_, p)| p.seen > 0 || p.tally.confirmed() > 0) {
                    lines.push(line(&at.to_string()[..room], p));
                }
            }
            lines.push("sessions".to_owned());
            lines.extend(metrics.sessions.iter().map(|(name, p)| line(name.as_str(), p)));
            lines.push("rules".to_owned());
            lines.extend(metrics.all.tally.rules.iter().map(|(id, n)| {
                format!(
                    "  {}: confirmed {}, denied {}, would have confirmed {}, held {}, did not come off {}, unknown {}",
                    text::printable(id),
                    n.cleared,
                    n.denied,
                    n.watched,
                    n.held,
                    n.failed,
                    n.unknown
                )
            }));
            lines.push("after the dialog's last byte, p50 / p99 (measured)".to_owned());
            lines.push(format!("  seen     {}", two(metrics.all.read(), millis)));
            lines.push(format!("  pressed  {}", two(metrics.all.tally.pressed(), millis)));
            lines.push(format!("  cleared  {}", two(metrics.all.tally.cleared(), millis)));
        }
    }
    lines.push(match waiting {
        None => "waiting: nobody acts, so nobody tells".to_owned(),
        Some(Waiting { oldest: Some((session, age)), open }) => {
            format!("waiting: {open}, the oldest in {} for {}", text::printable(session), span(*age))
        }
        Some(Waiting { oldest: None, .. }) => "waiting: nobody".to_owned(),
    });
    match tasks {
        None => lines.push("tasks: none was queued yet".to_owned()),
        Some(t) => {
            let states: Vec<String> =
                t.states.iter().filter(|(_, n)| **n > 0).map(|(s, n)| format!("{s} {n}")).collect();
            lines.push(format!(
                "tasks: {}",
                if states.is_empty() { "none".into() } else { states.join(", ") }
            ));
            lines.push(format!("  wait      {}", two(t.wait, span)));
            lines.push(format!("  duration  {}", two(t.time, span)));
        }
    }
    lines
}
