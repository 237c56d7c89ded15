//! Where an agent's steps come from: a script file, or the built-in stories of its role, put together by chance from a
//! seed. The stories are data in `assets/demo/stories.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::dice::Dice;
use super::script::{Script, Span, Step};

/// The built-in stories.
const STORIES: &str = include_str!("../../../assets/demo/stories.toml");

/// A source of steps.
#[derive(Debug)]
pub enum Source {
    /// A script: once or for ever.
    Script {
        /// The script.
        script: Script,
        /// It has been handed out.
        told: bool,
    },
    /// Stories without end.
    Stories {
        /// What is told first, once.
        opening: Vec<Step>,
        /// What is told then, one after the other, drawn by chance.
        pool: Vec<Vec<Step>>,
        /// The last one drawn, so that it does not come twice in a row.
        last: Option<usize>,
        /// What follows from a message.
        errands: Vec<Vec<Step>>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    /// First story of a session, by its name.
    opening: BTreeMap<String, Vec<Step>>,
    /// Stories by role.
    role: BTreeMap<String, Vec<Vec<Step>>>,
    /// Stories in which a person is needed: for a session, and `anyone`.
    more: BTreeMap<String, Vec<Vec<Step>>>,
    /// What a role does with a message.
    errand: BTreeMap<String, Vec<Vec<Step>>>,
}

fn book() -> Book {
    toml::from_str(STORIES).expect("a test reads the built-in stories")
}

impl Source {
    /// A script's steps.
    pub fn script(script: Script) -> Self {
        Self::Script { script, told: false }
    }

    /// The stories of a role; `session` may have an opening and more stories of its own.
    pub fn stories(role: &str, session: &str, dice: &mut Dice) -> Self {
        let mut book = book();
        let opening = book.opening.remove(session);
        let mut pool = book.role.remove(role).unwrap_or_default();
        // Every sixth of those who have no part of their own now and then needs a person.
        let own = if opening.is_none() && dice.between(1, 6) == 1 { "anyone" } else { session };
        pool.extend(book.more.remove(own).unwrap_or_default());
        let errands = book.errand.remove(role).unwrap_or_default();
        Self::Stories { opening: opening.unwrap_or_default(), pool, last: None, errands }
    }

    /// The next steps; none if the script is over.
    pub fn more(&mut self, dice: &mut Dice) -> Vec<Step> {
        match self {
            Self::Script { script, told } => {
                if *told && !script.repeat {
                    return Vec::new();
                }
                *told = true;
                script.steps.clone()
            }
            Self::Stories { opening, .. } if !opening.is_empty() => vary(std::mem::take(opening), dice),
            Self::Stories { pool, last, .. } => {
                let drawn = draw(pool.len(), *last, dice);
                *last = drawn;
                drawn.map_or_else(Vec::new, |i| vary(pool[i].clone(), dice))
            }
        }
    }

    /// What the agent did before it began: some of the stories.
    pub fn past(&mut self, dice: &mut Dice) -> Vec<Step> {
        let Self::Stories { pool, last, .. } = self else { return Vec::new() };
        let mut out = Vec::new();
        for _ in 0..3 {
            *last = draw(pool.len(), *last, dice);
            out.extend(last.iter().flat_map(|i| pool[*i].clone()));
        }
        out
    }

    /// What the agent does about a message. A script that still has steps goes on with them.
    pub fn answer(&mut self, text: &str, planned: bool, dice: &mut Dice) -> Vec<Step> {
        match self {
            Self::Script { .. } if planned => Vec::new(),
            Self::Script { .. } => {
                vec![Step::Work(Span::seconds(2)), Step::Say("Done.".to_owned()), Step::AwaitPrompt]
            }
            Self::Stories { errands, .. } => {
                let mut dice = Dice::new(dice.between(0, u64::MAX - 1), text);
                let drawn = draw(errands.len(), None, &mut dice);
                drawn.map_or_else(Vec::new, |i| vary(errands[i].clone(), &mut dice))
            }
        }
    }
}

fn draw(of: usize, last: Option<usize>, dice: &mut Dice) -> Option<usize> {
    let n = of.checked_sub(1)? as u64;
    let drawn = dice.between(0, n) as usize;
    if Some(drawn) == last && of > 1 {
        return Some((drawn + 1) % of);
    }
    Some(drawn)
}

/// Times vary by up to a third, so that a fleet does not march in step.
fn vary(mut steps: Vec<Step>, dice: &mut Dice) -> Vec<Step> {
    for step in &mut steps {
        if let Step::Work(span) | Step::Idle(span) = step {
            span.0 = span.0 * dice.between(70, 130) as u32 / 100;
        }
    }
    steps
}

#[cfg(test)]
pub mod tests {
    use super::*;

    #[test]
    fn the_built_in_stories_are_read_and_each_ends_idle() {
        let book = book();
        for role in ["architect", "manager", "worker"] {
            let stories = &book.role[role];
            assert!(stories.len() >= 3, "{role}");
            for story in stories.iter().chain(&book.errand[role]) {
                assert!(matches!(story.last(), Some(Step::Idle(_))), "{role}: {story:?}");
            }
        }
    }

    /// Every step of every story, with the part of the book that it is from.
    pub fn told() -> Vec<(&'static str, Vec<Step>)> {
        let Book { opening, role, more, errand } = book();
        let many =
            |part, of: BTreeMap<String, Vec<Vec<Step>>>| of.into_values().flatten().map(move |s| (part, s));
        let opening = opening.into_values().map(|s| ("opening", s));
        opening.chain(many("role", role)).chain(many("more", more)).chain(many("errand", errand)).collect()
    }

    #[test]
    fn a_seed_tells_the_same_stories_and_none_twice_in_a_row() {
        let tell = |seed| {
            let mut dice = Dice::new(seed, "dev_worker1");
            let mut source = Source::stories("worker", "nobody", &mut dice);
            (0..12).map(|_| source.more(&mut dice)).collect::<Vec<_>>()
        };
        assert_eq!(tell(1), tell(1));
        assert_ne!(tell(1), tell(2));
        assert!(tell(1).windows(2).all(|w| w[0].len() != w[1].len() || w[0] != w[1]));
    }
}
