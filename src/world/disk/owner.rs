//! Whose a file is, and who else can change it: what others put there is not believed.

use std::fs::Metadata;
use std::path::Path;

#[cfg(unix)]
use crate::words::error::Error;
use crate::words::error::Result;
use crate::world::disk::open;
#[cfg(unix)]
use crate::world::disk::user;
#[cfg(unix)]
use crate::world::trust;

/// The content of `file`, if it is the user's own, and no link that somebody else has made; [`None`] if there is no such
/// file.
///
/// # Errors
/// As for [`open::read`] and [`check`].
pub fn read(file: &Path) -> Result<Option<Vec<u8>>> {
    let Some((opened, metadata)) = open::regular(file)? else { return Ok(None) };
    check(file, &metadata)?;
    if let Ok(link) = file.symlink_metadata() {
        check(file, &link)?;
    }
    open::content(file, opened).map(Some)
}

/// Refuses what belongs to somebody who is neither the user nor root; as root, nor who called sudo. In the folders
/// that [`trust`] covers, anybody's is as good.
///
/// # Errors
/// It does.
#[cfg(unix)]
pub fn check(path: &Path, metadata: &Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt;

    use crate::words::cause::Cause;
    use crate::words::message::shown_path;

    let owner = metadata.uid();
    let user = rustix::process::geteuid().as_raw();
    let is_own = owner == user || owner == 0 || user == 0 && user::sudo_user() == Some(owner);
    if is_own || trust::covers(path) || trust::believes(path, owner) {
        return Ok(());
    }
    let folder = if metadata.is_dir() { path } else { path.parent().unwrap_or(path) };
    let shown = shown_path(folder);
    let hint =
        format!("venvars -C {shown} allow, at a terminal; or, for one run: VENVARS_TRUST={shown} venvars …");
    Err(Error::from(Cause::Foreign { folder: folder.to_owned(), owner, user }).in_file(path).hint(hint))
}

/// Whether somebody else than the owner can change it: the group, unless it is the owner's alone (as umask 0002
/// has it on Ubuntu and Fedora), or everybody.
#[cfg(unix)]
#[must_use]
pub fn others_can_write(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    let mode = metadata.mode();
    mode & 0o002 != 0 || mode & 0o020 != 0 && !is_private(metadata.gid(), metadata.uid())
}

/// Whether the group `group` is that of the user `owner` and of nobody else.
#[cfg(unix)]
fn is_private(group: u32, owner: u32) -> bool {
    let (Some(group), Some(owner)) = (uzers::get_group_by_gid(group), uzers::get_user_by_uid(owner)) else {
        return false;
    };
    let is_own = owner.primary_group_id() == group.gid() && owner.name() == group.name();
    is_own && uzers::os::unix::GroupExt::members(&group).iter().all(|member| member == owner.name())
}

/// Other systems keep other users out of a user's folders by lists of their own.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the same form on every system")]
#[allow(clippy::missing_errors_doc, reason = "there are none")]
pub fn check(_path: &Path, _metadata: &Metadata) -> Result<()> {
    Ok(())
}

/// Whether somebody else can change it: not told here.
#[cfg(not(unix))]
#[must_use]
pub fn others_can_write(_metadata: &Metadata) -> bool {
    false
}
