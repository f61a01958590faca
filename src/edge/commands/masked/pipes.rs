//! The command's output through pipes.

use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
#[cfg(not(unix))]
use std::thread;

use venvars::engines::search::masker::{Broken, Masker};
use venvars::engines::search::matcher::Matcher;
use venvars::words::error::{Result, system_words};

use super::refused;
#[cfg(unix)]
use super::{
    printers::Printers,
    signals::{self, PASSED_ON, Signals},
};
use crate::edge::commands::run::not_started;
use crate::edge::console;

/// Runs `command` in our own process group, its output and its errors each through a pipe.
///
/// # Errors
/// The command cannot be started, or the system does not give what is needed for it.
pub fn run(mut command: Command, matcher: &Arc<Matcher>) -> Result<ExitCode> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| not_started(command.get_program(), &error))?;
    // It holds our ends of nothing, but the values.
    drop(command);
    follow(child, matcher).map_err(|error| refused(&error))
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

#[cfg(unix)]
fn follow(mut child: Child, matcher: &Arc<Matcher>) -> io::Result<ExitCode> {
    let pid = rustix::process::Pid::from_child(&child);
    let mut signals = Signals::catch(&[])?;
    signals.catch_for_command(&[])?;
    let printers = Printers::new(matcher)?;
    if let Some(output) = child.stdout.take() {
        printers.pipe(output, io::stdout())?;
    }
    if let Some(errors) = child.stderr.take() {
        printers.pipe(errors, io::stderr())?;
    }
    loop {
        if let Some(status) = signals::news(pid)?.filter(|status| !status.stopped()) {
            printers.wait(&mut signals)?;
            return Ok(signals::end(status));
        }
        signals.wait()?;
        // What the terminal sends, it sends to the command too.
        for origin in signals.pending().iter().filter(|origin| signals::is_sent(origin)) {
            if PASSED_ON.contains(&origin.signal) {
                signals::send(pid, origin.signal);
            }
        }
    }
}

#[cfg(not(unix))]
fn follow(mut child: Child, matcher: &Arc<Matcher>) -> io::Result<ExitCode> {
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
    let status = child.wait()?;
    std::process::exit(status.code().unwrap_or(1))
}
