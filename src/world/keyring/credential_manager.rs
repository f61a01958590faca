//! The Credential Manager of Windows.

use keyring_core::{CredentialStore, Error as Fault};
pub use windows_native_keyring_store::Store;

use super::entry::KeyringEntry;
use crate::words::error::{Error, Result};

pub fn build(store: &CredentialStore, entry: &KeyringEntry) -> Result<keyring_core::Entry, Fault> {
    store.build(entry.service(), entry.account(), None)
}

pub fn how_to_store(entry: &KeyringEntry) -> String {
    format!(
        "`cmdkey \"/generic:{}.{}\" \"/user:{}\" /pass`",
        entry.account(),
        entry.service(),
        entry.account()
    )
}

pub fn how_to_tell(_entry: &KeyringEntry) -> String {
    "the Credential Manager shows them: keep one".to_owned()
}

pub fn explain(entry: &KeyringEntry, cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
    // The system's own words about its own error code: no value is in them.
    Error::service(format!("the Credential Manager did not give access to {entry}: {cause}"))
        .hint("it is there only for a user who is logged on: not over a bare ssh session")
}
