//! What is typed or pasted at the terminal.
//!
//! No library does it: a key of several lines is pasted in one piece, none of it is shown, or left for the shell to
//! run, and the terminal has its echo again whatever signal ends or stops the program. rpassword, which does
//! it on Windows, drops tabs and control characters; dialoguer, inquire and cliclack end at the first line; rustyline
//! and reedline keep copies of the text; and none of them hears of SIGTERM or SIGHUP.

use std::fmt;
use std::io::{self, BufRead, Write};

use zeroize::Zeroizing;

use crate::words::error::system_words;
use crate::words::message::legible;
use crate::world::file;

/// Why there is no line.
#[derive(Debug)]
pub enum NoLine {
    /// There is no terminal, or it fails; or what was typed was taken back with the key for the end of input.
    System(io::Error),
    /// More was pasted than one line, at a terminal that does not tell where a paste ends; it was thrown away, so
    /// that no shell runs it and remembers it.
    Lines,
    /// An arrow key, say, or another that stands for no character.
    Key,
    /// What was typed is no UTF-8.
    Encoding,
}

impl fmt::Display for NoLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(error) => formatter.write_str(&system_words(error)),
            Self::Lines => formatter.write_str("more than one line was pasted"),
            Self::Key => formatter.write_str("a key was pressed that is not a character"),
            Self::Encoding => formatter.write_str("what was typed is not valid UTF-8"),
        }
    }
}

impl From<io::Error> for NoLine {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// What came.
pub struct Typed {
    /// It, without the line end that closed it.
    pub text: Zeroizing<String>,
    /// Whether all of it was pasted.
    pub is_pasted: bool,
}

/// Shows `question` and gives the line that is typed then, or what is pasted, without its end and without showing it.
/// Backspace takes back a character and Ctrl-U all of them; Ctrl-C and Ctrl-Z do what they do elsewhere.
///
/// # Errors
/// As [`NoLine`] says.
pub fn hidden(question: &str) -> Result<Typed, NoLine> {
    let question = &legible(question);
    #[cfg(unix)]
    return unix::hidden(question);
    #[cfg(not(unix))]
    Ok(Typed { text: rpassword::prompt_password(question).map(Zeroizing::new)?, is_pasted: false })
}

/// Shows `question` and gives the line that is typed then, without its end. The terminal shows it.
///
/// # Errors
/// As [`NoLine`] says.
pub fn shown(question: &str) -> Result<Zeroizing<String>, NoLine> {
    let mut line = Zeroizing::new(Vec::new());
    let mut error = io::stderr().lock();
    error.write_all(legible(question).as_bytes())?;
    error.flush()?;
    if io::stdin().lock().read_until(b'\n', &mut line)? == 0 {
        error.write_all(b"\n")?;
        return Err(nothing().into());
    }
    file::drop_line_end(&mut line);
    #[cfg(unix)]
    if unix::more_follows(io::stdin()) {
        return Err(NoLine::Lines);
    }
    text(&line)
}

fn nothing() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "nothing was typed")
}

fn text(bytes: &[u8]) -> Result<Zeroizing<String>, NoLine> {
    str::from_utf8(bytes).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| NoLine::Encoding)
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, ErrorKind, Read, Write};
    use std::os::fd::AsFd;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::termios::{
        LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr, tcsetattr,
    };
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
    use signal_hook::{flag, low_level};
    use zeroize::Zeroizing;

    use super::{NoLine, Typed, nothing, text};
    use crate::world::variables;

    /// Have the terminal say where a paste begins and ends, and no more. All that know the one know the other, and
    /// the rest pass over them: "Bracketed Paste Mode" in XTerm's ctlseqs.
    const MARKED: &[u8] = b"\x1b[?2004h";
    const UNMARKED: &[u8] = b"\x1b[?2004l";
    /// What it says then, after the escape.
    const PASTE: &[u8] = b"[200~";
    const PASTED: &[u8] = b"[201~";

    pub fn hidden(question: &str) -> Result<Typed, NoLine> {
        let tty = File::options().read(true).write(true).open("/dev/tty")?;
        let signals = Interruptions::caught()?;
        let answer = answer(&tty, signals, question);
        signals.release()?;
        answer
    }

    fn answer(mut tty: &File, signals: &Interruptions, question: &str) -> Result<Typed, NoLine> {
        let silence = Silence::of(tty)?;
        tty.write_all(question.as_bytes())?;
        let line = line(tty, &silence, signals, question);
        let is_more = more_follows(tty);
        tty.write_all(b"\n")?;
        match line? {
            _ if is_more => Err(NoLine::Lines),
            Pressed { has_other: true, .. } => Err(NoLine::Key),
            Pressed { bytes, has_typed, .. } => Ok(Typed { text: text(&bytes)?, is_pasted: !has_typed }),
        }
    }

    /// What came from the keyboard.
    struct Pressed {
        bytes: Zeroizing<Vec<u8>>,
        /// Whether there was a key among them that is no character.
        has_other: bool,
        /// Whether any of them was not pasted.
        has_typed: bool,
    }

    /// The keys up to the end of a line that is not pasted.
    fn line(
        mut tty: &File,
        silence: &Silence<'_>,
        signals: &Interruptions,
        question: &str,
    ) -> io::Result<Pressed> {
        /// No value that somebody types is longer, and what grows leaves copies behind.
        const ROOM: usize = 1 << 16;
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        let (mut has_other, mut has_typed, mut is_paste) = (false, false, false);
        loop {
            if signals.obey(silence)? {
                // Nobody knows how much the terminal has forgotten of what was typed before.
                bytes.clear();
                (has_other, has_typed, is_paste) = (false, false, false);
                tty.write_all(question.as_bytes())?;
            }
            // A signal that comes right before this waits for its end.
            if !is_readable(tty, Timespec { tv_sec: 0, tv_nsec: 200_000_000 })? {
                continue;
            }
            let mut byte = [0];
            match tty.read(&mut byte) {
                Ok(1..) => {}
                // With a signal from the keyboard, the terminal forgets what was typed.
                Ok(0) => continue,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            let [byte] = byte;
            let is = |key| !is_paste && byte != 0 && byte == silence.before.special_codes[key];
            let is_end = matches!(byte, b'\n' | b'\r');
            if byte == b'\x1b' {
                match &*sequence(tty)? {
                    PASTE => is_paste = true,
                    PASTED => {
                        is_paste = false;
                        // Copied as a line, as a pipe would give it.
                        bytes.pop_if(|last| *last == b'\n');
                    }
                    _ => has_other = true,
                }
            } else if is_end && !is_paste || (is(SpecialCodeIndex::VEOF) && !bytes.is_empty()) {
                return Ok(Pressed { bytes, has_other, has_typed });
            } else if is(SpecialCodeIndex::VEOF) {
                return Err(nothing());
            } else if is(SpecialCodeIndex::VERASE) || !is_paste && matches!(byte, 0x7f | 0x08) {
                // All bytes of a character: those that continue one begin with the bits 10 (RFC 3629).
                while bytes.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            } else if is(SpecialCodeIndex::VKILL) {
                bytes.clear();
                (has_other, has_typed) = (false, false);
            } else if byte.is_ascii_control() && byte != b'\t' && !is_end {
                has_other = true;
            } else if bytes.len() < ROOM {
                // A terminal pastes the end of a line as the key for it.
                bytes.push(if byte == b'\r' { b'\n' } else { byte });
                has_typed |= !is_paste;
            } else {
                return Err(io::Error::new(ErrorKind::InvalidInput, "the line is too long"));
            }
        }
    }

    /// What follows an escape: what a key or the terminal sends in one piece.
    fn sequence(mut tty: &File) -> io::Result<Vec<u8>> {
        const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
        let (mut sequence, mut byte) = (Vec::new(), [0]);
        while is_readable(tty, PAUSE)? && tty.read(&mut byte)? == 1 {
            sequence.extend(byte);
            // ECMA-48, 5.4.
            if sequence.len() > 1 && matches!(byte[0], 0x40..=0x7e) || sequence.len() >= PASTE.len() {
                break;
            }
        }
        Ok(sequence)
    }

    /// Whether there is input, now or after at most `wait`. A terminal that is gone is an error.
    fn is_readable(tty: impl AsFd, wait: Timespec) -> io::Result<bool> {
        let mut polled = [PollFd::new(&tty, PollFlags::IN)];
        let is_any = matches!(poll(&mut polled, Some(&wait)), Ok(1..));
        if is_any && polled[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(is_any)
    }

    /// Whether there is input behind the line, as after a paste. It is thrown away.
    pub fn more_follows(tty: impl AsFd) -> bool {
        /// How far the pieces of one paste come apart.
        const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
        let mut is_more = false;
        while is_readable(&tty, PAUSE).unwrap_or(false) && tcflush(&tty, QueueSelector::IFlush).is_ok() {
            is_more = true;
        }
        is_more
    }

    /// A terminal that shows nothing of what is typed and gives each byte as it comes, until this is dropped.
    struct Silence<'a> {
        tty: &'a File,
        before: Termios,
        /// Whether the terminal is one that obeys.
        is_obedient: bool,
    }

    impl<'a> Silence<'a> {
        fn of(tty: &'a File) -> io::Result<Self> {
            let is_obedient = variables::filled("TERM").is_some_and(|name| name != "dumb");
            let silence = Self { tty, before: tcgetattr(tty)?, is_obedient };
            silence.begin()?;
            Ok(silence)
        }

        fn begin(&self) -> io::Result<()> {
            let mut modes = self.before.clone();
            // Line by line, a terminal holds no more than 4,095 bytes: termios(3).
            modes.local_modes -=
                LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::IEXTEN;
            // A read never waits, and so hears of no signal too late.
            modes.special_codes[SpecialCodeIndex::VMIN] = 0;
            modes.special_codes[SpecialCodeIndex::VTIME] = 0;
            tcsetattr(self.tty, OptionalActions::Now, &modes)?;
            self.tell(MARKED)
        }

        fn end(&self) {
            // Nothing else can be done about a terminal that is gone.
            let _ = self.tell(UNMARKED);
            let _ = tcsetattr(self.tty, OptionalActions::Now, &self.before);
        }
    }

    impl Silence<'_> {
        fn tell(&self, order: &[u8]) -> io::Result<()> {
            let mut tty = self.tty;
            if self.is_obedient { tty.write_all(order) } else { Ok(()) }
        }
    }

    impl Drop for Silence<'_> {
        fn drop(&mut self) {
            self.end();
        }
    }

    /// What would end or stop this process while the terminal is silent.
    struct Interruptions {
        /// The last that came; 0 for none.
        came: Arc<AtomicUsize>,
        /// Whether a signal does what it does without us.
        is_released: Arc<AtomicBool>,
    }

    impl Interruptions {
        /// Caught from now on, until they are released.
        fn caught() -> io::Result<&'static Self> {
            // A handler stays for good: signal_hook::low_level::unregister.
            static CAUGHT: OnceLock<Interruptions> = OnceLock::new();
            if let Some(signals) = CAUGHT.get() {
                signals.is_released.store(false, Ordering::SeqCst);
                return Ok(signals);
            }
            let signals = Self { came: Arc::default(), is_released: Arc::default() };
            for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP] {
                flag::register_conditional_default(signal, signals.is_released.clone())?;
                flag::register_usize(signal, signals.came.clone(), signal.unsigned_abs() as usize)?;
            }
            Ok(CAUGHT.get_or_init(|| signals))
        }

        /// Lets them do what they do, and does what one does that came last of all.
        fn release(&self) -> io::Result<()> {
            self.is_released.store(true, Ordering::SeqCst);
            self.pending().map_or(Ok(()), low_level::emulate_default_handler)
        }

        fn pending(&self) -> Option<i32> {
            i32::try_from(self.came.swap(0, Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
        }

        /// Does what a signal that came does, with the terminal as it was before. Whether one did, and this
        /// process goes on.
        fn obey(&self, silence: &Silence<'_>) -> io::Result<bool> {
            let Some(signal) = self.pending() else {
                return Ok(false);
            };
            silence.end();
            let mut tty = silence.tty;
            let _ = tty.write_all(b"\n");
            low_level::emulate_default_handler(signal)?;
            silence.begin()?;
            Ok(true)
        }
    }
}
