//! A value that a command prints: the bridge to 1Password, Vault, pass, Bitwarden, AWS and the rest.

use std::env;
use std::ffi::OsString;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::words::cause::Cause;
use crate::words::error::Error;
use crate::words::secret::LONGEST;
use crate::world::file;
use crate::world::program::child;
use crate::world::variables;

/// How long a command may take where nothing else is said: long enough to type a passphrase.
pub const TIMEOUT: Duration = Duration::from_mins(1);

/// Lists the secrets files whose commands are running, so that a command that asks venvars for the
/// same file again does not go on for ever.
const RUNNING: &str = "_VENVARS_RUNNING";

/// How much of the standard error is kept, in bytes.
const MOST_SAID: usize = 4096;

/// How often a command that has closed its output is asked whether it has ended.
const TICK: Duration = Duration::from_millis(2);

/// How long the output of a command that has ended may stay open: something that it left running
/// may hold it.
const GRACE: Duration = Duration::from_millis(500);

/// A program with its arguments; no shell sees them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Invocation {
    words: Vec<String>,
    timeout: Duration,
}

/// Why a command gave no value.
pub struct Failure {
    /// What went wrong.
    pub error: Error,
    /// What the command wrote to its standard error, as it did: it may hold a value.
    pub said: Zeroizing<String>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, said: Zeroizing::default() }
    }
}

impl Invocation {
    /// The command of these words, the first of which is the program; it is ended after `timeout`.
    pub(crate) fn new(words: Vec<String>, timeout: Duration) -> Self {
        Self { words, timeout }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// The command as a person would type it.
    #[must_use]
    pub fn typed(&self) -> String {
        let words = self.words.iter().map(|word| shell_escape::escape(word.into()).into_owned());
        words.collect::<Vec<_>>().join(" ")
    }

    /// What the command prints, less one final newline. It runs in the folder of `secrets`, the file
    /// that names it, with no standard input.
    ///
    /// # Errors
    /// It cannot be started, fails, takes too long, or prints what can be no value.
    pub fn run(&self, secrets: &Path) -> Result<Zeroizing<String>, Failure> {
        let (mut child, program) = self.start(secrets)?;
        let most = (LONGEST * 4 + 1, "more than any variable can hold");
        let out = read(child.stdout.take(), most.0, false);
        let err = read(child.stderr.take(), MOST_SAID, true);
        let ended = wait(&mut child, &out, &program, self.timeout, most);
        if ended.is_err() {
            // It may have ended by itself meanwhile.
            let _ = child.kill();
            let _ = child.wait();
        }
        let said = || {
            let bytes = err.recv_timeout(GRACE).unwrap_or_default();
            Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
        };
        let (status, bytes) = ended.map_err(|error| Failure {
            said: said(),
            error: error.hint("give it more time with timeout = SECONDS, or see what it waits for"),
        })?;
        if !status.success() {
            let error = Cause::Ended { program, status: status.to_string() }.into();
            return Err(Failure { said: said(), error });
        }
        Ok(file::text(bytes, true).map_err(|error| error.context(format!("what {program} printed")))?)
    }

    fn start(&self, secrets: &Path) -> Result<(Child, String), Failure> {
        let folder = secrets.parent().unwrap_or(Path::new("."));
        let running = variables::raw(RUNNING).unwrap_or_default();
        if env::split_paths(&running).any(|file| file == secrets) {
            return Err(Error::refused(
                "the command asks venvars for the file that it stands in, which would never end",
            )
            .hint("name another command")
            .into());
        }
        let program = self.program();
        // A path is relative to the secrets file, whatever folder we were started in.
        let path = if program.contains(['/', std::path::MAIN_SEPARATOR]) {
            folder.join(program)
        } else {
            PathBuf::from(program)
        };
        let mut command = child(path);
        command
            .args(&self.words[1..])
            .current_dir(folder)
            .env(RUNNING, join(&running, secrets))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                Error::from(Cause::NoProgram(program.to_owned())).hint("install it, or name its path")
            }
            _ => Error::could_not(format!("start {program}"), &error),
        })?;
        Ok((child, program.to_owned()))
    }
}

/// Waits until `child`, which is called `program`, has ended and `out` has all that it printed. Where that is `most`
/// bytes there may be more, which is `too_much`.
pub(super) fn wait(
    child: &mut Child,
    out: &Receiver<Zeroizing<Vec<u8>>>,
    program: &str,
    timeout: Duration,
    (most, too_much): (usize, &str),
) -> Result<(ExitStatus, Zeroizing<Vec<u8>>), Error> {
    let deadline = Instant::now() + timeout;
    let mut printed: Option<Zeroizing<Vec<u8>>> = None;
    let mut until = deadline;
    loop {
        if printed.as_ref().is_some_and(|bytes| bytes.len() >= most) {
            return Err(Error::program(format!("{program} prints {too_much}")));
        }
        if let Some(status) =
            child.try_wait().map_err(|error| Error::could_not(format!("wait for {program}"), &error))?
        {
            let bytes = printed.unwrap_or_else(|| out.recv_timeout(GRACE).unwrap_or_default());
            return Ok((status, bytes));
        }
        let now = Instant::now();
        if now >= until {
            let seconds = timeout.as_secs_f64();
            return Err(Cause::TimedOut { program: program.to_owned(), seconds }.into());
        }
        if printed.is_some() {
            thread::sleep(TICK.min(until - now));
            continue;
        }
        // The end of the output is nearly always the end of the command.
        match out.recv_timeout((until - now).min(Duration::from_millis(20))) {
            Ok(bytes) => printed = Some(bytes),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => until = now,
        }
    }
}

fn join(running: &OsString, secrets: &Path) -> OsString {
    // A path that cannot stand in such a list cannot be asked for by it either.
    env::join_paths(env::split_paths(running).chain([secrets.to_owned()])).unwrap_or_else(|_| running.clone())
}

/// Reads at most `most` bytes of `pipe` on a thread of its own; if it is to `drain`, the rest is read
/// too and dropped, so that the writer is not held up.
pub(super) fn read(
    pipe: Option<impl Read + Send + 'static>,
    most: usize,
    drain: bool,
) -> Receiver<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        if let Some(mut pipe) = pipe {
            // What was read before an error is all there is.
            let _ = pipe.by_ref().take(most as u64).read_to_end(&mut bytes);
            if drain {
                // Handed over at once: the rest may take as long as the command does.
                let _ = sender.send(bytes);
                let _ = std::io::copy(&mut pipe, &mut std::io::sink());
                return;
            }
        }
        // Nobody waits any more for what comes too late.
        let _ = sender.send(bytes);
    });
    receiver
}
