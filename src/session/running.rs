//! A program in a virtual environment, as if that were activated.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::engines::shell::Shell;
use crate::model::project::Project;
use crate::model::venv::Venv;
use crate::session::allow;
use crate::session::plan::found::Scripts;
use crate::words::error::{Error, Result};
use crate::words::message::shown_path;
use crate::words::profile::Choice;
use crate::world::disk::{self, from_here};
use crate::world::program::child_on;
use crate::world::variables;

/// `program` as if a venv were activated: of the venvs that are `given`, or else of the project's, the only one, the
/// active one, or `.venv`. Beside it the profile that its scripts remember.
///
/// # Errors
/// There is no such venv, or it cannot stand on the `PATH`.
pub fn activated(program: &OsStr, project: &Project, given: &[PathBuf]) -> Result<(Command, Choice)> {
    let venv = one_venv(project, given)?;
    let folder =
        std::path::absolute(&venv.folder).map_err(|error| Error::io("find", &venv.folder, &error))?;
    let bin = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let old = variables::raw("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(bin).chain(env::split_paths(&old))).map_err(|_| {
        Error::unsupported("the venv's path contains a character that PATH cannot contain").in_file(&folder)
    })?;
    let mut child = child_on(program, &path);
    child.env("PATH", path).env_remove("PYTHONHOME");
    if let Some(name) = folder.file_name() {
        child.env("VIRTUAL_ENV_PROMPT", name);
    }
    child.env("VIRTUAL_ENV", folder);
    // A venv without scripts remembers none.
    let profile =
        Scripts::read(&[venv], &[Shell::Posix]).map(|scripts| scripts.profile(0)).unwrap_or_default();
    Ok((child, profile))
}

fn one_venv(project: &Project, given: &[PathBuf]) -> Result<Venv> {
    let mut venvs = allow::venvs(project, given).map_err(|error| match error.remedy() {
        Some(hint) if given.is_empty() => {
            let hint = format!("{hint}; or use --no-venv to run the command without one");
            error.hint(hint)
        }
        _ => error,
    })?;
    let active = variables::raw("VIRTUAL_ENV").and_then(|path| disk::canonical(Path::new(&path)).ok());
    let is_active = |venv: &Venv| active.is_some() && disk::canonical(&venv.folder).ok() == active;
    let is_usual = |venv: &Venv| venv.folder.file_name() == Some(OsStr::new(".venv"));
    let chosen = match venvs.len() {
        0 => return Err(Error::missing("no virtual environment found")),
        1 => Some(0),
        _ => venvs.iter().position(is_active).or_else(|| venvs.iter().position(is_usual)),
    };
    if let Some(index) = chosen {
        return Ok(venvs.swap_remove(index));
    }
    let options =
        venvs.iter().map(|venv| format!("--venv {}", shown_path(Path::new(&from_here(&venv.folder)))));
    let hint = format!("name one: {}", options.collect::<Vec<_>>().join(" or "));
    Err(Error::usage("several virtual environments found").in_file(&project.folder).hint(hint))
}
