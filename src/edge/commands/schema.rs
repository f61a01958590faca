use venvars::model::project::schema;

use super::{Result, console};
use crate::edge::cli::SchemaFor;

/// `venvars schema`: the form of a file, for editors to complete from.
pub fn run(file: SchemaFor) -> Result<()> {
    let schema = match file {
        SchemaFor::Secrets => schema::secrets(),
        SchemaFor::Settings => schema::settings(),
    };
    console::document(&schema)
}
