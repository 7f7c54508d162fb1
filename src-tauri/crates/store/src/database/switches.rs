//! Destinations that the user switched off.

use std::collections::BTreeSet;

use dinghy_model::Problem;

use super::Store;

impl Store {
    /// The names of the services that are switched off.
    pub fn switched_off(&self) -> Result<BTreeSet<String>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT service FROM switched_off")?
                .query_map([], |row| row.get(0))?
                .collect()
        })
    }

    /// Switches a service on or off.
    pub fn set_switch(&self, service: &str, on: bool) -> Result<(), Problem> {
        let sql = match on {
            true => "DELETE FROM switched_off WHERE service = ?1",
            false => "INSERT OR IGNORE INTO switched_off (service) VALUES (?1)",
        };
        self.write(|transaction| transaction.execute(sql, [service]).map(drop))
    }
}
