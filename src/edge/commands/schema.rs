use venvars::model::project::schema;
use venvars::words::error::Result;

use crate::edge::cli::SchemaFor;
use crate::edge::console;
use crate::edge::views::schema::output;

/// `venvars schema`: the form of a file, for editors to complete from, or of what `--json` prints.
pub fn run(file: SchemaFor) -> Result<()> {
    let schema = match file {
        SchemaFor::Secrets => schema::secrets(),
        SchemaFor::Settings => schema::settings(),
        SchemaFor::Output => output(),
    };
    console::document(&schema)
}
