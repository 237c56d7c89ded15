//! The rows of the open panel: what it lists, which of that its filter lets through, which one is marked. One filter for
//! all panels: words that a row must (`!`: must not) have, as the grid and the task list take them.

use std::collections::BTreeMap;

use super::branches::Place;
use super::fleet::{Session, SessionKey};
use super::input::Input;
use super::{Face, State, grid};
use crate::app::panel::PanelId;
use crate::domain::branch::survey::{Home, Seen};
use crate::domain::branch::{Head, Severity};
use crate::domain::confirm::Confirmation;
use crate::domain::ledger::{Channel, Entry};
use crate::domain::text;

/// The word by which the tasks panel shows only what is new.
pub const INBOX: &str = "inbox";

/// What the rows of each panel must have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters(BTreeMap<PanelId, Input>);

impl Filters {
    /// The words of one panel's filter.
    pub fn of(&self, panel: PanelId) -> &str {
        self.0.get(&panel).map_or("", Input::text)
    }
}

impl State {
    /// The words of the open panel's filter.
    pub fn panel_filter(&self) -> &str {
        self.open_panel.map_or("", |id| self.filters.of(id))
    }

    /// True if the open panel's filter asks for something.
    pub fn panel_is_filtered(&self) -> bool {
        !self.panel_filter().trim_matches(['!', ' ']).is_empty()
    }

    /// True if of the tasks only those stand there that are new.
    pub fn shows_inbox(&self) -> bool {
        self.filters.of(PanelId::Tasks) == INBOX
    }

    /// What the open panel lists that its filter lets through, as places in its list: in the fleet for rows that are
    /// sessions, else from the top; in the confirmation queue what was done comes behind what stands open.
    pub fn panel_rows(&self) -> Vec<usize> {
        let filter = self.panel_filter();
        match self.open_panel {
            Some(PanelId::Tasks) => self.tasks.passed().to_vec(),
            Some(id) if self.panel_is_filtered() => {
                let words = self.words(id);
                let passes = |row: &usize| text::passes(filter, &words(*row).to_lowercase());
                self.listed(id).into_iter().filter(passes).collect()
            }
            Some(id) => self.listed(id),
            None => Vec::new(),
        }
    }

    /// How many rows the open panel shows and has, those that no filter hides left out.
    pub fn panel_counts(&self) -> (usize, usize) {
        match self.open_panel {
            Some(PanelId::Tasks) => (self.tasks.passed().len(), self.tasks.rows().len()),
            Some(id) => (self.panel_rows().len(), self.listed(id).len()),
            None => (0, 0),
        }
    }

    /// How many rows the open panel has for the mark.
    pub fn panel_len(&self) -> usize {
        self.panel_counts().0 + self.lead()
    }

    /// The marked row of the open panel, as a place in its list.
    pub fn marked_row(&self) -> Option<usize> {
        self.panel_rows().get(self.panel_row.checked_sub(self.lead())?).copied()
    }

    /// The session that the marked row of the open panel stands for.
    pub fn marked_key(&self) -> Option<SessionKey> {
        let sessions = &self.fleet.sessions;
        let row = match self.open_panel? {
            PanelId::NeedsYou | PanelId::Branches | PanelId::Health => self.marked_row(),
            PanelId::Confirms if self.face == Face::Activity => None,
            PanelId::Confirms => {
                let key = self.board.queue.get(self.marked_row()?).map(|c| SessionKey::Pane(c.id.0))?;
                sessions.iter().position(|s| s.key() == key)
            }
            PanelId::Tasks => {
                let name = self.marked_task()?.session.as_ref()?;
                sessions.iter().position(|s| s.name == *name)
            }
            PanelId::Hierarchy => self.hierarchy().get(self.marked_row()?).map(|n| n.session),
            PanelId::Events | PanelId::Detector | PanelId::Routine => None,
        };
        row.map(|i| sessions[i].key())
    }

    /// The same, itself.
    pub fn marked_session(&self) -> Option<&Session> {
        let key = self.marked_key()?;
        self.fleet.sessions.iter().find(|s| s.key() == key)
    }

    /// The session that a key means: that of the marked row where a panel lies over the tiles, else the focused one. A tile that is
    /// covered is never meant.
    pub fn meant(&self) -> Result<&Session, &'static str> {
        match self.open_panel {
            Some(_) => self.marked_session().ok_or("mark a session first"),
            None => self.focused().ok_or("no session is focused"),
        }
    }

    /// Marks that row where it is shown, else what stands where the mark stood.
    pub fn mark_row(&mut self, row: Option<usize>) {
        let rows = self.panel_rows();
        let at = row.and_then(|row| rows.iter().position(|r| *r == row)).map(|at| at + self.lead());
        let last = (rows.len() + self.lead()).saturating_sub(1);
        self.panel_row = at.unwrap_or(self.panel_row).min(last);
    }

    /// Changes the words of a panel's filter. The mark stays with its row where that is still shown.
    pub fn change_filter(&mut self, panel: Option<PanelId>, change: impl FnOnce(&mut Input)) {
        let Some(id) = panel else { return };
        let marked = self.marked_row();
        change(self.filters.0.entry(id).or_default());
        if id == PanelId::Tasks {
            self.tasks.sift(self.filters.of(id));
        }
        self.mark_row(marked);
    }

    /// Rows before the list that no filter hides: the fleet's own.
    fn lead(&self) -> usize {
        usize::from(self.open_panel == Some(PanelId::Branches))
    }

    /// Everything that a panel lists.
    fn listed(&self, id: PanelId) -> Vec<usize> {
        let board = &self.board;
        let all = match id {
            PanelId::NeedsYou => return self.needs(),
            PanelId::Branches => return self.branch_rows(),
            PanelId::Health => return self.health_rows(),
            PanelId::Confirms if self.face == Face::Activity => board.recent.len(),
            PanelId::Confirms => board.queue.len() + board.recent.len(),
            // Whoever looks for something looks among all of them.
            PanelId::Events if !self.panel_is_filtered() => {
                return self.log.runs().iter().map(|run| run.at).collect();
            }
            PanelId::Events => self.log.len(),
            PanelId::Detector => self.detector.unread.len(),
            PanelId::Hierarchy => self.fleet.sessions.len(),
            PanelId::Tasks => self.tasks.rows().len(),
            PanelId::Routine => 0,
        };
        (0..all).collect()
    }

    /// What a filter looks at in each row of a panel.
    fn words(&self, id: PanelId) -> Box<dyn Fn(usize) -> String + '_> {
        let session = move |i: usize| &self.fleet.sessions[i];
        match id {
            PanelId::NeedsYou => Box::new(move |i| asked(session(i))),
            PanelId::Branches => Box::new(move |i| self.branch(session(i))),
            PanelId::Health => Box::new(move |i| ails(session(i))),
            PanelId::Hierarchy => {
                let nodes = self.hierarchy();
                Box::new(move |i| nodes.get(i).map(|n| grid::words(session(n.session))).unwrap_or_default())
            }
            PanelId::Confirms => Box::new(move |i| self.confirm(i)),
            PanelId::Events => {
                let log: Vec<_> = self.log.newest_first().collect();
                Box::new(move |i| {
                    let did = &log[i].did;
                    let failed = did.failed.as_deref().map(|why| format!(" failed {why}"));
                    format!(
                        "{} {}{}",
                        did.what,
                        did.command.as_deref().unwrap_or(""),
                        failed.unwrap_or_default()
                    )
                })
            }
            PanelId::Detector => Box::new(move |i| {
                self.detector.unread.iter().rev().nth(i).map_or_else(String::new, |u| u.session.to_string())
            }),
            PanelId::Tasks | PanelId::Routine => Box::new(|_| String::new()),
        }
    }

    /// What an open dialog is about: its subject, or what it asks as its own screen shows it here.
    pub fn about<'a>(&'a self, c: &'a Confirmation) -> Option<&'a str> {
        let its = |s: &&Session| s.pane.as_ref().is_some_and(|p| p.identity == c.id.0);
        let asks = || {
            let dialog = self.fleet.sessions.iter().find(its)?.dialog()?;
            dialog.question.as_deref().filter(|_| dialog.identity() == c.id.1.content)
        };
        c.subject.as_deref().filter(|s| !s.trim().is_empty()).or_else(asks)
    }

    fn confirm(&self, row: usize) -> String {
        let board = &self.board;
        let queue = if self.face == Face::Queue { board.queue.as_slice() } else { &[] };
        match queue.get(row) {
            Some(c) => open(c, self.about(c).unwrap_or_default()),
            None => board.recent.get(row - queue.len()).map(|e| done(e)).unwrap_or_default(),
        }
    }

    fn branch(&self, s: &Session) -> String {
        let about = match self.place_of(s) {
            Place::Tree(seen) => tree(seen),
            Place::Home(Home::Outside(_)) => "in no repository".to_owned(),
            Place::Home(Home::Unknown(why)) => format!("unknown {}", why.why),
            Place::Home(Home::Tree(_)) | Place::Pending => String::new(),
        };
        format!("{} {about}", grid::words(s))
    }
}

/// Who needs a person, and what for.
fn asked(s: &Session) -> String {
    let mut said = vec![grid::words(s)];
    if let Some(d) = s.dialog() {
        said.push(d.operation.word().to_owned());
        said.extend(d.subject.iter().chain(&d.question).cloned());
    }
    said.extend(s.tasks.iter().filter(|t| t.needs_person()).map(|t| format!("task #{} {}", t.id, t.text)));
    said.extend(s.reasons());
    said.join(" ")
}

fn ails(s: &Session) -> String {
    let ails: Vec<String> =
        s.ward.chart.now().map(|(kind, s)| format!("{} {}", kind.word(), s.cause)).collect();
    let ails = if ails.is_empty() { "nothing".to_owned() } else { ails.join(" ") };
    format!("{} {ails} {}", grid::words(s), s.why.join(" "))
}

fn tree(seen: &Seen) -> String {
    let head = match &seen.tree.head {
        Ok(Head::Branch { name, .. }) => name.clone(),
        Ok(Head::Detached { .. }) => "detached".to_owned(),
        Err(_) => "unknown".to_owned(),
    };
    let found: Vec<&str> = seen.findings.iter().map(|f| f.rule.word()).collect();
    let worst = seen.worst().map_or("good", Severity::word);
    format!("{head} {worst} {} {}", found.join(" "), seen.tree.path.display())
}

fn open(c: &Confirmation, about: &str) -> String {
    let verdict = c.verdict.as_ref().map(|v| format!("{} {} {}", v.action.word(), v.rule, v.reason));
    let needs = if c.needs_you { "needs you" } else { "" };
    let (role, verdict) = (c.role.as_deref().unwrap_or_default(), verdict.unwrap_or_default());
    let risk = c.risk.word();
    format!("{} {role} {} {about} {risk} {needs} {verdict} {}", c.session, c.operation.word(), c.next)
}

fn done(e: &Entry) -> String {
    let b = &e.body;
    let subject = b.subject.as_ref().map_or("", |s| s.as_str());
    let channel = b.channel.map_or("", Channel::word);
    let v = &b.verdict;
    let verdict = format!("{} {} {}", v.action.word(), v.rule, v.reason);
    format!(
        "{} {} {subject} {} {channel} {verdict} {}",
        b.scene.session,
        b.operation.word(),
        b.word(),
        b.actor
    )
}
