//! The Secret Service of a session bus: Linux and the BSDs.

use std::collections::HashMap;
use std::path::Path;

use dbus_secret_service::Error as Service;
pub use dbus_secret_service_keyring_store::Store;
use keyring_core::{CredentialStore, Error as Fault};

use super::entry::KeyringEntry;
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::world::variables;

/// Asked first because libdbus would otherwise start `dbus-launch` to look for a bus.
/// Where the bus is: <https://dbus.freedesktop.org/doc/dbus-daemon.1.html>, sd-bus(3).
pub fn reachable() -> Result<()> {
    let address = variables::filled("DBUS_SESSION_BUS_ADDRESS");
    let socket = variables::filled("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("bus"));
    if address.is_some() || socket.is_some_and(|socket| socket.exists()) {
        return Ok(());
    }
    Err(no_keyring("no session bus (DBUS_SESSION_BUS_ADDRESS is not set)").hint(
        "run it in the desktop's session; without one, `dbus-run-session` and a keyring daemon make one, \
         or encrypt the value with age",
    ))
}

pub fn build(store: &CredentialStore, entry: &KeyringEntry) -> Result<keyring_core::Entry, Fault> {
    let label = entry.to_string();
    store.build(entry.service(), entry.account(), Some(&HashMap::from([("label", label.as_str())])))
}

pub fn how_to_store(entry: &KeyringEntry) -> String {
    format!("`secret-tool store --label={} {}`", quoted(&entry.to_string()), attributes(entry))
}

pub fn how_to_tell(entry: &KeyringEntry) -> String {
    format!("`secret-tool search --all {}` shows them, with their values; keep one", attributes(entry))
}

fn attributes(entry: &KeyringEntry) -> String {
    format!("service {} username {}", quoted(entry.service()), quoted(entry.account()))
}

/// Ready to be pasted into a shell.
fn quoted(word: &str) -> String {
    shell_escape::unix::escape(word.into()).into_owned()
}

fn no_keyring(why: &str) -> Error {
    Error::missing(format!("no keyring: {why}"))
}

pub fn explain(entry: &KeyringEntry, cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
    let none = |why| {
        no_keyring(why).hint("start one: GNOME Keyring, KWallet or KeePassXC; or encrypt the value with age")
    };
    let locked = || {
        Error::from(Cause::KeyringLocked(entry.to_string()))
            .hint("unlock it (log in to the desktop, or answer its prompt), and try again")
    };
    let bus = match cause.downcast_ref::<Service>() {
        Some(Service::Locked | Service::Prompt) => return locked(),
        Some(Service::NoResult) => {
            return Error::service(format!("the keyring has no default collection to put {entry} into"))
                .hint("make one in the keyring's own program (Seahorse, KWalletManager, KeePassXC)");
        }
        Some(Service::Dbus(error)) => error.name().unwrap_or_default(),
        _ => return Error::service(format!("the keyring gave an answer about {entry} that makes no sense")),
    };
    // The names: <https://dbus.freedesktop.org/doc/dbus-specification.html#standard-messages>
    // and <https://specifications.freedesktop.org/secret-service-spec/latest/errors.html>.
    match bus.rsplit('.').next().unwrap_or_default() {
        "ServiceUnknown" | "NameHasNoOwner" => none("nothing offers the Secret Service on this session bus"),
        name if name.starts_with("Spawn") => {
            none("the Secret Service of this session bus could not be started")
        }
        "NoServer" | "FileNotFound" | "Disconnected" | "BadAddress" | "AuthFailed" | "AccessDenied"
        | "NotSupported" => no_keyring("the session bus cannot be reached").hint(
            "DBUS_SESSION_BUS_ADDRESS names a bus that is not there or not yours: log in anew, or run it in \
             the desktop's session",
        ),
        "IsLocked" => locked(),
        "NoReply" | "Timeout" | "TimedOut" => {
            Error::from(Cause::KeyringSilent { entry: entry.to_string(), within: String::new() })
                .hint("the keyring's daemon may hang: restart it, and try again")
        }
        _ => Error::service(format!("the keyring refused to answer about {entry} ({bus})")),
    }
}
