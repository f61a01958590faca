//! The program that is running.

use std::path::PathBuf;

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
