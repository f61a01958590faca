//! Virtual environments: which ones belong to a project, and their activate scripts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::model::project::Project;
use crate::words::error::{Error, Result};
use crate::words::system::HERE;
use crate::world::disk::{self, owner};
use crate::world::variables;

/// A virtual environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venv {
    /// Its folder, as it was named.
    pub folder: PathBuf,
    /// Whether the user has named it, and not only the project.
    pub is_chosen: bool,
}

impl Venv {
    /// The venv in `folder`.
    ///
    /// # Errors
    /// There is no `pyvenv.cfg` in it, or it belongs to another user.
    pub fn open(folder: &Path) -> Result<Self> {
        if !is_venv(folder) {
            let message = if folder.exists() {
                "not a virtual environment: there is no pyvenv.cfg"
            } else {
                "no such virtual environment"
            };
            return Err(Error::missing(message)
                .in_file(folder)
                .hint(format!("create it: {}", HERE.new_venv(folder, false))));
        }
        let metadata = fs::metadata(folder).map_err(|error| Error::io("read", folder, &error))?;
        owner::check(folder, &metadata)?;
        Ok(Self { folder: folder.to_owned(), is_chosen: true })
    }

    /// The folders of scripts that the venv has: `bin`, on Windows `Scripts`.
    #[must_use]
    pub fn script_folders(&self) -> Vec<PathBuf> {
        ["bin", "Scripts"]
            .iter()
            .map(|name| self.folder.join(name))
            .filter(|folder| folder.is_dir())
            .collect()
    }
}

impl Venv {
    /// The folder that its scripts activate, if that is gone: the venv was moved, which none outlives.
    #[must_use]
    pub fn moved_from(&self) -> Option<PathBuf> {
        let file = self
            .script_folders()
            .into_iter()
            .map(|folder| folder.join("activate"))
            .find(|file| file.is_file())?;
        let text = String::from_utf8_lossy(&owner::read(&file).ok()??).into_owned();
        let mut named = text.lines().filter_map(|line| {
            let line = line.trim();
            let value = line.strip_prefix("export ").unwrap_or(line).strip_prefix("VIRTUAL_ENV=")?;
            let value = value.trim_matches(['"', '\'']);
            // Some ask for it when they run.
            (Path::new(value).is_absolute() && !value.contains('$')).then(|| PathBuf::from(value))
        });
        named.next_back().filter(|folder| !folder.exists())
    }
}

fn is_venv(folder: &Path) -> bool {
    folder.join("pyvenv.cfg").is_file()
}

/// The venvs of `project`: those `given` (relative to the current folder), else those of the
/// settings, else `$UV_PROJECT_ENVIRONMENT`, else every venv directly inside the project, else
/// `$VIRTUAL_ENV`. One that has several names is there once, under the first.
///
/// # Errors
/// There is none, or one that was named is none, or belongs to another user.
pub fn of_project(project: &Project, given: &[PathBuf]) -> Result<Vec<Venv>> {
    let (is_chosen, mut named) = if given.is_empty() { named(project)? } else { (true, given.to_vec()) };
    let mut known = BTreeSet::new();
    named.retain(|folder| known.insert(disk::real(folder)));
    if named.is_empty() {
        return Err(Error::missing("no virtual environment found in this project")
            .in_file(&project.folder)
            .hint(Manager::of(&project.folder).hint(&project.folder)));
    }
    named.iter().map(|folder| Ok(Venv { is_chosen, ..Venv::open(folder)? })).collect()
}

/// The one of the venvs of `project` that was just created in `folder`; [`None`] if that is none of them.
///
/// # Errors
/// As for [`Venv::open`].
pub fn created(project: &Project, folder: &Path) -> Result<Option<Venv>> {
    let (is_chosen, named) = named(project)?;
    let Ok(created) = disk::canonical(folder) else { return Ok(None) };
    let own = named.iter().find(|folder| disk::canonical(folder).is_ok_and(|folder| folder == created));
    own.map(|folder| Ok(Venv { is_chosen, ..Venv::open(folder)? })).transpose()
}

/// The folders of the venvs of `project` where none are given; first, whether the user has named them.
fn named(project: &Project) -> Result<(bool, Vec<PathBuf>)> {
    Ok(if !project.settings.venv.is_empty() {
        (false, project.settings.venv.iter().map(|path| project.folder.join(path)).collect())
    } else if let Some(path) = variables::filled("UV_PROJECT_ENVIRONMENT") {
        (true, vec![project.folder.join(path)])
    } else {
        let inside = inside(&project.folder)?;
        match variables::filled("VIRTUAL_ENV") {
            Some(active) if inside.is_empty() => (true, vec![active.into()]),
            _ => (false, inside),
        }
    })
}

/// What keeps the venv of a project, as far as its files say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// Poetry.
    Poetry,
    /// Pipenv.
    Pipenv,
    /// Hatch.
    Hatch,
    /// uv.
    Uv,
    /// The user.
    User,
}

impl Manager {
    /// That of the project in `folder`.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let has = |name: &str| folder.join(name).is_file();
        let settings = fs::read_to_string(folder.join("pyproject.toml")).unwrap_or_default();
        if has("poetry.lock") || settings.contains("[tool.poetry") {
            Self::Poetry
        } else if has("Pipfile") {
            Self::Pipenv
        } else if settings.contains("[tool.hatch") {
            Self::Hatch
        } else if has("uv.lock") {
            Self::Uv
        } else {
            Self::User
        }
    }

    /// The option that names the venv, which is kept outside the project.
    #[must_use]
    pub fn option(self) -> Option<&'static str> {
        match self {
            Self::Poetry => Some("--venv \"$(poetry env info --path)\""),
            Self::Pipenv => Some("--venv \"$(pipenv --venv)\""),
            Self::Hatch => Some("--venv \"$(hatch env find)\""),
            Self::Uv | Self::User => None,
        }
    }

    /// The command that creates `.venv` in the project.
    #[must_use]
    pub fn creation(self) -> String {
        if self == Self::Uv { "uv sync".to_owned() } else { HERE.new_venv(Path::new(".venv"), false) }
    }

    /// How to come to a venv of the project in `folder`, for a command that needs one.
    fn hint(self, folder: &Path) -> String {
        match (self, self.option()) {
            (Self::Poetry, Some(option)) => {
                format!("add {option}; `poetry config virtualenvs.in-project true` keeps it in the project")
            }
            (_, Some(option)) => format!("add {option}"),
            (Self::Uv, None) => format!("create one: {}", self.creation()),
            (_, None) => {
                let venv = disk::from_here(&folder.join(".venv"));
                format!("create one: {}, or use --venv DIR", HERE.new_venv(Path::new(&venv), false))
            }
        }
    }
}

/// Every venv directly inside `folder`, by name.
fn inside(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error| Error::io("read", folder, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if is_venv(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
