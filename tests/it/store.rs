//! The store on real files: it opens, migrates, refuses, sets aside, and keeps to itself.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use archtui::ports::StoreError;
use archtui::store::Store;
use jiff::Timestamp;

fn now() -> Timestamp {
    "2026-11-23T05:14:00Z".parse().expect("a time")
}

/// A scratch folder and the state folder in it, not yet made.
fn scratch() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("scratch");
    let state = dir.path().join("state/archtui/fleet");
    (dir, state)
}

fn open(dir: &Path) -> Store {
    let (store, aside) = Store::open(dir, now()).expect("opens");
    assert_eq!(aside, None);
    store
}

fn raw(dir: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(dir.join("archtui.db")).expect("opens")
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .expect("folder")
        .map(|e| e.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_new_store_is_private_and_durable() {
    let (_keep, dir) = scratch();
    let store = open(&dir);
    assert_eq!(fs::metadata(&dir).expect("folder").mode() & 0o777, 0o700);
    for name in names(&dir) {
        let mode = fs::metadata(dir.join(&name)).expect("file").mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
    assert!(names(&dir).contains(&"archtui.db-wal".to_owned()), "WAL is on: {:?}", names(&dir));
    drop(store);
    drop(open(&dir));
    drop(Store::visit(&dir).expect("a visit"));
    drop(Store::read_only(&dir).expect("a reader"));
}

#[test]
fn nothing_stored_is_missing_and_reading_makes_nothing() {
    let (_keep, dir) = scratch();
    assert_eq!(Store::read_only(&dir).expect_err("nothing there"), StoreError::Missing);
    assert!(!dir.exists());
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let (_keep, dir) = scratch();
    drop(open(&dir));
    raw(&dir).pragma_update(None, "user_version", 999).expect("set");
    for e in [
        Store::open(&dir, now()).map(|_| ()).expect_err("newer"),
        Store::visit(&dir).map(|_| ()).expect_err("newer"),
        Store::read_only(&dir).map(|_| ()).expect_err("newer"),
    ] {
        assert!(matches!(e, StoreError::Newer { found: 999, .. }), "{e}");
    }
    assert!(!names(&dir).iter().any(|n| n.contains("broken")));
}

#[test]
fn another_programs_database_is_refused_and_left_alone() {
    let (_keep, dir) = scratch();
    drop(open(&dir));
    fs::remove_file(dir.join("archtui.db")).expect("gone");
    raw(&dir).execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);").expect("theirs");
    fs::set_permissions(dir.join("archtui.db"), Permissions::from_mode(0o600)).expect("mode");
    let e = Store::open(&dir, now()).map(|_| ()).expect_err("theirs");
    assert!(matches!(&e, StoreError::Failed(w) if w.contains("another program")), "{e}");
    let n: u32 = raw(&dir).query_row("SELECT count(*) FROM theirs", [], |r| r.get(0)).expect("still there");
    assert_eq!(n, 1);
}

#[test]
fn a_broken_database_is_set_aside_whole_by_the_actor_and_by_nobody_else() {
    let (_keep, dir) = scratch();
    drop(open(&dir));
    let file = dir.join("archtui.db");
    let garbage =
        b"this is no database, and it is long enough to be read as a header of one, or so it says..........."
            .repeat(40);
    fs::write(&file, &garbage).expect("garbage");
    assert!(matches!(Store::visit(&dir), Err(StoreError::Broken(_))));
    assert!(matches!(Store::read_only(&dir), Err(StoreError::Broken(_))));
    assert_eq!(fs::read(&file).expect("still there"), garbage);

    let (store, aside) = Store::open(&dir, now()).expect("begins a new one");
    drop(store);
    let aside = aside.expect("told");
    assert_eq!(aside.path.file_name().expect("name"), "archtui.broken-20261123T051400Z.db");
    assert_eq!(fs::read(&aside.path).expect("kept"), garbage);
    fs::write(&file, &garbage).expect("garbage again");
    let (_store, aside) = Store::open(&dir, now()).expect("begins another");
    assert_eq!(
        aside.expect("told").path.file_name().expect("name"),
        "archtui.broken-20261123T051400Z-2.db",
        "the first one is not overwritten"
    );
}

#[test]
fn a_page_that_changed_on_disk_is_noticed_at_start() {
    let (_keep, dir) = scratch();
    drop(open(&dir));
    let file = dir.join("archtui.db");
    let mut bytes = fs::read(&file).expect("bytes");
    assert!(bytes.len() > 3 * 4096);
    for b in &mut bytes[4096..4096 + 200] {
        *b = 0xff;
    }
    fs::write(&file, bytes).expect("damaged");
    let (_store, aside) = Store::open(&dir, now()).expect("begins a new one");
    assert!(aside.is_some());
}

#[test]
fn what_others_could_reach_or_swap_is_refused() {
    let refused = |dir: &Path, why: &str| {
        let e = Store::open(dir, now()).map(|_| ()).expect_err(why);
        assert!(matches!(&e, StoreError::Unsafe { why: w, .. } if w.contains(why)), "{e}");
    };
    let (keep, dir) = scratch();
    drop(open(&dir));
    let file = dir.join("archtui.db");

    fs::set_permissions(&file, Permissions::from_mode(0o666)).expect("mode");
    refused(&dir, "others can write to it");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("mode");
    drop(open(&dir));
    assert_eq!(fs::metadata(&file).expect("file").mode() & 0o777, 0o600, "tightened");

    fs::hard_link(&file, keep.path().join("second")).expect("link");
    refused(&dir, "second name");
    fs::remove_file(&file).expect("gone");
    symlink(keep.path().join("second"), &file).expect("link");
    refused(&dir, "link");
    fs::remove_file(&file).expect("gone");
    fs::create_dir(&file).expect("folder");
    assert!(Store::open(&dir, now()).is_err());
    fs::remove_dir(&file).expect("gone");

    fs::set_permissions(&dir, Permissions::from_mode(0o777)).expect("mode");
    refused(&dir, "others can write there");
    fs::set_permissions(&dir, Permissions::from_mode(0o755)).expect("mode");
    drop(open(&dir));
    assert_eq!(fs::metadata(&dir).expect("folder").mode() & 0o777, 0o700, "tightened");

    let link = keep.path().join("link");
    symlink(&dir, &link).expect("link");
    refused(&link, "links are not followed");
}

#[test]
fn a_state_home_that_is_a_link_is_fine_since_the_last_folder_is_ours() {
    let keep = tempfile::tempdir().expect("scratch");
    let real = keep.path().join("real");
    fs::create_dir(&real).expect("folder");
    symlink(&real, keep.path().join("home")).expect("link");
    drop(open(&keep.path().join("home/fleet")));
    assert!(real.join("fleet/archtui.db").exists());
}
