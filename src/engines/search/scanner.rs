//! Searching what comes in pieces: files and objects of any size.

use std::io::{self, ErrorKind, Read};

use zeroize::Zeroizing;

use crate::engines::search::Encoding;
use crate::engines::search::fold;
use crate::engines::search::matcher::{Match, Matcher};
use crate::words::error::Position;

/// How much is read at once, in bytes.
const CHUNK: usize = 1 << 18;

/// The lines of a value that stand no further apart than this, in bytes, are one hit.
const NEAR: u64 = 256;

/// A value in a text, and where an editor shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which value, for the matcher.
    pub known: usize,
    /// The form that it lies in.
    pub encoding: Encoding,
    /// Where it begins in the text, in bytes.
    pub offset: u64,
    /// Where it begins, as an editor counts it.
    pub position: Position,
}

/// Searches one text after the other, with one buffer for all.
pub struct Scanner<'m> {
    matcher: &'m Matcher,
    buffer: Zeroizing<Vec<u8>>,
}

impl<'m> Scanner<'m> {
    /// A scanner that looks for what `matcher` does.
    #[must_use]
    pub fn new(matcher: &'m Matcher) -> Self {
        // A new chunk is at least as long as what is kept of the one before.
        Self { matcher, buffer: Zeroizing::new(vec![0; CHUNK + fold::CONTEXT + matcher.longest() * 2]) }
    }

    /// Reads `text` to its end, and hands on what lies in it, in the order of the text. However long
    /// the text is, one buffer of it is in memory.
    ///
    /// # Errors
    /// `text` cannot be read.
    pub fn scan(&mut self, text: &mut impl Read, mut found: impl FnMut(Hit)) -> io::Result<()> {
        // Where in the text the buffer begins.
        let mut cursor = Cursor::default();
        // What of the buffer is filled, and up to where matches that begin there have been told.
        let (mut filled, mut done) = (0, 0);
        // Where a match of each value has ended last: what lies inside is none of its own.
        let mut ends = vec![0; self.matcher.values()];
        // Where a line of it by itself has.
        let mut line_ends = vec![None; self.matcher.values()];
        loop {
            let is_end = fill(text, &mut self.buffer, &mut filled)?;
            let piece = &self.buffer[..filled];
            // A match that begins later may go on in the next piece, and is found there.
            let kept = if is_end { filled } else { filled.saturating_sub(self.matcher.longest()) };
            let (mut seen, mut seen_at) = (cursor, 0);
            for one in self.matcher.find(piece) {
                let end = cursor.offset + one.end as u64;
                if (done..kept).contains(&one.start) && end > ends[one.known] {
                    ends[one.known] = end;
                    if one.encoding == Encoding::Line {
                        let start = cursor.offset + one.start as u64;
                        let last = line_ends[one.known].replace(end);
                        if last.is_some_and(|last| start <= last + NEAR) {
                            continue;
                        }
                    }
                    seen.advance(&piece[seen_at..one.start]);
                    seen_at = one.start;
                    found(hit(&one, seen));
                }
            }
            if is_end {
                return Ok(());
            }
            // What stands before a match has a say in whether it is one. A multiple of four keeps apart
            // which byte of UTF-16 and of UTF-32 is the first.
            let from = kept.saturating_sub(fold::CONTEXT) & !3;
            cursor.advance(&piece[..from]);
            self.buffer.copy_within(from..filled, 0);
            filled -= from;
            done = kept - from;
        }
    }
}

fn hit(one: &Match, at: Cursor) -> Hit {
    let position = Position { line: at.line + 1, column: at.column / one.encoding.width() + 1 };
    Hit { known: one.known, encoding: one.encoding, offset: at.offset, position }
}

/// Reads until the buffer is full or the text has ended; says whether it has.
fn fill(text: &mut impl Read, buffer: &mut [u8], filled: &mut usize) -> io::Result<bool> {
    while *filled < buffer.len() {
        match text.read(&mut buffer[*filled..]) {
            Ok(0) => return Ok(true),
            Ok(count) => *filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// A place in a text, from 0.
#[derive(Debug, Clone, Copy, Default)]
struct Cursor {
    offset: u64,
    line: usize,
    column: usize,
}

impl Cursor {
    /// Goes on behind `text`.
    fn advance(&mut self, text: &[u8]) {
        let mut line = text;
        if let Some(last) = memchr::memrchr(b'\n', text) {
            self.line += memchr::memchr_iter(b'\n', text).count();
            self.column = 0;
            line = &text[last + 1..];
        } else if self.offset == 0 {
            // An editor does not count a byte order mark.
            let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
            line = marks.iter().find_map(|mark| text.strip_prefix(*mark)).unwrap_or(text);
        }
        // What continues a character of UTF-8 begins none.
        self.column += line.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.offset += text.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::search::Known;

    /// A reader of `text` that gives `step` bytes at a time.
    struct Slowly<'a>(&'a [u8], usize);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn a_long_text_is_searched_as_if_it_came_at_once() {
        let values = ["secretvalue", "one line\nanother line"];
        let known = [Known::test("A", values[0]), Known::test("B", values[1])];
        let matcher = Matcher::new(&known);
        let mut scanner = Scanner::new(&matcher);
        let edge = scanner.buffer.len();
        for shift in (0..60).chain([1000]) {
            let mut text = vec![b'.'; 3 * edge];
            text[5] = b'\n';
            let mut expected = Vec::new();
            for at in [20, edge - shift, 2 * edge - 30 - shift] {
                let value = values[at % 2].as_bytes();
                text[at..at + value.len()].copy_from_slice(value);
                let lines = memchr::memchr_iter(b'\n', &text[..at]).count();
                let start = text[..at].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
                expected.push((at as u64, Position { line: lines + 1, column: at - start + 1 }));
            }
            for step in [1 << 20, 9973] {
                let mut found = Vec::new();
                scanner.scan(&mut Slowly(&text, step), |hit| found.push((hit.offset, hit.position))).unwrap();
                assert_eq!(found, expected, "{shift} {step}");
            }
        }
    }

    #[test]
    fn the_edge_of_a_piece_changes_nothing() {
        let matcher = Matcher::new(&[Known::test("A", "secretvalue")]);
        let mut scanner = Scanner::new(&matcher);
        let edge = scanner.buffer.len();
        // Both byte orders of UTF-16 match here, and where the text began says which of them it is; the
        // digits before those of base64 say whether they are the value's.
        let wide: Vec<u8> = "secretvalue".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (planted, is_value) in
            [(&wide[..], true), (b"xzZWNyZXR2YWx1ZQ", true), (b"AzZWNyZXR2YWx1ZQ", false)]
        {
            for shift in 0..400 {
                let mut text = vec![0u8; 2 * edge];
                let at = if planted == wide { (edge - shift) & !1 } else { edge - shift };
                text[at..at + planted.len()].copy_from_slice(planted);
                let mut found = Vec::new();
                scanner.scan(&mut &*text, |hit| found.push(hit.offset)).unwrap();
                let start = at as u64 + u64::from(planted[0] == b'x');
                let expected = if is_value { vec![start] } else { Vec::new() };
                assert_eq!(found, expected, "{} {shift}", String::from_utf8_lossy(planted));
            }
        }
    }

    #[test]
    fn a_column_counts_characters() {
        let matcher = Matcher::new(&[Known::test("A", "secretvalue")]);
        let position = |text: &[u8]| {
            let mut found = Vec::new();
            Scanner::new(&matcher).scan(&mut &*text, |hit| found.push(hit.position)).unwrap();
            (found.len(), found[0].line, found[0].column)
        };
        assert_eq!(position("\u{feff}é secretvalue".as_bytes()), (1, 1, 3));
        assert_eq!(position("x\né€ secretvalue".as_bytes()), (1, 2, 4));
        for of in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide = |text: &str| text.encode_utf16().flat_map(of).collect::<Vec<u8>>();
            assert_eq!(position(&wide("\u{feff}x secretvalue")), (1, 1, 3));
            assert_eq!(position(&wide("\u{feff}x\nyy secretvalue")), (1, 2, 4));
        }
    }
}
