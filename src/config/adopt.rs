//! One running session taken into the user's archtui.toml: an entry at its end, every other byte as it was.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use toml_edit::DocumentMut;

use super::{Config, files};

/// Adds an entry for the session of that name. The file is read anew, proven, and replaced as a whole; the error is one line.
pub fn add(file: &Path, name: &str, entry: &str) -> Result<(), String> {
    // A link stays one: what it points to is replaced.
    let file = file.canonicalize().map_err(|e| format!("{}: {e}", file.display()))?;
    let old = files::read(&file, true).map_err(|e| e.what)?.unwrap_or_default();
    let origin = file.display().to_string();
    let before = Config::layered(&old, &origin).map_err(|e| e.what)?;
    if before.session.iter().any(|s| s.called() == name) || before.faults.iter().any(|f| f.name == name) {
        return Err(format!("{origin} names {name} already"));
    }
    let new = with_entry(&old, entry).map_err(|why| format!("{origin}: {why}"))?;
    let after = Config::layered(&new, &origin).map_err(|e| format!("it would not be read: {}", e.what))?;
    if after.session.len() != before.session.len() + 1 || after.faults != before.faults {
        return Err(format!("{name} cannot stand in a roster; name the session otherwise"));
    }
    replace(&file, &new).map_err(|e| format!("{origin} cannot be written: {e}"))
}

/// The text with one table more in its list of sessions.
fn with_entry(old: &str, entry: &str) -> Result<String, String> {
    let whole: DocumentMut = old.parse().map_err(|e: toml_edit::TomlError| e.message().to_owned())?;
    if whole.get("session").is_some_and(|s| !s.is_array_of_tables()) {
        return Err("`session` is not written as [[session]] tables".to_owned());
    }
    // Behind everything else it belongs to no other table, and nothing has to move.
    let gap = if old.is_empty() || old.ends_with('\n') { "\n" } else { "\n\n" };
    let new = format!("{old}{gap}{entry}");
    new.parse::<DocumentMut>().map_err(|e| e.message().to_owned())?;
    Ok(new)
}

fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let mode = fs::metadata(file)?.permissions().mode() & 0o777;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let beside = file.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&beside)
        .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
        .and_then(|()| fs::rename(&beside, file));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fleet::adopt;

    fn entry(name: &str) -> String {
        adopt::entry(name, adopt::Seen::default())
    }

    #[test]
    fn one_entry_more_and_every_comment_kept() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("archtui.toml");
        let old = "# mine\n[fleet]\nname = \"x\"   # and this\n\n[[session]]\nname = \"a\" # first";
        fs::write(&file, old).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("set");
        let link = dir.path().join("link.toml");
        std::os::unix::fs::symlink(&file, &link).expect("linked");
        add(&link, "dev_worker1", &entry("dev_worker1")).expect("added");
        let new = fs::read_to_string(&file).expect("read");
        assert!(new.starts_with(old) && new.contains("name = \"dev_worker1\""), "{new}");
        assert_eq!(Config::layered(&new, "f").expect("sound").session.len(), 2);
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        assert!(link.symlink_metadata().expect("there").is_symlink());
        assert!(add(&file, "dev_worker1", &entry("dev_worker1")).is_err_and(|e| e.contains("already")));
        assert!(add(&file, "_archtui_1", &entry("_archtui_1")).is_err());
        assert_eq!(fs::read_to_string(&file).expect("read"), new, "nothing was written");
        fs::write(&file, "session = []\n").expect("written");
        assert!(add(&file, "b", &entry("b")).is_err());
        assert!(add(&dir.path().join("none.toml"), "b", &entry("b")).is_err());
    }
}
