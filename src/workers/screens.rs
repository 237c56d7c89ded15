//! The worker that watches the panes: takes what tmux tells, adds what /proc tells of the foreground process, and passes it
//! on as facts. It owns the connection; it hears which panes are in view over a channel that keeps only the newest word.

use tokio::sync::watch;

use super::{Facts, Worker};
use crate::app::Event;
use crate::app::event::Looked;
use crate::ports::{Panes, Processes, Told, View};

/// Watches the panes of one server.
pub struct Screens<P, Q> {
    /// The connection.
    pub panes: P,
    /// What /proc says.
    pub processes: Q,
    /// Which panes are in view.
    pub view: watch::Receiver<View>,
    /// Where facts go.
    pub facts: Facts,
}

impl<P: Panes, Q: Processes> Screens<P, Q> {
    fn fact(&self, told: Told) -> Event {
        match told {
            Told::Server(server) => Event::Server(server),
            Told::Noticing(notice, why) => Event::Noticing(notice, why),
            Told::Panes(panes) => Event::Panes(panes),
            Told::Wrote(pane) => Event::Wrote(pane),
            Told::Screen { pane, screen, wrote } => {
                let command = self.processes.foreground(pane);
                Event::Screen(Box::new(Looked { pane, screen, wrote, command }))
            }
        }
    }
}

impl<P: Panes, Q: Processes> Worker for Screens<P, Q> {
    const NAME: &'static str = "screens";

    async fn run(&mut self) {
        loop {
            let told = tokio::select! {
                changed = self.view.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let newest = self.view.borrow_and_update().clone();
                    self.panes.look_at(newest);
                    continue;
                }
                told = self.panes.next() => told,
            };
            let fact = self.fact(told);
            if self.facts.send(fact).await.is_err() {
                return;
            }
        }
    }
}
