//! One answer for the start-up dialogs of many new sessions, asked on the terminal. Sessions that ask the same are asked
//! about together; who gives no answer leaves the dialogs to be answered where they stand.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::Duration;

use crate::cli::out;
use crate::domain::dialog::{Dialog, DialogId};
use crate::domain::fleet::rise::{Fact, Rise, choices};
use crate::domain::redact::Secrets;
use crate::domain::text;

/// A question is put when every session is ready or asks, or so long after the first one asked.
const GATHER: Duration = Duration::from_secs(8);

/// What is being asked.
pub struct Question {
    /// A person sits here.
    asks: bool,
    /// What he types, line by line; the thread that reads is started with the first question.
    lines: Option<Receiver<String>>,
    /// Who asks for how long.
    since: Option<Duration>,
    open: Option<Open>,
}

/// A question that was put.
struct Open {
    /// The sessions, with the dialog that each of them showed.
    who: Vec<(usize, DialogId)>,
    labels: Vec<String>,
}

impl Question {
    /// Without a terminal nobody is asked.
    pub fn new(asks: bool) -> Self {
        let asks = asks && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Self { asks, lines: None, since: None, open: None }
    }

    /// Puts a question if it is time, and takes the answer if there is one: facts for these sessions.
    pub fn turn(&mut self, rising: &[(&str, &Rise)], now: Duration) -> Vec<(usize, Fact)> {
        if self.open.is_some() {
            return self.answer();
        }
        let asking: Vec<(usize, &Dialog)> =
            rising.iter().enumerate().filter_map(|(i, (_, rise))| rise.question().map(|d| (i, d))).collect();
        let Some((_, first)) = asking.first() else {
            self.since = None;
            return Vec::new();
        };
        let since = *self.since.get_or_insert(now);
        let all = rising.iter().all(|(_, rise)| rise.is_over() || rise.question().is_some());
        if !all && now.saturating_sub(since) < GATHER {
            return Vec::new();
        }
        let who: Vec<(usize, &Dialog)> = asking.iter().filter(|(_, d)| alike(d, first)).copied().collect();
        let labels: Vec<String> = choices(first).map(str::to_owned).collect();
        if !self.asks || labels.is_empty() {
            return who.iter().map(|(at, d)| (*at, Fact::Left(d.identity()))).collect();
        }
        let names: Vec<&str> = who.iter().map(|(at, _)| rising[*at].0).collect();
        put(&names, first, &labels);
        self.lines.get_or_insert_with(reader);
        self.open = Some(Open { who: who.iter().map(|(at, d)| (*at, d.identity())).collect(), labels });
        Vec::new()
    }

    fn answer(&mut self) -> Vec<(usize, Fact)> {
        let said = match self.lines.as_ref().map(Receiver::try_recv) {
            Some(Ok(line)) => line,
            Some(Err(TryRecvError::Empty)) => return Vec::new(),
            Some(Err(TryRecvError::Disconnected)) | None => String::new(),
        };
        let Some(open) = self.open.take() else { return Vec::new() };
        self.since = None;
        match chosen(&said, &open.labels) {
            Ok(Some(label)) => {
                open.who.into_iter().map(|(at, id)| (at, Fact::Chosen(id, label.clone()))).collect()
            }
            Ok(None) => open.who.into_iter().map(|(at, id)| (at, Fact::Left(id))).collect(),
            Err(()) => {
                prompt(open.labels.len());
                self.open = Some(open);
                Vec::new()
            }
        }
    }
}

/// They ask the same of a person; about which folder does not matter.
fn alike(one: &Dialog, other: &Dialog) -> bool {
    let labels = |d: &Dialog| d.options.iter().map(|o| o.label.clone()).collect::<Vec<_>>();
    (one.operation, &one.tool, &one.question) == (other.operation, &other.tool, &other.question)
        && labels(one) == labels(other)
        && one.complete == other.complete
}

/// The option that was typed; none if it is to be left.
fn chosen(said: &str, labels: &[String]) -> Result<Option<String>, ()> {
    match said.trim() {
        "" => Ok(None),
        number => {
            let at: usize = number.parse().map_err(|_| ())?;
            at.checked_sub(1).and_then(|at| labels.get(at)).cloned().map(Some).ok_or(())
        }
    }
}

fn put(names: &[&str], dialog: &Dialog, labels: &[String]) {
    let mask = |s: &str| text::printable(&Secrets::builtin().mask(s));
    let asks = if names.len() == 1 { "session asks" } else { "sessions ask" };
    out::complain(&format!("\n{} {asks}: {}", names.len(), names.join(", ")));
    for part in [&dialog.tool, &dialog.subject, &dialog.question].into_iter().flatten() {
        out::complain(&format!("  {}", mask(part)));
    }
    for (i, label) in labels.iter().enumerate() {
        out::complain(&format!("  {}. {}", i + 1, mask(label)));
    }
    prompt(labels.len());
}

fn prompt(most: usize) {
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "Answer for all of them: 1-{most}, or Enter to answer there yourself: ")
        .and_then(|()| err.flush());
}

/// Lines are read beside: a signal must be able to end us meanwhile.
fn reader() -> Receiver<String> {
    let (say, lines) = sync_channel(1);
    std::thread::spawn(move || {
        let mut line = String::new();
        while std::io::stdin().read_line(&mut line).is_ok_and(|n| n > 0) {
            if say.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::{DialogOption, Meaning};

    #[test]
    fn a_number_or_nothing() {
        let labels = ["Yes".to_owned(), "No".to_owned()];
        for (said, want) in [
            ("1\n", Ok(Some("Yes"))),
            (" 2 ", Ok(Some("No"))),
            ("", Ok(None)),
            ("\n", Ok(None)),
            ("0", Err(&())),
            ("3", Err(&())),
            ("y", Err(&())),
            ("-1", Err(&())),
        ] {
            let got = chosen(said, &labels);
            assert_eq!(got.as_ref().map(|l| l.as_deref()), want, "{said:?}");
        }
    }

    #[test]
    fn alike_is_what_differs_in_its_folder_only() {
        let dialog = |subject: &str, label: &str| Dialog {
            subject: Some(subject.into()),
            options: vec![DialogOption { label: label.into(), meaning: Meaning::Other, key: None }],
            complete: true,
            ..Dialog::default()
        };
        assert!(alike(&dialog("/a", "Yes"), &dialog("/b", "Yes")));
        assert!(!alike(&dialog("/a", "Yes"), &dialog("/a", "No")));
        assert!(!alike(&dialog("/a", "Yes"), &Dialog { complete: false, ..dialog("/a", "Yes") }));
    }
}
