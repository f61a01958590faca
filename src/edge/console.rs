//! Printing: answers to standard output, all else to standard error. Names, descriptions and paths are other people's
//! words: what is for a person's eyes goes through [`legible`] here.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde_json::Value as Json;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::message::{is_unfit, legible};
use zeroize::Zeroizing;

use super::excerpt;
use super::table::{self, Row};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Whether only errors are told.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// Prints `text`, an answer to a person.
///
/// # Errors
/// As for [`answer`].
pub fn show(text: &str) -> Result<()> {
    answer(&legible(text))
}

/// Prints `rows`, an answer to a person, in columns.
///
/// # Errors
/// As for [`answer`].
pub fn table(rows: &[Row]) -> Result<()> {
    // Not by way of a stream that takes colours out: a value may look like one.
    let is_coloured = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    print(io::stdout().lock(), &table::text(rows, is_coloured))
}

/// Says `rows`, in columns.
pub fn say_table(rows: &[Row]) {
    // Nobody is left to be told if standard error is gone.
    let _ = print(anstream::stderr().lock(), &table::text(rows, true));
}

/// Prints `text`, an answer to a program, unchanged.
///
/// # Errors
/// Standard output cannot be written to. A closed pipe is not an error.
pub fn answer(text: &str) -> Result<()> {
    print(io::stdout().lock(), text)
}

fn print(mut out: impl Write, text: &str) -> Result<()> {
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
    let text = text.map_err(|error| Error::could_not("write JSON", &error.into()))?;
    let mut escaped = Zeroizing::new(String::with_capacity(text.len()));
    for c in text.chars() {
        // Only a text in it can hold such a character, and only line ends are JSON's own.
        if is_unfit(c) && c != '\n' {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
        } else {
            escaped.push(c);
        }
    }
    answer(&escaped)
}

/// Whether the answer goes to a terminal.
pub fn answers_a_person() -> bool {
    io::stdout().is_terminal()
}

/// Says what went wrong, all of it, and the way out of each.
pub fn complain(error: &Error) {
    if let Cause::Declined(what) = error.cause() {
        return say(what);
    }
    label(ERROR, "error", &format!("{error:#}"));
    if let Some((line, mark)) = excerpt::of(error) {
        say(&format!("  | {line}\n  | {mark}"));
    }
    if let Some(hint) = error.remedy() {
        label(HINT, "  hint", hint);
    }
    error.others().iter().for_each(complain);
}

/// From now on, only errors are told.
pub fn be_quiet() {
    IS_QUIET.store(true, Ordering::Relaxed);
}

/// Says what is not as it should be, once.
pub fn warn(text: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let is_new = SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
    if is_new && !IS_QUIET.load(Ordering::Relaxed) {
        label(WARNING, "warning", text);
    }
}

/// Warns of what went wrong and stops nothing, with the way out.
pub fn warn_of(error: &Error) {
    let text = format!("{error:#}");
    let gap = if text.contains('\n') { "\n  " } else { " " };
    let hint = error.remedy().map(|hint| format!("{gap}({hint})")).unwrap_or_default();
    warn(&format!("{text}{hint}"));
}

/// Says what was done, or what to do next.
pub fn say(text: &str) {
    // Nobody is left to be told if standard error is gone.
    let _ = writeln!(anstream::stderr(), "{}", legible(text));
}

fn label(style: Style, word: &str, text: &str) {
    let _ = writeln!(anstream::stderr(), "{style}{word}:{style:#} {}", legible(text));
}
