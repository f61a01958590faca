//! The hooks of a repository, as they are.

use std::fs;
use std::path::{Path, PathBuf};

use crate::words::error::Result;
use crate::world::disk;
use crate::world::git::Places;
use crate::world::git::hook::{self, Hook, Launcher};
use crate::world::program::ourselves;

/// How the hooks of this repository find venvars.
///
/// # Errors
/// As for [`ourselves`].
pub fn program(places: &Places) -> Result<Launcher> {
    // What lies in the working tree is for everybody who has the repository.
    if places.hooks.starts_with(&places.common) {
        Ok(Launcher::At(ourselves()?))
    } else if are_of_many(places) {
        Ok(Launcher::OfMany(ourselves()?))
    } else {
        Ok(Launcher::OnPath)
    }
}

/// Where the hook `hook` of a repository is.
#[must_use]
pub fn place(places: &Places, hook: Hook) -> PathBuf {
    hook::place(&places.hooks, hook, |file| {
        fs::read_to_string(file).is_ok_and(|text| hook::is_of_pre_commit(&text))
    })
}

/// Whether the hooks lie outside of the repository, as a `core.hooksPath` for all repositories has it.
#[must_use]
pub fn are_of_many(places: &Places) -> bool {
    !places.hooks.starts_with(&places.top) && !places.hooks.starts_with(&places.common)
}

/// Whether our block can go into a hook that says `text`: a shell runs it, and does run it.
#[must_use]
pub fn may_hold_block(places: &Places, file: &Path, text: &str) -> bool {
    hook::is_shell(text) && (is_run(places, file) || hook::without_block(text).is_some())
}

/// Whether `file` is run as a hook: git and pre-commit take none that is not executable (githooks(5)),
/// husky gives to sh what lies beside its own folder.
#[must_use]
pub fn is_run(places: &Places, file: &Path) -> bool {
    file.parent() != Some(&*places.hooks) || is_executable(file)
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.exists()
}

/// The same file name with something behind it.
#[must_use]
pub fn beside(file: &Path, more: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(more);
    file.with_file_name(name)
}

/// Whether both hooks of a repository have our block.
///
/// # Errors
/// A hook cannot be read.
pub fn are_installed(places: &Places) -> Result<bool> {
    for hook in Hook::ALL {
        let file = place(places, hook);
        let text = disk::read(&file)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if text.is_none_or(|text| hook::without_block(&text).is_none()) || !is_run(places, &file) {
            return Ok(false);
        }
    }
    Ok(true)
}
