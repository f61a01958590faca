//! The command line of venvars.

mod edge;

use std::process::ExitCode;

use venvars::words::error::Error;

fn main() -> ExitCode {
    // The whole command line's form takes longer to build than all the rest of this answer.
    if std::env::args_os().skip(1).eq(["--version"]) {
        return match edge::console::answer(concat!("venvars ", env!("CARGO_PKG_VERSION"), "\n")) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        };
    }
    let arguments = edge::cli::parse();
    arguments.global.color.write_global();
    match edge::commands::run(arguments) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> ExitCode {
    edge::console::complain(error);
    ExitCode::from(error.code())
}
