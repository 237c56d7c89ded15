//! What watching costs, measured. For a quiet machine:
//! `cargo test --release --test it -- --ignored --exact --nocapture branches::figures::watching`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::watch::Watch;
use super::zoo::expand;
use crate::support::now;
use crate::support::repo::Lab;

/// Processor time of this process so far; git's own processes are left out.
fn spent() -> Duration {
    let t = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(t.tv_sec.unsigned_abs(), t.tv_nsec as u32)
}

#[expect(clippy::print_stderr, reason = "figures are for whoever asked for them")]
fn say(line: &str) {
    eprintln!("{line}");
}

fn commit(lab: &Lab, tree: &Path) {
    let out = lab.git(tree, &["commit", "-q", "--allow-empty", "-m", "feat: one more"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

fn share(cpu: Duration, of: Duration) -> f64 {
    cpu.as_secs_f64() * 100.0 / of.as_secs_f64()
}

/// So many repositories of so many files each.
fn trees(lab: &Lab, name: &str, count: usize, files: usize) -> Vec<PathBuf> {
    let script = expand(&format!("@flow\nfiles {files} src/f\ngit add .\ngit commit -q -m \"feat: files\""));
    let trees = (0..count).map(|i| lab.build(&format!("{name}{i}"), &script)).collect();
    // An index as young as its files makes every look read them again.
    std::thread::sleep(Duration::from_millis(1100));
    trees
}

/// Commits in one tree after the other; the time from the end of `git commit` to the word of it, sorted.
async fn commits(lab: &Lab, watch: &mut Watch, trees: &[PathBuf], n: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    for tree in trees.iter().cycle().take(n) {
        let own = |s: &archtui::domain::branch::Survey| {
            s.trees[tree].tree.head.as_ref().ok().and_then(|h| h.commit().cloned())
        };
        let before = own(&watch.last);
        commit(lab, tree);
        times.push(watch.until("the commit is told", |s| own(s) != before).await);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    times.sort();
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes five minutes and prints figures"]
async fn watching() {
    let lab = Lab::new();
    let small = trees(&lab, "small", 60, 100);
    let large = trees(&lab, "large", 9, 10_000);
    let huge = trees(&lab, "huge", 1, 100_000);

    let (start, cpu) = (now(), spent());
    let mut watch = Watch::begin(&small[..50]).await;
    say(&format!(
        "50 trees of 100 files: all known after {:?}, {:?} of a core",
        now() - start,
        spent().saturating_sub(cpu)
    ));
    let cpu = spent();
    watch.pass(Duration::from_secs(60)).await;
    say(&format!(
        "the same, quiet: {:.3} % of a core over 60 s",
        share(spent().saturating_sub(cpu), Duration::from_secs(60))
    ));
    let times = commits(&lab, &mut watch, &small[..50], 20).await;
    say(&format!("git commit to its word, 20 times: p50 {:?}, worst {:?}", times[10], times[19]));
    watch.end().await;

    let sessions: Vec<PathBuf> = small.iter().cycle().take(200).cloned().collect();
    let mut watch = Watch::begin(&sessions).await;
    let (cpu, start) = (spent(), now());
    for tree in &small {
        commit(&lab, tree);
        watch.pass(Duration::from_secs(1).saturating_sub(Duration::from_millis(10))).await;
    }
    let took = now() - start;
    say(&format!(
        "200 sessions in 60 trees, a commit a second: {:.2} % of a core",
        share(spent().saturating_sub(cpu), took)
    ));
    watch.end().await;

    let (start, cpu) = (now(), spent());
    let mut watch = Watch::begin(&large).await;
    say(&format!(
        "9 trees of 10000 files: all known after {:?}, {:?} of a core",
        now() - start,
        spent().saturating_sub(cpu)
    ));
    let times = commits(&lab, &mut watch, &large, 20).await;
    say(&format!("git commit to its word, 20 times: p50 {:?}, worst {:?}", times[10], times[19]));
    watch.end().await;

    let mut both = huge.clone();
    both.extend_from_slice(&small[..3]);
    let (start, cpu) = (now(), spent());
    let mut watch = Watch::begin(&both).await;
    say(&format!(
        "100000 files and three small trees: all known after {:?}, {:?} of a core",
        now() - start,
        spent().saturating_sub(cpu)
    ));
    let times = commits(&lab, &mut watch, &huge, 20).await;
    say(&format!("git commit in the large one to its word: p50 {:?}, worst {:?}", times[10], times[19]));
    let times = commits(&lab, &mut watch, &small[..3], 20).await;
    say(&format!("in the others: p50 {:?}, worst {:?}", times[10], times[19]));
    watch.end().await;
}
