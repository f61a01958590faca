//! The project: the folder that holds `secrets.toml`, and its settings.

mod declared;
mod settings;

use std::env;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

pub use declared::{Declared, Problem, Type};
pub use settings::{Mode, Scan, Settings};

/// A project.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder.
    pub folder: PathBuf,
    /// The secrets file.
    pub secrets: PathBuf,
    /// The settings.
    pub settings: Settings,
}

impl Project {
    /// Looks upwards from `start` for the project: the first folder with `secrets.toml`,
    /// `venvars.toml`, a `pyproject.toml` that has `[tool.venvars]`, or `.git`; else `start`
    /// itself. `secrets` (relative to the current folder) wins over the settings.
    ///
    /// # Errors
    /// `start` is no folder, or the settings cannot be read or are wrong.
    pub fn find(start: &Path, secrets: Option<&Path>) -> Result<Self> {
        let start = std::fs::canonicalize(start).map_err(|error| Error::io("open", start, &error))?;
        if !start.is_dir() {
            return Err(Error::new("this is no folder").in_file(&start));
        }
        for folder in start.ancestors() {
            if let Some(settings) = settings::of(folder)? {
                return Self::new(folder, settings, secrets);
            }
            if folder.join("secrets.toml").symlink_metadata().is_ok() || folder.join(".git").exists() {
                return Self::new(folder, Settings::default(), secrets);
            }
        }
        Self::new(&start, Settings::default(), secrets)
    }

    fn new(folder: &Path, settings: Settings, secrets: Option<&Path>) -> Result<Self> {
        let secrets = match (secrets, &settings.secrets) {
            (Some(given), _) => env::current_dir()
                .map_err(|error| Error::io("find the current folder for", given, &error))?
                .join(given),
            (None, Some(set)) => folder.join(set),
            (None, None) => folder.join("secrets.toml"),
        };
        Ok(Self { folder: folder.to_owned(), secrets, settings })
    }

    /// `path` as a person in this project would write it.
    #[must_use]
    pub fn shown<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.folder).unwrap_or(path)
    }
}
