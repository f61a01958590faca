//! The command's output through pipes.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use venvars::engines::search::masker::{Broken, Masker};
use venvars::engines::search::matcher::Matcher;
use venvars::words::error::system_words;

use crate::edge::console;

/// Runs `command`, its output and its errors each through a pipe.
///
/// # Errors
/// The command cannot be started, or the system does not give what is needed for it.
#[cfg(not(unix))]
pub fn run(
    mut command: std::process::Command,
    matcher: &Arc<Matcher>,
) -> venvars::words::error::Result<std::process::ExitCode> {
    use std::{io, process::Stdio, thread};

    venvars::world::program::leave_interrupts_to_child();
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| venvars::world::program::not_started(command.get_program(), &error))?;
    let output = child.stdout.take().map(|source| {
        let matcher = Arc::clone(matcher);
        thread::spawn(move || copy(source, io::stdout(), &matcher, |_| false))
    });
    if let Some(source) = child.stderr.take() {
        copy(source, io::stderr(), matcher, |_| false);
    }
    if let Some(output) = output {
        // A thread that panicked has ended the process.
        let _ = output.join();
    }
    let status = child.wait().map_err(|error| super::refused(&error))?;
    std::process::exit(status.code().unwrap_or(1))
}

/// How many bytes that may be the beginning of a value are printed all the same, beside blanks and line
/// ends, once the command says nothing more: a person wants to see the letter just typed, and a whole line.
pub const SHOWN: usize = 2;

/// Prints what comes from `source` without values, to its end or until nobody reads it any longer: then
/// the command learns of that as it would without us, by a pipe that nobody reads. `pauses` waits for a
/// moment, and says whether nothing came.
pub fn copy<S: Read>(
    mut source: S,
    mut sink: impl Write,
    matcher: &Arc<Matcher>,
    pauses: impl Fn(&S) -> bool,
) {
    let mut masker = Masker::new(Arc::clone(matcher));
    loop {
        if masker.is_waiting() && pauses(&source) {
            // The next write meets the same end.
            let _ = masker.let_go(SHOWN, &mut sink);
        }
        match masker.pump(&mut source, &mut sink) {
            Ok(true) => {}
            Err(Broken::Sink(error)) if error.kind() != ErrorKind::BrokenPipe => {
                console::warn(&format!("could not print the output: {}", system_words(&error)));
                break;
            }
            Ok(false) | Err(_) => break,
        }
    }
}
