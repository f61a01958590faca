//! The process between us and a command that has a terminal of its own.
//!
//! A terminal belongs to one session. This process leads that session, and the command is its child, in
//! a process group of its own: so the terminal can stop the command (a process group whose parents are
//! all in another session cannot be stopped: POSIX.1-2024, XBD 3.259), and this process can tell us of it.
//!
//! It tells by stopping itself; if the command stopped because it wants the terminal, it sends
//! [`ABOUT_TERMINAL`] first. It is told to go on by SIGCONT: with the command in the foreground of the
//! terminal, unless [`ABOUT_TERMINAL`] was sent before.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use nix::sys::signal::{SigSet, SigmaskHow};
use rustix::process::{Pid, Signal, getpgrp, getppid, kill_process, kill_process_group};
use rustix::termios::tcsetpgrp;
use signal_hook::consts::{SIGCONT, SIGINT, SIGQUIT, SIGTSTP, SIGURG};
use venvars::words::error::Result;

use super::signals::{self, PASSED_ON, Signals};
use super::{ourselves, refused};
use crate::edge::commands::run::not_started;

/// The signal that says that the terminal is what it is about. Nothing else uses it: nobody reads
/// urgent data here.
pub const ABOUT_TERMINAL: i32 = SIGURG;

/// Leads a session whose terminal is our standard output, or else our standard error, and runs
/// `command` in it, if `is_foreground` in the foreground. Ends as the command did.
///
/// # Errors
/// The terminal is not to be had.
pub fn run(is_foreground: bool, command: &[OsString]) -> Result<ExitCode> {
    let (output, errors) = (io::stdout(), io::stderr());
    lead(terminal(&output, &errors), is_foreground, command).map_err(|error| refused(&error))
}

fn lead(terminal: BorrowedFd, is_foreground: bool, command: &[OsString]) -> io::Result<ExitCode> {
    rustix::process::setsid()?;
    rustix::process::ioctl_tiocsctty(terminal)?;
    let signals = Signals::catch(&[ABOUT_TERMINAL, SIGCONT])?;
    let mut start = ourselves("start")?;
    start.args(is_foreground.then_some("--foreground")).arg("--").args(command);
    let child = start.process_group(0).spawn()?;
    signals.catch_for_command(&[SIGTSTP])?;
    Session { terminal, child: Pid::from_child(&child), is_foreground }.lead(signals)
}

/// Becomes `command`, the first of its process group; if `is_foreground`, in the foreground of the
/// terminal from its first step on: only the process itself can see to that.
///
/// # Errors
/// The command cannot be started.
pub fn start(is_foreground: bool, command: &[OsString]) -> Result<ExitCode> {
    let (output, errors) = (io::stdout(), io::stderr());
    if is_foreground {
        set_foreground(terminal(&output, &errors), getpgrp()).map_err(|error| refused(&error))?;
    }
    let Some((program, arguments)) = command.split_first() else { return Ok(ExitCode::FAILURE) };
    Err(not_started(program, &Command::new(program).args(arguments).exec()))
}

/// Our terminal.
fn terminal<'a>(output: &'a io::Stdout, errors: &'a io::Stderr) -> BorrowedFd<'a> {
    if output.is_terminal() { output.as_fd() } else { errors.as_fd() }
}

/// Puts `group` into the foreground of `terminal`, from wherever this process is: the system stops one in
/// the background that does so, unless it blocks the signal.
fn set_foreground(terminal: BorrowedFd, group: Pid) -> io::Result<()> {
    let mut blocked = SigSet::empty();
    blocked.add(nix::sys::signal::Signal::SIGTTOU);
    let before = blocked.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let done = tcsetpgrp(terminal, group);
    before.thread_set_mask()?;
    Ok(done?)
}

struct Session<'a> {
    terminal: BorrowedFd<'a>,
    child: Pid,
    /// Whether the command may have the terminal.
    is_foreground: bool,
}

impl Session<'_> {
    fn lead(mut self, mut signals: Signals) -> io::Result<ExitCode> {
        let mut is_background_wanted = false;
        loop {
            while let Some(status) = signals::news(self.child)? {
                match status.stopping_signal() {
                    None => return Ok(signals::end(status)),
                    Some(signal) => stop(signal),
                }
            }
            signals.wait()?;
            let pending = signals.pending();
            is_background_wanted |= pending.iter().any(|origin| origin.signal == ABOUT_TERMINAL);
            for signal in pending.iter().map(|origin| origin.signal) {
                match signal {
                    SIGCONT => {
                        self.is_foreground = !std::mem::take(&mut is_background_wanted);
                        self.place();
                        self.send_all(Signal::CONT);
                    }
                    // What keys send, the whole process group gets.
                    SIGINT => self.send_all(Signal::INT),
                    SIGQUIT => self.send_all(Signal::QUIT),
                    SIGTSTP => self.send_all(Signal::TSTP),
                    _ if PASSED_ON.contains(&signal) => signals::send(self.child, signal),
                    _ => {}
                }
            }
        }
    }

    /// Puts the command into the foreground of the terminal, or this process instead.
    fn place(&self) {
        let group = if self.is_foreground { self.child } else { getpgrp() };
        // A terminal that is gone has no foreground.
        let _ = set_foreground(self.terminal, group);
    }

    fn send_all(&self, signal: Signal) {
        let _ = kill_process_group(self.child, signal);
    }
}

/// The command was stopped by `signal`: so is this process, until the command is to go on.
fn stop(signal: i32) {
    let wants_terminal = [Signal::TTIN, Signal::TTOU].iter().any(|one| one.as_raw() == signal);
    if let Some(parent) = getppid().filter(|_| wants_terminal) {
        signals::send(parent, ABOUT_TERMINAL);
    }
    let _ = kill_process(rustix::process::getpid(), Signal::STOP);
}
