//! What who acts tells those who only look on: the whole confirmation queue and the switches, each time as a whole. What
//! was done is in the ledger; its newest number is told, so that whoever looks on knows when to read on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::queue::Confirmation;
use super::switches::Since;
use crate::domain::session::SessionName;

/// A text in it is not longer, in characters: a hook may hand over a call of a megabyte.
pub const LONGEST: usize = 16 * 1024;

/// One such word.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Bulletin {
    /// Nothing is confirmed anywhere, by whom and since when.
    pub paused: Option<Since>,
    /// Sessions that a person switched off.
    pub off: BTreeSet<SessionName>,
    /// The rules in force for the fleet, by their name.
    pub preset: String,
    /// Why nothing is pressed although it should be.
    pub trouble: Option<String>,
    /// Sessions whose restarts are held for a person, and why.
    pub held: BTreeMap<SessionName, String>,
    /// Open dialogs, in the order of the queue.
    pub queue: Vec<Confirmation>,
    /// The newest entry of the ledger that is known; 0 = none.
    pub entry: u64,
}

impl Bulletin {
    /// The same for other eyes: secrets masked, and nothing longer than [`LONGEST`].
    #[must_use]
    pub fn for_others(mut self, mask: &dyn Fn(&str) -> String) -> Self {
        let fit = |s: &mut String| {
            if s.chars().count() > LONGEST {
                *s = s.chars().take(LONGEST).chain(" … (cut)".chars()).collect();
            }
            *s = mask(s);
        };
        self.held.values_mut().for_each(fit);
        for c in &mut self.queue {
            c.subject.iter_mut().for_each(fit);
            c.options.iter_mut().for_each(|o| fit(&mut o.label));
            let would = |v: &mut crate::domain::policy::Verdict| {
                fit(&mut v.reason);
                v.parts.iter_mut().for_each(|p| fit(&mut p.command));
            };
            if let Some(verdict) = &mut c.verdict {
                would(verdict);
                if let Some(inner) = verdict.would.as_deref_mut() {
                    would(inner);
                }
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::confirm::Risk;
    use crate::domain::dialog::{Dialog, DialogOption, Meaning, Operation};
    use crate::domain::policy::Verdict;
    use crate::domain::session::{PaneId, PaneIdentity};

    fn told(subject: &str) -> Bulletin {
        let content = Dialog::default().identity();
        let option = DialogOption {
            label: format!("Yes, {subject}"),
            meaning: Meaning::AllowOnce,
            key: Some("1".to_owned()),
        };
        let c = Confirmation {
            id: (PaneIdentity { id: PaneId(3), pid: 7, start: 9 }, (content, 2).into()),
            session: SessionName::new("dev_worker1"),
            role: Some("Development".to_owned()),
            operation: Operation::Bash,
            subject: Some(subject.to_owned()),
            options: vec![option],
            since: Duration::from_millis(1234),
            risk: Risk::of(Operation::Bash, None),
            verdict: Some(Verdict::hold("no-rule", format!("nothing allows {subject}"))),
            next: "for a person, by rule".to_owned(),
            needs_you: true,
            outcome: None,
        };
        Bulletin { queue: vec![c], preset: "sop".to_owned(), entry: 41, ..Bulletin::default() }
    }

    #[test]
    fn it_comes_back_as_it_went_and_masked_for_others() {
        let word = told("curl -H 'token: abc'");
        let line = serde_json::to_string(&word).expect("json");
        assert_eq!(serde_json::from_str::<Bulletin>(&line).expect("reads"), word);
        let others = word.for_others(&|s| s.replace("abc", "···"));
        let line = serde_json::to_string(&others).expect("json");
        assert!(!line.contains("abc") && line.contains("token: ···"), "{line}");
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        let long = told(&"漢".repeat(LONGEST * 4)).for_others(&str::to_owned);
        let subject = long.queue[0].subject.as_deref().expect("one");
        assert_eq!(subject.chars().count(), LONGEST + 8);
        assert!(subject.ends_with("… (cut)"));
    }

    #[test]
    fn what_an_older_one_tells_can_be_read() {
        assert_eq!(serde_json::from_str::<Bulletin>("{}").expect("reads"), Bulletin::default());
    }
}
