//! The command line: its form, one file for each command, printing and exit codes.

mod ask;
pub mod cli;
pub mod commands;
pub mod console;
mod excerpt;
mod progress;
mod table;
mod values;
mod views;
