//! Our own values where they do not belong: every form that a value may lie in, and the search for them.

mod encode;
mod escape;
pub mod finding;
mod fold;
mod frame;
pub mod masker;
pub mod matcher;
mod pattern;
pub mod scanner;

use std::fmt;

use zeroize::Zeroizing;

use crate::words::name::Name;
use crate::words::profile::ProfileName;

/// A value to look for, and the variable whose value it is or was.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// The variable.
    pub name: Name,
    /// The value.
    pub value: Zeroizing<String>,
    /// Whether the variable has another value by now.
    pub is_old: bool,
    /// The profile that it has or had the value in, if that is one's own.
    pub profile: Option<ProfileName>,
}

/// Debugging prints never show the value.
impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known")
            .field("name", &self.name)
            .field("is_old", &self.is_old)
            .finish_non_exhaustive()
    }
}

/// The form that a value lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// As it is: UTF-8, or any encoding that has the same bytes for it.
    Plain,
    /// Inside a JSON string (RFC 8259, section 7).
    Json,
    /// As a literal of a program, a word of a shell or a page has it between quotes.
    Escaped,
    /// Its lines with other line ends, or with none.
    Lines,
    /// Percent-encoded (RFC 3986, section 2.1), or as a form sends it.
    Percent,
    /// In either alphabet of base64 (RFC 4648, sections 4 and 5).
    Base64,
    /// As hexadecimal digits.
    Hex,
    /// UTF-16, of either byte order.
    Utf16,
    /// UTF-32, of either byte order.
    Utf32,
    /// ISO 8859-1, where that differs from UTF-8.
    Latin1,
}

impl Encoding {
    /// Its name, in what programs read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Lines => "lines",
            Self::Json => "json",
            Self::Escaped => "escaped",
            Self::Percent => "percent",
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
            Self::Latin1 => "latin-1",
        }
    }

    /// The fewest bytes that a character takes.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::Utf16 => 2,
            Self::Utf32 => 4,
            _ => 1,
        }
    }

    /// How it is told to a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Plain => "as it is",
            Self::Lines => "with other line ends",
            Self::Json => "JSON-escaped",
            Self::Escaped => "escaped",
            Self::Percent => "percent-encoded",
            Self::Base64 => "as base64",
            Self::Hex => "as hex",
            Self::Utf16 => "as UTF-16",
            Self::Utf32 => "as UTF-32",
            Self::Latin1 => "as Latin-1",
        }
    }
}
