//! The program that is running, and those that it starts.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::words::error::{Error, Result};
use crate::world::disk;

/// The path of venvars: the name on the PATH if it leads here, as that outlives an update better.
///
/// # Errors
/// The system does not say where it is.
pub fn ourselves() -> Result<PathBuf> {
    let running = std::env::current_exe().map_err(|error| Error::could_not("find venvars itself", &error))?;
    Ok(which::which("venvars")
        .ok()
        .filter(|found| found.is_absolute() && disk::canonical(found).ok() == disk::canonical(&running).ok())
        .unwrap_or(running))
}

/// A child that is to run `program`: all of them begin here.
#[expect(clippy::disallowed_methods, reason = "this is the room that makes them")]
pub fn child(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// What a shell says of a command that is not there, and of one that cannot be executed: POSIX XCU
/// 2.8.2.
#[must_use]
pub fn not_started(program: &OsStr, error: &io::Error) -> Error {
    let is_missing = error.kind() == ErrorKind::NotFound;
    let code = if is_missing { 127 } else { 126 };
    let error = Error::could_not(format!("run {}", program.to_string_lossy()), error).exit_code(code);
    if is_missing && Path::new(program).components().count() == 1 {
        error.hint("install it in the virtual environment, or check its name")
    } else {
        error
    }
}
