//! Which programs are agents, by their processes' names: for whoever need not know how their screens read. Compiling all
//! patterns of all manifests takes longer than everything else that `archtui send` does.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::BUILTIN;

/// What is read of a manifest here.
#[derive(Deserialize)]
struct Called {
    name: String,
    #[serde(default)]
    process: Vec<String>,
}

/// The names of agents' processes: the built-in manifests', with those of the user's own, given as texts. One that cannot
/// be read names none; `archtui agents check` tells why.
pub fn programs<'a>(own: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let texts = BUILTIN.iter().map(|(_, text)| *text).chain(own);
    let called = texts.filter_map(|text| toml::from_str::<Called>(text).ok());
    let by_name: BTreeMap<String, Vec<String>> = called.map(|c| (c.name, c.process)).collect();
    by_name.into_iter().filter(|(name, _)| name != "generic").flat_map(|(_, processes)| processes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::Agents;

    #[test]
    fn they_are_those_of_the_manifests() {
        let of = |agents: &Agents| -> BTreeSet<String> {
            agents.iter().filter(|m| !m.is_generic()).flat_map(|m| m.processes.clone()).collect()
        };
        assert_eq!(programs([]), of(Agents::builtin()));
        assert!(programs([]).contains("claude"));
        let claude = BUILTIN[0].1.replacen("\"claude\"]", "\"klaus\"]", 1);
        for own in [claude.as_str(), "name = 3", "name = \"mine\"\nprocess = [\"mine\"]"] {
            let (agents, broken) = Agents::builtin().with_overrides([("own.toml", own)]);
            let found = programs([own]);
            assert!(found == of(&agents) || !broken.is_empty(), "{own}: {found:?}");
        }
    }
}
