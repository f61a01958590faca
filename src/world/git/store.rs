//! Where a repository keeps its objects, and which of them are worth a look.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gix_hash::Kind;

use crate::engines::search::matcher::Matcher;
use crate::words::error::Result;
use crate::world::git::pack::Pack;
use crate::world::git::repository::Repository;

/// The objects of `repository` that may hold a value, its own and those of its alternates, reached or
/// not: their ids, one a line. Nothing, if its store cannot be read without git.
///
/// # Errors
/// git fails.
pub(super) fn suspects(matcher: &Matcher, repository: &Repository) -> Result<Option<Vec<u8>>> {
    let Some((hash, folders)) = folders(repository)? else { return Ok(None) };
    let read = || -> io::Result<Vec<u8>> {
        let mut ids = BTreeSet::new();
        // git packs what is loose, and never the other way round: so nothing is overlooked meanwhile.
        for folder in &folders {
            loose(folder, &mut ids)?;
        }
        let mut text = String::new();
        for folder in &folders {
            for entry in entries(&folder.join("pack"))? {
                if entry.extension().is_some_and(|extension| extension == "idx") {
                    for id in Pack::open(&entry, hash)?.suspects(matcher)? {
                        ids.remove(&id.to_string());
                        text.push_str(&format!("{id}\n"));
                    }
                }
            }
        }
        text.extend(ids.iter().map(|id| format!("{id}\n")));
        Ok(text.into_bytes())
    };
    Ok(read().ok())
}

/// How `repository` names its objects, and the folders that they are in.
fn folders(repository: &Repository) -> Result<Option<(Kind, Vec<PathBuf>)>> {
    let said = repository.lines(&["rev-parse", "--show-object-format", "--git-path", "objects"], b"")?;
    let [format, own] = &said[..] else { return Ok(None) };
    let hash = match &**format {
        "sha1" => Kind::Sha1,
        "sha256" => Kind::Sha256,
        _ => return Ok(None),
    };
    let mut folders = vec![repository.folder().join(own)];
    for line in repository.lines(&["count-objects", "-v"], b"")? {
        match line.strip_prefix("alternate: ") {
            // A name of odd characters.
            Some(name) if name.starts_with('"') || name.contains('\u{fffd}') => return Ok(None),
            Some(name) => folders.push(repository.folder().join(name)),
            None => {}
        }
    }
    Ok(Some((hash, folders)))
}

/// Adds the ids of the objects in `folder` that lie in a file of their own.
fn loose(folder: &Path, ids: &mut BTreeSet<String>) -> io::Result<()> {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    for fan in entries(folder)? {
        let Some(first) = fan.file_name().and_then(|name| name.to_str()) else { continue };
        if first.len() == 2 && is_hex(first) {
            for file in entries(&fan)? {
                if let Some(rest) = file.file_name().and_then(|name| name.to_str())
                    && is_hex(rest)
                {
                    ids.insert(format!("{first}{rest}"));
                }
            }
        }
    }
    Ok(())
}

/// What is in `folder`; nothing, if there is none.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
