use std::path::PathBuf;
use std::process::ExitCode;

use venvars::model::project::Project;
use venvars::session::Session;
use venvars::session::apply::{self, Application, Held, Which};
use venvars::session::plan::Plan;

use super::{Error, Global, Result, console};
use crate::edge::cli::ScriptOptions as Options;
use crate::edge::views::plan as views;

/// `venvars apply`: the variables go into the activate scripts.
pub fn apply(global: &Global, options: &Options, strict: bool, force: bool) -> Result<ExitCode> {
    let session = global.asked()?;
    let application = prepare(&session, which(options), force)?;
    finish(global, session.project(), options, &application, "applied")?;
    Ok(ExitCode::from(u8::from(strict && !application.plan.left_out.is_empty())))
}

/// `venvars remove`: the generator's own scripts are back. Needs no secrets.
pub fn remove(global: &Global, options: &Options) -> Result<()> {
    let project = global.project()?;
    let application = Held::take(&project, which(options))?.plan_removal()?;
    finish(global, &project, options, &application, "removed")
}

/// `apply` to these venvs after a change that another command made. A script that cannot be changed keeps no
/// other from it, and is the error.
pub(super) fn follow(global: &Global, session: &Session, venvs: &[PathBuf]) -> Result<()> {
    let application = prepare(session, Which { venvs, shells: &[] }, false)?;
    application.plan.carry_out()?;
    report(global, session.project(), &application.plan, "applied")?;
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
fn finish(
    global: &Global,
    project: &Project,
    options: &Options,
    application: &Application,
    done: &str,
) -> Result<()> {
    let Application { plan, wanted, .. } = application;
    if plan.errors().next().is_some() {
        plan.errors().for_each(console::complain);
        return Err(Error::refused("nothing was changed"));
    }
    let is_only_shown = options.dry_run || options.diff;
    if !is_only_shown {
        plan.carry_out()?;
    }
    report(global, project, plan, if is_only_shown { "would be changed" } else { done })?;
    if options.diff {
        for script in &plan.scripts {
            console::show(&views::diff(project, script, &wanted[script.venv])?)?;
        }
    }
    Ok(())
}

/// One line per script, and what their shells cannot hold.
fn report(global: &Global, project: &Project, plan: &Plan, done: &str) -> Result<()> {
    let shows_all = global.verbose || !plan.changes_anything();
    let text = views::report(project, plan, shows_all, done);
    if !global.quiet {
        console::show(&text)?;
    }
    plan.left_out.iter().for_each(|left_out| console::warn(&left_out.to_string()));
    Ok(())
}
