//! The Keychain of macOS.

pub use apple_native_keyring_store::keychain::Store;
use keyring_core::{CredentialStore, Error as Fault};

use super::entry::KeyringEntry;
use crate::words::error::{Error, Result};

pub fn build(store: &CredentialStore, entry: &KeyringEntry) -> Result<keyring_core::Entry, Fault> {
    store.build(entry.service(), entry.account(), None)
}

pub fn how_to_store(entry: &KeyringEntry) -> String {
    let quoted = |word: &str| shell_escape::unix::escape(word.to_owned().into()).into_owned();
    format!(
        "`security add-generic-password -s {} -a {} -w`",
        quoted(entry.service()),
        quoted(entry.account())
    )
}

pub fn how_to_tell(_entry: &KeyringEntry) -> String {
    "Keychain Access shows them: keep one".to_owned()
}

pub fn explain(entry: &KeyringEntry, cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
    // The system's own words about its own status code: no value is in them.
    Error::service(format!("the Keychain did not give access to {entry}: {cause}"))
        .hint("`security unlock-keychain` unlocks it")
}
