//! Whether an agent's process has been told its role, as the queue's record says. A process is told once: who starts the
//! agent anew starts another process.

use super::Told;
use crate::domain::session::{PaneIdentity, SessionName};
use crate::domain::task::{End, Kind, State, Task};

/// How far it came for the process in this pane. What waits for the session's name will reach this process, so it counts.
pub fn told(tasks: &[Task], session: &SessionName, pane: PaneIdentity) -> Told {
    let roles = || tasks.iter().filter(|t| t.kind == Kind::Role);
    let mut doubt = None;
    for task in roles() {
        for attempt in task.attempts.iter().filter(|a| a.pane == pane) {
            match () {
                () if attempt.delivered.is_some() => return Told::Done(task.id),
                () if attempt.typing.is_none() || attempt.end == Some(End::Declined) => {}
                () if attempt.end.is_none() && task.state != State::Held => return Told::Under(task.id),
                () => doubt = Some(task.id),
            }
        }
    }
    let waits =
        |t: &&Task| t.target.as_ref() == Some(session) && !t.state.is_finished() && t.state != State::Held;
    match (doubt, roles().find(waits)) {
        (Some(id), _) => Told::Doubt(id),
        (None, Some(task)) => Told::Under(task.id),
        (None, None) => Told::Not,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::roster::{Member, Roster};
    use crate::domain::session::PaneId;
    use crate::domain::task::clock::QueueClock;
    use crate::domain::task::{Event, Now, Order, Queue, Rules, Sender, Step, Sure, Wish, entry};
    use std::time::Duration;

    fn pane(pid: u32) -> PaneIdentity {
        PaneIdentity { id: PaneId(1), pid, start: 5 }
    }

    fn at(s: u64) -> Now {
        Now { wall: jiff::Timestamp::UNIX_EPOCH, mono: Duration::from_secs(s) }
    }

    /// What is known of process 10 after these steps of its role prompt, and of the process after it.
    fn check(what: &str, leased: bool, steps: &[Step], done: Option<Wish>, want: Told, next: Told) {
        let name = SessionName::new("dev");
        let roster =
            Roster { members: vec![Member { name: "dev".into(), ..Member::default() }], ..Roster::default() };
        let mut queue = Queue::restore(Rules::default(), [], 0, QueueClock::default());
        let order = |kind| Order { kind, target: Some("dev".into()), ..Order::new("ROLE: worker") };
        let mut add = |kind| {
            let request = entry::check(order(kind), &Sender::Operator, &roster).expect("sound");
            queue.ask(Wish::Add(vec![request]), at(0)).expect("queued").ids[0]
        };
        let id = add(Kind::Role);
        let mut attempt = 0;
        if leased {
            queue.apply(Event::Leased { id, session: name.clone(), pane: pane(10) }, at(1));
            attempt = 1;
        }
        for step in steps {
            queue.apply(Event::Stepped { id, attempt, step: step.clone() }, at(2));
        }
        if let Some(wish) = done {
            queue.ask(wish, at(3)).expect("granted");
        }
        let tasks: Vec<Task> = queue.get(id).cloned().into_iter().collect();
        assert_eq!(told(&tasks, &name, pane(10)), want, "{what}");
        assert_eq!(told(&tasks, &name, pane(11)), next, "{what}: the next process");
        assert_eq!(told(&tasks, &SessionName::new("dev1"), pane(12)), Told::Not, "{what}: another session");
    }

    #[test]
    fn a_process_is_told_once() {
        use crate::domain::task::TaskId;
        let id = TaskId(1);
        let under = Told::Under(id);
        let (ready, shown, taken) = (Step::Ready, Step::Shown, Step::Taken);
        let cancel = || Some(Wish::Cancel(id, Sure::Yes));
        check("queued", false, &[], None, under, under);
        check("cancelled", false, &[], cancel(), Told::Not, Told::Not);
        check("chosen", true, &[], None, under, under);
        check("typing", true, std::slice::from_ref(&ready), None, under, under);
        check("given back", true, &[ready.clone(), Step::Declined("busy".into())], None, under, under);
        let arrived = [ready.clone(), shown.clone(), taken];
        check("arrived", true, &arrived, None, Told::Done(id), Told::Not);
        let perhaps = [ready, shown, Step::Doubt("odd".into())];
        check("perhaps", true, &perhaps, None, Told::Doubt(id), Told::Not);
        check("perhaps, then given up", true, &perhaps, cancel(), Told::Doubt(id), Told::Not);
    }
}
