//! A terminal of its own for the command, and what passes between it and the user's.
//!
//! The command has the keys from the start only where it would have them without us: in the foreground,
//! with input and output both on the terminal. Elsewhere, as between the pipes of `one | two`, somebody
//! else may be reading the same keys; then it gets them when it asks for them.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::{FdFlags, fcntl_setfd, retry_on_intr};
use rustix::process::{
    Pid, Signal, WaitStatus, getpgrp, getpid, getppid, getsid, kill_current_process_group, kill_process,
};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{
    OptionalActions, OutputModes, Termios, tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr, tcsetwinsize,
    ttyname,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGTSTP, SIGWINCH};
use signal_hook::low_level::siginfo::Origin;
use venvars::engines::search::matcher::Matcher;
use venvars::words::error::Result;
use zeroize::Zeroizing;

use super::printers::Printers;
use super::session::ABOUT_TERMINAL;
use super::signals::{self, PASSED_ON, Signals};
use super::{ourselves, refused};

/// The most keys that are handed on at once: a terminal has room for them whenever it has any.
const KEYS: usize = 256;

/// How often to look whether a shell has put us into the foreground without a word.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// Runs `command` on a terminal of its own, in place of each of its output and errors that goes to
/// ours; the rest goes through pipes.
///
/// # Errors
/// The system does not give what is needed for it.
pub fn run(command: &Command, matcher: &Arc<Matcher>) -> Result<ExitCode> {
    let status = follow(command, matcher).map_err(|error| refused(&error))?;
    Ok(signals::end(status))
}

fn follow(command: &Command, matcher: &Arc<Matcher>) -> io::Result<WaitStatus> {
    let (input, output, errors) = (io::stdin(), io::stdout(), io::stderr());
    let screen = if output.is_terminal() { output.as_fd() } else { errors.as_fd() };
    let has_keys = input.is_terminal() && output.is_terminal() && is_foreground(screen);
    let (master, slave) = pair(screen, has_keys)?;

    let mut keyboard = Keyboard::of(screen, &input);
    if has_keys {
        // Before the command prints anything that a person could answer.
        keyboard.take();
    }

    let mut signals = Signals::catch(&[SIGWINCH, SIGCONT, ABOUT_TERMINAL])?;
    let mut session = session(command, has_keys)?;
    let end = |is_terminal| {
        Ok::<_, io::Error>(if is_terminal { slave.try_clone()?.into() } else { Stdio::piped() })
    };
    session.stdin(if input.is_terminal() { slave.try_clone()?.into() } else { Stdio::inherit() });
    session.stdout(end(output.is_terminal())?).stderr(end(errors.is_terminal())?);
    let mut child = session.spawn()?;
    // Only the session has the terminal open now, so that its end can be seen.
    drop((session, slave));
    signals.catch_for_command(if has_keys { &[] } else { &[SIGTSTP] })?;

    let printers = Printers::new(matcher)?;
    printers.terminal(&master, &screen)?;
    if let Some(pipe) = child.stdout.take() {
        printers.pipe(pipe, &output)?;
    }
    if let Some(pipe) = child.stderr.take() {
        printers.pipe(pipe, &errors)?;
    }
    let mut between = Between {
        screen,
        keyboard,
        master: File::from(master),
        session: Pid::from_child(&child),
        is_stop_caught: !has_keys,
        is_waiting_for_keys: false,
        asked_for_terminal: false,
        keys: Zeroizing::new(Vec::new()),
    };
    between.resize();
    let status = between.follow(&mut signals)?;
    printers.wait(&mut signals)?;
    Ok(status)
}

/// A new terminal like `screen`: the side that is ours, and the command's.
fn pair(screen: BorrowedFd, has_keys: bool) -> io::Result<(OwnedFd, OwnedFd)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    fcntl_setfd(&master, FdFlags::CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname(&master, Vec::new())?;
    let slave = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let mut settings = tcgetattr(screen)?;
    if !has_keys {
        // `screen` stays as it is and ends the lines itself.
        settings.output_modes.remove(OutputModes::OPOST);
    }
    // Blanks in place of a tab would hide a value that has one (termios(3), TABDLY).
    #[cfg(target_os = "linux")]
    settings.output_modes.remove(OutputModes::TABDLY);
    tcsetattr(&slave, OptionalActions::Now, &settings)?;
    if let Ok(size) = tcgetwinsize(screen) {
        tcsetwinsize(&slave, size)?;
    }
    Ok((master, slave))
}

/// The process that leads the session of `command`.
fn session(command: &Command, has_keys: bool) -> io::Result<Command> {
    let mut session = ourselves("session")?;
    session.args(has_keys.then_some("--foreground"));
    session.arg("--").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => session.env(name, value),
            None => session.env_remove::<&OsStr>(name),
        };
    }
    Ok(session)
}

/// Whether our process group is in the foreground of `terminal`. One that is not ours has no job
/// control for us: there it always is.
fn is_foreground(terminal: BorrowedFd) -> bool {
    tcgetpgrp(terminal).map_or(true, |group| group == getpgrp())
}

/// Whether nobody in our session would continue us, as POSIX has it of an orphaned process group: then
/// we must not stop. A parent in our own process group is taken for a script that a shell runs.
fn is_orphaned() -> bool {
    getppid().is_none_or(|parent| getsid(Some(parent)).ok() != getsid(None).ok())
}

/// The user's terminal, for what is typed there.
struct Keyboard<'a> {
    screen: BorrowedFd<'a>,
    file: Option<File>,
    /// While the command has the keys: the settings that the terminal had before.
    settings: Option<Termios>,
    was_taken: bool,
}

impl<'a> Keyboard<'a> {
    /// That of `screen`: `input`, if that is a terminal.
    fn of(screen: BorrowedFd<'a>, input: &io::Stdin) -> Self {
        let open = || {
            let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
            rustix::fs::open(ttyname(screen, Vec::new())?, flags, Mode::empty())
        };
        let file = if input.is_terminal() { input.as_fd().try_clone_to_owned().ok() } else { open().ok() };
        Self { screen, file: file.map(File::from), settings: None, was_taken: false }
    }

    fn is_taken(&self) -> bool {
        self.settings.is_some()
    }

    /// Takes the keys as they come: the command's terminal makes lines and signals of them.
    fn take(&mut self) {
        self.was_taken = true;
        if self.settings.is_none() {
            self.settings = self.file.as_ref().and_then(|file| tcgetattr(file).ok());
        }
        if let (Some(file), Some(settings)) = (&self.file, &self.settings) {
            let mut raw = settings.clone();
            raw.make_raw();
            let _ = tcsetattr(file, OptionalActions::Drain, &raw);
        }
    }

    fn give_back(&mut self) {
        if let (Some(settings), Some(file)) = (self.settings.take(), &self.file)
            && is_foreground(self.screen)
        {
            let _ = tcsetattr(file, OptionalActions::Drain, &settings);
        }
    }
}

/// However it ends, the terminal is as it was.
impl Drop for Keyboard<'_> {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Between the user's terminal and the command's.
struct Between<'a> {
    screen: BorrowedFd<'a>,
    keyboard: Keyboard<'a>,
    master: File,
    /// The process that leads the command's session.
    session: Pid,
    /// Whether SIGTSTP is ours to handle.
    is_stop_caught: bool,
    /// Whether the command may have the keys as soon as we are in the foreground.
    is_waiting_for_keys: bool,
    /// Whether the session has said that the command wants the terminal.
    asked_for_terminal: bool,
    /// Keys that the command's terminal had no room for.
    keys: Zeroizing<Vec<u8>>,
}

impl Between<'_> {
    fn follow(&mut self, signals: &mut Signals) -> io::Result<WaitStatus> {
        loop {
            while let Some(status) = signals::news(self.session)? {
                // What it said before it stopped.
                self.obey(&signals.pending());
                if !status.stopped() {
                    return Ok(status);
                }
                self.stopped();
            }
            let wants_keys = self.keyboard.is_taken() && self.keys.is_empty();
            let keyboard = self.keyboard.file.as_ref().filter(|_| wants_keys);
            let master = Some(&self.master).filter(|_| !self.keys.is_empty());
            let mut ready = vec![PollFd::new(signals, PollFlags::IN)];
            ready.extend(keyboard.map(|keyboard| PollFd::new(keyboard, PollFlags::IN)));
            ready.extend(master.map(|master| PollFd::new(master, PollFlags::OUT)));
            let timeout = self.is_waiting_for_keys.then_some(&LOOK);
            retry_on_intr(|| poll(&mut ready, timeout))?;
            // The one beside the signals: the keyboard, or our side of the command's terminal.
            let is_ready = ready.get(1).is_some_and(|other| !other.revents().is_empty());
            drop(ready);
            self.obey(&signals.pending());
            if self.is_waiting_for_keys && is_foreground(self.screen) {
                self.take_keys();
            }
            match is_ready {
                true if wants_keys => self.read_keys(),
                true => self.hand_keys_on(),
                false => {}
            }
        }
    }

    fn obey(&mut self, origins: &[Origin]) {
        for origin in origins {
            let is_ours = origin.process.is_some_and(|process| process.pid == getpid().as_raw_pid());
            match origin.signal {
                SIGWINCH => self.resize(),
                ABOUT_TERMINAL => self.asked_for_terminal = true,
                SIGCONT => self.continued(),
                SIGTSTP if is_ours => {}
                signal if signal == SIGTSTP || PASSED_ON.contains(&signal) => {
                    signals::send(self.session, signal);
                }
                _ => {}
            }
        }
    }

    /// The command has stopped: it wants the terminal, or we stop as well.
    fn stopped(&mut self) {
        let wants_terminal = std::mem::take(&mut self.asked_for_terminal);
        if wants_terminal && is_foreground(self.screen) {
            self.take_keys();
            return self.go_on(true);
        }
        self.keyboard.give_back();
        self.stop(if wants_terminal { Signal::TTIN } else { Signal::TSTP });
        // Continued, or nobody let us stop.
        if !is_foreground(self.screen) {
            return self.go_on(wants_terminal && is_orphaned());
        }
        let has_keys = wants_terminal || self.keyboard.was_taken;
        if has_keys {
            self.take_keys();
        }
        self.go_on(has_keys);
    }

    /// Stops our process group, as the terminal would.
    fn stop(&self, signal: Signal) {
        let _ = kill_current_process_group(signal);
        if signal == Signal::TSTP && self.is_stop_caught && !is_orphaned() {
            let _ = kill_process(getpid(), Signal::STOP);
        }
    }

    /// Has the command go on, in the foreground of its terminal or not.
    fn go_on(&self, is_foreground: bool) {
        if !is_foreground {
            signals::send(self.session, ABOUT_TERMINAL);
        }
        signals::send(self.session, SIGCONT);
    }

    /// Somebody stopped and continued us alone: a shell has set the terminal to its own liking since.
    fn continued(&mut self) {
        if !self.keyboard.is_taken() {
            return;
        }
        if is_foreground(self.screen) {
            self.keyboard.take();
            self.resize();
        } else {
            self.keyboard.settings = None;
            self.is_waiting_for_keys = true;
        }
    }

    fn take_keys(&mut self) {
        self.is_waiting_for_keys = false;
        if !self.keyboard.was_taken {
            self.end_lines();
        }
        self.keyboard.take();
        self.resize();
    }

    /// From now on the command's terminal makes the line ends, and the user's is raw.
    fn end_lines(&self) {
        if let Ok(mut settings) = tcgetattr(&self.master) {
            settings.output_modes.insert(OutputModes::OPOST);
            let _ = tcsetattr(&self.master, OptionalActions::Now, &settings);
        }
    }

    fn resize(&self) {
        if let Ok(size) = tcgetwinsize(self.screen) {
            let _ = tcsetwinsize(&self.master, size);
        }
    }

    fn read_keys(&mut self) {
        let mut keys = Zeroizing::new([0; KEYS]);
        match self.keyboard.file.as_ref().map(|mut keyboard| keyboard.read(&mut keys[..])) {
            Some(Ok(count @ 1..)) => self.keys.extend_from_slice(&keys[..count]),
            Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            // The user's terminal is gone, and with it the command's.
            _ => {
                self.keyboard.file = None;
                signals::send(self.session, SIGHUP);
            }
        }
    }

    fn hand_keys_on(&mut self) {
        match self.master.write(&self.keys) {
            Ok(count) => drop(self.keys.drain(..count)),
            Err(_) => self.keys.clear(),
        }
    }
}
