//! Values in the keyring of the user's session.
//!
//! On Linux and the BSDs that is whatever speaks the Secret Service (GNOME Keyring, KWallet,
//! KeePassXC) over the session's D-Bus, on macOS the Keychain, on Windows the Credential Manager.
//! An entry is found, and made, as
//!
//! | system | what an entry `SERVICE/ACCOUNT` is |
//! |---|---|
//! | Secret Service | the attributes `service` = SERVICE and `username` = ACCOUNT; new ones go into the default collection, labelled `SERVICE/ACCOUNT` |
//! | Keychain | a generic password of the user's keychain: service SERVICE, account ACCOUNT |
//! | Credential Manager | the generic credential `ACCOUNT.SERVICE`, its value in UTF-16 |
//!
//! So `secret-tool store --label=x service SERVICE username ACCOUNT` and `security
//! add-generic-password -s SERVICE -a ACCOUNT -w` make entries that are found here, and Python's
//! `keyring` uses the same names. The value crosses the bus encrypted
//! (`dh-ietf1024-sha256-aes128-cbc-pkcs7` of the Secret Service API).

pub mod entry;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "secret_service.rs"]
mod platform;
#[cfg(target_os = "macos")]
#[path = "keychain.rs"]
mod platform;
#[cfg(windows)]
#[path = "credential_manager.rs"]
mod platform;

use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use keyring_core::{CredentialStore, Error as Fault};
use zeroize::{Zeroize, Zeroizing};

use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::world::keyring::entry::KeyringEntry;

/// The default time to wait for a keyring: long enough to type a password into the
/// prompt that unlocks it.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Whether there is a keyring that could be asked.
///
/// # Errors
/// There is none: no bus of the session.
pub fn reachable() -> Result<()> {
    #[cfg(all(unix, not(target_os = "macos")))]
    platform::reachable()?;
    Ok(())
}

/// The value of `entry`. A locked keyring may ask the user to unlock it, in a window of its own.
///
/// # Errors
/// There is no such entry or more than one, no keyring, it stays locked or does not answer within
/// `patience`, or the value is not text or holds a NUL.
pub fn get(entry: &KeyringEntry, patience: Duration) -> Result<Zeroizing<String>> {
    let value = ask(entry, patience, |credential| credential.get_password().map(Zeroizing::new))?;
    if value.contains('\0') {
        return Err(Error::from(Cause::Nul(format!("the keyring entry {entry}")))
            .hint("store it again, for example as base64"));
    }
    Ok(value)
}

/// The same; `None` if there is no such entry.
///
/// # Errors
/// As for [`get`], but for that.
pub fn find(entry: &KeyringEntry, patience: Duration) -> Result<Option<Zeroizing<String>>> {
    ask(entry, patience, |credential| match credential.get_password() {
        Ok(value) => Ok(Some(Zeroizing::new(value))),
        Err(Fault::NoEntry) => Ok(None),
        Err(fault) => Err(fault),
    })
}

/// Stores `value` as `entry`, in place of what was there.
///
/// # Errors
/// As for [`get`]; or the keyring does not take a value of that length.
pub fn set(entry: &KeyringEntry, value: &str, patience: Duration) -> Result<()> {
    let value = Zeroizing::new(value.to_owned());
    ask(entry, patience, move |credential| credential.set_password(&value))
}

/// Takes `entry` out of the keyring.
///
/// # Errors
/// As for [`get`].
pub fn delete(entry: &KeyringEntry, patience: Duration) -> Result<()> {
    ask(entry, patience, keyring_core::Entry::delete_credential)
}

/// Does something with the credential that is called `entry`. On a thread: a keyring may wait for
/// ever for somebody who is not there. The thread that still waits ends with the process, and the
/// keyring takes its prompt away then.
fn ask<T: Send + 'static>(
    entry: &KeyringEntry,
    patience: Duration,
    action: impl FnOnce(&keyring_core::Entry) -> Result<T, Fault> + Send + 'static,
) -> Result<T> {
    reachable()?;
    let (answer, answered) = mpsc::channel();
    let asked = entry.clone();
    thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || {
            // Whoever asked may have gone.
            let _ = answer.send(credential(&asked).and_then(|credential| action(&credential)));
        })
        .map_err(|error| Error::could_not("ask the keyring", &error))?;
    match answered.recv_timeout(patience) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(fault)) => Err(explain(entry, fault)),
        Err(_) => {
            let within = format!(" within {}", seconds(patience));
            Err(Error::from(Cause::KeyringSilent { entry: entry.to_string(), within })
                .hint("it may be locked and waiting for a prompt: unlock it and try again"))
        }
    }
}

/// One connection serves the whole process: agreeing on its key takes longer than a question.
fn credential(entry: &KeyringEntry) -> Result<keyring_core::Entry, Fault> {
    static STORE: OnceLock<Arc<CredentialStore>> = OnceLock::new();
    let store = match STORE.get() {
        Some(store) => store,
        None => {
            let opened: Arc<CredentialStore> = platform::Store::new()?;
            STORE.get_or_init(|| opened)
        }
    };
    platform::build(store.as_ref(), entry)
}

fn seconds(time: Duration) -> String {
    match time.as_secs() {
        1 if time.subsec_millis() == 0 => "1 second".to_owned(),
        _ if time.subsec_millis() == 0 => format!("{} seconds", time.as_secs()),
        _ => format!("{:.1} seconds", time.as_secs_f32()),
    }
}

/// What went wrong, and the way out. No fault's own text is passed on that could hold a value.
fn explain(entry: &KeyringEntry, fault: Fault) -> Error {
    match fault {
        Fault::NoEntry => Error::service(format!("no keyring entry {entry}"))
            .hint(format!("store it: {}", platform::how_to_store(entry))),
        Fault::Ambiguous(all) => Error::service(format!("the keyring has {} entries {entry}", all.len()))
            .hint(platform::how_to_tell(entry)),
        Fault::BadEncoding(mut bytes) | Fault::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            Error::service(format!("the keyring entry {entry} contains bytes that are not text"))
                .hint("store it again, for example as base64")
        }
        Fault::TooLong(what, limit) => {
            Error::service(format!("the keyring does not accept {entry}: its {what} is longer than {limit}"))
                .hint("encrypt it with age instead, or keep it in a file")
        }
        Fault::Invalid(what, _) => {
            Error::service(format!("the keyring does not accept {entry}: {what} is not valid"))
        }
        Fault::NoStorageAccess(cause) | Fault::PlatformFailure(cause) => platform::explain(entry, &*cause),
        _ => Error::service(format!("the keyring cannot do that with {entry}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_said_in_plain_words() {
        assert_eq!(seconds(Duration::from_secs(1)), "1 second");
        assert_eq!(seconds(Duration::from_mins(1)), "60 seconds");
        assert_eq!(seconds(Duration::from_millis(1500)), "1.5 seconds");
    }
}
