//! Calls in a record of Codex: the folder of a command is a part of the call, and the record has all of its bytes; the
//! screen leaves tabs out.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::{Lines, Open, Tail};
use crate::domain::dialog::{Dialog, Operation};

/// Lines of such a record, newest first.
#[derive(Debug, Default)]
pub struct Codex {
    ended: BTreeSet<String>,
    tail: Tail,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "type")]
    kind: Option<String>,
    name: Option<String>,
    arguments: Option<String>,
    action: Option<Value>,
    call_id: Option<String>,
    cwd: Option<String>,
}

impl Lines for Codex {
    fn line(&mut self, raw: &[u8]) -> bool {
        let Ok(Line { kind, payload }) = serde_json::from_slice::<Line>(raw) else { return false };
        match (kind.as_str(), payload.kind.as_deref(), payload.call_id) {
            // A turn begins.
            ("turn_context", _, _) => {
                self.tail.folder = payload.cwd;
                return true;
            }
            ("response_item", Some(kind), Some(id)) if kind.ends_with("_output") => {
                self.ended.insert(id);
            }
            ("response_item", Some("function_call" | "local_shell_call"), Some(id)) => {
                let said = payload.arguments.and_then(|text| serde_json::from_str(&text).ok());
                let call = said.or(payload.action).and_then(|said| command(payload.name.as_deref(), &said));
                if let Some((dialog, folder)) = call.filter(|_| !self.ended.contains(&id)) {
                    self.tail.open.push(Open { name: id, dialog, folder });
                }
            }
            _ => {}
        }
        false
    }

    fn tail(self) -> Tail {
        self.tail
    }
}

/// A command and its folder; nothing for what is none, or reads in no way that is known.
fn command(tool: Option<&str>, said: &Value) -> Option<(Dialog, Option<String>)> {
    if !matches!(tool, Some("exec_command" | "shell_command" | "shell" | "local_shell") | None) {
        return None;
    }
    // What another shell makes of a command nobody knows.
    if said.get("shell").is_some_and(|shell| !shell.is_null() && !shell.as_str().is_some_and(is_shell)) {
        return None;
    }
    let command = match said.get("cmd").or_else(|| said.get("command"))? {
        Value::String(text) => text.clone(),
        Value::Array(words) => match words.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?[..] {
            [shell, "-lc" | "-c", text] if is_shell(shell) => text.to_owned(),
            _ => return None,
        },
        _ => return None,
    };
    let folder = match said.get("workdir").or_else(|| said.get("working_directory")) {
        None | Some(Value::Null) => None,
        Some(folder) => Some(folder.as_str()?.to_owned()),
    };
    let dialog =
        Dialog { operation: Operation::Bash, subject: Some(command), complete: true, ..Dialog::default() };
    Some((dialog, folder.filter(|f| !f.is_empty())))
}

/// One that reads commands as they are judged, from where such a program lies.
fn is_shell(path: &str) -> bool {
    let name = ["/bin/", "/usr/bin/", "/usr/local/bin/"].iter().find_map(|at| path.strip_prefix(at));
    matches!(name.unwrap_or(path), "sh" | "bash" | "zsh" | "dash")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Vec<(String, Option<String>, Option<String>)> {
        let mut codex = Codex::default();
        let _ = lines.iter().rev().any(|line| codex.line(line.as_bytes()));
        let Tail { open, folder, .. } = codex.tail();
        open.into_iter().map(|o| (o.dialog.subject.unwrap_or_default(), o.folder, folder.clone())).collect()
    }

    const TURN: &str = r#"{"timestamp":"t","type":"turn_context","payload":{"turn_id":"x","cwd":"/w"}}"#;
    const CALL: &str = r#"{"type":"response_item","payload":{"type":"function_call","name":"exec_command","arguments":"{\"cmd\": \"cat x\\t/etc/passwd\", \"workdir\": \"src\"}","call_id":"c1"}}"#;
    const ENDED: &str =
        r#"{"type":"response_item","payload":{"type":"function_call_output","call_id":"c1","output":"x"}}"#;

    #[test]
    fn a_command_is_told_with_its_folder_and_all_its_bytes_until_it_has_ended() {
        let open = ("cat x\t/etc/passwd".to_owned(), Some("src".to_owned()), Some("/w".to_owned()));
        assert_eq!(read(&[TURN, CALL]), [open]);
        assert_eq!(read(&[TURN, CALL, ENDED]), []);
        assert_eq!(read(&[CALL, TURN]), [], "of a turn before");
    }

    #[test]
    fn older_and_other_forms() {
        let one = |call: &str| {
            let found = read(&[&format!(r#"{{"type":"response_item","payload":{{{call},"call_id":"c"}}}}"#)]);
            found.into_iter().next().map(|(command, folder, _)| (command, folder))
        };
        let some =
            |command: &str, folder: Option<&str>| Some((command.to_owned(), folder.map(str::to_owned)));
        let shell = |arguments: &str| {
            let arguments = serde_json::to_string(arguments).expect("a string");
            one(&format!(r#""type":"function_call","name":"shell","arguments":{arguments}"#))
        };
        assert_eq!(shell(r#"{"command":["bash","-lc","ls x"],"workdir":"/a"}"#), some("ls x", Some("/a")));
        assert_eq!(shell(r#"{"command":["bash","-lc","ls x"],"workdir":""}"#), some("ls x", None));
        assert_eq!(shell(r#"{"command":["/tmp/evilsh","-lc","ls x"]}"#), None);
        for (name, known) in
            [("/bin/sh", true), ("zsh", true), ("/tmp/bash", false), ("./sh", false), ("fish", false)]
        {
            let told = shell(&format!(r#"{{"cmd":"ls x","shell":"{name}"}}"#));
            assert_eq!(told.is_some(), known, "{name}");
        }
        assert!(shell(r#"{"cmd":"ls x","shell":null}"#).is_some());
        assert_eq!(shell(r#"{"command":["ls","x"]}"#), None);
        assert_eq!(shell(r#"{"command":"ls x","workdir":7}"#), None);
        assert_eq!(
            one(
                r#""type":"local_shell_call","action":{"command":["sh","-c","ls"],"working_directory":"/b"}"#
            ),
            some("ls", Some("/b"))
        );
        assert_eq!(
            one(r#""type":"function_call","name":"update_plan","arguments":"{\"command\":\"ls\"}""#),
            None
        );
        assert_eq!(one(r#""type":"function_call","name":"exec_command","arguments":"no json""#), None);
    }
}
