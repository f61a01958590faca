//! What could leak or break, and the remedy for each: nothing here changes anything.

mod cloud;
mod examine;
mod histories;
mod names;
mod places;

use std::path::{Path, PathBuf};

use crate::session::ignore::{ignore, ignore_with_copies};
use crate::words::error::{Error, Result};
use crate::world::disk::lock::Lock;

pub use examine::examine;
pub use places::private;

/// Something that could leak or break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What it is, without any value.
    pub what: String,
    /// What a person does about it; empty where nobody can say.
    pub remedy: String,
    /// What `--fix` does about it, where it can be done without a person's judgement.
    pub fix: Option<Fix>,
    /// Whether all is well without it too.
    pub is_advice: bool,
}

/// A remedy that needs no judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    /// Only its owner may read this file.
    Private(PathBuf),
    /// git is to ignore this folder.
    Ignore(PathBuf),
    /// git is to ignore this file, and what editors leave beside it.
    IgnoreCopies(PathBuf),
    /// What a killed process left of a file is to go.
    Delete(PathBuf),
    /// The scripts are to be brought up to date.
    Apply,
}

impl Fix {
    /// Mends it; `apply` brings the scripts up to date.
    ///
    /// # Errors
    /// It cannot be fixed so.
    pub fn carry_out(&self, apply: impl FnOnce() -> Result<()>) -> Result<()> {
        match self {
            Self::Private(file) => places::private(file),
            Self::Ignore(path) => ignore(path).map(drop),
            Self::IgnoreCopies(file) => ignore_with_copies(file).map(drop),
            Self::Delete(left) => {
                // Whoever holds the lock is writing it.
                let _lock = Lock::take(left.parent().unwrap_or(Path::new(".")))?;
                std::fs::remove_file(left).map_err(|error| Error::io("delete", left, &error))
            }
            Self::Apply => apply(),
        }
    }
}

impl Trouble {
    /// Something that a person has to fix.
    #[must_use]
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into(), fix: None, is_advice: false }
    }

    /// What an error says, and its way out.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        Self::new(format!("{error:#}"), error.remedy().unwrap_or_default())
    }

    /// The same, fixed by `fix`.
    #[must_use]
    pub fn fixed_by(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// The same, as advice.
    #[must_use]
    pub fn as_advice(mut self) -> Self {
        self.is_advice = true;
        self
    }
}
