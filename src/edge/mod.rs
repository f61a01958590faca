//! The command line: its form, one file for each command, printing and exit codes.

mod ask;
mod candidates;
mod choose;
pub mod cli;
pub mod commands;
mod consent;
pub mod console;
mod excerpt;
mod opening;
mod progress;
mod scripts;
mod table;
mod values;
mod views;
