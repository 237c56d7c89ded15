//! What an agent did before it was started: a screenful of earlier turns, so that a fleet looks as if it had been working.
//! Nothing of it happens; it is only written down.

use super::Agent;
use crate::cli::sim_agent::dialog::diff::Diff;
use crate::cli::sim_agent::output;
use crate::cli::sim_agent::script::Step;
use crate::cli::sim_agent::transcript::{Entry, Outcome, Stand};

impl Agent {
    /// Writes down steps as done.
    pub(super) fn remember(&mut self, steps: Vec<Step>) {
        for step in steps {
            match &step {
                Step::Prompt(text) => self.transcript.push(Entry::Prompt(text.clone())),
                Step::Say(text) => self.transcript.push(Entry::Said(text.clone())),
                Step::Idle(_) => {
                    let took = output::took(self.dice.between(20, 190));
                    let verb = self.dice.pick(&output::DONE_VERBS);
                    self.transcript.push(Entry::Turn(format!("{verb} for {took}")));
                }
                tool => self.remember_call(tool),
            }
        }
    }

    fn remember_call(&mut self, step: &Step) {
        let Some((name, input)) = output::call(step) else { return };
        let outcome = match step {
            Step::Bash(b) => {
                let told = b.output.as_deref().unwrap_or_else(|| output::printed(&b.command));
                Outcome::Text(told.to_owned())
            }
            Step::Edit(e) => Outcome::Changed(Diff::new(self.world.read(&e.path).as_deref(), &e.old, &e.new)),
            Step::Write(w) => Outcome::Text(format!("Wrote {} lines to {}", w.text.lines().count(), w.path)),
            Step::Fetch(_) => Outcome::Text("Received 31.4KB (200 OK)".to_owned()),
            _ => Outcome::Text("Read 42 lines".to_owned()),
        };
        let input = input.replace("{branch}", &self.world.branch().unwrap_or_default());
        self.transcript.push(Entry::Call { name, input, stand: Stand::Done, outcome });
    }
}
