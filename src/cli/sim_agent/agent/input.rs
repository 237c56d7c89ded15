//! What keys do to the agent: to its dialog if one is open, else to its composer.

use std::time::Duration;

use super::{Agent, Doing, End};
use crate::cli::sim_agent::dialog::{Answer, Matter, Meaning};
use crate::cli::sim_agent::keys::Input;
use crate::cli::sim_agent::note::Note;
use crate::cli::sim_agent::output;
use crate::cli::sim_agent::script::{Mode, Step};
use crate::cli::sim_agent::transcript::{Entry, Outcome, Stand};

impl Agent {
    /// What one read of the terminal brought.
    pub fn input(&mut self, input: &Input, now: Duration) {
        if let Doing::Asking(ask, _) = &mut self.doing {
            let early = ask.deaf(now);
            let answer = if early { None } else { ask.press(input) };
            let (dialog, subject, writing) = (ask.word(), ask.subject().to_owned(), ask.field.is_some());
            match answer {
                Some(answer) => self.answered(&answer, now),
                None if writing => {}
                None => self.notes.push(Note::Ignored { dialog, subject, early }),
            }
            return;
        }
        match input {
            Input::Text(text) => {
                self.typed = Some(now);
                self.composer.push(text);
            }
            Input::Paste(text) => {
                self.typed = Some(now);
                self.composer.paste(text);
            }
            Input::Backspace => self.composer.backspace(),
            Input::Ctrl('j') => self.composer.push("\n"),
            Input::Ctrl('u') => drop(self.composer.take()),
            Input::Ctrl('c') => self.ctrl_c(now),
            Input::Escape => self.interrupt(now),
            Input::BackTab => {
                self.mode = match self.mode {
                    Mode::Manual => Mode::AcceptEdits,
                    Mode::AcceptEdits => Mode::Plan,
                    Mode::Plan => Mode::Manual,
                }
            }
            Input::Enter => self.enter(now),
            Input::Up | Input::Down | Input::Ctrl(_) | Input::Other => {}
        }
    }

    fn enter(&mut self, now: Duration) {
        let text = self.composer.take();
        if text.trim().is_empty() {
            return;
        }
        self.typed = None;
        if matches!(self.doing, Doing::Idle(_)) {
            self.take_message(&text, now);
        } else {
            self.queued.push_back(text);
        }
    }

    fn ctrl_c(&mut self, now: Duration) {
        if !self.composer.is_empty() {
            self.composer.take();
        } else if !matches!(self.doing, Doing::Idle(_)) {
            self.interrupt(now);
        } else if self.warned.is_some() {
            self.end(End::Exit);
        } else {
            self.warned = Some(now);
        }
    }

    fn interrupt(&mut self, now: Duration) {
        if matches!(self.doing, Doing::Idle(_) | Doing::Ended(_)) {
            return;
        }
        self.stop_turn(now, None);
    }

    fn answered(&mut self, answer: &Answer, now: Duration) {
        let Doing::Asking(ask, step) = std::mem::replace(&mut self.doing, Doing::Idle(None)) else {
            return;
        };
        let choice = match answer {
            Answer::Chosen(i) | Answer::Written(i, _) => ask.choices.get(*i),
            Answer::Cancelled => None,
        };
        let meaning = choice.map_or(Meaning::Deny, |c| c.meaning);
        self.notes.push(Note::Answered {
            dialog: ask.word(),
            subject: ask.subject().to_owned(),
            label: choice.map(|c| c.label.clone()),
            meaning: format!("{meaning:?}").to_lowercase(),
        });
        if let Answer::Written(_, text) = answer {
            return self.written(&ask.matter, text, now);
        }
        match (meaning, &ask.matter) {
            (Meaning::Quit, _) | (Meaning::Deny, Matter::Trust(_)) => self.end(End::Exit),
            (Meaning::Deny, matter) => self.stop_turn(now, Some(output::refused(matter))),
            (_, Matter::Question(q)) => {
                let label = choice.map_or("", |c| c.label.as_str());
                self.transcript.push(Entry::Said("User answered Claude's questions:".to_owned()));
                self.transcript.push(Entry::Note(format!("· {} → {label}", q.ask)));
                self.next_step(now);
            }
            (_, Matter::Plan(_)) => {
                self.transcript.push(Entry::Said("User approved Claude's plan".to_owned()));
                self.next_step(now);
            }
            (_, Matter::Trust(_)) => self.next_step(now),
            (meaning, _) => {
                if meaning == Meaning::Lasting {
                    self.grant(&step);
                }
                self.run(step, now);
            }
        }
    }

    /// Answered in a person's own words: a question goes on with them, anything else is refused and they are what comes next.
    fn written(&mut self, matter: &Matter, text: &str, now: Duration) {
        if let Matter::Question(q) = matter {
            self.transcript.push(Entry::Said("User answered Claude's questions:".to_owned()));
            self.transcript.push(Entry::Note(format!("· {} → {text}", q.ask)));
            self.next_step(now);
        } else {
            self.stop_turn(now, Some(output::refused(matter)));
            self.take_message(text, now);
        }
    }

    fn grant(&mut self, step: &Step) {
        match step {
            Step::Bash(b) => {
                let words: Vec<_> = b.command.split_whitespace().take(2).collect();
                self.granted.push(words.join(" "));
            }
            Step::Edit(_) | Step::Write(_) => self.mode = Mode::AcceptEdits,
            _ => {}
        }
    }

    /// The turn ends here: refused or interrupted.
    fn stop_turn(&mut self, now: Duration, refused: Option<String>) {
        self.transcript.close(Stand::Failed, refused.map_or(Outcome::None, Outcome::Text));
        self.transcript.push(Entry::Note("Interrupted · What should Claude do instead?".to_owned()));
        self.turn = None;
        self.doing = Doing::Idle(None);
        self.skip_turn();
        self.next_step(now);
    }

    /// Forgets the rest of the turn: up to the next time at which the agent would have been idle.
    pub(super) fn skip_turn(&mut self) {
        while self.todo.front().is_some_and(|s| {
            !matches!(s, Step::Idle(_) | Step::AwaitPrompt | Step::Prompt(_) | Step::Exit | Step::Crash)
        }) {
            self.todo.pop_front();
        }
    }
}
