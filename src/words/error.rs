//! What went wrong, where, and the way out.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::words::name::Name;

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
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// The places of a text, for whoever asks for many of them.
#[derive(Debug)]
pub struct Places<'a> {
    text: &'a str,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
}

impl<'a> Places<'a> {
    /// The places of `text`.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { text, lines: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect() }
    }

    /// The same as [`Position::of`].
    #[must_use]
    pub fn at(&self, offset: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset.min(self.text.len())).max(1);
        let start = self.lines[line - 1];
        Position { line, column: Position::of(&self.text[start..], offset - start.min(offset)).column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Something that could not be done. No message ever holds a value.
#[derive(Debug, Clone)]
pub struct Error {
    file: Option<PathBuf>,
    position: Option<Position>,
    message: String,
    hint: Option<Box<str>>,
    code: u8,
    others: Vec<Error>,
}

impl Error {
    /// An error that says `message`.
    pub fn new(message: impl Into<String>) -> Self {
        Self { file: None, position: None, message: message.into(), hint: None, code: 2, others: Vec::new() }
    }

    /// What the system said when it was asked to do something ("read", "replace") with `file`.
    #[must_use]
    pub fn io(action: &str, file: &Path, error: &io::Error) -> Self {
        Self::new(format!("could not {action}: {}", system_words(error))).in_file(file)
    }

    /// Names the file that the error is about.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_owned());
        self
    }

    /// Names the place in the file.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
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
                first.others.extend(errors);
                Err(first)
            }
        }
    }

    /// Puts it in context: it happened in `file`, to what `name` names. Hint and others are kept, and a
    /// place of its own becomes part of the message.
    #[must_use]
    pub fn about(mut self, name: &Name, file: &Path, position: Position) -> Self {
        let own = self.file.take().map(|file| format!("{}: ", file.display())).unwrap_or_default();
        self.message = format!("{name}: {own}{}", self.message);
        self.in_file(file).at(position)
    }

    /// What went wrong beside it.
    #[must_use]
    pub fn others(&self) -> &[Self] {
        &self.others
    }

    /// Says the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into_boxed_str());
        self
    }

    /// Ends the program with `code` instead of 2.
    #[must_use]
    pub fn exit_code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// The way out, if there is one to name.
    #[must_use]
    pub fn way_out(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The exit code of a program that ends with this error: 2, or what `run` has to pass on.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}", file.display())?;
            if let Some(position) = self.position {
                write!(f, ":{position}")?;
            }
            write!(f, ": ")?;
        }
        f.write_str(&self.message)
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
