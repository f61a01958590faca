//! One venvars at a time in a folder. The system drops the lock when the process ends, however.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A lock on a folder, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Waits until nobody else holds `folder`.
    ///
    /// On Unix the folder itself is locked (flock(2)), and nothing is left behind. Where a folder
    /// cannot be locked (Windows, some network file systems), an empty file in the user's own data
    /// folder stands for it.
    ///
    /// # Errors
    /// Neither can be locked.
    pub fn take(folder: &Path) -> Result<Self> {
        if cfg!(unix)
            && let Ok(file) = File::open(folder)
            && file.lock().is_ok()
        {
            return Ok(Self { _file: file });
        }
        let stand_in = stand_in(folder)?;
        let failed = |error| Error::io("lock", &stand_in, &error);
        if let Some(parent) = stand_in.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let file =
            File::options().create(true).truncate(false).write(true).open(&stand_in).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// The file that stands for `folder`, named after its path.
fn stand_in(folder: &Path) -> Result<PathBuf> {
    let folder = fs::canonicalize(folder).map_err(|error| Error::io("lock", folder, &error))?;
    let data = dirs::data_local_dir()
        .ok_or_else(|| Error::new("could not lock: the user has no data folder").in_file(&folder))?;
    let name: String =
        folder.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    // A file name holds 255 bytes; two long paths that end alike share a lock, which is safe.
    let tail = name.char_indices().rev().take(60).last().map_or(0, |(at, _)| at);
    Ok(data.join("venvars").join("locks").join(&name[tail..]))
}
