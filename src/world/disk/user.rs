//! Who runs this.

use std::fs::Metadata;

/// Whether a file belongs to whoever runs this. Where there are no such owners, all do.
#[must_use]
#[cfg(unix)]
pub fn is_own(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw()
}

/// The same: all do.
#[cfg(not(unix))]
pub fn is_own(_metadata: &Metadata) -> bool {
    true
}

/// The user who became root by sudo(8).
#[cfg(unix)]
#[must_use]
pub fn sudo_user() -> Option<u32> {
    crate::world::variables::text("SUDO_UID")?.parse().ok()
}

/// The home of root, where sudo made this process root: its variables may still be the other user's.
#[cfg(unix)]
#[must_use]
pub fn home_of_root() -> Option<std::path::PathBuf> {
    use uzers::os::unix::UserExt;

    let is_by_sudo = rustix::process::geteuid().is_root() && sudo_user().is_some_and(|user| user != 0);
    let home = || uzers::get_user_by_uid(0).map_or_else(|| "/root".into(), |root| root.home_dir().to_owned());
    is_by_sudo.then(home)
}

/// The same: there is no sudo.
#[cfg(not(unix))]
#[must_use]
pub fn home_of_root() -> Option<std::path::PathBuf> {
    None
}
