//! `archtui tasks`: the queue as a table or as `archtui.tasks/1`.

use jiff::Timestamp;
use serde::Serialize;

use super::desk::{self, age, broken};
use super::setup::Ground;
use super::{Fail, Global, out};
use crate::domain::roster::Roster;
use crate::domain::session::SessionName;
use crate::domain::task::{Evidence, Kind, Priority, State, Task, TaskId, TaskText, entry};
use crate::domain::text;
use crate::store::list::{Pick, Picked, Whose};

/// Finished tasks that `--json` has; older ones are counted.
const FINISHED: usize = 200;
/// The same in a table, unless more are asked for.
const SHOWN_FINISHED: usize = 20;
/// Unfinished ones in a table.
const SHOWN: usize = 100;

/// Options of `archtui tasks`.
#[derive(Debug, clap::Args)]
pub struct TasksArgs {
    /// As one line of JSON, schema archtui.tasks/1: all that are unfinished and the newest 200 finished ones
    #[arg(long)]
    json: bool,
    /// Only tasks in this state; may be given several times
    #[arg(long, value_name = "STATE")]
    state: Vec<String>,
    /// Only tasks that this session has, had last, or is the target of
    #[arg(long, value_name = "NAME")]
    session: Option<String>,
    /// Only tasks for this role, skill or tier, or with a session that has it
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// List so many tasks at most; the rest is counted [default: 100 unfinished and 20 finished]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// What those who asked were told: in a session of the roster its own inbox, else everybody's. Marks it as read
    #[arg(long, conflicts_with_all = ["state", "session", "role"])]
    inbox: bool,
    /// Of the inbox only what was not read yet
    #[arg(long, requires = "inbox")]
    unread: bool,
}

/// Lists the queue. An empty one is no failure.
pub fn run(global: &Global, args: &TasksArgs) -> Result<(), Fail> {
    let ground = Ground::lay(global)?;
    if args.inbox {
        return super::inbox::run(&ground, args.json, args.unread, args.limit.unwrap_or(FINISHED));
    }
    let pick = pick(args, &ground.loaded.config.roster())?;
    let store = desk::read(&ground)?;
    let picked = store.map(|store| store.pick(&pick).map_err(broken)).transpose()?.unwrap_or_default();
    if args.json {
        print_json(picked);
    } else {
        print_table(&picked, pick.is_all());
    }
    Ok(())
}

fn pick(args: &TasksArgs, roster: &Roster) -> Result<Pick, Fail> {
    let states: Result<Vec<State>, Fail> = args.state.iter().map(|s| state(s)).collect();
    let mut whose = Vec::new();
    if let Some(name) = &args.session {
        whose.push(Whose { sessions: vec![SessionName::new(name)], role: None });
    }
    if let Some(role) = &args.role {
        entry::known_role(role, roster).map_err(|r| desk::refused(&r))?;
        let named = roster.members.iter().filter(|m| m.answers_to(role));
        let sessions = named.map(|m| SessionName::new(&m.name)).collect();
        whose.push(Whose { sessions, role: Some(role.clone()) });
    }
    let (most, finished) = match (args.limit, args.json) {
        (Some(n), _) => (Some(n), n),
        (None, true) => (None, FINISHED),
        (None, false) => (Some(SHOWN), SHOWN_FINISHED),
    };
    Ok(Pick { states: states?, whose, most, finished })
}

fn state(word: &str) -> Result<State, Fail> {
    let words = || State::ALL.iter().map(|s| s.word());
    State::ALL.into_iter().find(|s| s.word() == word).ok_or_else(|| {
        let near = text::nearest(word, words());
        let all = || format!("there are: {}", words().collect::<Vec<_>>().join(", "));
        let hint = near.map_or_else(all, |near| format!("did you mean \"{near}\"?"));
        Fail::usage(format!("no task is ever \"{}\"", text::printable(word)), hint)
    })
}

/// Written task by task: ten thousand of them are megabytes.
fn print_json(mut picked: Picked) {
    picked.tasks.sort_unstable_by_key(|t| t.id);
    let at = desk::now().wall.to_string();
    let tasks: Vec<Shown<'_>> = picked.tasks.iter().map(Shown::of).collect();
    let left_out = picked.left_out + picked.older;
    out::json_now(&Told { schema: "archtui.tasks/1", at: &at, tasks, left_out });
}

fn print_table(picked: &Picked, all: bool) {
    let now = desk::now().wall;
    if picked.tasks.is_empty() {
        let empty = "the queue is empty; `archtui send TEXT --target NAME` queues a task";
        out::line(if all { empty } else { "no such task" });
    }
    let rows: Vec<String> = picked.tasks.iter().map(|t| row(t, now)).collect();
    if !rows.is_empty() {
        out::line(&rows.join("\n"));
    }
    if picked.left_out > 0 {
        out::line(&format!("and {} more that are not finished; --limit N lists more", picked.left_out));
    }
    if picked.older > 0 {
        out::line(&format!(
            "and {} older finished tasks; `archtui task show ID` shows any of them",
            picked.older
        ));
    }
}

fn row(task: &Task, now: Timestamp) -> String {
    let id = format!("#{}", task.id);
    let flag = if task.overdue { " overdue" } else { "" };
    let to = match (task.session(), &task.target) {
        (Some(s), _) if task.state.has_session() || task.state == State::Done => s.to_string(),
        (_, Some(t)) => format!("→ {t}"),
        (_, None) => task.role.as_ref().map_or_else(|| "→ any".into(), |r| format!("→ {r}")),
    };
    let to = text::fit(&to, 22);
    let pad = " ".repeat(22_usize.saturating_sub(text::width(&to)));
    let why = task.reason.as_ref().map(|r| format!("  ({})", text::fit(&text::printable(r), 60)));
    format!(
        "{id:<6} {:<9} p{:<2} {to}{pad} {:>9}  {}{flag}{}",
        task.state.word(),
        task.priority.get(),
        age(task.finished.unwrap_or(task.created), now),
        text::fit(task.text.headline(), 60),
        why.unwrap_or_default(),
    )
}

/// What `--json` prints.
#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    at: &'a str,
    tasks: Vec<Shown<'a>>,
    left_out: usize,
}

/// A task as in `archtui.tasks/1`.
#[derive(Serialize)]
pub struct Shown<'a> {
    id: TaskId,
    text: &'a TaskText,
    state: State,
    overdue: bool,
    kind: Kind,
    priority: Priority,
    target: Option<&'a SessionName>,
    role: Option<&'a str>,
    session: Option<&'a SessionName>,
    from: Option<&'a SessionName>,
    origin: Option<&'a str>,
    after: Option<&'a TaskId>,
    after_all: &'a [TaskId],
    key: Option<&'a str>,
    timeout_s: u64,
    created: Timestamp,
    delivered: Option<Timestamp>,
    done: Option<Timestamp>,
    finished: Option<Timestamp>,
    attempts: usize,
    reason: Option<&'a str>,
    evidence: Vec<String>,
}

impl<'a> Shown<'a> {
    /// That task.
    pub fn of(task: &'a Task) -> Self {
        Self {
            id: task.id,
            text: &task.text,
            state: task.state,
            overdue: task.overdue,
            kind: task.kind,
            priority: task.priority,
            target: task.target.as_ref(),
            role: task.role.as_deref(),
            session: task.session(),
            from: task.from.session(),
            origin: task.origin.as_deref(),
            after: task.after.first(),
            after_all: &task.after,
            key: task.key.as_deref(),
            timeout_s: task.timeout.as_secs(),
            created: task.created,
            delivered: task.delivered(),
            done: task.finished.filter(|_| task.state == State::Done),
            finished: task.finished,
            attempts: task.attempts.len(),
            reason: task.reason.as_deref(),
            evidence: task.evidence.iter().map(Evidence::sentence).collect(),
        }
    }
}
