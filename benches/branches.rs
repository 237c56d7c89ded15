//! What a look at work trees costs: nine of 10,000 files each, by us and by git itself in the same run, and HEAD alone.
//! The aim is 150 ms for a whole look at one tree, away from the screen.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use archtui::domain::branch::Rules;
use archtui::git::SystemGit;
use archtui::ports::{Ask, Cancel, Git};
use jiff::Timestamp;

#[path = "../tests/it/support/repo.rs"]
#[expect(dead_code, reason = "the tests use all of the builder")]
mod repo;

const TREES: usize = 9;
const FILES: usize = 10_000;

struct Trees {
    lab: repo::Lab,
    paths: Vec<PathBuf>,
}

/// One repository with nine linked work trees, their indexes fresh.
static TREES_ON_DISK: LazyLock<Trees> = LazyLock::new(|| {
    let lab = repo::Lab::new();
    let mut script = String::from("in r\ngit init -q .\ncommit chore: init\n");
    for folder in 0..FILES / 100 {
        script.push_str(&format!("files 100 src/d{folder}/f\n"));
    }
    script.push_str("git add .\ngit commit -q -m \"feat: files\"\ngit branch dev\n");
    for tree in 0..TREES {
        script.push_str(&format!("git worktree add -q ../w{tree} -b feature/w{tree}-0208 dev\n"));
    }
    let top = lab.build("bench", &script);
    let paths: Vec<PathBuf> = (0..TREES).map(|i| top.with_file_name(format!("w{i}"))).collect();
    // An index as young as its files makes every look read them again.
    std::thread::sleep(Duration::from_millis(1100));
    for path in &paths {
        assert!(lab.git(path, &["status"]).status.success());
    }
    Trees { lab, paths }
});

fn main() {
    let lab = &LazyLock::force(&TREES_ON_DISK).lab;
    divan::main();
    std::fs::remove_dir_all(lab.path()).expect("a static is never dropped, its folder has to go");
}

fn ask(status: bool) -> Ask {
    let now = Timestamp::from_second(1_770_500_000).expect("in range");
    Ask { rules: Rules::default(), now, status }
}

fn look(git: &mut SystemGit, path: &Path, ask: &Ask) -> usize {
    let tree = git.look(path, ask, &Cancel::default()).expect("a sound repository");
    tree.dirty.ok().flatten().map_or(0, |dirty| dirty.files)
}

/// A whole look at one tree.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn one_look(bencher: divan::Bencher) {
    let (mut git, ask) = (SystemGit::new(), ask(true));
    bencher.bench_local(|| look(&mut git, &TREES_ON_DISK.paths[0], &ask));
}

/// A whole look at each of the nine.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn nine_looks(bencher: divan::Bencher) {
    let (mut git, ask) = (SystemGit::new(), ask(true));
    bencher.bench_local(|| TREES_ON_DISK.paths.iter().map(|p| look(&mut git, p, &ask)).sum::<usize>());
}

/// Everything but the files.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn nine_looks_without_status(bencher: divan::Bencher) {
    let (mut git, ask) = (SystemGit::new(), ask(false));
    bencher.bench_local(|| TREES_ON_DISK.paths.iter().map(|p| look(&mut git, p, &ask)).sum::<usize>());
}

/// HEAD alone.
#[divan::bench(sample_count = 100)]
fn nine_heads(bencher: divan::Bencher) {
    let git = SystemGit::new();
    bencher.bench_local(|| TREES_ON_DISK.paths.iter().filter(|p| git.head(p).is_ok()).count());
}

/// git's own count, which is only a part of what we ask.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn nine_times_git_status(bencher: divan::Bencher) {
    let args = ["--no-optional-locks", "status", "--porcelain=v2", "--branch", "-uall", "-z"];
    bencher.bench_local(|| {
        let trees = &*TREES_ON_DISK;
        trees.paths.iter().filter(|p| trees.lab.git(p, &args).status.success()).count()
    });
}
