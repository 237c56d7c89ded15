//! Where the mark goes in the queue of dialogs.

use std::sync::Arc;

use super::confirms::{at_ms, board};
use super::*;
use crate::app::state::{Board, Post};

#[test]
fn behind_an_answer_the_mark_goes_to_the_next_that_needs_somebody() {
    let open = [("a", "one"), ("b", "two"), ("c", "three")];
    // The mark stands on a row; the boards that follow, each dialog with `-` where it is being answered; where the mark stands then.
    let check_by = |own: bool, row: usize, boards: &[&[&str]], want: &str| {
        let mut state = State { aim: None, ..Room::with(&["a", "b", "c"]).state };
        let told = board(&state, Post::Acting, &open);
        update(&mut state, told, at_ms(0));
        state.open_panel = Some(PanelId::Confirms);
        state.panel_row = row;
        state.pressed = own.then(|| (Duration::ZERO, state.board.queue[row].id.1));
        for (n, now) in boards.iter().enumerate() {
            let names = now.iter().map(|name| name.trim_end_matches('-'));
            let rows = names.map(|name| *open.iter().find(|(n, _)| *n == name).expect("one of them"));
            let Event::Board(told) = board(&state, Post::Acting, &rows.collect::<Vec<_>>()) else {
                unreachable!()
            };
            let mut told = Board::clone(&told);
            for (row, name) in told.queue.iter_mut().zip(*now) {
                row.needs_you = !name.ends_with('-');
            }
            update(&mut state, Event::Board(Arc::new(told)), at_ms(10 * n as u64));
        }
        let marked = state.marked_row().and_then(|row| state.board.queue.get(row));
        assert_eq!(marked.map_or("", |c| c.session.as_str()), want, "{row} {boards:?}");
    };
    let check = |row: usize, boards: &[&[&str]], want: &str| check_by(true, row, boards, want);
    check(0, &[&["b", "c", "a-"]], "b");
    check(0, &[&["b", "c", "a-"], &["b", "c"]], "b");
    check(0, &[&["b", "c"]], "b");
    check(1, &[&["a", "c", "b-"]], "c");
    check(1, &[&["a", "c", "b-"], &["a", "b", "c"]], "c");
    check(2, &[&["a", "b", "c-"]], "b");
    check(2, &[&["a", "b"]], "b");
    check(0, &[&["a-", "b-", "c-"]], "a");
    check(1, &[&["b", "a", "c"]], "b");
    // Somebody else, or a rule that was judged anew.
    check_by(false, 0, &[&["b", "c", "a-"]], "a");
    check_by(false, 0, &[&["b", "c", "a-"], &["a", "b", "c"]], "a");
    check_by(false, 0, &[&["b", "c"]], "b");
}
