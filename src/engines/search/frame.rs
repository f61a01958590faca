//! Values of several lines in texts that have something around each of their lines: blanks, a comment's `#`, a
//! diff's `+` and colours, line numbers, the quotes of a program's literals. The lines themselves are whole.

use crate::engines::search::breaks::{LONGEST, places};
use crate::engines::search::pattern::Pattern;

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
