//! The search for many patterns at once. Where they may lie is found by their grams, and then compared.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use zeroize::Zeroizing;

use crate::engines::search::grams::{Anchored, Grams};
use crate::engines::search::pattern::{GRAM, Layout, Pattern, patterns};
use crate::engines::search::{Encoding, Known, cut, fold};
use crate::words::name::Name;
use crate::words::profile::ProfileName;

/// A bit for each pair of bytes.
struct Bits(Zeroizing<Vec<u64>>);

impl Bits {
    fn new() -> Self {
        Self(Zeroizing::new(vec![0; (1 << 16) / 64]))
    }

    fn has(&self, pair: [u8; 2]) -> bool {
        let pair = usize::from(u16::from_le_bytes(pair));
        self.0[pair / 64] >> (pair % 64) & 1 != 0
    }

    fn set(&mut self, pair: [u8; 2]) {
        let pair = usize::from(u16::from_le_bytes(pair));
        self.0[pair / 64] |= 1 << (pair % 64);
    }
}

/// Two bytes of a hash of `four`.
fn upper_half(four: [u8; 4]) -> [u8; 2] {
    let [.., third, fourth] = u32::from_le_bytes(four).wrapping_mul(0x9e37_79b1).to_le_bytes();
    [third, fourth]
}

/// A value in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Which value, for [`Matcher::name`].
    pub known: usize,
    /// The form that it lies in.
    pub encoding: Encoding,
}

/// Looks for values in texts, in every form of each.
pub struct Matcher {
    /// Of each value what is told of it.
    labels: Vec<Label>,
    patterns: Vec<Pattern>,
    /// The value of each pattern.
    owners: Vec<usize>,
    longest: usize,
    grams: Grams,
    /// The patterns in the order of their bytes: those that are whole, and those that may be folded.
    sorted: [Vec<u32>; 2],
    /// What a match may begin with: its first two bytes; those of a pattern that may be folded; of one that is whole
    /// a hash of its first four.
    openings: [Bits; 3],
}

/// What is told of a value.
pub(super) struct Label {
    pub name: Name,
    /// Whether the variable has another value by now.
    pub is_old: bool,
    /// The profile that the value is or was in, if it is in one alone.
    pub profile: Option<ProfileName>,
    /// Where it stands in what the matcher was made of.
    pub given: usize,
}

impl Matcher {
    /// A search for `known`. A value of less than four bytes is not looked for.
    #[must_use]
    pub fn new(known: &[Known]) -> Self {
        // A variable that has its old value again has no old value.
        let mut values: BTreeMap<(&Name, &str), Label> = BTreeMap::new();
        for (given, one) in known.iter().enumerate() {
            let Known { name, is_old, profile, .. } = one;
            let new = || Label { name: name.clone(), is_old: *is_old, profile: profile.clone(), given };
            let label = values.entry((name, one.value.trim())).or_insert_with(new);
            label.is_old &= one.is_old;
            if label.profile != *profile {
                label.profile = None;
            }
        }
        let (mut labels, mut all, mut owners) = (Vec::with_capacity(values.len()), Vec::new(), Vec::new());
        for ((_, text), label) in values {
            let made = patterns(text, known[label.given].lines);
            owners.extend(std::iter::repeat_n(labels.len(), made.len()));
            all.extend(made);
            labels.push(label);
        }
        let mut matcher = Self {
            labels,
            owners,
            longest: all.iter().map(fold::longest_span).max().unwrap_or(0),
            grams: Grams::new(&all),
            patterns: all,
            sorted: [Vec::new(), Vec::new()],
            openings: std::array::from_fn(|_| Bits::new()),
        };
        matcher.sort();
        matcher
    }

    /// The variable of the value `known` of a [`Match`].
    #[must_use]
    pub fn name(&self, known: usize) -> &Name {
        &self.labels[known].name
    }

    /// What is told of that value.
    pub(super) fn label(&self, known: usize) -> &Label {
        &self.labels[known]
    }

    /// How many values it looks for; each has a number below that.
    #[must_use]
    pub fn values(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The most bytes that a match may span.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Where the values lie in `text`, by where they begin and the longest first. Matches of different
    /// values may overlap; of those of one value, none lies inside another.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Vec<Match> {
        let mut found = Vec::new();
        let _ = self.grams.each(text, |at, place| {
            let number = place.pattern as usize;
            let pattern = &self.patterns[number];
            // Which gram of an anchor is met is a matter of luck; where a value has in it what joins the lines of
            // others, what is found must not be.
            let (at, offset) = match self.anchor_at(text, at, place) {
                Some(start) => (start, place.anchor as usize),
                None if pattern.layout == Layout::Cut && !cut::is_clear(&text[at..at + GRAM]) => {
                    return ControlFlow::Continue(());
                }
                None => (at, place.offset as usize),
            };
            if let Some((start, end)) = fold::whole(pattern, text, at, offset) {
                let is_cut = pattern.layout == Layout::Cut && end - start > pattern.bytes.len();
                let encoding = if is_cut { Encoding::Lines } else { pattern.encoding };
                found.push(Match { start, end, known: self.owners[number], encoding });
            }
            ControlFlow::Continue(())
        });
        if found.len() > 1 {
            self.tidy(&mut found);
        }
        found
    }

    /// How many bytes together there are, at the least, in every match: an anchor.
    #[must_use]
    pub fn anchor(&self) -> usize {
        self.grams.anchor()
    }

    /// Whether an anchor lies in `text`: where none does, no value does.
    #[must_use]
    pub fn may_be_in(&self, text: &[u8]) -> bool {
        let is_anchor = |at, place| match self.anchor_at(text, at, place) {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        };
        self.grams.each(text, is_anchor).is_break()
    }

    /// Where in `text` the anchor of `place` begins, a gram of which lies at `at`; [`None`] if it is another text.
    fn anchor_at(&self, text: &[u8], at: usize, place: Anchored) -> Option<usize> {
        let (offset, anchor) = (place.offset as usize, place.anchor as usize);
        let start = at.checked_sub(offset - anchor)?;
        let anchor = &self.patterns[place.pattern as usize].bytes[anchor..anchor + self.anchor()];
        (text.get(start..start + anchor.len())? == anchor).then_some(start)
    }

    /// `text` as a person may read it: with the variable's name, in brackets, in place of each value.
    #[must_use]
    pub fn masked(&self, text: &[u8]) -> String {
        let mut shown = String::new();
        let mut done = 0;
        for one in self.find(text) {
            if one.start >= done {
                shown.push_str(&String::from_utf8_lossy(&text[done..one.start]));
                shown.push_str(&format!("<{}>", self.name(one.known)));
            }
            // What overlaps is hidden as well.
            done = done.max(one.end);
        }
        shown.push_str(&String::from_utf8_lossy(&text[done..]));
        shown
    }

    /// Where in `text` a match may begin that goes on after its end; the end, if none can. A reader
    /// that gets a text in pieces may let go of everything before.
    #[must_use]
    pub fn open(&self, text: &[u8]) -> usize {
        let first = (text.len() + 1).saturating_sub(self.longest);
        (first..text.len())
            .find(|start| self.may_open(&text[*start..]) && self.is_open(&text[*start..]))
            .unwrap_or(text.len())
    }

    /// Whether a match may begin with the first two bytes of `text`.
    fn may_open(&self, text: &[u8]) -> bool {
        text.first_chunk().is_none_or(|two| self.openings[0].has(*two))
    }

    /// Whether a pattern begins with `text`, which is not empty, and is longer.
    fn is_open(&self, text: &[u8]) -> bool {
        self.begun_by(text).next().is_some()
    }

    /// How many bytes of each pattern that `text` begins with, and that is longer, it may show.
    fn begun_by<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let pattern = |index: &u32| &self.patterns[*index as usize];
        let [_, folded, fours] = &self.openings;
        let may_be_folded = text.first_chunk().is_none_or(|two| folded.has(*two));
        let may_be_whole = text.first_chunk().is_none_or(|four| fours.has(upper_half(*four)));
        let [whole, foldable] = &self.sorted;
        let whole = may_be_whole.then(|| {
            let next = whole.partition_point(|index| pattern(index).bytes[..] <= *text);
            whole.get(next).map(pattern)
        });
        let same = may_be_folded.then(|| {
            let first = foldable.partition_point(|index| pattern(index).bytes[..] < text[..1]);
            foldable[first..].iter().map(pattern).take_while(|pattern| pattern.bytes[0] == text[0])
        });
        let all = whole.flatten().into_iter().chain(same.into_iter().flatten());
        all.filter_map(|pattern| fold::begins(pattern, text))
    }

    /// The most bytes of a value that `text` may end with, where more may come. What stands around its line ends is
    /// not counted.
    pub(super) fn begun(&self, text: &[u8]) -> usize {
        let starts = (0..text.len()).filter(|start| self.may_open(&text[*start..]));
        starts.flat_map(|start| self.begun_by(&text[start..])).max().unwrap_or(0)
    }

    fn sort(&mut self) {
        for (index, pattern) in (0u32..).zip(&self.patterns) {
            let is_whole = pattern.layout == Layout::Exact;
            self.sorted[usize::from(!is_whole)].push(index);
            let [twos, folded, fours] = &mut self.openings;
            if let Some(four) = pattern.bytes.first_chunk().filter(|_| is_whole) {
                fours.set(upper_half(*four));
            }
            for second in fold::second_bytes(pattern) {
                twos.set([pattern.bytes[0], second]);
                if !is_whole {
                    folded.set([pattern.bytes[0], second]);
                }
            }
        }
        for sorted in &mut self.sorted {
            sorted.sort_by_key(|index| &self.patterns[*index as usize].bytes[..]);
        }
    }

    /// Puts `found` in order, and drops what lies inside another match of the same value.
    fn tidy(&self, found: &mut Vec<Match>) {
        found.sort_unstable_by_key(|one| (one.start, usize::MAX - one.end, one.known, one.encoding));
        // Inside a text in UTF-16 or UTF-32 both byte orders match, all but one byte of a character apart.
        // The true one begins where a character does; if none does, the text does not begin where the
        // bytes do, and the first is as good.
        let wide: HashSet<(usize, Encoding, usize)> = found
            .iter()
            .filter(|one| one.encoding.width() > 1)
            .map(|one| (one.known, one.encoding, one.start))
            .collect();
        found.retain(|one| {
            let width = one.encoding.width();
            let is_aligned = |start: usize| start.is_multiple_of(width);
            let is_there = |start: &usize| wide.contains(&(one.known, one.encoding, *start));
            let before = one.start.checked_sub(width - 1).filter(is_there);
            let after = Some(one.start + width - 1).filter(is_there);
            width == 1 || is_aligned(one.start) || (before.is_none() && !after.is_some_and(is_aligned))
        });
        let mut ends = vec![0; self.labels.len()];
        found.retain(|one| {
            let is_new = one.end > ends[one.known];
            ends[one.known] = ends[one.known].max(one.end);
            is_new
        });
    }
}

#[cfg(test)]
mod cuts;
#[cfg(test)]
mod tests;
