//! A command whose output passes through us: through a pipe, or through a terminal of its own where ours is
//! one.
//!
//! Where the command would have the keys without us, in the foreground with input and output both on the
//! terminal, it leads a session on its own terminal, and we hand the keys on. Ctrl-Z does nothing there:
//! nobody in that session could continue it (an orphaned process group: POSIX.1-2024, XBD 3.259).
//! Elsewhere, as between the pipes of `one | two`, it stays in our process group and the user's terminal
//! stays its own, for keys and for job control; only what it prints takes the other way.

use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;

use pty_process::blocking::{Pts, Pty};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, getpgrp};
use rustix::termios::{
    OptionalActions, OutputModes, Termios, tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr, tcsetwinsize,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGWINCH};
use venvars::engines::search::matcher::Matcher;
use venvars::words::error::Result;
use venvars::world::program::not_started;
use zeroize::Zeroizing;

use super::printers::Printers;
use super::refused;
use super::signals::{self, PASSED_ON, Signals};

/// The most keys that are handed on at once: a terminal has room for them whenever it has any.
const KEYS: usize = 256;

/// Runs `command` with a terminal of its own in place of each of its output and errors that goes to ours,
/// and with a pipe in place of the rest.
///
/// # Errors
/// The command cannot be started, or the system does not give what is needed for it.
pub fn run(command: Command, matcher: &Arc<Matcher>) -> Result<ExitCode> {
    let (input, output, errors) = (io::stdin(), io::stdout(), io::stderr());
    let ours = [output.as_fd(), errors.as_fd()].into_iter().find(IsTerminal::is_terminal);
    let has_keys = input.is_terminal() && output.is_terminal() && is_foreground(output.as_fd());
    let (screen, pts) = match ours {
        Some(ours) => {
            let (screen, pts) = Screen::like(ours, has_keys).map_err(|error| refused(&error))?;
            (Some(screen), Some(pts))
        }
        None => (None, None),
    };
    // Before the command prints anything that a person could answer.
    let keyboard = has_keys.then(|| Keyboard::take(input.as_fd()));
    let mut signals = Signals::catch(&[SIGWINCH, SIGCONT]).map_err(|error| refused(&error))?;
    let mut child = start(command, pts, has_keys)?;
    let follow = || {
        signals.catch_for_command()?;
        let printers = Printers::new(matcher)?;
        if let Some(screen) = &screen {
            printers.terminal(&screen.master, &screen.ours)?;
        }
        if let Some(pipe) = child.stdout.take() {
            printers.pipe(pipe, &output)?;
        }
        if let Some(pipe) = child.stderr.take() {
            printers.pipe(pipe, &errors)?;
        }
        let child = Pid::from_child(&child);
        let mut between = Between { screen, keyboard, keys: Zeroizing::default(), child };
        let status = between.follow(&mut signals)?;
        printers.wait(&mut signals)?;
        Ok(status)
    };
    follow().map(signals::end).map_err(|error| refused(&error))
}

/// Starts `command` with `pts` in place of our terminal; if it `has_keys`, as the leader of a session there.
/// Afterwards only the command has `pts` open, so that its end can be seen.
fn start(mut command: Command, pts: Option<Pts>, has_keys: bool) -> Result<Child> {
    let program = command.get_program().to_owned();
    let end = |is_terminal| match &pts {
        Some(pts) if is_terminal => {
            pts.as_fd().try_clone_to_owned().map(Stdio::from).map_err(|error| refused(&error))
        }
        _ => Ok(Stdio::piped()),
    };
    command.stdout(end(io::stdout().is_terminal())?).stderr(end(io::stderr().is_terminal())?);
    let started = match pts {
        Some(pts) if has_keys => {
            // It takes `pts` for all that it is not given itself.
            let command = pty_process::blocking::Command::from(command);
            let piped = !io::stderr().is_terminal();
            let command = if piped { command.stderr(Stdio::piped()) } else { command };
            command.spawn(pts).map_err(|error| match error {
                pty_process::Error::Io(error) => error,
                pty_process::Error::Rustix(error) => error.into(),
            })
        }
        _ => command.spawn(),
    };
    started.map_err(|error| not_started(&program, &error))
}

/// Whether our process group is in the foreground of `terminal`. One that is not ours has no job
/// control for us: there it always is.
fn is_foreground(terminal: BorrowedFd) -> bool {
    tcgetpgrp(terminal).map_or(true, |group| group == getpgrp())
}

/// The terminal that the command prints on, and ours.
struct Screen<'a> {
    ours: BorrowedFd<'a>,
    master: Pty,
}

impl<'a> Screen<'a> {
    /// A new terminal like `ours`, and the command's side of it.
    fn like(ours: BorrowedFd<'a>, has_keys: bool) -> io::Result<(Self, Pts)> {
        let (master, pts) = pty_process::blocking::open().map_err(io::Error::other)?;
        let mut settings = tcgetattr(ours)?;
        if !has_keys {
            // Ours stays as it is and ends the lines itself.
            settings.output_modes.remove(OutputModes::OPOST);
        }
        // Blanks in place of a tab would hide a value that has one (termios(3), TABDLY).
        #[cfg(target_os = "linux")]
        settings.output_modes.remove(OutputModes::TABDLY);
        tcsetattr(&pts, OptionalActions::Now, &settings)?;
        let screen = Self { ours, master };
        screen.resize();
        Ok((screen, pts))
    }

    fn resize(&self) {
        if let Ok(size) = tcgetwinsize(self.ours) {
            let _ = tcsetwinsize(&self.master, size);
        }
    }
}

/// The user's terminal, while the command has its keys.
struct Keyboard<'a> {
    terminal: BorrowedFd<'a>,
    /// What it was set to before.
    settings: Option<Termios>,
}

impl<'a> Keyboard<'a> {
    fn take(terminal: BorrowedFd<'a>) -> Self {
        let keyboard = Self { terminal, settings: tcgetattr(terminal).ok() };
        keyboard.set_raw();
        keyboard
    }

    /// Has the keys come as they are: the command's terminal makes lines and signals of them.
    fn set_raw(&self) {
        if let Some(mut settings) = self.settings.clone().filter(|_| is_foreground(self.terminal)) {
            settings.make_raw();
            let _ = tcsetattr(self.terminal, OptionalActions::Drain, &settings);
        }
    }
}

/// However it ends, the terminal is as it was.
impl Drop for Keyboard<'_> {
    fn drop(&mut self) {
        if let Some(settings) = self.settings.take().filter(|_| is_foreground(self.terminal)) {
            let _ = tcsetattr(self.terminal, OptionalActions::Drain, &settings);
        }
    }
}

/// Between the user and the command.
struct Between<'a> {
    screen: Option<Screen<'a>>,
    keyboard: Option<Keyboard<'a>>,
    /// Keys that the command's terminal had no room for.
    keys: Zeroizing<Vec<u8>>,
    child: Pid,
}

impl Between<'_> {
    fn follow(&mut self, signals: &mut Signals) -> io::Result<rustix::process::WaitStatus> {
        loop {
            if let Some(status) = signals::news(self.child)? {
                return Ok(status);
            }
            let wants_keys = self.keys.is_empty();
            let mut ready = vec![PollFd::new(signals, PollFlags::IN)];
            match (&self.keyboard, &self.screen) {
                (Some(keyboard), _) if wants_keys => {
                    ready.push(PollFd::new(&keyboard.terminal, PollFlags::IN));
                }
                (_, Some(screen)) if !wants_keys => ready.push(PollFd::new(&screen.master, PollFlags::OUT)),
                _ => {}
            }
            retry_on_intr(|| poll(&mut ready, None))?;
            let is_ready = ready.get(1).is_some_and(|other| !other.revents().is_empty());
            drop(ready);
            for origin in signals.pending() {
                self.obey(&origin);
            }
            match is_ready {
                true if wants_keys => self.read_keys(),
                true => self.hand_keys_on(),
                false => {}
            }
        }
    }

    fn obey(&self, origin: &signals::Origin) {
        match origin.signal {
            SIGWINCH => {
                if let Some(screen) = &self.screen {
                    screen.resize();
                }
                // It may have looked before there was anything new to see.
                if self.keyboard.is_none() {
                    signals::send(self.child, SIGWINCH);
                }
            }
            // A shell has set the terminal to its own liking since somebody stopped us.
            SIGCONT => self.keyboard.iter().for_each(Keyboard::set_raw),
            // What our terminal sends, it sends to our whole process group.
            signal
                if PASSED_ON.contains(&signal) && (self.keyboard.is_some() || signals::is_sent(origin)) =>
            {
                signals::send(self.child, signal);
            }
            _ => {}
        }
    }

    fn read_keys(&mut self) {
        let mut keys = Zeroizing::new([0; KEYS]);
        let Some(keyboard) = &self.keyboard else { return };
        match rustix::io::read(keyboard.terminal, &mut keys[..]) {
            Ok(count @ 1..) => self.keys.extend_from_slice(&keys[..count]),
            Err(rustix::io::Errno::INTR) => {}
            // The user's terminal is gone, and with it the command's.
            _ => {
                self.keyboard = None;
                signals::send(self.child, SIGHUP);
            }
        }
    }

    fn hand_keys_on(&mut self) {
        match self.screen.as_ref().map(|screen| rustix::io::write(&screen.master, &self.keys)) {
            Some(Ok(count)) => drop(self.keys.drain(..count)),
            _ => self.keys.clear(),
        }
    }
}
