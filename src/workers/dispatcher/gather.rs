//! What is kept of a task that is done, beside that it was worked on: the agent's last words and the pull request that it
//! shows, as claims of the agent's own.

use super::{Dispatcher, WORDS};
use crate::domain::task::{self, Event, Evidence};
use crate::ports::{Hands, Press, Processes, TaskBook};

impl<B: TaskBook, K: Hands + Press, Q: Processes + Clone> Dispatcher<B, K, Q> {
    pub(super) fn gather(&mut self, errand: &task::Errand) {
        let known = self.panes.get(&errand.pane.id).filter(|d| d.info.identity == errand.pane);
        let Some(desk) = known else { return };
        let reading = desk.tracker.reading();
        let mut evidence = Vec::new();
        evidence.extend(reading.pull_request.map(|n| Evidence::PullRequest(format!("#{n}"))));
        if let (Some(screen), Some(composer)) = (&desk.screen, &reading.composer) {
            let above = screen.rows.iter().take(composer.row.into()).map(|r| r.text().trim());
            let lines: Vec<&str> = above.filter(|l| l.chars().any(char::is_alphanumeric)).collect();
            let words = lines[lines.len().saturating_sub(WORDS)..].join("\n");
            evidence.extend((!words.is_empty()).then_some(Evidence::Words(words)));
        }
        self.news.push(Event::Gathered { id: errand.id, evidence });
    }
}
