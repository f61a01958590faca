//! A Python module of constants, from its syntax tree and without running it. Python itself makes the
//! tree: [`PROGRAM`] says what the module's names are, and this reads what it says.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{ImportBinding, What};
use crate::words::error::{Error, Position, Result};

/// Something that runs a Python program with a text as its standard input, and gives what it prints.
pub type Python<'a> = &'a dyn Fn(&str, &str) -> Result<Zeroizing<Vec<u8>>>;

/// Prints one [`Printed`] per line.
const PROGRAM: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/assignments.py"));

/// The longest module that is read, in bytes.
const LONGEST: usize = 1 << 20;

pub(super) fn read(text: &str, python: Python) -> Result<Vec<ImportBinding>> {
    let hint = "keep the plain assignments in a file of their own";
    if text.len() > LONGEST {
        return Err(Error::unsupported("this module is longer than 1 MiB").hint(hint));
    }
    let answers = python(PROGRAM, text).map_err(|error| error.or_hint(hint))?;
    let mut found = Vec::new();
    for answer in serde_json::Deserializer::from_slice(&answers).into_iter() {
        // The parser's own words can quote what it reads.
        match answer.map_err(|_| Error::program("unexpected answer from Python"))? {
            Printed::Found(name, line, value, reason) => {
                let value = reason
                    .map_or_else(|| Ok(What::Literal(value.unwrap_or_default())), |why| Err(why.into()));
                found.push(ImportBinding::new(name, line, value));
            }
            Printed::Syntax(line, column) => {
                return Err(Error::syntax("not valid Python")
                    .at(Position { line, column })
                    .hint("`python3 -m py_compile FILE` says more"));
            }
            Printed::Deep => return Err(Error::unsupported("this module is nested too deeply").hint(hint)),
        }
    }
    Ok(found)
}

/// What [`PROGRAM`] prints.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Printed {
    /// A name that is bound: on which line, and its text or why it is left out.
    Found(String, usize, Option<Zeroizing<String>>, Option<String>),
    /// The module is not valid from this line and column on.
    Syntax(usize, usize),
    /// Python has no room for so deep a tree.
    Deep,
}
