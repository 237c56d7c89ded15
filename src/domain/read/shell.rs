//! Is it a shell? Names of foreground processes, and the look of a shell's prompt on the last row.

use super::line::Line;
use crate::domain::screen::Screen;

/// Shells by their process names.
const SHELLS: [&str; 13] =
    ["sh", "bash", "zsh", "fish", "dash", "ksh", "mksh", "tcsh", "csh", "nu", "elvish", "xonsh", "pwsh"];

/// Programs that may run an agent inside: what they show has to be read.
const HOSTS: [&str; 26] = [
    "node",
    "bun",
    "deno",
    "python",
    "python3",
    "ruby",
    "java",
    "npm",
    "npx",
    "pnpm",
    "yarn",
    "uv",
    "uvx",
    "ssh",
    "mosh-client",
    "docker",
    "podman",
    "kubectl",
    "sudo",
    "su",
    "script",
    "tmux",
    "screen",
    "nix",
    "env",
    "expect",
];

/// True for the names of shells; a login shell has a dash in front.
pub(super) fn is_shell(command: &str) -> bool {
    SHELLS.contains(&command.strip_prefix('-').unwrap_or(command))
}

/// True for a foreground process that is neither a shell nor able to run an agent inside.
pub(super) fn runs_no_agent(command: &str) -> bool {
    let base = command.rsplit('/').next().unwrap_or(command);
    !command.is_empty() && !is_shell(base) && !HOSTS.contains(&base)
}

/// The row of a shell's prompt, if the last used row looks like one and the cursor, where known, is on it.
pub(super) fn prompt_row(screen: &Screen, lines: &[Line<'_>]) -> Option<usize> {
    let last = lines.iter().rev().find(|l| !l.is_blank())?;
    let text = last.text.trim_end();
    let words = text.split_whitespace().count();
    let looks = text.ends_with(['$', '#', '%', '❯', '➜', 'λ', '»'])
        && last.boxes == 0
        && !last.bar
        && words <= 6
        && (text.chars().count() <= 2
            || text.contains(['/', '~', '@', ':', '-', ']', ')', '.'])
            || words == 1);
    let cursor = screen.cursor.is_none_or(|c| usize::from(c.y) == last.row);
    (looks && cursor).then_some(last.row)
}
