use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode};

use venvars::session::exposure::guard;
use venvars::session::running::activated;
use venvars::words::error::{Error, Result};
use venvars::words::profile::Choice;
use venvars::world::program::{child, not_started};
use venvars::world::variables;

use super::masked;
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
    let session = global.asked()?;
    guard(session.files.all())?;
    let Some((program, arguments)) = command.split_first() else {
        return Err(Error::usage("no command to run"));
    };
    let (mut child, remembered) = if no_venv {
        (child(program), Choice::default())
    } else {
        activated(program, session.project(), &options.venv)?
    };
    child.args(arguments);
    if let Some(directory) = &global.directory {
        child.current_dir(directory);
    }
    let profile = global.profile.clone().or(&remembered).clone();
    let environment = session.files.environment(&profile)?;
    let variables = environment.variables()?;
    for variable in &variables {
        if variable.overrides || variables::raw(variable.name.as_str()).is_none() {
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

#[cfg(unix)]
fn start(mut child: Command, program: &OsStr) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(not_started(program, &child.exec()))
}

#[cfg(not(unix))]
fn start(mut child: Command, program: &OsStr) -> Result<ExitCode> {
    venvars::world::program::leave_interrupts_to_child();
    let status = child.status().map_err(|error| not_started(program, &error))?;
    std::process::exit(status.code().unwrap_or(1))
}
