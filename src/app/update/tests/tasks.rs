//! Stories about tasks: wishes and what the queue says to them, lists in which the mark stays. Forms are in `forms`.

use std::sync::Arc;

use super::*;
use crate::app::state::Popup;
use crate::domain::task::clock::{QueueClock, QueueTime};
use crate::domain::task::{
    Brief, Listing, Now as QueueNow, Order, Page, Queue, Refusal, Rules, Sender, State as Stage, Sure, Task,
    TaskId, Wish, entry,
};

/// Workers w1 and w2, kept (which takes no tasks), and a stranger.
pub fn room() -> Room {
    let mut room = Room::new(&["w1", "w2", "kept"]);
    room.state.fleet.roster.members[2].protected = true;
    room.state.fleet.roster.members[0].skills = vec!["rust".into()];
    room.hear(Event::Server(Server::Up { version: "3.3a".into(), pid: 1, warning: None }));
    let names = ["w1", "w2", "kept", "stranger"];
    room.hear(Event::Panes(names.iter().enumerate().map(|(i, n)| pane(i as u32, n)).collect()));
    room
}

/// So many tasks of the operator, in these states.
fn tasks(states: &[Stage]) -> Vec<Task> {
    let members = vec![Member { name: "w1".into(), ..Member::default() }];
    let mut queue = Queue::default();
    let order = |n: usize| Order::new(format!("task number {n}"));
    let request = |n| {
        entry::check(order(n), &Sender::Operator, &Roster { members: members.clone(), ..Roster::default() })
            .expect("sound")
    };
    let now = QueueNow { wall: Now::ZERO.utc, mono: Duration::ZERO };
    queue.ask(Wish::Add((1..=states.len()).map(request).collect()), now).expect("queued");
    let mut all: Vec<Task> = queue.tasks().cloned().collect();
    for (task, state) in all.iter_mut().zip(states) {
        task.state = *state;
    }
    all
}

fn told(tasks: &[Task]) -> Event {
    let briefs = tasks.iter().map(|t| Arc::new(Brief::of(t)));
    Event::Tasks(Ok(Arc::new(Listing::of(briefs, 0, &Rules::default(), QueueTime::default()))))
}

fn page(task: &Task) -> Event {
    Event::TaskPage(task.id, Ok(Arc::new(Page { task: task.clone(), log: vec![] })))
}

impl Room {
    pub fn types(&mut self, text: &str) {
        for c in text.chars() {
            self.hear(Event::Key(Key::char(c)));
        }
    }

    pub fn form(&self) -> &crate::app::state::Form {
        match &self.state.popup {
            Some(Popup::Form(form)) => form,
            other => panic!("no form is open: {other:?}"),
        }
    }

    pub fn toast(&self) -> &str {
        self.state.toast.as_ref().map_or("", |t| t.text.as_str())
    }

    pub fn question(&self) -> &str {
        match &self.state.popup {
            Some(Popup::Ask(question)) => &question.what,
            other => panic!("nothing is asked: {other:?}"),
        }
    }
}

/// The one wish, and its number.
pub fn wished(effects: &[Effect]) -> (u64, &Wish) {
    match effects {
        [Effect::Wish(n, wish)] => (*n, wish),
        other => panic!("not one wish: {other:?}"),
    }
}

#[test]
fn taking_back_asks_and_an_agents_copy_is_told_of() {
    let mut room = room();
    let all = tasks(&[Stage::Queued, Stage::Working]);
    room.hear(told(&all));
    room.press("panel-tasks");
    // At work stands before what waits.
    assert_eq!(room.state.marked_task().map(|t| t.id), Some(TaskId(2)));
    let effects = room.press("cancel-task");
    let (n, wish) = wished(&effects);
    assert_eq!(*wish, Wish::Cancel(TaskId(2), Sure::Ask), "the queue asks");
    let why = "task 2 is working in w1; cancelling it sends nothing there".to_owned();
    room.hear(Event::TaskAnswer(n, Ok(Err(Refusal::AskFirst { id: TaskId(2), why: why.clone() }))));
    assert!(matches!(&room.state.popup, Some(Popup::Ask(q)) if q.means == why));
    room.key("x");
    assert!(room.state.popup.is_some(), "another key is no answer");
    assert_eq!(room.key("y"), [], "nobody has read it yet");
    room.wait(300);
    let effects = room.key("y");
    let (n, wish) = wished(&effects);
    assert_eq!(*wish, Wish::Cancel(TaskId(2), Sure::Yes));
    room.hear(Event::TaskAnswer(n, Ok(Ok(vec![TaskId(2)]))));
    assert_eq!(room.toast(), "task 2 is taken back");
    room.press("move-down");
    assert_eq!(room.press("cancel-task"), []);
    assert_eq!(room.question(), "Take task 1 back?");
    room.key("n");
    assert_eq!((room.state.popup.is_none(), room.toast()), (true, "not done"));
}

#[test]
fn who_hands_out_again_what_is_at_work_is_told_the_key_that_gives_it_away() {
    let mut room = room();
    room.hear(told(&tasks(&[Stage::Working])));
    room.press("panel-tasks");
    for (lay, said) in [
        ("", "task 1 is at work: T gives it to another session"),
        ("reassign = [\"W\"]", "task 1 is at work: W gives it to another session"),
    ] {
        room.state.fixed.keymap.lay_over(lay).expect("keys");
        let effects = room.press("retry-task");
        let (n, wish) = wished(&effects);
        assert_eq!(*wish, Wish::Retry(TaskId(1), Sure::Ask));
        room.hear(Event::TaskAnswer(n, Ok(Err(Refusal::AtWork(TaskId(1))))));
        assert_eq!(room.toast(), said);
    }
}

#[test]
fn a_question_does_not_swallow_a_text_that_is_being_written() {
    let mut room = room();
    room.hear(told(&tasks(&[Stage::Working])));
    room.press("panel-tasks");
    let effects = room.press("cancel-task");
    let (n, _) = wished(&effects);
    room.press("new-task");
    room.types("half a te");
    room.hear(Event::TaskAnswer(n, Ok(Err(Refusal::AskFirst { id: TaskId(1), why: "it may go on".into() }))));
    assert_eq!(room.question(), "Take task 1 back?");
    room.key("n");
    room.press("new-task");
    assert_eq!(room.form().text.text(), "half a te");
}

#[test]
fn giving_begins_with_who_may_have_it() {
    let mut room = room();
    room.state.fleet.roster.members[0].protected = true;
    room.state.fleet.sessions[0].member.as_mut().expect("it is in the roster").protected = true;
    let all = tasks(&[Stage::Queued]);
    room.hear(told(&all));
    room.press("panel-tasks");
    room.press("reassign");
    room.hear(page(&all[0]));
    assert!(matches!(room.state.popup, Some(Popup::Hand { row: 1, .. })), "{:?}", room.state.popup);
}

#[test]
fn a_task_is_given_to_another_session() {
    let mut room = room();
    let all = tasks(&[Stage::Queued]);
    room.hear(told(&all));
    room.press("panel-tasks");
    assert_eq!(room.press("reassign"), [Effect::ReadTask(TaskId(1))]);
    assert!(room.state.popup.is_none(), "nothing is shown before it is known");
    room.hear(page(&all[0]));
    assert!(matches!(room.state.popup, Some(Popup::Hand { row: 0, .. })));
    for _ in 0..2 {
        room.press("move-down");
    }
    assert_eq!(room.key("enter"), [], "kept takes none");
    assert!(room.toast().contains("protected"), "{}", room.toast());
    room.press("move-up");
    let effects = room.key("enter");
    let (n, wish) = wished(&effects);
    assert_eq!(*wish, Wish::Reassign(TaskId(1), SessionName::new("w2"), Sure::Ask));
    room.hear(Event::TaskAnswer(n, Ok(Ok(vec![TaskId(1)]))));
    assert_eq!((room.state.popup.is_none(), room.toast()), (true, "task 1 is for w2 now"));
}

#[test]
fn a_waiting_task_is_changed() {
    let mut room = room();
    let all = tasks(&[Stage::Queued, Stage::Done]);
    room.hear(told(&all));
    room.press("panel-tasks");
    room.press("last");
    room.press("edit-task");
    room.hear(page(&all[0]));
    assert_eq!(room.form().text.text(), "task number 1");
    room.types(", and more");
    let effects = room.key("ctrl-s");
    let (_, wish) = wished(&effects);
    let Wish::Edit(TaskId(1), edit) = wish else { panic!("{wish:?}") };
    assert_eq!(edit.text.as_ref().map(ToString::to_string).as_deref(), Some("task number 1, and more"));
    assert_eq!(edit.priority, None, "what was not changed stays");
    room.key("esc");
    room.press("first");
    room.press("edit-task");
    room.hear(page(&all[1]));
    assert!(room.state.popup.is_none() && room.toast().contains("only one that waits"), "{}", room.toast());
}

#[test]
fn the_line_is_reordered_by_one_place() {
    let mut room = room();
    room.hear(told(&tasks(&[Stage::Queued, Stage::Queued, Stage::Queued, Stage::Blocked])));
    room.press("panel-tasks");
    let wish = |effects: Vec<Effect>| wished(&effects).1.clone();
    assert_eq!(room.press("task-earlier"), []);
    assert_eq!(wish(room.press("task-later")), Wish::Before(TaskId(1), TaskId(3)));
    room.press("move-down");
    assert_eq!(wish(room.press("task-earlier")), Wish::Before(TaskId(2), TaskId(1)));
    assert_eq!(wish(room.press("task-later")), Wish::Before(TaskId(3), TaskId(2)));
    room.press("last");
    assert_eq!(room.press("task-earlier"), []);
    assert!(room.toast().contains("only a task that waits for a session"), "{}", room.toast());
}

#[test]
fn the_mark_stays_with_its_task() {
    let mut room = room();
    let mut all = tasks(&[Stage::Queued, Stage::Queued, Stage::Queued]);
    room.hear(told(&all));
    room.press("panel-tasks");
    room.press("move-down");
    let marked = |room: &Room| room.state.marked_task().map(|t| t.id.0);
    assert_eq!(marked(&room), Some(2));
    all[2].state = Stage::Held;
    room.hear(told(&all));
    assert_eq!((marked(&room), room.state.panel_row), (Some(2), 2));
    room.press("filter");
    room.types("number 2");
    assert_eq!((marked(&room), room.state.panel_row), (Some(2), 0));
    room.key("esc");
    assert_eq!(marked(&room), Some(2));
    all.remove(1);
    room.hear(told(&all));
    assert!(marked(&room).is_some(), "it is gone: another one is marked");
}

#[test]
fn the_inbox_empties_as_it_is_looked_at() {
    let mut room = room();
    let mut all = tasks(&[Stage::Queued, Stage::Done, Stage::Failed, Stage::Done]);
    all[3].seen = true;
    room.hear(told(&all));
    room.press("inbox");
    let ids: Vec<u32> = room.state.tasks.shown().map(|t| t.id.0).collect();
    assert_eq!(ids, [3, 2], "what failed stands first; what was looked at is not there");
    let effects = room.press("zoom");
    assert_eq!(effects[0], Effect::ReadTask(TaskId(3)));
    assert!(matches!(&effects[1], Effect::Wish(_, Wish::Seen(ids)) if ids == &[TaskId(3)]));
    room.key("esc");
    assert_eq!(room.state.open_panel, Some(PanelId::Tasks), "one layer a time");
    let effects = room.press("seen-all");
    assert_eq!(*wished(&effects).1, Wish::Seen(vec![TaskId(3), TaskId(2)]));
    assert_eq!(room.state.panel_filter(), "");
    room.press("inbox");
    room.press("inbox");
    assert_eq!(room.state.panel_filter(), "", "again: all");
}

#[test]
fn a_task_that_is_held_or_overdue_makes_its_session_need_a_person() {
    let mut room = room();
    let mut all = tasks(&[Stage::Working, Stage::Failed]);
    let attempt = |n: u32, name: &str| {
        let mut queue = Queue::restore(Rules::default(), tasks(&[Stage::Queued]), 1, QueueClock::default());
        let now = QueueNow { wall: Now::ZERO.utc, mono: Duration::ZERO };
        let (id, session) = (TaskId(1), SessionName::new(name));
        queue.apply(crate::domain::task::Event::Leased { id, session, pane: pane(n, name).identity }, now);
        queue.get(id).expect("there").attempts.clone()
    };
    all[0].attempts = attempt(0, "w1");
    all[1].attempts = attempt(1, "w2");
    room.set("w1", Status::Working, 90);
    room.set("w2", Status::Working, 90);
    room.hear(told(&all));
    assert_eq!(room.state.fleet.sessions[0].tasks.first().map(|t| t.id), Some(TaskId(1)));
    let needs = |room: &Room| room.state.needs();
    let before = needs(&room);
    all[0].overdue = true;
    room.hear(told(&all));
    assert!(!before.contains(&0) && needs(&room).contains(&0), "overdue");
    (all[0].overdue, all[0].state) = (false, Stage::Held);
    room.hear(told(&all));
    assert!(needs(&room).contains(&0) && !needs(&room).contains(&1), "held; who failed has it no more");
    // A pane that comes anew finds its task again.
    room.hear(Event::Panes(vec![pane(9, "w1")]));
    assert_eq!(room.state.fleet.sessions[0].tasks.len(), 1);
}

#[test]
fn a_task_that_is_not_begun_and_one_that_is_overdue_ail_its_session() {
    use crate::domain::health::Kind;
    let mut room = room();
    let mut all = tasks(&[Stage::Delivered]);
    let mut queue = Queue::restore(Rules::default(), tasks(&[Stage::Queued]), 1, QueueClock::default());
    let now = QueueNow { wall: Now::ZERO.utc, mono: Duration::ZERO };
    let (id, session) = (TaskId(1), SessionName::new("w1"));
    queue.apply(crate::domain::task::Event::Leased { id, session, pane: pane(0, "w1").identity }, now);
    all[0].attempts = queue.get(id).expect("there").attempts.clone();
    room.set("w1", Status::Idle, 90);
    room.hear(told(&all));
    let ails =
        |room: &Room| room.state.fleet.sessions[0].ward.chart.now().map(|(k, _)| k).collect::<Vec<_>>();
    room.wait(5_000);
    room.hear(Event::Woke);
    assert!(!ails(&room).contains(&Kind::NeverBegan), "a moment is no trouble: {:?}", ails(&room));
    room.wait(10_000);
    room.hear(Event::Woke);
    assert!(ails(&room).contains(&Kind::NeverBegan), "{:?}", ails(&room));
    assert!(room.state.needs().contains(&0), "it is stuck");
    (all[0].state, all[0].overdue) = (Stage::Working, true);
    room.set("w1", Status::Working, 90);
    room.hear(told(&all));
    room.hear(Event::Woke);
    assert_eq!(ails(&room), [Kind::Overdue], "it began, and takes too long");
}

#[test]
fn an_agent_that_opens_a_control_room_may_send_and_no_more() {
    let mut room = room();
    let boss = Sender::Session(SessionName::new("w1"));
    room.state.tasks.sender.0 = Ok((boss, "a process in its pane".into()));
    room.hear(told(&tasks(&[Stage::Queued])));
    room.press("panel-tasks");
    for act in ["cancel-task", "retry-task", "close-task", "reassign", "edit-task", "task-later"] {
        assert_eq!(room.press(act), [], "{act}");
        assert!(
            room.state.popup.is_none() && room.toast().contains("agents may send"),
            "{act}: {}",
            room.toast()
        );
    }
}
