//! The top level of a TOML document. Numbers, dates and booleans are the text as written.

use toml_edit::{Document, Item, Value as Toml};

use crate::engines::import::ImportBinding;
use crate::words::error::{Error, LineIndex, Position, Result};

pub(super) fn read(text: &str) -> Result<Vec<ImportBinding>> {
    // The parser's own Display would print the line, secret and all: only its message is used.
    let document = Document::parse(text).map_err(|error| {
        let message = error.message().lines().next().unwrap_or("not valid TOML").to_owned();
        Error::syntax(message).at(Position::of(text, error.span().map_or(0, |span| span.start)))
    })?;
    let lines = LineIndex::of(text);
    let table = document.as_table();
    Ok(table
        .iter()
        .map(|(name, item)| {
            let place = table.key(name).and_then(toml_edit::Key::span).or(item.span());
            let line = lines.line(place.map_or(0, |span| span.start));
            let value = match item {
                Item::Value(Toml::String(string)) => Ok(string.value().clone()),
                Item::Value(Toml::Array(_)) => Err("a list cannot be the value of an environment variable"),
                Item::Value(Toml::InlineTable(_)) | Item::Table(_) | Item::ArrayOfTables(_) | Item::None => {
                    Err("a table cannot be the value of an environment variable")
                }
                Item::Value(value) => {
                    Ok(value.span().and_then(|span| text.get(span)).unwrap_or_default().to_owned())
                }
            };
            ImportBinding::plain(name, line, value)
        })
        .collect())
}
