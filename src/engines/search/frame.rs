//! Values of several lines in texts that have something around each of their lines: blanks, a comment's `#`, a
//! diff's `+` and colours, line numbers, the quotes of a program's literals. The lines themselves are whole.

use crate::engines::search::pattern::Pattern;

/// The most bytes between two lines.
pub(super) const LONGEST: usize = 64;

/// How many lines one comparison looks at, at the most, beside those of the value: no text makes it take long.
const STEPS: usize = 256;

/// The line of `pattern` at `index`, without the blanks around it; nothing past the last.
fn line(pattern: &Pattern, index: usize) -> Option<&[u8]> {
    pattern.line(index).map(|line| &pattern.bytes[line])
}

/// Where all of `pattern` lies in `text`, if its bytes at `offset` stand at `at`: from where to where.
pub(super) fn whole(pattern: &Pattern, text: &[u8], at: usize, offset: usize) -> Option<(usize, usize)> {
    let index = pattern.joints.partition_point(|start| *start <= offset).checked_sub(1)?;
    let own = line(pattern, index)?;
    let start = at.checked_sub(offset - pattern.joints[index])?;
    if !text[start..].starts_with(own) {
        return None;
    }
    let end = forward(pattern, text, start + own.len(), index + 1).0?;
    Some((backward(pattern, text, start, index)?, end))
}

/// Whether `text`, which is not empty, begins with what `pattern` begins with and ends before all of it.
pub(super) fn begins(pattern: &Pattern, text: &[u8]) -> bool {
    let Some(first) = line(pattern, 0) else { return false };
    if text.starts_with(first) { forward(pattern, text, first.len(), 1).1 } else { first.starts_with(text) }
}

/// Where `pattern` ends if its line before `index` ends at `from`; and whether `text` ends before that is decided.
fn forward(pattern: &Pattern, text: &[u8], from: usize, index: usize) -> (Option<usize>, bool) {
    let mut is_open = false;
    // What a line begins with may be like what stands before it: then there are several ways on.
    let mut ways = vec![(index, from)];
    for _ in 0..pattern.joints.len() + STEPS {
        let Some((index, from)) = ways.pop() else { break };
        let Some(line) = line(pattern, index) else { return (Some(from), is_open) };
        let (known, mut is_cut) = (ways.len(), false);
        is_open |= places(text, from, |at| {
            if text[at..].starts_with(line) {
                ways.push((index + 1, at + line.len()));
            } else {
                is_cut |= line.starts_with(&text[at..]);
            }
        });
        is_open |= is_cut;
        // The nearest first.
        ways[known..].reverse();
    }
    (None, is_open)
}

/// Where `pattern` begins if its line at `index` begins at `to`.
fn backward(pattern: &Pattern, text: &[u8], to: usize, index: usize) -> Option<usize> {
    let mut ways = vec![(index, to)];
    for _ in 0..pattern.joints.len() + STEPS {
        let (index, to) = ways.pop()?;
        let Some(line) = index.checked_sub(1).and_then(|before| line(pattern, before)) else {
            return Some(to);
        };
        let known = ways.len();
        for end in (to.saturating_sub(LONGEST)..=to).rev() {
            let mut leads_here = false;
            if text[..end].ends_with(line) {
                places(text, end, |at| leads_here |= at == to);
            }
            if leads_here {
                ways.push((index - 1, end - line.len()));
            }
        }
        ways[known..].reverse();
    }
    None
}

/// Hands on each place where the next line may begin if one ends at `from`, the nearest first. Tells whether
/// `text` ends before there can be no more.
///
/// What may stand there: a written line end and a closing quote; what joins two literals; a line end, which
/// only a list of literals has not to have; a line number; the mark of a comment, a quotation or a diff; an
/// opening quote. Blanks and a terminal's colours may stand between all of these.
fn places(text: &[u8], from: usize, mut place: impl FnMut(usize)) -> bool {
    let text = &text[..text.len().min(from + LONGEST + 1)];
    let is_cut = text.len() <= from + LONGEST;
    let byte = |at: usize| text.get(at).copied();
    let is_quote = |at: usize| matches!(byte(at), Some(b'"' | b'\'' | b'`'));
    let mut at = from;
    let mut has_end = false;
    // `\n`, or in a text that is inside another `\\n`.
    loop {
        let marks = text[at..].iter().take_while(|byte| **byte == b'\\').count();
        match byte(at + marks) {
            Some(b'n' | b'r') if (1..=4).contains(&marks) => at += marks + 1,
            None if marks > 0 => return is_cut,
            _ => break,
        }
        has_end = true;
    }
    let is_closed = is_quote(at);
    at = blanks(text, at + usize::from(is_closed));
    let is_list = is_closed && byte(at) == Some(b',');
    if matches!(byte(at), Some(b'+' | b',' | b'.' | b';' | b'\\')) {
        at += 1;
    }
    loop {
        at = blanks(text, at);
        match byte(at) {
            Some(b'\n' | b'\r') => at += 1,
            None => return is_cut,
            _ => break,
        }
        has_end = true;
    }
    if !has_end {
        if is_list && is_quote(at) {
            place(at + 1);
        }
        return is_cut && is_list && at + 1 >= text.len();
    }
    loop {
        place(at);
        let digits = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if (1..=6).contains(&digits) {
            at = blanks(text, at + digits);
            place(at);
            if matches!(byte(at), Some(b':' | b'|' | b'-' | b'.' | b')')) {
                at = blanks(text, at + 1);
                place(at);
            }
        }
        for _ in 0..3 {
            if matches!(byte(at), Some(b'#' | b'/' | b'>' | b'+' | b'-' | b'*' | b'|' | b';' | b'%' | b'!')) {
                at += 1;
                place(at);
            }
        }
        at = blanks(text, at);
        place(at);
        // A line of the value that is empty has the same mark, and is no part of the pattern.
        if !matches!(byte(at), Some(b'\n' | b'\r')) {
            break;
        }
        at = blanks(text, at + 1);
    }
    if is_quote(at) {
        at += 1;
        place(at);
    }
    is_cut && at >= text.len()
}

/// Where the blanks at `at` end, and what sets a terminal's colours (ECMA-48, 8.3.117).
fn blanks(text: &[u8], mut at: usize) -> usize {
    while let Some(rest) = text.get(at..) {
        at += match rest {
            [b' ' | b'\t', ..] => 1,
            [b'\x1b', b'[', rest @ ..] => {
                let numbers = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
                match rest.get(numbers) {
                    Some(b'm' | b'K') => numbers + 3,
                    // It is cut off.
                    None => numbers + 2,
                    _ => return at,
                }
            }
            [b'\x1b'] => 1,
            _ => return at,
        };
    }
    at
}
