//! One file a command.

mod apply;
mod edit;
mod export;
mod get;
mod import;
mod init;
mod list;
mod manual;
mod run;
mod set;
mod status;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use venvars::disk::lock::Lock;
use venvars::error::{Error, Result};
use venvars::git::{self, Standing};
use venvars::project::Project;
use venvars::secrets::Secrets;
use venvars::venv::{self, Venv};

use crate::cli::{Arguments, Command, Global};
use crate::terminal;

/// Carries out what the command line asks for.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    let global = arguments.global;
    match arguments.command {
        Command::Init => init::run(&global),
        Command::Set { assignment, generate } => set::set(&global, assignment, generate),
        Command::Unset { name } => set::unset(&global, &name),
        Command::Get { name } => get::run(&global, &name),
        Command::List { reveal, json } => list::run(&global, reveal, json),
        Command::Edit => edit::run(&global),
        Command::Apply { scripts, strict } => apply::apply(&global, &scripts, strict),
        Command::Remove { scripts } => apply::remove(&global, &scripts),
        Command::Status { venvs, json } => status::run(&global, &venvs, json),
        Command::Run { venvs, no_venv, command } => run::run(&global, &venvs, no_venv, &command),
        Command::Export { format } => export::run(&global, format),
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

/// The project's secrets, with a warning if others can read the file.
fn secrets(project: &Project) -> Result<Secrets> {
    let secrets = Secrets::read(&project.secrets)?;
    if let Some(warning) = readable_by_others(&project.secrets) {
        terminal::warn(&warning);
    }
    Ok(secrets)
}

/// What to say of a secrets file that group or others can read.
#[cfg(unix)]
fn readable_by_others(file: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let mode = file.metadata().ok()?.mode() & 0o7777;
    (mode & 0o077 != 0).then(|| {
        format!("{}: others can read it (mode {mode:04o}); chmod 600 {}", file.display(), shown_path(file))
    })
}

#[cfg(not(unix))]
fn readable_by_others(_file: &Path) -> Option<String> {
    None
}

/// `file` as one word of a command to type.
fn shown_path(file: &Path) -> String {
    shell_escape::escape(file.to_string_lossy()).into_owned()
}

/// Refuses to go on where git would take the secrets.
fn guard(project: &Project) -> Result<()> {
    match exposure(&project.secrets)? {
        None => Ok(()),
        Some(error) => Err(error),
    }
}

/// What is wrong with how the secrets file stands with git, if anything is.
fn exposure(file: &Path) -> Result<Option<Error>> {
    let name = shown_path(Path::new(file.file_name().unwrap_or_default()));
    let folder = shown_path(file.parent().unwrap_or(Path::new(".")));
    Ok(match git::standing(file)? {
        Standing::Outside | Standing::Ignored => None,
        Standing::Exposed => Some(
            Error::new("git does not ignore this file of secrets")
                .in_file(file)
                .hint(format!("run: echo {} >> {}", shell_escape::escape(format!("/{}", file.file_name().unwrap_or_default().to_string_lossy()).into()), shown_path(&file.with_file_name(".gitignore")))),
        ),
        Standing::Tracked => Some(
            Error::new("git tracks this file of secrets")
                .in_file(file)
                .hint(format!("run: git -C {folder} rm --cached {name} (and have it ignored); if it was ever pushed, change every value")),
        ),
    })
}

/// The project's venvs, each locked until the locks are dropped.
fn locked_venvs(project: &Project, given: &[PathBuf]) -> Result<(Vec<Venv>, Vec<Lock>)> {
    let venvs = venv::of_project(project, given)?;
    // In one order for all, so that two of us never wait for each other.
    let mut folders: Vec<&Path> = venvs.iter().map(|venv| venv.folder.as_path()).collect();
    folders.sort_unstable();
    folders.dedup();
    let locks = folders.into_iter().map(Lock::take).collect::<Result<_>>()?;
    Ok((venvs, locks))
}

/// The secrets file that a link leads to, so that an edit replaces the file and not the link.
fn real(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| file.to_owned())
}
