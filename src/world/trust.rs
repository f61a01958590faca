//! The folders that the user has said to be as good as his own.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::words::error::Result;
use crate::world::disk;
use crate::world::state;
use crate::world::variables;

/// A list of folders whose projects are believed, as a `PATH` is one: for CI, where nobody can be asked.
pub const TRUST: &str = "VENVARS_TRUST";

/// Whether `path` lies in a folder of [`TRUST`].
#[must_use]
pub fn covers(path: &Path) -> bool {
    if cfg!(test) {
        return true;
    }
    let Some(list) = variables::raw(TRUST) else { return false };
    let path = disk::canonical(path).unwrap_or_else(|_| path.to_owned());
    env::split_paths(&list)
        // An empty entry would be the folder that one stands in.
        .filter(|folder: &PathBuf| folder.is_absolute())
        .filter_map(|folder| disk::canonical(&folder).ok())
        .any(|folder| path.starts_with(folder))
}

/// Where it is remembered that the user believes what belongs to another one.
const KIND: &str = "owners";

/// Whether the user has said to believe what the user `owner` has put into a folder that `path` lies in.
#[must_use]
pub fn believes(path: &Path, owner: u32) -> bool {
    let path = disk::canonical(path).unwrap_or_else(|_| path.to_owned());
    let said = |folder: &Path| state::read(&state::place(KIND, folder)?);
    path.ancestors()
        .any(|folder| matches!(said(folder), Ok(Some(said)) if *said == owner.to_string().into_bytes()))
}

/// Remembers that the user believes what the user `owner` puts into `folder`.
///
/// # Errors
/// It cannot be written.
pub fn believe(folder: &Path, owner: u32) -> Result<()> {
    state::write(&state::place(KIND, folder)?, owner.to_string().as_bytes(), true)
}

/// Forgets what [`believe`] remembers of `folder`; tells whether there was anything.
///
/// # Errors
/// The user has no home.
pub fn doubt(folder: &Path) -> Result<bool> {
    Ok(fs::remove_file(state::place(KIND, folder)?).is_ok())
}
