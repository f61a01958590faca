//! Bytes to bytes: nothing here reads a file, asks a program or knows a project.

pub mod import;
pub mod search;
pub mod shell;
