use venvars::model::project::example::{FILE, FIRST_LINE, example};
use venvars::model::secrets::Secrets;
use venvars::words::error::{Error, Result};
use venvars::world::disk::lock::Lock;
use venvars::world::disk::open;
use venvars::world::disk::replace::{self, Replacement};
use venvars::world::disk::within;

use crate::edge::cli::Global;
use crate::edge::console;
use crate::edge::opening::warn_if_ignored;

/// `venvars example`: what the project needs, without any value, in a file that git keeps.
pub fn run(global: &Global, stdout: bool, force: bool) -> Result<()> {
    let project = global.project()?;
    let secrets = if project.secrets.exists() { Some(Secrets::read(&project.secrets)?) } else { None };
    let text = example(&project.settings.declared, secrets.as_ref());
    if stdout {
        return console::show(&text);
    }
    let file = within(&project.folder.join(FILE), &project.folder)?;
    let _lock = Lock::take(&project.folder)?;
    let before = open::read(&file)?;
    if before.as_ref().is_some_and(|before| !before.starts_with(FIRST_LINE.as_bytes())) && !force {
        return Err(Error::conflict("venvars did not write this file")
            .in_file(&file)
            .hint("use --force to replace it"));
    }
    if before.as_deref() != Some(text.as_bytes()) {
        // It is for everybody to read.
        let mode = before.is_none().then_some(0o644);
        replace::all(&[Replacement { file: &file, content: text.as_bytes(), mode }])?;
    }
    warn_if_ignored(&file, FILE)?;
    global.say(&format!("wrote {FILE}: the variables without their values, safe to commit"));
    Ok(())
}
