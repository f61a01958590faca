//! What may stand between two parts of a value in a text: a line end, and what is around one.

/// The most bytes between two parts.
pub(super) const LONGEST: usize = 64;

/// Hands on each place where the next line may begin if one ends at `from`, the nearest first. Tells whether
/// `text` ends before there can be no more.
///
/// What may stand there: a written line end and a closing quote; what joins two literals; a line end, which
/// only a list of literals has not to have; a line number; the mark of a comment, a quotation or a diff; an
/// opening quote. Blanks and a terminal's colours may stand between all of these.
pub(super) fn places(text: &[u8], from: usize, mut place: impl FnMut(usize)) -> bool {
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
    if has_end {
        place(at);
    }
    let is_closed = is_quote(at);
    at = blanks(text, at + usize::from(is_closed));
    let is_list = is_closed && byte(at) == Some(b',');
    // Python has a `\\` behind the `+`.
    for _ in 0..2 {
        if matches!(byte(at), Some(b'+' | b',' | b'.' | b';' | b'\\')) {
            at = blanks(text, at + 1);
        }
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
            if matches!(
                byte(at),
                Some(b'#' | b'/' | b'>' | b'+' | b'-' | b'*' | b'|' | b';' | b'%' | b'!' | b'.')
            ) {
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
    // `b"…"`, `rb'…'`, `L"…"`.
    let letters = text[at..].iter().take(2).take_while(|byte| b"bBfFrRuUL".contains(byte)).count();
    if is_quote(at + letters) {
        at += letters + 1;
        place(at);
    }
    is_cut && at + letters >= text.len()
}

/// Where the blanks at `at` end, and what sets a terminal's colours.
fn blanks(text: &[u8], mut at: usize) -> usize {
    loop {
        at += match text.get(at) {
            Some(b' ' | b'\t') => 1,
            Some(b'\x1b') => match colour(&text[at..]) {
                0 => return at,
                length => length,
            },
            _ => return at,
        };
    }
}

/// How many bytes of what sets a terminal's colours (ECMA-48, 8.3.41 and 8.3.117) `text` begins with, also where it
/// is cut off.
pub(super) fn colour(text: &[u8]) -> usize {
    match text {
        [b'\x1b', b'[', rest @ ..] => {
            let numbers = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
            match rest.get(numbers) {
                Some(b'm' | b'K') => numbers + 3,
                None => numbers + 2,
                _ => 0,
            }
        }
        [b'\x1b'] => 1,
        _ => 0,
    }
}
