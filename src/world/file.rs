//! A value that is the content of a file.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::words::error::{Error, Result};
use crate::world::disk::owner;

/// A file whose bytes are the value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct File {
    /// Its path, relative to the folder of the secrets file.
    pub path: PathBuf,
    /// Whether one final newline is dropped.
    pub trim: bool,
}

impl File {
    /// The content.
    ///
    /// # Errors
    /// It cannot be read, is not a regular file, is not UTF-8, or is larger than any variable.
    pub fn read(&self, folder: &Path) -> Result<Zeroizing<String>> {
        let file = folder.join(&self.path);
        let bytes = owner::read(&file)?.ok_or_else(|| Error::no_file(&file))?;
        text(Zeroizing::new(bytes), self.trim).map_err(|error| error.in_file(&file))
    }
}

/// Drops one final newline, LF or CRLF: PowerShell on Windows ends what it pipes into a program with CRLF.
pub fn drop_line_end(bytes: &mut Vec<u8>) {
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
}

/// `bytes` as a text, with or without one final newline (LF or CRLF).
pub(super) fn text(mut bytes: Zeroizing<Vec<u8>>, trim: bool) -> Result<Zeroizing<String>> {
    if trim {
        drop_line_end(&mut bytes);
    }
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            drop(Zeroizing::new(error.into_bytes()));
            Err(Error::syntax(format!("invalid UTF-8 from byte {} on", at + 1))
                .hint("keep it as base64, and decode it in the app"))
        }
    }
}
