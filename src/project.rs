//! The project: the folder that holds `secrets.toml`, and its settings.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Position, Result};
use crate::nearest;

/// The settings, as they stand in `[tool.venvars]` of `pyproject.toml` or in `venvars.toml`.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The virtual environments, relative to the project.
    #[serde(default, deserialize_with = "one_or_many")]
    pub venv: Vec<PathBuf>,
    /// The secrets file, relative to the project.
    pub secrets: Option<PathBuf>,
}

/// Every key of [`Settings`].
const KEYS: [&str; 2] = ["secrets", "venv"];

fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a path or a list of paths")]
    enum OneOrMany {
        One(PathBuf),
        Many(Vec<PathBuf>),
    }
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(path) => vec![path],
        OneOrMany::Many(paths) => paths,
    })
}

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
    /// The project that `start` lies in: upwards, the first folder with `secrets.toml`,
    /// `venvars.toml`, a `pyproject.toml` that has `[tool.venvars]`, or `.git`; else `start`
    /// itself. `secrets` (relative to the current folder) wins over the settings.
    ///
    /// # Errors
    /// `start` is no folder, or the settings cannot be read or are wrong.
    pub fn find(start: &Path, secrets: Option<&Path>) -> Result<Self> {
        let start = fs::canonicalize(start).map_err(|error| Error::io("open", start, &error))?;
        if !start.is_dir() {
            return Err(Error::new("this is no folder").in_file(&start));
        }
        for folder in start.ancestors() {
            if let Some(settings) = settings(folder)? {
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

/// A `pyproject.toml`, as far as it concerns us.
#[derive(Deserialize)]
struct Pyproject {
    #[serde(default)]
    tool: Tool,
}

#[derive(Default, Deserialize)]
struct Tool {
    venvars: Option<Settings>,
}

/// The settings that `folder` holds, if it holds any.
fn settings(folder: &Path) -> Result<Option<Settings>> {
    let file = folder.join("venvars.toml");
    if let Some(text) = read(&file)? {
        return parse::<Settings>(&file, &text).map(Some);
    }
    let file = folder.join("pyproject.toml");
    match read(&file)? {
        // The file is other tools' as well: it is ours to judge only if it speaks of us.
        Some(text) if text.contains("venvars") => {
            parse::<Pyproject>(&file, &text).map(|pyproject| pyproject.tool.venvars)
        }
        _ => Ok(None),
    }
}

fn read(file: &Path) -> Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => Ok(None),
        Err(error) => Err(Error::io("read", file, &error)),
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &Path, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().next().unwrap_or("this is no TOML").to_owned();
        let told = Error::new(message).in_file(file).at(Position::of(text, span.start));
        match text.get(span).and_then(|key| nearest(key, KEYS)) {
            Some(near) => told.hint(format!("did you mean {near}?")),
            None => told.hint(format!("the keys are {}", KEYS.join(", "))),
        }
    })
}
