//! Patterns in texts whose lines are broken anew: where to look for one, and how to compare it.

use std::ops::Range;

use super::pattern::Pattern;

/// The most bytes of one line break, with what stands around it.
const LONGEST_BREAK: usize = 64;

/// How many bytes before and after a match may decide whether it is one.
pub(super) const CONTEXT: usize = LONGEST_BREAK + 2;

/// The fewest bytes between two line breaks in a text whose lines were broken anew: 60 to 80 digits are
/// usual (RFC 2045, section 6.8, and RFC 7468, section 2).
const SHORTEST_LINE: usize = 60;

/// The shortest half of a foldable pattern that is looked for by itself, in bytes.
const SHORTEST_HALF: usize = 5;

/// The parts of a pattern of which at least one is whole wherever it lies.
fn parts(pattern: &Pattern) -> Vec<Range<usize>> {
    let whole = 0..pattern.bytes.len();
    if !pattern.is_foldable {
        return vec![whole];
    }
    // Where lines were broken anew, a break stands in one of two halves at the most. Where the value's
    // own lines were kept, its longest line is whole.
    let mut parts = halves(middle(&whole));
    let ends = pattern.joints.iter().copied().chain([whole.end]);
    let lines = pattern.joints.iter().zip(ends.skip(1)).map(|(start, end)| *start..end);
    if let Some(line) = lines.max_by_key(ExactSizeIterator::len).filter(|line| line.len() >= SHORTEST_HALF) {
        parts.extend(halves(middle(&line)));
    }
    parts
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
    let parts = parts(pattern).into_iter();
    let windows = parts.filter_map(|part| {
        let starts = part.start..=part.end.checked_sub(length).filter(|last| *last >= part.start)?;
        starts.min_by_key(|start| {
            let joined = pattern.joints.iter().filter(|at| (start + 1..start + length).contains(*at)).count();
            (joined, before[start + length] - before[*start])
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
    if pattern.is_foldable { length + most_broken(length) + CONTEXT } else { length }
}

/// The most bytes that all breaks inside a pattern of `length` bytes may have.
fn most_broken(length: usize) -> usize {
    length + LONGEST_BREAK
}

/// Where all of `pattern` lies in `text`, if its bytes at `offset` stand at `at`: from where to where.
pub(super) fn whole(pattern: &Pattern, text: &[u8], at: usize, offset: usize) -> Option<(usize, usize)> {
    let length = pattern.bytes.len();
    if !pattern.is_foldable {
        let start = at.checked_sub(offset)?;
        return (text.get(start..start + length)? == &pattern.bytes[..]).then_some((start, start + length));
    }
    // Where a break may be longer or shorter, all of it is a part of the match.
    let end = ends(pattern, text, at, offset).0.into_iter().max()?;
    let start = starts(pattern, text, at, offset).into_iter().min()?;
    let is_whole = end - start <= length + most_broken(length) && are_shared(pattern, text, start, end);
    is_whole.then_some((start, end))
}

/// Whether the digits of base64 beside `start..end` are what they have to be. Where the text is cut
/// off, nobody knows.
fn are_shared(pattern: &Pattern, text: &[u8], start: usize, end: usize) -> bool {
    let [before, after] = pattern.shared;
    let (mut first, mut last) = (start, end);
    back_over_breaks(text, start, false, |at| first = at);
    over_breaks(text, end, false, |at| last = at);
    let fits = |shared: super::encode::Shared, digit: Option<u8>| {
        !shared.is_there() || digit.is_none_or(|digit| shared.fits(digit))
    };
    fits(before, first.checked_sub(1).map(|at| text[at])) && fits(after, text.get(last).copied())
}

/// What a break may begin with that stands after the first byte of `pattern`.
pub(super) fn breaks_after_first(pattern: &Pattern) -> impl Iterator<Item = u8> {
    (0..=u8::MAX).filter(|byte| pattern.is_foldable && may_begin_break(*byte, pattern.is_joint(1)))
}

/// Whether `byte` may stand around a line of a value: everything of ASCII but letters and digits. So
/// quotes, the `#` of a comment and the `+` of a diff may.
fn is_frame(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric()
}

/// Whether a break may begin with `byte`; `is_joint` as for [`over_breaks`].
fn may_begin_break(byte: u8, is_joint: bool) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\\') || (is_joint && is_frame(byte))
}

/// Hands on each place where a line break that begins at `from` may end, with the blanks around it. A break
/// is also one that is written down: `\n`, or a backslash at the end of a line. At a joint, where two of the
/// value's own lines meet, more than blanks may stand around it ([`is_frame`]). Tells whether `text` ends
/// before the break has to.
fn over_breaks(text: &[u8], from: usize, is_joint: bool, mut end: impl FnMut(usize)) -> bool {
    let mut at = from;
    let mut has_end = false;
    while at - from <= LONGEST_BREAK {
        if has_end {
            end(at);
        }
        at += match text[at..] {
            [] | [b'\\'] => return true,
            [b'\\', b'n' | b'r' | b'\n' | b'\r', ..] => {
                has_end = true;
                2
            }
            [b'\n' | b'\r', ..] => {
                has_end = true;
                1
            }
            [byte, ..] if byte != b'\\' && may_begin_break(byte, is_joint) => 1,
            [b'\\', ..] if is_joint => 1,
            _ => return false,
        };
    }
    false
}

/// Hands on each place where a break that ends at `to` may begin, the nearest first.
fn back_over_breaks(text: &[u8], to: usize, is_joint: bool, mut begin: impl FnMut(usize)) {
    let text = &text[..to];
    for from in (to.saturating_sub(LONGEST_BREAK)..to).rev() {
        let mut leads_here = false;
        over_breaks(text, from, is_joint, |end| leads_here |= end == to);
        if leads_here {
            begin(from);
        } else if !may_begin_break(text[from], is_joint) && !matches!(text[from], b'n' | b'r') {
            break;
        }
    }
}

/// Where the bytes of `pattern` from `index` on may end, if they begin at `at`; and whether `text` ends before
/// they have to. There are several ends only where what stands at a break is like the value itself.
fn ends(pattern: &Pattern, text: &[u8], mut at: usize, mut index: usize) -> (Vec<usize>, bool) {
    let bytes = &pattern.bytes[..];
    // Hardly any byte has to do with a break.
    while index < bytes.len() {
        match text.get(at) {
            None => return (Vec::new(), true),
            Some(byte) if may_begin_break(*byte, pattern.is_joint(index)) => break,
            Some(byte) if *byte == bytes[index] => {
                at += 1;
                index += 1;
            }
            Some(_) => return (Vec::new(), false),
        }
    }
    let (mut places, mut next, mut is_open) = (vec![at], Vec::new(), false);
    for (index, byte) in bytes.iter().enumerate().skip(index) {
        for from in places.drain(..) {
            let mut add = |at: usize| {
                if text.get(at) == Some(byte) && !next.contains(&(at + 1)) {
                    next.push(at + 1);
                }
            };
            add(from);
            // The first byte has no break before it that would count.
            is_open |=
                from == text.len() || (index > 0 && over_breaks(text, from, pattern.is_joint(index), add));
        }
        std::mem::swap(&mut places, &mut next);
    }
    (places, is_open)
}

/// Where the bytes of `pattern` before `index` may begin, if what comes after them begins at `to`.
fn starts(pattern: &Pattern, text: &[u8], mut to: usize, mut index: usize) -> Vec<usize> {
    let bytes = &pattern.bytes[..];
    while index > 0 {
        match text[..to] {
            [.., b'\\', b'n' | b'r'] => break,
            [.., byte] if may_begin_break(byte, pattern.is_joint(index)) => break,
            [.., byte] if byte == bytes[index - 1] => {
                to -= 1;
                index -= 1;
            }
            _ => return Vec::new(),
        }
    }
    let (mut places, mut next) = (vec![to], Vec::new());
    for index in (1..=index).rev() {
        let is_joint = pattern.is_joint(index);
        for to in places.drain(..) {
            let mut add = |end: usize| {
                if end > 0 && text[end - 1] == bytes[index - 1] && !next.contains(&(end - 1)) {
                    next.push(end - 1);
                }
            };
            add(to);
            back_over_breaks(text, to, is_joint, add);
        }
        std::mem::swap(&mut places, &mut next);
    }
    places
}

/// Whether `text`, which is not empty, begins with bytes that `pattern` begins with, broken or not, and
/// ends before all of them.
pub(super) fn begins(pattern: &Pattern, text: &[u8]) -> bool {
    text[0] == pattern.bytes[0] && ends(pattern, text, 1, 1).1
}
