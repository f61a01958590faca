use std::process::ExitCode;

use venvars::error::Result;
use venvars::schema;

use super::list;
use crate::cli::SchemaFor;
use crate::terminal;

/// `venvars schema`: the form of a file, for editors to complete from.
pub fn run(file: SchemaFor) -> Result<ExitCode> {
    let schema = match file {
        SchemaFor::Secrets => schema::secrets(),
        SchemaFor::Settings => schema::settings(),
    };
    terminal::answer(&list::print_json(&schema)?)?;
    Ok(ExitCode::SUCCESS)
}
