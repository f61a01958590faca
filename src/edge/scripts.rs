//! The activate scripts: what is done to them, and what is said of it.

use std::path::PathBuf;

use venvars::engines::shell::Shell;
use venvars::session::Session;
use venvars::session::apply::{self, Application, Which};
use venvars::words::error::{Error, Result};

use crate::edge::cli::{DiffOf, Global, ScriptOptions};
use crate::edge::console;
use crate::edge::progress::while_waiting;
use crate::edge::views::plan::{self as views, Deed};

/// `apply` to these venvs after a change that another command made. A script that cannot be changed keeps no
/// other from it, and is the error.
pub fn follow(global: &Global, session: &Session, venvs: &[PathBuf]) -> Result<()> {
    let application = prepare(session, Which { venvs, shells: &[] }, false)?;
    application.plan.carry_out()?;
    report(global, &application, &[], Deed::Apply, false)?;
    let active = application.plan.venvs.iter().find(|venv| views::is_active(venv));
    if let Some(venv) = active.filter(|_| application.plan.changes_anything()) {
        global.say(&views::next_step(venv));
    }
    application.broken()
}

pub fn which(options: &ScriptOptions) -> Which<'_> {
    Which { venvs: &options.venvs.venv, shells: &options.shell }
}

/// What is to be written, with a warning for each thing that is wrong about it.
pub fn prepare(session: &Session, which: Which<'_>, force: bool) -> Result<Application> {
    let (application, warnings) = apply::prepare(session, which, force)?;
    for warning in &warnings {
        console::warn(warning);
    }
    Ok(application)
}

/// Writes it, or shows what would be written.
pub fn finish(global: &Global, options: &ScriptOptions, application: &Application, deed: Deed) -> Result<()> {
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
