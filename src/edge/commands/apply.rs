use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};
use venvars::engines::shell::block::Content;
use venvars::model::project::Project;
use venvars::model::venv::Venv;
use venvars::session::environment::{Entry, Environment};
use venvars::session::ledger::Ledger;
use venvars::session::ledger::compromised;
use venvars::session::plan::{Plan, Planned, Scripts, State, Wanted};
use venvars::words::error::{Error, Result};
use venvars::words::profile::Choice;
use venvars::words::variable::Variable;
use venvars::world::git::{self, Standing};

use super::{files, guard, holding, is_live, locked_venvs, project, question, shown_path, wanted};
use crate::edge::cli::{Global, Scripts as Options};
use crate::edge::console;

/// `venvars apply`: the variables go into the activate scripts.
pub fn apply(global: &Global, options: &Options, strict: bool, force: bool) -> Result<ExitCode> {
    let plan = carry_out(global, options, force, Broken::Stops)?;
    Ok(ExitCode::from(u8::from(strict && !plan.left_out.is_empty())))
}

/// The same, where scripts that cannot be changed keep no other from it; they are the error.
pub fn past_broken(global: &Global, options: &Options) -> Result<()> {
    let plan = carry_out(global, options, false, Broken::Stays)?;
    Error::all(
        plan.scripts
            .into_iter()
            .filter_map(|script| match script.state {
                State::Broken(error) => Some(error),
                _ => None,
            })
            .collect(),
    )
}

/// What a script that cannot be changed means to the others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Broken {
    /// None is changed.
    Stops,
    /// It stays as it is.
    Stays,
}

fn carry_out(global: &Global, options: &Options, force: bool, broken: Broken) -> Result<Plan> {
    let files = files(global, project(global)?)?;
    guard(files.all())?;
    let ledger = Ledger::read(&files.project.folder)?;
    let mut burnt = Vec::new();
    let plan = rewrite(global, &files.project, options, "applied", broken, |venvs, scripts| {
        let wanted = wanted(global, &files, venvs, scripts, |environment| {
            content(environment, force, |variables| {
                compromised::join(&mut burnt, compromised::of_environment(&ledger, environment, variables)?);
                Ok(())
            })
        })?;
        // They are handed on all the same, so that work goes on.
        compromised::join(&mut burnt, compromised::of_files(&ledger, &files)?);
        for burnt in &burnt {
            console::warn(&burnt.line());
        }
        Ok(wanted)
    })?;
    for left_out in &plan.left_out {
        console::warn(&left_out.to_string());
    }
    Ok(plan)
}

/// What goes into the scripts. Whatever that is, every variable is checked first, and handed to `see`.
fn content(
    environment: &Environment<'_>,
    force: bool,
    see: impl FnOnce(&[Variable]) -> Result<()>,
) -> Result<Content> {
    if is_live(environment) {
        see(&environment.variables()?)?;
        return question(environment).map(Content::Live);
    }
    let hidden = environment.entries.values().find(|entry| !entry.definition().source.is_plain());
    match hidden.map(Entry::definition) {
        Some(definition) if !force => Err(Error::new(format!(
            "{}: mode = \"embed\" would write its value into the scripts, and it is not plain where it lies ({})",
            definition.name,
            definition.source.kind()
        ))
        .in_file(&definition.file)
        .at(definition.position)
        .hint("take the mode out of the settings, or write it all the same with --force")),
        _ => {
            let variables = environment.variables()?;
            see(&variables)?;
            Ok(holding(environment, variables))
        }
    }
}

/// `venvars remove`: the generator's own scripts are back. Needs no secrets.
pub fn remove(global: &Global, options: &Options) -> Result<ExitCode> {
    let project = project(global)?;
    rewrite(global, &project, options, "removed", Broken::Stops, |venvs, _| {
        let nothing = |_| Wanted {
            content: Content::Nothing,
            project: project.folder.clone(),
            profile: Choice::Default,
        };
        Ok(venvs.iter().map(nothing).collect())
    })?;
    Ok(ExitCode::SUCCESS)
}

fn rewrite(
    global: &Global,
    project: &Project,
    options: &Options,
    done: &str,
    broken: Broken,
    wanted: impl FnOnce(&[Venv], &Scripts) -> Result<Vec<Wanted>>,
) -> Result<Plan> {
    let (venvs, _locks) = locked_venvs(project, &options.venvs.venv)?;
    let scripts = Scripts::read(&venvs, &options.shell)?;
    let wanted = wanted(&venvs, &scripts)?;
    let plan = scripts.plan(&wanted)?;
    if wanted.iter().any(|wanted| !matches!(wanted.content, Content::Nothing)) {
        guard_scripts(project, &plan)?;
    }
    if broken == Broken::Stops && plan.errors().next().is_some() {
        plan.errors().for_each(console::complain);
        return Err(Error::new("nothing was changed"));
    }
    let dry = options.dry_run || options.diff;
    if !dry {
        plan.carry_out()?;
    }
    report(global, project, &plan, if dry { "would be changed" } else { done })?;
    if options.diff {
        for script in &plan.scripts {
            console::answer(&diff(project, script, &wanted[script.venv])?)?;
        }
    }
    Ok(plan)
}

/// Refuses scripts that git tracks, and warns of those that it would take.
fn guard_scripts(project: &Project, plan: &Plan) -> Result<()> {
    let files: Vec<PathBuf> = plan.scripts.iter().map(|script| script.file.clone()).collect();
    let mut exposed: Option<&Path> = None;
    for (file, standing) in files.iter().zip(git::standings(&files)?) {
        match standing {
            Standing::Outside | Standing::Ignored => {}
            Standing::Exposed => exposed = exposed.or(Some(file)),
            Standing::Tracked => {
                let folder = file.parent().unwrap_or(file);
                return Err(Error::new("git tracks this script, and would take the secrets with it")
                    .in_file(file)
                    .hint(format!(
                        "run: git rm -r -f --cached {} (and have the venv ignored)",
                        shown_path(folder)
                    )));
            }
        }
    }
    if let Some(file) = exposed {
        console::warn(&format!(
            "{}: git does not ignore this virtual environment, which is to hold the secrets; add it to .gitignore",
            project.shown(file).display()
        ));
    }
    Ok(())
}

/// One line a script.
fn report(global: &Global, project: &Project, plan: &Plan, done: &str) -> Result<()> {
    let mut text = String::new();
    for script in &plan.scripts {
        let said = match &script.state {
            State::InSync if global.verbose || !plan.changes_anything() => "unchanged",
            State::InSync | State::Broken(_) => continue,
            State::OutOfDate | State::NotApplied => {
                if script.change.as_ref().is_some_and(|change| change.voids_signature) {
                    console::warn(&format!(
                        "{}: its signature is void as long as it holds values (`venvars remove` gives it back); an execution policy of AllSigned refuses it",
                        project.shown(&script.file).display()
                    ));
                }
                done
            }
            State::LeftAlone(why) => {
                console::warn(&format!("{}: left alone: {why}", project.shown(&script.file).display()));
                continue;
            }
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}: {said}", project.shown(&script.file).display());
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
