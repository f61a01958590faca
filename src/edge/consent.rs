//! Whether what a project runs, and reaches outside of its folder, is allowed: shown and asked.

use venvars::session::allow::{self, Line};
use venvars::session::environment::Files;
use venvars::words::error::{Error, Result};

use crate::edge::ask::{agrees, is_somebody_there};
use crate::edge::console;

/// Shows what of `files` is not allowed and asks, where somebody is there; tells whether it is allowed now.
pub fn asks(files: &Files) -> Result<bool> {
    if files.permission.unallowed().next().is_none() {
        return Ok(true);
    }
    if !is_somebody_there() {
        return Ok(false);
    }
    // The answer takes the place of what is remembered, which has to have all of it.
    let lines = allow::all(&files.found(), &files.permission)?;
    show(files, "not allowed yet", lines.iter().filter(|line| !line.is_allowed));
    let is_allowed = agrees(&question(files));
    if is_allowed {
        allow::allow(&files.project.folder, &lines)?;
    }
    Ok(is_allowed)
}

/// The question whether what `files` ask for is allowed.
pub fn question(files: &Files) -> String {
    format!("allow this for {}? [y/N]", files.project.folder.display())
}

/// Whether the person at the terminal says yes to `question`.
///
/// # Errors
/// Nobody is there.
pub fn asked(question: &str) -> Result<bool> {
    if !is_somebody_there() {
        return Err(Error::refused("no terminal to ask").hint("review it, then run: venvars allow --yes"));
    }
    Ok(agrees(question))
}

/// Shows `lines` of `files` under a `title`, if there are any.
pub fn show<'a>(files: &Files, title: &str, lines: impl Iterator<Item = &'a Line>) {
    let lines: Vec<String> = lines.map(|line| format!("\n  {}", line.shown(&files.project))).collect();
    if !lines.is_empty() {
        console::say(&format!("{title}:{}", lines.concat()));
    }
}
