//! `archtui plan`: what `up` would do, and what a person has to. Changes nothing.

use serde_json::{Value, json};

use super::Sight;
use super::roster::Trees;
use crate::cli::{Fail, Global, out, setup};
use crate::config::{Config, SessionFault};
use crate::domain::fleet::{Plan, Row, Standing, Todo};
use crate::domain::text;

/// Options of `archtui plan`.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// As one line of JSON, schema archtui.plan/1
    #[arg(long)]
    json: bool,
    /// Also tell their role to sessions that no `up` made
    #[arg(long)]
    roles: bool,
    /// With a git work tree of its own for each worker that has none
    #[arg(long)]
    worktrees: bool,
}

/// Looks, prints. Exit code 0: `up` has something to do; 3: nothing is to be done; 4: something is for a person.
pub fn run(global: &Global, args: &PlanArgs) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    let trees = if args.worktrees { Trees::Make } else { Trees::AsTheyAre };
    let sight = Sight::take(&ground, trees)?;
    let plan = sight.plan(&ground, args.roles);
    if args.json {
        out::json(&json(&ground, &plan, sight.server.is_some()));
    } else {
        if sight.server.is_none() {
            out::line(&format!("no tmux server on {}: up starts it", ground.address.socket.display()));
        }
        for line in lines(&plan).into_iter().chain(faults(&ground.loaded.config)) {
            out::line(&line);
        }
        out::line(&sum(&plan));
    }
    end(&plan, &ground.loaded.config, args.json)
}

/// The exit code that a plan stands for.
pub fn end(plan: &Plan, config: &Config, quiet: bool) -> Result<(), Fail> {
    match () {
        () if !config.faults.is_empty() || plan.rows.iter().any(Row::needs_person) => Err(Fail::findings()),
        () if plan.rows.iter().any(Row::has_work) => Ok(()),
        () if quiet => Err(Fail::not_found("", "")),
        () => Err(Fail::not_found("nothing to do", "roster and server agree")),
    }
}

/// Entries of the roster that cannot be meant so, a row each.
pub fn faults(config: &Config) -> Vec<String> {
    let row = |f: &SessionFault| {
        let name = text::fit(&text::printable(&f.name), 30);
        text::printable(&format!("! {name}  left out: {}; {}", f.what, f.hint))
    };
    config.faults.iter().map(row).collect()
}

/// The sign of a row: what is made, what goes on, what is a person's.
const fn sign(row: &Row) -> &'static str {
    match row.todo {
        Todo::Create | Todo::Renew => "+",
        Todo::Wait | Todo::Tell | Todo::Told(_) => "~",
        Todo::Person(_) => "!",
        Todo::Nothing => "=",
    }
}

/// One line a session, those of the roster first.
pub fn lines(plan: &Plan) -> Vec<String> {
    let names = plan.rows.iter().map(|r| &r.name).chain(&plan.unmanaged);
    lines_of(plan, names.map(|n| text::width(n.as_str())).max().unwrap_or(0).clamp(7, 30))
}

/// The same with so many columns for names.
pub fn lines_of(plan: &Plan, width: usize) -> Vec<String> {
    let named = |sign: &str, name: &str, rest: String| {
        let name = text::fit(name, width);
        let pad = " ".repeat(width - text::width(&name));
        format!("{sign} {name}{pad}  {rest}").trim_end().to_owned()
    };
    let rows = plan.rows.iter().map(|r| {
        let mut said = vec![words(r)];
        said.extend(r.remarks.iter().map(ToString::to_string));
        let said = said.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("; ");
        named(sign(r), r.name.as_str(), format!("{:<10}  {}", r.standing.word(), text::printable(&said)))
    });
    let others = plan
        .unmanaged
        .iter()
        .map(|n| named("?", n.as_str(), "unmanaged   not in the roster: left alone".to_owned()));
    rows.chain(others).collect()
}

fn words(row: &Row) -> String {
    let process = match &row.standing {
        Standing::NoAgent(process) => format!("{process} runs there; "),
        _ => String::new(),
    };
    let todo = match &row.todo {
        Todo::Nothing => String::new(),
        Todo::Create => "up makes it".to_owned(),
        Todo::Renew => "its program has ended; up makes it anew".to_owned(),
        Todo::Wait => "it is starting".to_owned(),
        Todo::Tell => "up tells it its role".to_owned(),
        Todo::Told(id) => format!("its role prompt is in the queue (task {id})"),
        Todo::Person(why) => why.clone(),
    };
    process + &todo
}

fn sum(plan: &Plan) -> String {
    let count = |f: fn(&Row) -> bool| plan.rows.iter().filter(|r| f(r)).count();
    let making = count(|r| matches!(r.todo, Todo::Create | Todo::Renew));
    let telling = count(|r| matches!(r.todo, Todo::Tell | Todo::Told(_)));
    format!(
        "{} in the roster: {making} to make, {telling} to tell their role, {} for you; {} unmanaged",
        plan.rows.len(),
        count(Row::needs_person),
        plan.unmanaged.len()
    )
}

fn json(ground: &setup::Ground, plan: &Plan, server: bool) -> Value {
    json!({
        "schema": "archtui.plan/1",
        "at": crate::cli::desk::now().wall.to_string(),
        "server": { "socket": ground.address.socket.display().to_string(), "up": server },
        "sessions": plan.rows.iter().map(row).collect::<Vec<_>>(),
        "unmanaged": plan.unmanaged,
        "faults": ground.loaded.config.faults.iter().map(fault).collect::<Vec<_>>(),
    })
}

fn fault(f: &SessionFault) -> Value {
    json!({ "name": f.name, "what": f.what, "hint": f.hint })
}

fn row(row: &Row) -> Value {
    json!({
        "name": row.name,
        "state": row.standing.word(),
        "pane": row.pane.map(|p| p.id.to_string()),
        "pid": row.pane.map(|p| p.pid),
        "todo": row.todo.word(),
        "person": row.needs_person(),
        "why": words(row),
        "remarks": row.remarks.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
