//! From the text of `secrets.toml` to variables.

use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use toml_edit::{Document, Item, Value as Toml};
use zeroize::Zeroizing;

use super::{Secrets, Variable};
use crate::error::{Error, Position, Result};
use crate::name::{Name, Refusal};
use crate::value::Value;

/// The kernel refuses an `execve` with one `NAME=value` of more bytes than this, its NUL counted:
/// `MAX_ARG_STRLEN`, 32 pages. See execve(2).
#[cfg(not(windows))]
pub(crate) const LONGEST: usize = 131_072;
/// Windows holds this many UTF-16 units in one variable.
/// <https://learn.microsoft.com/windows/win32/procthread/environment-variables>
#[cfg(windows)]
pub(crate) const LONGEST: usize = 32_767;

pub(super) fn file(file: &Path) -> Result<Secrets> {
    let bytes = Zeroizing::new(fs::read(file).map_err(|error| unreadable(file, &error))?);
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            return Err(Error::new("the text is no UTF-8 from here on")
                .in_file(file)
                .at(Position::of(&good, good.len()))
                .hint("save the file as UTF-8"));
        }
    };
    let variables = variables(text).map_err(|error| error.in_file(file))?;
    Ok(Secrets { file: file.to_owned(), variables })
}

fn unreadable(file: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => {
            Error::new("there is no such file").in_file(file).hint("`venvars init` makes it")
        }
        _ => Error::io("read", file, error),
    }
}

/// The variables that `text` defines.
///
/// # Errors
/// The first thing in the text that is not as it has to be, with its position and without any of
/// the text itself.
pub(super) fn variables(text: &str) -> Result<Vec<Variable>> {
    // The parser's own Display would print the line, secret and all: only its message is used.
    let document = Document::parse(text).map_err(|error| {
        let message = error.message().lines().next().unwrap_or("this is no TOML");
        at(text, error.span(), message.to_owned())
            .hint("a value that is text stands in quotes: NAME = \"value\"")
    })?;
    let table = document.as_table();
    let mut variables = Vec::with_capacity(table.len());
    for (key, item) in table {
        let key_span = table.key(key).and_then(toml_edit::Key::span);
        let name = Name::new(key).map_err(|refusal| {
            // A malformed name is not shown: it may be a value that was typed in the wrong place.
            let message = match refusal {
                Refusal::Malformed => refusal.to_string(),
                Refusal::Reserved(_) => format!("{key}: {refusal}"),
            };
            at(text, key_span.clone(), message).hint("give it another name")
        })?;
        // Windows knows both as one variable.
        if cfg!(windows)
            && let Some(other) =
                variables.iter().find(|one: &&Variable| one.name.as_str().eq_ignore_ascii_case(key))
        {
            return Err(at(text, key_span, format!("{name}: differs from {} by case alone", other.name))
                .hint("Windows has one variable for both: keep one of them"));
        }
        let value = match item {
            Item::Value(value) => value,
            Item::Table(_) | Item::ArrayOfTables(_) | Item::None => {
                return Err(at(text, item.span().or(key_span), format!("{name}: an unknown table"))
                    .hint("variables stand at the top level: NAME = \"value\""));
            }
        };
        let span = value.span();
        variables
            .push(variable(text, name, value).map_err(|(message, hint)| at(text, span, message).hint(hint))?);
    }
    Ok(variables)
}

fn at(text: &str, span: Option<Range<usize>>, message: String) -> Error {
    let offset = span.map_or(0, |span| span.start);
    Error::new(message).at(Position::of(text, offset))
}

/// One variable, or what is wrong with it and the way out.
fn variable(text: &str, name: Name, value: &Toml) -> Result<Variable, (String, &'static str)> {
    let span = value.span().unwrap_or(0..0);
    let plain = match value {
        Toml::String(string) => string.value().clone(),
        // Numbers, dates and booleans are the text as written: 1.10 stays 1.10.
        Toml::Integer(_) | Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) => {
            text[span.clone()].to_owned()
        }
        Toml::Array(_) => {
            return Err((
                format!("{name}: a list is no value that an environment can hold"),
                "write it as one text, in quotes",
            ));
        }
        Toml::InlineTable(_) => {
            return Err((format!("{name}: an unknown table"), "write the value as a text, in quotes"));
        }
    };
    let Some(value) = Value::new(plain) else {
        return Err((
            format!("{name}: the value holds a NUL, which no environment can hold"),
            "encode it, for example as base64",
        ));
    };
    if length(&name, &value) > LONGEST {
        return Err((
            format!(
                "{name}: the value is longer than the system lets a variable be ({LONGEST} with its name)"
            ),
            "keep it in a file, and the path of the file in the variable",
        ));
    }
    Ok(Variable { name, value, position: Position::of(text, span.start) })
}

/// The length of `NAME=value` with its closing NUL, as the system counts it.
fn length(name: &Name, value: &Value) -> usize {
    let value = if cfg!(windows) { value.reveal().encode_utf16().count() } else { value.reveal().len() };
    name.as_str().len() + 1 + value + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        variables(text).map(|_| ()).unwrap_err().to_string()
    }

    fn position(text: &str) -> Option<Position> {
        let error = variables(text).unwrap_err().in_file(Path::new("f"));
        let shown = error.to_string();
        let mut numbers = shown.split(':').skip(1).map(str::parse);
        Some(Position { line: numbers.next()?.ok()?, column: numbers.next()?.ok()? })
    }

    #[test]
    fn what_is_no_string_is_the_text_as_written() {
        let text = "A = 1.10\nB = 0x_f\n";
        assert!(variables(text).is_err());
        let text = "A = 1.10\nB = 0xdead_beef\nC = true\nD = 1979-05-27 07:32:00Z\nE = +1e3 # x\n";
        let values: Vec<_> =
            variables(text).unwrap().iter().map(|variable| variable.value.reveal().to_owned()).collect();
        assert_eq!(values, ["1.10", "0xdead_beef", "true", "1979-05-27 07:32:00Z", "+1e3"]);
    }

    #[test]
    fn every_error_has_its_place_and_no_value() {
        for (text, line, column) in [
            ("A = 1\nB = \"hunter2\n", 2, 13),
            ("A = 1\nB = hunter2\n", 2, 5),
            ("A = \"hunter2\"\nA = \"hunter2\"\n", 2, 1),
            ("A = [\"hunter2\"]\n", 1, 5),
            ("[hunter]\nA = \"hunter2\"\n", 1, 1),
            ("A = { x = \"hunter2\" }\n", 1, 5),
            ("A = \"hunter2\\u0000\"\n", 1, 5),
            ("PATH = \"hunter2\"\n", 1, 1),
            ("  \"a-b\" = \"hunter2\"\n", 1, 3),
        ] {
            let shown = message(text);
            assert!(!shown.contains("hunter2"), "{shown}");
            assert_eq!(position(text), Some(Position { line, column }), "{text}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3000))]

        /// Whatever the text: no panic, and no error that shows a value. (`hunter-2` is no name.)
        #[test]
        fn no_error_shows_the_text(pieces in proptest::collection::vec("hunter-2|[A-Z]{1,3}|[ =\"'\\\\\\[\\]{}#,.\n\r\t\u{0}-]|\\\\u0000|1\\.10|true|\u{e9}", 0..20)) {
            if let Err(error) = variables(&pieces.concat()) {
                let said = format!("{error}{}{error:?}", error.way_out().unwrap_or_default());
                proptest::prop_assert!(!said.contains("hunter-2"), "{}", said);
            }
        }
    }
}
