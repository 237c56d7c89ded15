//! The shape of an option table: what may stand behind a program's name. The tables themselves are data, in
//! `assets/policies/programs`, and a user's policy may add more of them in the same words.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::kinds::Kind;

/// What kind of thing a vouched part does. Policies allow by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Only looks.
    Read,
    /// Changes files in the work tree, or git's index and branches, in a way that can be taken back.
    Write,
    /// Runs code of the project: tests, build scripts, linters with their plugins.
    Run,
    /// Makes a commit.
    Commit,
    /// Pushes a branch, by its own name, to a remote.
    Push,
    /// Puts a task into archtui's queue.
    Task,
}

impl Effect {
    /// What it does, in words.
    pub const fn does(self) -> &'static str {
        match self {
            Self::Read => "only reads",
            Self::Write => "changes files or git's index",
            Self::Run => "runs code of the project",
            Self::Commit => "commits",
            Self::Push => "pushes a branch",
            Self::Task => "hands on a task",
        }
    }
}

/// How a program reads options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Style {
    /// `-abc` is `-a -b -c`; `--long=value`; `--` ends the options.
    #[default]
    Clustered,
    /// An option is one word: `-name`, `--name`, `-name=value`. Nothing ends the options.
    Whole,
    /// There are no options: every word is an operand, whatever it starts with.
    Words,
}

/// A file of tables.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProgramFile {
    /// What may be set for one program, and to which values.
    pub environment: BTreeMap<String, Kind>,
    /// Folders in which a program changes nothing, whatever holds them, by the program's bare name; the names
    /// separated by blanks.
    pub leaves: BTreeMap<String, String>,
    /// Option lists that several tables share.
    pub group: BTreeMap<String, Group>,
    /// The tables by program; a name may be several with `|` between them.
    pub program: BTreeMap<String, Table>,
}

/// What several tables share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Group {
    flags: Names,
    values: BTreeMap<String, Kind>,
    glued: BTreeMap<String, Kind>,
    first: Option<Kind>,
}

/// Everything that may stand behind a name. What is not listed is not vouched for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Table {
    /// What it does; inherited by subcommands and forms that do not say.
    pub(super) effect: Option<Effect>,
    pub(super) style: Style,
    /// Options that are vouched for when they stand alone, as `--version` does.
    pub(super) alone: Names,
    /// Options without a value, separated by blanks.
    pub(super) flags: Names,
    /// Options with a value, glued on or in the next word; one key may name several options.
    pub(super) values: BTreeMap<String, Kind>,
    /// Options whose value can only be glued on: `--color=auto`, `-M50%`.
    pub(super) glued: BTreeMap<String, Kind>,
    /// Shared lists to add to the three above.
    pub(super) groups: Vec<String>,
    /// `-20` is a number of lines.
    pub(super) numbers: bool,
    /// Options with which a folder is read through, with everything that is in it.
    pub(super) through: Names,
    /// It does so with every operand, whatever the options.
    pub(super) looks_through: bool,
    /// It then goes on where symbolic links lead.
    pub(super) follows: bool,
    /// Names that it passes over then, as patterns; of folders with a `/` behind.
    pub(super) spared: Names,
    /// Options that name more of these: of files …
    pub(super) spare_files: Names,
    /// … and of folders.
    pub(super) spare_folders: Names,
    /// Options that name the only files that it then reads (kind `names`) …
    pub(super) only_names: Names,
    /// … or types of files, as ripgrep has them.
    pub(super) only_types: Names,
    /// It reads through what it works in, but passes over hidden names and what git ignores; not over what is named to it, a folder or
    /// names of files.
    pub(super) through_named: bool,
    /// Options with which it lists names alone: then nothing is read through.
    pub(super) lists: Names,
    /// It tells the addresses of git's remotes.
    pub(super) tells_remotes: bool,
    /// Options are read up to the first operand alone, by some builds of it: what looks like one behind that is a file.
    pub(super) options_first: bool,
    /// Options are read behind operands as well, by every build of it: the value of one is never an operand.
    pub(super) permutes: bool,
    /// A value in the next word may start with `-` (true of getopt and git, not of parsers that would take it for an option).
    pub(super) dash_values: bool,
    /// What every operand is; without it there may be none.
    pub(super) operands: Option<Kind>,
    /// What the first operand is, if not the same as the others …
    pub(super) first: Option<Kind>,
    /// … unless one of these options was given.
    pub(super) first_unless: Names,
    /// Options with which it only tells what it would change …
    pub(super) tells: Names,
    /// … or those without one of which it does.
    pub(super) fixes: Names,
    /// Options of a group that mean something else here.
    pub(super) without: Names,
    /// At least so many operands.
    pub(super) min: usize,
    /// At most so many.
    pub(super) max: Option<usize>,
    /// One of these options must be given.
    pub(super) require: Names,
    /// What may stand behind `--`, instead of operands.
    pub(super) after: Option<Box<Table>>,
    /// Tables of subcommands.
    pub(super) sub: BTreeMap<String, Table>,
    /// Alternatives: one of them must vouch for all the arguments.
    pub(super) form: Vec<Table>,
    /// Words that must stand first, each as its kind; then one of `runs` with its own arguments.
    pub(super) lead: Vec<Kind>,
    /// The folder in which these must lie, as seen from the working folder: else it would fetch them …
    pub(super) local: Option<String>,
    /// … unless one of these options was given.
    pub(super) local_unless: Names,
    /// Programs that it may start; `*` is any that has a table.
    pub(super) runs: Vec<String>,
    /// What starting one of them does at least.
    pub(super) starts_as: Option<Effect>,
    /// It makes a line for a shell of what it is given, and some versions of it put that in double quotes alone.
    pub(super) shells: bool,
}

/// Names separated by blanks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(super) struct Names(pub(super) BTreeSet<String>);

impl From<String> for Names {
    fn from(list: String) -> Self {
        Self(list.split_whitespace().map(str::to_owned).collect())
    }
}

impl Table {
    /// Makes it ready for use: shared lists are added, keys that name several options are split, subcommands and
    /// forms inherit. The error names what is wrong.
    pub(super) fn prepare(
        &mut self,
        groups: &BTreeMap<String, Group>,
        effect: Option<Effect>,
    ) -> Result<(), String> {
        for name in std::mem::take(&mut self.groups) {
            let group = groups.get(&name).ok_or_else(|| format!("no group is called `{name}`"))?;
            self.flags.0.extend(group.flags.0.iter().cloned());
            self.values.extend(group.values.clone());
            self.glued.extend(group.glued.clone());
            self.first = self.first.take().or_else(|| group.first.clone());
        }
        self.values = split(std::mem::take(&mut self.values));
        self.glued = split(std::mem::take(&mut self.glued));
        self.effect = self.effect.or(effect);
        self.sub = split_with(std::mem::take(&mut self.sub), '|');
        let has_leaf = self.sub.is_empty() && self.form.is_empty() && self.runs.is_empty();
        if has_leaf && self.effect.is_none() {
            return Err("`effect` is missing (read, write, run, commit, push or task)".into());
        }
        if self.runs.is_empty() && !self.lead.is_empty() {
            return Err("`lead` needs `runs`".into());
        }
        if self.runs.is_empty() && self.starts_as.is_some() {
            return Err("`starts_as` needs `runs`".into());
        }
        let names = self.flags.0.iter().chain(self.values.keys()).chain(self.glued.keys());
        if let Some(odd) = names.clone().find(|n| !n.starts_with('-') && self.style != Style::Whole) {
            return Err(format!("`{odd}` is no option: options start with `-`"));
        }
        let told = [
            &self.require,
            &self.first_unless,
            &self.through,
            &self.spare_files,
            &self.spare_folders,
            &self.only_names,
            &self.only_types,
            &self.lists,
            &self.local_unless,
        ];
        if let Some(unknown) = told.iter().flat_map(|n| &n.0).find(|n| !names.clone().any(|m| m == *n)) {
            return Err(format!("`{unknown}` is named but not listed among the options"));
        }
        for inner in self.sub.values_mut().chain(&mut self.form) {
            inner.prepare(groups, self.effect)?;
        }
        if let Some(after) = &mut self.after {
            after.prepare(groups, self.effect)?;
        }
        Ok(())
    }
}

pub(super) fn split(map: BTreeMap<String, Kind>) -> BTreeMap<String, Kind> {
    map.into_iter()
        .flat_map(|(names, kind)| {
            names.split_whitespace().map(|n| (n.to_owned(), kind.clone())).collect::<Vec<_>>()
        })
        .collect()
}

pub(super) fn split_with(map: BTreeMap<String, Table>, separator: char) -> BTreeMap<String, Table> {
    map.into_iter()
        .flat_map(|(names, table)| {
            names.split(separator).map(|n| (n.trim().to_owned(), table.clone())).collect::<Vec<_>>()
        })
        .collect()
}
