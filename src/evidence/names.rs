//! What a process is called: the program, or the script or package that an interpreter runs. Names are chosen by the programs.

use crate::domain::text;

/// Programs that run others in their own process group: what they run is what counts.
const LAUNCHERS: [&str; 15] = [
    "sh", "bash", "dash", "zsh", "fish", "env", "npm", "npx", "pnpm", "yarn", "bunx", "timeout", "nice",
    "time", "script",
];
/// Programs that run a script: the script's name is what counts.
const INTERPRETERS: [&str; 7] = ["node", "nodejs", "bun", "deno", "python", "python3", "ruby"];
/// Names of scripts that say nothing; their package does.
const NAMELESS: [&str; 6] = ["cli", "index", "main", "start", "run", "__main__"];

/// What a process is called, from its own name, its command line and its program file.
pub(super) fn name_of(comm: &[u8], argv: &[String], exe: &str) -> String {
    let comm = text::printable(&String::from_utf8_lossy(comm));
    let own = if tells(&comm) {
        comm
    } else {
        // Newer node calls its main thread so; installers call the program file after its version.
        let argv0 = argv.first().map(String::as_str).unwrap_or_default();
        let mut parts = base(argv0).into_iter().chain(exe.rsplit('/')).filter(|p| tells(p));
        parts.next().map(text::printable).unwrap_or(comm)
    };
    if !INTERPRETERS.contains(&own.as_str()) && !own.starts_with("python3.") {
        return own;
    }
    script_of(argv).unwrap_or(own)
}

/// npm names itself after what it runs, as in `npm exec codex`.
pub(super) fn is_launcher(name: &str) -> bool {
    LAUNCHERS.contains(&name.split(' ').next().unwrap_or(name))
}

/// True if a name says which program it is.
fn tells(name: &str) -> bool {
    let version = name.starts_with(|c: char| c.is_ascii_digit());
    !version && !matches!(name, "" | "MainThread" | "versions" | "bin" | "(deleted)")
}

/// The name of the script that an interpreter runs: the first argument that is no option.
fn script_of(argv: &[String]) -> Option<String> {
    let mut args = argv.iter().skip(1);
    let script = loop {
        let arg = args.next()?;
        match arg.as_str() {
            // A program text follows, or a module's name.
            "-e" | "-c" | "-p" | "--eval" | "--print" => return None,
            "-m" => break args.next()?,
            "-r" | "--require" | "--import" => drop(args.next()),
            "run" => {}
            a if a.starts_with('-') => {}
            _ => break arg,
        }
    };
    let name = base(script)?;
    let stem = name.rsplit_once('.').filter(|(s, _)| !s.is_empty()).map_or(name, |(s, _)| s);
    let name = if NAMELESS.contains(&stem) { package(script).unwrap_or(stem) } else { stem };
    let short = ["-code", "-cli"].iter().find_map(|end| name.strip_suffix(end)).filter(|s| !s.is_empty());
    Some(text::printable(short.unwrap_or(name)))
}

/// The package that a file belongs to: the folder under the last `node_modules`, without its scope.
fn package(path: &str) -> Option<&str> {
    let (_, inside) = path.rsplit_once("node_modules/")?;
    inside.split('/').find(|part| !part.starts_with('@') && !part.is_empty())
}

fn base(path: &str) -> Option<&str> {
    path.rsplit('/').next().filter(|b| !b.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(comm: &str, argv: &str, exe: &str, want: &str) {
        let argv: Vec<String> = argv.split(' ').map(str::to_owned).collect();
        assert_eq!(name_of(comm.as_bytes(), &argv, exe), want, "{comm} {argv:?} {exe}");
    }

    #[test]
    fn programs_are_called_by_their_name() {
        check("claude", "claude", "/usr/bin/node", "claude");
        check("bash", "-bash", "/usr/bin/bash", "bash");
        check("opencode", "opencode --x", "/opt/opencode", "opencode");
        check("a\nb\x1b[31m", "x", "/x", "ab[31m");
    }

    #[test]
    fn interpreters_are_called_by_what_they_run() {
        check("node", "node /usr/local/bin/codex --full-auto", "/usr/bin/node", "codex");
        check("node", "node --no-warnings=x /usr/bin/gemini", "/usr/bin/node", "gemini");
        check("node", "node /x/node_modules/@openai/codex/bin/codex.js", "/usr/bin/node", "codex");
        check("node", "node /x/node_modules/@google/gemini-cli/dist/index.js", "/usr/bin/node", "gemini");
        check("node", "node /x/node_modules/@anthropic-ai/claude-code/cli.js", "/usr/bin/node", "claude");
        check("MainThread", "node /usr/bin/qwen", "/usr/bin/node", "qwen");
        check("python3", "python3 -m aider --x", "/usr/bin/python3", "aider");
        check("python3.11", "python3.11 /usr/bin/aider", "/usr/bin/python3.11", "aider");
        check("bun", "bun run /x/opencode.ts", "/usr/bin/bun", "opencode");
    }

    #[test]
    fn an_interpreter_without_a_script_is_itself() {
        check("node", "node", "/usr/bin/node", "node");
        check("node", "node -e console.log('codex')", "/usr/bin/node", "node");
        check("python3", "python3 -c claude", "/usr/bin/python3", "python3");
        check("node", "node -r ./claude.js", "/usr/bin/node", "node");
    }

    #[test]
    fn a_version_for_a_name_gives_way_to_the_folder() {
        check("2.1.330", "claude", "/h/.local/share/claude/versions/2.1.330", "claude");
        check(
            "2.1.330",
            "/h/.local/share/claude/versions/2.1.330",
            "/h/.local/share/claude/versions/2.1.330",
            "claude",
        );
        check("2.1.330", "", "", "2.1.330");
    }
}
