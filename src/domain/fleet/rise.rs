//! How a session that `up` started comes to be ready: through its start-up dialogs as far as that is allowed, and then to
//! its role. Facts come in, wishes go out; who carries them out sends no key that is not wished for here. Every doubt ends
//! as *left to a person*, and nothing is ever wished for twice.

use std::time::Duration;

use super::Told;
use crate::domain::dialog::{Dialog, DialogId, Meaning, Operation};
use crate::domain::status::State;
use crate::domain::task::TaskId;

/// The folder beside a work tree in which `up --worktrees` makes those of its sessions: this is added to its name.
pub const TREES: &str = "-worktrees";

/// Whoever answers says what became of it within this time.
const ANSWERS: Duration = Duration::from_secs(30);
/// How long the end of its last dialog, or of its start, must lie back before it is ready.
const CALM: Duration = Duration::from_millis(600);

/// What is allowed, and wanted, of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// The folder that may be trusted without asking anybody, once.
    pub trust: Option<String>,
    /// It is to be told its role.
    pub role: bool,
    /// How long it may take to be ready; waiting for a person does not count.
    pub patience: Duration,
}

/// What is seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A look at its screen.
    Look {
        /// What it does.
        state: State,
        /// The dialog that stands there.
        dialog: Option<Box<Dialog>>,
        /// How far its role prompt came.
        told: Told,
    },
    /// Its pane, or its program, is gone; the last words on its screen.
    Ended(String),
    /// What became of an answer that was wished for.
    Answered(Result<(), String>),
    /// A person chose an option of the dialog with this content.
    Chosen(DialogId, String),
    /// A person leaves this dialog for later.
    Left(DialogId),
}

/// What is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Nothing now.
    None,
    /// Choose the option with this label in the dialog with this content; why, for the ledger.
    Answer(DialogId, String, Why),
    /// Put the role prompt into the queue.
    Tell,
}

/// On whose word an option is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// `trust_folder = true` in the roster.
    TrustFolder,
    /// A person said so on the terminal.
    Person,
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Not ready yet.
    Starting,
    /// A dialog stands there for which a person is needed.
    Asks(Box<Dialog>),
    /// An answer is on its way.
    Answering(DialogId),
    /// Ready; the role prompt is to be queued, or on its way.
    Telling(Option<TaskId>),
    /// As it should be.
    Up,
    /// It will not come up by itself; why.
    Failed(String),
}

/// One session on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rise {
    rights: Rights,
    stage: Stage,
    /// When it was started, or last got on.
    since: Duration,
    /// Since when it has looked ready.
    calm: Option<Duration>,
    /// What was answered: never again.
    answered: Vec<DialogId>,
    /// What a person left.
    left: Vec<DialogId>,
    trusted: bool,
    told: bool,
}

impl Rise {
    /// One that was started just now.
    pub fn new(rights: Rights, now: Duration) -> Self {
        Self {
            rights,
            stage: Stage::Starting,
            since: now,
            calm: None,
            answered: Vec::new(),
            left: Vec::new(),
            trusted: false,
            told: false,
        }
    }

    /// How far it has come.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// True if nothing more is to come without a person.
    pub fn is_over(&self) -> bool {
        match &self.stage {
            Stage::Up | Stage::Failed(_) => true,
            Stage::Asks(dialog) => self.left.contains(&dialog.identity()),
            _ => false,
        }
    }

    /// The dialog about which a person may be asked now.
    pub fn question(&self) -> Option<&Dialog> {
        match &self.stage {
            Stage::Asks(dialog) if !self.left.contains(&dialog.identity()) => Some(dialog),
            _ => None,
        }
    }

    /// Takes a fact in.
    pub fn hear(&mut self, fact: Fact, now: Duration) -> Wish {
        if matches!(self.stage, Stage::Up | Stage::Failed(_)) {
            return Wish::None;
        }
        match fact {
            Fact::Ended(words) => self.fail(format!("its program has ended{}", tail(&words))),
            Fact::Answered(Ok(())) => self.go(Stage::Starting, now),
            Fact::Answered(Err(why)) => self.fail(format!("its dialog was not answered: {why}")),
            Fact::Chosen(id, label) => self.choose(id, label, now),
            Fact::Left(id) => {
                self.left.push(id);
                Wish::None
            }
            Fact::Look { state, dialog, told } => self.look(state, dialog.map(|d| *d), told, now),
        }
    }

    fn look(&mut self, state: State, dialog: Option<Dialog>, told: Told, now: Duration) -> Wish {
        if matches!(self.stage, Stage::Answering(_)) {
            // What became of it is told by whoever answers.
            if now.saturating_sub(self.since) < ANSWERS {
                return Wish::None;
            }
            return self.fail("its dialog was to be answered, and nothing was heard of it".to_owned());
        }
        if let Some(dialog) = dialog.filter(|_| state.asks()) {
            self.calm = None;
            return self.asked(dialog, state, now);
        }
        if matches!(self.stage, Stage::Asks(_)) {
            // A person answered it there.
            self.go(Stage::Starting, now);
        }
        match state {
            State::Idle | State::Working | State::Typing => self.ready(told, now),
            State::Exited => self.fail("its agent has ended; nothing is typed into a shell".to_owned()),
            State::Shell => {
                self.calm = None;
                self.wait("no agent runs in it; nothing is typed into a shell", now)
            }
            State::Error => self.fail("its agent reports an error".to_owned()),
            _ => {
                self.calm = None;
                self.wait("it shows nothing that is known", now)
            }
        }
    }

    /// A dialog stands there.
    fn asked(&mut self, dialog: Dialog, state: State, now: Duration) -> Wish {
        let id = dialog.identity();
        if matches!(self.stage, Stage::Telling(_)) {
            // It is at work already, and asks for what agents ask for.
            return Wish::None;
        }
        if self.answered.contains(&id) {
            return self.wait("a dialog that was answered is still there", now);
        }
        if state == State::Trust
            && !self.trusted
            && let Some(label) = self.rights.trust.as_deref().and_then(|folder| trusts(&dialog, folder))
        {
            self.trusted = true;
            return self.answer(id, label, Why::TrustFolder, now);
        }
        self.stage = Stage::Asks(Box::new(dialog));
        self.since = now;
        Wish::None
    }

    fn choose(&mut self, id: DialogId, label: String, now: Duration) -> Wish {
        match self.question() {
            Some(dialog) if dialog.identity() == id && choices(dialog).any(|l| l == label) => {
                self.answer(id, label, Why::Person, now)
            }
            _ => Wish::None,
        }
    }

    fn answer(&mut self, id: DialogId, label: String, why: Why, now: Duration) -> Wish {
        self.answered.push(id);
        self.go(Stage::Answering(id), now);
        Wish::Answer(id, label, why)
    }

    /// Its composer is there: ready as soon as that has lasted.
    fn ready(&mut self, told: Told, now: Duration) -> Wish {
        let calm = *self.calm.get_or_insert(now);
        if now.saturating_sub(calm) < CALM {
            return Wish::None;
        }
        if !self.rights.role {
            return self.go(Stage::Up, now);
        }
        match told {
            Told::Done(_) | Told::Once => self.go(Stage::Up, now),
            Told::Doubt(id) => {
                self.fail(format!("whether its role arrived is not known: archtui task show {id}"))
            }
            Told::Under(id) => {
                self.told = true;
                if self.stage != Stage::Telling(Some(id)) {
                    self.go(Stage::Telling(Some(id)), now);
                }
                self.wait("its role prompt was not taken yet; it stays in the queue", now)
            }
            Told::Not if self.told => self.wait("its role prompt is not in the queue any more", now),
            Told::Not => {
                self.told = true;
                self.go(Stage::Telling(None), now);
                Wish::Tell
            }
        }
    }

    fn wait(&mut self, why: &str, now: Duration) -> Wish {
        if now.saturating_sub(self.since) < self.rights.patience {
            return Wish::None;
        }
        self.fail(format!("not ready after {} s: {why}", self.rights.patience.as_secs()))
    }

    fn go(&mut self, stage: Stage, now: Duration) -> Wish {
        self.stage = stage;
        self.since = now;
        Wish::None
    }

    fn fail(&mut self, why: String) -> Wish {
        self.stage = Stage::Failed(why);
        Wish::None
    }
}

/// The option that trusts the folder, if the dialog asks for that and for nothing else, whole, about this very folder.
fn trusts(dialog: &Dialog, folder: &str) -> Option<String> {
    let about =
        dialog.subject.as_deref().is_some_and(|s| s.trim_end_matches('/') == folder.trim_end_matches('/'));
    let asks = dialog.operation == Operation::Trust && dialog.tool.as_deref() == Some("folder");
    if !asks || !about || !dialog.complete {
        return None;
    }
    let mut yes = dialog.options.iter().filter(|o| o.meaning == Meaning::AllowAlways);
    let rest = dialog.options.iter().filter(|o| o.meaning != Meaning::AllowAlways);
    match (yes.next(), yes.next(), rest.clone().all(|o| o.meaning == Meaning::Deny)) {
        (Some(option), None, true) => Some(option.label.clone()),
        _ => None,
    }
}

/// The labels of a dialog that one can choose from: whole, each one of its own, by its mark or by a key of its own.
pub fn choices(dialog: &Dialog) -> impl Iterator<Item = &str> {
    let once = |label: &str| dialog.options.iter().filter(|o| o.label == label).count() == 1;
    let reached = dialog.options.iter().filter(|o| dialog.selected.is_some() || o.key.is_some());
    reached.map(|o| o.label.as_str()).filter(move |l| dialog.complete && once(l))
}

fn tail(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(": {words}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dialog::DialogOption;

    const FOLDER: &str = "/w/app";

    fn dialog(subject: &str, options: &[(&str, Meaning)]) -> Dialog {
        let option = |(label, meaning): &(&str, Meaning)| DialogOption {
            label: (*label).into(),
            meaning: *meaning,
            key: None,
        };
        Dialog {
            operation: Operation::Trust,
            tool: Some("folder".into()),
            subject: Some(subject.into()),
            options: options.iter().map(option).collect(),
            selected: Some(0),
            complete: true,
            ..Dialog::default()
        }
    }

    fn trust() -> Dialog {
        dialog(FOLDER, &[("No, exit", Meaning::Deny), ("Yes, I trust this folder", Meaning::AllowAlways)])
    }

    fn key() -> Dialog {
        let yes_no = [("Yes", Meaning::AllowAlways), ("No (recommended)", Meaning::Deny)];
        Dialog { tool: None, subject: None, ..dialog("", &yes_no) }
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn rise(trust: bool) -> Rise {
        let rights = Rights { trust: trust.then(|| FOLDER.to_owned()), role: true, patience: at(60) };
        Rise::new(rights, at(0))
    }

    fn look(state: State, dialog: Option<Dialog>) -> Fact {
        Fact::Look { state, dialog: dialog.map(Box::new), told: Told::Not }
    }

    fn told(told: Told) -> Fact {
        Fact::Look { state: State::Idle, dialog: None, told }
    }

    fn idle() -> Fact {
        told(Told::Not)
    }

    #[test]
    fn the_usual_way_up() {
        let mut r = rise(true);
        assert_eq!(r.hear(look(State::Starting, None), at(1)), Wish::None);
        let answer = Wish::Answer(trust().identity(), "Yes, I trust this folder".into(), Why::TrustFolder);
        assert_eq!(r.hear(look(State::Trust, Some(trust())), at(2)), answer);
        assert_eq!(r.hear(look(State::Trust, Some(trust())), at(3)), Wish::None, "once");
        r.hear(Fact::Answered(Ok(())), at(3));
        assert_eq!(r.hear(look(State::Trust, Some(key())), at(4)), Wish::None);
        assert_eq!(r.question(), Some(&key()), "the rest is for a person");
        let yes = Wish::Answer(key().identity(), "Yes".into(), Why::Person);
        assert_eq!(
            r.hear(Fact::Chosen(key().identity(), "Yes".into()), at(200)),
            yes,
            "who may take his time"
        );
        r.hear(Fact::Answered(Ok(())), at(201));
        assert_eq!(r.hear(idle(), at(202)), Wish::None, "it may still be drawing");
        assert_eq!(r.hear(idle(), at(203)), Wish::Tell);
        assert_eq!(r.hear(idle(), at(204)), Wish::None, "once");
        let id = TaskId(1);
        assert_eq!(r.hear(told(Told::Under(id)), at(205)), Wish::None);
        assert_eq!(*r.stage(), Stage::Telling(Some(id)));
        r.hear(told(Told::Done(id)), at(206));
        assert_eq!(*r.stage(), Stage::Up);
        assert!(r.is_over());
    }

    /// The first look at a dialog, and whether it is trusted without a person.
    fn check_trust(what: &str, allowed: bool, dialog: Dialog, state: State, want: bool) {
        let got = rise(allowed).hear(look(state, Some(dialog)), at(1));
        assert_eq!(matches!(got, Wish::Answer(_, _, Why::TrustFolder)), want, "{what}: {got:?}");
    }

    #[test]
    fn only_its_own_folder_is_trusted_and_only_if_the_roster_says_so() {
        use Meaning::{AllowAlways, Deny, Other};
        let yes = ("Yes, proceed", AllowAlways);
        let no = ("No, exit", Deny);
        check_trust("as it should be", true, trust(), State::Trust, true);
        check_trust("the other way round", true, dialog(FOLDER, &[yes, no]), State::Trust, true);
        check_trust("not said", false, trust(), State::Trust, false);
        check_trust("above", true, dialog("/w", &[yes, no]), State::Trust, false);
        check_trust("below", true, dialog("/w/app/x", &[yes, no]), State::Trust, false);
        check_trust("another", true, dialog("/w/app2", &[yes, no]), State::Trust, false);
        check_trust("the same", true, dialog("/w/app/", &[yes, no]), State::Trust, true);
        check_trust("two that grant", true, dialog(FOLDER, &[yes, yes, no]), State::Trust, false);
        check_trust("and more", true, dialog(FOLDER, &[yes, ("Help", Other)]), State::Trust, false);
        check_trust("cut off", true, Dialog { complete: false, ..trust() }, State::Trust, false);
        check_trust("an api key", true, key(), State::Trust, false);
        check_trust("not a start-up dialog", true, trust(), State::Permission, false);
        let bash = Dialog { operation: Operation::Bash, ..trust() };
        check_trust("a command", true, bash, State::Trust, false);
    }

    #[test]
    fn the_same_dialog_is_never_answered_twice() {
        let mut r = rise(true);
        r.hear(look(State::Trust, Some(trust())), at(1));
        r.hear(Fact::Answered(Ok(())), at(2));
        for s in 3..63 {
            assert_eq!(r.hear(look(State::Trust, Some(trust())), at(s)), Wish::None);
        }
        assert!(matches!(r.stage(), Stage::Failed(why) if why.contains("still there")), "{r:?}");
    }

    #[test]
    fn what_a_person_leaves_is_over_until_somebody_answers_it_there() {
        let mut r = rise(true);
        r.hear(look(State::Trust, Some(key())), at(1));
        r.hear(Fact::Left(key().identity()), at(2));
        assert!(r.is_over() && r.question().is_none());
        r.hear(idle(), at(3));
        assert_eq!(r.hear(idle(), at(4)), Wish::Tell);
    }

    #[test]
    fn a_choice_counts_only_for_the_dialog_that_stands_there() {
        let chosen = |id: &Dialog, label: &str| {
            let mut r = rise(false);
            r.hear(look(State::Trust, Some(key())), at(1));
            r.hear(Fact::Chosen(id.identity(), label.into()), at(2))
        };
        assert!(matches!(chosen(&key(), "Yes"), Wish::Answer(..)));
        assert_eq!(chosen(&trust(), "Yes"), Wish::None);
        assert_eq!(chosen(&key(), "Maybe"), Wish::None);
        let twins = [("Yes", Meaning::Other), ("Yes", Meaning::Other)];
        assert_eq!(choices(&dialog("", &twins)).count(), 0);
        assert_eq!(choices(&Dialog { complete: false, ..key() }).count(), 0);
    }

    #[test]
    fn ends_that_are_told() {
        for (what, facts, want) in [
            ("ended", vec![Fact::Ended("command not found".into())], "ended: command not found"),
            ("exited", vec![look(State::Exited, None)], "nothing is typed into a shell"),
            ("error", vec![look(State::Error, None)], "error"),
            (
                "refused",
                vec![look(State::Trust, Some(trust())), Fact::Answered(Err("no".into()))],
                "not answered: no",
            ),
            ("doubt", vec![told(Told::Doubt(TaskId(3))); 2], "task show 3"),
        ] {
            let mut r = rise(true);
            for (s, fact) in facts.into_iter().enumerate() {
                r.hear(fact, at(s as u64 + 1));
            }
            assert!(matches!(r.stage(), Stage::Failed(why) if why.contains(want)), "{what}: {r:?}");
            assert_eq!(r.hear(idle(), at(9)), Wish::None, "{what}: for good");
        }
    }

    #[test]
    fn one_that_never_comes_is_given_up() {
        let mut r = rise(true);
        for s in 0..61 {
            assert_eq!(r.hear(look(State::Starting, None), at(s)), Wish::None);
        }
        assert!(matches!(r.stage(), Stage::Failed(why) if why.starts_with("not ready after 60 s")), "{r:?}");
        let mut r = rise(true);
        assert_eq!(r.hear(look(State::Shell, None), at(1)), Wish::None);
        assert!(!r.is_over(), "a launcher may be at work");
        r.hear(look(State::Shell, None), at(61));
        assert!(matches!(r.stage(), Stage::Failed(why) if why.contains("into a shell")), "{r:?}");
    }
}
