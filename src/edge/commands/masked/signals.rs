//! Signals: what we get, whom it is meant for, and how a command ended.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use rustix::process::{Pid, Resource, Rlimit, Signal, WaitOptions, WaitStatus};
use signal_hook::consts::{SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

pub use signal_hook::low_level::siginfo::Origin;

/// What is meant for the command and not for us.
pub const PASSED_ON: [i32; 7] = [SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// The signals that this process gets from now on, to be waited for beside other things.
pub struct Signals(SignalDelivery<UnixStream, WithOrigin>);

impl Signals {
    /// Catches `some`, and the news of children.
    ///
    /// # Errors
    /// The system has no room for it.
    pub fn catch(some: &[i32]) -> io::Result<Self> {
        let (read, write) = UnixStream::pair()?;
        let all = some.iter().chain(&[SIGCHLD]);
        Ok(Self(SignalDelivery::with_pipe(read, write, WithOrigin::default(), all)?))
    }

    /// Catches what is passed on as well. For after the start of a command: what is caught before,
    /// it could not find ignored, as `nohup` leaves it.
    ///
    /// # Errors
    /// The system has no room for it.
    pub fn catch_for_command(&self) -> io::Result<()> {
        PASSED_ON.iter().try_for_each(|signal| self.0.handle().add_signal(*signal))
    }

    /// Those that have come since the last time.
    pub fn pending(&mut self) -> Vec<Origin> {
        self.0.pending().collect()
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.get_read().as_fd()
    }
}

/// Whether a process sent it. What the terminal sends, the whole process group gets.
pub fn is_sent(origin: &Origin) -> bool {
    matches!(origin.cause, Cause::Sent(_))
}

/// Sends `signal` to `process`, a child that was not waited for, so that its number is still its own.
pub fn send(process: Pid, signal: i32) {
    if let Some(signal) = Signal::from_named_raw(signal) {
        // One that has ended needs no signal.
        let _ = rustix::process::kill_process(process, signal);
    }
}

/// How `child` has ended, if it has.
pub fn news(child: Pid) -> io::Result<Option<WaitStatus>> {
    Ok(rustix::process::waitpid(Some(child), WaitOptions::NOHANG)?.map(|(_, status)| status))
}

/// Ends as a command did that ended with `status`: with its code, or by the same signal, so that a
/// shell sees what it would see without us.
pub fn end(status: WaitStatus) -> ExitCode {
    if let Some(signal) = status.terminating_signal() {
        // A core of this process would hold the values.
        rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).ok();
        signal_hook::low_level::emulate_default_handler(signal).ok();
        return ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX));
    }
    ExitCode::from(status.exit_status().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
