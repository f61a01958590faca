use std::process::ExitCode;

use venvars::engines::shell::export::{self, ExportFormat};
use venvars::words::error::Result;

use super::open;
use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars export`: the variables for another program.
pub fn run(global: &Global, format: ExportFormat) -> Result<ExitCode> {
    let session = open(global)?;
    let variables = session.environment()?.variables()?;
    let text = export::export(format, &variables, &session.project().folder)?;
    if format == ExportFormat::Dotenv
        && !global.quiet
        && variables.iter().any(|v| v.value.reveal().contains("${"))
    {
        console::say(
            "note: `${` in a value is written so that python-dotenv reads it right; other readers may not",
        );
    }
    console::answer(&text)?;
    Ok(ExitCode::SUCCESS)
}
