//! `archtui branches --install-hook`: shows what would be written, asks, writes. A hook that is there is kept and runs
//! first. Not for what the hooks do (`gate`).

use std::fs;
use std::io::{IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::gate::Hook;
use super::{Fail, out, shown};
use crate::git::hooks::{self, HookPlace};

/// The line by which we know our own.
const OURS: &str = "# archtui branches: checks this repository's branch rules. Undo: remove this file";

/// What is to be done about one hook.
struct Step {
    file: PathBuf,
    script: String,
    /// Where the hook that is there goes.
    kept: Option<PathBuf>,
}

/// Installs both hooks into the repository that the folder belongs to.
pub fn run(path: &Path, yes: bool) -> Result<(), Fail> {
    let place = hooks::place(path).map_err(|e| {
        Fail::not_found(format!("{}: {e}", shown(path)), "name a folder inside a git work tree")
    })?;
    let exe = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("archtui"));
    let mut steps = Vec::new();
    for hook in Hook::ALL {
        steps.extend(step(hook, &place.folder, &exe)?);
    }
    if steps.is_empty() {
        out::line(&format!("both hooks are in {} already", shown(&place.folder)));
        return Ok(());
    }
    show(&steps, &place);
    if !yes && !agreed()? {
        out::line("nothing was written");
        return Err(Fail::not_found("", ""));
    }
    for step in &steps {
        write(step).map_err(|e| {
            Fail::failed(
                format!("{}: {e}", shown(&step.file)),
                "check who may write there, then run it again",
            )
        })?;
        out::line(&format!("wrote {}", shown(&step.file)));
    }
    Ok(())
}

fn step(hook: Hook, folder: &Path, exe: &Path) -> Result<Option<Step>, Fail> {
    let file = folder.join(hook.name());
    let before = folder.join(format!("{}.before-archtui", hook.name()));
    let script = script(hook, exe);
    let there = fs::symlink_metadata(&file).is_ok();
    let old = fs::read(&file).unwrap_or_default();
    let ours = String::from_utf8_lossy(&old).contains(OURS);
    if ours && old == script.as_bytes() {
        return Ok(None);
    }
    if there && !ours && fs::symlink_metadata(&before).is_ok() {
        return Err(Fail::failed(
            format!("{} and {} both exist", shown(&file), shown(&before)),
            "keep the one that you want and remove the other",
        ));
    }
    Ok(Some(Step { file, script, kept: (there && !ours).then_some(before) }))
}

/// The hook. It must never stand in the way when archtui is not there.
fn script(hook: Hook, exe: &Path) -> String {
    let name = hook.name();
    let exe = format!("'{}'", exe.to_string_lossy().replace('\'', r"'\''"));
    let (input, feed, args) = match hook {
        Hook::CommitMsg => ("", "", "commit-msg \"$1\""),
        Hook::PrePush => ("input=$(cat)\n", "printf '%s\\n' \"$input\" | ", "pre-push"),
    };
    format!(
        "#!/bin/sh\n{OURS}\n{input}before=\"$(dirname -- \"$0\")/{name}.before-archtui\"\n\
         if [ -x \"$before\" ]; then {feed}\"$before\" \"$@\" || exit $?; fi\n\
         archtui={exe}\n\
         [ -x \"$archtui\" ] || archtui=$(command -v archtui) || exit 0\n\
         {feed}\"$archtui\" branches --hook {args}\n"
    )
}

fn show(steps: &[Step], place: &HookPlace) {
    for step in steps {
        if let Some(kept) = &step.kept {
            out::line(&format!("{} is kept as {} and runs first", shown(&step.file), shown(kept)));
        }
        out::line(&format!("{} would be:", shown(&step.file)));
        for line in step.script.lines() {
            out::line(&format!("    {}", crate::domain::text::printable(line)));
        }
    }
    if !place.own {
        out::line(
            "core.hooksPath leads out of this repository: every repository that uses that folder gets them",
        );
    }
}

fn agreed() -> Result<bool, Fail> {
    if !std::io::stdin().is_terminal() {
        return Err(Fail::usage(
            "nobody is there to agree",
            "look at the above, then run it again with --yes",
        ));
    }
    out::line("Write them? [y/N]");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|e| Fail::failed(e.to_string(), "run it again"))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Whole or not at all: written beside, then renamed over.
fn write(step: &Step) -> std::io::Result<()> {
    let folder = step.file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let new = step.file.with_extension(format!("archtui-{}", std::process::id()));
    let mut file = fs::File::create_new(&new)?;
    file.write_all(step.script.as_bytes())?;
    file.set_permissions(fs::Permissions::from_mode(0o755))?;
    file.sync_all()?;
    if let Some(kept) = &step.kept {
        fs::rename(&step.file, kept)?;
    }
    fs::rename(&new, &step.file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_whatever_it_holds() {
        let script = script(Hook::CommitMsg, Path::new("/a b/it's $(x)/archtui"));
        assert!(script.contains(r"archtui='/a b/it'\''s $(x)/archtui'"), "{script}");
    }
}
