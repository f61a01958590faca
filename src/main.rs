//! The command line of venvars.

mod cli;
mod commands;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    arguments.global.color.write_global();
    match commands::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            terminal::complain(&error);
            ExitCode::from(error.code())
        }
    }
}
