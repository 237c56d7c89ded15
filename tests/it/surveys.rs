//! What is known of the work trees of a fleet, for tests of the view: facts by hand, judged by the real rules.

use std::path::PathBuf;
use std::sync::Arc;

use archtui::app::State;
use archtui::domain::branch::crew::{self, Worker};
use archtui::domain::branch::facts::{Commit, Commits, Dirty, Upstream};
use archtui::domain::branch::survey::{Home, Seen, Survey};
use archtui::domain::branch::{self, CommitId, Context, Head, RuleBook, Unknown, WorkTree};
use archtui::domain::roster::Tier;
use jiff::{SignedDuration, Timestamp};

use crate::fleets::NOW;

/// One tree, in few words.
struct Tree {
    sessions: &'static [&'static str],
    branch: &'static str,
    dirty: usize,
    apart: Option<(usize, usize)>,
    hours: i64,
    /// Subjects of its own commits, newest first.
    commits: &'static [&'static str],
}

const TREES: [Tree; 6] = [
    Tree {
        sessions: &["architect"],
        branch: "docs/overview-0208",
        dirty: 0,
        apart: Some((0, 0)),
        hours: 3,
        commits: &["docs: how the parts fit"],
    },
    Tree {
        sessions: &["wrapper_claude", "efficiency_manager"],
        branch: "chore/review-0207",
        dirty: 4,
        apart: None,
        hours: 30,
        commits: &[],
    },
    Tree {
        sessions: &["dev_worker1"],
        branch: "feature/dark-mode-0208",
        dirty: 12,
        apart: Some((2, 1)),
        hours: 1,
        commits: &["feat: a toggle in the header", "added some css", "feat: variables for colours"],
    },
    Tree {
        sessions: &["dev_worker2"],
        branch: "wip\x1b[31m\u{202e}settings",
        dirty: 0,
        apart: None,
        hours: 80,
        commits: &["fix: \x1b]0;title\x07words"],
    },
    Tree { sessions: &["dev_worker3"], branch: "", dirty: 0, apart: None, hours: 0, commits: &[] },
    Tree {
        sessions: &["fixer"],
        branch: "main",
        dirty: 53,
        apart: Some((1, 0)),
        hours: 26,
        commits: &["fix: words twice"],
    },
];

fn ago(hours: i64) -> Timestamp {
    NOW.utc.checked_sub(SignedDuration::from_hours(hours)).expect("in range")
}

fn tree(n: usize, t: &Tree) -> WorkTree {
    let path = PathBuf::from(format!("/home/dev/app-{n}"));
    if t.branch.is_empty() {
        return WorkTree::unreadable(path, &Unknown::new("no permission to read it", "make it readable"));
    }
    let id = |i: usize| CommitId::parse(&format!("{:040x}", (n + 1) * 0x00ab_cdef + i)).expect("hex");
    let commit = |(i, subject): (usize, &&str)| Commit {
        id: id(i),
        message: (*subject).to_owned(),
        parents: 1,
        time: ago(t.hours + i64::try_from(i).expect("few")),
        committer: "worker@example.org".to_owned(),
        boundary: false,
    };
    let list: Vec<Commit> = t.commits.iter().enumerate().map(commit).collect();
    WorkTree {
        head: Ok(Head::Branch { name: t.branch.to_owned(), commit: Some(id(0)) }),
        dirty: Ok(Some(Dirty { files: t.dirty, untracked: t.dirty / 2, conflicted: 0 })),
        upstream: Ok(t
            .apart
            .map(|apart| Upstream { name: format!("origin/{}", t.branch), apart: Some(apart) })),
        unpushed: Ok(None),
        base: Ok(None),
        own: Ok(Commits { list, more: false }),
        lines: Ok(vec![]),
        others: Ok(vec![]),
        committed: Some(ago(t.hours)),
        active: Some(ago(t.hours)),
        ..WorkTree::unreadable(path, &Unknown::new("", ""))
    }
}

/// The state knows of six trees, one shared, one that cannot be read; the orchestrator is in no repository.
pub fn survey(state: &mut State) {
    let book = RuleBook::default();
    let mut survey = Survey { complete: true, ..Survey::default() };
    for (n, t) in TREES.iter().enumerate() {
        let tree = tree(n, t);
        let mut crew: Vec<Worker> = Vec::new();
        for session in state.fleet.sessions.iter().filter(|s| t.sessions.contains(&s.name.as_str())) {
            let member = session.member.as_ref().expect("all are of the roster");
            crew.push(Worker { name: member.name.clone(), tier: member.tier, role: member.role.clone() });
            let pane = session.pane.as_ref().expect("all exist").identity;
            survey.homes.insert(pane, Home::Tree(tree.path.clone()));
        }
        let (tier, role) = crew::tier_and_role(&crew);
        let context = Context {
            role: tier.map(|t| t.word().to_owned()),
            now: NOW.utc,
            today: NOW.local.date(),
            sessions: crew::names(&crew),
        };
        let rules = Arc::new(book.of(tier.map(Tier::word), role));
        let findings = branch::check(&tree, &rules, &context);
        let tree = Arc::new(tree);
        survey.trees.insert(tree.path.clone(), Seen { tree, findings, rules, crew, counted: Some(NOW.utc) });
    }
    let outside = state.fleet.sessions.iter().find(|s| s.name.as_str() == "claude_orchestrator");
    let pane = outside.and_then(|s| s.pane.as_ref()).expect("it exists").identity;
    survey.homes.insert(pane, Home::Outside("/home/dev".into()));
    survey.tell_once();
    state.branches.survey = Some(Arc::new(survey));
}
