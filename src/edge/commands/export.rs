use std::process::ExitCode;

use venvars::engines::shell::export::{self, Format};
use venvars::words::error::Result;

use super::{files, project};
use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars export`: the variables for another program.
pub fn run(global: &Global, format: Format) -> Result<ExitCode> {
    let files = files(global, project(global)?)?;
    let variables = files.environment(&global.profile)?.variables()?;
    let text = export::export(format, &variables, &files.project.folder)?;
    if format == Format::Dotenv && !global.quiet && variables.iter().any(|v| v.value.reveal().contains("${"))
    {
        console::say(
            "note: `${` in a value is written so that python-dotenv reads it right; other readers may not",
        );
    }
    console::answer(&text)?;
    Ok(ExitCode::SUCCESS)
}
