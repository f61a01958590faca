//! The project: the folder that holds `secrets.toml`, and its settings.

mod declared;
pub mod example;
pub mod schema;
mod settings;

use std::env;
use std::path::{Path, PathBuf};

use crate::words::error::{Error, Result};
use crate::world::disk::{self, owner};

pub use declared::{Declared, Type};
pub use settings::{Mode, ScanSettings, Settings};

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
    /// `start` is not a folder, or the settings cannot be read or are wrong.
    pub fn find(start: &Path, secrets: Option<&Path>) -> Result<Self> {
        let (project, errors) = Self::find_in_part(start, secrets)?;
        Error::all(errors).map(|()| project)
    }

    /// The same, without settings that are not valid; also returns their errors.
    ///
    /// # Errors
    /// `start` is not a folder.
    pub fn find_in_part(start: &Path, secrets: Option<&Path>) -> Result<(Self, Vec<Error>)> {
        let start = disk::canonical(start).map_err(|error| Error::io("open", start, &error))?;
        if !start.is_dir() {
            return Err(Error::usage("not a directory").in_file(&start));
        }
        // What others can write to is a project only for who stands in it.
        let is_ours = |folder: &&Path| {
            **folder == *start || folder.metadata().is_ok_and(|metadata| !owner::others_can_write(&metadata))
        };
        for folder in start.ancestors().filter(is_ours) {
            let (settings, errors) = match settings::of(folder) {
                Ok(settings) => (settings, Vec::new()),
                Err(error) => (Some(Settings::default()), vec![error]),
            };
            if let Some(settings) = settings {
                return Ok((Self::new(folder, settings, secrets)?, errors));
            }
            if folder.join("secrets.toml").symlink_metadata().is_ok() || folder.join(".git").exists() {
                return Ok((Self::new(folder, Settings::default(), secrets)?, Vec::new()));
            }
        }
        Ok((Self::new(&start, Settings::default(), secrets)?, Vec::new()))
    }

    /// The settings that `folder` holds, if it holds any, in files whose texts `read` gives.
    ///
    /// # Errors
    /// They cannot be read, or are wrong.
    pub fn settings_of(
        folder: &Path,
        read: impl Fn(&Path) -> Result<Option<String>>,
    ) -> Result<Option<Settings>> {
        settings::of_texts(folder, read)
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

    /// `path` as it is written in the project's folder, wherever that is: for programs, and for what is remembered.
    #[must_use]
    pub fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.folder).unwrap_or(path)
    }
}
