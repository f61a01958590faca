use std::process::ExitCode;

use venvars::model::project::example::{FILE, FIRST_LINE, example};
use venvars::model::secrets::Secrets;
use venvars::words::error::{Error, Result};
use venvars::world::disk::lock::Lock;
use venvars::world::disk::replace::{self, Replacement};
use venvars::world::disk::{self, real};
use venvars::world::git::{self, Standing};

use super::project;
use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars example`: what the project needs, without any value, in a file that git keeps.
pub fn run(global: &Global, stdout: bool, force: bool) -> Result<ExitCode> {
    let project = project(global)?;
    let secrets = if project.secrets.exists() { Some(Secrets::read(&project.secrets)?) } else { None };
    let text = example(&project.settings.declared, secrets.as_ref());
    if stdout {
        console::answer(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let file = real(&project.folder.join(FILE));
    let _lock = Lock::take(&project.folder)?;
    let before = disk::read(&file)?;
    if before.as_ref().is_some_and(|before| !before.starts_with(FIRST_LINE.as_bytes())) && !force {
        return Err(Error::conflict("venvars did not write this file")
            .in_file(&file)
            .hint("replace it with --force"));
    }
    if before.as_deref() != Some(text.as_bytes()) {
        // It is for everybody to read.
        let mode = before.is_none().then_some(0o644);
        replace::all(&[Replacement { file: &file, content: text.as_bytes(), mode }])?;
    }
    if git::standing(&file)? == Standing::Ignored {
        console::warn(&format!("git ignores {FILE}, which is there for git to keep; see .gitignore"));
    }
    if !global.quiet {
        console::say(&format!("{FILE} says what the project needs, without any value: have git keep it"));
    }
    Ok(ExitCode::SUCCESS)
}
