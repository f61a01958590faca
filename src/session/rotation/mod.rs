//! Rotation: new values, the old ones put aside, and kept up where that is declared.

pub mod target;
pub mod turn;

use crate::model::secrets::Secrets;
use crate::model::venv;
use crate::session::Session;
use crate::session::plan::Scripts;
use crate::words::error::Result;
use crate::world::disk::real;

/// The venvs of the project that have been applied, for a change to reach them.
///
/// # Errors
/// As for [`Scripts::read`].
pub fn applied_venvs(session: &Session) -> Result<Vec<std::path::PathBuf>> {
    let project = session.project();
    // The user's own file is one layer of many projects, and no venv has it alone.
    let is_users = Secrets::of_user().is_some_and(|file| real(&file) == real(&project.secrets));
    // No venv is no fault here, and is told as such by `apply` itself.
    let venvs = if is_users { Vec::new() } else { venv::of_project(project, &[]).unwrap_or_default() };
    let scripts = Scripts::read(&venvs, &[])?;
    let applied = venvs.into_iter().enumerate().filter(|(index, _)| scripts.is_applied(*index));
    Ok(applied.map(|(_, venv)| venv.folder).collect())
}
