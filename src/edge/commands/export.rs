use venvars::engines::shell::export::{self, ExportFormat};

use super::{Global, Result, console};

/// `venvars export`: the variables for another program.
pub fn run(global: &Global, format: ExportFormat) -> Result<()> {
    let session = global.open()?;
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
    console::answer(&text)
}
