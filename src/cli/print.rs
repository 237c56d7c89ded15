//! What is printed from the tables: completions for shells, the manual page, the themes, the unit of systemd.

use std::io::Write;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::{Args, Fail, Global, out, setup};
use crate::theme::{BUILTIN, Depth, Theme};

/// Options of `archtui completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// For which shell
    shell: Shell,
}

/// Prints a shell's completions.
pub fn completions(args: &CompletionsArgs) -> Result<(), Fail> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut offered(&Args::command()), "archtui", &mut text);
    print(&text)
}

/// A command without what is hidden in it: completions of clap offer that too.
fn offered(command: &Command) -> Command {
    // Names of commands are static: these few are made once, by a process that ends when it has printed them.
    let kept = |text: &str| -> &'static str { String::leak(text.to_owned()) };
    let mut shown = Command::new(kept(command.get_name()))
        .disable_help_subcommand(command.is_disable_help_subcommand_set())
        .args(command.get_arguments().filter(|a| !a.is_hide_set()).cloned())
        .subcommands(command.get_subcommands().filter(|c| !c.is_hide_set()).map(offered));
    if let Some(about) = command.get_about() {
        shown = shown.about(about.clone());
    }
    match command.get_version() {
        Some(version) => shown.version(kept(version)),
        None => shown,
    }
}

/// Prints the manual page.
pub fn man() -> Result<(), Fail> {
    let mut text = Vec::new();
    let command = Args::command();
    let page = clap_mangen::Man::new(command.clone());
    let failed = |e: std::io::Error| Fail::failed(format!("the page cannot be made: {e}"), "");
    page.render(&mut text).map_err(failed)?;
    // Each command with its options: one page for all of them.
    for sub in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        let name = sub.get_name().to_uppercase().replace('-', "\\-");
        text.extend(format!(".SH \"ARCHTUI {name}\"\n").bytes());
        let sub = sub.clone().bin_name(format!("archtui {}", sub.get_name()));
        let page = clap_mangen::Man::new(sub);
        page.render_description_section(&mut text).map_err(failed)?;
        page.render_options_section(&mut text).map_err(failed)?;
    }
    print(&text)
}

/// Prints the themes, the one in force marked.
pub fn themes(global: &Global) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    let current = global.theme.as_deref().unwrap_or(&ground.loaded.config.view.theme);
    let in_force = ground.theme(global, Depth::True)?;
    let mut known = false;
    for (name, _) in BUILTIN {
        let theme = Theme::builtin(name, Depth::True).unwrap_or_else(|| Theme::dark(Depth::True));
        known |= name == current;
        let mark = if name == current { "*" } else { " " };
        out::line(&format!("{mark} {name:<10} {}", theme.help()));
    }
    if !known {
        out::line(&format!("* {current:<10} {} (your own)", in_force.help()));
    }
    Ok(())
}

/// Prints a unit for systemd that runs the daemon for a person, with this program and this config.
pub fn unit(global: &Global) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    let program = std::env::current_exe().map_err(|e| {
        Fail::failed(format!("this program's own path is not known: {e}"), "run it by its path")
    })?;
    let mut line = quoted(&program);
    if let Some(file) = &ground.loaded.file {
        let file = file.canonicalize().unwrap_or_else(|_| file.clone());
        line += &format!(" --config {}", quoted(&file));
    }
    if global.socket_name.is_some() || global.socket_path.is_some() {
        line += &format!(" -S {}", quoted(&ground.address.socket));
    }
    out::line(&format!(
        "# archtui daemon --unit > ~/.config/systemd/user/archtui.service
# systemctl --user daemon-reload && systemctl --user enable --now archtui
# loginctl enable-linger \"$USER\"    # if it is to run while you are logged out
[Unit]
Description=archtui: acts for the fleet {}
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=exec
ExecStart={line} daemon
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
# The agents live in the tmux server, not here: nothing of theirs ends with this unit.
KillMode=process
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target",
        ground.loaded.config.fleet.name.replace(['\n', '%'], "")
    ));
    Ok(())
}

/// A word of a unit's command line: `%` and `$` mean something there.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('%', "%%").replace('$', "$$"))
}

fn print(text: &[u8]) -> Result<(), Fail> {
    match std::io::stdout().lock().write_all(text) {
        // Whoever reads has seen enough.
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Fail::failed(format!("it cannot be printed: {e}"), ""))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_a_unit_means_itself() {
        assert_eq!(quoted(Path::new("/a b/c%d$e\"f")), "\"/a b/c%%d$$e\\\"f\"");
    }

    #[test]
    fn every_shell_gets_every_command_that_is_not_hidden() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell] {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut offered(&Args::command()), "archtui", &mut text);
            let text = String::from_utf8(text).expect("UTF-8");
            for hidden in ["sim-agent", "sim__agent", "--hook ", "-l hook "] {
                assert!(!text.contains(hidden), "{shell}: {hidden}");
            }
            assert!(text.contains("version") && text.contains("theme"), "{shell}: options of the whole");
            for sub in Args::command().get_subcommands().filter(|c| !c.is_hide_set()) {
                assert!(text.contains(sub.get_name()), "{shell}: {}", sub.get_name());
            }
        }
    }
}
