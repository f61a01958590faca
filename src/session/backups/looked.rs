//! What is to be said of a secrets file before anything else: it was replaced, or is gone.

use std::path::Path;

use crate::model::project::Project;
use crate::session::backups::{Backup, Backups, is_link_of_git, present};
use crate::words::error::Error;
use crate::words::message::shown_path;
use crate::world::disk::from_here;
use crate::world::git::{self, Standing};

/// Keeps what the secrets file `file` says now, and tells what is to be said of it first: it cannot be kept, or was
/// replaced or deleted by somebody else. With `is_quick` nothing waits for the disk.
#[must_use]
pub fn look(file: &Path, is_quick: bool) -> Vec<Error> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unkept = |error: Error| vec![error.context(format!("{name} is not backed up"))];
    let mut backups = match Backups::of(file) {
        Ok(backups) => backups,
        Err(error) => return unkept(error),
    };
    // Why it cannot be read, the command says.
    let Ok(text) = present(file) else { return Vec::new() };
    let Some(text) = text else {
        let is_gone = file.symlink_metadata().is_err() && !backups.all.is_empty();
        let gone = || {
            Error::missing(format!("{name} is missing, and venvars has a backup of it"))
                .hint("venvars restore")
        };
        return is_gone.then(gone).into_iter().collect();
    };
    let kept = backups.adopt(&text);
    let count = backups.all.len();
    if let Err(error) = kept.and_then(|()| backups.keep(&text, &[], false, !is_quick)) {
        return unkept(error);
    }
    if !is_quick && backups.all.len() > count {
        backups.prune();
    }
    let note = match backups.all.first().map(Backup::read).transpose() {
        Ok(note) => note.map(|(note, _)| note).unwrap_or_default(),
        Err(error) => return vec![error],
    };
    if note.is_replaced && git::standing(file).is_ok_and(|standing| standing == Standing::Tracked) {
        return vec![replaced(file, "file")];
    }
    Vec::new()
}

/// `error`, which reading the secrets of `project` gave; if there are none, with the command that brings them back or
/// makes some.
#[must_use]
pub fn or_made(project: &Project, error: Error) -> Error {
    let file = &project.secrets;
    if file.symlink_metadata().is_ok() {
        return error;
    }
    let usual = project.settings.secrets.as_deref().unwrap_or(Path::new("secrets.toml"));
    let option = if project.folder.join(usual) == *file {
        String::new()
    } else {
        format!(" --secrets {}", shown_path(Path::new(&from_here(file))))
    };
    let is_kept = Backups::of(file).is_ok_and(|backups| !backups.all.is_empty());
    let way = if is_kept { "restore` brings it back" } else { "init` creates it" };
    error.hint(format!("`venvars{option} {way}"))
}

/// What is to be said first of a secrets file that may not be read: git has put a link in its place.
#[must_use]
pub fn look_unread(file: &Path) -> Option<Error> {
    let newest = Backups::of(file).ok()?.all.first()?.read().ok()?.0;
    (!newest.is_tracked && is_link_of_git(file)).then(|| replaced(file, "link"))
}

/// That git has put another thing, `what`, in the place of the secrets file `file`.
fn replaced(file: &Path, what: &str) -> Error {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let error = format!("git replaced {name} with a tracked {what}; the previous content is in the backup");
    Error::conflict(error).hint("venvars restore")
}
