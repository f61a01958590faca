//! The backups of a project that was moved.

use std::fs;
use std::path::{Path, PathBuf};

use crate::session::backups::lost::values;
use crate::session::backups::{Backup, Backups, hash};
use crate::words::error::{Error, Result};
use crate::world::state;

impl Backups {
    /// Copies the backups of a project that was moved here: the newest is `text`, which the file says, and the file
    /// that it is of is gone. That project may come back, and where there is no value it may be any.
    ///
    /// # Errors
    /// They cannot be copied.
    pub(super) fn adopt(&mut self, text: &[u8]) -> Result<()> {
        let Some(kind) = self.folder.parent().filter(|_| !self.folder.exists() && !values(text).is_empty())
        else {
            return Ok(());
        };
        let end = format!("-{}", hash(text));
        let files = |folder: &Path| -> Vec<PathBuf> {
            fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect()
        };
        for folder in files(kind) {
            let newest = files(&folder).into_iter().max();
            let Some(file) = newest.filter(|file| file.to_string_lossy().ends_with(&end)) else { continue };
            let note = Backup { file, at: 0, hash: String::new() }.read();
            if note.is_ok_and(|(note, _)| note.path.symlink_metadata().is_err()) {
                let failed = |error| Error::io("copy", &folder, &error);
                let copy =
                    tempfile::Builder::new().prefix(state::UNFINISHED).tempdir_in(kind).map_err(failed)?;
                for file in files(&folder) {
                    fs::copy(&file, copy.path().join(file.file_name().unwrap_or_default()))
                        .map_err(failed)?;
                }
                fs::rename(copy.path(), &self.folder).map_err(failed)?;
                *self = Self::of(&self.of)?;
                break;
            }
        }
        Ok(())
    }
}
