//! A secret in memory.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::words::name::Name;

/// The value of a variable. Debugging prints never show it, and its memory is cleared when the
/// last of its clones, which share it, is dropped. It never holds a NUL: no environment can.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<Zeroizing<String>>);

/// The kernel refuses an `execve` with one `NAME=value` of more bytes than this, its NUL counted:
/// `MAX_ARG_STRLEN`, 32 pages. See execve(2).
#[cfg(not(windows))]
pub const LONGEST: usize = 131_072;
/// Windows holds this many UTF-16 units in one variable.
/// <https://learn.microsoft.com/windows/win32/procthread/environment-variables>
#[cfg(windows)]
pub const LONGEST: usize = 32_767;

/// The length of `text` in what [`LONGEST`] counts: UTF-16 units on Windows, bytes elsewhere.
#[must_use]
pub fn length(text: &str) -> usize {
    if cfg!(windows) { text.encode_utf16().count() } else { text.len() }
}

/// Why a text cannot be the value of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// It holds a NUL.
    Nul,
    /// With its name it is longer than [`LONGEST`].
    Long,
}

impl Misfit {
    /// Why no variable called `name` can have the value `text`; nothing if one can.
    pub(crate) fn of(name: &str, text: &str) -> Option<Self> {
        // As the system counts `NAME=value` and its closing NUL.
        let is_long = name.len() + 1 + length(text) + 1 > LONGEST;
        if text.contains('\0') { Some(Self::Nul) } else { is_long.then_some(Self::Long) }
    }

    /// The way out.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Nul => "encode it, for example as base64",
            Self::Long => "keep it in a file, and the path of the file in the variable",
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nul => {
                f.write_str("the value contains a NUL character, which an environment variable cannot hold")
            }
            Self::Long => {
                write!(f, "the value is longer than the system lets a variable be ({LONGEST} with its name)")
            }
        }
    }
}

impl Secret {
    /// Takes over `text`; [`None`] if it holds a NUL.
    #[must_use]
    pub fn new(text: String) -> Option<Self> {
        let text = Zeroizing::new(text);
        (!text.contains('\0')).then(|| Self(Arc::new(text)))
    }

    /// Takes over `text` as the value of the variable `name`.
    ///
    /// # Errors
    /// No environment can hold it.
    pub fn of(name: &Name, text: String) -> Result<Self, Misfit> {
        let text = Zeroizing::new(text);
        Misfit::of(name.as_str(), &text).map_or_else(|| Ok(Self(Arc::new(text))), Err)
    }

    /// The plain text, for whoever writes it where it belongs.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
