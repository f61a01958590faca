//! The threads that print what the command prints, without the values.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr as retry;
use venvars::engines::search::masker::{Broken, Masker};
use venvars::engines::search::matcher::Matcher;

use super::pipes::{self, SHOWN};
use super::signals::{PASSED_ON, Signals};

/// How much a pipe from the command holds, in bytes.
#[cfg(target_os = "linux")]
const WIDTH: usize = 1024 * 1024;

/// How long a piece of output that was cut in two takes to come, at the most.
const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 30_000_000 };

/// How long after the end of a command its terminal may still have something to print.
const LATE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// Threads that print, one for each stream.
pub struct Printers {
    matcher: Arc<Matcher>,
    /// Readable once each thread has ended, and with it its mark.
    done: UnixStream,
    mark: UnixStream,
    /// Closed when the command has ended: what a thread with a terminal waits for.
    end: UnixStream,
    ended: UnixStream,
}

impl Printers {
    /// None yet; they will look for the values of `matcher`.
    ///
    /// # Errors
    /// The system has no room for it.
    pub fn new(matcher: &Arc<Matcher>) -> io::Result<Self> {
        let (done, mark) = UnixStream::pair()?;
        let (end, ended) = UnixStream::pair()?;
        Ok(Self { matcher: Arc::clone(matcher), done, mark, end, ended })
    }

    /// Prints what comes from `pipe` to `sink`.
    ///
    /// # Errors
    /// As for [`Printers::new`].
    pub fn pipe(&self, pipe: impl Into<OwnedFd>, sink: impl AsFd) -> io::Result<()> {
        let pipe = pipe.into();
        // More room means fewer turns for the same output; a system may refuse it.
        #[cfg(target_os = "linux")]
        let _ = rustix::pipe::fcntl_setpipe_size(&pipe, WIDTH);
        let sink = File::from(sink.as_fd().try_clone_to_owned()?);
        let matcher = Arc::clone(&self.matcher);
        self.start(move || pipes::copy(File::from(pipe), sink, &matcher, pauses))
    }

    /// Prints what the command prints on the terminal that `master` is the other side of to `screen`.
    ///
    /// # Errors
    /// As for [`Printers::new`].
    pub fn terminal(&self, master: &impl AsFd, screen: &impl AsFd) -> io::Result<()> {
        let master = File::from(master.as_fd().try_clone_to_owned()?);
        let screen = File::from(screen.as_fd().try_clone_to_owned()?);
        let (ended, masker) = (self.ended.try_clone()?, Masker::new(Arc::clone(&self.matcher)));
        self.start(move || show(master, screen, masker, &ended))
    }

    fn start(&self, print: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let mark = self.mark.try_clone()?;
        thread::spawn(move || {
            print();
            drop(mark);
        });
        Ok(())
    }

    /// Waits until everything is printed, or until a signal says not to: nobody is left to pass it on to.
    ///
    /// # Errors
    /// The system cannot wait.
    pub fn wait(self, signals: &mut Signals) -> io::Result<()> {
        let Self { done, mark, end, .. } = self;
        drop((mark, end));
        loop {
            let mut ready = [PollFd::new(signals, PollFlags::IN), PollFd::new(&done, PollFlags::IN)];
            retry(|| poll(&mut ready, None))?;
            let is_done = !ready[1].revents().is_empty();
            if is_done || signals.pending().iter().any(|origin| PASSED_ON.contains(&origin.signal)) {
                return Ok(());
            }
        }
    }
}

/// Whether nothing comes from `pipe` for [`PAUSE`].
fn pauses(pipe: &File) -> bool {
    retry(|| poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&PAUSE))).is_ok_and(|ready| ready == 0)
}

/// Prints what comes from `master` to `screen`, until the terminal is closed or the command has `ended`.
fn show(mut master: File, mut screen: File, mut masker: Masker, ended: &UnixStream) {
    let mut has_paused = false;
    let mut has_ended = false;
    loop {
        let timeout = match (has_ended, masker.is_waiting() && !has_paused) {
            (true, _) => Some(LATE),
            (false, true) => Some(PAUSE),
            (false, false) => None,
        };
        let mut ready = [PollFd::new(&master, PollFlags::IN), PollFd::new(ended, PollFlags::IN)];
        let watched = if has_ended { 1 } else { 2 };
        let Ok(count) = retry(|| poll(&mut ready[..watched], timeout.as_ref())) else { break };
        let has_more = !ready[0].revents().is_empty();
        has_ended |= !ready[1].revents().is_empty();
        // A screen that is gone keeps no command from going on.
        if has_more {
            has_paused = false;
            match masker.pump(&mut master, &mut screen) {
                Ok(true) | Err(Broken::Sink(_)) => {}
                // Linux says EIO, others the end, when nobody has the terminal open any longer.
                Ok(false) | Err(Broken::Source(_)) => break,
            }
        } else if count == 0 && has_ended {
            break;
        } else if count == 0 {
            has_paused = true;
            let _ = masker.let_go(SHOWN, &mut screen);
        }
    }
    let _ = masker.finish(&mut screen);
}
