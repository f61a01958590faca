//! Where a value comes from.

mod table;
pub mod template;

use std::fmt;
use std::path::Path;

pub(crate) use table::{Wrong, of};

use template::Template;

use crate::words::secret::Secret;
use crate::world::command::Invocation;
use crate::world::file::File;
use crate::world::keyring;

/// What stands after the `=` of a variable.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// The value itself.
    Literal(Secret),
    /// A text with other variables in it.
    Template(Template),
    /// The content of a file.
    File(File),
    /// What a command prints.
    Command(Invocation),
    /// An entry of the user's keyring.
    Keyring(keyring::entry::KeyringEntry),
    /// A message that age has encrypted, in its text form.
    Age(String),
}

impl Source {
    /// The value, if it stands in the file itself.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Literal(value) => Some(value.reveal()),
            _ => None,
        }
    }

    /// Its name, as `list` and `explain` show it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Literal(_) => "literal",
            Self::Template(_) => "template",
            Self::File(_) => "file",
            Self::Command(_) => "command",
            Self::Keyring(_) => "keyring",
            Self::Age(_) => "age",
        }
    }

    /// Whether the value lies on this disk as plain text anyway, so that a script may hold it too.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        match self {
            Self::Literal(_) | Self::Template(_) | Self::File(_) => true,
            Self::Command(_) | Self::Keyring(_) | Self::Age(_) => false,
        }
    }

    /// Whether reading the file reveals nothing of the value.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        matches!(self, Self::Age(_))
    }

    /// Whether venvars itself keeps the value, and so can change it.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        matches!(self, Self::Literal(_) | Self::Keyring(_) | Self::Age(_))
    }

    /// What it refers to, for a person to read; nothing where that is the value itself. Relative
    /// paths are relative to `folder`.
    #[must_use]
    pub fn reference(&self, folder: &Path) -> Option<String> {
        match self {
            Self::Literal(_) | Self::Age(_) => None,
            Self::Keyring(entry) => Some(entry.to_string()),
            Self::Template(template) => {
                let names: Vec<&str> = template.names().map(crate::words::name::Name::as_str).collect();
                (!names.is_empty()).then(|| format!("of {}", names.join(", ")))
            }
            Self::File(file) => Some(folder.join(&file.path).display().to_string()),
            Self::Command(command) => Some(command.program().to_owned()),
        }
    }
}

/// Debugging prints show what kind it is and nothing of a value.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.kind())
    }
}
