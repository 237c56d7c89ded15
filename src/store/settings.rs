//! Settings that survive a restart: one JSON value a name.

use jiff::Timestamp;
use rusqlite::OptionalExtension;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Store;
use super::fault::said;
use crate::domain::confirm::Switches;
use crate::domain::restart;
use crate::ports::StoreError;

const SWITCHES: &str = "switches";
const RESTARTS: &str = "restarts";

impl Store {
    /// The switches as they were left; what cannot be read is an error, never *everything on*.
    pub fn switches(&self) -> Result<Switches, StoreError> {
        self.setting(SWITCHES)
    }

    /// Keeps the switches.
    pub fn keep_switches(
        &mut self,
        switches: &Switches,
        who: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.keep_setting(SWITCHES, switches, who, now)
    }

    /// The restarts of all sessions, as they were left; what cannot be read is an error, never *none yet*.
    pub fn restarts(&self) -> Result<restart::Records, StoreError> {
        self.setting(RESTARTS)
    }

    /// Keeps them.
    pub fn keep_restarts(&mut self, restarts: &restart::Records, now: Timestamp) -> Result<(), StoreError> {
        self.keep_setting(RESTARTS, restarts, "actor", now)
    }

    fn setting<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, StoreError> {
        let sql = "SELECT value FROM settings WHERE name = ?1";
        let text: Option<String> = self.conn.query_row(sql, [name], |r| r.get(0)).optional().map_err(said)?;
        let Some(text) = text else { return Ok(T::default()) };
        serde_json::from_str(&text)
            .map_err(|e| StoreError::Failed(format!("the stored {name} cannot be read: {e}")))
    }

    fn keep_setting(
        &mut self,
        name: &str,
        value: &impl Serialize,
        who: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let value = serde_json::to_string(value).expect("settings have string keys and numbers");
        self.write(|tx| {
            let sql = "INSERT INTO settings VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms, who = excluded.who";
            tx.execute(sql, (name, value, now.as_millisecond(), who)).map_err(said)?;
            Ok(())
        })
    }
}
