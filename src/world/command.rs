//! A value that a command prints: the bridge to 1Password, Vault, pass, Bitwarden, AWS and the rest.

use std::env;
use std::ffi::OsString;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::words::cause::Cause;
use crate::words::error::Error;
use crate::words::secret::LONGEST;
use crate::world::file;
use crate::world::program::child;
use crate::world::trust::TRUST;
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

/// How long nothing more comes out of a pipe before that is taken for all that a command printed which has ended.
const QUIET: Duration = Duration::from_millis(20);

/// What names the repository that a hook runs for (`git rev-parse --local-env-vars`, githooks(5)): a command that is
/// asked for a value in a hook is to give the same one as anywhere.
const OF_REPOSITORY: [&str; 17] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

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
            let bytes = err.whole.recv_timeout(GRACE).ok().or_else(|| err.of_ended()).unwrap_or_default();
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
                "the command asks venvars for the file that contains it, which would never end",
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
        let ours = variables::all().map(|(name, _)| name).filter(|name| {
            let name = name.to_string_lossy();
            (name.starts_with("VENVARS_") || name.starts_with("_VENVARS")) && name != TRUST
        });
        ours.chain(OF_REPOSITORY.map(OsString::from)).for_each(|name| {
            command.env_remove(name);
        });
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
    out: &Captured,
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
            let Some(bytes) = printed.or_else(|| out.of_ended()) else {
                let error =
                    format!("{program} printed nothing, but a process that it left running still might");
                return Err(Error::program(error));
            };
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
        match out.whole.recv_timeout((until - now).min(Duration::from_millis(20))) {
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

/// What a child prints.
pub(super) struct Captured {
    /// All of it, once every writer has closed the pipe.
    pub whole: Receiver<Zeroizing<Vec<u8>>>,
    so_far: Arc<Mutex<Zeroizing<Vec<u8>>>>,
}

impl Captured {
    /// What a child that has ended printed: all of it, though something that it left running may hold its output
    /// open, as the agent that a password manager starts at its first call. `None` if that is nothing yet.
    fn of_ended(&self) -> Option<Zeroizing<Vec<u8>>> {
        let deadline = Instant::now() + GRACE;
        let length = || self.so_far.lock().unwrap_or_else(PoisonError::into_inner).len();
        let mut before = 0;
        loop {
            if let Ok(bytes) = self.whole.recv_timeout(QUIET) {
                return Some(bytes);
            }
            let now = length();
            if now > 0 && now == before {
                return Some(self.so_far.lock().unwrap_or_else(PoisonError::into_inner).clone());
            }
            if Instant::now() >= deadline {
                return None;
            }
            before = now;
        }
    }
}

/// Reads at most `most` bytes of `pipe` on a thread of its own; if it is to `drain`, the rest is read
/// too and dropped, so that the writer is not held up.
pub(super) fn read(pipe: Option<impl Read + Send + 'static>, most: usize, drain: bool) -> Captured {
    let (sender, whole) = mpsc::channel();
    let so_far = Arc::<Mutex<Zeroizing<Vec<u8>>>>::default();
    let printed = Arc::clone(&so_far);
    thread::spawn(move || {
        let lock = || printed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut pipe) = pipe else {
            let _ = sender.send(Zeroizing::default());
            return;
        };
        let mut chunk = Zeroizing::new([0; 8192]);
        let mut left = most;
        // What was read before an error is all there is.
        while left > 0
            && let part = left.min(chunk.len())
            && let Ok(read @ 1..) = retried(|| pipe.read(&mut chunk[..part]))
        {
            lock().extend_from_slice(&chunk[..read]);
            left -= read;
        }
        // Nobody waits any more for what comes too late; the rest may take as long as the command does.
        let _ = sender.send(lock().clone());
        if drain {
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
    });
    Captured { whole, so_far }
}

/// `read` again as long as a signal interrupts it.
fn retried(mut read: impl FnMut() -> std::io::Result<usize>) -> std::io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
