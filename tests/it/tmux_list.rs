//! What a real server answers when it is asked where cursors are and which panes have a row that may be a dialog's.

use std::fs;

use archtui::domain::session::PaneId;
use archtui::tmux::list;

use crate::support::tmux::PrivateTmux;

#[test]
fn a_server_tells_cursors_and_rows_of_all_panes_and_of_some() {
    let tmux = PrivateTmux::new();
    let panes: Vec<PaneId> = (0..9)
        .map(|n| {
            let above = "\\n".repeat(n);
            let row = if n % 3 == 0 { "no dialog" } else { " 1. Yes" };
            tmux.session_of(&format!("s{n}"), 40, 12, &format!("printf '{above}{row}\\nready'; exec cat"))
        })
        .collect();
    for pane in &panes {
        tmux.wait_for(*pane, "ready");
    }
    let say = |command: &str| {
        let file = tmux.dir().join("commands");
        fs::write(&file, command).expect("written");
        tmux.run(&["source-file", file.to_str().expect("a path of ours")])
    };
    let places = list::places(&say(list::PLACES));
    for (n, pane) in panes.iter().enumerate() {
        let place = places.iter().find(|(p, _)| p == pane).map(|(_, place)| (place.row, place.scrolled));
        assert_eq!(place, Some((n as u32 + 1, 0)), "{places:?}");
    }
    let all = list::rows(&say(&list::rows_command(None)));
    let want = |of: &[usize]| of.iter().map(|n| (panes[*n], *n as u32 + 1)).collect::<Vec<_>>();
    let mut sorted = all.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, want(&[1, 2, 4, 5, 7, 8]));
    for (some, found) in [(&[3, 1][..], &[1][..]), (&[8, 0, 1, 2, 3, 4, 6, 7], &[1, 2, 4, 7, 8])] {
        let of: Vec<PaneId> = some.iter().map(|n| panes[*n]).collect();
        let mut told = list::rows(&say(&list::rows_command(Some(&of))));
        told.sort_unstable();
        assert_eq!(told, want(found), "{some:?}");
    }
}
