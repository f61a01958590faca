//! Files: read where they are there, and written whole or not at all.

pub mod lock;
pub mod replace;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::words::error::{Error, Result};

/// The content of `file`; nothing if there is no such file.
///
/// # Errors
/// It is there and cannot be read.
pub fn read(file: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", file, &error)),
    }
}
