//! The user's own folders: on every Unix, macOS too, those of the XDG Base Directory Specification
//! (<https://specifications.freedesktop.org/basedir-spec/>), so that the documentation names one path; on Windows the
//! system's, unless the variables of that specification name others.

use std::path::PathBuf;

use crate::world::variables;

/// `~/.config`, the folder for settings; `None` where there is no home.
#[must_use]
pub fn config() -> Option<PathBuf> {
    folder("XDG_CONFIG_HOME", ".config", dirs::config_dir)
}

/// `~/.local/state`, the folder for what is remembered; `None` where there is no home.
#[must_use]
pub fn state() -> Option<PathBuf> {
    folder("XDG_STATE_HOME", ".local/state", dirs::data_local_dir)
}

/// The folder that the environment variable `name` names, which has to be absolute, else `beside` in the user's home or,
/// on Windows, the system's.
fn folder(name: &str, beside: &str, of_windows: fn() -> Option<PathBuf>) -> Option<PathBuf> {
    let own = || if cfg!(windows) { of_windows() } else { Some(dirs::home_dir()?.join(beside)) };
    named(name).or_else(own)
}

/// The folder that the environment variable `name` names, if it is an absolute path.
#[must_use]
pub fn named(name: &str) -> Option<PathBuf> {
    variables::filled(name).map(PathBuf::from).filter(|folder| folder.is_absolute())
}
