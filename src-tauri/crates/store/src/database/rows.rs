//! Columns to types and back.

use dinghy_model::AppId;
use rusqlite::types::Type;
use rusqlite::{Error, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Three columns from `first`: server, namespace, name; all NULL for none.
pub(super) fn app_id(row: &Row, first: usize) -> rusqlite::Result<Option<AppId>> {
    let Some(server) = row.get::<_, Option<String>>(first)? else { return Ok(None) };
    Ok(Some(AppId {
        server: server.as_str().into(),
        namespace: row.get(first + 1)?,
        name: row.get(first + 2)?,
    }))
}

/// The three columns of an application, or three NULLs.
pub(super) fn app_columns(app: Option<&AppId>) -> [Option<&str>; 3] {
    match app {
        Some(app) => [Some(&app.server.0), Some(&app.namespace), Some(&app.name)],
        None => [None; 3],
    }
}

/// A column that holds JSON.
pub(super) fn from_json<T: DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|error| Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// A column that holds JSON or NULL.
pub(super) fn maybe_json<T: DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<Option<T>> {
    row.get_ref(column)?.as_str_or_null()?.map(|_| from_json(row, column)).transpose()
}

/// JSON for a column.
pub(super) fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))
}
