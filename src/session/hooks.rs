//! The hooks of a repository: what is in them, and putting our block there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::model::project::Project;
use crate::words::error::{Error, Result};
use crate::world::disk::lock::Lock;
use crate::world::disk::replace::{self, Replacement};
use crate::world::disk::{self, open};
use crate::world::git::hook::{self, Hook, KEPT, Launcher};
use crate::world::git::repository::Repository;
use crate::world::git::{self, Places};
use crate::world::program::ourselves;

/// Where a repository keeps the projects that lie below its top, for the hooks to look for.
pub const PROJECTS: &str = "venvars.project";

/// The places of the submodules that lie in the working tree at `top`, and of theirs.
///
/// # Errors
/// git fails.
pub fn submodules(top: &Path) -> Result<Vec<Places>> {
    let mut found = Vec::new();
    let mut tops = vec![top.to_owned()];
    while let Some(top) = tops.pop() {
        let Some(repository) = Repository::around(&top).map(Repository::at_top) else { continue };
        for path in repository.submodules()? {
            let inner = git::places(&top.join(path))?;
            tops.push(inner.top.clone());
            found.push(inner);
        }
    }
    Ok(found)
}

/// Puts our block into the hooks of a repository, which look for the values of `project` from then on; `say` is
/// called with each hook and what became of it. What leads out of the repository and came with it is only written to
/// if `outside` says so.
///
/// # Errors
/// A hook cannot be read or written, has no place, or lies outside.
pub fn install(project: &Project, places: &Places, outside: bool, say: impl Fn(&Path, &str)) -> Result<()> {
    if are_of_many(places) && !outside && !git::has_own_hooks_path(&places.top)? {
        let error = "this repository's core.hooksPath, or a link in it, points outside the repository: nothing was written there";
        return Err(Error::refused(error)
            .in_file(&places.hooks)
            .hint("if these hooks are yours: venvars hook install --outside"));
    }
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
            .hint("`git config --show-origin core.hooksPath` shows where this is set")
    })?;
    for (hook, file) in
        Hook::ALL.into_iter().flat_map(|hook| targets(places, hook).map(move |file| (hook, file)))
    {
        let _lock = Lock::take(file.parent().unwrap_or(&places.top))?;
        let before = open::read(&file)?;
        let is_link = file.is_symlink();
        let (content, kept) = match before.as_deref().map(str::from_utf8) {
            None if !is_link => (hook.with_block("", &program), None),
            Some(Ok(text)) if !is_link && may_hold_block(places, &file, text) => {
                (hook.with_block(text, &program), None)
            }
            // A hook that is not a shell script, or is a link others may share, is kept beside ours and run
            // after it.
            _ => (hook.before_another(&program), Some(beside(&file, KEPT))),
        };
        let is_run = is_run(places, &file);
        if before.as_deref() == Some(content.as_bytes()) && is_run {
            say(&file, "already installed");
            continue;
        }
        if let Some(kept) = &kept {
            if kept.symlink_metadata().is_ok() {
                return Err(Error::conflict("a hook of this name already exists")
                    .in_file(kept)
                    .hint("move it away"));
            }
            fs::rename(&file, kept).map_err(|error| Error::io("rename", &file, &error))?;
        }
        let mode = (before.is_none() || kept.is_some() || !is_run).then_some(0o755);
        replace::all(&[Replacement { file: &file, content: content.as_bytes(), mode }])?;
        say(&file, "installed");
    }
    if are_installed(places) {
        return Ok(());
    }
    Err(Error::conflict("git would not run a hook there")
        .in_file(&places.hooks)
        .hint("`git config --show-origin core.hooksPath` shows where this is set"))
}

/// Takes our block out of the hooks of a repository; `say` is called with each that had one.
///
/// # Errors
/// A hook cannot be read or written.
pub fn remove(places: &Places, say: impl Fn(&Path, &str)) -> Result<()> {
    for hook in Hook::ALL {
        let usual = places.hooks.join(hook.name());
        let husky = places.hooks.with_file_name(hook.name());
        let husky = if places.hooks.ends_with(".husky/_") { husky } else { usual.clone() };
        for file in BTreeSet::from([place(places, hook), husky, beside(&usual, hook::LEGACY), usual]) {
            if file.try_exists().is_ok_and(|is_there| !is_there) {
                continue;
            }
            let _lock = Lock::take(file.parent().unwrap_or(&places.top))?;
            let before = open::read(&file)?;
            let text = before.as_deref().and_then(|before| str::from_utf8(before).ok());
            let Some(after) = text.and_then(hook::without_block) else { continue };
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

/// The hook's text; `None` if it is not a UTF-8 file.
fn text(file: &Path) -> Option<String> {
    String::from_utf8(open::read(file).ok()??).ok()
}

/// Where the hook `hook` of a repository is.
fn place(places: &Places, hook: Hook) -> PathBuf {
    hook::place(&places.hooks, hook, |file| text(file).is_some_and(|text| hook::is_of_pre_commit(&text)))
}

/// Where our block of `hook` goes: where it stays, and where git gets to if it does not get there.
fn targets(places: &Places, hook: Hook) -> impl Iterator<Item = PathBuf> + use<> {
    let usual = places.hooks.join(hook.name());
    let kept = place(places, hook);
    // A clean-up may have deleted husky's folder; `npm install` recreates it.
    let husky = places.hooks.parent().filter(|_| places.hooks.ends_with(".husky/_"));
    let husky = husky.map(|husky| husky.join(hook.name())).filter(|file| *file != kept);
    let is_led = kept == usual || leads(places, hook, &kept);
    [Some(kept), husky, (!is_led).then_some(usual)].into_iter().flatten()
}

/// Whether git gets from its own folder to `file`, which is not in it or not called as `hook` is.
fn leads(places: &Places, hook: Hook, file: &Path) -> bool {
    let usual = places.hooks.join(hook.name());
    let text = text(&usual).unwrap_or_default();
    let is_of_husky = file.parent() != Some(&*places.hooks) && text.contains("/h\"");
    is_run(places, &usual) && (is_of_husky || hook::is_of_pre_commit(&text))
}

/// Whether the hooks lie outside of the repository, as a `core.hooksPath` for all repositories has it.
#[must_use]
pub fn are_of_many(places: &Places) -> bool {
    !places.hooks.starts_with(&places.top) && !places.hooks.starts_with(&places.common)
}

/// Whether our block can go into this hook: it must be an executable shell script.
fn may_hold_block(places: &Places, file: &Path, text: &str) -> bool {
    hook::is_shell(text) && (is_run(places, file) || hook::without_block(text).is_some())
}

/// Whether `file` is run as a hook: git and pre-commit take none that is not executable (githooks(5)),
/// husky gives to sh what lies beside its own folder.
fn is_run(places: &Places, file: &Path) -> bool {
    let is_executable = |found: fs::Metadata| disk::mode(file, &found).is_none_or(|mode| mode & 0o111 != 0);
    file.parent() != Some(&*places.hooks) || fs::metadata(file).is_ok_and(is_executable)
}

/// The same file name with something behind it.
fn beside(file: &Path, more: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(more);
    file.with_file_name(name)
}

/// Whether git would run our block, as it is now, in each of its hooks.
#[must_use]
pub fn are_installed(places: &Places) -> bool {
    let is_ours =
        |hook, file: &Path| text(file).is_some_and(|text| hook::is_ours(hook, &text)) && is_run(places, file);
    Hook::ALL.into_iter().all(|hook| {
        let kept = place(places, hook);
        is_ours(hook, &places.hooks.join(hook.name())) || leads(places, hook, &kept) && is_ours(hook, &kept)
    })
}
