//! Carrying out what `update` wishes: handed to workers, or done here when it needs the terminal itself.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crossterm::event::EventStream;
use tokio::sync::{mpsc, watch};

use super::Room;
use crate::app::Event;
use crate::app::effect::{Effect, RuleWish};
use crate::app::event::Did;
use crate::config::{self, files};
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::{redact, screen::Screen};
use crate::ports::View;
use crate::tmux::attach::Attach;
use crate::workers::actor::Asked;
use crate::workers::branches::Mouth;
use crate::workers::clerk;
use crate::workers::gauges::Wanted;
use crate::workers::typist::{What, Wish};

/// The handles through which things are done.
pub struct Hands {
    /// Tells which panes are in view.
    pub look_at: watch::Sender<View>,
    /// The typist's queue.
    pub wishes: mpsc::Sender<Wish>,
    /// What people ask of the actor.
    pub actor: mpsc::Sender<Asked>,
    /// Has rules and settings read anew.
    pub reload: mpsc::Sender<()>,
    /// Has rules shown and made.
    pub rules: mpsc::Sender<RuleWish>,
    /// The ears of the branch worker.
    pub branches: Mouth,
    /// What people ask of the task queue.
    pub clerk: mpsc::Sender<clerk::Asked>,
    /// Tells what is to be measured.
    pub measure: watch::Sender<Wanted>,
    /// How a person is handed over.
    pub attach: Attach,
    /// The config file in force.
    pub config: Option<PathBuf>,
    /// Where saved frames go.
    pub frames: Option<PathBuf>,
    /// Words that tell whose machine this is: taken out of saved frames.
    pub whose: Vec<String>,
    /// Why nothing is answered, typed or switched from here: it runs in an agent's session.
    pub barred: Option<String>,
}

impl Room {
    /// Carries out wishes; true if the program is to end. What a wish answers at once is taken as a fact in turn.
    pub(super) async fn carry_out(&mut self, wishes: Vec<Effect>) -> io::Result<bool> {
        for wish in wishes {
            let did = match wish {
                Effect::Quit => return Ok(true),
                Effect::Type { .. }
                | Effect::Paste { .. }
                | Effect::Answer { .. }
                | Effect::Write { .. }
                | Effect::Unstick { .. }
                | Effect::Order(_)
                | Effect::Adopt(..)
                | Effect::Pause(_)
                | Effect::Turn(..)
                    if self.hands.barred.is_some() =>
                {
                    let failed = self.hands.barred.clone();
                    Some(Did { what: "not done".to_owned(), command: None, failed })
                }
                Effect::Repaint => {
                    self.terminal.forget()?;
                    None
                }
                Effect::LookAt(front) => {
                    self.look_at(front);
                    None
                }
                Effect::ReadTask(id) => {
                    if let Err(why) = self.clerk(clerk::Asked::Page(id)) {
                        self.answered(Event::TaskPage(id, Err(why)));
                    }
                    None
                }
                Effect::Wish(number, wish) => {
                    if let Err(why) = self.clerk(clerk::Asked::Wish(number, wish)) {
                        self.answered(Event::TaskAnswer(number, Err(why)));
                    }
                    None
                }
                Effect::KeepDrafts(drafts) => {
                    // One that is too much now comes again with the next key.
                    let _ = self.clerk(clerk::Asked::Keep(drafts));
                    None
                }
                Effect::Posts(posts) => {
                    self.hands.branches.posts.send_replace(posts);
                    None
                }
                Effect::Measure { seen, panes } => {
                    self.hands.measure.send_replace(Wanted { seen, panes });
                    None
                }
                Effect::Stirred(pane) => {
                    // One that is not heard of now writes again.
                    let _ = self.hands.branches.wrote.try_send(pane);
                    None
                }
                Effect::Type { pane, session, strokes } => self.wish(pane, session, What::Strokes(strokes)),
                Effect::Paste { pane, session, text } => self.wish(pane, session, What::Paste(text)),
                Effect::Answer { pane, answer, drawn } => self.ask(Asked::Answer { pane, answer, drawn }),
                Effect::Write { pane, session, text, drawn } => {
                    self.ask(Asked::Write { pane, session, text, drawn })
                }
                Effect::Unstick { pane, step } => self.ask(Asked::Unstick(pane, step)),
                // What came of these is seen nowhere else: a file was written.
                Effect::Adopt(session, entry) => {
                    let did = self.adopt(&session, &entry);
                    self.answered(Event::Said(did));
                    None
                }
                Effect::Order(ask) => self.ask(Asked::Order(ask)),
                Effect::Pause(on) => self.ask(Asked::Pause(on)),
                Effect::Reload => {
                    // One that waits already reads for all.
                    let _ = self.hands.reload.try_send(());
                    None
                }
                Effect::Rule(wish) => self.hands.rules.try_send(wish).err().map(|_| Did {
                    what: "not done".to_owned(),
                    command: None,
                    failed: Some("the rules are busy; try again".to_owned()),
                }),
                Effect::Turn(session, on) => self.ask(Asked::Turn(session, on)),
                Effect::Attach { pane, session } => Some(self.attach(pane, &session).await?),
                Effect::SaveFrame { pane, session } => {
                    let did = self.save_frame(pane, &session);
                    self.answered(Event::Said(did));
                    None
                }
            };
            if let Some(did) = did {
                self.answered(Event::Did(did));
            }
        }
        Ok(false)
    }

    /// Takes a session into the user's own file.
    fn adopt(&self, session: &SessionName, entry: &str) -> Did {
        let added = match &self.hands.config {
            Some(file) => config::adopt::add(file, session.as_str(), entry),
            None => Err("there is no archtui.toml".to_owned()),
        };
        let what = format!("{session} was added to archtui.toml; it takes effect when archtui is restarted");
        match added {
            Ok(()) => Did { what, command: None, failed: None },
            Err(why) => Did {
                what: format!("{session} was not added to archtui.toml"),
                command: None,
                failed: Some(why),
            },
        }
    }

    fn look_at(&self, front: Vec<PaneId>) {
        self.hands.look_at.send_replace(View { front, paused: false });
    }

    /// Asks the clerk; he answers by facts.
    fn clerk(&self, asked: clerk::Asked) -> Result<(), String> {
        self.hands.clerk.try_send(asked).map_err(|_| "the task queue is too slow now; try again".to_owned())
    }

    /// Takes an answer that wishes for nothing further.
    fn answered(&mut self, event: Event) {
        let _ = self.hear(event);
    }

    /// Asks the actor; it answers by facts.
    fn ask(&self, asked: Asked) -> Option<Did> {
        self.hands.actor.try_send(asked).err().map(|_| Did {
            what: "not done".to_owned(),
            command: None,
            failed: Some("the actor is too busy; try again".to_owned()),
        })
    }

    fn wish(&self, pane: PaneIdentity, session: SessionName, what: What) -> Option<Did> {
        let name = session.to_string();
        // A person is there: automation keeps its hands off for a while.
        let _ = self.hands.actor.try_send(Asked::Typed(pane));
        match self.hands.wishes.try_send(Wish { pane, session, what }) {
            Ok(()) => None,
            Err(_) => Some(Did {
                what: format!("not typed into {name}"),
                command: None,
                failed: Some("tmux is too slow to take more keys now".to_owned()),
            }),
        }
    }

    /// Gives the terminal to the real session and waits until the person is back.
    async fn attach(&mut self, pane: PaneIdentity, session: &SessionName) -> io::Result<Did> {
        let ours = self.hands.attach.moves_client();
        if !ours {
            // Two readers of one terminal would share its keys.
            self.input = None;
            self.terminal.release();
        }
        let outcome = self.hands.attach.run(pane).await;
        if !ours {
            self.terminal.hold()?;
            self.input = Some(EventStream::new());
        }
        let size = self.terminal.size()?;
        let _ = self.hear(Event::Resized(size.0, size.1));
        Ok(match outcome {
            Ok(command) => Did { what: format!("attached {session}"), command: Some(command), failed: None },
            Err(why) => Did { what: format!("not attached {session}"), command: None, failed: Some(why) },
        })
    }

    fn save_frame(&self, pane: PaneIdentity, session: &SessionName) -> Did {
        let what = format!("saved the screen of {session}");
        let screen =
            self.state.fleet.sessions.iter().find(|s| s.pane.as_ref().is_some_and(|p| p.identity == pane));
        let outcome = match (screen.and_then(|s| s.visible_screen()), &self.hands.frames) {
            (Some(screen), Some(folder)) => {
                let whose: Vec<&str> = self.hands.whose.iter().map(String::as_str).collect();
                let bytes = redact::saved(screen, &whose);
                write_frame(folder, session, &bytes, screen, &self.state.now.utc.to_string())
            }
            (None, _) => Err(io::Error::other("its screen has not been seen yet")),
            (_, None) => {
                Err(io::Error::other("there is no state folder to write to; set HOME or XDG_STATE_HOME"))
            }
        };
        match outcome {
            Ok(file) => Did { what: format!("{what} to {}", file.display()), command: None, failed: None },
            Err(e) => Did { what: format!("not {what}"), command: None, failed: Some(e.to_string()) },
        }
    }
}

fn write_frame(
    folder: &Path,
    session: &SessionName,
    bytes: &str,
    screen: &Screen,
    at: &str,
) -> io::Result<PathBuf> {
    files::private_dir(folder)?;
    let safe =
        |s: &str| s.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    let (name, at): (String, String) = (safe(session.as_str()), safe(at));
    let file = folder.join(format!("{name}--{at}--{}x{}.ansi", screen.width, screen.height));
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?.write_all(bytes.as_bytes())?;
    Ok(file)
}
