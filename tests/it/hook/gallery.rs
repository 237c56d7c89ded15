//! Those who look on: they are told at once and whenever something changes, the newest word only, and keep no hook out.

use std::sync::Arc;
use std::time::Duration;

use archtui::domain::confirm::Bulletin;
use archtui::domain::hook::HookEvent;
use archtui::ipc::HookGallery;
use archtui::ipc::server::LOOKERS;
use archtui::ports::Hooks;

use super::Door;

fn word(entry: u64) -> Arc<Bulletin> {
    Arc::new(Bulletin { entry, preset: "sop".into(), ..Bulletin::default() })
}

#[test]
fn a_look_is_told_what_stands_and_leaves_nothing_behind() {
    let mut door = Door::open();
    let gallery = HookGallery::new(vec![door.runtime.join("archtui")], door.tmux.clone());
    assert!(!door.server.is_watched());
    let look = std::thread::spawn(move || (gallery.look(), gallery));
    assert_eq!(door.next(), HookEvent::Watched);
    assert!(door.server.is_watched());
    door.server.show(word(7));
    door.within(Duration::from_millis(300));
    let (told, gallery) = look.join().expect("it looked");
    assert_eq!(told, Some(Bulletin::clone(&word(7))));
    // He has left: nobody is told any more.
    door.within(Duration::from_millis(300));
    assert!(!door.server.is_watched());
    drop(door);
    assert_eq!(gallery.look(), None, "nobody acts");
}

#[test]
fn so_many_may_look_on_and_the_next_one_is_turned_away() {
    let mut door = Door::open();
    let folders = vec![door.runtime.join("archtui")];
    let lookers: Vec<_> = (0..=LOOKERS)
        .map(|_| {
            let gallery = HookGallery::new(folders.clone(), door.tmux.clone());
            std::thread::spawn(move || gallery.look())
        })
        .collect();
    let mut watched = 0;
    while let Some(event) = door.within(Duration::from_millis(500)) {
        watched += usize::from(event == HookEvent::Watched);
        door.server.show(word(1));
    }
    assert!(watched >= LOOKERS, "{watched}");
    let told = lookers.into_iter().filter_map(|l| l.join().expect("it looked")).count();
    assert!(told >= LOOKERS, "{told} of {}", LOOKERS + 1);
}
