//! The reader for what libgit2 cannot read (reftable, sha256, partial clones, split and sparse indexes) or not in time:
//! it asks the git program, as `command` starts it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::command::GitProgram;
use super::find::Found;
use super::reader::{MEND_SPLIT, Range, Reader, Ref, SPLIT};
use crate::domain::branch::facts::{Commit, Commits, Dirty, Operation};
use crate::domain::branch::{CommitId, Fact, Head, Unknown};
use crate::ports::{Cancel, GitError};

/// Bytes of a commit message that are kept.
const MESSAGE: usize = 16 * 1024;

/// A repository that the git program reads.
pub struct Program {
    git: GitProgram,
    bare: bool,
    shallow: bool,
    reftable: bool,
    split: bool,
    remote: bool,
    times: RefCell<BTreeMap<CommitId, Timestamp>>,
}

impl Program {
    /// Aims at the repository and learns what has to be switched off in it.
    pub fn open(found: &Found, cancel: &Cancel) -> Result<Self, GitError> {
        let plain = GitProgram::new(found.shown(), false, cancel);
        let proof = plain.run(&["config", "--get", "core.hooksPath"], String::new())?;
        if proof.as_deref() != Some(b"/dev/null\n") {
            // An old git does not take our word; then it is not asked at all.
            return Err(GitError::Command("this repository needs a git of version 2.31 or later".to_owned()));
        }
        let asked = ["rev-parse", "--is-bare-repository", "--is-shallow-repository", "--show-object-format"];
        let answer = plain.output(&asked, String::new())?;
        let lines: Vec<&str> = answer.lines().collect();
        let mut git = GitProgram::new(found.shown(), lines.get(2) == Some(&"sha256"), cancel);
        let bare = lines.first() == Some(&"true") || found.top.is_none();
        if !bare {
            let top = git.output(&["rev-parse", "--show-toplevel"], String::new())?;
            if found.top.as_deref().is_some_and(|own| own.as_os_str() != top.trim_end_matches('\n')) {
                return Err(GitError::Broken(
                    "its configuration names another folder as work tree".to_owned(),
                ));
            }
        }
        let keys =
            git.run(&["config", "--null", "--name-only", "--list"], String::new())?.unwrap_or_default();
        let keys = String::from_utf8_lossy(&keys);
        for driver in keys.split('\0').filter_map(filter_driver).collect::<BTreeSet<_>>() {
            for (part, value) in [("clean", ""), ("smudge", ""), ("process", ""), ("required", "false")] {
                git.overrule(format!("filter.{driver}.{part}"), value);
            }
        }
        Ok(Self {
            git,
            bare,
            shallow: lines.get(1) == Some(&"true"),
            reftable: found.is_reftable(),
            split: has_shared_index(found),
            remote: keys
                .split('\0')
                .any(|key| key.starts_with("remote.") && key.rsplit('.').next() == Some("url")),
            times: RefCell::default(),
        })
    }

    /// Gives it so much time from now on.
    pub fn allow(&mut self, limit: std::time::Duration) {
        self.git.allow(limit);
    }

    /// Whether a local branch has that name.
    pub fn has_branch(&self, name: &str) -> Result<bool, GitError> {
        let full = format!("refs/heads/{name}");
        Ok(self.git.run(&["show-ref", "--verify", "--quiet", &full], String::new())?.is_some())
    }

    /// Whether a work tree of the repository has it checked out.
    pub fn is_checked_out(&self, name: &str) -> Result<bool, GitError> {
        let all = self.git.output(&["worktree", "list", "--porcelain"], String::new())?;
        let line = format!("branch refs/heads/{name}");
        Ok(all.lines().any(|l| l == line))
    }

    /// Adds a work tree, without hooks and filters. git itself refuses a folder that is there.
    pub fn add_tree(&self, tree: &crate::domain::fleet::NewTree) -> Result<(), GitError> {
        let mut args = vec!["worktree", "add", "--quiet"];
        if tree.known {
            args.extend(["--", &tree.path, &tree.branch]);
        } else {
            args.extend(["--no-track", "-b", &tree.branch, "--", &tree.path, &tree.from]);
        }
        match self.git.run(&args, String::new())? {
            Some(_) => Ok(()),
            None => Err(GitError::Command("git did not make it, and said nothing".to_owned())),
        }
    }

    fn log(&self, format: &str, range: &Range<'_>) -> Result<String, GitError> {
        let format = format!("--format={format}");
        let max = format!("--max-count={}", range.max + 1);
        let mut args =
            vec!["log", "-z", &format, &max, "--no-mailmap", "--no-notes", "--no-color", "--no-decorate"];
        args.extend([
            "--no-show-signature",
            "--no-ext-diff",
            "--no-textconv",
            "--no-patch",
            "--encoding=UTF-8",
        ]);
        if range.first_parent {
            args.push("--first-parent");
        }
        args.push("--stdin");
        let mut input = format!("{}\n", range.from.as_str());
        for id in range.hide {
            input.push_str(&format!("^{}\n", id.as_str()));
        }
        self.git.output(&args, input)
    }
}

fn has_shared_index(found: &Found) -> bool {
    let entries = std::fs::read_dir(&found.git).into_iter().flatten().flatten();
    entries.into_iter().any(|e| e.file_name().to_string_lossy().starts_with("sharedindex."))
}

/// The driver's name in `filter.NAME.clean` and its like; a name may hold any character, dots too.
fn filter_driver(key: &str) -> Option<&str> {
    key.strip_prefix("filter.")?.rsplit_once('.').map(|(name, _)| name)
}

fn seconds(text: &str) -> Option<Timestamp> {
    Timestamp::from_second(text.parse().ok()?).ok()
}

/// Reads a record of the form `ID SECONDS MAIL`, parents, message.
fn commit(record: &str, shallow: bool) -> Option<Commit> {
    let (head, rest) = record.split_once('\n')?;
    let (parents, message) = rest.split_once('\n')?;
    let (id, rest) = head.split_once(' ')?;
    let (time, mail) = rest.split_once(' ')?;
    let parents = parents.split_whitespace().count();
    let cut = (0..=message.len().min(MESSAGE)).rev().find(|&i| message.is_char_boundary(i))?;
    Some(Commit {
        id: CommitId::parse(id)?,
        message: message[..cut].to_owned(),
        parents,
        time: seconds(time)?,
        committer: mail.to_owned(),
        boundary: shallow && parents == 0,
    })
}

impl Reader for Program {
    fn is_bare(&self) -> bool {
        self.bare
    }

    fn head(&self) -> Result<Head, GitError> {
        let full = self.git.run(&["symbolic-ref", "-q", "HEAD"], String::new())?;
        let tip = self.git.run(&["rev-parse", "-q", "--verify", "HEAD^{commit}"], String::new())?;
        let tip = tip.and_then(|bytes| CommitId::parse(String::from_utf8_lossy(&bytes).trim()));
        match (full, tip) {
            (Some(full), commit) => {
                let full = String::from_utf8_lossy(&full);
                let full = full.trim_end_matches('\n');
                Ok(Head::Branch { name: full.strip_prefix("refs/heads/").unwrap_or(full).to_owned(), commit })
            }
            (None, Some(commit)) => Ok(Head::Detached { commit }),
            (None, None) => Err(GitError::Broken("HEAD names neither a branch nor a commit".to_owned())),
        }
    }

    fn refs(&self) -> Result<Vec<Ref>, GitError> {
        let format = "--format=%(objecttype) %(objectname) %(committerdate:unix) %(refname)";
        let text = self.git.output(&["for-each-ref", format, "refs/heads", "refs/remotes"], String::new())?;
        let mut times = self.times.borrow_mut();
        let read = |line: &str| {
            let mut words = line.strip_prefix("commit ")?.splitn(3, ' ');
            let (id, time, name) = (CommitId::parse(words.next()?)?, seconds(words.next()?)?, words.next()?);
            Some((Ref { name: name.to_owned(), id }, time))
        };
        Ok(text
            .lines()
            .filter_map(read)
            .map(|(reference, time)| {
                times.insert(reference.id.clone(), time);
                reference
            })
            .collect())
    }

    fn time(&self, id: &CommitId) -> Option<Timestamp> {
        if let Some(time) = self.times.borrow().get(id) {
            return Some(*time);
        }
        let range = Range { from: id, hide: &[], first_parent: true, since: None, max: 0 };
        seconds(self.log("%ct", &range).ok()?.trim_end_matches(['\0', '\n']))
    }

    fn upstream(&self, branch: &str) -> Result<Option<String>, GitError> {
        let reference = format!("refs/heads/{branch}");
        let name = self.git.output(&["for-each-ref", "--format=%(upstream)", &reference], String::new())?;
        let name = name.lines().next().unwrap_or_default();
        Ok((!name.is_empty()).then(|| name.to_owned()))
    }

    fn has_remote(&self) -> bool {
        self.remote
    }

    fn is_shallow(&self) -> bool {
        self.shallow
    }

    fn apart(&self, here: &CommitId, there: &CommitId) -> Result<(usize, usize), GitError> {
        let range = format!("{}...{}", here.as_str(), there.as_str());
        let text = self.git.output(&["rev-list", "--count", "--left-right", &range], String::new())?;
        let (ahead, behind) = text.trim().split_once('\t').unwrap_or_default();
        match (ahead.parse(), behind.parse()) {
            (Ok(ahead), Ok(behind)) => Ok((ahead, behind)),
            _ => Err(GitError::Command("git did not count the commits".to_owned())),
        }
    }

    fn commits(&self, range: Range<'_>) -> Result<Commits, GitError> {
        let text = self.log("%H %ct %ce%n%P%n%B", &range)?;
        let records = text.split('\0').filter_map(|record| commit(record, self.shallow));
        let young = |c: &Commit| range.since.is_none_or(|since| c.time >= since);
        let mut list: Vec<Commit> = records.take_while(young).collect();
        let more = list.len() > range.max;
        list.truncate(range.max);
        Ok(Commits { list, more })
    }

    fn count(&self, range: Range<'_>) -> Result<(usize, Option<Timestamp>), GitError> {
        let text = self.log("%ct", &range)?;
        let times: Vec<Timestamp> = text.split(['\0', '\n']).filter_map(seconds).take(range.max).collect();
        Ok((times.len(), times.into_iter().min()))
    }

    fn dirty(&self) -> Result<(Fact<Dirty>, Vec<Unknown>), GitError> {
        if self.split {
            return Ok((Err(Unknown::new(SPLIT, MEND_SPLIT)), Vec::new()));
        }
        let args = ["status", "--porcelain=v2", "-z", "-uall", "--ignore-submodules=dirty"];
        let text = self.git.output(&args, String::new())?;
        let mut dirty = Dirty::default();
        let mut fields = text.split('\0');
        while let Some(field) = fields.next() {
            match field.as_bytes().first() {
                Some(b'1') => {}
                Some(b'2') => drop(fields.next()), // a rename's old name
                Some(b'u') => dirty.conflicted += 1,
                Some(b'?') => dirty.untracked += 1,
                _ => continue,
            }
            dirty.files += 1;
        }
        Ok((Ok(dirty), Vec::new()))
    }

    fn operation(&self) -> Option<Operation> {
        let has = |name| {
            self.git.run(&["rev-parse", "-q", "--verify", name], String::new()).is_ok_and(|o| o.is_some())
        };
        match self.reftable {
            true if has("CHERRY_PICK_HEAD") => Some(Operation::CherryPick),
            true if has("REVERT_HEAD") => Some(Operation::Revert),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_drivers_may_have_any_name() {
        for (key, name) in [
            ("filter.lfs.clean", Some("lfs")),
            ("filter.a.b=c.process", Some("a.b=c")),
            ("filter..clean", Some("")),
            ("filter.clean", None),
            ("diff.x.textconv", None),
        ] {
            assert_eq!(filter_driver(key), name, "{key}");
        }
    }

    #[test]
    fn records_of_the_log() {
        let id = "1".repeat(40);
        let c = commit(&format!("{id} 17 a b@c\n{id} {id}\nfeat: x\n\nbody\n"), true).unwrap();
        assert_eq!((c.parents, c.time.as_second(), c.committer.as_str()), (2, 17, "a b@c"));
        assert_eq!(c.message, "feat: x\n\nbody\n");
        assert!(!c.boundary);
        assert!(commit(&format!("{id} 17 a\n\nx"), true).unwrap().boundary);
        for bad in ["", "x", "\n\n", &format!("{id}\n\n")] {
            assert_eq!(commit(bad, false), None);
        }
    }
}
