//! Printing: answers to standard output, all else to standard error.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use serde_json::Value as Json;
use venvars::words::error::{Error, Result};
use zeroize::Zeroizing;

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

/// Prints `document`, for people and programs to read.
///
/// # Errors
/// As for [`answer`].
pub fn document(document: &Json) -> Result<()> {
    let text = serde_json::to_string_pretty(document).map(|text| Zeroizing::new(text + "\n"));
    answer(&text.map_err(|error| Error::could_not("write JSON", &error.into()))?)
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
