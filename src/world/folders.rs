//! The user's own folders: on every Unix, macOS too, those of the XDG Base Directory Specification
//! (<https://specifications.freedesktop.org/basedir-spec/>), so that the documentation names one path; on Windows the
//! system's, unless the variables of that specification name others.

use std::path::{Path, PathBuf};

use crate::world::disk::user;
use crate::world::variables;

/// `~/.config`, the folder for settings; `None` where there is no home.
#[must_use]
pub fn config() -> Option<PathBuf> {
    folder("XDG_CONFIG_HOME", ".config", dirs::config_dir)
}

/// `~/.local/state`, the folder for what is remembered; `None` where there is no home.
#[must_use]
pub fn state() -> Option<PathBuf> {
    kept(".local/state", || folder("XDG_STATE_HOME", ".local/state", dirs::data_local_dir))
}

/// The folder for what can be had again; `None` where there is no home.
#[must_use]
pub fn cache() -> Option<PathBuf> {
    kept(".cache", dirs::cache_dir)
}

/// A folder that venvars itself writes to: the user's `own`, or `beside` in root's home for whom sudo has made root.
fn kept(beside: &str, own: impl FnOnce() -> Option<PathBuf>) -> Option<PathBuf> {
    if cfg!(test) {
        // The tests of a room leave nothing in the home of who runs them.
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/home-of-tests");
        return std::path::absolute(home.join(beside)).ok();
    }
    user::home_of_root().map(|home| home.join(beside)).or_else(own)
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
