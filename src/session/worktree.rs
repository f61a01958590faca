//! Working trees that were added to a repository.

use crate::model::project::Project;
use crate::session::allow;
use crate::words::error::Result;
use crate::world::git;
use crate::world::git::repository::Repository;

/// `project` with the secrets of the main working tree, if it lies in one that was added and has none itself:
/// git ignores the file, so it is in one of them, and its values leak from all.
///
/// # Errors
/// git cannot be asked; or that file lies outside of the main working tree, and nobody has allowed it.
pub fn with_secrets(mut project: Project) -> Result<Project> {
    if !project.secrets.exists()
        && let Some(repository) = Repository::around(&project.folder).map(Repository::at_top)
        && let Ok(below) = project.folder.strip_prefix(repository.folder())
        && let Some(main) = git::main_worktree(repository.folder())?.map(|main| main.join(below))
        && let Ok(main) = Project::find(&main, None)
        && main.secrets.exists()
    {
        allow::require_secrets(&main)?;
        project.secrets = main.secrets;
    }
    Ok(project)
}
