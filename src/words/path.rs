//! Paths as bytes.

use std::path::{Path, PathBuf};

/// The bytes of `path`, as git has them.
#[must_use]
pub fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The path of these `bytes`; `None` where a path is not any bytes, and these are not one.
#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere a path is not any bytes")]
pub(crate) fn of(bytes: &[u8]) -> Option<PathBuf> {
    let bytes = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    Some(Path::new::<std::ffi::OsStr>(bytes).to_owned())
}

#[cfg(not(unix))]
pub(crate) fn of(bytes: &[u8]) -> Option<PathBuf> {
    str::from_utf8(bytes).ok().map(PathBuf::from)
}
