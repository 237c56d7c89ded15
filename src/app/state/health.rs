//! How each session is: what is seen of it at an instant, put together for `domain::health`, and the log's words for it.

use std::time::Duration;

use super::State;
use super::fleet::Session;
use crate::domain::health::{Kind, Level, Note, Signs};
use crate::domain::unstick::Sight;

impl Session {
    /// How long nothing has come out of it, as far as anybody can know.
    pub fn silent(&self, now: Duration) -> Option<Duration> {
        let reading = self.tracker.reading();
        let told = self.looked.zip(reading.quiet).map(|(at, quiet)| at.saturating_sub(quiet));
        let last = self.wrote.into_iter().chain(told).max();
        // Nothing was heard since it entered its state: at least so long.
        last.or((self.looked.is_some()).then_some(self.since)).map(|at| now.saturating_sub(at))
    }

    /// Everything that is seen of it now.
    pub fn signs(&self, now: Duration) -> Signs {
        let reading = self.tracker.reading();
        Signs {
            silent: self.silent(now),
            trouble: reading.trouble,
            context_left: reading.context_left,
            not_cleared: self.ward.not_cleared.clone(),
            never_began: self.ward.given.map(|at| now.saturating_sub(at)),
            overdue: self.ward.overdue.clone(),
            held: self.ward.held.clone(),
            turning: self.ward.rounds.turning(),
            ..Signs::of(self.state, self.age(now))
        }
    }

    /// What the steps that unstick it look at.
    pub fn sight(&self) -> Sight<'_> {
        let pane = self.pane.as_ref();
        Sight {
            state: self.state,
            reading: self.tracker.reading(),
            exists: pane.is_some(),
            dead: pane.is_some_and(|p| p.dead),
            in_mode: pane.is_some_and(|p| p.in_mode),
            synchronized: pane.is_some_and(|p| p.synchronized),
        }
    }

    /// How long it has been as it is shown: stuck, else in its state.
    pub fn shown_for(&self, now: Duration) -> Duration {
        self.ward.chart.stuck().map_or_else(|| self.age(now), |(_, s)| now.saturating_sub(s.since))
    }

    /// In what it is stuck, if it is.
    pub fn stuck(&self) -> Option<Kind> {
        self.ward.chart.stuck().map(|(kind, _)| kind)
    }

    /// The header counts it as a problem: error, exited, gone, stuck.
    pub fn is_problem(&self) -> bool {
        self.state.is_problem() || self.stuck().is_some()
    }

    /// Why it is as it is, for a person: what it is stuck in first, then what its screen told.
    pub fn reasons(&self) -> Vec<String> {
        let ails = |(kind, s): (Kind, &crate::domain::health::Standing)| {
            let word = if kind.level() == Level::Stuck { "stuck" } else { kind.word() };
            (kind.level() >= Level::Eyes && self.state.word() != word).then(|| format!("{word}: {}", s.cause))
        };
        self.ward.chart.now().filter_map(ails).chain(self.why.iter().cloned()).collect()
    }
}

impl State {
    /// The rows of the health panel as indices into the fleet: the worst first, then as the fleet stands.
    pub fn health_rows(&self) -> Vec<usize> {
        let sessions = &self.fleet.sessions;
        let mut rows: Vec<usize> = (0..sessions.len()).collect();
        rows.sort_by_key(|&i| match sessions[i].ward.chart.worst() {
            Some((kind, s)) => (0, Some(kind), s.since),
            None => (1, None, Duration::ZERO),
        });
        rows
    }
}

/// A change of health as a line of the log.
pub fn sentence(session: &str, note: &Note) -> String {
    let Note { kind, cause, over } = note;
    let stuck = if kind.level() == Level::Stuck { "stuck, " } else { "" };
    match over {
        None => format!("{session}: {stuck}{}: {cause}", kind.word()),
        Some(d) => format!("{session}: over after {} s: {stuck}{}", d.as_secs(), kind.word()),
    }
}
