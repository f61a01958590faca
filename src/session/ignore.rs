//! Having git ignore a file.

use std::path::Path;

use crate::session::exposure::exposure;
use crate::words::error::{Error, Result};
use crate::world::disk::replace::{self, Replacement};
use crate::world::disk::{self, real};
use crate::world::git::{self, Standing};

/// Has git ignore `file`, or a folder, and says whether that took a change.
///
/// # Errors
/// git tracks the file, or does not ignore it all the same; or the ignore file cannot be written.
pub fn ignore(file: &Path) -> Result<bool> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
        return Err(Error::usage("this is no file").in_file(file));
    };
    let ignore_file = folder.join(".gitignore");
    match git::standing(file)? {
        Standing::Ignored => return Ok(false),
        Standing::Tracked => return exposure(file)?.map_or(Ok(false), Err),
        Standing::Exposed => {}
        // There may be a repository one day.
        Standing::Outside if lists(&ignore_file, &name.to_string_lossy())? => return Ok(false),
        Standing::Outside => {}
    }
    let mut text = disk::read(&ignore_file)?.unwrap_or_default();
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(pattern(&name.to_string_lossy()).as_bytes());
    text.push(b'\n');
    // A new ignore file is no secret: others may read it.
    let mode = (!ignore_file.exists()).then_some(0o644);
    replace::all(&[Replacement { file: &real(&ignore_file), content: &text, mode }])?;
    exposure(file)?.map_or(Ok(true), Err)
}

/// The pattern for a file of this name, in this folder alone. See gitignore(5).
fn pattern(name: &str) -> String {
    let escaped = |c| matches!(c, '*' | '?' | '[' | '\\' | ' ').then_some('\\').into_iter().chain([c]);
    format!("/{}", name.chars().flat_map(escaped).collect::<String>())
}

fn lists(ignore_file: &Path, name: &str) -> Result<bool> {
    let text = disk::read(ignore_file)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    Ok(text.lines().any(|line| line.trim_end() == pattern(name) || line.trim_end() == name))
}
