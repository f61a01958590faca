//! Files: read where they are there, and written whole or not at all.

pub mod lock;
pub mod open;
pub mod owner;
pub mod replace;
pub mod user;

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use zeroize::Zeroizing;

use crate::words::error::{Error, Result};
use crate::words::system::HERE;

/// Adds the lines of `text` to the end of `file`, on lines of their own. A new file is its owner's alone.
///
/// # Errors
/// It cannot be opened or written to.
pub fn append(file: &Path, text: &[u8]) -> Result<()> {
    let mut options = fs::File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let is_mid_line = fs::read(file).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n'));
    let mut lines = Zeroizing::new(if is_mid_line { vec![b'\n'] } else { Vec::new() });
    lines.extend_from_slice(text);
    let written = options.open(file).and_then(|mut open| open.write_all(&lines));
    written.map_err(|error| Error::io("write to", file, &error))
}

/// `path` without links, written as every program takes it: Windows' own `\\?\` paths are for its system alone.
///
/// # Errors
/// There is no such path, or it cannot be followed.
pub fn canonical(path: &Path) -> io::Result<PathBuf> {
    dunce::canonicalize(path).map(plain)
}

/// `path` as one types it in the current folder: from there, unless the whole path is shorter.
#[must_use]
pub fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    from(&here, path).display().to_string()
}

fn from(here: &Path, path: &Path) -> PathBuf {
    let common = here.components().zip(path.components()).take_while(|(one, other)| one == other).count();
    let up = here.components().skip(common).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(common)).collect();
    if common == 0 || relative.as_os_str().len() > path.as_os_str().len() {
        path.to_owned()
    } else if relative.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        relative
    }
}

/// The file that a link leads to, so that an edit replaces the file and not the link.
#[must_use]
pub fn real(file: &Path) -> PathBuf {
    canonical(file).unwrap_or_else(|_| file.to_owned())
}

/// Whether the file system of `path` keeps permissions that tell who can read a file. Windows has access lists, which
/// are not asked; 9p and drvfs, on which WSL has Windows' drives, show every file as everybody's.
#[must_use]
pub fn keeps_modes(path: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        // linux/magic.h: V9FS_MAGIC. WSL 1 calls drvfs so too.
        const V9FS: i64 = 0x0102_1997;
        rustix::fs::statfs(path).map_or(true, |found| found.f_type != V9FS)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        cfg!(unix)
    }
}

/// The permissions of the file at `path`, where its file system keeps such.
#[cfg(unix)]
#[must_use]
pub fn mode(path: &Path, metadata: &fs::Metadata) -> Option<u32> {
    let mode = std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777;
    let is_open = mode & 0o077 != 0;
    (!is_open || keeps_modes(path)).then_some(mode)
}

/// The same: there are none.
#[cfg(not(unix))]
#[must_use]
pub fn mode(_path: &Path, _metadata: &fs::Metadata) -> Option<u32> {
    None
}

/// The file that `file`, which lies in `folder`, is or leads to.
///
/// # Errors
/// It is a link that leads out of the folder: whoever wrote that may mean a file of somebody else.
pub fn within(file: &Path, folder: &Path) -> Result<PathBuf> {
    let target = real(file);
    if file.is_symlink() && !target.starts_with(real(folder)) {
        let error = Error::refused("this is a link to a place outside the project").in_file(file);
        return Err(error.hint(format!("delete it: {}", HERE.deletion(file))));
    }
    Ok(target)
}

/// `path` without the prefix that dunce leaves on the shares of a network.
fn plain(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\UNC\")) {
        Some(share) => format!(r"\\{share}").into(),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_leads_there_from_here() {
        for (here, path, shown) in [
            ("/home/a/project", "/home/a/project/.venv/bin/activate", ".venv/bin/activate"),
            ("/home/a/project/src", "/home/a/project/secrets.toml", "../secrets.toml"),
            ("/home/a/project", "/home/a/project", "."),
            ("/home/a/deep/down/here/it/is", "/home/a/x", "/home/a/x"),
            ("/srv", "/etc/x", "/etc/x"),
            ("/", "/etc/x", "etc/x"),
            ("/home/a", "other/x", "other/x"),
            ("", "/etc/x", "/etc/x"),
        ] {
            assert_eq!(from(Path::new(here), Path::new(path)), Path::new(shown));
        }
    }

    #[test]
    fn no_path_is_for_the_system_alone() {
        for (from, to) in [
            (r"\\?\UNC\wsl.localhost\Debian\home\a", r"\\wsl.localhost\Debian\home\a"),
            (r"C:\Users\a", r"C:\Users\a"),
            ("/home/a", "/home/a"),
        ] {
            assert_eq!(plain(from.into()), PathBuf::from(to));
        }
        assert_eq!(canonical(Path::new("src/../src")).unwrap(), std::env::current_dir().unwrap().join("src"));
    }
}
