//! Replacing files, whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::words::error::{Error, Result};
use crate::world::threads::side_by_side;

/// A file's new content.
pub struct Replacement<'a> {
    /// The file; its folder exists. No symbolic link: that would be replaced by a file.
    pub file: &'a Path,
    /// What it is to hold.
    pub content: &'a [u8],
    /// Its permissions on Unix; nothing leaves an existing file's as they are and makes a new file
    /// readable by its owner alone.
    pub mode: Option<u32>,
}

/// How many files are flushed to disk side by side: a flush waits for the disk, not for a core,
/// and file systems put those that come together into one journal commit.
const FLUSHERS: usize = 16;

/// Replaces every file: each is written beside its old self and flushed, and only when all of them
/// are there, each takes its place with one rename. A crash at any instant leaves each file whole,
/// the old one or the new one. Owner and extended attributes stay, on Windows the access list and attributes.
///
/// The caller holds the lock of each file's folder, so a temporary file that is there already is
/// what a killed process left: it is taken away.
///
/// # Errors
/// One could not be written; then none is replaced. (Only if a rename itself fails, the files
/// before it are new and the others old.)
pub fn all(replacements: &[Replacement<'_>]) -> Result<()> {
    let temporary: Vec<PathBuf> = replacements.iter().map(|r| temporary(r.file)).collect();
    let done = write_all(replacements, &temporary).and_then(|()| {
        for (replacement, temporary) in replacements.iter().zip(&temporary) {
            put(temporary, replacement.file)
                .map_err(|error| Error::io("replace", replacement.file, &error))?;
        }
        Ok(())
    });
    if done.is_err() {
        for temporary in &temporary {
            // Those that took their place are gone already.
            let _ = fs::remove_file(temporary);
        }
    }
    done
}

/// Puts `new` in the place of `file`.
#[cfg(not(windows))]
fn put(new: &Path, file: &Path) -> io::Result<()> {
    fs::rename(new, file)
}

/// Puts `new` in the place of `file`, whose access list and attributes stay.
#[cfg(windows)]
fn put(new: &Path, file: &Path) -> io::Result<()> {
    let kept = match (file.to_str(), new.to_str()) {
        (Some(file), Some(new)) => winsafe::ReplaceFile(file, new, None, winsafe::co::REPLACEFILE::default()),
        _ => Err(winsafe::co::ERROR::INVALID_NAME),
    };
    // There is no such file yet, or its file system has no such thing.
    kept.or_else(|_| fs::rename(new, file))
}

/// The name beside `file` under which its new content is written. Only a killed process leaves a file
/// of this name.
#[must_use]
pub fn temporary(file: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(".venvars-new");
    file.with_file_name(name)
}

fn write_all(replacements: &[Replacement<'_>], temporary: &[PathBuf]) -> Result<()> {
    let mut pairs = Vec::with_capacity(replacements.len());
    for (replacement, temporary) in replacements.iter().zip(temporary) {
        let file = write(replacement, temporary)
            .map_err(|error| Error::io("write the new version of", replacement.file, &error))?;
        pairs.push((file, replacement.file));
    }
    let flushed = side_by_side(pairs, FLUSHERS, |(file, name)| {
        file.sync_all().map_err(|error| Error::io("write the new version of", name, &error))
    });
    flushed.into_iter().collect()
}

fn write(replacement: &Replacement<'_>, temporary: &Path) -> io::Result<File> {
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(temporary)?;
    #[cfg(unix)]
    keep(replacement, &file)?;
    file.write_all(replacement.content)?;
    Ok(file)
}

/// Gives the new file the old one's owner and extended attributes, and its own mode.
#[cfg(unix)]
fn keep(replacement: &Replacement<'_>, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    use xattr::FileExt;

    let Ok(old) = fs::metadata(replacement.file) else {
        return match replacement.mode {
            Some(mode) => new.set_permissions(fs::Permissions::from_mode(mode)),
            None => Ok(()),
        };
    };
    let made = new.metadata()?;
    if (made.uid(), made.gid()) != (old.uid(), old.gid()) {
        fchown(new, Some(old.uid()), Some(old.gid()))?;
    }
    for name in xattr::list(replacement.file).into_iter().flatten() {
        // An access list stays: the mode, which is set after it, is the mask of what it grants (acl(5)). What the
        // system itself labels (security.*) it sets anew where it does not let us.
        let name_bytes = name.as_encoded_bytes();
        if name_bytes.starts_with(b"system.") && name_bytes != b"system.posix_acl_access" {
            continue;
        }
        if let Some(value) = xattr::get(replacement.file, &name)?
            && let Err(error) = new.set_xattr(&name, &value)
            && !name_bytes.starts_with(b"security.")
        {
            return Err(error);
        }
    }
    let mode = replacement.mode.unwrap_or(old.mode() & 0o7777);
    new.set_permissions(fs::Permissions::from_mode(mode))
}
