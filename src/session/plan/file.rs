//! A file of a venv that is ours, whole or in part, of whatever kind: as it is, as it should be, and writing it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zeroize::Zeroizing;

use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::world::disk::replace::{self, Replacement};
use crate::world::disk::{self, owner};

/// How a file stands to what it should be.
#[derive(Debug)]
pub enum FileState {
    /// It is just that.
    InSync,
    /// It has something of ours, but other than it should be.
    OutOfDate,
    /// It has nothing of ours and should have something.
    NotApplied,
    /// It cannot be changed, and why.
    Broken(Error),
    /// It is left alone, and why.
    LeftAlone(String),
}

/// A file's new content.
pub struct Change {
    /// What is there now.
    pub before: Zeroizing<Vec<u8>>,
    /// What is to be there.
    pub after: Zeroizing<Vec<u8>>,
    /// The permissions to set, where they are to change.
    pub mode: Option<u32>,
}

/// What becomes of a file.
pub struct PlannedFile {
    /// Its path inside the venv's folder as it was named.
    pub path: PathBuf,
    /// The file that it leads to, if it is a symbolic link.
    target: PathBuf,
    /// Which of the venvs it belongs to.
    pub venv: usize,
    /// How it stands.
    pub state: FileState,
    /// What is to change; nothing unless the state is out of date or not applied.
    pub change: Option<Change>,
    /// When the secrets were changed, if that was after the file was, and its content is right all
    /// the same: else it would go on saying that it is older.
    refresh: Option<SystemTime>,
}

/// A file as it is now.
pub(super) struct FoundFile {
    /// The file that it leads to, if it is a symbolic link.
    pub target: PathBuf,
    pub content: Zeroizing<Vec<u8>>,
    /// Its permissions, where the file system keeps such.
    pub mode: Option<u32>,
    pub modified: Option<SystemTime>,
}

/// What a file is to be.
pub(super) struct Goal {
    pub content: Zeroizing<Vec<u8>>,
    /// Its permissions, where the file system keeps such.
    pub mode: Option<u32>,
    /// Whether it has something of ours already.
    pub is_applied: bool,
    /// When what it is made of was changed, where the file itself says that it is older than that.
    pub made_of: Option<SystemTime>,
}

impl FoundFile {
    /// Reads the regular file that `path` is; a link is followed only to a file inside `folder`, which has none.
    pub fn read(path: &Path, folder: &Path) -> Result<Self> {
        let target = target(path, folder)?;
        let failed = |error| Error::io("read", path, &error);
        let content = owner::read(&target)?.map(Zeroizing::new).ok_or_else(|| Error::no_file(path))?;
        let metadata = fs::metadata(&target).map_err(failed)?;
        let (mode, modified) = (disk::mode(&target, &metadata), metadata.modified().ok());
        Ok(Self { target, content, mode, modified })
    }
}

fn target(path: &Path, folder: &Path) -> Result<PathBuf> {
    // The folder that the file is in can be the link as well as the file.
    let target = disk::canonical(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Error::missing("broken link").in_file(path).hint("recreate the virtual environment")
        }
        _ => Error::io("open", path, &error),
    })?;
    if target.starts_with(folder) {
        Ok(if path.is_symlink() { target } else { path.to_owned() })
    } else {
        Err(Error::from(Cause::LeadsOutside).in_file(path).hint("recreate the virtual environment"))
    }
}

impl PlannedFile {
    /// What makes of `found`, the file of the venv `venv` at `path`, what it is to be.
    pub(super) fn new(path: PathBuf, venv: usize, found: FoundFile, goal: Goal) -> Self {
        let FoundFile { target, content: before, mode, modified } = found;
        let mode_change = goal.mode.filter(|_| goal.mode != mode);
        if goal.content == before && mode_change.is_none() {
            let refresh = goal.made_of.filter(|made_of| modified.is_some_and(|modified| *made_of > modified));
            return Self { path, target, venv, state: FileState::InSync, change: None, refresh };
        }
        let change = Change { before, after: goal.content, mode: mode_change };
        let state = if goal.is_applied { FileState::OutOfDate } else { FileState::NotApplied };
        Self { path, target, venv, state, change: Some(change), refresh: None }
    }

    /// The file of the venv `venv` at `path`, which is unchanged.
    pub(super) fn unchanged(path: PathBuf, venv: usize, state: FileState) -> Self {
        Self { target: path.clone(), path, venv, state, change: None, refresh: None }
    }
}

/// Writes every change of `files`, or none.
///
/// # Errors
/// One could not be written; then each says what it did.
pub(super) fn write(files: &[&PlannedFile]) -> Result<()> {
    for file in files {
        if let Some(made_of) = file.refresh {
            let failed = |error| Error::io("touch", &file.path, &error);
            let open = fs::File::options().append(true).open(&file.target).map_err(failed)?;
            open.set_modified(SystemTime::now().max(made_of)).map_err(failed)?;
        }
    }
    let changes = files.iter().filter_map(|file| Some((file, file.change.as_ref()?)));
    let replacements: Vec<_> = changes
        .map(|(file, change)| Replacement { file: &file.target, content: &change.after, mode: change.mode })
        .collect();
    replace::all(&replacements)
}
