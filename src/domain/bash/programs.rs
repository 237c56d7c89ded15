//! The option tables by program: those that ship, and a user's on top. What a table says is in `table`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::kinds::Kind;
use super::outcome::LINKED_TREES;
use super::table::{ProgramFile, Table, split, split_with};
use super::{Use, Word};

/// Every program that is vouched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Programs {
    tables: BTreeMap<String, Table>,
    environment: BTreeMap<String, Kind>,
    leaves: BTreeMap<String, Vec<String>>,
}

const SHIPPED: [(&str, &str); 9] = [
    ("files.toml", include_str!("../../../assets/policies/programs/files.toml")),
    ("text.toml", include_str!("../../../assets/policies/programs/text.toml")),
    ("git.toml", include_str!("../../../assets/policies/programs/git.toml")),
    ("builders.toml", include_str!("../../../assets/policies/programs/builders.toml")),
    ("scripts.toml", include_str!("../../../assets/policies/programs/scripts.toml")),
    ("languages.toml", include_str!("../../../assets/policies/programs/languages.toml")),
    ("forges.toml", include_str!("../../../assets/policies/programs/forges.toml")),
    ("environment.toml", include_str!("../../../assets/policies/programs/environment.toml")),
    ("system.toml", include_str!("../../../assets/policies/programs/system.toml")),
];

static PROGRAMS: LazyLock<Programs> = LazyLock::new(|| {
    let mut all = Programs::default();
    for (name, text) in SHIPPED {
        let file: ProgramFile = toml::from_str(text)
            .unwrap_or_else(|e| panic!("programs/{name} ships with the program and is tested: {e}"));
        all.add(&file).unwrap_or_else(|(program, why)| panic!("programs/{name}: {program}: {why}"));
    }
    all
});

impl Programs {
    /// The tables that ship.
    pub fn shipped() -> Self {
        PROGRAMS.clone()
    }

    /// The table of a program, called by its bare name.
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// Adds the folders that a program leaves out to what it changes.
    pub(super) fn leave_out(&self, words: &[Word], uses: &mut [Use]) {
        let bare = words.first().and_then(|name| name.text.rsplit('/').next()).unwrap_or_default();
        let Some(names) = self.leaves.get(bare) else { return };
        // Then it goes to the packages that its own one names, wherever they lie.
        let all = words.iter().any(|word| word.text == "--all");
        for one in uses {
            if let Use::Rewrites { leaves, .. } = one {
                leaves.extend(names.iter().filter(|name| !all || name.as_str() != LINKED_TREES).cloned());
            }
        }
    }

    /// The names that have a table, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// What is set for one program changes only what it shows, and how much; or which of them does more.
    pub fn sets_are_harmless(&self, sets: &[(String, String)]) -> Result<(), String> {
        for (name, value) in sets {
            let kind = self.environment.get(name);
            let kind = kind.ok_or_else(|| format!("setting `{name}` is not vouched for"))?;
            kind.check(value, &mut Vec::new()).map_err(|why| format!("setting `{name}`: {why}"))?;
        }
        Ok(())
    }

    /// Adds tables; one for a program that has one already replaces it. The error names the program and what is wrong.
    pub fn add(&mut self, file: &ProgramFile) -> Result<(), (String, String)> {
        self.environment.extend(split(file.environment.clone()));
        for (programs, names) in &file.leaves {
            let names: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
            self.leaves.extend(programs.split('|').map(|program| (program.to_owned(), names.clone())));
        }
        for (names, table) in split_with(file.program.clone(), '|') {
            let mut table = table;
            table.prepare(&file.group, None).map_err(|why| (names.clone(), why))?;
            self.tables.insert(names, table);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_table_is_sound() {
        for (name, text) in SHIPPED {
            let file: ProgramFile = toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            let mut all = Programs::default();
            all.add(&file).unwrap_or_else(|(program, why)| panic!("{name}: {program}: {why}"));
        }
    }

    #[test]
    fn no_program_has_two_shipped_tables() {
        let mut seen = std::collections::BTreeSet::new();
        for (name, text) in SHIPPED {
            let file: ProgramFile = toml::from_str(text).expect("tested above");
            for (program, _) in split_with(file.program, '|') {
                assert!(seen.insert(program.clone()), "{program} again in {name}");
            }
        }
    }
}
