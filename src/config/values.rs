//! Values of a config that need more than a plain type: spans of time, words of closed lists.

use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::domain::roster::Tier;

/// A span of time, written `500ms`, `10s`, `30m`, `8h`, `2d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span(pub Duration);

impl Span {
    /// Reads a span; the error says how one is written.
    pub fn parse(s: &str) -> Result<Self, String> {
        let at = s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
        let (number, unit) = s.split_at(at);
        let wrong = || {
            format!("\"{s}\" is no span of time; write it like \"500ms\", \"10s\", \"30m\", \"8h\", \"2d\"")
        };
        let n: u64 = number.parse().map_err(|_| wrong())?;
        let ms = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        n.checked_mul(ms).map(|ms| Self(Duration::from_millis(ms))).ok_or_else(wrong)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(d)?).map_err(D::Error::custom)
    }
}

/// Order of tiles at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderWord {
    /// As the config lists them.
    #[default]
    Roster,
    /// Who needs a person first.
    Urgency,
    /// Who delegates first.
    Tier,
}

/// Name of a policy preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Judges and records, presses nothing.
    #[default]
    Watch,
    /// Read-only operations.
    Careful,
    /// The procedure's safe operations.
    Sop,
    /// Also programs nobody vouches for.
    Wide,
}

impl Preset {
    /// The word in the config.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Careful => "careful",
            Self::Sop => "sop",
            Self::Wide => "wide",
        }
    }
}

/// What becomes of a dialog whose hook said nothing, in a session whose hooks are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HookFallback {
    /// It is held for a person.
    #[default]
    Hold,
    /// It may be answered by key.
    Key,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// Off.
    #[default]
    Off,
    /// On.
    On,
}

/// A place in the chain of command, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum TierWord {
    /// One that there is.
    Known(Tier),
    /// Another word.
    Unknown(String),
}

impl TierWord {
    /// The tier, if there is one of that word.
    pub const fn known(&self) -> Option<Tier> {
        match self {
            Self::Known(tier) => Some(*tier),
            Self::Unknown(_) => None,
        }
    }

    /// The word, if there is none of it.
    pub fn unknown(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(word) => Some(word),
        }
    }
}

/// When an agent is started anew by automation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Restart {
    /// Never.
    #[default]
    Off,
    /// When it has ended.
    Ended,
}

/// For how long auto-confirm after a person said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lease(Option<Duration>);

impl Lease {
    /// The time; `None` = for ever.
    pub const fn length(self) -> Option<Duration> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Lease {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let said = String::deserialize(d)?;
        if said == "off" {
            return Ok(Self(None));
        }
        let wrong =
            || D::Error::custom(format!("\"{said}\" is no lease; write \"off\" or a span like \"8h\""));
        Span::parse(&said).map(|Span(span)| Self(Some(span))).map_err(|_| wrong())
    }
}

/// How long entries of the ledger are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep(Option<Duration>);

impl Keep {
    /// What is needed to begin where an archtui before stopped is younger.
    const LEAST: Duration = Duration::from_hours(24);

    /// The time; `None` = for ever.
    pub const fn length(self) -> Option<Duration> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Keep {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let said = String::deserialize(d)?;
        if said == "all" {
            return Ok(Self(None));
        }
        let wrong = |_| format!("\"{said}\" is no time to keep; write \"all\" or a span like \"90d\"");
        let Span(span) = Span::parse(&said).map_err(wrong).map_err(D::Error::custom)?;
        if span < Self::LEAST {
            return Err(D::Error::custom("the ledger is kept for at least 1d"));
        }
        Ok(Self(Some(span)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_their_unit() {
        for (s, ms) in
            [("500ms", 500), ("10s", 10_000), ("30m", 1_800_000), ("8h", 28_800_000), ("2d", 172_800_000)]
        {
            assert_eq!(Span::parse(s), Ok(Span(Duration::from_millis(ms))));
        }
        for bad in
            ["", "10", "s", "-1s", "1.5h", "10 s", "10sec", "99999999999999999999s", "18446744073709551615d"]
        {
            assert!(Span::parse(bad).is_err(), "{bad}");
        }
    }
}
