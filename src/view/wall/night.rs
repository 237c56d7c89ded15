//! A frame made darker for the night: every colour halfway to black, so that the differences stay. Where colours cannot be
//! mixed, dim and without weight.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use crate::theme::{Depth, Rgb, Theme};

/// What is left of a colour, in percent.
const LEFT: u16 = 45;

/// Dims all of it.
pub fn fall(buf: &mut Buffer, theme: &Theme) {
    let mixes = theme.depth() >= Depth::Indexed256;
    for cell in &mut buf.content {
        if mixes {
            cell.fg = dimmed(theme, cell.fg, true);
            cell.bg = dimmed(theme, cell.bg, false);
        } else {
            cell.modifier = cell.modifier.difference(Modifier::BOLD).union(Modifier::DIM);
        }
    }
}

fn dimmed(theme: &Theme, color: Color, foreground: bool) -> Color {
    let Rgb(r, g, b) = theme.rgb(color, foreground);
    let less = |c: u8| (u16::from(c) * LEFT / 100) as u8;
    theme.depth().show(Color::Rgb(less(r), less(g), less(b)))
}
