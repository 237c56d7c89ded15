//! `archtui send`: puts work into the queue: one text, or a plan of several that wait for each other. Who may take it is
//! checked here; it is typed by the actor, when a session is free.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::setup::Ground;
use super::{Fail, Global, answer, desk, out, who};
use crate::config::{Span, files};
use crate::domain::roster::Member;
use crate::domain::session::SessionName;
use crate::domain::task::plan::{self, Plan};
use crate::domain::task::{After, Order, Priority, Refusal, Request, Sender, TaskId, TaskText, Wish, entry};
use crate::domain::text;

/// Options of `archtui send`.
#[derive(Debug, clap::Args)]
pub struct SendArgs {
    /// What is to be done; `-` reads it from stdin
    #[arg(value_name = "TEXT|-")]
    text: Option<String>,
    /// Read the text from a file
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    file: Option<PathBuf>,
    /// Queue a plan: a Markdown checklist or a TOML list of tasks that wait for each other; shown first
    #[arg(long, value_name = "FILE", conflicts_with_all = ["text", "file", "key"])]
    plan: Option<PathBuf>,
    /// The one session that may take it
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Only a session with this role, skill or tier
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// How urgent, 0 to 10 [default: 5]
    #[arg(long, value_name = "0-10", allow_negative_numbers = true)]
    priority: Option<String>,
    /// Only when this task is done; may be given several times
    #[arg(long, value_name = "ID")]
    after: Vec<String>,
    /// The session that sends, bound to the chain of command; found out by itself inside a session of the roster
    #[arg(long, value_name = "NAME")]
    from: Option<String>,
    /// When to call it overdue [default: 30m]
    #[arg(long, value_name = "30m")]
    timeout: Option<String>,
    /// A name for it: while a task of that name is unfinished, and 10 minutes after, another is refused
    #[arg(long, value_name = "K")]
    key: Option<String>,
    /// Queue it even if the same is there already
    #[arg(long)]
    again: bool,
    /// Only show what would be queued, and what is wrong with it
    #[arg(long)]
    dry_run: bool,
    /// Queue a plan without asking
    #[arg(long, requires = "plan")]
    yes: bool,
    /// As one line of JSON, schema archtui.sent/1
    #[arg(long)]
    json: bool,
}

/// Checks, queues, prints the numbers.
pub fn run(global: &Global, args: &SendArgs) -> Result<(), Fail> {
    let ground = Ground::lay(global)?;
    let base = order(args)?;
    let orders = match &args.plan {
        None => vec![Order { text: text_of(args)?, ..base.clone() }],
        Some(file) => plan_of(file, &base)?.orders,
    };
    let asker = who::sends(&ground, args.from.as_deref())?;
    let roster = ground.loaded.config.roster();
    let mut requests: Vec<Request> = Vec::new();
    for (i, order) in orders.into_iter().enumerate() {
        let order = Order { origin: Some(asker.origin.clone()), ..order };
        let place = |r: Refusal| match &args.plan {
            Some(_) => in_plan(&r, i),
            None => desk::refused(&r),
        };
        requests.push(entry::check(order, &asker.sender, &roster).map_err(place)?);
    }
    // A pattern covers names that nobody has: of those only what runs is a session.
    let covered = |name: &&SessionName| roster.member(name).is_some_and(Member::is_pattern);
    let named: BTreeSet<&SessionName> = requests.iter().filter_map(Request::target).filter(covered).collect();
    named.into_iter().try_for_each(|name| answer::exists(&ground, name))?;
    let left_out: usize = requests.iter().map(|r| r.left_out).sum();
    complain_of(left_out);
    if args.plan.is_some() || args.dry_run {
        // What the queue would refuse is no question for a person.
        desk::would(&ground, Wish::Add(requests.clone()))?.map_err(|r| desk::refused(&r))?;
        show(&requests);
        if args.dry_run {
            out::complain("nothing is queued: this is what would be");
            return Ok(());
        }
        if !args.yes && !desk::confirm(&format!("Queue these {}?", requests.len()), true) {
            return Err(Fail::not_found("nothing was queued", "say yes, or give --yes"));
        }
    }
    let (granted, _) = desk::ask(&ground, Wish::Add(requests))?.map_err(|r| desk::refused(&r))?;
    tell(args, &asker.sender, &granted.ids);
    Ok(())
}

fn tell(args: &SendArgs, from: &Sender, ids: &[TaskId]) {
    if args.json {
        let at = desk::now().wall.to_string();
        let from = from.session();
        out::json(&json!({ "schema": "archtui.sent/1", "at": at, "from": from, "ids": ids }));
    } else {
        for id in ids {
            out::line(&id.to_string());
        }
    }
}

/// What the options say, the text left open.
fn order(args: &SendArgs) -> Result<Order, Fail> {
    let after: Result<Vec<After>, Fail> = args.after.iter().map(|a| desk::id(a).map(After::Task)).collect();
    Ok(Order {
        target: args.target.clone(),
        role: args.role.clone(),
        priority: args.priority.as_deref().map(priority).transpose()?.unwrap_or_default(),
        after: after?,
        key: args.key.clone(),
        timeout: args.timeout.as_deref().map(timeout).transpose()?,
        again: args.again,
        ..Order::new("")
    })
}

/// A priority as it was written.
pub fn priority(written: &str) -> Result<Priority, Fail> {
    let number = written.parse().ok().and_then(Priority::new);
    number.ok_or_else(|| desk::refused(&Refusal::Priority(text::printable(written))))
}

/// A time limit as it was written; how long it may be is for the queue to say.
pub fn timeout(written: &str) -> Result<Duration, Fail> {
    Span::parse(written).map(|s| s.0).map_err(|e| Fail::usage(format!("--timeout: {e}"), ""))
}

/// A text given in one of these ways, checked; `None` if in none. What is left out of it is told.
pub fn words(text: Option<&str>, file: Option<&Path>) -> Result<Option<TaskText>, Fail> {
    let Some(raw) = raw(text, file)? else { return Ok(None) };
    let (text, left_out) = TaskText::new(&raw).map_err(|e| desk::refused(&Refusal::Text(e)))?;
    complain_of(left_out);
    Ok(Some(text))
}

fn text_of(args: &SendArgs) -> Result<String, Fail> {
    raw(args.text.as_deref(), args.file.as_deref())?.ok_or_else(|| {
        Fail::usage("there is nothing to send", "give the text, `-` for stdin, --file FILE or --plan FILE")
    })
}

fn raw(text: Option<&str>, file: Option<&Path>) -> Result<Option<String>, Fail> {
    match (file, text) {
        (Some(file), _) => read(file).map(Some),
        (None, Some("-")) => {
            let mut bytes = Vec::new();
            // One byte more than could ever be a task: enough to know that it is too long.
            let most = 2 * TaskText::MAX as u64 + 1;
            let read = std::io::stdin().lock().take(most).read_to_end(&mut bytes);
            read.map_err(|e| Fail::failed(format!("stdin cannot be read: {e}"), "try again"))?;
            let text = String::from_utf8(bytes);
            text.map(Some).map_err(|_| Fail::usage("stdin is not UTF-8 text", "send plain text"))
        }
        (None, text) => Ok(text.map(str::to_owned)),
    }
}

/// A file that is named must be there.
fn read(file: &Path) -> Result<String, Fail> {
    let missing = || {
        let what = format!("{}: no such file", text::printable(&file.display().to_string()));
        Fail::not_found(what, "check the path")
    };
    files::read(file, false)?.ok_or_else(missing)
}

fn complain_of(left_out: usize) {
    if left_out > 0 {
        let chars = if left_out == 1 { "character was" } else { "characters were" };
        out::complain(&format!(
            "archtui: {left_out} {chars} left out of the text: control codes or hidden characters"
        ));
    }
}

fn plan_of(file: &Path, base: &Order) -> Result<Plan, Fail> {
    let name = file.display().to_string();
    let source = read(file)?;
    let plan = plan::read(&name, &source, base, |s| Span::parse(s).map(|s| s.0)).map_err(|e| {
        let line = e.line.map(|n| format!(":{n}")).unwrap_or_default();
        Fail::usage(format!("{}{line}: {}", text::printable(&name), e.what), e.hint)
    })?;
    if plan.orders.is_empty() {
        let what = format!("all {} entries of the plan are ticked off", plan.ticked);
        return Err(Fail::not_found(what, "there is nothing to do"));
    }
    if plan.ticked > 0 {
        out::complain(&format!("{} entries are ticked off already and left out", plan.ticked));
    }
    Ok(plan)
}

fn in_plan(r: &Refusal, i: usize) -> Fail {
    let fail = desk::refused(r);
    let (what, hint) = fail.lines();
    let what = format!("entry {} of the plan: {what}", i + 1);
    match fail.code() {
        1 => Fail::failed(what, hint),
        _ => Fail::usage(what, hint),
    }
}

/// Shows on stderr what is to be queued, numbered.
fn show(requests: &[Request]) {
    for (i, r) in requests.iter().enumerate() {
        let after: Vec<String> = r
            .after()
            .iter()
            .map(|a| match a {
                After::Task(id) => format!("#{id}"),
                After::Entry(n) => (n + 1).to_string(),
            })
            .collect();
        let after = if after.is_empty() { String::new() } else { format!("  after {}", after.join(", ")) };
        let to = r.target().map(|t| format!("  → {t}")).unwrap_or_default();
        let head = text::fit(r.text().headline(), 60);
        out::complain(&format!("{:>3}. p{:<2} {head}{to}{after}", i + 1, r.priority().get()));
    }
}
