use std::path::{Path, PathBuf};
use std::process::ExitCode;

use venvars::engines::shell::Shell;
use venvars::model::project::Project;
use venvars::session::Session;
use venvars::session::allow;
use venvars::session::apply::{self, Application, Held, Which};
use venvars::words::cause::Cause;

use super::{Error, Global, Result, console};
use crate::edge::cli::{DiffOf, ScriptOptions as Options};
use crate::edge::progress::while_waiting;
use crate::edge::views::plan::{self as views, Deed};

/// `venvars apply`: the variables go into the activate scripts.
pub fn apply(global: &Global, options: &Options, strict: bool, force: bool) -> Result<ExitCode> {
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

/// `venvars remove`: the generator's own scripts are back. Needs no secrets.
pub fn remove(global: &Global, options: &Options) -> Result<()> {
    let project = global.project()?;
    let held = Held::take(&project, which(options)).map_err(|error| match error.cause() {
        // Nobody needs one for that.
        Cause::Missing(_) => error.hint("there is nothing to remove"),
        _ => error,
    })?;
    let application = held.plan_removal()?;
    finish(global, options, &application, Deed::Remove)
}

/// `apply` to these venvs after a change that another command made. A script that cannot be changed keeps no
/// other from it, and is the error.
pub(super) fn follow(global: &Global, session: &Session, venvs: &[PathBuf]) -> Result<()> {
    let application = prepare(session, Which { venvs, shells: &[] }, false)?;
    application.plan.carry_out()?;
    report(global, &application, &[], Deed::Apply, false)?;
    let active = application.plan.venvs.iter().find(|venv| views::is_active(venv));
    if let Some(venv) = active.filter(|_| application.plan.changes_anything()) {
        global.say(&views::next_step(venv));
    }
    application.broken()
}

fn which(options: &Options) -> Which<'_> {
    Which { venvs: &options.venvs.venv, shells: &options.shell }
}

/// What is to be written, with a warning for each thing that is wrong about it.
fn prepare(session: &Session, which: Which<'_>, force: bool) -> Result<Application> {
    let (application, warnings) = apply::prepare(session, which, force)?;
    for warning in &warnings {
        console::warn(warning);
    }
    Ok(application)
}

/// Writes it, or shows what would be written.
fn finish(global: &Global, options: &Options, application: &Application, deed: Deed) -> Result<()> {
    let Application { plan, wanted, .. } = application;
    if plan.errors().next().is_some() {
        plan.errors().for_each(console::complain);
        return Err(Error::refused("nothing was changed"));
    }
    let is_only_shown = options.dry_run || options.diff.is_some();
    if !is_only_shown {
        while_waiting("applying", || plan.carry_out())?;
    }
    if options.json {
        views::warn(plan, deed);
        return console::document(&views::as_json(plan, wanted)?);
    }
    report(global, application, &options.shell, deed, is_only_shown)?;
    match options.diff {
        Some(DiffOf::Variables) => console::table(&views::delta(plan, wanted)?)?,
        Some(DiffOf::Script) => {
            for script in &plan.scripts {
                console::show(&views::diff(script, &wanted[script.file.venv])?)?;
            }
        }
        None => {}
    }
    if let ([venv], Deed::Apply, false, true) =
        (&plan.venvs[..], deed, is_only_shown, plan.changes_anything())
    {
        global.say(&views::next_step(venv));
    }
    Ok(())
}

/// A line for each venv, and what its shells cannot hold.
fn report(
    global: &Global,
    application: &Application,
    asked: &[Shell],
    deed: Deed,
    is_only_shown: bool,
) -> Result<()> {
    let Application { plan, wanted, .. } = application;
    if !global.quiet {
        console::table(&views::report(plan, wanted, asked, deed, is_only_shown, global.verbose))?;
    }
    views::warn(plan, deed);
    Ok(())
}
