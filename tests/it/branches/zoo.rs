//! Runs the zoo: each repository is built by the real git, looked at by the real program, its findings compared with
//! what is expected, its facts with what git itself says, its bytes with what they were before.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{findings, look, zoo_rules, zoo_shapes};
use crate::support::repo::Lab;

/// A name, the script that builds it, and what is expected: `rule:severity …`, `dirty=N`, `nogit` (git says otherwise,
/// for a reason that the case names).
pub type Case = (&'static str, &'static str, &'static str);

/// Repeated beginnings of scripts.
const MACROS: [(&str, &str); 6] = [
    (
        "@flow",
        "in r\ngit init -q .\ncommit chore: init\ngit branch dev\ngit switch -q -c feature/x-0208 dev\ncommit feat: work",
    ),
    (
        "@remote2",
        "git init -q --bare ../remote.git\ngit remote add origin ../remote.git\ngit push -q origin main",
    ),
    (
        "@remote",
        "git init -q --bare ../remote.git\ngit remote add origin ../remote.git\ngit push -q origin main dev",
    ),
    (
        "@lfs",
        // What git-lfs would store, and a filter that says so whatever the file holds.
        "file pointer version https://git-lfs.github.com/spec/v1\\noid sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\\nsize 5\\n\ngit config filter.lfs.clean \"cat pointer\"\ngit config filter.other.clean \"cat pointer\"\nfile .gitattributes *.bin filter=lfs\nfile big.bin old!!\ngit add .\ngit commit -q -m \"feat: big\"",
    ),
    (
        "@many",
        "git branch fix/a-0101\ngit branch fix/b-0101\ngit branch docs/c-0101\ngit branch test/d-0101\ngit tag v1\ngit tag v2",
    ),
    (
        "@conflict",
        "git switch -q dev\nfile c dev\ngit add c\ngit commit -q -m \"feat: c (#1)\"\ngit switch -q feature/x-0208\nfile c own\ngit add c\ngit commit -q -m \"feat: c\"",
    ),
];

pub fn expand(script: &str) -> String {
    MACROS.iter().fold(script.to_owned(), |script, (name, lines)| script.replace(name, lines))
}

/// Everything under a folder: kind, mode, size, content, modification time.
pub fn census(top: &Path) -> BTreeMap<PathBuf, String> {
    let mut out = BTreeMap::new();
    let mut queue = vec![top.to_owned()];
    while let Some(path) = queue.pop() {
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        let content = if meta.is_file() { format!("{:?}", fs::read(&path).ok()) } else { String::new() };
        if meta.is_dir() {
            queue.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|e| e.path()));
        }
        let stamp =
            format!("{:o} {} {}.{} {content}", meta.mode(), meta.len(), meta.mtime(), meta.mtime_nsec());
        out.insert(path, stamp);
    }
    out
}

/// What git says of the facts; `None` where it cannot.
fn says_git(lab: &Lab, path: &Path) -> Option<(Value, Value, Value, Value)> {
    let status =
        lab.ask(path, &["--no-optional-locks", "status", "--porcelain=v2", "--branch", "-uall", "-z"])?;
    let mut dirty = 0;
    let (mut ahead, mut behind) = (Value::Null, Value::Null);
    let mut fields = status.split('\0');
    while let Some(field) = fields.next() {
        if let Some(ab) = field.strip_prefix("# branch.ab ") {
            let (a, b) = ab.split_once(' ').expect("two numbers");
            ahead = a[1..].parse::<u64>().expect("a number").into();
            behind = b[1..].parse::<u64>().expect("a number").into();
        } else if !field.is_empty() && !field.starts_with('#') {
            dirty += 1;
            if field.starts_with('2') {
                fields.next(); // a rename's old name
            }
        }
    }
    let branch = lab.ask(path, &["symbolic-ref", "--short", "-q", "HEAD"]);
    let head = lab.ask(path, &["rev-parse", "-q", "--verify", "HEAD"]);
    let facts = serde_json::json!([branch, head]);
    Some((facts, dirty.into(), ahead, behind))
}

fn check(lab: &Lab, (name, script, expected): &Case) -> Result<(), String> {
    let script = expand(script).replace("{}", &lab.path().join(name).display().to_string());
    let path = lab.build(name, &script);
    let before = census(&lab.path().join(name));
    let tree = look(lab, &path);
    let after = census(&lab.path().join(name));
    if before != after {
        let changed: Vec<_> =
            after.iter().filter(|(p, s)| before.get(*p) != Some(*s)).map(|(p, _)| p).collect();
        return Err(format!("{name}: the look changed {changed:?}"));
    }
    let mut want: Vec<&str> = expected.split_whitespace().filter(|w| w.contains(':')).collect();
    want.sort_unstable();
    if findings(&tree) != want {
        return Err(format!("{name}: expected {want:?}, found {:#}", tree["findings"]));
    }
    if let Some(dirty) = expected.split_whitespace().find_map(|w| w.strip_prefix("dirty="))
        && tree["dirty"] != serde_json::from_str::<Value>(dirty).expect("a number or null")
    {
        return Err(format!("{name}: dirty is {}, expected {dirty}", tree["dirty"]));
    }
    if expected.contains("nogit") {
        return Ok(());
    }
    if let Some((facts, dirty, ahead, behind)) = says_git(lab, &path) {
        let said = (
            serde_json::json!([tree["branch"], tree["head"]]),
            &tree["dirty"],
            &tree["ahead"],
            &tree["behind"],
        );
        if said != (facts.clone(), &dirty, &ahead, &behind) {
            return Err(format!("{name}: archtui says {said:?}, git says {facts} {dirty} {ahead} {behind}"));
        }
    }
    Ok(())
}

/// Checks all cases of a table and tells every one that fails.
pub fn check_all(cases: &[Case]) {
    let lab = Lab::new();
    let reftable = lab.knows_reftable();
    let buildable = cases.iter().filter(|case| reftable || !case.0.starts_with("reftable"));
    let faults: Vec<String> = buildable.filter_map(|case| check(&lab, case).err()).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[test]
fn rules_kept() {
    check_all(zoo_rules::KEPT);
}

#[test]
fn rules_broken() {
    check_all(zoo_rules::BROKEN);
}

#[test]
fn shapes() {
    check_all(zoo_shapes::SHAPES);
}

#[test]
fn shapes_that_only_git_reads() {
    check_all(zoo_shapes::PROGRAM);
}

#[test]
fn damaged() {
    check_all(zoo_shapes::DAMAGED);
}

#[test]
fn the_zoo_is_large_and_its_names_are_unique() {
    let all =
        [zoo_rules::KEPT, zoo_rules::BROKEN, zoo_shapes::SHAPES, zoo_shapes::PROGRAM, zoo_shapes::DAMAGED];
    let names: std::collections::BTreeSet<&str> = all.iter().flat_map(|t| t.iter()).map(|c| c.0).collect();
    let count: usize = all.iter().map(|t| t.len()).sum();
    assert_eq!(names.len(), count, "two cases share a name");
    assert!(count >= 60);
}

/// Every repository of the rules once more with its references as a reftable: libgit2 reads the one, git the other, and
/// both must find the same. Reflogs are taken away before, git cannot carry them over.
#[test]
fn library_and_program_answer_alike() {
    let lab = Lab::new();
    let migrate = |path: &Path| lab.ask(path, &["refs", "migrate", "--ref-format=reftable"]).is_some();
    if !migrate(&lab.build("probe", "in r\ngit init -q .")) {
        return; // needs git 2.46
    }
    let (mut compared, mut faults) = (0, Vec::new());
    for (name, script, _) in zoo_rules::KEPT.iter().chain(zoo_rules::BROKEN) {
        let path = lab.build(name, &expand(script));
        let _ = fs::remove_dir_all(path.join(".git/logs"));
        let by_library = look(&lab, &path);
        if !migrate(&path) {
            continue; // not with linked work trees
        }
        compared += 1;
        let by_program = look(&lab, &path);
        if by_library != by_program {
            faults.push(format!("{name}: library {by_library:#}, program {by_program:#}"));
        }
    }
    assert!(faults.is_empty(), "{} of {compared}:\n{}", faults.len(), faults.join("\n"));
    assert!(compared > 60, "only {compared} were compared");
}
