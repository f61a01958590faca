//! Having git ignore a file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::session::exposure::{exposure, pattern};
use crate::words::error::{Error, Result};
use crate::world::disk::replace::{self, Replacement};
use crate::world::disk::{open, within};
use crate::world::git::{self, Standing};

/// Has git ignore `file`, or a folder, and says whether that took a change.
///
/// # Errors
/// git tracks the file, or does not ignore it all the same; or the ignore file cannot be written.
pub fn ignore(file: &Path) -> Result<bool> {
    match git::standing(file)? {
        Standing::Ignored => Ok(false),
        Standing::Tracked => exposure(file)?.map_or(Ok(false), Err),
        Standing::Exposed => add(file, false),
        // There may be a repository one day.
        Standing::Outside => Ok(!lists(file)? && add(file, false)?),
    }
}

/// Has git ignore the secrets `file` and each copy that an editor or a killed process leaves beside it, and says
/// whether that took a change.
///
/// # Errors
/// As for [`ignore`].
pub fn ignore_with_copies(file: &Path) -> Result<bool> {
    match git::standing(file)? {
        Standing::Tracked => return ignore(file),
        // Where a link leads is not this project's folder, and there the copies are.
        Standing::Ignored if file.is_symlink() || exposed_copies(file)?.is_empty() => return Ok(false),
        Standing::Outside if lists(file)? => return Ok(false),
        Standing::Ignored | Standing::Exposed | Standing::Outside => {}
    }
    add(file, true)
}

/// The names beside `file` that editors (vim, Emacs, nano and others) and killed processes leave copies of it under,
/// as far as git would take them.
///
/// # Errors
/// As for [`git::standings`].
pub fn exposed_copies(file: &Path) -> Result<Vec<PathBuf>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let names = [format!(".{name}.swp"), format!("{name}~"), format!("#{name}#"), format!(".#{name}")];
    let mut copies = vec![replace::temporary(file)];
    copies.extend(names.iter().map(|name| file.with_file_name(name)));
    let standings = git::standings(&copies)?;
    let exposed = copies.into_iter().zip(standings).filter(|(_, standing)| *standing == Standing::Exposed);
    Ok(exposed.map(|(copy, _)| copy).collect())
}

/// The copies of `file` that editors have left beside it.
#[must_use]
pub fn copies(file: &Path) -> Vec<PathBuf> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let Ok(entries) = fs::read_dir(file.parent().unwrap_or(Path::new("."))) else { return Vec::new() };
    let mut copies: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let other = path.file_name().unwrap_or_default().to_string_lossy();
            let is_named = other.trim_start_matches(['.', '#']).starts_with(&*name);
            is_named && other != name && !path.is_dir() && *path != replace::temporary(file)
        })
        .collect();
    copies.sort();
    copies
}

/// Adds the pattern for `file` to the ignore file beside it.
fn add(file: &Path, with_copies: bool) -> Result<bool> {
    if file.file_name().unwrap_or_default().to_string_lossy().contains(char::is_control) {
        let error = Error::refused("a name with control characters can't be listed in .gitignore");
        return Err(error.in_file(file));
    }
    let ignore_file = within(&file.with_file_name(".gitignore"), file.parent().unwrap_or(Path::new(".")))?;
    let before = open::read(&ignore_file)?;
    let mut text = before.clone().unwrap_or_default();
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(pattern(file, with_copies).as_bytes());
    text.push(b'\n');
    // A new ignore file is no secret: others may read it.
    let mode = before.is_none().then_some(0o644);
    replace::all(&[Replacement { file: &ignore_file, content: &text, mode }])?;
    let Some(error) = exposure(file)? else { return Ok(true) };
    // What did not help is not left behind.
    match before {
        Some(before) => replace::all(&[Replacement { file: &ignore_file, content: &before, mode: None }])?,
        None => fs::remove_file(&ignore_file).map_err(|error| Error::io("delete", &ignore_file, &error))?,
    }
    Err(error)
}

/// Whether the ignore file beside `file` names it.
fn lists(file: &Path) -> Result<bool> {
    let text = open::read(&file.with_file_name(".gitignore"))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let names = [pattern(file, false), pattern(file, true), name.into_owned()];
    Ok(text.lines().any(|line| names.iter().any(|name| line.trim_end() == name)))
}
