//! The rules on made-up facts: thresholds, roles, sessions, what the config changes. The zoo of real repositories is in
//! tests/it/branches.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::facts::{
    Base, Commit, Commits, Dirty, Forwarded, Kind, Landed, Line, Operation, Other, Unpushed, Upstream,
};
use super::rules::Trailers;
use super::*;

fn now() -> Timestamp {
    "2026-02-08T12:00:00Z".parse().expect("sound")
}

fn ago(hours: i64) -> Timestamp {
    now().checked_sub(SignedDuration::from_hours(hours)).expect("sound")
}

fn id(n: u8) -> CommitId {
    CommitId::parse(&format!("{n:040x}")).expect("sound")
}

fn commit(n: u8, message: &str) -> Commit {
    Commit {
        id: id(n),
        message: message.to_owned(),
        parents: 1,
        time: ago(2),
        committer: "worker@example.org".to_owned(),
        boundary: false,
    }
}

fn landed(n: u8, message: &str) -> Landed {
    Landed { commit: commit(n, message), pushed: None, forwarded: None }
}

/// A tree that keeps every rule.
fn kept() -> WorkTree {
    WorkTree {
        path: "/src/app".into(),
        repository: "/src/app/.git".into(),
        kind: Kind::Main,
        head: Ok(Head::Branch { name: "feature/x-0208".to_owned(), commit: Some(id(1)) }),
        operation: None,
        dirty: Ok(Some(Dirty::default())),
        upstream: Ok(None),
        unpushed: Ok(None),
        base: Ok(None),
        own: Ok(Commits { list: vec![commit(1, "feat: x")], more: false }),
        lines: Ok(Vec::new()),
        others: Ok(Vec::new()),
        committed: Some(ago(2)),
        active: Some(ago(2)),
        gaps: Vec::new(),
    }
}

fn on(branch: &str) -> WorkTree {
    WorkTree { head: Ok(Head::Branch { name: branch.to_owned(), commit: Some(id(1)) }), ..kept() }
}

fn dirty(files: usize) -> WorkTree {
    WorkTree { dirty: Ok(Some(Dirty { files, untracked: 0, conflicted: 0 })), ..kept() }
}

fn line(branch: &str, landed: Vec<Landed>) -> WorkTree {
    let base = Line { branch: "dev".to_owned(), landed: Vec::new(), more: false };
    let mut lines = vec![Line { branch: branch.to_owned(), landed, more: false }];
    if branch != "dev" {
        lines.insert(0, base);
    }
    WorkTree { lines: Ok(lines), ..kept() }
}

fn context(sessions: &[&str]) -> Context {
    Context {
        role: None,
        now: now(),
        today: date(2026, 2, 8),
        sessions: sessions.iter().map(|&s| s.to_owned()).collect(),
    }
}

/// `rule:severity` of each finding, in order.
fn words(tree: &WorkTree, rules: &Rules, sessions: &[&str]) -> Vec<String> {
    let findings = check(tree, rules, &context(sessions));
    findings.iter().map(|f| format!("{}:{}", f.rule.word(), f.severity.word())).collect()
}

#[track_caller]
fn expect(tree: &WorkTree, want: &[&str]) {
    assert_eq!(words(tree, &Rules::default(), &["dev_worker1"]), want);
}

#[test]
fn a_kept_tree_has_no_finding() {
    expect(&kept(), &[]);
}

#[test]
fn thresholds_of_uncommitted_files() {
    for (files, want) in [
        (0, &[][..]),
        (19, &[]),
        (20, &["dirty-amber:amber"]),
        (49, &["dirty-amber:amber"]),
        (50, &["dirty-red:red"]),
        (100_000, &["dirty-red:red"]),
    ] {
        expect(&dirty(files), want);
    }
}

#[test]
fn protected_branches_by_role() {
    let book = RuleBook::default();
    for (branch, tier, want) in [
        ("main", None, &["protected-branch:red"][..]),
        ("dev", Some("worker"), &["protected-branch:red"]),
        ("dev", Some("manager"), &["protected-branch:amber"]),
        ("prod", Some("high-level"), &["protected-branch:amber"]),
        ("env/dev1", Some("manager"), &["env-branch:red"]),
        ("main2", None, &["branch-name:amber"]),
    ] {
        assert_eq!(words(&on(branch), &book.of(tier, None), &[]), want, "{branch} {tier:?}");
    }
}

#[test]
fn several_sessions_in_one_tree() {
    let rules = Rules::default();
    assert_eq!(words(&kept(), &rules, &["a"]), [""; 0]);
    assert_eq!(words(&kept(), &rules, &["a", "b"]), ["shared-tree:red"]);
    let many: Vec<String> = (0..37).map(|i| format!("dev_worker{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let found = check(&kept(), &rules, &context(&many));
    assert_eq!(
        found[0].sentence,
        "37 sessions work in this tree: dev_worker0, dev_worker1, dev_worker2, dev_worker3, dev_worker4, 32 more"
    );
    let two = Rules { sessions_max: 2, ..Rules::default() };
    assert_eq!(words(&kept(), &two, &["a", "b"]), [""; 0]);
}

#[test]
fn heads_of_every_kind() {
    let detached = |kind, operation| WorkTree {
        head: Ok(Head::Detached { commit: id(1) }),
        own: Ok(Commits::default()),
        kind,
        operation,
        ..kept()
    };
    expect(&detached(Kind::Main, None), &["detached:amber"]);
    expect(&detached(Kind::Linked, None), &["detached:amber"]);
    expect(&detached(Kind::Submodule, None), &["detached:note"]);
    expect(&detached(Kind::Bare, None), &[]);
    expect(&detached(Kind::Main, Some(Operation::Rebase)), &["in-progress:amber"]);
    expect(&detached(Kind::Main, Some(Operation::CherryPick)), &["detached:amber", "in-progress:amber"]);
    expect(&WorkTree { kind: Kind::Bare, ..on("main") }, &[]);
    let unborn = Head::Branch { name: "main".to_owned(), commit: None };
    expect(&WorkTree { head: Ok(unborn), own: Ok(Commits::default()), ..kept() }, &["protected-branch:note"]);
}

#[test]
fn what_is_not_known_is_said_and_not_judged() {
    expect(
        &WorkTree::unreadable("/x".into(), &Unknown::new("no permission to read it", "mend it")),
        &["unknown:red"],
    );
    expect(&WorkTree { dirty: Err(Unknown::new("it hangs", "look there")), ..kept() }, &["unknown:amber"]);
    expect(&WorkTree { gaps: vec![Unknown::new("shallow", "deepen it")], ..kept() }, &["unknown:note"]);
}

#[test]
fn unpushed_and_behind() {
    let unpushed = |hours| {
        let oldest = Some(ago(hours));
        WorkTree { unpushed: Ok(Some(Unpushed { to: None, count: 3, oldest })), ..kept() }
    };
    expect(&unpushed(23), &["unpushed:note"]);
    expect(&unpushed(24), &["unpushed:amber"]);
    let upstream = |name: &str, ahead, behind| WorkTree {
        upstream: Ok(Some(Upstream { name: name.to_owned(), apart: Some((ahead, behind)) })),
        ..kept()
    };
    expect(&upstream("origin/feature/x-0208", 0, 0), &[]);
    expect(&upstream("origin/feature/x-0208", 5, 0), &[]);
    expect(&upstream("origin/feature/x-0208", 0, 1), &["behind:note"]);
    expect(&upstream("origin/feature/x-0208", 1, 1), &["behind:amber"]);
    expect(&upstream("origin/dev", 1, 30), &[]);
    let base = |behind| WorkTree { base: Ok(Some(Base { name: "origin/dev".to_owned(), behind })), ..kept() };
    expect(&base(50), &[]);
    expect(&base(51), &["behind:note"]);
}

#[test]
fn age_of_the_last_commit() {
    let aged = |files, hours| WorkTree { active: Some(ago(hours)), ..dirty(files) };
    expect(&aged(1, 23), &[]);
    expect(&aged(1, 24), &["old-commit:amber"]);
    expect(&aged(0, 24), &[]);
    expect(&aged(0, 7 * 24 - 1), &[]);
    expect(&aged(0, 7 * 24), &["old-commit:note"]);
    expect(&aged(0, -48), &[]); // a clock that went back
    let fresh = WorkTree { own: Ok(Commits::default()), ..aged(0, 1000) };
    expect(&fresh, &[]);
}

#[test]
fn stale_branches() {
    let other =
        |name: &str, days: i64, elsewhere| Other { name: name.to_owned(), active: ago(days * 24), elsewhere };
    let tree = |others| WorkTree { others: Ok(others), ..kept() };
    expect(&tree(vec![other("fix/a-0101", 29, false)]), &[]);
    expect(&tree(vec![other("dev", 90, false), other("fix/b-0101", 90, true)]), &[]);
    let found = tree(["a", "b", "c", "d"].iter().zip(30..).map(|(n, d)| other(n, d, false)).collect());
    expect(&found, &["stale-branch:note"]);
    let sentence = &check(&found, &Rules::default(), &context(&[]))[0].sentence;
    assert_eq!(sentence, "4 branches without a commit for 30 days: d (33 d), c (32 d), b (31 d), 1 more");
}

#[test]
fn direct_commits() {
    let case = |change: fn(&mut Landed), want: &[&str]| {
        let mut l = landed(7, "fix: y");
        change(&mut l);
        expect(&line("dev", vec![l]), want);
    };
    case(|_| {}, &["direct-commit:amber"]);
    case(|l| l.pushed = Some(false), &["direct-commit:red"]);
    case(|l| l.pushed = Some(true), &["direct-commit:amber"]);
    case(|l| l.commit.parents = 0, &[]);
    case(|l| l.commit.boundary = true, &[]);
    case(|l| l.commit.message = "fix: y (#12)".to_owned(), &[]);
    case(|l| l.commit.message = "v1.2.3".to_owned(), &[]);
    case(|l| l.commit.committer = "noreply@github.com".to_owned(), &[]);
    case(|l| l.commit.time = ago(14 * 24), &[]);
    case(
        |l| {
            l.commit.time = ago(99 * 24);
            l.pushed = Some(false);
        },
        &["direct-commit:red"],
    );
}

#[test]
fn merges_without_a_request() {
    let merge = |into: &str, message: &str, want: &[&str]| {
        let mut l = landed(7, message);
        l.commit.parents = 2;
        l.pushed = Some(true);
        expect(&line(into, vec![l]), want);
    };
    merge("dev", "Merge branch 'feature/x-0208' into dev", &["merge-without-pr:red"]);
    merge("dev", "Merge pull request #1 from a/x", &[]);
    merge("dev", "Merge branch 'dev' of github.com:a/b into dev", &[]);
    merge("dev", "Merge remote-tracking branch 'origin/dev' into dev", &[]);
    merge("dev", "Merge remote-tracking branch 'origin/feature/x' into dev", &["merge-without-pr:red"]);
    merge("dev", "Merge branch 'main' into dev", &[]);
    merge("qa", "Merge branch 'dev' into qa", &["merge-without-pr:amber"]);
    merge("env/dev1", "Merge branch 'dev' into env/dev1", &[]);
    merge("env/dev1", "Merge branch 'feature/x' into env/dev1", &["merge-without-pr:red"]);
    merge("dev", "all together now", &["merge-without-pr:red"]);
    let forwarded = |n, newest| Landed {
        forwarded: Some(Forwarded { from: "feature/x-0208".to_owned(), newest }),
        pushed: Some(false),
        ..landed(n, "feat: x")
    };
    expect(&line("dev", vec![forwarded(9, true), forwarded(8, false)]), &["merge-without-pr:red"]);
}

#[test]
fn trailers_are_asked_for_as_configured() {
    for (trailers, want) in [
        (Trailers::Off, &[][..]),
        (Trailers::Warn, &["trailer:note"]),
        (Trailers::Require, &["trailer:amber"]),
    ] {
        assert_eq!(words(&kept(), &Rules { trailers, ..Rules::default() }, &[]), want);
    }
    let credited = commit(1, "feat: x\n\nCo-Authored-By: Claude Sonnet 4.5 <noreply@anthropic.com>\n");
    let tree = WorkTree { own: Ok(Commits { list: vec![credited], more: false }), ..kept() };
    assert_eq!(words(&tree, &Rules { trailers: Trailers::Require, ..Rules::default() }, &[]), [""; 0]);
}

#[test]
fn the_config_has_the_last_word_on_severity() {
    let settings: Settings = toml::from_str(
        "protected = [\"trunk\"]\nseverity = { branch-name = \"red\", dirty-red = \"off\", unknown = \"note\" }",
    )
    .expect("sound");
    let book = RuleBook::new(settings).expect("sound");
    assert_eq!(words(&on("trunk"), book.fleet(), &[]), ["protected-branch:red"]);
    assert_eq!(words(&on("main"), book.fleet(), &[]), ["branch-name:red"]);
    assert_eq!(words(&dirty(60), book.fleet(), &[]), [""; 0]);
}

#[test]
fn what_is_the_repositorys_matter_is_told_once() {
    let tree = |path: &str, kind| WorkTree {
        path: path.into(),
        kind,
        ..line("dev", vec![landed(7, "fix: direct"), landed(8, "fix: again")])
    };
    let mut trees: Vec<(WorkTree, Vec<Finding>)> =
        [tree("/w1", Kind::Linked), tree("/src/app", Kind::Main), tree("/w2", Kind::Linked)]
            .into_iter()
            .map(|t| {
                let findings = check(&t, &Rules::default(), &context(&[]));
                (t, findings)
            })
            .collect();
    tell_once(trees.iter_mut().map(|(t, f)| (&*t, f)));
    let counts: Vec<usize> = trees.iter().map(|(_, f)| f.len()).collect();
    assert_eq!(counts, [0, 2, 0]);
}

#[test]
fn findings_come_worst_first_and_in_printable_words() {
    let tree = WorkTree {
        own: Ok(Commits { list: vec![commit(1, "\x1b[2Jbad\u{202e}\u{9b}31m\nmore")], more: false }),
        ..on("feature/\x1b]0;x\x07y")
    };
    let findings = check(&tree, &Rules::default(), &context(&["a\x1bb", "c"]));
    let words: Vec<&str> = findings.iter().map(|f| f.rule.word()).collect();
    assert_eq!(words, ["shared-tree", "branch-name", "commit-subject"]);
    for f in findings {
        assert!(f.sentence.chars().chain(f.hint.chars()).all(text::is_printable), "{f:?}");
    }
}

proptest! {
    /// Whatever an agent calls its branch: what we say is printable, and what we tell somebody to type is harmless.
    #[test]
    fn any_name_is_told_harmlessly(branch in any::<String>(), subject in any::<String>(), session in any::<String>()) {
        let tree = WorkTree {
            own: Ok(Commits { list: vec![commit(1, &subject)], more: false }),
            unpushed: Ok(Some(Unpushed { to: Some(branch.clone()), count: 2, oldest: None })),
            operation: Some(Operation::Bisect),
            others: Ok(vec![Other { name: branch.clone(), active: ago(9000), elsewhere: false }]),
            ..on(&branch)
        };
        for f in check(&tree, &Rules::default(), &context(&[&session, "b"])) {
            prop_assert!(f.sentence.chars().chain(f.hint.chars()).all(text::is_printable));
            prop_assert!(!f.hint.contains(['$', '`', ';', '|', '&', '\\']) || f.hint.contains("; git refuses"));
        }
    }
}
