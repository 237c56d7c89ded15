//! A reading written whole. What JSON tells to scripts leaves out where things stand on the screen; a reading that is written
//! down to be read again keeps it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Composer, Pasted};
use crate::domain::dialog::Dialog;

/// A dialog and its rows.
pub mod dialog {
    use super::{Deserialize, Deserializer, Dialog, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde asks so")]
    pub fn serialize<S: Serializer>(dialog: &Option<Dialog>, to: S) -> Result<S::Ok, S::Error> {
        dialog.as_ref().map(|d| (d, d.rows)).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Dialog>, D::Error> {
        let whole = Option::<(Dialog, (u16, u16))>::deserialize(from)?;
        Ok(whole.map(|(dialog, rows)| Dialog { rows, ..dialog }))
    }
}

/// A composer, its place, and how sure its text is.
pub mod composer {
    use super::{Composer, Deserialize, Deserializer, Pasted, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde asks so")]
    pub fn serialize<S: Serializer>(composer: &Option<Composer>, to: S) -> Result<S::Ok, S::Error> {
        composer.as_ref().map(|c| (c, c.certain, c.row, c.pasted)).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Composer>, D::Error> {
        let whole = Option::<(Composer, bool, u16, Option<Pasted>)>::deserialize(from)?;
        Ok(whole.map(|(c, certain, row, pasted)| Composer { certain, row, pasted, ..c }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::read::Reading;

    #[test]
    fn a_reading_comes_back_whole() {
        let reading = Reading {
            dialog: Some(Dialog { rows: (3, 9), ..Dialog::default() }),
            composer: Some(Composer {
                mode: None,
                text: "x".to_owned(),
                certain: true,
                row: 4,
                pasted: Some(Pasted { lines: Some(2), chars: None }),
            }),
            confidence: 0.95,
            ..Reading::default()
        };
        let line = serde_json::to_string(&reading).expect("json");
        assert_eq!(serde_json::from_str::<Reading>(&line).expect("reads"), reading);
    }
}
