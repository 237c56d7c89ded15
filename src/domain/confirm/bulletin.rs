//! What who acts tells those who only look on: the whole confirmation queue and the switches, each time as a whole. What
//! was done is in the ledger; its newest number is told, so that whoever looks on knows when to read on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::queue::Confirmation;
use super::switches::Since;
use crate::domain::policy::{PartVerdict, Verdict};
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
    /// How many sessions are live by rules of their own where those only watch.
    #[serde(default)]
    pub live_alone: u32,
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
    /// The same for other eyes: secrets masked, and nothing longer than `LONGEST`. What sessions are called by, and the
    /// keys of options, stay as they are: they are compared.
    #[must_use]
    pub fn for_others(mut self, mask: &dyn Fn(&str) -> String) -> Self {
        // Masked while whole: a secret of which a cut left half would not be known for one.
        let fit = |s: &mut String| {
            *s = mask(s);
            if let Some((end, _)) = s.char_indices().nth(LONGEST) {
                s.truncate(end);
                s.push_str(CUT);
            }
        };
        self.paused.iter_mut().for_each(|since| fit(&mut since.who));
        fit(&mut self.preset);
        self.trouble.iter_mut().for_each(fit);
        self.held.values_mut().for_each(fit);
        for c in &mut self.queue {
            c.role.iter_mut().for_each(fit);
            c.subject.iter_mut().for_each(fit);
            c.options.iter_mut().for_each(|o| fit(&mut o.label));
            c.verdict.iter_mut().for_each(|v| each_text(v, &fit));
            fit(&mut c.next);
        }
        self
    }
}

/// Behind what was cut.
const CUT: &str = " … (cut)";

/// Every text of a verdict, of its parts, and of the one behind it.
fn each_text(verdict: &mut Verdict, fit: &dyn Fn(&mut String)) {
    let Verdict { action: _, rule, file, reason, would, parts, paths, folders, rewritten } = verdict;
    fit(rule);
    file.iter_mut().for_each(fit);
    fit(reason);
    for PartVerdict { command, action: _, rule, file, reason } in parts {
        [command, rule, reason].into_iter().chain(file.as_mut()).for_each(fit);
    }
    paths.iter_mut().chain(folders).chain(rewritten.iter_mut().map(|r| &mut r.folder)).for_each(fit);
    if let Some(inner) = would {
        each_text(inner, fit);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::confirm::Risk;
    use crate::domain::dialog::{Dialog, DialogOption, Meaning, Operation};
    use crate::domain::policy::Action;
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
            asker: None,
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
    fn no_text_goes_out_unmasked() {
        let secret = || "has abc in it".to_owned();
        let mut word = told(&secret());
        word.paused = Some(Since { who: secret(), at: jiff::Timestamp::UNIX_EPOCH });
        word.trouble = Some(secret());
        word.preset = secret();
        word.held.insert(SessionName::new("dev"), secret());
        let c = &mut word.queue[0];
        (c.role, c.next) = (Some(secret()), secret());
        let part = PartVerdict {
            command: secret(),
            action: Action::Hold,
            rule: secret(),
            file: Some(secret()),
            reason: secret(),
        };
        let inner = Verdict { file: Some(secret()), parts: vec![part], ..Verdict::hold("abc", secret()) };
        let mut outer = inner.clone();
        outer.would = Some(Box::new(inner));
        c.verdict = Some(outer);
        let line = serde_json::to_string(&word.for_others(&|s| s.replace("abc", "···"))).expect("json");
        assert!(!line.contains("abc"), "{line}");
    }

    #[test]
    fn a_secret_across_the_cut_is_masked_whole() {
        let secret = "sk-0123456789";
        let mask = |s: &str| s.replace(secret, "···");
        let word = told(&format!("{}{secret} and more", "x".repeat(LONGEST - 5)));
        let others = word.for_others(&mask);
        let subject = others.queue[0].subject.as_deref().expect("one");
        assert!(!subject.contains("sk-") && subject.ends_with(CUT), "{}", &subject[LONGEST - 10..]);
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
