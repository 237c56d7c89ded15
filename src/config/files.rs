//! Finding and reading configuration files: archtui.toml, keymap.toml, themes beside it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Config, ConfigError, Env, SessionFault, salvage};
use crate::app::keymap::Keymap;

/// The largest file that is read as configuration.
const MAX_BYTES: u64 = 1 << 20;

/// The configuration in force and where it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// The file, if there was one.
    pub file: Option<PathBuf>,
    /// Folders in which keymap.toml, themes/ and agents/ may lie, nearest first.
    pub folders: Vec<PathBuf>,
}

/// Reads the configuration: the named file, else ./archtui.toml, else the user's own, else the defaults.
pub fn load(named: Option<&Path>, env: &Env) -> Result<Loaded, ConfigError> {
    let own = env.config_dir();
    let candidates: Vec<PathBuf> = match named {
        Some(file) => vec![file.to_owned()],
        None => [Some(PathBuf::from("archtui.toml")), own.as_ref().map(|d| d.join("archtui.toml"))]
            .into_iter()
            .flatten()
            .collect(),
    };
    for file in candidates {
        let Some(text) = read(&file, named.is_some())? else { continue };
        let mut config = Config::layered(&text, &file.display().to_string())?;
        prompts(&mut config, file.parent().unwrap_or(Path::new(".")), env);
        let beside = file.parent().map(Path::to_owned).filter(|p| !p.as_os_str().is_empty());
        let folders =
            [Some(beside.unwrap_or_else(|| PathBuf::from("."))), own].into_iter().flatten().collect();
        return Ok(Loaded { config, file: Some(file), folders });
    }
    Ok(Loaded { config: Config::builtin(), file: None, folders: own.into_iter().collect() })
}

/// What can be made out of a config that `load` refuses: the names of its fleet and its server, and no more.
pub fn salvage(named: Option<&Path>, env: &Env) -> Loaded {
    let own = env.config_dir();
    let candidates = match named {
        Some(file) => vec![file.to_owned()],
        None => std::iter::once(PathBuf::from("archtui.toml"))
            .chain(own.as_ref().map(|d| d.join("archtui.toml")))
            .collect(),
    };
    let mut config = Config::builtin();
    let found = candidates.into_iter().find_map(|file| fs::read(&file).ok().map(|bytes| (file, bytes)));
    if let Some((_, bytes)) = &found {
        config.fleet = salvage::fleet(&String::from_utf8_lossy(bytes), config.fleet);
    }
    Loaded { config, file: found.map(|(file, _)| file), folders: own.into_iter().collect() }
}

/// Role prompts that lie in files of their own. One that cannot be had is a fault of its session's entry.
fn prompts(config: &mut Config, base: &Path, env: &Env) {
    let mut faults = Vec::new();
    for s in &mut config.session {
        let Some(named) = s.prompt_file.as_deref() else { continue };
        let below_home = named.strip_prefix("~/").zip(env.home.as_deref());
        let file = below_home.map_or_else(|| base.join(named), |(below, home)| home.join(below));
        let found = match s.prompt {
            Some(_) => Err(("it has prompt and prompt_file".to_owned(), "keep one of them".to_owned())),
            None => read(&file, true).map_err(|e| (e.what, e.hint)),
        };
        match found {
            Ok(text) => s.prompt = text,
            Err((why, hint)) => {
                let what = format!("session \"{}\": {why}", s.called());
                faults.push(SessionFault { name: s.called().to_owned(), what, hint });
            }
        }
    }
    faults.extend(std::mem::take(&mut config.faults));
    config.leave_out(faults);
}

/// The keys in force: the built-in ones with the nearest keymap.toml laid over.
pub fn keymap(folders: &[PathBuf]) -> Result<Keymap, ConfigError> {
    let mut map = Keymap::builtin();
    for folder in folders {
        let file = folder.join("keymap.toml");
        if let Some(text) = read(&file, false)? {
            map.lay_over(&text).map_err(|e| ConfigError {
                what: format!("{}: {e}", file.display()),
                hint: "without that line `archtui keys` prints every action with its keys".to_owned(),
            })?;
            break;
        }
    }
    Ok(map)
}

/// The user's own manifests of agents: name of the file and text. Of two with one name the nearer folder's counts.
pub fn agents(folders: &[PathBuf]) -> Result<Vec<(String, String)>, ConfigError> {
    let mut found: Vec<(String, String)> = Vec::new();
    for folder in folders {
        let Ok(entries) = fs::read_dir(folder.join("agents")) else { continue };
        let mut files: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
        files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
        files.sort();
        for file in files {
            let name = |f: &str| f.rsplit('/').next().unwrap_or_default().to_owned();
            let shown = file.display().to_string();
            if found.iter().any(|(known, _)| name(known) == name(&shown)) {
                continue;
            }
            if let Some(text) = read(&file, false)? {
                found.push((shown, text));
            }
        }
    }
    Ok(found)
}

/// A policy of the user's: rules over the presets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyText {
    /// The file.
    pub file: PathBuf,
    /// What it says.
    pub text: String,
    /// False if agents may have written it: it lies in a work tree. Then it may only tighten.
    pub trusted: bool,
}

/// The policies laid over the presets, in that order: the user's own, then the one beside the configuration.
pub fn policies(folders: &[PathBuf], env: &Env) -> Result<Vec<PolicyText>, ConfigError> {
    let mut found: Vec<PolicyText> = Vec::new();
    for folder in folders.iter().rev() {
        let file = folder.join("policy.toml");
        if found.iter().any(|f| f.file == file) {
            continue;
        }
        let Some(text) = read(&file, false)? else { continue };
        let here = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let in_tree = here.ancestors().any(|d| d.join(".git").exists());
        let own = env.config_dir().is_some_and(|d| d == *folder);
        found.push(PolicyText { file, text, trusted: own || !in_tree });
    }
    Ok(found)
}

/// The text of a file, `None` if it does not exist and need not.
pub fn read(file: &Path, must: bool) -> Result<Option<String>, ConfigError> {
    let shown = file.display();
    let fail =
        |why: &str, hint: &str| Err(ConfigError { what: format!("{shown}: {why}"), hint: hint.to_owned() });
    match fs::metadata(file) {
        Err(e) if !must && matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) if e.kind() == ErrorKind::NotFound => {
            return fail("no such file", "check the path, or leave the option out");
        }
        Err(e) => return fail(&e.to_string(), "make it readable, or name another file"),
        Ok(m) if !m.is_file() => return fail("is not a file", "name a file"),
        Ok(m) if m.len() > MAX_BYTES => {
            return fail("is larger than a configuration can be (1 MiB)", "check the path");
        }
        Ok(_) => {}
    }
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == ErrorKind::InvalidData => fail("is not UTF-8 text", "save it as UTF-8"),
        Err(e) => fail(&e.to_string(), "make it readable, or name another file"),
    }
}

/// Makes a folder that only its owner may enter, and refuses one that is somebody else's or a link.
pub fn private_dir(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let meta = fs::symlink_metadata(dir)?;
    owned(&meta)?;
    if meta.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Whether that folder is one that only its owner may enter, or could be made; nothing is changed.
pub fn could_be_private(dir: &Path) -> std::io::Result<()> {
    use rustix::fs::{Access, access};
    match fs::symlink_metadata(dir) {
        Ok(meta) => owned(&meta).and_then(|()| Ok(access(dir, Access::READ_OK | Access::EXEC_OK)?)),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let above = dir.ancestors().skip(1).find(|d| fs::symlink_metadata(d).is_ok());
            Ok(access(above.unwrap_or(Path::new(".")), Access::WRITE_OK | Access::EXEC_OK)?)
        }
        Err(e) => Err(e),
    }
}

fn owned(meta: &fs::Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    if !meta.is_dir() {
        return Err(std::io::Error::other("it is not a folder"));
    }
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return Err(std::io::Error::other("it belongs to another user"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_prompt_may_lie_in_a_file() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("archtui.toml");
        fs::write(dir.path().join("role.md"), "ROLE: Worker.\nTwo lines.\n").expect("written");
        let entry = |name: &str, more: &str| format!("[[session]]\nname = \"{name}\"\n{more}\n");
        let text = entry("good", "prompt_file = \"role.md\"")
            + &entry("lost", "prompt_file = \"none.md\"")
            + &entry("both", "prompt = \"x\"\nprompt_file = \"role.md\"");
        fs::write(&file, text).expect("written");
        let config = load(Some(&file), &Env::default()).expect("the rest counts").config;
        let prompts: Vec<_> = config.session.iter().map(|s| (s.called(), s.prompt.as_deref())).collect();
        assert_eq!(prompts, [("good", Some("ROLE: Worker.\nTwo lines.\n"))]);
        let told: Vec<_> = config.faults.iter().map(|f| f.what.as_str()).collect();
        assert!(told[0].contains("none.md: no such file") && told[1].contains("prompt and"), "{told:?}");
        assert!(config.confirm.exclude.contains(&"lost".to_owned()), "no pattern brings it in");
    }
}
