//! Switches that survive a restart: one JSON value a name.

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::Store;
use super::fault::said;
use crate::domain::confirm::Switches;
use crate::ports::StoreError;

const SWITCHES: &str = "switches";

impl Store {
    /// The switches as they were left; what cannot be read is an error, never *everything on*.
    pub fn switches(&self) -> Result<Switches, StoreError> {
        let sql = "SELECT value FROM settings WHERE name = ?1";
        let text: Option<String> =
            self.conn.query_row(sql, [SWITCHES], |r| r.get(0)).optional().map_err(said)?;
        let Some(text) = text else { return Ok(Switches::default()) };
        serde_json::from_str(&text)
            .map_err(|e| StoreError::Failed(format!("the stored switches cannot be read: {e}")))
    }

    /// Keeps the switches.
    pub fn keep_switches(
        &mut self,
        switches: &Switches,
        who: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let value = serde_json::to_string(switches).expect("switches have string keys and numbers");
        self.write(|tx| {
            let sql = "INSERT INTO settings VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms, who = excluded.who";
            tx.execute(sql, (SWITCHES, value, now.as_millisecond(), who)).map_err(said)?;
            Ok(())
        })
    }
}
