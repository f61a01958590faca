//! What would become of every file of the venvs that is ours, whole or in part: all of it known before the first
//! byte is written. The kinds of files differ in what makes their content (scripts, so far); they are compared,
//! written and taken back alike, as `file.rs` has it.

pub mod file;
pub mod found;
pub mod script;

use std::path::PathBuf;

use crate::engines::shell::block::LeftOut;
use crate::session::plan::file::{FileState, PlannedFile};
use crate::session::plan::script::PlannedScript;
use crate::words::error::{Error, Result};

/// What becomes of the files of some venvs.
pub struct Plan {
    /// The activate scripts, by venv and name.
    pub scripts: Vec<PlannedScript>,
    /// What the shells of these scripts cannot hold.
    pub left_out: Vec<LeftOut>,
    /// The folders of the venvs, as they were named.
    pub venvs: Vec<PathBuf>,
}

impl Plan {
    /// The files of every kind.
    pub fn files(&self) -> impl Iterator<Item = &PlannedFile> {
        self.scripts.iter().map(|script| &script.file)
    }

    /// Whether carrying it out would change anything.
    #[must_use]
    pub fn changes_anything(&self) -> bool {
        self.files().any(|file| file.change.is_some())
    }

    /// What is wrong with files that cannot be changed, each once.
    pub fn errors(&self) -> impl Iterator<Item = &Error> {
        let mut errors: Vec<&Error> = Vec::new();
        for file in self.files() {
            if let FileState::Broken(error) = &file.state
                && !errors.iter().any(|known| known.is_same(error))
            {
                errors.push(error);
            }
        }
        errors.into_iter()
    }

    /// Writes every change.
    ///
    /// # Errors
    /// One could not be written; then each says what it did.
    pub fn carry_out(&self) -> Result<()> {
        file::write(&self.files().collect::<Vec<_>>())
    }
}
