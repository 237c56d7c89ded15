//! What SQLite's errors mean to those who use the store.

use rusqlite::{Error, ErrorCode};

use crate::domain::text;
use crate::ports::StoreError;

/// SQLite's error in the core's words.
pub fn said(e: Error) -> StoreError {
    let Error::SqliteFailure(code, ref message) = e else {
        // A column that cannot be read as what it must be.
        return StoreError::Broken(text::printable(&e.to_string()));
    };
    let words = || text::printable(&message.clone().unwrap_or_else(|| code.to_string()));
    match code.code {
        ErrorCode::DiskFull => StoreError::Full,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Broken(words()),
        _ => StoreError::Failed(words()),
    }
}
