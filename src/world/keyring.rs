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

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use keyring_core::{CredentialStore, Error as Fault};
use zeroize::{Zeroize, Zeroizing};

use crate::words::error::{Error, Result};

/// How long to wait for a keyring if nobody says otherwise: long enough to type a password into the
/// prompt that unlocks it.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The name of an entry: `SERVICE/ACCOUNT`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    service: String,
    account: String,
}

impl Entry {
    /// Reads `SERVICE/ACCOUNT`. The last slash divides: a service may be a URL or a path, an account
    /// has no slash.
    ///
    /// # Errors
    /// There is no slash, a part is empty, or there is a control character. The text is not shown: it
    /// might be a value in the wrong place.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: &str| Error::new(what).hint("write it as SERVICE/ACCOUNT: \"myapp/stripe\"");
        let Some((service, account)) = text.rsplit_once('/') else {
            return Err(wrong("the name of a keyring entry has no slash"));
        };
        if service.trim().is_empty() || account.trim().is_empty() {
            return Err(wrong("the name of a keyring entry has an empty part"));
        }
        if text.chars().any(char::is_control) {
            return Err(wrong("the name of a keyring entry holds a control character"));
        }
        Ok(Self { service: service.to_owned(), account: account.to_owned() })
    }

    /// What comes before the last slash.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// What comes after the last slash.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }
}

impl FromStr for Entry {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.account)
    }
}

/// The value of `entry`. A locked keyring may ask the user to unlock it, in a window of its own.
///
/// # Errors
/// There is no such entry or more than one, no keyring, it stays locked or does not answer within
/// `patience`, or the value is no text or holds a NUL.
pub fn get(entry: &Entry, patience: Duration) -> Result<Zeroizing<String>> {
    let value = ask(entry, patience, |credential| credential.get_password().map(Zeroizing::new))?;
    if value.contains('\0') {
        return Err(Error::new(format!(
            "the keyring entry {entry} holds a NUL, which no environment can hold"
        ))
        .hint("store it anew, for example as base64"));
    }
    Ok(value)
}

/// Stores `value` as `entry`, in place of what was there.
///
/// # Errors
/// As for [`get`]; or the keyring does not take a value of that length.
pub fn set(entry: &Entry, value: &str, patience: Duration) -> Result<()> {
    let value = Zeroizing::new(value.to_owned());
    ask(entry, patience, move |credential| credential.set_password(&value))
}

/// Takes `entry` out of the keyring.
///
/// # Errors
/// As for [`get`].
pub fn delete(entry: &Entry, patience: Duration) -> Result<()> {
    ask(entry, patience, keyring_core::Entry::delete_credential)
}

/// Does something with the credential that is called `entry`. On a thread: a keyring may wait for
/// ever for somebody who is not there. The thread that still waits ends with the process, and the
/// keyring takes its prompt away then.
fn ask<T: Send + 'static>(
    entry: &Entry,
    patience: Duration,
    action: impl FnOnce(&keyring_core::Entry) -> Result<T, Fault> + Send + 'static,
) -> Result<T> {
    platform::reachable()?;
    let (answer, answered) = mpsc::channel();
    let asked = entry.clone();
    thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || {
            // Whoever asked may have gone.
            let _ = answer.send(credential(&asked).and_then(|credential| action(&credential)));
        })
        .map_err(|error| Error::new(format!("could not ask the keyring: {error}")))?;
    match answered.recv_timeout(patience) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(fault)) => Err(explain(entry, fault)),
        Err(_) => {
            Err(Error::new(format!("the keyring gave no answer about {entry} within {}", seconds(patience)))
                .hint("it may be locked, with a prompt that nobody answers: unlock it, and try again"))
        }
    }
}

/// One connection serves the whole process: agreeing on its key takes longer than a question.
fn credential(entry: &Entry) -> Result<keyring_core::Entry, Fault> {
    static STORE: OnceLock<Arc<CredentialStore>> = OnceLock::new();
    let store = match STORE.get() {
        Some(store) => store,
        None => {
            let opened = platform::open()?;
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
fn explain(entry: &Entry, fault: Fault) -> Error {
    match fault {
        Fault::NoEntry => Error::new(format!("the keyring has no entry {entry}"))
            .hint(format!("store it: {}", platform::how_to_store(entry))),
        Fault::Ambiguous(all) => Error::new(format!("the keyring has {} entries {entry}", all.len()))
            .hint(platform::how_to_tell(entry)),
        Fault::BadEncoding(mut bytes) | Fault::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            Error::new(format!("the keyring entry {entry} holds bytes that are no text"))
                .hint("store it anew, for example as base64")
        }
        Fault::TooLong(what, limit) => {
            Error::new(format!("the keyring does not take {entry}: its {what} is longer than {limit}"))
                .hint("encrypt it with age instead, or keep it in a file")
        }
        Fault::Invalid(what, _) => {
            Error::new(format!("the keyring does not take {entry}: {what} is not valid"))
        }
        Fault::NoStorageAccess(cause) | Fault::PlatformFailure(cause) => platform::explain(entry, &*cause),
        _ => Error::new(format!("the keyring cannot do that with {entry}")),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod platform {
    use std::collections::HashMap;
    use std::env;
    use std::path::Path;
    use std::sync::Arc;

    use dbus_secret_service::Error as Service;
    use dbus_secret_service_keyring_store::Store;
    use keyring_core::{CredentialStore, Error as Fault};

    use super::Entry;
    use crate::words::error::{Error, Result};

    /// Asked first because libdbus would otherwise start `dbus-launch` to look for a bus.
    /// Where the bus is: <https://dbus.freedesktop.org/doc/dbus-daemon.1.html>, sd-bus(3).
    pub fn reachable() -> Result<()> {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        let address = set("DBUS_SESSION_BUS_ADDRESS");
        let socket = set("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("bus"));
        if address.is_some() || socket.is_some_and(|socket| socket.exists()) {
            return Ok(());
        }
        Err(Error::new("no keyring: there is no session bus (DBUS_SESSION_BUS_ADDRESS is not set)").hint(
            "run it in the desktop's session; without one, `dbus-run-session` and a keyring daemon make one, \
             or encrypt the value with age",
        ))
    }

    pub fn open() -> Result<Arc<CredentialStore>, Fault> {
        Ok(Store::new()?)
    }

    pub fn build(store: &CredentialStore, entry: &Entry) -> Result<keyring_core::Entry, Fault> {
        let label = entry.to_string();
        store.build(entry.service(), entry.account(), Some(&HashMap::from([("label", label.as_str())])))
    }

    pub fn how_to_store(entry: &Entry) -> String {
        format!("`secret-tool store --label={} {}`", quoted(&entry.to_string()), attributes(entry))
    }

    pub fn how_to_tell(entry: &Entry) -> String {
        format!("`secret-tool search --all {}` shows them, with their values; keep one", attributes(entry))
    }

    fn attributes(entry: &Entry) -> String {
        format!("service {} username {}", quoted(entry.service()), quoted(entry.account()))
    }

    /// Ready to be pasted into a shell.
    fn quoted(word: &str) -> String {
        shell_escape::unix::escape(word.into()).into_owned()
    }

    pub fn explain(entry: &Entry, cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
        let bus = match cause.downcast_ref::<Service>() {
            Some(Service::Locked | Service::Prompt) => {
                return Error::new(format!("the keyring is locked, and {entry} is in it"))
                    .hint("unlock it (log in to the desktop, or answer its prompt), and try again");
            }
            Some(Service::NoResult) => {
                return Error::new(format!("the keyring has no default collection to put {entry} into"))
                    .hint("make one in the keyring's own program (Seahorse, KWalletManager, KeePassXC)");
            }
            Some(Service::Dbus(error)) => error.name().unwrap_or_default(),
            _ => return Error::new(format!("the keyring gave an answer about {entry} that makes no sense")),
        };
        // The names: <https://dbus.freedesktop.org/doc/dbus-specification.html#standard-messages>
        // and <https://specifications.freedesktop.org/secret-service-spec/latest/errors.html>.
        match bus.rsplit('.').next().unwrap_or_default() {
            "ServiceUnknown" | "NameHasNoOwner" => {
                Error::new("no keyring: nothing offers the Secret Service on this session bus")
                    .hint("start one: GNOME Keyring, KWallet or KeePassXC; or encrypt the value with age")
            }
            name if name.starts_with("Spawn") => {
                Error::new("no keyring: the Secret Service of this session bus could not be started")
                    .hint("start one: GNOME Keyring, KWallet or KeePassXC; or encrypt the value with age")
            }
            "NoServer" | "FileNotFound" | "Disconnected" | "BadAddress" | "AuthFailed" | "AccessDenied"
            | "NotSupported" => Error::new("no keyring: the session bus cannot be reached").hint(
                "DBUS_SESSION_BUS_ADDRESS names a bus that is not there or not yours: log in anew, or run it in \
                 the desktop's session",
            ),
            "IsLocked" => Error::new(format!("the keyring is locked, and {entry} is in it"))
                .hint("unlock it (log in to the desktop, or answer its prompt), and try again"),
            "NoReply" | "Timeout" | "TimedOut" => {
                Error::new(format!("the keyring gave no answer about {entry}"))
                    .hint("the keyring's daemon may hang: restart it, and try again")
            }
            _ => Error::new(format!("the keyring refused to answer about {entry} ({bus})")),
        }
    }
}

#[cfg(target_os = "macos")]
mod platform {
    use std::sync::Arc;

    use apple_native_keyring_store::keychain::Store;
    use keyring_core::{CredentialStore, Error as Fault};

    use super::Entry;
    use crate::words::error::{Error, Result};

    #[expect(clippy::unnecessary_wraps, reason = "other systems have to look")]
    pub fn reachable() -> Result<()> {
        Ok(())
    }

    pub fn open() -> Result<Arc<CredentialStore>, Fault> {
        Ok(Store::new()?)
    }

    pub fn build(store: &CredentialStore, entry: &Entry) -> Result<keyring_core::Entry, Fault> {
        store.build(entry.service(), entry.account(), None)
    }

    pub fn how_to_store(entry: &Entry) -> String {
        let quoted = |word: &str| shell_escape::unix::escape(word.to_owned().into()).into_owned();
        format!(
            "`security add-generic-password -s {} -a {} -w`",
            quoted(entry.service()),
            quoted(entry.account())
        )
    }

    pub fn how_to_tell(_entry: &Entry) -> String {
        "Keychain Access shows them: keep one".to_owned()
    }

    pub fn explain(entry: &Entry, cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
        // The system's own words about its own status code: no value is in them.
        Error::new(format!("the Keychain did not give access to {entry}: {cause}"))
            .hint("`security unlock-keychain` unlocks it")
    }
}

#[cfg(windows)]
mod platform {
    use std::sync::Arc;

    use keyring_core::{CredentialStore, Error as Fault};
    use windows_native_keyring_store::Store;

    use super::Entry;
    use crate::words::error::{Error, Result};

    #[expect(clippy::unnecessary_wraps, reason = "other systems have to look")]
    pub fn reachable() -> Result<()> {
        Ok(())
    }

    pub fn open() -> Result<Arc<CredentialStore>, Fault> {
        Ok(Store::new()?)
    }

    pub fn build(store: &CredentialStore, entry: &Entry) -> Result<keyring_core::Entry, Fault> {
        store.build(entry.service(), entry.account(), None)
    }

    pub fn how_to_store(entry: &Entry) -> String {
        format!(
            "`cmdkey \"/generic:{}.{}\" \"/user:{}\" /pass`",
            entry.account(),
            entry.service(),
            entry.account()
        )
    }

    pub fn how_to_tell(_entry: &Entry) -> String {
        "the Credential Manager shows them: keep one".to_owned()
    }

    pub fn explain(entry: &Entry, cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
        // The system's own words about its own error code: no value is in them.
        Error::new(format!("the Credential Manager did not give access to {entry}: {cause}"))
            .hint("it is there only for a user who is logged on: not over a bare ssh session")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_slash_divides() {
        for (text, service, account) in [
            ("myapp/stripe", "myapp", "stripe"),
            ("https://a.b/c/me@x", "https://a.b/c", "me@x"),
            ("a b/ç", "a b", "ç"),
        ] {
            let entry = Entry::parse(text).unwrap();
            assert_eq!((entry.service(), entry.account()), (service, account));
            assert_eq!(entry.to_string(), text);
        }
        for wrong in [
            "",
            "/",
            "hunter2",
            "hunter2/",
            "/hunter2",
            " /hunter2",
            "hunter2/\n",
            "hunter2/a\0",
            "a\u{85}/hunter2",
        ] {
            let error = Entry::parse(wrong).unwrap_err();
            assert!(!error.to_string().contains("hunter2") && error.way_out().is_some(), "{error}");
        }
    }

    #[test]
    fn time_is_said_in_plain_words() {
        assert_eq!(seconds(Duration::from_secs(1)), "1 second");
        assert_eq!(seconds(Duration::from_mins(1)), "60 seconds");
        assert_eq!(seconds(Duration::from_millis(1500)), "1.5 seconds");
    }
}
