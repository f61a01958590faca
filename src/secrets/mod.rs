//! `secrets.toml`: the one file that holds the values.

pub mod edit;
pub mod generate;
pub mod many;
mod read;

use std::path::{Path, PathBuf};

use crate::error::{Error, Position, Result};
use crate::name::Name;
use crate::value::Value;

pub(crate) use read::LONGEST;

/// A name with its value, and where it stands.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The name.
    pub name: Name,
    /// The value.
    pub value: Value,
    /// Where the value stands in the file.
    pub position: Position,
}

impl Variable {
    /// A variable that stands in for another: its value is `mask`.
    pub(crate) fn masked(name: &str, mask: &str) -> Option<Self> {
        Some(Self {
            name: Name::new(name).ok()?,
            value: Value::new(mask.to_owned())?,
            position: Position { line: 1, column: 1 },
        })
    }
}

/// The variables of one `secrets.toml`, in the order of the file.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The file that they were read from.
    pub file: PathBuf,
    /// The variables.
    pub variables: Vec<Variable>,
}

impl Secrets {
    /// Reads `file`.
    ///
    /// # Errors
    /// The file cannot be read, or something in it is not as it has to be; the error has line and
    /// column and shows no value.
    pub fn read(file: &Path) -> Result<Self> {
        read::file(file)
    }

    /// The variable called `name`.
    ///
    /// # Errors
    /// There is none; the error names the nearest one that there is.
    pub fn find(&self, name: &str) -> Result<&Variable> {
        self.variables.iter().find(|variable| variable.name.as_str() == name).ok_or_else(|| {
            let error = Error::new(format!("there is no variable {}", printable(name))).in_file(&self.file);
            let known = self.variables.iter().map(|variable| variable.name.as_str());
            match crate::nearest(name, known) {
                Some(near) => error.hint(format!("did you mean {near}?")),
                None => error.hint("`venvars list` shows the names that there are"),
            }
        })
    }
}

/// A name that somebody typed, safe to print: it might be a value typed in the wrong place.
pub(crate) fn printable(name: &str) -> String {
    match Name::new(name) {
        Err(crate::name::Refusal::Malformed) => "of that name".to_owned(),
        _ => name.to_owned(),
    }
}
