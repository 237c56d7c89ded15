//! Layers, near misses, and that the built-in file is whole.

use super::*;
use crate::domain::roster::Tier;

#[test]
fn the_roster_knows_who_is_excluded() {
    let text = "[confirm]\nexclude = [\"dev_2\", \"oth*\"]\n[[session]]\nmatch = \"dev_*\"\n[[session]]\nname = \"other\"";
    let roster = Config::layered(text, "f").expect("read").roster();
    for (name, excluded) in [("dev_1", false), ("dev_2", true), ("other", true)] {
        assert_eq!(roster.is_excluded(&crate::domain::session::SessionName::new(name)), excluded, "{name}");
    }
}

#[test]
fn the_built_in_file_is_sound_and_names_every_key() {
    let c = Config::builtin();
    assert_eq!(c.fleet.name, "fleet");
    assert_eq!(c.confirm.preset, values::Preset::Watch, "nothing is pressed unless a config says so");
    // A key with an empty default would show that the file leaves it out.
    assert!(!c.view.theme.is_empty() && !c.fleet.socket.is_empty() && c.branches.protected.is_some());
    assert!(c.confirm.quiet.0.as_secs() == 10 && c.confirm.max_per_minute > 0 && c.view.mouse);
    for key in [
        "name",
        "socket",
        "notice",
        "theme",
        "order",
        "mouse",
        "preset",
        "exclude",
        "quiet",
        "max_per_minute",
        "pattern",
    ] {
        assert!(DEFAULT.contains(&format!("\n{key} = ")), "{key}");
    }
}

#[test]
fn the_contracts_smallest_useful_config_is_read() {
    let c = Config::layered(
        r#"
[fleet]
name = "architect-dashboard"
socket = "default"
[confirm]
preset = "sop"
exclude = ["autoconfirm"]
quiet = "10s"
[branches]
protected = ["main", "master", "dev", "qa", "prod", "env/*"]
pattern = "type/description-MMDD"
[[session]]
name = "architect"
tier = "high-level"
[[session]]
name = "claude_orchestrator"
tier = "manager"
role = "Task Coordination"
reports_to = "architect"
command = "claude"
dir = "~/src/app"
preset = "careful"
protected = true
prompt = "ROLE: Task Coordination Manager. …"
skills = ["rust", "frontend"]
[[session]]
match = "dev_*"
"#,
        "archtui.toml",
    )
    .expect("sound");
    assert_eq!(c.fleet.name, "architect-dashboard");
    assert_eq!(c.view.theme, "dark", "what the file leaves out keeps its default");
    assert_eq!(c.roster().members[1].tier, Some(Tier::Manager));
    assert!(c.roster().members[2].is_pattern());
}

#[test]
fn faults_name_the_line_and_what_to_do() {
    for (text, place, what, hint) in [
        ("[fleet]\nnmae = \"x\"", "f:2", "\"nmae\"", "\"name\""),
        ("[flet]\nname = \"x\"", "f:1", "\"flet\"", "\"fleet\""),
        ("[confirm]\npreset = \"sopp\"", "f:2", "\"sopp\"", "\"sop\""),
        ("[confirm]\nquiet = \"10\"", "f:2", "span of time", ""),
        ("[view]\nmouse = 3", "f:2", "3 stands where true or false is wanted", "without quotes"),
        ("[[confirm]]\npreset = \"sop\"", "f:2", "[confirm] is there once", "write [confirm]"),
        ("[confirm]\nquiet = 10", "f:2", "10 stands where a text in quotes is wanted", "\"10s\""),
        ("[session]\nname = \"a\"", "f:1", "a table stands where a list", "write [[session]], once for each"),
        ("[view\n", "f:1", "", ""),
        ("[[session]]\ntier = \"worker\"", "f:1", "has no name", "name ="),
        ("[[session]]\nname = \"a\"\nenv = { \"A-B\" = \"c\" }", "f:", "\"A-B\"", "env = {"),
        ("[[session]]\nname = \"a\"\nenv = { AB = \"c\\n\" }", "f:", "\"AB\"", "env = {"),
        ("[[session]]\nname = \"a\"\npermission_mode = \"a b\"", "f:3", "\"a b\"", "claude --help"),
    ] {
        let e = Config::layered(text, "f").expect_err(text);
        assert!(e.what.starts_with(place), "{text}: {e:?}");
        assert!(e.what.contains(what), "{text}: {e:?}");
        assert!(e.hint.contains(hint) && !e.hint.is_empty(), "{text}: {e:?}");
    }
}
