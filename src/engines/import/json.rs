//! A JSON object of texts, numbers and booleans; `heroku config --json` prints one of texts.

use indexmap::IndexMap;
use serde_json::value::RawValue;

use crate::engines::import::ImportBinding;
use crate::words::error::{Error, LineIndex, Position, Result};

pub(super) fn read(text: &str) -> Result<Vec<ImportBinding>> {
    // The parser's own words can quote the text: only its place is used.
    let members: IndexMap<String, &RawValue> = serde_json::from_str(text).map_err(|error| {
        let message = match error.classify() {
            serde_json::error::Category::Data => "not a JSON object",
            serde_json::error::Category::Eof => "the JSON ends too early",
            _ => "not valid JSON",
        };
        Error::syntax(message)
            .at(Position { line: error.line().max(1), column: error.column().max(1) })
            .hint("variables are the members of one object: {\"NAME\": \"value\"}")
    })?;
    let lines = LineIndex::of(text);
    Ok(members
        .into_iter()
        .map(|(name, raw)| {
            let raw = raw.get();
            // The raw value is a part of the text, so this is its place there.
            let line = lines.line((raw.as_ptr() as usize).saturating_sub(text.as_ptr() as usize));
            let value = match raw.as_bytes().first() {
                Some(b'"') => serde_json::from_str(raw)
                    .map_err(|_| "the text holds half a surrogate pair, which is not a character"),
                Some(b'{') => Err("an object cannot be the value of an environment variable"),
                Some(b'[') => Err("a list cannot be the value of an environment variable"),
                Some(b'n') => Err("null cannot be the value of an environment variable"),
                // As written: 1.10 stays 1.10.
                _ => Ok(raw.to_owned()),
            };
            ImportBinding::plain(name, line, value)
        })
        .collect())
}
