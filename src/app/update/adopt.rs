//! Taking one running session into the user's archtui.toml: the entry is shown, and saved when the person says yes.

use crate::app::state::State;
use crate::app::state::popup::Then;
use crate::domain::fleet::adopt::{self, Seen};

use super::{say, tasks};

/// Shows the entry of the session that is meant, and asks.
pub fn open(state: &mut State) {
    if let Err(why) = tasks::a_person(state) {
        return say(state, why, true);
    }
    let asked = match (state.meant(), &state.config_file) {
        (Err(why), _) => Err(why),
        (Ok(s), _) if s.member.is_some() => Err("the roster names it already"),
        (Ok(s), _) if s.pane.is_none() => Err("this session does not exist now"),
        (Ok(_), None) => Err("there is no archtui.toml; `archtui init --adopt` writes one"),
        (Ok(s), Some(file)) => {
            let seen = Seen { agent: s.agent(), dir: state.folder_of(s) };
            Ok((s.name.clone(), adopt::entry(s.name.as_str(), seen), file.clone()))
        }
    };
    match asked {
        Ok((name, entry, file)) => {
            let means = format!(
                "{}\ny adds this at the end of {file}.\nIt takes effect when archtui is restarted.",
                entry.trim_end()
            );
            tasks::ask(state, format!("Take {name} into the roster?"), &means, Then::Adopt(name, entry));
        }
        Err(why) => say(state, why, true),
    }
}
