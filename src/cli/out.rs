//! The one place that prints. A reader that went away (a closed pipe) ends the program quietly.

use std::io::Write;
use std::process::ExitCode;

/// A line on stdout.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()).is_err()
    {
        std::process::exit(0);
    }
}

/// A line on stdout for whoever reads it: where cleaning up must follow, a closed pipe may not end the program.
pub fn offer(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// A value as one line of JSON on stdout.
pub fn json(value: &impl serde::Serialize) {
    line(&serde_json::to_string(value).expect("our own values have string keys and finite numbers"));
}

/// The same for much of it: written as it is made.
pub fn json_now(value: &impl serde::Serialize) {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let written = serde_json::to_writer(&mut out, value).map_err(std::io::Error::from);
    if written.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// A line on stderr. Nothing is done about a stderr that is closed: there is nowhere left to say it.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// What clap has to say: help and version on stdout with success, errors on stderr with exit code 2.
pub fn clap_says(e: &clap::Error) -> ExitCode {
    let _ = e.print();
    // Help in the place of an error does not say what is missing.
    if e.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        complain("archtui: a command is missing");
        complain("         name one of those above");
    }
    ExitCode::from(if e.use_stderr() { 2 } else { 0 })
}
