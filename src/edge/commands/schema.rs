use std::process::ExitCode;

use venvars::model::project::schema;
use venvars::words::error::Result;

use super::list;
use crate::edge::cli::SchemaFor;
use crate::edge::console;

/// `venvars schema`: the form of a file, for editors to complete from.
pub fn run(file: SchemaFor) -> Result<ExitCode> {
    let schema = match file {
        SchemaFor::Secrets => schema::secrets(),
        SchemaFor::Settings => schema::settings(),
    };
    console::answer(&list::print_json(&schema)?)?;
    Ok(ExitCode::SUCCESS)
}
