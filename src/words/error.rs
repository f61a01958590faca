//! What went wrong, where, and the way out.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::words::cause::Cause;
use crate::words::did_you_mean;
use crate::words::message::one_line;
use crate::words::name::Refusal;
use crate::words::secret::Misfit;

/// The result of everything in this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A place in a file, as an editor counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// The position of the byte `offset` in `text`; past the end, the end.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        LineIndex::of(text).at(offset)
    }
}

/// The places of a text, for whoever asks for many of them.
#[derive(Debug)]
pub struct LineIndex<'a> {
    text: &'a str,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
}

impl<'a> LineIndex<'a> {
    /// The places of `text`.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { text, lines: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect() }
    }

    /// The line of the byte at `offset`, from 1.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset.min(self.text.len())).max(1)
    }

    /// The same as [`Position::of`].
    #[must_use]
    pub fn at(&self, offset: usize) -> Position {
        let end = self.text.floor_char_boundary(offset);
        let line = self.line(end);
        Position { line, column: self.text[self.lines[line - 1]..end].chars().count() + 1 }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Something that could not be done: what, where, and the hint. No message ever holds a value.
#[derive(Debug, Clone)]
pub struct Error(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    file: Option<PathBuf>,
    position: Option<Position>,
    /// What it happened to, before what it is.
    before: String,
    cause: Cause,
    /// What else is to be said of it.
    after: String,
    hint: Option<String>,
    code: u8,
    others: Vec<Error>,
}

impl From<Cause> for Error {
    fn from(cause: Cause) -> Self {
        Self(Box::new(Parts {
            file: None,
            position: None,
            before: String::new(),
            cause,
            after: String::new(),
            hint: None,
            code: 2,
            others: Vec::new(),
        }))
    }
}

/// One constructor per class of [`Cause`].
macro_rules! classes {
    ($($name:ident $class:ident)*) => {
        impl Error {
            $(
                #[doc = concat!("A [`Cause::", stringify!($class), "`] that says `text`.")]
                pub fn $name(text: impl Into<String>) -> Self {
                    Cause::$class(text.into()).into()
                }
            )*
        }
    };
}

classes! {
    usage Usage
    syntax Syntax
    refused Refused
    conflict Conflict
    missing Missing
    bad_value BadValue
    unsupported Unsupported
    program Program
    service Service
    internal Internal
}

impl Error {
    /// What the system said when it was asked to do something ("read", "replace") with `file`.
    #[must_use]
    pub fn io(action: &str, file: &Path, error: &io::Error) -> Self {
        Self::could_not(action, error).in_file(file)
    }

    /// What the system said when it was asked to do something ("start git") that has no file.
    pub fn could_not(action: impl Into<String>, error: &io::Error) -> Self {
        Cause::Io { action: action.into(), kind: error.kind(), words: system_words(error) }.into()
    }

    /// There is no `file`.
    #[must_use]
    pub fn no_file(file: &Path) -> Self {
        Self::missing("no such file").in_file(file)
    }

    /// `bytes`, the content of `file`, are not UTF-8.
    #[must_use]
    pub fn not_utf8(file: &Path, bytes: &[u8], error: std::str::Utf8Error) -> Self {
        let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let place = Position::of(&good, good.len());
        let hint = "save the file as UTF-8";
        // With a byte-order mark, as Windows PowerShell writes it.
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Self::syntax("the encoding is UTF-16").in_file(file).hint(hint);
        }
        Self::syntax("invalid UTF-8 from here on").in_file(file).at(place).hint(hint)
    }

    /// Why `text` is not a name. A malformed one is not shown: it may be a value in the wrong place.
    #[must_use]
    pub fn bad_name(text: &str, refusal: Refusal) -> Self {
        let error = Self::from(Cause::BadName(refusal));
        match refusal {
            Refusal::Malformed => error,
            Refusal::Reserved(_) => error.context(text),
        }
    }

    /// A value that no variable can hold, and what to do instead.
    #[must_use]
    pub fn misfit(misfit: Misfit) -> Self {
        Self::from(Cause::Misfit(misfit)).hint(misfit.hint())
    }

    /// Names the file that the error is about.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        self.0.file = Some(file.to_owned());
        self
    }

    /// Names the place in the file.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.0.position = Some(position);
        self
    }

    /// All of `errors` in one, if there are any.
    ///
    /// # Errors
    /// There are.
    pub fn all(errors: Vec<Self>) -> Result<()> {
        let mut errors = errors.into_iter();
        match errors.next() {
            None => Ok(()),
            Some(mut first) => {
                first.0.others.extend(errors);
                Err(first)
            }
        }
    }

    /// Puts `what` it happened to, or in which attempt, before the message. The place becomes part of the
    /// message, so that the context can have one of its own; hint, exit code and others stay.
    #[must_use]
    pub fn context(mut self, what: impl fmt::Display) -> Self {
        self.0.before = format!("{what}: {}{}", self.place(), self.0.before);
        self.0.file = None;
        self.0.position = None;
        self
    }

    /// Adds `text` to the end of the message.
    #[must_use]
    pub fn adding(mut self, text: impl fmt::Display) -> Self {
        self.0.after.push_str(&text.to_string());
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.0.cause
    }

    /// Whether `other` says the same of the same place.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let (one, other) = (&self.0, &other.0);
        (&one.file, one.position, &one.before, &one.cause, &one.after)
            == (&other.file, other.position, &other.before, &other.cause, &other.after)
    }

    /// What went wrong beside it.
    #[must_use]
    pub fn others(&self) -> &[Self] {
        &self.0.others
    }

    /// Gives the hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Gives the hint, unless it has one.
    #[must_use]
    pub fn or_hint(self, hint: impl Into<String>) -> Self {
        if self.0.hint.is_some() { self } else { self.hint(hint) }
    }

    /// Names the one of `known` that is most like `word` as the hint, or else gives `otherwise`.
    #[must_use]
    pub fn did_you_mean<'a>(
        self,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
        otherwise: impl Into<String>,
    ) -> Self {
        self.hint(did_you_mean(word, known, otherwise))
    }

    /// Ends the program with `code` instead of 2.
    #[must_use]
    pub fn exit_code(mut self, code: u8) -> Self {
        self.0.code = code;
        self
    }

    /// The hint, if there is one.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The place in a file that it is about, if there is one.
    #[must_use]
    pub fn location(&self) -> Option<(&Path, Position)> {
        Some((self.0.file.as_deref()?, self.0.position?))
    }

    /// The exit code of a program that ends with this error: 2, or what `run` has to pass on.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.0.code
    }

    fn place(&self) -> String {
        match (&self.0.file, self.0.position) {
            (Some(file), Some(position)) => format!("{}:{position}: ", one_line(&file.to_string_lossy())),
            (Some(file), None) => format!("{}: ", one_line(&file.to_string_lossy())),
            (None, _) => String::new(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { before, cause, after, .. } = &*self.0;
        let place = self.place();
        // In the alternate form, a list has a line per entry.
        if f.alternate() {
            write!(f, "{place}{before}{cause:#}{after}")
        } else {
            write!(f, "{place}{before}{cause}{after}")
        }
    }
}

impl std::error::Error for Error {}

/// The system's own words without Rust's "(os error 13)".
#[must_use]
pub fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests;
