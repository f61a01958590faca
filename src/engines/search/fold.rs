//! Patterns in texts whose lines are broken anew: where to look for one, and how to compare it.

use std::ops::Range;

use crate::engines::search::breaks::{self, colour};
use crate::engines::search::pattern::{Layout, Pattern};
use crate::engines::search::{cut, frame};

/// The most bytes of one line break, with the blanks around it.
const LONGEST_BREAK: usize = 64;

/// How many bytes before and after a match may decide whether it is one.
pub(super) const CONTEXT: usize = LONGEST_BREAK + 2;

/// The fewest bytes between two line breaks in a text whose lines were broken anew: 60 to 80 digits are
/// usual (RFC 2045, section 6.8, and RFC 7468, section 2).
const SHORTEST_LINE: usize = 60;

/// The shortest half of a folded pattern that is looked for by itself, in bytes.
const SHORTEST_HALF: usize = 5;

/// The parts of a pattern of which at least one is whole wherever it lies.
fn parts(pattern: &Pattern) -> Vec<Range<usize>> {
    let whole = 0..pattern.bytes.len();
    match pattern.layout {
        Layout::Exact => vec![whole],
        // A break stands in one of two halves at the most.
        Layout::Folded => halves(middle(&whole)),
        Layout::Cut => halves(whole),
        // The line that is the least like any other; one of dashes alone is like many.
        Layout::Framed => {
            let distinct = |line: &Range<usize>| {
                let mut bytes = pattern.bytes[line.clone()].to_vec();
                bytes.sort_unstable();
                bytes.dedup();
                bytes.len().min(8)
            };
            pattern.long_lines().max_by_key(|line| (distinct(line), line.len())).into_iter().collect()
        }
    }
}

/// As many bytes in the middle of `range` as no two line breaks stand in.
fn middle(range: &Range<usize>) -> Range<usize> {
    let length = range.len().min(SHORTEST_LINE);
    let start = range.start + (range.len() - length) / 2;
    start..start + length
}

fn halves(range: Range<usize>) -> Vec<Range<usize>> {
    let half = range.start + range.len() / 2;
    if range.len() >= 2 * SHORTEST_HALF { vec![range.start..half, half..range.end] } else { vec![range] }
}

/// The length of the shortest part that has to be found whole, in bytes.
pub(super) fn shortest_part(pattern: &Pattern) -> usize {
    parts(pattern).into_iter().map(|part| part.len()).min().unwrap_or(0)
}

/// Where the anchors of `pattern`, each of `length` bytes, begin: those windows of its parts whose
/// bytes are the rarest.
pub(super) fn anchors(pattern: &Pattern, length: usize) -> Vec<usize> {
    // How common all bytes before each are, together.
    let mut before = vec![0; pattern.bytes.len() + 1];
    for (at, byte) in pattern.bytes.iter().enumerate() {
        before[at + 1] = before[at] + commonness(*byte);
    }
    let cost = |start: usize| before[start + length] - before[start];
    if pattern.layout == Layout::Cut && pattern.bytes.len() >= 2 * length {
        return cut::anchors(&pattern.bytes, length, cost);
    }
    let windows = parts(pattern).into_iter().filter_map(|part| {
        let starts = part.start..=part.end.checked_sub(length).filter(|last| *last >= part.start)?;
        starts.min_by_key(|start| {
            let joined = pattern.joints.iter().filter(|at| (start + 1..start + length).contains(*at)).count();
            (joined, cost(*start))
        })
    });
    windows.collect()
}

/// How common a byte is in source code, roughly.
fn commonness(byte: u8) -> usize {
    match byte {
        0 | b' ' | b'\n' => 9,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b'0' => 4,
        b'a'..=b'z' | b'1'..=b'9' | b'_' | b'-' | b'/' | b'.' | b'=' | b':' | b'"' | b'\'' => 3,
        b'A'..=b'F' => 2,
        _ => 1,
    }
}

/// The most bytes that a match of `pattern` may span.
pub(super) fn longest_span(pattern: &Pattern) -> usize {
    let length = pattern.bytes.len();
    match pattern.layout {
        Layout::Exact => length,
        Layout::Folded => length + most_broken(length) + CONTEXT,
        Layout::Framed => length + pattern.joints.len() * breaks::LONGEST,
        Layout::Cut => cut::longest_span(pattern),
    }
}

/// The most bytes that all breaks inside a pattern of `length` bytes may have.
fn most_broken(length: usize) -> usize {
    length + LONGEST_BREAK
}

/// Where all of `pattern` lies in `text`, if its bytes at `offset` stand at `at`: from where to where.
pub(super) fn whole(pattern: &Pattern, text: &[u8], at: usize, offset: usize) -> Option<(usize, usize)> {
    let bytes = &pattern.bytes[..];
    match pattern.layout {
        Layout::Exact => {
            let start = at.checked_sub(offset)?;
            let end = start + bytes.len();
            return (text.get(start..end)? == bytes).then_some((start, end));
        }
        Layout::Framed => return frame::whole(pattern, text, at, offset),
        Layout::Cut => return cut::whole(pattern, text, at, offset),
        Layout::Folded => {}
    }
    let mut end = at;
    for (index, byte) in bytes.iter().enumerate().skip(offset) {
        if text.get(end) != Some(byte) {
            end = resume(text, break_after(text, end)?, &bytes[index..]);
            if text.get(end) != Some(byte) {
                return None;
            }
        }
        end += 1;
    }
    let mut start = at;
    for byte in bytes[..offset].iter().rev() {
        // No foldable pattern has a backslash: a letter behind one is that of a written line end.
        let is_written = matches!(text[..start], [.., b'\\', b'n' | b'r']);
        if start == 0 || text[start - 1] != *byte || is_written {
            start = break_before(text, start)?;
            if start == 0 || text[start - 1] != *byte {
                return None;
            }
        }
        start -= 1;
    }
    let is_whole =
        end - start <= bytes.len() + most_broken(bytes.len()) && are_shared(pattern, text, start, end);
    is_whole.then_some((start, end))
}

/// Whether the digits of base64 beside `start..end` are what they have to be. Where the text is cut
/// off, nobody knows.
fn are_shared(pattern: &Pattern, text: &[u8], start: usize, end: usize) -> bool {
    let [before, after] = pattern.shared;
    let last = break_before(text, start).unwrap_or(start).checked_sub(1).map(|at| text[at]);
    let next = text.get(break_after(text, end).unwrap_or(end)).copied();
    let fits = |shared: crate::engines::search::encode::Shared, digit: Option<u8>| {
        !shared.is_there() || digit.is_none_or(|digit| shared.fits(digit))
    };
    fits(before, last) && fits(after, next)
}

/// Where the line break that stands at `from` ends, with the blanks around it; [`None`] if none does.
/// A break is also one that is written down: `\n`, or a backslash at the end of a line; and what sets a terminal's
/// colours.
fn break_after(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut is_break = false;
    while at - from <= LONGEST_BREAK {
        at += match text[at..] {
            [b' ' | b'\t', ..] => 1,
            [b'\n' | b'\r', ..] => {
                is_break = true;
                1
            }
            [b'\x1b', ..] if colour(&text[at..]) > 0 => {
                is_break = true;
                colour(&text[at..])
            }
            [b'\\', b'n' | b'r' | b'\n' | b'\r', ..] => {
                is_break = true;
                2
            }
            _ => return is_break.then_some(at),
        };
    }
    None
}

/// Where `rest` of a pattern goes on after a break that ends at `end`: blanks that it begins with itself are
/// no part of the break.
fn resume(text: &[u8], end: usize, rest: &[u8]) -> usize {
    let own = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let start = end.saturating_sub(own);
    if text[start..end] == rest[..own] { start } else { end }
}

/// Where the line break that ends at `to` begins, as [`break_after`] has it.
fn break_before(text: &[u8], to: usize) -> Option<usize> {
    let mut at = to;
    let mut is_break = false;
    while to - at <= LONGEST_BREAK {
        at -= match text[..at] {
            [.., b'\\', b'n' | b'r' | b'\n' | b'\r'] => {
                is_break = true;
                2
            }
            [.., b' ' | b'\t'] => 1,
            [.., b'\n' | b'\r'] => {
                is_break = true;
                1
            }
            [.., b'm' | b'K'] => match text[..at].iter().rposition(|byte| *byte == b'\x1b') {
                Some(start) if colour(&text[start..]) == at - start => {
                    is_break = true;
                    at - start
                }
                _ => return is_break.then_some(at),
            },
            _ => return is_break.then_some(at),
        };
    }
    None
}

/// What may stand in a text after the first byte of `pattern`.
pub(super) fn second_bytes(pattern: &Pattern) -> impl Iterator<Item = u8> {
    let second = pattern.bytes[1];
    (0..=u8::MAX).filter(move |byte| match pattern.layout {
        Layout::Framed if pattern.joints.get(1) == Some(&1) => true,
        Layout::Exact | Layout::Framed => *byte == second,
        Layout::Folded => *byte == second || b" \t\n\r\\\x1b".contains(byte),
        Layout::Cut => *byte == second || cut::STOPS.contains(byte),
    })
}

/// If `text`, which is not empty, begins with bytes that `pattern` begins with, broken or not, and ends before all of
/// them: how many bytes of the value these may be.
pub(super) fn begins(pattern: &Pattern, text: &[u8]) -> Option<usize> {
    let is_begun = match pattern.layout {
        Layout::Cut => return cut::begins(pattern, text),
        Layout::Exact => pattern.bytes.len() > text.len() && pattern.bytes.starts_with(text),
        Layout::Framed => frame::begins(pattern, text),
        Layout::Folded => begins_folded(pattern, text),
    };
    is_begun.then(|| text.iter().filter(|byte| !byte.is_ascii_whitespace()).count())
}

fn begins_folded(pattern: &Pattern, text: &[u8]) -> bool {
    let mut at = 0;
    for (index, byte) in pattern.bytes.iter().enumerate() {
        if at == text.len() {
            return true;
        }
        if text[at] != *byte {
            if at == 0 {
                return false;
            }
            at = break_after(text, at).map_or(at, |end| resume(text, end, &pattern.bytes[index..]));
            if text.get(at) != Some(byte) {
                return is_open(&text[at..]);
            }
        }
        at += 1;
    }
    false
}

/// Whether `text` may become a line break when it goes on.
fn is_open(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at += match byte {
            b'\x1b' if colour(&text[at..]) > 0 => colour(&text[at..]),
            byte if byte.is_ascii_whitespace() => 1,
            b'\\' if at + 1 == text.len() => 1,
            _ => return false,
        };
    }
    at <= LONGEST_BREAK + 1
}
