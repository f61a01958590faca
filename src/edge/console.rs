//! Printing: answers to standard output, all else to standard error.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use venvars::words::error::{Error, Result};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Prints `text`, an answer, as it is.
///
/// # Errors
/// Standard output cannot be written to. A reader that has gone away is no error.
pub fn answer(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::could_not("write to standard output", &error))
        }
        _ => Ok(()),
    }
}

/// Whether the answer goes to a terminal.
pub fn answers_a_person() -> bool {
    io::stdout().is_terminal()
}

/// Says what went wrong, all of it, and the way out of each.
pub fn complain(error: &Error) {
    label(ERROR, "error", &error.to_string());
    if let Some(hint) = error.way_out() {
        label(HINT, "  hint", hint);
    }
    error.others().iter().for_each(complain);
}

/// Says what is not as it should be.
pub fn warn(text: &str) {
    label(WARNING, "warning", text);
}

/// Says what was done, or what to do next.
pub fn say(text: &str) {
    // Nobody is left to be told if standard error is gone.
    let _ = writeln!(anstream::stderr(), "{text}");
}

fn label(style: Style, word: &str, text: &str) {
    let _ = writeln!(anstream::stderr(), "{style}{word}:{style:#} {text}");
}
