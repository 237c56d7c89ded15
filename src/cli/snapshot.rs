//! `archtui snapshot`: the control room as it would look now, as a picture in a file. Secrets are masked: who gets the
//! picture is not known.

use std::path::PathBuf;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{Fail, Global, out, setup, status};
use crate::domain::server::Server;
use crate::theme::Depth;
use crate::view;

/// Options of `archtui snapshot`.
#[derive(Debug, clap::Args)]
pub struct SnapshotArgs {
    /// The file to write, as SVG
    #[arg(long, value_name = "FILE")]
    svg: PathBuf,
    /// Columns and rows of the picture
    #[arg(long, value_name = "WxH", default_value = "160x48", value_parser = size)]
    size: (u16, u16),
}

/// Reads `160x48`.
fn size(s: &str) -> Result<(u16, u16), String> {
    let wrong = || "write it as columns x rows, like 160x48 (20x5 to 500x200)".to_owned();
    let (w, h) = s.split_once(['x', 'X']).ok_or_else(wrong)?;
    let (w, h) = (w.parse().map_err(|_| wrong())?, h.parse().map_err(|_| wrong())?);
    if (20..=500).contains(&w) && (5..=200).contains(&h) { Ok((w, h)) } else { Err(wrong()) }
}

/// Looks once, draws once, writes the file.
pub fn run(global: &Global, args: &SnapshotArgs) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    let theme = ground.theme(global, Depth::True)?;
    let mut state = status::look_veiled(&ground, status::Trees::Too)?;
    if !matches!(state.server, Server::Up { .. }) {
        return Err(status::no_server(&ground, &state.server));
    }
    state.size = args.size;
    let mut terminal =
        Terminal::new(TestBackend::new(args.size.0, args.size.1)).expect("a test backend cannot fail");
    terminal.draw(|frame| drop(view::draw(&state, &theme, frame))).expect("a test backend cannot fail");
    let svg = view::svg(terminal.backend().buffer(), &theme);
    std::fs::write(&args.svg, svg).map_err(|e| {
        Fail::failed(format!("{} cannot be written: {e}", args.svg.display()), "name another file")
    })?;
    out::line(&format!("wrote {}", args.svg.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_within_bounds() {
        assert_eq!(size("160x48"), Ok((160, 48)));
        for bad in ["", "160", "x", "0x0", "19x5", "9999x9999", "-1x10", "160x48x2"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
