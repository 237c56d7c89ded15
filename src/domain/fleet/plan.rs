//! The difference between roster and reality: one row a session, each with what `up` would do about it. What it cannot do
//! something about is a person's.

use std::fmt;

use super::{Found, Seen, Told, Wanted};
use crate::domain::roster::Member;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::status::State;
use crate::domain::task::TaskId;

/// How a session of the roster stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// No session has that name.
    Missing,
    /// Its agent has ended, and tmux keeps the dead pane.
    Ended,
    /// No agent runs in it, but this.
    NoAgent(String),
    /// Several agents run in it: which one is meant nobody knows.
    Several(usize),
    /// An agent runs there.
    Here(State),
}

impl Standing {
    /// The word in tables and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Ended => "ended",
            Self::NoAgent(_) => "no-agent",
            Self::Several(_) => "several",
            Self::Here(state) => state.word(),
        }
    }
}

/// Something about a session that is not as the roster says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// It works in another folder.
    WrongFolder {
        /// By the roster.
        want: String,
        /// By the system.
        is: String,
    },
    /// Another agent runs there.
    WrongAgent {
        /// By the roster.
        want: String,
        /// By its screen and its process.
        is: String,
    },
    /// The roster's folder cannot be one.
    BadFolder(String),
    /// What the roster starts cannot be started.
    BadStart(String),
    /// Our `up` did not make it: nothing of ours is sent there.
    NotOurs,
    /// A work tree is made for it first.
    NewTree {
        /// Its folder.
        path: String,
        /// Its branch.
        branch: String,
    },
    /// No work tree can be made for it.
    NoTree(String),
}

impl Remark {
    /// True if a person has to mend it: the others are only good to know.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::NotOurs | Self::NewTree { .. })
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongFolder { want, is } => write!(f, "works in {is}, not in {want}"),
            Self::WrongAgent { want, is } => write!(f, "runs {is}, not {want}"),
            Self::BadFolder(why) | Self::BadStart(why) => f.write_str(why),
            Self::NotOurs => f.write_str("not made by up"),
            Self::NewTree { path, branch } => write!(f, "in a work tree of its own, {path}, on {branch}"),
            Self::NoTree(why) => write!(f, "no work tree of its own: {why}"),
        }
    }
}

/// What is to be done about a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Todo {
    /// All is well.
    Nothing,
    /// Make it.
    Create,
    /// Its agent has ended: the session that we made is taken away and made anew.
    Renew,
    /// It is starting.
    Wait,
    /// Tell it its role.
    Tell,
    /// Its role prompt is on its way.
    Told(TaskId),
    /// A person has to look; why.
    Person(String),
}

impl Todo {
    /// The word in tables and JSON.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Nothing => "ok",
            Self::Create => "create",
            Self::Renew => "renew",
            Self::Wait => "wait",
            Self::Tell | Self::Told(_) => "tell-role",
            Self::Person(_) => "person",
        }
    }
}

/// A session of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: SessionName,
    /// Its place in the roster.
    pub member: usize,
    /// How it stands.
    pub standing: Standing,
    /// The pane of its agent, if there is one and only one.
    pub pane: Option<PaneIdentity>,
    /// What is not as the roster says.
    pub remarks: Vec<Remark>,
    /// What is to be done.
    pub todo: Todo,
}

impl Row {
    /// True if a person has to do something.
    pub fn needs_person(&self) -> bool {
        matches!(self.todo, Todo::Person(_)) || self.remarks.iter().any(Remark::is_fault)
    }

    /// True if our `up` made it.
    pub fn is_ours(&self) -> bool {
        self.standing != Standing::Missing && !self.remarks.contains(&Remark::NotOurs)
    }

    /// True if `up` has something to do.
    pub fn has_work(&self) -> bool {
        !matches!(self.todo, Todo::Nothing | Todo::Person(_))
    }
}

/// The whole difference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The roster's sessions, in its order; those that a pattern names stand in its place.
    pub rows: Vec<Row>,
    /// Sessions that the roster does not name: told, never touched.
    pub unmanaged: Vec<SessionName>,
}

/// Compares. A session is its own entry's before any pattern's. `all` also tells their role to sessions that we did not make.
pub fn plan(wanted: &[Wanted], found: &[Found], fleet: &str, all: bool) -> Plan {
    let mut plan = Plan::default();
    for (at, want) in wanted.iter().enumerate() {
        if !want.is_pattern() {
            let here = found.iter().find(|f| f.name.as_str() == want.name);
            plan.rows.push(row(at, want, here, fleet, all));
            continue;
        }
        let own = found.iter().filter(|f| place(wanted, &f.name) == Some(at));
        plan.rows.extend(own.map(|f| row(at, want, Some(f), fleet, all)));
    }
    let others = found.iter().filter(|f| place(wanted, &f.name).is_none());
    plan.unmanaged = others.map(|f| f.name.clone()).collect();
    plan
}

/// Whose session it is, by the same rule as everywhere.
fn place(wanted: &[Wanted], name: &SessionName) -> Option<usize> {
    let covers = |w: &Wanted| Member { name: w.name.clone(), ..Member::default() }.covers(name);
    let own = wanted.iter().position(|w| !w.is_pattern() && covers(w));
    own.or_else(|| wanted.iter().position(covers))
}

fn row(member: usize, want: &Wanted, here: Option<&Found>, fleet: &str, all: bool) -> Row {
    let mut remarks = Vec::new();
    let Some(found) = here else {
        let todo = start(want, Todo::Create, &mut remarks);
        let name = SessionName::new(&want.name);
        return Row { name, member, standing: Standing::Missing, pane: None, remarks, todo };
    };
    let ours = found.made_by.as_deref() == Some(fleet);
    let agents: Vec<&Seen> = found.panes.iter().filter(|p| p.agent.is_some() && !p.dead).collect();
    let (standing, pane) = match agents[..] {
        [one] if matches!(one.state, State::Exited | State::Shell) => (no_agent(&found.panes), None),
        [one] => (Standing::Here(one.state), Some(one)),
        [] => (no_agent(&found.panes), starting(&found.panes)),
        _ => (Standing::Several(agents.len()), None),
    };
    let standing = match (standing, pane) {
        (Standing::NoAgent(_), Some(pane)) => Standing::Here(pane.state),
        (standing, _) => standing,
    };
    if let Some(pane) = pane {
        compare(want, pane, &mut remarks);
    }
    if !ours {
        remarks.push(Remark::NotOurs);
    }
    let todo = match (&standing, pane) {
        (Standing::Ended, _) if ours => start(want, Todo::Renew, &mut remarks),
        // An `up` before did not see it through its start.
        (Standing::Here(State::Trust), _) if ours => Todo::Wait,
        (Standing::Here(state), Some(pane)) => here_now(want, pane, *state, ours || all),
        (standing, _) => Todo::Person(why(standing).to_owned()),
    };
    Row { name: found.name.clone(), member, standing, pane: pane.map(|p| p.pane), remarks, todo }
}

/// It can be started, or not.
fn start(want: &Wanted, todo: Todo, remarks: &mut Vec<Remark>) -> Todo {
    if let Some(Err(why)) = &want.folder {
        remarks.push(Remark::BadFolder(why.clone()));
    }
    if let Err(why) = &want.start {
        remarks.push(Remark::BadStart(why.clone()));
    }
    if let Some(Err(why)) = &want.tree {
        remarks.push(Remark::NoTree(why.clone()));
    }
    match remarks.iter().find(|r| r.is_fault()) {
        None => {
            if let Some(Ok(tree)) = &want.tree {
                remarks.push(Remark::NewTree { path: tree.path.clone(), branch: tree.branch.clone() });
            }
            todo
        }
        Some(_) => Todo::Person("it cannot be started".to_owned()),
    }
}

/// No agent is known to run there: then what does?
fn no_agent(panes: &[Seen]) -> Standing {
    if !panes.is_empty() && panes.iter().all(|p| p.dead) {
        return Standing::Ended;
    }
    let living = panes.iter().find(|p| !p.dead);
    Standing::NoAgent(living.and_then(|p| p.process.clone()).unwrap_or_else(|| "nothing known".to_owned()))
}

/// A pane in which an agent may be just about to show itself.
fn starting(panes: &[Seen]) -> Option<&Seen> {
    match panes {
        [one] if !one.dead && one.state == State::Starting => Some(one),
        _ => None,
    }
}

fn compare(want: &Wanted, pane: &Seen, remarks: &mut Vec<Remark>) {
    if let (Some(Ok(want)), Some(is)) = (&want.folder, &pane.folder)
        && !is_in(is, want)
    {
        remarks.push(Remark::WrongFolder { want: want.clone(), is: is.clone() });
    }
    if let Some(Err(why)) = &want.folder {
        remarks.push(Remark::BadFolder(why.clone()));
    }
    if let (Some(want), Some(is)) = (&want.agent, &pane.agent)
        && want != is
    {
        remarks.push(Remark::WrongAgent { want: want.clone(), is: is.clone() });
    }
}

/// Whether a path is the folder meant, lies in it, or in the folder of work trees beside it.
pub fn is_in(is: &str, want: &str) -> bool {
    let want = want.trim_end_matches('/');
    let below = |top: &str| is == top || is.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'));
    below(want) || below(&format!("{want}{}", super::rise::TREES))
}

fn here_now(want: &Wanted, pane: &Seen, state: State, tell: bool) -> Todo {
    match state {
        State::Starting => Todo::Wait,
        state if state.asks() => Todo::Person(format!("it waits for an answer ({})", state.word())),
        State::Unknown => Todo::Person("its screen is not recognised".to_owned()),
        _ if !want.has_role || !tell => Todo::Nothing,
        _ => match pane.told {
            Told::Done(_) | Told::Once => Todo::Nothing,
            Told::Not => Todo::Tell,
            Told::Under(id) => Todo::Told(id),
            Told::Doubt(id) => Todo::Person(format!("whether its role arrived is not known (task {id})")),
        },
    }
}

const fn why(standing: &Standing) -> &'static str {
    match standing {
        Standing::Ended => "its program has ended; up did not make it, so it is left as it is",
        Standing::NoAgent(_) => "no agent: start one there; nothing is typed into a shell",
        Standing::Several(_) => "several agents run in it; close the others",
        Standing::Missing | Standing::Here(_) => "look at it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::PaneId;

    const FLEET: &str = "f";
    const PANE: PaneIdentity = PaneIdentity { id: PaneId(3), pid: 40, start: 7 };

    fn wanted(name: &str) -> Wanted {
        Wanted {
            name: name.into(),
            agent: Some("claude".into()),
            folder: Some(Ok("/w/app".into())),
            tree: None,
            start: Ok(vec!["claude".into()]),
            has_role: true,
            protected: false,
        }
    }

    fn seen(state: State) -> Seen {
        Seen {
            pane: PANE,
            state,
            agent: Some("claude".into()),
            process: Some("claude".into()),
            folder: Some("/w/app".into()),
            dead: false,
            told: Told::Not,
        }
    }

    fn found(name: &str, panes: Vec<Seen>) -> Found {
        Found { name: SessionName::new(name), made_by: Some(FLEET.into()), panes }
    }

    fn one(want: &Wanted, here: &[Found]) -> Row {
        plan(std::slice::from_ref(want), here, FLEET, false).rows.remove(0)
    }

    /// Standing, what is to be done, how many remarks.
    fn check(what: &str, want: &Wanted, here: &[Found], standing: &str, todo: &str, faults: usize) {
        let row = one(want, here);
        let told = row.remarks.iter().filter(|r| r.is_fault()).count();
        assert_eq!(
            (row.standing.word(), row.todo.word(), told),
            (standing, todo, faults),
            "{what}: {row:#?}"
        );
    }

    #[test]
    fn the_table_of_differences() {
        let want = &wanted("dev");
        let here = |s: Seen| vec![found("dev", vec![s])];
        let none = Seen { agent: None, process: Some("bash".into()), ..seen(State::Shell) };
        let dead = Seen { dead: true, agent: None, ..seen(State::Unknown) };
        let told = |told| here(Seen { told, ..seen(State::Idle) });
        let id = TaskId(4);
        check("missing", want, &[], "missing", "create", 0);
        check("not asked for its name's beginning", want, &[found("dev1", vec![])], "missing", "create", 0);
        check("ready, role not told", want, &here(seen(State::Idle)), "idle", "tell-role", 0);
        check("at work, role not told", want, &here(seen(State::Working)), "working", "tell-role", 0);
        check("role told", want, &told(Told::Done(id)), "idle", "ok", 0);
        check("role told, says the mark", want, &told(Told::Once), "idle", "ok", 0);
        check("role on its way", want, &told(Told::Under(id)), "idle", "tell-role", 0);
        check("role perhaps told", want, &told(Told::Doubt(id)), "idle", "person", 0);
        check("just started", want, &here(seen(State::Starting)), "starting", "wait", 0);
        check("asks", want, &here(seen(State::Question)), "question", "person", 0);
        check("asks at its start", want, &here(seen(State::Trust)), "trust", "wait", 0);
        check("unreadable", want, &here(seen(State::Unknown)), "unknown", "person", 0);
        check("the shell is back", want, &here(none.clone()), "no-agent", "person", 0);
        check("exited", want, &here(seen(State::Exited)), "no-agent", "person", 0);
        check("dead pane", want, &here(dead.clone()), "ended", "renew", 0);
        check("a dead pane and a shell", want, &[found("dev", vec![dead, none])], "no-agent", "person", 0);
        let two = found("dev", vec![seen(State::Idle), seen(State::Working)]);
        check("two agents", want, &[two], "several", "person", 0);
        let elsewhere = Seen { folder: Some("/w/application".into()), ..seen(State::Idle) };
        check("another folder", want, &here(elsewhere), "idle", "tell-role", 1);
        let below = Seen { folder: Some("/w/app/sub".into()), ..seen(State::Idle) };
        check("below its folder", want, &here(below), "idle", "tell-role", 0);
        let tree = Seen { folder: Some("/w/app-worktrees/dev".into()), ..seen(State::Idle) };
        check("in its work tree", want, &here(tree), "idle", "tell-role", 0);
        let other = Seen { agent: Some("codex".into()), folder: None, ..seen(State::Idle) };
        check("another agent", want, &here(other), "idle", "tell-role", 1);
    }

    #[test]
    fn what_cannot_be_started_is_a_persons_and_says_why() {
        let bad = Wanted {
            folder: Some(Err("/nowhere does not exist".into())),
            start: Err("clade is not found on the PATH".into()),
            ..wanted("dev")
        };
        check("nothing of it is there", &bad, &[], "missing", "person", 2);
        let dead = Seen { dead: true, agent: None, ..seen(State::Unknown) };
        check("nor again", &bad, &[found("dev", vec![dead])], "ended", "person", 2);
    }

    #[test]
    fn a_session_that_we_did_not_make_is_neither_told_nor_renewed() {
        let want = wanted("dev");
        let theirs = |s| Found { made_by: None, ..found("dev", vec![s]) };
        let dead = Seen { dead: true, agent: None, ..seen(State::Unknown) };
        for made_by in [None, Some("another".to_owned())] {
            let here = Found { made_by, ..found("dev", vec![seen(State::Idle)]) };
            check("runs", &want, &[here], "idle", "ok", 0);
        }
        check("has ended", &want, &[theirs(dead)], "ended", "person", 0);
        let all = plan(std::slice::from_ref(&want), &[theirs(seen(State::Idle))], FLEET, true);
        assert_eq!(all.rows[0].todo, Todo::Tell, "unless it is asked for");
    }

    #[test]
    fn without_a_role_there_is_nothing_to_tell() {
        let want = Wanted { has_role: false, ..wanted("dev") };
        check("ready", &want, &[found("dev", vec![seen(State::Idle)])], "idle", "ok", 0);
    }

    #[test]
    fn patterns_name_what_is_there_and_make_nothing() {
        let all = [wanted("dev_*"), wanted("dev_2"), wanted("fixer")];
        let here: Vec<Found> =
            ["dev_1", "dev_2", "mine"].into_iter().map(|n| found(n, vec![seen(State::Idle)])).collect();
        let plan = plan(&all, &here, FLEET, false);
        let rows: Vec<_> = plan.rows.iter().map(|r| (r.name.as_str(), r.member, r.todo.word())).collect();
        assert_eq!(rows, [("dev_1", 0, "tell-role"), ("dev_2", 1, "tell-role"), ("fixer", 2, "create")]);
        assert_eq!(plan.unmanaged, [SessionName::new("mine")]);
    }
}
