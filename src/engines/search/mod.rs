//! Our own values where they do not belong: every form that a value may lie in, and the search for them.

mod breaks;
mod cut;
mod encode;
mod escape;
pub mod finding;
mod fold;
mod frame;
mod grams;
mod line;
pub mod masker;
pub mod matcher;
mod pattern;
pub mod scanner;

use zeroize::Zeroizing;

use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::words::table;

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
    /// Which of its lines are looked for by themselves.
    pub lines: Lines,
}

/// Which lines of a value of several are looked for by themselves, if they are long enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// All: whoever masks hides too much rather than too little.
    Each,
    /// Those of random text that nobody is meant to know.
    Random,
}

impl Known {
    /// A value of which those lines are looked for by themselves that nobody else would write.
    #[must_use]
    pub fn new(name: Name, value: Zeroizing<String>, is_old: bool, profile: Option<ProfileName>) -> Self {
        Self { name, value, is_old, profile, lines: Lines::Random }
    }

    #[cfg(test)]
    fn test(name: &str, value: &str) -> Self {
        Self::new(Name::new(name).unwrap(), Zeroizing::new(value.to_owned()), false, None)
    }
}

table! {
    /// The form that a value lies in.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Encoding {
        /// As it is: UTF-8, or any encoding that has the same bytes for it.
        Plain = "plain", "as it is";
        /// Inside a JSON string (RFC 8259, section 7).
        Json = "json", "JSON-escaped";
        /// As a literal of a program, a word of a shell or a page has it between quotes.
        Escaped = "escaped", "escaped";
        /// Its lines with other line ends, or with none.
        Lines = "lines", "with other line ends";
        /// One of its lines by itself.
        Line = "line", "a line of it";
        /// Percent-encoded (RFC 3986, section 2.1), or as a form sends it.
        Percent = "percent", "percent-encoded";
        /// In either alphabet of base64 (RFC 4648, sections 4 and 5).
        Base64 = "base64", "as base64";
        /// As hexadecimal digits.
        Hex = "hex", "as hex";
        /// UTF-16, of either byte order.
        Utf16 = "utf-16", "as UTF-16";
        /// UTF-32, of either byte order.
        Utf32 = "utf-32", "as UTF-32";
        /// ISO 8859-1, where that differs from UTF-8.
        Latin1 = "latin-1", "as Latin-1";
    }
    /// Its name, in what programs read.
    name: &'static str = 0;
    /// How it is told to a person.
    words: &'static str = 1;
}

impl Encoding {
    /// The fewest bytes that a character takes.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::Utf16 => 2,
            Self::Utf32 => 4,
            _ => 1,
        }
    }
}
