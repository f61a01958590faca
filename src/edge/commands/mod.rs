//! One file a command.

mod activation;
mod apply;
mod ask;
mod check;
mod compromised;
mod doctor;
mod edit;
mod example;
mod explain;
mod export;
mod get;
mod heroku;
mod hook;
mod import;
mod init;
mod list;
mod manual;
mod masked;
mod rotate;
mod run;
mod scan;
mod schema;
mod set;
mod status;

use std::path::Path;
use std::process::ExitCode;

use venvars::model::project::Project;
use venvars::session::Session;
use venvars::session::editor::Editor;
use venvars::session::exposure::exposed_to_others;
use venvars::words::error::{Error, Result};

use crate::edge::cli::{Arguments, Command, Global, HookCommand};
use crate::edge::console;

/// Carries out what the command line asks for.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    let global = arguments.global;
    match arguments.command {
        Command::Init => init::run(&global),
        Command::Set { assignment, generate, keyring, age } => {
            let how = set::How { generate, keyring, age };
            match assignment {
                Some(assignment) => set::set(&global, assignment, how),
                None => set::missing(&global, &how),
            }
        }
        Command::Unset { name } => set::unset(&global, &name),
        Command::Get { name } => get::run(&global, &name),
        Command::List { reveal, json } => list::run(&global, reveal, json),
        Command::Edit => edit::run(&global),
        Command::Apply { scripts, strict, force } => apply::apply(&global, &scripts, strict, force),
        Command::Remove { scripts } => apply::remove(&global, &scripts),
        Command::Status { venvs, json } => status::run(&global, &venvs, json),
        Command::Check { json } => check::run(&global, json),
        Command::Explain { name, json } => explain::run(&global, &name, json),
        Command::Example { stdout, force } => example::run(&global, stdout, force),
        Command::Schema { file } => schema::run(file),
        Command::Activation { shell, bsd } => activation::run(&global, shell, bsd),
        Command::Run { venvs, no_venv, mask, no_mask, command } => {
            let is_masked = mask || !no_mask && masked::is_wanted();
            run::run(&global, &venvs, no_venv, is_masked, &command)
        }
        Command::Scan(scan) => scan::run(&global, &scan),
        Command::Hook { command } => match command {
            HookCommand::Install => hook::install(&global),
            HookCommand::Remove => hook::remove(&global),
            HookCommand::Run { hook, remote } => hook::run(&global, hook, remote.as_deref()),
        },
        Command::Doctor { venvs, fix, json } => doctor::run(&global, &venvs, fix, json),
        Command::Export { format } => export::run(&global, format),
        Command::Heroku { command } => heroku::run(&global, &command),
        Command::Rotate(options) => rotate::run(&global, &options),
        Command::Compromised(options) => compromised::run(&global, &options),
        Command::Import(import) => import::run(&global, &import),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man => manual::man(),
    }
}

/// The project that the options name.
fn project(global: &Global) -> Result<Project> {
    let start = global.directory.as_deref().unwrap_or(Path::new("."));
    Project::find(start, global.secrets.as_deref())
}

/// The same with no settings in place of wrong ones; second, what is wrong with them.
fn project_in_part(global: &Global) -> Result<(Project, Vec<Error>)> {
    let start = global.directory.as_deref().unwrap_or(Path::new("."));
    Project::find_in_part(start, global.secrets.as_deref())
}

/// The project, opened, with a warning for each of its files that others can read.
fn open(global: &Global) -> Result<Session> {
    let session = Session::open(project(global)?, &global.profile, &global.sources)?;
    for warning in session.files.all().filter_map(exposed_to_others) {
        console::warn(&warning);
    }
    Ok(session)
}

/// The editor of the project's secrets file, which nobody else has open then.
fn editor(project: &Project) -> Result<Editor<'_>> {
    Editor::open(project, || say_waiting(project))
}

/// Says that somebody else has the secrets file open.
fn say_waiting(project: &Project) {
    let shown = project.shown(&project.secrets);
    console::say(&format!("waiting for another venvars, which has {} open", shown.display()));
}
