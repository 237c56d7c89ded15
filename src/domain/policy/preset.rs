//! The presets that ship: ordinary policy files, read by the ordinary parser, compiled in.

use super::compile::Layer;
use super::{Policy, PolicyError, Trust};
use crate::domain::bash::Programs;

/// Names and texts, the most careful first. `base` is what every policy stands on.
const SHIPPED: [(&str, &str); 5] = [
    ("base", include_str!("../../../assets/policies/base.toml")),
    ("watch", include_str!("../../../assets/policies/watch.toml")),
    ("careful", include_str!("../../../assets/policies/careful.toml")),
    ("sop", include_str!("../../../assets/policies/sop.toml")),
    ("wide", include_str!("../../../assets/policies/wide.toml")),
];

/// The presets' names, the most careful first.
pub const PRESETS: [&str; 4] = ["watch", "careful", "sop", "wide"];

/// The file of a preset, or of `base`, as it ships.
pub fn preset_text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}

/// A shipped policy with everything below it; `None` if none has the name.
pub(super) fn load(name: &str) -> Result<Option<Policy>, PolicyError> {
    let Some(text) = preset_text(name) else {
        return Ok(None);
    };
    let below = super::file::read(text, name)?.extends.map(toml::Spanned::into_inner);
    let mut policy = match below {
        Some(below) => load(&below)?.unwrap_or_else(|| empty(name)),
        None => empty(name),
    };
    name.clone_into(&mut policy.name);
    let layer = Layer { text, origin: name, trust: Trust::Shipped };
    layer.onto(&mut policy)?;
    Ok(Some(policy))
}

fn empty(name: &str) -> Policy {
    Policy {
        name: name.to_owned(),
        rules: Vec::new(),
        programs: Programs::shipped(),
        exclude: Vec::new(),
        press: true,
        interval_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_policy_loads() {
        for (name, _) in SHIPPED {
            let policy = load(name).unwrap_or_else(|e| panic!("{e} ({})", e.hint)).expect("listed");
            assert_eq!(policy.name(), name);
            for rule in policy.rules() {
                assert!(!rule.reason.is_empty(), "{name}: {} has no reason", rule.id);
            }
        }
        assert!(load("nonsense").expect("no error").is_none());
        assert!(Policy::preset("base").is_none());
    }
}
