//! One venvars at a time in a folder. The system drops the lock when the process ends, however.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::words::error::{Error, Result};

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
        Self::take_saying(folder, || ())
    }

    /// The same; `say` is called once if somebody else holds it for longer than a write takes, as
    /// `venvars edit` does while the editor is open.
    ///
    /// # Errors
    /// As for [`Self::take`].
    pub fn take_saying(folder: &Path, say: impl Fn()) -> Result<Self> {
        if cfg!(unix)
            && let Ok(file) = File::open(folder)
            && lock(&file, &say).is_ok()
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
        lock(&file, &say).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// Waits for `file`, and says so after a second.
fn lock(file: &File, say: &impl Fn()) -> io::Result<()> {
    const STEP: Duration = Duration::from_millis(5);
    for _ in 0..200 {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::sleep(STEP),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    say();
    file.lock()
}

/// The file that stands for `folder`, named after its path.
fn stand_in(folder: &Path) -> Result<PathBuf> {
    let folder = super::canonical(folder).map_err(|error| Error::io("lock", folder, &error))?;
    let data = dirs::data_local_dir()
        .ok_or_else(|| Error::missing("could not lock: the user has no data folder").in_file(&folder))?;
    let name: String =
        folder.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    // A file name holds 255 bytes; two long paths that end alike share a lock, which is safe.
    let tail = name.char_indices().rev().take(60).last().map_or(0, |(at, _)| at);
    Ok(data.join("venvars").join("locks").join(&name[tail..]))
}
