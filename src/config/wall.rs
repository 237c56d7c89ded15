//! `[wall]`: how a wall hangs. What a wall shows is for `app::state::wall`.

use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::Span;
use crate::app::state::wall::{Night, Settings};

/// `[wall]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WallConfig {
    /// How long a page stays.
    #[serde(deserialize_with = "page")]
    pub page: Span,
    /// Without news for longer the screen is stale.
    #[serde(deserialize_with = "stale_after")]
    pub stale_after: Span,
    /// How often everything moves by one cell.
    pub drift: Drift,
    /// The hours in which it is dimmed.
    pub night: Hours,
}

impl WallConfig {
    /// As the core knows it.
    pub const fn settings(&self) -> Settings {
        Settings {
            page: self.page.0,
            stale_after: self.stale_after.0,
            drift: self.drift.0,
            night: self.night.0,
        }
    }
}

/// A span that is at least so long.
fn at_least(said: &str, least: &str) -> Result<Span, String> {
    let (span, bound) = (Span::parse(said)?, Span::parse(least)?);
    if span.0 < bound.0 {
        return Err(format!("\"{said}\" is too short; at least \"{least}\""));
    }
    Ok(span)
}

/// Nobody reads a page that is gone sooner.
fn page<'de, D: Deserializer<'de>>(d: D) -> Result<Span, D::Error> {
    at_least(&String::deserialize(d)?, "3s").map_err(D::Error::custom)
}

/// A quiet server is asked every two seconds.
fn stale_after<'de, D: Deserializer<'de>>(d: D) -> Result<Span, D::Error> {
    at_least(&String::deserialize(d)?, "5s").map_err(D::Error::custom)
}

/// How often the picture moves; `None` = it stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drift(Option<Duration>);

impl<'de> Deserialize<'de> for Drift {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let said = String::deserialize(d)?;
        if said == "off" {
            return Ok(Self(None));
        }
        let span = at_least(&said, "10s").map_err(|why| D::Error::custom(format!("{why}, or \"off\"")))?;
        Ok(Self(Some(span.0)))
    }
}

/// The hours of the night; `None` = it is never dimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hours(Option<Night>);

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let said = String::deserialize(d)?;
        if said == "off" {
            return Ok(Self(None));
        }
        let wrong = || {
            D::Error::custom(format!("\"{said}\" is no night; write \"off\" or hours like \"22:00-06:30\""))
        };
        Night::parse(&said).map(|night| Self(Some(night))).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use crate::app::state::wall::Settings;
    use crate::config::Config;

    fn settings(wall: &str) -> Result<Settings, String> {
        let read = Config::layered(&format!("[wall]\n{wall}\n"), "f");
        read.map(|c| c.wall.settings()).map_err(|e| format!("{} | {}", e.what, e.hint))
    }

    #[test]
    fn the_built_in_file_says_what_the_core_takes_without_one() {
        assert_eq!(Config::builtin().wall.settings(), Settings::default());
    }

    #[test]
    fn every_key_is_read() {
        let own = settings("page = \"30s\"\nstale_after = \"1m\"\ndrift = \"off\"\nnight = \"22:00-06:30\"")
            .expect("sound");
        assert_eq!((own.page.as_secs(), own.stale_after.as_secs(), own.drift), (30, 60, None));
        assert_eq!(own.night, super::Night::parse("22:00-06:30"));
        assert_eq!(settings("night = \"off\"").expect("sound").night, None);
    }

    #[test]
    fn faults_name_the_line_and_the_near_miss() {
        for (wall, part) in [
            ("pages = \"3s\"", "did you mean \"page\""),
            ("nigth = \"off\"", "did you mean \"night\""),
            ("page = \"1s\"", "f:2: \"1s\" is too short; at least \"3s\""),
            ("page = \"12\"", "span of time"),
            ("stale_after = \"2s\"", "at least \"5s\""),
            ("drift = \"5s\"", "at least \"10s\", or \"off\""),
            ("drift = \"never\"", "or \"off\""),
            ("night = \"10pm\"", "hours like \"22:00-06:30\""),
            ("night = \"22:00-22:00\"", "is no night"),
        ] {
            let fault = settings(wall).expect_err(wall);
            assert!(fault.contains(part), "{wall}: {fault}");
        }
    }
}
