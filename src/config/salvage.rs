//! Which fleet and which server a config means that is broken elsewhere: for what must work all the same, as pausing. Nothing
//! else of such a file is believed.

use super::FleetConfig;

/// The two names as far as they can be made out; the defaults where not.
pub fn fleet(text: &str, defaults: FleetConfig) -> FleetConfig {
    let whole = toml::from_str::<toml::Table>(text).ok();
    let word = |key: &str| match &whole {
        Some(table) => table.get("fleet")?.get(key)?.as_str().map(str::to_owned),
        None => line(text, key),
    };
    FleetConfig {
        name: word("name").unwrap_or(defaults.name),
        socket: word("socket").unwrap_or(defaults.socket),
        ..defaults
    }
}

/// `key = "value"` below `[fleet]`, of a text that is no TOML as a whole.
fn line(text: &str, key: &str) -> Option<String> {
    let below = text.lines().skip_while(|l| l.trim() != "[fleet]").skip(1);
    let own = below.take_while(|l| !l.trim_start().starts_with('['));
    own.filter_map(|l| toml::from_str::<toml::Table>(l).ok())
        .find_map(|t| Some(t.get(key)?.as_str()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_names_are_found_in_what_is_broken_elsewhere() {
        let defaults = || Config::builtin().fleet;
        for (text, name, socket) in [
            ("[fleet]\nname = \"a\"\nsocket = \"b\"\n[confirm]\nquit = 1\n", "a", "b"),
            ("[fleet]\nname = \"a\" # mine\nsocket = '/x/y'\n[confirm\nquiet = \"0s\"\n", "a", "/x/y"),
            ("[confirm]\nname = \"no\"\n[fleet]\nname = \"a\"\nsocket = \"b\n", "a", "default"),
            ("name = \"no\"\n[session\n", "architect-dashboard", "default"),
            ("[fleet]\nname = 7\n[view]\nname = \"no\"\n", "architect-dashboard", "default"),
            ("", "architect-dashboard", "default"),
        ] {
            let found = fleet(text, FleetConfig { name: "architect-dashboard".into(), ..defaults() });
            assert_eq!((found.name.as_str(), found.socket.as_str()), (name, socket), "{text}");
        }
    }
}
