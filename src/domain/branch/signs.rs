//! The procedure's six good signs and six red flags, each with the numbers that it was computed from. What is not observed
//! is unknown with its reason: no sign is guessed. Not for single trees (`table`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::crew::{self, Worker};
use super::facts::{Commit, Kind};
use super::survey::{Seen, Survey};
use super::{RuleId, history, message, plural, shown};
use crate::domain::roster::Tier;

/// Which list of the procedure it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A good sign.
    Good,
    /// A red flag.
    Flag,
}

/// What is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// All is well: the good sign is there, or the red flag is not.
    Well,
    /// The good sign is missing, or the red flag is up.
    Ill,
    /// Nobody knows.
    Unknown,
}

/// One sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// Its list.
    pub side: Side,
    /// The procedure's own words.
    pub words: &'static str,
    /// What is known.
    pub standing: Standing,
    /// The numbers behind it, printable.
    pub numbers: String,
}

/// What is known beside the work trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beside {
    /// Sessions that there are.
    pub sessions: usize,
    /// Of these, waiting for a person for longer than `minutes`.
    pub waiting: usize,
    /// See there.
    pub minutes: u64,
    /// Dialogs of the last day, and how many of them automation answered.
    pub prompts: usize,
    /// See there.
    pub confirmed: usize,
}

/// All twelve, in the procedure's order: the good signs, then the red flags.
pub fn signs(survey: &Survey, beside: Beside) -> Vec<Sign> {
    let trees: Vec<&Seen> = survey.trees.values().collect();
    let again = Again::in_(&trees);
    let unknown = |why: &str| (Standing::Unknown, why.to_owned());
    let good = [
        ("Workers on feature branches", on_branches(&trees)),
        ("Regular commits with good messages", good_commits(&trees)),
        ("PRs reviewed before merge", by_request(&trees)),
        ("Auto-confirm handling most prompts", confirmed(beside)),
        ("Managers coordinating effectively", unknown("what managers tell each other is not observed")),
        ("No duplicate work", no_duplicates(&trees, &again)),
    ];
    let flags = [
        ("Workers on env/ or main branch", on_protected(&trees)),
        ("50+ uncommitted files", uncommitted(&trees)),
        ("PRs merged without review", without_request(&trees)),
        ("Sessions constantly stuck", stuck(beside)),
        ("Managers doing worker tasks", managers(&trees)),
        ("Same work done multiple times", again.said()),
    ];
    let sign = |side, (words, (standing, numbers))| Sign { side, words, standing, numbers };
    let good = good.into_iter().map(|said| sign(Side::Good, said));
    good.chain(flags.into_iter().map(|said| sign(Side::Flag, said))).collect()
}

type Said = (Standing, String);

fn well(is: bool) -> Standing {
    if is { Standing::Well } else { Standing::Ill }
}

fn has(seen: &Seen, rule: RuleId) -> bool {
    seen.findings.iter().any(|f| f.rule == rule)
}

/// How many commits a rule found, each once: clones of one repository see the same ones.
fn findings(trees: &[&Seen], rule: RuleId) -> usize {
    let of = trees.iter().flat_map(|t| &t.findings).filter(|f| f.rule == rule);
    of.filter_map(|f| f.commit.as_ref()).collect::<BTreeSet<_>>().len()
}

/// Those who do the work: workers, and sessions of which nobody says a tier.
fn workers(seen: &Seen) -> impl Iterator<Item = &Worker> {
    seen.crew.iter().filter(|w| w.tier.is_none_or(|t| t == Tier::Worker))
}

/// Names, a few of them.
fn few(names: &[&str]) -> String {
    let mut told: Vec<String> = names.iter().take(3).map(|n| shown(n)).collect();
    if names.len() > told.len() {
        told.push(format!("{} more", names.len() - told.len()));
    }
    told.join(", ")
}

fn on_branches(trees: &[&Seen]) -> Said {
    let (mut on, mut off) = (0, Vec::new());
    for seen in trees {
        let Some(branch) = seen.tree.branch().filter(|_| seen.tree.kind != Kind::Bare) else {
            // Detached is no branch; what cannot be read counts for nobody.
            if seen.tree.head.is_ok() {
                off.extend(workers(seen).map(|w| w.name.as_str()));
            }
            continue;
        };
        if seen.rules.is_protected(branch) || has(seen, RuleId::BranchName) {
            off.extend(workers(seen).map(|w| w.name.as_str()));
        } else {
            on += workers(seen).count();
        }
    }
    let all = on + off.len();
    if all == 0 {
        return (Standing::Unknown, "no worker in a readable tree".to_owned());
    }
    let not = if off.is_empty() { String::new() } else { format!(", not {}", few(&off)) };
    (well(off.is_empty()), format!("{on} of {}{not}", plural(all, "worker")))
}

/// The commits that somebody wrote on a branch of his own.
fn own(seen: &Seen) -> impl Iterator<Item = (&Commit, String)> {
    let on_branch = seen.tree.branch().is_some_and(|b| !seen.rules.is_protected(b));
    let own = seen.tree.own.as_ref().ok().filter(|_| on_branch);
    let list = own.into_iter().flat_map(|o| &o.list).filter(|c| !c.boundary && c.parents < 2);
    list.map(|c| (c, message::subject(&c.message)))
}

fn good_commits(trees: &[&Seen]) -> Said {
    let (mut all, mut faulty) = (BTreeSet::new(), BTreeSet::new());
    for seen in trees {
        for (commit, subject) in own(seen) {
            all.insert(&commit.id);
            if message::fault(&subject, &seen.rules.commit_types, seen.rules.subject_max).is_some() {
                faulty.insert(&commit.id);
            }
        }
    }
    let old = trees.iter().filter(|t| has(t, RuleId::OldCommit)).count();
    if all.is_empty() && old == 0 {
        return (Standing::Unknown, "no commit of a branch's own yet".to_owned());
    }
    let good = all.len() - faulty.len();
    let said = format!("{good} of {} well named; {} late", all.len(), plural(old, "tree"));
    (well(faulty.is_empty() && old == 0), said)
}

/// Whether merges name a pull request, each commit once. Who reviewed it only the forge knows.
fn by_request(trees: &[&Seen]) -> Said {
    let mut named = BTreeSet::new();
    for tree in trees {
        for line in tree.tree.lines.iter().flatten() {
            let merged = line.landed.iter().filter(|l| l.commit.parents > 1 && !l.commit.boundary);
            named.extend(merged.filter(|l| history::by_request(&l.commit)).map(|l| &l.commit.id));
        }
    }
    let all = named.len() + findings(trees, RuleId::MergeWithoutPr);
    if all == 0 {
        return (Standing::Unknown, "no recent merge is known here".to_owned());
    }
    (well(named.len() == all), format!("{} of {} name a PR", named.len(), plural(all, "recent merge")))
}

fn without_request(trees: &[&Seen]) -> Said {
    if trees.is_empty() {
        return (Standing::Unknown, "no tree is known".to_owned());
    }
    let (merges, direct) = (findings(trees, RuleId::MergeWithoutPr), findings(trees, RuleId::DirectCommit));
    let said = format!("{}, {} without a PR", plural(merges, "merge"), plural(direct, "commit"));
    (well(merges + direct == 0), said)
}

fn confirmed(Beside { prompts, confirmed, .. }: Beside) -> Said {
    if prompts == 0 {
        return (Standing::Unknown, "no dialog in the last day".to_owned());
    }
    (well(confirmed * 2 > prompts), format!("{confirmed} of {} in a day", plural(prompts, "dialog")))
}

fn stuck(Beside { sessions, waiting, minutes, .. }: Beside) -> Said {
    if sessions == 0 {
        return (Standing::Unknown, "no session is known".to_owned());
    }
    (well(waiting == 0), format!("{waiting} of {sessions} waiting {minutes} min or longer"))
}

fn on_protected(trees: &[&Seen]) -> Said {
    let known = trees.iter().filter(|t| t.tree.head.is_ok());
    let all: usize = known.clone().map(|t| workers(t).count()).sum();
    let there = known.filter(|t| t.tree.branch().is_some_and(|b| t.rules.is_protected(b)));
    let names: Vec<&str> = there.flat_map(|t| workers(t)).map(|w| w.name.as_str()).collect();
    if all == 0 {
        return (Standing::Unknown, "no worker in a readable tree".to_owned());
    }
    let who = if names.is_empty() { String::new() } else { format!(": {}", few(&names)) };
    (well(names.is_empty()), format!("{} of {}{who}", names.len(), plural(all, "worker")))
}

fn uncommitted(trees: &[&Seen]) -> Said {
    let counted: Vec<(usize, &Seen)> = trees.iter().filter_map(|t| Some((t.dirty()?, *t))).collect();
    let over: Vec<&Seen> = counted.iter().filter(|(n, t)| *n >= t.rules.dirty_red).map(|(_, t)| *t).collect();
    let Some((most, worst)) = counted.iter().max_by_key(|(n, _)| *n) else {
        return (Standing::Unknown, "no tree is counted".to_owned());
    };
    let who = crew::names(&worst.crew);
    let who: Vec<&str> = who.iter().map(String::as_str).collect();
    let said =
        format!("{} of {}; the most is {most}, by {}", over.len(), plural(counted.len(), "tree"), few(&who));
    (well(over.is_empty()), said)
}

/// Managers whose own tree, with no worker in it, has commits of code.
fn managers(trees: &[&Seen]) -> Said {
    let (mut all, mut busy) = (0, Vec::new());
    for seen in trees.iter().filter(|t| workers(t).next().is_none()) {
        all += seen.crew.len();
        let code = |subject: &String| {
            ["feat", "fix", "refactor", "test"]
                .iter()
                .any(|t| subject.strip_prefix(t).is_some_and(|rest| rest.starts_with([':', '(', '!'])))
        };
        if own(seen).any(|(_, subject)| code(&subject)) {
            busy.extend(seen.crew.iter().map(|w| w.name.as_str()));
        }
    }
    if all == 0 {
        return (Standing::Unknown, "no manager in a tree of its own".to_owned());
    }
    let who = if busy.is_empty() { String::new() } else { format!(": {}", few(&busy)) };
    (well(busy.is_empty()), format!("{} of {} committed code{who}", busy.len(), plural(all, "manager")))
}

/// Work that was done again.
struct Again {
    /// Subjects that different commits of different trees share, and who made them.
    twice: BTreeMap<String, BTreeSet<String>>,
    /// All commits looked at.
    commits: usize,
}

impl Again {
    fn in_(trees: &[&Seen]) -> Self {
        let mut by_subject: HashMap<String, (BTreeSet<&str>, BTreeSet<String>)> = HashMap::new();
        let mut all = BTreeSet::new();
        for seen in trees {
            let names = crew::names(&seen.crew);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            for (commit, subject) in own(seen).filter(|(_, s)| !message::is_exempt(s)) {
                all.insert(&commit.id);
                let (commits, who) = by_subject.entry(subject.to_lowercase()).or_default();
                commits.insert(commit.id.as_str());
                who.insert(few(&names));
            }
        }
        let several = by_subject.into_iter().filter(|(_, (commits, who))| commits.len() > 1 && who.len() > 1);
        Self { twice: several.map(|(subject, (_, who))| (subject, who)).collect(), commits: all.len() }
    }

    fn said(&self) -> Said {
        if self.commits == 0 {
            return (Standing::Unknown, "no commit of a branch's own yet".to_owned());
        }
        let Some((subject, who)) = self.twice.first_key_value() else {
            return (Standing::Well, format!("no subject twice in {}", plural(self.commits, "commit")));
        };
        let who: Vec<&str> = who.iter().map(String::as_str).collect();
        let count = plural(self.twice.len(), "subject");
        (Standing::Ill, format!("{count} twice: \"{}\" by {}", shown(subject), who.join(", ")))
    }
}

fn no_duplicates(trees: &[&Seen], again: &Again) -> Said {
    let shared = trees.iter().filter(|t| has(t, RuleId::SharedTree)).count();
    if again.commits == 0 && shared == 0 {
        return (Standing::Unknown, "no commit of a branch's own yet".to_owned());
    }
    let twice = again.twice.len();
    let said = format!("{} twice, {} shared", plural(twice, "subject"), plural(shared, "tree"));
    (well(twice + shared == 0), said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::sync::Arc;

    use jiff::Timestamp;

    use crate::domain::branch::facts::{Commits, Dirty, Landed, Line};
    use crate::domain::branch::{self, CommitId, Context, Head, Rules, Unknown, WorkTree};

    fn commit(id: usize, message: &str, parents: usize) -> Commit {
        Commit {
            id: CommitId::parse(&format!("{id:040x}")).expect("hex"),
            message: message.to_owned(),
            parents,
            time: Timestamp::from_second(1_770_500_000).expect("in range"),
            committer: String::new(),
            boundary: false,
        }
    }

    /// A tree: who works there, on which branch, how many files, which commits (number and subject).
    fn tree(who: &[(&str, Tier)], branch: &str, files: usize, commits: &[(usize, &str)]) -> Seen {
        let path = PathBuf::from(format!("/{branch}{files}"));
        let list = commits.iter().map(|(id, m)| commit(*id, m, 1)).collect();
        let head = Head::Branch { name: branch.to_owned(), commit: CommitId::parse(&"a".repeat(40)) };
        let tree = WorkTree {
            head: Ok(head),
            dirty: Ok(Some(Dirty { files, ..Dirty::default() })),
            upstream: Ok(None),
            unpushed: Ok(None),
            base: Ok(None),
            own: Ok(Commits { list, more: false }),
            lines: Ok(vec![]),
            others: Ok(vec![]),
            ..WorkTree::unreadable(path, &Unknown::new("", ""))
        };
        judged(tree, who)
    }

    fn judged(tree: WorkTree, who: &[(&str, Tier)]) -> Seen {
        let worker =
            |(name, tier): &(&str, Tier)| Worker { name: (*name).to_owned(), tier: Some(*tier), role: None };
        let crew: Vec<Worker> = who.iter().map(worker).collect();
        let now = Timestamp::from_second(1_770_500_000).expect("in range");
        let today = jiff::civil::date(2026, 2, 7);
        let context = Context { role: None, now, today, sessions: crew::names(&crew) };
        let rules = Arc::new(Rules::default());
        Seen {
            findings: branch::check(&tree, &rules, &context),
            tree: Arc::new(tree),
            rules,
            crew,
            counted: None,
        }
    }

    fn told(trees: Vec<Seen>, beside: Beside) -> Vec<Sign> {
        let trees = trees.into_iter().enumerate().map(|(i, t)| (PathBuf::from(format!("/{i}")), t)).collect();
        signs(&Survey { trees, ..Survey::default() }, beside)
    }

    /// The standings of all twelve, in order: `+` well, `-` ill, `?` unknown.
    fn check(trees: Vec<Seen>, want: &str) -> Vec<Sign> {
        let signs = told(trees, Beside { sessions: 3, minutes: 10, ..Beside::default() });
        let got: String = signs
            .iter()
            .map(|s| match s.standing {
                Standing::Well => '+',
                Standing::Ill => '-',
                Standing::Unknown => '?',
            })
            .collect();
        assert_eq!(got, want, "{signs:#?}");
        signs
    }

    const A: &[(&str, Tier)] = &[("a", Tier::Worker)];
    const B: &[(&str, Tier)] = &[("b", Tier::Worker)];
    const M: &[(&str, Tier)] = &[("m", Tier::Manager)];

    #[test]
    fn nothing_seen_is_nothing_known() {
        check(vec![], "?????????+??");
    }

    #[test]
    fn each_sign_follows_its_numbers() {
        let fine = || tree(A, "feature/x-0207", 3, &[(1, "feat: x")]);
        check(vec![fine()], "++???+++++?+");
        check(vec![fine(), tree(B, "main", 60, &[])], "-+???+--++?+");
        check(vec![fine(), tree(B, "fix/y-0207", 0, &[(2, "did things")])], "+-???+++++?+");
        let signs = check(vec![fine(), tree(B, "fix/y-0207", 0, &[(2, "Feat: X")])], "+-???-++++?-");
        assert_eq!(signs[11].numbers, "1 subject twice: \"feat: x\" by a, b");
        check(vec![fine(), tree(B, "fix/y-0207", 0, &[(1, "feat: x")])], "++???+++++?+");
        check(vec![fine(), tree(M, "docs/y-0207", 0, &[(2, "docs: y")])], "++???+++++++");
        let signs = check(vec![fine(), tree(M, "fix/y-0207", 0, &[(2, "fix(ui): y")])], "++???+++++-+");
        assert_eq!(signs[10].numbers, "1 of 1 manager committed code: m");
        check(vec![tree(&[A[0], B[0]], "fix/y-0207", 0, &[(2, "fix: y")])], "++???-++++?+");
    }

    #[test]
    fn merges_count_once_and_only_those_that_should_name_a_request() {
        let landed = |id, message, parents| Landed {
            commit: commit(id, message, parents),
            pushed: Some(true),
            forwarded: None,
        };
        let with = |list: Vec<Landed>| {
            let line = Line { branch: "dev".to_owned(), landed: list, more: false };
            let seen = tree(A, "feature/x-0207", 0, &[(1, "feat: x")]);
            judged(WorkTree { lines: Ok(vec![line]), ..WorkTree::clone(&seen.tree) }, A)
        };
        let good = || landed(10, "Merge pull request #3 from a/fix\n\nfix", 2);
        check(vec![with(vec![good()]), with(vec![good()])], "+++??+++++?+");
        let signs = check(vec![with(vec![good(), landed(11, "Merge branch 'fix/z'", 2)])], "++-??+++-+?+");
        assert!(signs[2].numbers.starts_with("1 of 2 recent merges"), "{}", signs[2].numbers);
        let signs = check(vec![with(vec![landed(12, "feat: straight", 1)])], "++???+++-+?+");
        assert_eq!(signs[8].numbers, "0 merges, 1 commit without a PR");
    }

    #[test]
    fn most_prompts_are_more_than_half() {
        for (confirmed, want) in [(6, Standing::Well), (5, Standing::Ill), (0, Standing::Ill)] {
            let signs = told(vec![], Beside { prompts: 10, confirmed, ..Beside::default() });
            assert_eq!(signs[3].standing, want);
            assert_eq!(signs[3].numbers, format!("{confirmed} of 10 dialogs in a day"));
        }
    }

    #[test]
    fn who_waits_long_is_stuck() {
        let signs = told(vec![], Beside { sessions: 9, waiting: 2, minutes: 10, ..Beside::default() });
        assert_eq!(signs[9].standing, Standing::Ill);
        assert_eq!(signs[9].numbers, "2 of 9 waiting 10 min or longer");
        assert_eq!(told(vec![], Beside::default())[9].standing, Standing::Unknown);
    }
}
