//! The hooks of a repository: what is in them, and putting our block there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::model::project::Project;
use crate::words::error::{Error, Result};
use crate::world::disk;
use crate::world::disk::lock::Lock;
use crate::world::disk::replace::{self, Replacement};
use crate::world::git::hook::{self, Hook, KEPT, Launcher};
use crate::world::git::{self, Places};
use crate::world::program::ourselves;

/// Where a repository keeps the projects that lie below its top, for the hooks to look for.
pub const PROJECTS: &str = "venvars.project";

/// Puts our block into the hooks of a repository, which look for the values of `project` from then on; `say` is
/// called with each hook and what became of it.
///
/// # Errors
/// A hook cannot be read or written, or has no place.
pub fn install(project: &Project, places: &Places, say: impl Fn(&Path, &str)) -> Result<()> {
    let program = program(places)?;
    if let Ok(below) = project.folder.strip_prefix(&places.top)
        && let Some(below) = below.to_str().filter(|below| !below.is_empty())
    {
        let mut projects = git::settings(&places.top, PROJECTS)?;
        if !projects.iter().any(|known| known == below) {
            projects.push(below.to_owned());
            git::set_settings(&places.top, PROJECTS, &projects)?;
        }
    }
    fs::create_dir_all(&places.hooks).map_err(|error| {
        Error::io("make", &places.hooks, &error)
            .hint("`git config --show-origin core.hooksPath` says who wants the hooks there")
    })?;
    for hook in Hook::ALL {
        let file = place(places, hook);
        let _lock = Lock::take(file.parent().unwrap_or(&places.top))?;
        let before = disk::read(&file)?;
        let is_link = file.is_symlink();
        let (content, kept) = match before.as_deref().map(str::from_utf8) {
            None if !is_link => (hook.with_block("", &program), None),
            Some(Ok(text)) if !is_link && may_hold_block(places, &file, text) => {
                (hook.with_block(text, &program), None)
            }
            // What is no shell script runs after ours, from beside it; so does what a link leads to, which
            // is others' as well, and what its owner has switched off stays off.
            _ => (hook.before_another(&program), Some(beside(&file, KEPT))),
        };
        let is_run = is_run(places, &file);
        if before.as_deref() == Some(content.as_bytes()) && is_run {
            say(&file, "is there already");
            continue;
        }
        if let Some(kept) = &kept {
            if kept.symlink_metadata().is_ok() {
                return Err(Error::conflict("there is a hook of this name already")
                    .in_file(kept)
                    .hint("move it away"));
            }
            fs::rename(&file, kept).map_err(|error| Error::io("rename", &file, &error))?;
        }
        let mode = (before.is_none() || kept.is_some() || !is_run).then_some(0o755);
        replace::all(&[Replacement { file: &file, content: content.as_bytes(), mode }])?;
        say(&file, "installed");
    }
    Ok(())
}

/// Takes our block out of the hooks of a repository; `say` is called with each that had one.
///
/// # Errors
/// A hook cannot be read or written.
pub fn remove(places: &Places, say: impl Fn(&Path, &str)) -> Result<()> {
    for hook in Hook::ALL {
        let usual = places.hooks.join(hook.name());
        for file in BTreeSet::from([place(places, hook), beside(&usual, hook::LEGACY), usual]) {
            let before = disk::read(&file)?;
            let text = before.as_deref().and_then(|before| str::from_utf8(before).ok());
            let Some(after) = text.and_then(hook::without_block) else { continue };
            let _lock = Lock::take(file.parent().unwrap_or(&places.top))?;
            let kept = beside(&file, KEPT);
            if kept.symlink_metadata().is_ok() && after.contains(KEPT) {
                fs::rename(&kept, &file).map_err(|error| Error::io("rename", &kept, &error))?;
            } else if after.is_empty() {
                fs::remove_file(&file).map_err(|error| Error::io("delete", &file, &error))?;
            } else {
                replace::all(&[Replacement { file: &file, content: after.as_bytes(), mode: None }])?;
            }
            say(&file, "removed");
        }
    }
    git::set_settings(&places.top, PROJECTS, &[])
}

/// How the hooks of this repository find venvars.
fn program(places: &Places) -> Result<Launcher> {
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
fn place(places: &Places, hook: Hook) -> PathBuf {
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
fn may_hold_block(places: &Places, file: &Path, text: &str) -> bool {
    hook::is_shell(text) && (is_run(places, file) || hook::without_block(text).is_some())
}

/// Whether `file` is run as a hook: git and pre-commit take none that is not executable (githooks(5)),
/// husky gives to sh what lies beside its own folder.
fn is_run(places: &Places, file: &Path) -> bool {
    let is_executable = |found: fs::Metadata| disk::mode(&found).is_none_or(|mode| mode & 0o111 != 0);
    file.parent() != Some(&*places.hooks) || fs::metadata(file).is_ok_and(is_executable)
}

/// The same file name with something behind it.
fn beside(file: &Path, more: &str) -> PathBuf {
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
