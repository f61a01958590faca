//! A JSON object of texts, numbers and booleans; `heroku config --json` prints one of texts.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::engines::import::{ImportBinding, Lines};
use crate::words::error::{Error, Position, Result};

pub(super) fn read(text: &str) -> Result<Vec<ImportBinding>> {
    // The parser's own words can quote the text: only its place is used.
    let members: Members<'_> = serde_json::from_str(text).map_err(|error| {
        let message = match error.classify() {
            serde_json::error::Category::Data => "this is no JSON object",
            serde_json::error::Category::Eof => "the JSON ends too early",
            _ => "this is no JSON",
        };
        Error::syntax(message)
            .at(Position { line: error.line().max(1), column: error.column().max(1) })
            .hint("variables are the members of one object: {\"NAME\": \"value\"}")
    })?;
    let lines = Lines::of(text);
    Ok(members
        .0
        .into_iter()
        .map(|(name, raw)| {
            let raw = raw.get();
            // The raw value is a part of the text, so this is its place there.
            let line = lines.line((raw.as_ptr() as usize).saturating_sub(text.as_ptr() as usize));
            match raw.as_bytes().first() {
                Some(b'"') => match serde_json::from_str::<String>(raw) {
                    Ok(value) => ImportBinding::literal(name, line, value),
                    Err(_) => ImportBinding::refused(
                        name,
                        line,
                        "the text holds half a surrogate pair, which is no character",
                    ),
                },
                Some(b'{') => {
                    ImportBinding::refused(name, line, "an object is no value that an environment can hold")
                }
                Some(b'[') => {
                    ImportBinding::refused(name, line, "a list is no value that an environment can hold")
                }
                Some(b'n') => ImportBinding::refused(name, line, "null is no value"),
                // As written: 1.10 stays 1.10.
                _ => ImportBinding::literal(name, line, raw),
            }
        })
        .collect())
}

/// The members of an object, in their order, also those of equal names.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        from.deserialize_map(ObjectVisitor)
    }
}
