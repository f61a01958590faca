//! What only Unix has, under the names that it has there. Elsewhere none of it does anything but fail: the trials that
//! need it are listed as Unix's own, and skipped in plain sight.

#[cfg(unix)]
pub use std::os::unix::{
    fs::{MetadataExt, PermissionsExt, chown, symlink},
    process::CommandExt,
};
#[cfg(unix)]
pub use xattr::{get as attribute, set as set_attribute};

#[cfg(not(unix))]
pub use elsewhere::*;

#[cfg(not(unix))]
mod elsewhere {
    use std::fs::{Metadata, Permissions};
    use std::io;
    use std::path::Path;
    use std::process::Command;

    const WHY: &str = "a trial that only Unix can pass is to be listed as such";

    pub trait MetadataExt {
        fn mode(&self) -> u32;
        fn uid(&self) -> u32;
    }

    impl MetadataExt for Metadata {
        fn mode(&self) -> u32 {
            panic!("{WHY}")
        }
        fn uid(&self) -> u32 {
            panic!("{WHY}")
        }
    }

    pub trait PermissionsExt {
        fn mode(&self) -> u32;
        fn from_mode(mode: u32) -> Permissions;
    }

    impl PermissionsExt for Permissions {
        fn mode(&self) -> u32 {
            panic!("{WHY}")
        }
        fn from_mode(_mode: u32) -> Permissions {
            panic!("{WHY}")
        }
    }

    pub trait CommandExt {
        fn uid(&mut self, id: u32) -> &mut Command;
        fn gid(&mut self, id: u32) -> &mut Command;
    }

    impl CommandExt for Command {
        fn uid(&mut self, _id: u32) -> &mut Command {
            panic!("{WHY}")
        }
        fn gid(&mut self, _id: u32) -> &mut Command {
            panic!("{WHY}")
        }
    }

    pub fn chown(_path: impl AsRef<Path>, _user: Option<u32>, _group: Option<u32>) -> io::Result<()> {
        Err(io::Error::other(WHY))
    }

    pub fn attribute(_file: impl AsRef<Path>, _name: &str) -> io::Result<Option<Vec<u8>>> {
        Err(io::Error::other(WHY))
    }

    pub fn set_attribute(_file: impl AsRef<Path>, _name: &str, _value: &[u8]) -> io::Result<()> {
        Err(io::Error::other(WHY))
    }

    pub fn symlink(_original: impl AsRef<Path>, _link: impl AsRef<Path>) -> io::Result<()> {
        Err(io::Error::other(WHY))
    }
}
