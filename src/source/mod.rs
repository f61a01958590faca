//! Where a value lives when it does not stand in `secrets.toml`.

pub mod age;
pub mod keyring;
