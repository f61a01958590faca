use std::process::ExitCode;

use venvars::error::Result;
use zeroize::Zeroizing;

use super::{project, secrets};
use crate::cli::Global;
use crate::terminal;

/// `venvars get`: the bare value; a newline only where a person reads it.
pub fn run(global: &Global, name: &str) -> Result<ExitCode> {
    let secrets = secrets(&project(global)?)?;
    let value = secrets.find(name)?.value.reveal();
    let end = if terminal::answers_a_person() { "\n" } else { "" };
    terminal::answer(&Zeroizing::new(format!("{value}{end}")))?;
    Ok(ExitCode::SUCCESS)
}
