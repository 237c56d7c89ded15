//! `archtui keys`: the action table with the keys in force.

use super::{Fail, Global, out, setup};
use crate::app::action::{ACTIONS, Group};
use crate::app::keymap::Keymap;

/// Prints every action with its keys, by heading.
pub fn run(global: &Global) -> Result<(), Fail> {
    let ground = setup::Ground::lay(global)?;
    out::line(table(&ground.keymap).trim_end());
    Ok(())
}

/// The table as text: keys, name, what it does.
fn table(keymap: &Keymap) -> String {
    let mut text = String::new();
    for group in Group::ALL {
        text.push_str(group.title());
        text.push('\n');
        for row in ACTIONS.iter().filter(|r| r.group == group) {
            let keys: Vec<String> = keymap.keys_of(row.action).iter().map(ToString::to_string).collect();
            text.push_str(&format!("  {:<14} {:<18} {}\n", keys.join(" "), row.name, row.help));
        }
        text.push('\n');
    }
    text.push_str("While typing into a session every key goes to the agent; Ctrl-] leaves.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let text = table(&Keymap::builtin());
        for row in &ACTIONS {
            assert!(text.contains(row.name) && text.contains(row.help), "{}", row.name);
        }
    }
}
