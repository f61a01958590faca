//! The command line of venvars.

mod cli;
mod commands;
mod terminal;

use std::process::ExitCode;

use clap::Parser;
use venvars::error::Error;

fn main() -> ExitCode {
    // The whole command line's form takes longer to build than all the rest of this answer.
    if std::env::args_os().skip(1).eq(["--version"]) {
        return match terminal::answer(concat!("venvars ", env!("CARGO_PKG_VERSION"), "\n")) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        };
    }
    let arguments = cli::Arguments::parse();
    arguments.global.color.write_global();
    match commands::run(arguments) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> ExitCode {
    terminal::complain(error);
    ExitCode::from(error.code())
}
