//! The folders that the user has said to be as good as his own.

use std::env;
use std::path::{Path, PathBuf};

use crate::world::disk;
use crate::world::variables;

/// A list of folders whose projects are believed, as a `PATH` is one: for CI, where nobody can be asked.
pub const TRUST: &str = "VENVARS_TRUST";

/// Whether `path` lies in a folder of [`TRUST`].
#[must_use]
pub fn covers(path: &Path) -> bool {
    let Some(list) = variables::raw(TRUST) else { return false };
    let path = disk::canonical(path).unwrap_or_else(|_| path.to_owned());
    env::split_paths(&list)
        // An empty entry would be the folder that one stands in.
        .filter(|folder: &PathBuf| folder.is_absolute())
        .filter_map(|folder| disk::canonical(&folder).ok())
        .any(|folder| path.starts_with(folder))
}
