use std::path::Path;
use std::process::ExitCode;

use venvars::model::project::Project;
use venvars::session::allow;
use venvars::words::error::Result;

use crate::edge::cli::{Global, ScriptOptions};
use crate::edge::scripts::{finish, prepare, which};
use crate::edge::views::plan::Deed;

/// `venvars apply`: the variables go into the activate scripts.
pub fn run(global: &Global, options: &ScriptOptions, strict: bool, force: bool) -> Result<ExitCode> {
    let session = global.asked()?;
    let application = prepare(&session, which(options), force)?;
    finish(global, options, &application, Deed::Apply)?;
    Ok(ExitCode::from(u8::from(strict && !application.plan.left_out.is_empty())))
}

/// Whether the environment that was just created in `folder` is none of the project's, or that has no secrets.
pub fn is_foreign(global: &Global, folder: &Path) -> Result<bool> {
    // What is wrong with the settings is for `apply` to say, if it comes to that.
    let (project, _) = Project::find_in_part(global.start(), global.secrets.as_deref())?;
    Ok(project.secrets.symlink_metadata().is_err() || allow::created(&project, folder)?.is_none())
}
