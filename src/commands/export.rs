use std::process::ExitCode;

use venvars::error::Result;
use venvars::export::{self, Format};

use super::{files, project};
use crate::cli::Global;
use crate::terminal;

/// `venvars export`: the variables for another program.
pub fn run(global: &Global, format: Format) -> Result<ExitCode> {
    let files = files(project(global)?)?;
    let variables = files.environment(global.profile.as_deref())?.variables()?;
    let text = export::export(format, &variables, &files.project.folder)?;
    if format == Format::Dotenv && !global.quiet && variables.iter().any(|v| v.value.reveal().contains("${"))
    {
        terminal::say(
            "note: `${` in a value is written so that python-dotenv reads it right; other readers may not",
        );
    }
    terminal::answer(&text)?;
    Ok(ExitCode::SUCCESS)
}
