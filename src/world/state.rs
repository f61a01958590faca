//! The folder where venvars keeps what it has to remember for this user: nobody else can read it, and it is
//! outside of every project.
//!
//! Each file begins with a line that says its version, so that an older venvars does not misread a newer one's.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::words::error::{Error, Result};
use crate::world::disk;
use crate::world::disk::open;
use crate::world::folders;

/// The version that this venvars writes, and the newest that it reads.
const VERSION: u32 = 1;
/// What stands before the version.
const HEAD: &str = "venvars state ";
/// How the name of a file begins that is not yet whole.
pub const UNFINISHED: &str = ".new-";

/// `venvars` in this user's folder for state.
///
/// # Errors
/// The user has no home.
pub fn folder() -> Result<PathBuf> {
    // A home that is none would be one in every folder that one stands in.
    let parent = folders::state().filter(|parent| parent.is_absolute());
    let parent = parent.ok_or_else(|| {
        Error::missing("no folder for state").hint("set XDG_STATE_HOME to a folder of your own")
    })?;
    Ok(parent.join("venvars"))
}

/// Where what is remembered of `path` as `kind` is: `folder()/KIND/NAME-HASH`. A link at the end of `path` is not
/// followed: what it leads to may change.
///
/// # Errors
/// As for [`folder`].
pub fn place(kind: &str, path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let path = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => disk::real(parent).join(name),
        _ => path,
    };
    let hash = digest(path.as_os_str().as_encoded_bytes(), 12);
    // The names are for people; the hash tells paths apart.
    let names = path.iter().rev().take(2).map(|name| name.to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.reverse();
    let name = names.join("-");
    let name: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).take(60).collect();
    Ok(folder()?.join(kind).join(format!("{name}-{hash}")))
}

/// The first `length` bytes of what SHA-256 makes of `content`, in hexadecimal: a name for it.
#[must_use]
pub fn digest(content: &[u8], length: usize) -> String {
    Sha256::digest(content).iter().take(length).map(|byte| format!("{byte:02x}")).collect()
}

/// Makes `folder`, which is below [`folder()`], and all above it that is missing, for this user only.
///
/// # Errors
/// It cannot be made, or belongs to another user.
pub fn make(folder: &Path) -> Result<()> {
    let failed = |error: io::Error| hinted(Error::io("make", folder, &error));
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(folder).map_err(failed)?;
        for folder in ours(folder) {
            let is = fs::metadata(folder).map_err(failed)?;
            if !is.is_dir() {
                return Err(hinted(Error::refused("it is not a folder").in_file(folder)));
            }
            check(folder, &is)?;
            if is.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
            }
        }
    }
    #[cfg(not(unix))]
    builder.create(folder).map_err(failed)?;
    // A home may be a repository.
    let ignore =
        folder.ancestors().find(|part| part.ends_with("venvars")).map(|part| part.join(".gitignore"));
    if let Some(ignore) = ignore.filter(|ignore| !ignore.exists()) {
        let _ = File::create_new(ignore).and_then(|mut file| file.write_all(b"*\n"));
    }
    Ok(())
}

/// The folders from `folder` up to that of venvars.
fn ours(folder: &Path) -> impl Iterator<Item = &Path> {
    let is_at_top = folder.ancestors().position(|part| part.ends_with("venvars"));
    folder.ancestors().take(is_at_top.map_or(0, |above| above + 1))
}

/// Refuses state that another user has replaced.
#[cfg(unix)]
fn check(path: &Path, metadata: &fs::Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt;

    if disk::user::is_own(metadata) {
        return Ok(());
    }
    Err(hinted(Error::refused(format!("it belongs to uid {}", metadata.uid())).in_file(path)))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the same form on every system")]
fn check(_path: &Path, _metadata: &fs::Metadata) -> Result<()> {
    Ok(())
}

/// Writes `content` to `file`, which is below [`folder()`], whole or not at all; `is_safe` once the disk has it, or
/// only when the system gets to it.
///
/// # Errors
/// It cannot be written.
pub fn write(file: &Path, content: &[u8], is_safe: bool) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    make(folder)?;
    let failed = |error: io::Error| hinted(Error::io("write", file, &error));
    // The file's mode is 0600 from the start.
    let mut new = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder).map_err(failed)?;
    new.write_all(format!("{HEAD}{VERSION}\n").as_bytes()).map_err(failed)?;
    new.write_all(content).map_err(failed)?;
    if is_safe {
        new.as_file().sync_all().map_err(failed)?;
    }
    new.persist(file).map_err(|error| failed(error.error))?;
    if is_safe && cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(())
}

/// The content of `file`, which [`write()`] wrote; `None` if there is no such file.
///
/// # Errors
/// It cannot be read, is not one of ours, belongs to another user, or a newer venvars wrote it.
pub fn read(file: &Path) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let Some((opened, metadata)) = open::regular(file)? else { return Ok(None) };
    check(file, &metadata)?;
    for folder in file.parent().into_iter().flat_map(ours) {
        check(folder, &fs::metadata(folder).map_err(|error| hinted(Error::io("read", folder, &error)))?)?;
    }
    let mut bytes = Zeroizing::new(open::content(file, opened)?);
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let version =
        std::str::from_utf8(&bytes[..end]).ok().and_then(|line| line.strip_prefix(HEAD)?.parse().ok());
    match version {
        Some(VERSION) => {}
        Some(version) if version > VERSION => {
            let error = format!("a newer venvars wrote this (version {version}; this one reads {VERSION})");
            return Err(Error::unsupported(error).in_file(file).hint("update venvars"));
        }
        _ => return Err(Error::syntax("venvars did not write this").in_file(file).hint("move it elsewhere")),
    }
    bytes.drain(..=end);
    Ok(Some(bytes))
}

/// `error`, which is about a file here, with the way out.
#[must_use]
pub fn hinted(error: Error) -> Error {
    error.or_hint("venvars keeps its state there; XDG_STATE_HOME names another folder")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::disk::replace::Replacement;

    #[test]
    fn what_is_written_is_read_and_a_newer_version_is_summary_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("venvars/kind/name");
        assert!(read(&file).unwrap().is_none());
        for content in [&b"one"[..], b"", b"\n\xff\n"] {
            write(&file, content, true).unwrap();
            assert_eq!(read(&file).unwrap().unwrap().as_slice(), content);
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
            assert_eq!(mode(&folder.path().join("venvars")), 0o700);
        }
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
        for (text, said) in
            [("venvars state 2\nx", "a newer venvars"), ("other\n", "did not write this"), ("", "did not")]
        {
            disk::replace::all(&[Replacement { file: &file, content: text.as_bytes(), mode: None }]).unwrap();
            assert!(read(&file).unwrap_err().to_string().contains(said), "{text}");
        }
    }

    #[test]
    fn each_path_has_its_place() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        let place = |path: &str| place("backups", &folder.path().join(path)).unwrap();
        assert_eq!(place("a/secrets.toml"), place("a/../a/secrets.toml"));
        assert_ne!(place("a/secrets.toml"), place("b/secrets.toml"));
        let place = place("a/secrets.toml").to_string_lossy().replace('\\', "/");
        assert!(place.contains("/venvars/backups/a-secrets.toml-"));
    }
}
