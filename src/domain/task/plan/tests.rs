//! Plans in, orders out.

use proptest::prelude::*;

use super::*;

fn span(s: &str) -> Result<Duration, String> {
    s.strip_suffix('m')
        .and_then(|n| n.parse().ok())
        .map(|n: u64| Duration::from_secs(60 * n))
        .ok_or_else(|| format!("\"{s}\" is no span"))
}

/// Each order as `text <what it waits for`, entries counted from 1.
fn check(name: &str, source: &str, want: &[&str]) {
    let plan = read(name, source, &Order::new(""), span).map_err(|e| format!("{e:?}"));
    let got = plan.map(|p| {
        let show = |o: &Order| {
            let after = o.after.iter().map(|a| match a {
                After::Task(id) => format!("#{id}"),
                After::Entry(i) => (i + 1).to_string(),
            });
            format!("{} <{}", o.text.replace('\n', "/"), after.collect::<Vec<_>>().join(","))
        };
        p.orders.iter().map(show).collect::<Vec<_>>()
    });
    assert_eq!(got, Ok(want.iter().map(|s| (*s).to_owned()).collect()), "{source}");
}

#[test]
fn checklists() {
    check("p.md", "# Plan\n- [ ] a\n* [ ] b\n+ [x] c\n", &["a <", "b <"]);
    check("p.md", "1. [ ] a\n2. [ ] b\n3) [ ] c", &["a <", "b <1", "c <2"]);
    // Nested entries come first; what the parent waits for, they wait for.
    check(
        "p.md",
        "1. [ ] a\n2. [ ] b\n   - [ ] b1\n   - [ ] b2\n3. [ ] c\n",
        &["a <", "b <1,3,4", "b1 <1", "b2 <1", "c <2"],
    );
    // A ticked one is not waited for.
    check("p.md", "1. [x] a\n2. [ ] b\n3. [ ] c\n", &["b <", "c <1"]);
    // Lists are ended by other text; numbering starts anew.
    check("p.md", "1. [ ] a\n\n2. [ ] b\n\n## next\n\n1. [ ] c\n", &["a <", "b <1", "c <"]);
    // What is indented belongs to the entry, a code block whole.
    check(
        "p.md",
        "- [ ] a\n  more\n  - detail\n  ```\n  - [ ] no entry\n  ```\n- [ ] b\ntext\n",
        &["a/more/- detail/```/- [ ] no entry/``` <", "b <"],
    );
    check(
        "p.md",
        "- [ ] a {id=api priority=8}\n- [ ] b {after=api,#14}\n- [ ] c {after=1}",
        &["a <", "b <1,#14", "c <1"],
    );
    // Braces of the author's own stay.
    check("p.md", "- [ ] use {x}\n- [ ] struct P { a=1 }\n", &["use {x} <", "struct P { a=1 } <"]);
    // Look-alikes.
    check("p.md", "- [] no\n-[ ] no\n- [ ]no\n- [ ]\n1 [ ] no\n- [y] no\n- [ ] yes", &["yes <"]);
}

#[test]
fn lists() {
    check(
        "p.toml",
        "[[task]]\ntext = \"a\"\nid = \"x\"\n[[task]]\ntext = \"b\"\nafter = [\"x\", \"#3\", 1]\n[[task]]\ntext = \"c\"\ndone = true\n",
        &["a <", "b <1,#3"],
    );
    check("plan", "[[task]]\ntext = \"a\"\n", &["a <"]);
    let plan = read(
        "p.toml",
        "[[task]]\ntext='a'\ntarget='w'\nrole='r'\npriority=9\ntimeout='5m'\nkey='k'\ndir='/x'",
        &Order::new(""),
        span,
    );
    let want = Order {
        target: Some("w".into()),
        role: Some("r".into()),
        priority: Priority::new(9).expect("9"),
        timeout: Some(Duration::from_secs(5 * 60)),
        key: Some("k".into()),
        dir: Some("/x".into()),
        ..Order::new("a")
    };
    assert_eq!(plan.map(|p| p.orders), Ok(vec![want]));
}

#[test]
fn what_an_entry_does_not_say_is_as_the_command_line_says() {
    let base = Order {
        target: Some("w1".into()),
        priority: Priority::new(8).expect("8"),
        after: vec![After::Task(TaskId(3))],
        timeout: Some(Duration::from_secs(60)),
        ..Order::new("unused")
    };
    let source = "1. [ ] a\n2. [ ] b {target=w2 priority=1 timeout=5m}\n";
    let orders = read("p.md", source, &base, span).map(|p| p.orders);
    let second = Order {
        text: "b".into(),
        target: Some("w2".into()),
        priority: Priority::new(1).expect("1"),
        after: vec![After::Entry(0)],
        timeout: Some(Duration::from_secs(300)),
        ..base.clone()
    };
    assert_eq!(orders, Ok(vec![Order { text: "a".into(), ..base }, second]));
}

#[test]
fn faults_name_the_line_and_what_to_do() {
    for (name, source, line, what, hint) in [
        ("p.md", "no list at all", None, "no entries", "- [ ]"),
        ("p.toml", "x = 1", Some(1), "no key is called \"x\"", "known here: task"),
        ("p.toml", "", None, "no tasks", "[[task]]"),
        ("p.toml", "[[task]]\ntxt = 'a'", Some(2), "txt", "\"text\""),
        ("p.toml", "[[task]]\nid = 'a'", Some(1), "text", ""),
        ("p.toml", "[[task]]\ntext = 'a'\npriority = 11", Some(1), "11 is not a priority", "0 to 10"),
        ("p.md", "\n- [ ] a {priority=11}", Some(2), "11 is not a priority", "0 to 10"),
        ("p.md", "- [ ] a {priority=x}", Some(1), "x is not a priority", "0 to 10"),
        ("p.md", "- [ ] a {id=a tagret=w}", Some(1), "tagret", "\"target\""),
        ("p.md", "- [ ] a {id=api}\n- [ ] b {after=aip}", Some(2), "\"aip\"", "\"api\""),
        ("p.md", "- [ ] a {after=7}", Some(1), "\"7\"", "number"),
        ("p.md", "- [ ] a {after=#x}", Some(1), "\"#x\"", "#14"),
        ("p.md", "- [ ] a {id=x}\n- [ ] b {id=x}", Some(2), "two entries", "rename"),
        ("p.md", "- [ ] a {id=3}", Some(1), "\"3\"", "word"),
        ("p.md", "- [ ] a {timeout=soon}", Some(1), "soon", "30m"),
    ] {
        let e = read(name, source, &Order::new(""), span).expect_err(source);
        assert_eq!(e.line, line, "{source}: {e:?}");
        assert!(e.what.contains(what) && e.hint.contains(hint) && !e.hint.is_empty(), "{source}: {e:?}");
    }
    let many = "- [ ] x\n".repeat(1001);
    assert!(read("p.md", &many, &Order::new(""), span).is_err_and(|e| e.what.contains("1001")));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(source in "([-*0-9.\\[\\] x{}=#`~a\t]{0,12}\n){0,12}") {
        for name in ["p.md", "p.toml"] {
            if let Ok(plan) = read(name, &source, &Order::new(""), span) {
                for o in &plan.orders {
                    for a in &o.after {
                        prop_assert!(!matches!(a, After::Entry(i) if *i >= plan.orders.len()));
                    }
                }
            }
        }
    }

    /// However entries are nested and numbered, they never wait for each other in a circle.
    #[test]
    fn shape_alone_makes_no_circle(rows in proptest::collection::vec((0_usize..4, any::<bool>(), any::<bool>()), 1..30)) {
        let row = |(i, (deep, numbered, ticked)): (usize, &(usize, bool, bool))| {
            let mark = if *numbered { "1." } else { "-" };
            format!("{}{mark} [{}] entry {i}\n", "  ".repeat(*deep), if *ticked { 'x' } else { ' ' })
        };
        let source: String = rows.iter().enumerate().map(row).collect();
        let plan = read("p.md", &source, &Order::new(""), span);
        prop_assert!(plan.is_ok());
        let orders = plan.map(|p| p.orders).unwrap_or_default();
        let mut done = vec![false; orders.len()];
        for _ in 0..orders.len() {
            for i in 0..orders.len() {
                done[i] |= orders[i].after.iter().all(|a| matches!(a, After::Entry(e) if done[*e]));
            }
        }
        prop_assert!(done.iter().all(|d| *d), "{}", source);
    }
}
