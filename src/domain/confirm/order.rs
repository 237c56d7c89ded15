//! What the life of a dialog hears and what it orders. Whoever carries orders out answers each one, by its case's number.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::drawn::DrawnFor;
use super::hold::{Hold, World};
use crate::domain::dialog::Dialog;
use crate::domain::ledger::{Decision, Showing};
use crate::domain::policy::Verdict;
use crate::domain::stroke::KeyName;

/// One dialog's life, within its pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseId(pub u64);

/// An open request of an agent's hook, as its connection is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HookId(pub u64);

/// One fact.
#[derive(Debug, Clone)]
pub enum Input {
    /// The pane was looked at: a fresh capture, also where nothing changed.
    Look(Look),
    /// What the policy says of a case.
    Judged {
        /// Which case.
        case: CaseId,
        /// What was judged: if it is something else by now, the verdict is void.
        dialog: Arc<Dialog>,
        /// The verdict.
        verdict: Verdict,
    },
    /// What the world says now. Told when asked for, and when something in it changed.
    World(World),
    /// A case's entry is on disk.
    Recorded {
        /// Which case.
        case: CaseId,
        /// The entry's number.
        seq: u64,
    },
    /// A case's entry could not be written, and is not tried again: an intent at once, all else only where too many wait.
    NotRecorded {
        /// Which case.
        case: CaseId,
        /// One line why.
        why: String,
    },
    /// What became of an answer that was to be sent.
    Sent {
        /// Which case.
        case: CaseId,
        /// How it ended.
        how: Sent,
    },
    /// An agent's hook.
    Hook(HookSaid),
    /// A person answers.
    Person(Reply),
    /// Other rules are in force now.
    NewRules,
    /// A switch was turned, or a person typed there: what the world said before counts no more.
    Unclear,
    /// The pane has ended: nothing more is heard of what stood there.
    Ended,
    /// Time went on.
    Tick,
}

/// What a pane shows.
#[derive(Debug, Clone)]
pub struct Look {
    /// The session's state asks.
    pub asks: bool,
    /// The dialog, if one is open.
    pub dialog: Option<(Showing, Arc<Dialog>)>,
    /// Surely none is: the screen was read as one of an agent that works or waits, not as half a frame or a window too small.
    pub clear: bool,
    /// When the agent last wrote, if that is known better than by this look.
    pub wrote: Option<Duration>,
    /// Surely nothing was written behind that: what is shown has stood since.
    pub stands: bool,
    /// Text stood unsent in its composer when that was last seen.
    pub unsent: bool,
    /// The dialog says the same as the one that was answered last, and shows something else beside it: it is another one.
    pub another: bool,
    /// The agent has ended: what its dialog's going means is not known.
    pub ended: bool,
}

/// How sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It went out, at that time.
    Done(Duration),
    /// It did not go out: what was there was something else.
    Refused(String),
    /// It did not go out, that is sure. Why was found right before: by the server, in the command that would have sent it, or by
    /// whoever was to send it.
    Withheld(Hold),
    /// It is not known.
    Unknown(String),
}

/// What a hook says.
#[derive(Debug, Clone)]
pub enum HookSaid {
    /// The hooks of this session work: any of their events was heard.
    Heard,
    /// One asks whether a call may run, and waits.
    Asks {
        /// Which request.
        id: HookId,
        /// The call, as a dialog without options.
        dialog: Arc<Dialog>,
    },
    /// One does not wait any more: it was told, or gave up.
    Closed {
        /// Which request.
        id: HookId,
    },
}

/// A person's answer to the dialog that he saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Who.
    pub who: String,
    /// The wish by which he asked; `None` = at our own screen.
    pub wish: Option<u64>,
    /// What.
    pub answer: Answer,
    /// The dialog last drawn for him; `None` = he asked by the session's name.
    pub drawn: Option<DrawnFor>,
}

/// What a person can say to a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Allow this once.
    Approve,
    /// The agent's own *No*.
    Deny,
    /// The option of that place, 0-based.
    Choose(usize),
    /// Keep automation off it.
    Hold,
    /// Write a text into it.
    Write,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Ask the policy; answered by [`Input::Judged`].
    Judge {
        /// Which case.
        case: CaseId,
        /// The dialog, or the hook's call.
        dialog: Arc<Dialog>,
    },
    /// Capture the pane anew; answered by [`Input::Look`], also where nothing changed. Comes with a check.
    Look,
    /// Find out what the world says; answered by [`Input::World`].
    Check,
    /// Write an entry; answered by [`Input::Recorded`] or [`Input::NotRecorded`]. What is no intent is tried again until it
    /// can be written, and answered then.
    Record {
        /// Which case.
        case: CaseId,
        /// Its dialog.
        dialog: Arc<Dialog>,
        /// What to write.
        decision: Decision,
    },
    /// Compare and send one key; answered by [`Input::Sent`].
    Press {
        /// Which case.
        case: CaseId,
        /// The dialog that must still be there.
        dialog: Arc<Dialog>,
        /// The key.
        key: KeyName,
        /// The entry that says why.
        intent: u64,
        /// Automation's: not if anybody was active in the session since then.
        stirred: Option<u64>,
    },
    /// Answer a hook; answered by [`Input::Sent`] unless it is released.
    Answer {
        /// Which case.
        case: CaseId,
        /// Which request.
        hook: HookId,
        /// What to say.
        word: HookWord,
    },
    /// Release a hook of which nothing is kept: too many calls of the pane wait already.
    GiveBack {
        /// Which request.
        hook: HookId,
    },
    /// Tell people that so many calls were given back so.
    Overlooked {
        /// How many since it was told last.
        calls: u64,
    },
    /// The person's text may be written into it now; automation keeps off.
    Write {
        /// The dialog that is meant.
        showing: Showing,
        /// As it stands there.
        dialog: Arc<Dialog>,
    },
    /// A person's answer is on its way: the end of this case is the end of his wish.
    Owns {
        /// Which case.
        case: CaseId,
        /// His wish.
        wish: u64,
        /// What he asked for.
        answer: Answer,
    },
    /// Tell the person why his answer is not carried out.
    Refuse {
        /// The wish by which he asked, and no other.
        wish: Option<u64>,
        /// One line.
        why: String,
    },
}

/// What a hook is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookWord {
    /// Run it; the entry that says why.
    Allow(u64),
    /// Do not; the message for the agent, and the entry that says why.
    Deny(String, u64),
    /// Ask as usual.
    Release,
}
