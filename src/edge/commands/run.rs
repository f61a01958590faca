use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use venvars::engines::shell::Shell;
use venvars::model::project::Project;
use venvars::model::venv::{self, Venv};
use venvars::session::exposure::guard;
use venvars::session::plan::Scripts;
use venvars::words::error::{Error, Result};
use venvars::words::profile::Choice;
use venvars::world::disk;

use super::{masked, open};
use crate::edge::cli::{Global, Venvs};

/// `venvars run`: a command with the variables, as if the venv were activated: in the profile that its
/// scripts remember, where none is asked for. If it `is_masked`, no value is printed.
pub fn run(
    global: &Global,
    options: &Venvs,
    no_venv: bool,
    is_masked: bool,
    command: &[OsString],
) -> Result<ExitCode> {
    let session = open(global)?;
    guard(session.files.all())?;
    let Some((program, arguments)) = command.split_first() else {
        return Err(Error::usage("there is no command to run"));
    };
    let mut child = Command::new(program);
    child.args(arguments);
    let mut profile = global.profile.clone();
    if !no_venv {
        let venv = one_venv(session.project(), &options.venv)?;
        activate(&mut child, &venv)?;
        profile = profile.or(&remembered(venv)).clone();
    }
    let environment = session.files.environment(&profile)?;
    let variables = environment.variables()?;
    for variable in &variables {
        if variable.overrides || env::var_os(variable.name.as_str()).is_none() {
            child.env(variable.name.as_str(), variable.value.reveal());
        }
    }
    if is_masked {
        let known = masked::known(&environment, &variables);
        drop(variables);
        return masked::run(child, &known);
    }
    start(child, program)
}

/// The profile that the scripts of `venv` remember. A venv without scripts remembers none.
fn remembered(venv: Venv) -> Choice {
    Scripts::read(&[venv], &[Shell::Posix]).map(|scripts| scripts.profile(0)).unwrap_or_default()
}

/// The venv to run in: of several, the active one, else `.venv`.
fn one_venv(project: &Project, given: &[PathBuf]) -> Result<Venv> {
    let mut venvs = venv::of_project(project, given).map_err(|error| match error.way_out() {
        Some(hint) if given.is_empty() => {
            let hint = format!("{hint}; or run the command without one: --no-venv");
            error.hint(hint)
        }
        _ => error,
    })?;
    if venvs.len() > 1 {
        let active = env::var_os("VIRTUAL_ENV").and_then(|path| disk::canonical(Path::new(&path)).ok());
        let chosen = venvs
            .iter()
            .position(|venv| active.is_some() && disk::canonical(&venv.folder).ok() == active)
            .or_else(|| venvs.iter().position(|venv| venv.folder.file_name() == Some(OsStr::new(".venv"))));
        match chosen {
            Some(index) => return Ok(venvs.swap_remove(index)),
            None => {
                return Err(Error::usage("there are several virtual environments")
                    .in_file(&project.folder)
                    .hint("name one: --venv DIR"));
            }
        }
    }
    venvs.pop().ok_or_else(|| Error::missing("there is no virtual environment"))
}

/// What the activate scripts do to the environment.
fn activate(child: &mut Command, venv: &Venv) -> Result<()> {
    let folder =
        std::path::absolute(&venv.folder).map_err(|error| Error::io("find", &venv.folder, &error))?;
    let bin = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let old = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(bin).chain(env::split_paths(&old)))
        .map_err(|_| Error::unsupported("the path of the venv cannot stand on the PATH").in_file(&folder))?;
    child.env("PATH", path).env_remove("PYTHONHOME");
    if let Some(name) = folder.file_name() {
        child.env("VIRTUAL_ENV_PROMPT", name);
    }
    child.env("VIRTUAL_ENV", folder);
    Ok(())
}

/// What a shell says of a command that is not there, and of one that cannot be executed: POSIX XCU
/// 2.8.2.
pub fn not_started(program: &OsStr, error: &io::Error) -> Error {
    let code = if error.kind() == ErrorKind::NotFound { 127 } else { 126 };
    Error::could_not(format!("run {}", program.to_string_lossy()), error).exit_code(code)
}

#[cfg(unix)]
fn start(mut child: Command, program: &OsStr) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(not_started(program, &child.exec()))
}

#[cfg(not(unix))]
fn start(mut child: Command, program: &OsStr) -> Result<ExitCode> {
    let status = child.status().map_err(|error| not_started(program, &error))?;
    std::process::exit(status.code().unwrap_or(1))
}
