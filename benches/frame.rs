//! What a frame costs: nine panes of 120x40 on a terminal of 200x60, all of them new in every frame, then one, then none.
//! `paint` is our share; the rest is ratatui's clearing, comparing and printing of every cell.

use std::io::BufWriter;
use std::sync::Arc;

use archtui::app::State;
use archtui::domain::ansi;
use archtui::theme::{Depth, Theme};
use archtui::view;
use ratatui::backend::{CrosstermBackend, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

#[path = "../tests/it/fleets.rs"]
#[expect(dead_code, reason = "the tests use all of the builders")]
mod fleets;

const SIZE: Rect = Rect::new(0, 0, 200, 60);

fn main() {
    divan::main();
}

/// Text as agents print it, no two rows and no two turns alike: 120x40, a colour every few words.
fn agent_like(seed: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for y in 0..40 {
        for word in 0..14 {
            let n = seed.wrapping_mul(31) + y * 17 + word * 7;
            out.extend(format!("\x1b[38;5;{}mword{:<4}", 16 + n % 240, n % 9973).bytes());
        }
        out.extend_from_slice(b"\x1b[0m\n");
    }
    out
}

/// Two states that differ in so many of their nine panes.
fn turns(changing: usize) -> [State; 2] {
    [0, 1].map(|turn| {
        let mut state = fleets::many(9);
        for (i, s) in state.fleet.sessions.iter_mut().enumerate() {
            let seed = if i < changing { i + 100 * turn } else { i };
            s.screen = Some(Arc::new(ansi::parse(&agent_like(seed), 120, 40)));
        }
        state
    })
}

/// Our share alone.
#[divan::bench(args = [9, 1, 0])]
fn paint(bencher: divan::Bencher, changing: usize) {
    let (theme, states) = (Theme::dark(Depth::True), turns(changing));
    let mut buf = Buffer::empty(SIZE);
    let mut turn = 0;
    bencher.bench_local(|| {
        turn ^= 1;
        buf.reset();
        view::paint(&states[turn], &theme, &mut buf)
    });
}

/// A whole frame onto a terminal in memory.
#[divan::bench(args = [9, 1, 0])]
fn frame_in_memory(bencher: divan::Bencher, changing: usize) {
    let (theme, states) = (Theme::dark(Depth::True), turns(changing));
    let mut terminal =
        Terminal::new(TestBackend::new(SIZE.width, SIZE.height)).expect("memory does not fail");
    let mut turn = 0;
    bencher.bench_local(|| {
        turn ^= 1;
        terminal.draw(|f| drop(view::draw(&states[turn], &theme, f))).expect("memory does not fail");
    });
}

/// A whole frame as bytes for a terminal.
#[divan::bench(args = [9, 1, 0])]
fn frame_as_bytes(bencher: divan::Bencher, changing: usize) {
    let (theme, states) = (Theme::dark(Depth::True), turns(changing));
    let backend = CrosstermBackend::new(BufWriter::with_capacity(256 * 1024, std::io::sink()));
    let options = TerminalOptions { viewport: Viewport::Fixed(SIZE) };
    let mut terminal = Terminal::with_options(backend, options).expect("a sink does not fail");
    let mut turn = 0;
    bencher.bench_local(|| {
        turn ^= 1;
        terminal.draw(|f| drop(view::draw(&states[turn], &theme, f))).expect("a sink does not fail");
    });
}
