//! An entry of the ledger, and what is compared with it.

use crate::session::ledger::fingerprint::{Cost, Fingerprint, Recipe};
use crate::words::cause::Cause;
use crate::words::error::Error;
use crate::words::name::Name;
use crate::words::secret::Secret;

/// A value that others may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The variable that had it.
    pub name: Name,
    /// Since when that is known: the day, in UTC, as `2026-11-25`.
    pub date: String,
    /// Where it was found, or who says so, for a person to read; may be empty.
    pub reason: String,
    pub(super) recipe: Recipe,
    pub(super) fingerprint: Fingerprint,
}

impl LedgerEntry {
    /// Whether it may be about `suspect`.
    pub(super) fn may_be(&self, suspect: Suspect<'_>) -> bool {
        suspect.is_secret || self.name == *suspect.name
    }

    /// When and why, in a few words: `since 2026-11-25: pushed to origin`.
    #[must_use]
    pub fn summary(&self) -> String {
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        format!("since {}{reason}", self.date)
    }

    /// The same of a value that the variable `name` has now, naming the original variable if different.
    #[must_use]
    pub fn summary_for(&self, name: &Name) -> String {
        let whose = if self.name == *name { String::new() } else { format!(" (it was {}'s)", self.name) };
        format!("{}{whose}", self.summary())
    }

    /// Why `what`, a value that the variable `name` is to get, is not taken.
    #[must_use]
    pub fn refusal(&self, name: &Name, what: &str) -> Error {
        Error::from(Cause::Compromised { what: what.to_owned(), details: self.summary_for(name) })
            .context(name)
    }

    /// What tells it from every other entry.
    pub(super) fn print(&self) -> String {
        format!("Recipe({:?}, {}) {}", self.recipe.cost(), self.recipe.salt(), self.fingerprint)
    }

    /// The entry as a line of the file.
    pub(super) fn line(&self) -> String {
        let Cost { memory, passes, lanes } = self.recipe.cost();
        format!(
            "  {{ name = \"{}\", date = {}, reason = {}, memory = {memory}, passes = {passes}, lanes = {lanes}, salt = \"{}\", fingerprint = \"{}\" }},\n",
            self.name,
            self.date,
            toml_edit::Value::from(self.reason.as_str()),
            self.recipe.salt(),
            self.fingerprint,
        )
    }
}

/// A value to compare with the ledger.
#[derive(Clone, Copy)]
pub struct Suspect<'a> {
    /// The variable that has it.
    pub name: &'a Name,
    /// The value.
    pub value: &'a str,
    /// Whether it counts under any name: another variable may have the same non-secret value by chance.
    pub is_secret: bool,
}

/// A value that is to be remembered.
pub struct Leak<'a> {
    /// The variable that has it, or had it.
    pub name: &'a Name,
    /// The value.
    pub value: &'a Secret,
    /// Where it was found, for a person to read, without any value in it.
    pub reason: String,
}
