//! The program that is running, and those that it starts.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::words::error::{Error, Result};
use crate::world::disk;
use crate::world::variables;

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

/// A child that is to run `program`, looked up on the PATH.
#[must_use]
pub fn child(program: impl AsRef<OsStr>) -> Command {
    child_on(program.as_ref(), &variables::raw("PATH").unwrap_or_default())
}

/// The same, looked up in the folders of `path`: every child begins here.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the room that makes them")]
pub fn child_on(program: &OsStr, path: &OsStr) -> Command {
    Command::new(found(program, path).as_deref().unwrap_or(program.as_ref()))
}

/// The file of `program` where its name alone does not start it: Windows looks for `NAME.exe` and nothing else, and
/// npm, az and gcloud are `.cmd` files there.
fn found(program: &OsStr, path: &OsStr) -> Option<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    cfg!(windows).then(|| which::which_in(program, Some(path), here).ok()).flatten()
}

/// Leaves an interrupt (Ctrl-C) to the child, as a shell does, and does not end before it.
#[cfg(windows)]
pub fn leave_interrupts_to_child() {
    // Where it cannot be asked for, all is as without it.
    let _ = ctrlc::set_handler(|| {});
}

/// The same: on Unix the child is in our place, or a terminal of its own tells us.
#[cfg(not(windows))]
pub fn leave_interrupts_to_child() {}

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

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn a_batch_file_is_a_program_by_its_bare_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["tool.cmd", "another.bat"] {
            std::fs::write(folder.path().join(name), "@echo said %1\r\n").unwrap();
            let bare = name.split_once('.').unwrap().0;
            let output = child_on(bare.as_ref(), folder.path().as_os_str()).arg("a b").output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout), "said \"a b\"\r\n", "{name}");
        }
        assert!(child_on("third".as_ref(), folder.path().as_os_str()).output().is_err());
    }
}
