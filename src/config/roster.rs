//! Entries of the roster that cannot be meant so: told with their line, and left out; the rest of the config counts.

use super::{ConfigError, SessionConfig, SessionFault};
use crate::domain::roster::Tier;
use crate::domain::text;

/// So many sessions one entry may stand for.
pub const MOST: u32 = 200;

/// An entry with a count stands for that many sessions: `dev_worker` with 3 is `dev_worker1` to `dev_worker3`.
pub fn counted(sessions: Vec<SessionConfig>) -> Vec<SessionConfig> {
    let each = |s: SessionConfig| match (&s.name, s.count) {
        (Some(name), Some(count)) => (1..=count)
            .map(|n| SessionConfig { name: Some(format!("{name}{n}")), count: None, ..s.clone() })
            .collect(),
        _ => vec![s],
    };
    sessions.into_iter().flat_map(each).collect()
}

/// The name that a session gets which is made with this one: `.` and `:` part its windows and panes.
pub fn as_tmux_makes_it(name: &str) -> String {
    name.replace(['.', ':'], "_")
}

/// Every fault, the first of each session, in the roster's order.
pub fn faults(sessions: &[SessionConfig], origin: &str, text: &str) -> Vec<SessionFault> {
    let mut found: Vec<SessionFault> = Vec::new();
    for s in sessions {
        let name = s.called();
        if found.iter().any(|f| f.name == name) {
            continue;
        }
        if let Some((word, what, hint)) = fault(s, sessions) {
            let ConfigError { what, hint } = ConfigError::at_word(origin, text, &word, what, &hint);
            found.push(SessionFault { name: name.to_owned(), what, hint });
        }
    }
    found
}

/// The word that it stands at, what is wrong, what to do.
fn fault(s: &SessionConfig, all: &[SessionConfig]) -> Option<(String, String, String)> {
    let name = s.called();
    let told = |word: &str, what: String, hint: &str| Some((word.to_owned(), what, hint.to_owned()));
    if name.is_empty() || name.contains(['.', ':']) || name.chars().any(char::is_control) {
        let hint = "tmux turns dots and colons in session names into underscores; write it so";
        return told(name, format!("\"{name}\" cannot be a tmux session's name"), hint);
    }
    if name.starts_with(['$', '@', '%', '=', '-', '+', '!', '{', '~']) || name.starts_with("_archtui_") {
        let what = format!("\"{name}\" would not be taken for a session's name");
        return told(name, what, "begin it with a letter or a digit");
    }
    if all.iter().filter(|o| o.called() == name).count() > 1 {
        return told(name, format!("session \"{name}\" is named twice"), "remove one of the two");
    }
    if let Some(word) = s.tier.as_ref().and_then(|t| t.unknown()) {
        let words = [Tier::HighLevel, Tier::Manager, Tier::Worker].map(Tier::word);
        let hint = match text::nearest(word, words) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("there are: {}", words.join(", ")),
        };
        return Some((word.to_owned(), format!("session \"{name}\": no tier is called \"{word}\""), hint));
    }
    let to = s.reports_to.as_deref()?;
    let names = || all.iter().filter_map(|s| s.name.as_deref());
    if !names().any(|n| n == to) {
        let near = text::nearest(to, names());
        let hint =
            near.map_or("name a session of the roster".to_owned(), |n| format!("did you mean \"{n}\"?"));
        return Some((to.to_owned(), format!("reports_to: no session is called \"{to}\""), hint));
    }
    let boss =
        |n: &str| all.iter().find(|s| s.name.as_deref() == Some(n)).and_then(|s| s.reports_to.as_deref());
    let circle = std::iter::successors(Some(to), |n| boss(n)).take(all.len() + 1).any(|n| n == name);
    circle
        .then(|| {
            let what = format!("\"{name}\" reports to itself, over one or more steps");
            told(name, what, "break the circle in reports_to")
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, SessionConfig};

    #[test]
    fn an_entry_with_a_count_is_that_many_sessions() {
        let names = |text: &str| {
            let config = Config::layered(text, "f").expect("sound");
            assert!(config.faults.is_empty(), "{:?}", config.faults);
            config.session.iter().map(|s| s.called().to_owned()).collect::<Vec<_>>().join(" ")
        };
        let boss = "[[session]]\nname = \"boss\"\n";
        let text = format!("{boss}[[session]]\nname = \"w\"\ncount = 3\nreports_to = \"boss\"\n");
        assert_eq!(names(&text), "boss w1 w2 w3");
        assert_eq!(names("[[session]]\nname = \"w\"\ncount = 1"), "w1");
        for text in ["name = \"w\"\ncount = 0", "name = \"w\"\ncount = 201", "match = \"w*\"\ncount = 2"] {
            let fault = Config::layered(&format!("[[session]]\n{text}"), "f").expect_err(text);
            assert!(fault.to_string().contains("f:3") && fault.hint.contains("200"), "{fault:?}");
        }
        // One of them under a name of its own is one too many.
        let twice = "[[session]]\nname = \"w\"\ncount = 2\n[[session]]\nname = \"w2\"";
        assert_eq!(Config::layered(twice, "f").expect("the rest counts").faults.len(), 1);
    }

    #[test]
    fn faults_of_single_sessions_are_told_and_the_rest_counts() {
        let sound = "[[session]]\nname = \"good\"\n";
        for (text, place, what, hint) in [
            ("[[session]]\nname = \"a\"\n[[session]]\nname = \"a\"", "f:2", "twice", "one of the two"),
            ("[[session]]\nname = \"a.b\"", "f:2", "tmux session", "underscore"),
            ("[[session]]\nname = \"a:b\"", "f:2", "tmux session", "underscore"),
            ("[[session]]\nname = \"$1\"", "f:2", "session's name", "letter"),
            ("[[session]]\nname = \"_archtui_1\"", "f:2", "session's name", "letter"),
            ("[[session]]\nname = \"a\"\ntier = \"chef\"", "f:3", "\"chef\"", "worker"),
            ("[[session]]\nname = \"a\"\ntier = \"wroker\"", "f:3", "\"wroker\"", "\"worker\""),
            ("[[session]]\nname = \"a\"\nreports_to = \"a\"", "f:2", "itself", "circle"),
            ("[[session]]\nname = \"a\"\nreports_to = \"goood\"", "f:3", "\"goood\"", "\"good\""),
        ] {
            let c = Config::layered(&format!("{text}\n{sound}"), "f").expect(text);
            assert_eq!(c.faults.len(), 1, "{text}: {:?}", c.faults);
            let fault = &c.faults[0];
            assert!(fault.what.starts_with(place) && fault.what.contains(what), "{text}: {fault:?}");
            assert!(fault.hint.contains(hint), "{text}: {fault:?}");
            assert_eq!(c.session.iter().map(SessionConfig::called).collect::<Vec<_>>(), ["good"], "{text}");
            assert!(c.confirm.exclude.contains(&fault.name), "{text}: no pattern brings it in");
        }
        let circle = "[[session]]\nname = \"a\"\nreports_to = \"b\"\n[[session]]\nname = \"b\"\nreports_to = \"a\"\n[[session]]\nname = \"c\"\nreports_to = \"a\"";
        let c = Config::layered(circle, "f").expect("read");
        assert_eq!(c.faults.len(), 2, "who reports into a circle is not in it: {:?}", c.faults);
        assert_eq!(c.session.len(), 1);
    }

    #[test]
    fn what_tmux_makes_of_a_faulty_name_is_left_alone_too() {
        let text = "[[session]]\nname = \"dev.worker:1\"\npreset = \"watch\"\n[[session]]\nmatch = \"dev*\"";
        let c = Config::layered(text, "f").expect("the rest counts");
        assert_eq!(c.session.iter().map(SessionConfig::called).collect::<Vec<_>>(), ["dev*"]);
        for name in ["dev.worker:1", "dev_worker_1"] {
            assert!(c.confirm.exclude.iter().any(|e| e == name), "{name}: {:?}", c.confirm.exclude);
        }
    }
}
