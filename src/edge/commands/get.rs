use std::process::ExitCode;

use venvars::words::error::Result;
use zeroize::Zeroizing;

use super::{files, project};
use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars get`: the bare value; a newline only where a person reads it.
pub fn run(global: &Global, name: &str) -> Result<ExitCode> {
    let files = files(global, project(global)?)?;
    let variable = files.environment(&global.profile)?.variable(name)?;
    let end = if console::answers_a_person() { "\n" } else { "" };
    console::answer(&Zeroizing::new(format!("{}{end}", variable.value.reveal())))?;
    Ok(ExitCode::SUCCESS)
}
