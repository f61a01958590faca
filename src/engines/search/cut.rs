//! Values of one line in texts that end a line inside of them, anywhere: a folded text, a literal that a program
//! joins of several, a terminal's colours.

use std::ops::Range;

use crate::engines::search::breaks::{self, LONGEST, places};
use crate::engines::search::pattern::{GRAM, Pattern};

/// The fewest bytes between two line ends inside of a value: `fold -w 20`.
pub(super) const SHORTEST_LINE: usize = 20;

/// What may stand right behind a part of a value, if not the rest of it.
pub(super) const STOPS: &[u8] = b" \t\n\r\"'`\\+,.;\x1b";

/// How many ways on one comparison looks at, at the most: no text makes it take long.
const STEPS: usize = 256;

/// Where the anchors of `value`, each of `length` bytes, begin: the two that cost the least and do not overlap, of
/// which one line end leaves one; and where there may be several line ends, so many that one is in every line.
pub(super) fn anchors(value: &[u8], length: usize, cost: impl Fn(usize) -> usize) -> Vec<usize> {
    let last = value.len() - length;
    let cheapest = |one: usize, other: usize| if cost(other) < cost(one) { other } else { one };
    // Of each place, the cheapest anchor that begins at it or before; and at it or after.
    let before: Vec<usize> =
        (1..=last).scan(0, |best, at| Some(std::mem::replace(best, cheapest(*best, at)))).collect();
    let mut after: Vec<usize> =
        (0..last).rev().scan(last, |best, at| Some(std::mem::replace(best, cheapest(*best, at)))).collect();
    after.reverse();
    let pairs = (0..=last - length).map(|at| [before[at], after[at + length - 1]]);
    let mut found: Vec<usize> =
        pairs.min_by_key(|pair| cost(pair[0]) + cost(pair[1])).into_iter().flatten().collect();
    if value.len() > SHORTEST_LINE {
        // Those bytes that are the rarest, so many that they have two pieces of a line at the least or a whole one.
        let region = value.len().min(2 * SHORTEST_LINE);
        let starts = 0..=value.len() - region;
        let start = starts
            .min_by_key(|start| cost(*start) + cost(start + region / 2) + cost(start + region - length));
        let start = start.unwrap_or(0);
        let range = start..start + region - length + 1;
        let spread = spread(range, SHORTEST_LINE - length + 1, cost);
        found.extend(spread.into_iter().filter(|start| !has_words(value, *start..start + length)));
    }
    found
}

/// Places in `range`, of which one is in any `distance` of it: those that cost the least together.
fn spread(range: Range<usize>, distance: usize, cost: impl Fn(usize) -> usize) -> Vec<usize> {
    // What each costs with the cheapest that are enough before it, and the last of those.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(range.len());
    for at in range.clone() {
        let index = at - range.start;
        let before = (index.saturating_sub(distance)..index).min_by_key(|before| best[*before].0);
        let before = before.filter(|_| index >= distance);
        best.push((cost(at) + before.map_or(0, |before| best[before].0), before));
    }
    let last = (range.len().saturating_sub(distance)..range.len()).min_by_key(|last| best[*last].0);
    std::iter::successors(last, |at| best[*at].1).map(|index| range.start + index).collect()
}

/// Whether a gram in `range` of `value` is one of words, of the name of a host for example: these may stand in every
/// line of a log, and to compare them takes time.
fn has_words(value: &[u8], range: Range<usize>) -> bool {
    /// Random text has no run of so many bytes without a digit and a capital.
    const RUN: usize = 12;
    let is_word = |byte: &u8| !byte.is_ascii_digit() && !byte.is_ascii_uppercase();
    let mut start = 0;
    value.chunk_by(|one, other| is_word(one) == is_word(other)).any(|run| {
        let both = start.max(range.start)..(start + run.len()).min(range.end);
        start += run.len();
        is_word(&run[0]) && run.len() >= RUN && both.len() >= GRAM
    })
}

/// The most bytes that a match of `pattern` may span.
pub(super) fn longest_span(pattern: &Pattern) -> usize {
    2 * pattern.bytes.len() + LONGEST
}

/// Where all of `pattern` lies in `text`, if its bytes at `offset` stand at `at`: from where to where.
pub(super) fn whole(pattern: &Pattern, text: &[u8], at: usize, offset: usize) -> Option<(usize, usize)> {
    if !may_be_whole(&pattern.bytes, text, at, offset) {
        return None;
    }
    let end = forward(&pattern.bytes, text, at, offset).0?;
    let start = backward(&pattern.bytes, text, at, offset)?;
    (end - start <= longest_span(pattern)).then_some((start, end))
}

/// Whether each of `bytes` of a value is the value's own wherever it stands, and joins no two parts.
pub(super) fn is_clear(bytes: &[u8]) -> bool {
    !bytes.iter().any(|byte| STOPS.contains(byte))
}

/// Whether what stops the value on both sides, if it does not lie there in one piece, may be between two pieces: most
/// of what looks like a piece of a value at first is none, and is left at this.
fn may_be_whole(value: &[u8], text: &[u8], at: usize, index: usize) -> bool {
    let after = text[at..].iter().zip(&value[index..]).find(|(one, other)| one != other);
    let before = text[..at].iter().rev().zip(value[..index].iter().rev()).find(|(one, other)| one != other);
    [after, before].into_iter().flatten().all(|(stop, _)| may_be_between(*stop))
}

/// How many bytes of `pattern` `text`, which is not empty, begins with, if it ends before all of them.
pub(super) fn begins(pattern: &Pattern, text: &[u8]) -> Option<usize> {
    let is_like = text.iter().zip(&**pattern.bytes).take(2).all(|(one, other)| one == other);
    let may_go_on = text[0] == pattern.bytes[0] && text.get(1).is_none_or(|second| may_be_between(*second));
    (is_like || may_go_on).then(|| forward(&pattern.bytes, text, 0, 0).1)?
}

/// Where `value` ends if its byte at `index` stands at `at`; and where in it `text` ends, if that may be inside.
fn forward(value: &[u8], text: &[u8], at: usize, index: usize) -> (Option<usize>, Option<usize>) {
    let mut cut = None;
    // A value may have in it what stands around a line end too: then there are several ways on.
    let mut ways = Vec::new();
    let mut way = Some((index, at));
    for _ in 0..STEPS {
        let Some((mut index, mut at)) = way.take().or_else(|| ways.pop()) else { break };
        loop {
            if index == value.len() {
                return (Some(at), cut);
            }
            let known = ways.len();
            let is_cut = index > 0
                && next(text, at, |at, is_line_end| {
                    let own = if is_line_end { blanks(value[index..].iter()) } else { 0 };
                    for way in [(index, at), (index + own, at)] {
                        if !ways[known..].contains(&way) {
                            ways.push(way);
                        }
                    }
                });
            ways[known..].reverse();
            if is_cut || at == text.len() {
                cut = cut.max(Some(index));
            }
            if text.get(at) != Some(&value[index]) {
                break;
            }
            (index, at) = (index + 1, at + 1);
        }
    }
    (None, cut)
}

/// Where `value` begins if its byte at `index` stands at `to`.
fn backward(value: &[u8], text: &[u8], to: usize, index: usize) -> Option<usize> {
    let mut ways = Vec::new();
    let mut way = Some((index, to));
    for _ in 0..STEPS {
        let (mut index, mut to) = way.take().or_else(|| ways.pop())?;
        loop {
            if index == 0 {
                return Some(to);
            }
            let known = ways.len();
            let own = blanks(value[..index].iter().rev());
            let is_there = to > 0 && may_be_between(text[to - 1]);
            let ends = if is_there { to.saturating_sub(LONGEST).max(1)..to } else { 0..0 };
            for end in ends {
                // A line end may stand for some of the blanks.
                let own =
                    (0..=own).rev().filter(|own| index > *own && text[end - 1] == value[index - own - 1]);
                let own: Vec<usize> = own.collect();
                if !own.is_empty() {
                    next(text, end, |at, is_line_end| {
                        for own in own.iter().filter(|own| at == to && (is_line_end || **own == 0)) {
                            if !ways[known..].contains(&(index - own, end)) {
                                ways.push((index - own, end));
                            }
                        }
                    });
                }
            }
            if to == 0 || text[to - 1] != value[index - 1] {
                break;
            }
            (index, to) = (index - 1, to - 1);
        }
    }
    None
}

/// Hands on each place where a value may go on that stops at `from`, and whether a line ends between. Tells
/// whether `text` ends before there can be no more.
fn next(text: &[u8], from: usize, mut place: impl FnMut(usize, bool)) -> bool {
    let mut at = from;
    match text.get(from) {
        Some(b'\x1b') => loop {
            let length = breaks::colour(&text[at..]);
            at += length;
            if length == 0 || at - from > LONGEST {
                break;
            }
            place(at, false);
        },
        Some(stop) if STOPS.contains(stop) => {}
        Some(_) => return false,
        None => return true,
    }
    places(text, from, |at| place(at, true)) || at == text.len()
}

/// Whether [`next`] passes over `byte`.
fn may_be_between(byte: u8) -> bool {
    byte.is_ascii_digit() || b" \t\n\r\x1b[mK\"'`\\nr+,.;:#/>-*|%!)bBfFRuUL".contains(&byte)
}

fn blanks<'a>(bytes: impl Iterator<Item = &'a u8>) -> usize {
    bytes.take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}
