//! How a story of one dialog is written down in tests: steps in, and what came of them.

use super::hold::World;
use super::rig::{self, Rig, call, clear, ms, verdict};
use super::*;
use crate::domain::policy::Action;
use crate::domain::screen::Screen;

/// One step of a story.
#[derive(Clone)]
pub enum Step {
    /// Time goes on to this millisecond.
    At(u64),
    /// The pane shows this dialog.
    Show(&'static str, u64),
    /// The same of one that surely is another than the last that was answered, though it says the same.
    Another(&'static str, u64),
    /// Its agent has ended, and a shell stands there.
    Shell,
    /// The pane shows none.
    Gone,
    /// It cannot be read: half a frame, a window too small.
    Blurred,
    /// It shows this, which is read neither as a dialog nor as anything else.
    Part(&'static str),
    /// The world is like this now, and says so.
    World(fn(&mut World)),
    /// The world is like this from now on, and is not asked yet.
    Then(fn(&mut World)),
    /// What the policy says from now on.
    Says(Action),
    /// The policy is another one now, and says this.
    Renewed(Action),
    /// How sending ends from now on.
    Sends(Option<Sent>),
    /// The policy answers, or not.
    Judges(bool),
    /// Text stands unsent in the composer, or not.
    Unsent(bool),
    /// The ledger takes entries, or not.
    Disk(bool),
    /// The disk is slow from now on; then it has written what waits for it, or has not.
    Slow,
    Written(bool),
    /// Looks that are asked for are answered, or not.
    Looks(bool),
    /// A look.
    Again,
    /// A hook.
    Hook(HookSaid),
    /// A person answers what was drawn so long.
    Person(Answer, &'static str, u64, u64),
    /// What was sent is answered only now.
    Answered,
    /// The same, and in this way.
    AnsweredSo(Sent),
    /// A switch was turned, or a person typed there.
    Unclear,
    /// The pane has ended.
    Ends,
    /// archtui ends and starts again.
    Crash,
}
use Step::*;

pub fn asks(id: u64, subject: &str) -> Step {
    Hook(HookSaid::Asks { id: HookId(id), dialog: call(subject) })
}

pub fn closed(id: u64) -> Step {
    Hook(HookSaid::Closed { id: HookId(id) })
}

pub fn check(name: &str, steps: &[Step], want: &[&str]) -> Rig {
    check_with(false, name, steps, want)
}

pub fn check_with(hook_fallback: bool, name: &str, steps: &[Step], want: &[&str]) -> Rig {
    let rig = run(hook_fallback, steps);
    assert_eq!(rig.log, want, "{name}");
    rig.book.verify().expect("the chain holds");
    rig
}

/// Only what comes of it.
pub fn run(hook_fallback: bool, steps: &[Step]) -> Rig {
    let mut rig = Rig::new(hook_fallback);
    for step in steps.iter().cloned() {
        match step {
            At(at) => rig.until(at),
            Show(subject, epoch) => rig.show(Some((subject, epoch))),
            Another(subject, epoch) => rig.show_another(subject, epoch),
            Shell => {
                rig.screen = None;
                rig.hear(Input::Look(Look { ended: true, ..rig::look(None) }));
            }
            Gone => rig.show(None),
            Blurred => {
                rig.screen = None;
                rig.hear(Input::Look(Look { clear: false, ..rig::look(None) }));
            }
            Part(text) => {
                rig.screen = None;
                let clear = !rig.life.may_show_part(&Screen::plain(text));
                rig.hear(Input::Look(Look { clear, ..rig::look(None) }));
            }
            World(change) => {
                rig.world = clear();
                change(&mut rig.world);
                let world = rig.world.clone();
                rig.hear(Input::World(world));
            }
            Then(change) => {
                rig.world = clear();
                change(&mut rig.world);
            }
            Says(action) => rig.verdict = verdict(action),
            Renewed(action) => {
                rig.verdict = verdict(action);
                rig.hear(Input::NewRules);
            }
            Sends(how) => rig.sends = how,
            Judges(on) => rig.judges = on,
            Unsent(on) => rig.unsent = on,
            Disk(on) => rig.writes = on,
            Slow => rig.slow = Some(Vec::new()),
            Written(well) => rig.disk_says(well),
            Looks(on) => rig.looks = on,
            Again => rig.look(),
            Unclear => rig.hear(Input::Unclear),
            Ends => {
                rig.ended = true;
                rig.hear(Input::Ended);
            }
            Hook(said) => rig.hear(Input::Hook(said)),
            Person(answer, subject, epoch, on_screen) => {
                let showing = (rig::dialog(subject).identity(), epoch).into();
                let drawn = Some(DrawnFor { showing, lasted: ms(on_screen) });
                rig.hear(Input::Person(Reply { who: "operator".to_owned(), wish: None, answer, drawn }));
            }
            Answered => rig.answer(Sent::Done(rig.now)),
            AnsweredSo(how) => rig.answer(how),
            Crash => {
                let mut left = rig.book.unsettled();
                left.extend(crate::domain::ledger::open(rig.book.entries()));
                rig.life = Life::rebuilt(Ways::of_agent("claude", hook_fallback), &left);
                rig.waiting.clear();
            }
        }
    }
    rig
}
