use std::path::Path;
use std::process::ExitCode;

use venvars::model::project::Project;
use venvars::model::secrets::edit::TEMPLATE;
use venvars::words::error::{Error, Result};
use venvars::world::disk;
use venvars::world::disk::lock::Lock;
use venvars::world::disk::replace::{self, Replacement};
use venvars::world::git::{self, Standing};

use super::{ask, exposure, project};
use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars init`: a file for the secrets, which git ignores from the start.
pub fn run(global: &Global) -> Result<ExitCode> {
    let project = project(global)?;
    make(global, &project)?;
    let is_needed = !project.settings.declared.is_empty();
    let left = if is_needed { ask::missing(global, project)? } else { Vec::new() };
    left.iter().for_each(console::complain);
    if !global.quiet {
        console::say(if is_needed {
            "next: venvars apply, then source .venv/bin/activate"
        } else {
            "next: venvars set SECRET_KEY --generate, then venvars apply, then source .venv/bin/activate"
        });
    }
    Ok(ExitCode::SUCCESS)
}

/// The file, and git's not seeing it.
fn make(global: &Global, project: &Project) -> Result<()> {
    let _lock = Lock::take(&project.folder)?;
    let file = &project.secrets;
    let made = !file.exists();
    // Ignored first: the file is never there for git to take.
    let ignored = ignore(file)?;
    // Nor what a killed process leaves of writing it. Where a link leads is not this project's folder.
    let ignored = (!file.is_symlink() && ignore(&replace::temporary(file))?) || ignored;
    if made {
        replace::all(&[Replacement { file, content: TEMPLATE.as_bytes(), mode: Some(0o600) }])?;
    }
    if global.quiet {
        return Ok(());
    }
    let name = project.shown(file).display();
    if made {
        console::say(&format!("made {name}, readable by you alone"));
    }
    if ignored {
        console::say(&format!("git ignores {name} (.gitignore)"));
    }
    if !made && !ignored {
        console::say(&format!("{name} is there already, and nothing was changed"));
    }
    for found in [".env", "secrets.py"] {
        if project.folder.join(found).is_file() {
            console::say(&format!(
                "found {found}: move what is secret in it to {name}, with `venvars import {found}`"
            ));
        }
    }
    if project.folder.join("secrets.py").is_file() {
        console::warn(
            "secrets.py hides Python's own module `secrets` from everything started in this folder",
        );
    }
    Ok(())
}

/// Has git ignore `file`, or a folder, and says whether that took a change.
pub(super) fn ignore(file: &Path) -> Result<bool> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
        return Err(Error::new("this is no file").in_file(file));
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
    replace::all(&[Replacement { file: &super::real(&ignore_file), content: &text, mode }])?;
    match exposure(file)? {
        None => Ok(true),
        Some(error) => Err(error),
    }
}

/// The pattern for a file of this name, in this folder alone. See gitignore(5).
fn pattern(name: &str) -> String {
    let escaped: String = name
        .chars()
        .flat_map(|c| {
            let escape = matches!(c, '*' | '?' | '[' | '\\' | ' ').then_some('\\');
            escape.into_iter().chain([c])
        })
        .collect();
    format!("/{escaped}")
}

fn lists(ignore_file: &Path, name: &str) -> Result<bool> {
    let text = disk::read(ignore_file)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    Ok(text.lines().any(|line| line.trim_end() == pattern(name) || line.trim_end() == name))
}
