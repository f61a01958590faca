//! The environment that this process was given.
#![expect(clippy::disallowed_methods, reason = "this is the room that reads it")]

use std::env;
use std::ffi::OsString;

/// What the variable `name` holds, if it is there and UTF-8.
#[must_use]
pub fn text(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// What the variable `name` holds, if it is there.
#[must_use]
pub fn raw(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// What the variable `name` holds, if it is there and not empty.
#[must_use]
pub fn filled(name: &str) -> Option<OsString> {
    raw(name).filter(|value| !value.is_empty())
}

/// All variables.
#[must_use]
pub fn all() -> env::VarsOs {
    env::vars_os()
}
