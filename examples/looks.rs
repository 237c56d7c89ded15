//! Watches a tmux server as the control room does and tells what that costs: `looks SOCKET [auto|inotify|scan] [FRONT] [MARK]`,
//! FRONT = how many panes are in view (all without it), MARK = a text whose appearance on a screen prints SEEN. Prints when the first grid was complete, then a line every 5 s.
//! For measuring; nothing is typed, nothing is drawn.

use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use archtui::domain::server::{Notice, Told};
use archtui::domain::session::PaneId;
use archtui::ports::{Panes, View};
use archtui::tmux::address::{Address, Environment, Wanted};
use archtui::tmux::watch::Watcher;

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a measurement")]
    Instant::now()
}

fn say(line: &str) {
    // Nobody left to tell is no reason to stop measuring.
    let _ = writeln!(std::io::stdout().lock(), "{line}\r");
}

/// Seconds of CPU that a process has used, and its resident memory in kB.
fn cost(pid: &str) -> (f64, u64) {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let cpu: f64 = read("schedstat").split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
    let status = read("status");
    let rss = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or_default();
    (cpu / 1e9, rss.trim().trim_end_matches(" kB").parse().unwrap_or(0))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let start = now();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let socket = args.first().map_or(Wanted::Default, |s| Wanted::Path(PathBuf::from(s)));
    let notice = match args.get(1).map(String::as_str) {
        Some("scan") => Notice::Scan,
        Some("inotify") => Notice::Inotify,
        _ => Notice::Auto,
    };
    let front: usize = args.get(2).and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
    let mark = args.get(3);
    let mut marked: HashSet<PaneId> = HashSet::new();
    let (mut watcher, _keys) = Watcher::new(Address::resolve(&socket, &Environment::default()), notice);
    let mut missing: Option<HashSet<PaneId>> = None;
    let mut server = String::new();
    let (mut screens, mut wrote, mut lists, mut gridded) = (0u32, 0u32, 0u32, false);
    let mut next = start + Duration::from_secs(5);
    let mut before = (cost("self"), (0.0, 0));
    loop {
        if let Ok(told) = tokio::time::timeout_at(next.into(), watcher.next()).await {
            match told {
                Told::Server(archtui::domain::server::Server::Up { pid, .. }) => {
                    server = pid.to_string();
                    before.1 = cost(&server);
                }
                Told::Server(other) => say(&format!("{other:?}")),
                Told::Noticing(notice, why) => {
                    say(&format!("noticing by {notice:?} {}", why.unwrap_or_default()));
                }
                Told::Panes(panes) => {
                    lists += 1;
                    let ids: Vec<PaneId> = panes.iter().map(|p| p.identity.id).collect();
                    missing.get_or_insert_with(|| ids.iter().copied().collect());
                    watcher.look_at(View { front: ids.into_iter().take(front).collect(), paused: false });
                }
                Told::Screen { pane, screen, .. } => {
                    screens += 1;
                    if let Some(mark) = mark {
                        let shows = screen.rows.iter().any(|row| row.text().contains(mark.as_str()));
                        if !shows {
                            marked.remove(&pane.id);
                        } else if marked.insert(pane.id) {
                            say("SEEN");
                        }
                    }
                    if let Some(missing) = &mut missing {
                        missing.remove(&pane.id);
                    }
                }
                Told::Wrote(_) => wrote += 1,
                Told::Heard => {}
            }
            if !gridded && missing.as_ref().is_some_and(HashSet::is_empty) {
                gridded = true;
                say(&format!("FULLGRID after {:.1} ms", (now() - start).as_secs_f64() * 1e3));
            }
        } else {
            next += Duration::from_secs(5);
            let after = (cost("self"), cost(&server));
            say(&format!(
                "we {:.2} %, tmux {:.2} % of a core, {screens} screens, {wrote} writes without change, {lists} lists in 5 s; \
                 memory {} and {} kB",
                (after.0.0 - before.0.0) * 20.0,
                (after.1.0 - before.1.0) * 20.0,
                after.0.1,
                after.1.1
            ));
            before = after;
            (screens, wrote, lists) = (0, 0, 0);
        }
    }
}
