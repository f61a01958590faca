use std::path::PathBuf;
use std::process::ExitCode;

use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};
use venvars::model::project::Project;
use venvars::session::Session;
use venvars::session::apply::{self, Application, Held, Which};
use venvars::session::plan::{Plan, Planned, ScriptState, Wanted};

use super::{Error, Global, Result, console};
use crate::edge::cli::ScriptOptions as Options;

/// `venvars apply`: the variables go into the activate scripts.
pub fn apply(global: &Global, options: &Options, strict: bool, force: bool) -> Result<ExitCode> {
    let session = global.open()?;
    let application = prepare(&session, which(options), force)?;
    finish(global, session.project(), options, &application, "applied")?;
    warn_of_left_out(&application.plan);
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
    warn_of_left_out(&application.plan);
    application.broken()
}

fn which(options: &Options) -> Which<'_> {
    Which { venvs: &options.venvs.venv, shells: &options.shell }
}

/// What is to be written, with a warning for each thing that is wrong about it.
fn prepare(session: &Session, which: Which<'_>, force: bool) -> Result<Application> {
    let (application, compromised) = apply::prepare(session, which, force)?;
    // They are handed on all the same, so that work goes on.
    for one in compromised {
        console::warn(&one.line());
    }
    if let Some(file) = application.exposed()? {
        console::warn(&format!(
            "{}: git does not ignore this virtual environment, which is to hold the secrets; add it to .gitignore",
            session.project().shown(&file).display()
        ));
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
            console::answer(&diff(project, script, &wanted[script.venv])?)?;
        }
    }
    Ok(())
}

fn warn_of_left_out(plan: &Plan) {
    plan.left_out.iter().for_each(|left_out| console::warn(&left_out.to_string()));
}

/// One line per script.
fn report(global: &Global, project: &Project, plan: &Plan, done: &str) -> Result<()> {
    let mut text = String::new();
    for script in &plan.scripts {
        let file = project.shown(&script.file).display();
        if script.change.as_ref().is_some_and(|change| change.voids_signature) {
            console::warn(&format!(
                "{file}: its signature is void as long as it holds values (`venvars remove` gives it back); an execution policy of AllSigned refuses it"
            ));
        }
        match &script.state {
            ScriptState::InSync if global.verbose || !plan.changes_anything() => {
                text += &format!("{file}: unchanged\n");
            }
            ScriptState::InSync | ScriptState::Broken(_) => {}
            ScriptState::OutOfDate | ScriptState::NotApplied => text += &format!("{file}: {done}\n"),
            ScriptState::LeftAlone(why) => console::warn(&format!("{file}: left alone: {why}")),
        }
    }
    if global.quiet { Ok(()) } else { console::answer(&text) }
}

/// What would change in a script, line by line, with every value masked.
fn diff(project: &Project, script: &Planned, wanted: &Wanted) -> Result<String> {
    let Some((before, after)) = script.masked(wanted)? else {
        return Ok(String::new());
    };
    let name = project.shown(&script.file).display().to_string();
    let (before, after) = (String::from_utf8_lossy(&before), String::from_utf8_lossy(&after));
    let lines = InternedInput::new(&*before, &*after);
    let mut diff = Diff::compute(Algorithm::Histogram, &lines);
    diff.postprocess_lines(&lines);
    let printer = BasicLineDiffPrinter(&lines.interner);
    let hunks = diff.unified_diff(&printer, UnifiedDiffConfig::default(), &lines);
    Ok(format!("--- {name}\n+++ {name}\n{hunks}"))
}
