//! A dialog of the agent: what it asks, its choices, and how it reacts to keys, as measured on the real one. The
//! drawing is in `draw`.

pub mod diff;
pub mod draw;
mod field;

use std::time::Duration;

use super::keys::Input;
use super::script::{Bash, Edit, Fetch, Mcp, Plan, Question, Read, Step, Write};
use diff::Diff;

/// Keys that come sooner than this after drawing are lost, as with the real one.
pub const DEAF: Duration = Duration::from_millis(80);

/// What is asked, with what the dialog shows of it.
#[derive(Debug, Clone)]
pub enum Matter {
    /// May it run this command?
    Bash(Bash),
    /// May it change this file?
    Edit(Edit, Diff),
    /// May it create this file?
    Write(Write),
    /// May it read this file outside?
    Read(Read),
    /// May it fetch this page?
    Fetch(Fetch),
    /// May it call this tool?
    Mcp(Mcp),
    /// Is this plan approved?
    Plan(Plan),
    /// Which of these?
    Question(Question),
    /// Is this folder trusted?
    Trust(String),
}

/// What choosing an option does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// This once.
    Once,
    /// From now on, too.
    Lasting,
    /// No.
    Deny,
    /// An answer.
    Answer,
    /// Ends the agent.
    Quit,
}

/// One choice.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The label.
    pub label: String,
    /// A second, grey line.
    pub sub: Option<String>,
    /// What it does.
    pub meaning: Meaning,
}

/// A person's (or archtui's) answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The option with that index.
    Chosen(usize),
    /// A text, into the field of the option with that index.
    Written(usize, String),
    /// Escape.
    Cancelled,
}

/// A dialog on the screen.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What it is about.
    pub matter: Matter,
    /// The choices.
    pub choices: Vec<Choice>,
    /// Which one is marked.
    pub marked: usize,
    /// What stands in the field of the marked option, while that is open.
    pub field: Option<String>,
    /// When it was drawn.
    pub shown: Duration,
    /// Another one stood in its place.
    pub swapped: bool,
}

impl Ask {
    /// The dialog of a step, or `None` if the step does not ask. `cwd` is the agent's folder, `file` what stands in a file.
    pub fn of(
        step: &Step,
        shown: Duration,
        cwd: &str,
        file: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let matter = match step.clone() {
            Step::Bash(b) if b.asks => Matter::Bash(b),
            Step::Edit(e) if e.asks => {
                let diff = Diff::new(file(&e.path).as_deref(), &e.old, &e.new);
                Matter::Edit(e, diff)
            }
            Step::Write(w) if w.asks => Matter::Write(w),
            Step::Read(r) if r.asks => Matter::Read(r),
            Step::Fetch(f) => Matter::Fetch(f),
            Step::Mcp(m) => Matter::Mcp(m),
            Step::Plan(p) => Matter::Plan(p),
            Step::Question(q) => Matter::Question(q),
            Step::Trust => Matter::Trust(cwd.to_owned()),
            _ => return None,
        };
        let choices = choices(&matter, cwd);
        Some(Self { matter, choices, marked: 0, field: None, shown, swapped: false })
    }

    /// True while keys are lost.
    pub fn deaf(&self, now: Duration) -> bool {
        now < self.shown + DEAF
    }

    /// Takes one input. Text of two or more characters came in one read: a paste, which dialogs ignore.
    pub fn press(&mut self, input: &Input) -> Option<Answer> {
        if self.field.is_some() {
            return self.write(input);
        }
        match input {
            Input::Text(t) if self.numbered() => {
                let n: usize = t.parse().ok().filter(|_| t.len() == 1)?;
                (1..=self.choices.len()).contains(&n).then(|| self.choose(n - 1))?
            }
            Input::Enter => self.choose(self.marked),
            Input::Ctrl('i') if self.amends() => {
                self.field = Some(String::new());
                None
            }
            Input::Escape => Some(Answer::Cancelled),
            Input::Up => {
                self.marked = self.marked.checked_sub(1).unwrap_or(self.choices.len() - 1);
                None
            }
            Input::Down => {
                self.marked = (self.marked + 1) % self.choices.len();
                None
            }
            _ => None,
        }
    }

    /// An option is an answer, or opens its field.
    fn choose(&mut self, option: usize) -> Option<Answer> {
        if !self.writes(option) {
            return Some(Answer::Chosen(option));
        }
        (self.marked, self.field) = (option, Some(String::new()));
        None
    }

    /// The trust dialog has no numbers: digits do nothing there.
    pub fn numbered(&self) -> bool {
        !matches!(self.matter, Matter::Trust(_))
    }

    /// One word for the log.
    pub fn word(&self) -> &'static str {
        match self.matter {
            Matter::Bash(_) => "bash",
            Matter::Edit(..) => "edit",
            Matter::Write(_) => "write",
            Matter::Read(_) => "read",
            Matter::Fetch(_) => "fetch",
            Matter::Mcp(_) => "mcp",
            Matter::Plan(_) => "plan",
            Matter::Question(_) => "question",
            Matter::Trust(_) => "trust",
        }
    }

    /// The command, path, address or question, for the log.
    pub fn subject(&self) -> &str {
        match &self.matter {
            Matter::Bash(b) => &b.command,
            Matter::Edit(e, _) => &e.path,
            Matter::Write(w) => &w.path,
            Matter::Read(r) => &r.path,
            Matter::Fetch(f) => &f.url,
            Matter::Mcp(m) => &m.tool,
            Matter::Plan(p) => &p.title,
            Matter::Question(q) => &q.ask,
            Matter::Trust(_) => "",
        }
    }
}

fn choices(matter: &Matter, cwd: &str) -> Vec<Choice> {
    let choice = |label: &str, meaning| Choice { label: label.to_owned(), sub: None, meaning };
    let accept_edits = "Yes, and switch to accept edits (auto-approve file edits and common file commands) for this session (shift+tab)";
    let mut out = vec![choice("Yes", Meaning::Once)];
    match matter {
        Matter::Bash(b) => {
            if let Some(lasting) = lasting_grant(&b.command, cwd) {
                out.push(choice(&lasting, Meaning::Lasting));
                out.push(choice(
                    "Yes, and switch to auto mode · auto mode handles these prompts for you",
                    Meaning::Lasting,
                ));
            }
            out.push(choice("No", Meaning::Deny));
        }
        Matter::Edit(..) | Matter::Write(_) => {
            out.push(choice(accept_edits, Meaning::Lasting));
            out.push(choice("No", Meaning::Deny));
        }
        Matter::Read(r) => {
            let dir = r.path.rsplit_once('/').map_or(".", |(d, _)| d);
            out.push(choice(&format!("Yes, allow reading from {dir} during this session"), Meaning::Lasting));
            out.push(choice("No", Meaning::Deny));
        }
        Matter::Fetch(f) => {
            out.push(choice(&format!("Yes, and don't ask again for {}", host(&f.url)), Meaning::Lasting));
            out.push(choice("No, and tell Claude what to do differently (esc)", Meaning::Deny));
        }
        Matter::Mcp(m) => {
            out.push(choice(
                &format!("Yes, and don't ask again for {} — {} commands in {cwd}", m.server, m.tool),
                Meaning::Lasting,
            ));
            out.push(choice("No", Meaning::Deny));
        }
        Matter::Plan(_) => {
            out[0] = choice("Yes, and use auto mode", Meaning::Lasting);
            out.push(choice("Yes, manually approve edits", Meaning::Once));
            out.push(Choice {
                sub: Some("shift+tab to approve with this feedback".to_owned()),
                ..choice("Tell Claude what to change", Meaning::Deny)
            });
        }
        Matter::Question(q) => {
            out.clear();
            out.extend(q.options.iter().map(|o| {
                let (label, sub) = o.split_once(" | ").map_or((o.as_str(), None), |(l, s)| (l, Some(s)));
                Choice { sub: sub.map(str::to_owned), ..choice(label, Meaning::Answer) }
            }));
            out.push(choice("Type something.", Meaning::Deny));
            out.push(choice("Chat about this", Meaning::Deny));
        }
        Matter::Trust(_) => {
            out = vec![choice("No, exit", Meaning::Quit), choice("Yes, I trust this folder", Meaning::Once)];
        }
    }
    out
}

/// The label of the lasting grant for a command; `None` where the real one offers none.
fn lasting_grant(command: &str, cwd: &str) -> Option<String> {
    let mut words = command.split_whitespace();
    let first = words.next()?;
    if first == "rm" && words.clone().any(|w| w == "/") {
        return None;
    }
    if matches!(first, "rm" | "touch" | "mkdir" | "mv" | "cp") {
        return Some(format!("Yes, and always allow access to {cwd} from this project"));
    }
    let second = words.next().filter(|w| w.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    Some(match second {
        Some(w) => format!("Yes, and don’t ask again for: {first} {w} *"),
        None => format!("Yes, and don’t ask again for: {first} *"),
    })
}

/// The host of an address.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, r)| r);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(toml: &str) -> Ask {
        let script = super::super::script::Script::parse(&format!("steps = [{toml}]")).expect(toml);
        Ask::of(&script.steps[0], Duration::from_secs(5), "/work/app", &|_| None).expect("it asks")
    }

    #[test]
    fn keys_do_what_the_real_one_does() {
        let check = |inputs: &[Input], want: Option<Answer>| {
            let mut a = ask(r#"{ bash = { command = "npm test" } }"#);
            let got = inputs.iter().find_map(|i| a.press(i));
            assert_eq!(got, want, "{inputs:?}");
        };
        let text = |s: &str| Input::Text(s.into());
        check(&[text("1")], Some(Answer::Chosen(0)));
        check(&[text("4")], Some(Answer::Chosen(3)));
        check(&[text("5")], None);
        check(&[text("0")], None);
        check(&[text("11")], None);
        check(&[text("y")], None);
        check(&[Input::Paste("1".into())], None);
        check(&[Input::Enter], Some(Answer::Chosen(0)));
        check(&[Input::Down, Input::Enter], Some(Answer::Chosen(1)));
        check(&[Input::Up, Input::Enter], Some(Answer::Chosen(3)));
        check(&[Input::Escape], Some(Answer::Cancelled));
        check(&[Input::Ctrl('c')], None);
    }

    #[test]
    fn numbers_mean_different_things() {
        let check = |toml: &str, want: &[Meaning]| {
            let got: Vec<_> = ask(toml).choices.iter().map(|c| c.meaning).collect();
            assert_eq!(got, want, "{toml}");
        };
        use Meaning::{Answer, Deny, Lasting, Once, Quit};
        check(r#"{ bash = { command = "npm test" } }"#, &[Once, Lasting, Lasting, Deny]);
        check(r#"{ bash = { command = "rm -rf /" } }"#, &[Once, Deny]);
        check(r#"{ edit = { path = "a", new = "b" } }"#, &[Once, Lasting, Deny]);
        check(r#"{ plan = { title = "t", steps = [] } }"#, &[Lasting, Once, Deny]);
        check(r#"{ question = { ask = "?", options = ["a"] } }"#, &[Answer, Deny, Deny]);
        check(r#""trust""#, &[Quit, Once]);
    }

    #[test]
    fn the_trust_dialog_has_no_numbers() {
        let mut a = ask(r#""trust""#);
        assert_eq!(a.press(&Input::Text("1".into())), None);
        assert_eq!(a.press(&Input::Down), None);
        assert_eq!(a.press(&Input::Enter), Some(Answer::Chosen(1)));
    }

    #[test]
    fn keys_in_the_first_80_ms_are_lost() {
        let a = ask(r#""trust""#);
        assert!(a.deaf(Duration::from_millis(5079)));
        assert!(!a.deaf(Duration::from_millis(5080)));
    }

    #[test]
    fn hosts() {
        assert_eq!(host("https://docs.rs/x?y"), "docs.rs");
        assert_eq!(host("docs.rs"), "docs.rs");
    }
}
