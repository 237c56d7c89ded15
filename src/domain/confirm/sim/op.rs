//! What may happen in the simulation, and how often.

use proptest::prelude::*;

use super::super::Answer;
use super::ASKED;

/// One step.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Wait(u64),
    /// The agent asks; at once over whatever was there.
    Ask(usize),
    /// The dialog goes, for whatever reason.
    Clear,
    Look,
    /// Half a frame: no dialog, or one cut short; the next look comes 20 ms later.
    HalfFrame(bool),
    /// The screen cannot be read for so long.
    Unreadable(u64),
    /// So many orders are carried out.
    Carry(usize),
    World(usize),
    /// It takes entries, and how many may wait for it.
    Disk(bool, bool),
    /// A person answers the dialog that he saw last, or one before.
    Person(Answer, bool),
    HookAsks,
    HookGivesUp,
    /// Other rules come into force: they confirm what the ones before held, or hold it.
    NewRules(bool),
    /// A screen shows part of what stands there, and is read as nothing at all; so it stays for so long.
    Part(u64),
    /// A switch was turned there and back, or a person typed a letter.
    Unclear,
    /// The keyboard does what it is told but does not know that it did.
    Deaf(bool),
    /// A key does nothing (an agent that has just drawn ignores keys).
    Numb(bool),
    /// archtui ends; what it had ordered is still carried out, or is not.
    Crash(bool),
    /// The pane ends, and another one is there.
    PaneEnds,
}

/// Any of them.
pub(super) fn op() -> impl Strategy<Value = Op> {
    let answer =
        prop_oneof![Just(Answer::Approve), Just(Answer::Deny), Just(Answer::Hold), Just(Answer::Choose(1))];
    prop_oneof![
        6 => (1u64..600).prop_map(Op::Wait),
        1 => (1_000u64..9_000).prop_map(Op::Wait),
        3 => (0..ASKED.len()).prop_map(Op::Ask),
        2 => Just(Op::Clear),
        4 => Just(Op::Look),
        2 => any::<bool>().prop_map(Op::HalfFrame),
        1 => (20u64..9_000).prop_map(Op::Unreadable),
        12 => (1usize..8).prop_map(Op::Carry),
        2 => (0usize..6).prop_map(Op::World),
        1 => any::<(bool, bool)>().prop_map(|(on, small)| Op::Disk(on, small)),
        2 => (answer, any::<bool>()).prop_map(|(a, b)| Op::Person(a, b)),
        2 => Just(Op::HookAsks),
        1 => Just(Op::HookGivesUp),
        1 => any::<bool>().prop_map(Op::NewRules),
        1 => (20u64..9_000).prop_map(Op::Part),
        1 => Just(Op::Unclear),
        1 => any::<bool>().prop_map(Op::Deaf),
        1 => any::<bool>().prop_map(Op::Numb),
        1 => any::<bool>().prop_map(Op::Crash),
        1 => Just(Op::PaneEnds),
    ]
}
