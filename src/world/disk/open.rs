//! The one place that opens the files of a project, whoever put them there.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::words::cause::Cause;
use crate::words::error::{Error, Result};

/// The most bytes that secrets, settings and what goes with them may have.
const MOST: u64 = 10 << 20;

/// Opens `file` for reading; [`None`] if there is no such file. What is no regular file, as a pipe or a device, is
/// refused and never waited for.
///
/// # Errors
/// It cannot be opened, or is no regular file.
pub fn regular(file: &Path) -> Result<Option<(File, Metadata)>> {
    let failed = |error| Error::io("read", file, &error);
    let mut options = File::options();
    options.read(true);
    without_waiting(&mut options);
    let opened = match open(file, &options) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let metadata = opened.metadata().map_err(failed)?;
    if metadata.is_file() {
        Ok(Some((opened, metadata)))
    } else {
        Err(Error::from(Cause::NotAFile).in_file(file))
    }
}

/// The content of `file`; [`None`] if there is no such file.
///
/// # Errors
/// As for [`regular`], or it has more bytes than any such file.
pub fn read(file: &Path) -> Result<Option<Vec<u8>>> {
    regular(file)?.map(|(opened, _)| content(file, opened)).transpose()
}

/// All of `opened`, which is `file`.
///
/// # Errors
/// It cannot be read, or has more bytes than any such file.
pub(in crate::world) fn content(file: &Path, opened: File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    opened.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| Error::io("read", file, &error))?;
    if bytes.len() as u64 > MOST {
        return Err(Error::unsupported(format!("larger than {} MiB", MOST >> 20)).in_file(file));
    }
    Ok(bytes)
}

#[cfg(not(windows))]
fn open(file: &Path, options: &OpenOptions) -> io::Result<File> {
    options.open(file)
}

/// While Windows replaces a file (ReplaceFile), there is none of its name for an instant, and the new one lies
/// beside it.
#[cfg(windows)]
fn open(file: &Path, options: &OpenOptions) -> io::Result<File> {
    let new = super::replace::temporary(file);
    let mut tries_without = 0;
    for _ in 0..200 {
        match options.open(file) {
            Err(error) if error.kind() == ErrorKind::NotFound && tries_without < 3 => {}
            done => return done,
        }
        if new.exists() {
            tries_without = 0;
            std::thread::sleep(std::time::Duration::from_millis(5));
        } else {
            // It may have taken its place since.
            tries_without += 1;
        }
    }
    options.open(file)
}

/// Has no pipe wait for a writer, and no terminal become this process's own.
#[cfg(unix)]
fn without_waiting(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;

    // The system's own flags have few bits.
    options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
}

#[cfg(not(unix))]
fn without_waiting(_options: &mut OpenOptions) {}
