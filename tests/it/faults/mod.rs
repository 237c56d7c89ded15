//! A live fleet of simulated agents and everything that can break under it. The agents' own logs are the witness: no byte
//! reaches them that no dialog asked for, and no dialog gets two. What archtui says is compared with what they did.

mod fleet;
mod observers;
mod trials;
mod watch;

use std::time::Duration;

/// What is said must be true within this.
const TRUE_WITHIN: Duration = Duration::from_secs(2);

/// How hard a trial is.
#[derive(Clone, Copy)]
struct Trial {
    /// So often.
    rounds: u64,
    /// The measured times must be what is promised. Not beside other tests on a busy machine.
    strict: bool,
}

impl Trial {
    /// A few rounds, for every run of the tests.
    const FEW: Self = Self { rounds: 2, strict: false };

    /// Those of `scripts/prove.sh`; `ARCHTUI_TRIALS=7` for other numbers.
    fn many() -> Self {
        Self { rounds: number("ARCHTUI_TRIALS", 50), strict: true }
    }

    /// What a promise of so long is here.
    fn within(self, promised: Duration) -> Duration {
        if self.strict { promised } else { promised * 8 }
    }
}

/// What was measured.
#[expect(clippy::print_stdout, reason = "for who runs the long ones")]
fn say(what: &str) {
    println!("{what}");
}

/// A number that looks random.
fn dice(n: u64) -> u64 {
    let z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z ^ (z >> 31)
}

#[expect(clippy::disallowed_methods, reason = "how many is for who runs the test")]
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}
