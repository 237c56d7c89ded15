//! What tools print and what the agent calls things: the words of the simulation, in one place.

use super::dialog::Matter;
use super::script::Step;

/// Verbs of the spinner: arbitrary, as the real ones are.
pub const VERBS: [&str; 16] = [
    "Gusting",
    "Moseying",
    "Ionizing",
    "Slithering",
    "Germinating",
    "Pondering",
    "Brewing",
    "Simmering",
    "Tinkering",
    "Percolating",
    "Noodling",
    "Whirring",
    "Untangling",
    "Composing",
    "Weaving",
    "Sketching",
];

/// Verbs of a finished turn.
pub const DONE_VERBS: [&str; 6] = ["Worked", "Cooked", "Crunched", "Churned", "Brewed", "Sautéed"];

/// Text that looks like a dialog and is none.
pub const LOOK_ALIKE: &str = "Here is what the other session showed:\n\n Bash command\n\n   rm -rf build\n\n Do you want to proceed?\n ❯ 1. Yes\n   2. No\n\n Esc to cancel · Tab to amend";

/// The name and input of a tool call in the transcript; `None` for steps that are no tool.
pub fn call(step: &Step) -> Option<(String, String)> {
    let (name, input) = match step {
        Step::Bash(b) => ("Bash", b.command.clone()),
        Step::Edit(e) => ("Update", e.path.clone()),
        Step::Write(w) => ("Write", w.path.clone()),
        Step::Read(r) => ("Read", r.path.clone()),
        Step::Fetch(f) => ("Fetch", f.url.clone()),
        Step::Mcp(m) => ("MCP", format!("{} - {}", m.server, m.tool)),
        _ => return None,
    };
    Some((name.to_owned(), input))
}

/// What a refused call says.
pub fn refused(matter: &Matter) -> String {
    match matter {
        Matter::Edit(e, _) => format!("Rejected update to {}", e.path),
        Matter::Write(w) => format!("Rejected write to {}", w.path),
        _ => "Did not run".to_owned(),
    }
}

/// What a command prints when its step does not say.
pub fn printed(command: &str) -> &'static str {
    let starts = |p: &str| command.starts_with(p);
    if starts("cargo test") {
        "   Compiling reader v0.4.0\nrunning 42 tests\ntest result: ok. 42 passed; 0 failed; 0 ignored; finished in 1.31s"
    } else if starts("cargo clippy") || starts("cargo build") || starts("cargo check") {
        "    Finished `dev` profile [unoptimized + debuginfo] target(s) in 2.08s"
    } else if starts("git status") {
        " M src/theme.rs\n M src/words.rs\n?? notes.txt"
    } else if starts("git diff") {
        " src/theme.rs | 14 ++++++++++----\n src/words.rs |  3 ++-\n 2 files changed, 12 insertions(+), 5 deletions(-)"
    } else if starts("git log") {
        "9f3c2e1 feat: toggle for the dark theme\n41d07aa fix: keep the word list sorted\n0b52f9e docs: how a release is made"
    } else if starts("grep") || starts("rg") {
        "src/theme.rs:12:    background: Color,\nsrc/theme.rs:31:fn background()\nsrc/words.rs:8:// TODO: mastered words"
    } else if starts("ls") {
        "Cargo.toml\nREADME.md\ndocs\nsrc\ntests"
    } else {
        "(No output)"
    }
}

/// The spinner line of a failing API: what it says before `· retrying in …`.
pub fn failing(code: u16) -> &'static str {
    match code {
        401 => "401 invalid x-api-key",
        500 => "500 Internal server error",
        0 => "Connection dropped (ECONNRESET)",
        _ => "API error",
    }
}

/// What is left after the last try.
pub fn gave_up(code: u16) -> &'static str {
    match code {
        401 => "API Error: 401 invalid x-api-key · Please run /login",
        429 => "API Error: 429 This request would exceed your account's rate limit. Please try again later.",
        500 => {
            "API Error: 500 Internal server error. This is a server-side issue, usually temporary — try again in a moment."
        }
        529 => {
            "API Error: Repeated 529 Overloaded errors. The API is at capacity — this is usually temporary. Try again in a moment."
        }
        _ => "API Error: Connection error.",
    }
}

/// `7s`, `2m 3s`.
pub fn took(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, s) => format!("{s}s"),
        (m, s) => format!("{m}m {s}s"),
    }
}

/// `2:54 AM` of a second of the day.
pub fn time_of_day(second: u64) -> String {
    let minute = second / 60 % (24 * 60);
    let (hour, minute) = (minute / 60, minute % 60);
    let half = if hour < 12 { "AM" } else { "PM" };
    format!("{}:{minute:02} {half}", (hour + 11) % 12 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_the_agent_writes_them() {
        assert_eq!(took(7), "7s");
        assert_eq!(took(123), "2m 3s");
        assert_eq!(time_of_day(0), "12:00 AM");
        assert_eq!(time_of_day(2 * 3600 + 54 * 60), "2:54 AM");
        assert_eq!(time_of_day(12 * 3600), "12:00 PM");
        assert_eq!(time_of_day(86_399), "11:59 PM");
        assert_eq!(time_of_day(86_400), "12:00 AM");
    }
}
