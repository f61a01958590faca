//! The search for many patterns at once.
//!
//! Every pattern is eight bytes long or more in all but odd cases, so not every byte of a text needs a
//! look. Each pattern has an *anchor*, a window of as many bytes as the shortest pattern has. Wherever an
//! anchor lies in a text, one of the four-byte *grams* that are sampled at a fixed stride lies wholly in
//! it; the sampled gram is looked up in a table of bits, and only if it is there, the patterns that have
//! it are compared. (The crate `aho-corasick` visits every byte, each step waiting for the one before,
//! and its quick prefilters take only a hundred patterns; fifty values are a thousand. What this finds
//! is checked against a plain search by tests.)

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use zeroize::Zeroizing;

use crate::engines::search::fold;
use crate::engines::search::pattern::{Layout, Pattern, SHORTEST, patterns};
use crate::engines::search::{Encoding, Known};
use crate::words::name::Name;
use crate::words::profile::ProfileName;

/// The bytes of a gram.
const GRAM: usize = 4;
/// The longest anchor, in bytes: beyond it, reading the text is what takes the time.
const LONGEST_ANCHOR: usize = 20;
/// The bits of a hash, and with them the table's size: 128 KiB stay in a core's own cache.
const HASH_BITS: u32 = 20;
const WORDS: usize = 1 << (HASH_BITS - 6);
/// How many pairs of bytes there are.
const PAIRS: usize = 1 << 16;
/// The bits of a hash that say which bucket a gram is in.
const BUCKET_BITS: u32 = 14;

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
    /// The length of every anchor, and how far apart the grams are that are looked up.
    anchor: usize,
    stride: usize,
    /// A bit for each hash that a gram of an anchor has.
    bits: Zeroizing<Vec<u64>>,
    /// Where in `grams` each bucket begins.
    buckets: Vec<u32>,
    /// The grams of all anchors, by bucket.
    grams: Zeroizing<Vec<u32>>,
    /// For each of them its pattern, and where in that it stands.
    places: Vec<Anchored>,
    /// The patterns in the order of their bytes: those that are whole, and those that may be folded.
    sorted: [Vec<u32>; 2],
    /// A bit for each pair of bytes that a match may begin with.
    openings: Zeroizing<Vec<u64>>,
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

#[derive(Clone, Copy)]
struct Anchored {
    pattern: u32,
    /// Where in the pattern the gram stands.
    offset: u32,
    /// Where in the pattern the anchor of the gram begins.
    anchor: u32,
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
        let mut matcher = Self {
            labels: Vec::with_capacity(values.len()),
            patterns: Vec::new(),
            owners: Vec::new(),
            longest: 0,
            anchor: GRAM,
            stride: 1,
            bits: Zeroizing::new(vec![0; WORDS]),
            buckets: Vec::new(),
            grams: Zeroizing::new(Vec::new()),
            places: Vec::new(),
            sorted: [Vec::new(), Vec::new()],
            openings: Zeroizing::new(vec![0; PAIRS / 64]),
        };
        for ((_, text), label) in values {
            let made = patterns(text);
            matcher.owners.extend(std::iter::repeat_n(matcher.labels.len(), made.len()));
            matcher.patterns.extend(made);
            matcher.labels.push(label);
        }
        matcher.longest = matcher.patterns.iter().map(fold::longest_span).max().unwrap_or(0);
        matcher.sort();
        matcher.index();
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
        let _ = self.each_gram(text, |at, place| {
            let number = place.pattern as usize;
            let pattern = &self.patterns[number];
            if let Some((start, end)) = fold::whole(pattern, text, at, place.offset as usize) {
                let known = self.owners[number];
                found.push(Match { start, end, known, encoding: pattern.encoding });
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
        self.anchor
    }

    /// Whether an anchor lies in `text`: where none does, no value does.
    #[must_use]
    pub fn may_be_in(&self, text: &[u8]) -> bool {
        let is_anchor = |at: usize, place: Anchored| {
            let (offset, anchor) = (place.offset as usize, place.anchor as usize);
            let start = at.checked_sub(offset - anchor)?;
            let found = text.get(start..start + self.anchor)?;
            let anchor = &self.patterns[place.pattern as usize].bytes[anchor..anchor + self.anchor];
            (found == anchor).then_some(())
        };
        self.each_gram(text, |at, place| match is_anchor(at, place) {
            Some(()) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        })
        .is_break()
    }

    /// Hands on each place in `text` where a gram of an anchor is sampled, and the gram's place.
    fn each_gram(
        &self,
        text: &[u8],
        mut found: impl FnMut(usize, Anchored) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(bits) = self.bits.first_chunk::<WORDS>() else { return ControlFlow::Continue(()) };
        if self.patterns.is_empty() {
            return ControlFlow::Continue(());
        }
        let mut at = 0;
        while let Some(gram) = text.get(at..).and_then(<[u8]>::first_chunk::<GRAM>) {
            let gram = u32::from_le_bytes(*gram);
            let hash = hash(gram);
            if bits[(hash >> 6) % WORDS] >> (hash % 64) & 1 != 0 {
                self.look_up(gram, hash).try_for_each(|place| found(at, place))?;
            }
            at += self.stride;
        }
        ControlFlow::Continue(())
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
        text.first_chunk().is_none_or(|two| {
            let pair = usize::from(u16::from_le_bytes(*two));
            self.openings[pair / 64] >> (pair % 64) & 1 != 0
        })
    }

    /// Whether a pattern begins with `text`, which is not empty, and is longer.
    fn is_open(&self, text: &[u8]) -> bool {
        let pattern = |index: &u32| &self.patterns[*index as usize];
        let [whole, foldable] = &self.sorted;
        let next = whole.partition_point(|index| pattern(index).bytes[..] <= *text);
        if whole.get(next).is_some_and(|index| pattern(index).bytes.starts_with(text)) {
            return true;
        }
        let first = foldable.partition_point(|index| pattern(index).bytes[..] < text[..1]);
        let same = foldable[first..].iter().map(pattern).take_while(|pattern| pattern.bytes[0] == text[0]);
        same.into_iter().any(|pattern| fold::begins(pattern, text))
    }

    fn sort(&mut self) {
        for (index, pattern) in (0u32..).zip(&self.patterns) {
            self.sorted[usize::from(pattern.layout != Layout::Exact)].push(index);
            for second in fold::second_bytes(pattern) {
                let pair = usize::from(u16::from_le_bytes([pattern.bytes[0], second]));
                self.openings[pair / 64] |= 1 << (pair % 64);
            }
        }
        for sorted in &mut self.sorted {
            sorted.sort_by_key(|index| &self.patterns[*index as usize].bytes[..]);
        }
    }

    /// Fills the tables.
    fn index(&mut self) {
        let shortest = self.patterns.iter().map(fold::shortest_part).min().unwrap_or(SHORTEST);
        let length = shortest.clamp(GRAM, LONGEST_ANCHOR);
        self.stride = length - GRAM + 1;
        self.anchor = length;
        let mut all: Zeroizing<Vec<(usize, u32, u32, u32, u32)>> = Zeroizing::new(Vec::new());
        for (number, pattern) in (0u32..).zip(&self.patterns) {
            for anchor in fold::anchors(pattern, length) {
                for offset in anchor..anchor + self.stride {
                    let Some(gram) = pattern.bytes[offset..].first_chunk::<GRAM>() else { continue };
                    let gram = u32::from_le_bytes(*gram);
                    // A pattern is shorter than 4 GiB.
                    let [offset, anchor] = [offset, anchor].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
                    all.push((hash(gram), gram, number, offset, anchor));
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        self.buckets = vec![0; (1 << BUCKET_BITS) + 1];
        for (hash, gram, pattern, offset, anchor) in all.iter().copied() {
            self.bits[hash >> 6] |= 1 << (hash % 64);
            self.buckets[bucket(hash) + 1] += 1;
            self.grams.push(gram);
            self.places.push(Anchored { pattern, offset, anchor });
        }
        for at in 1..self.buckets.len() {
            self.buckets[at] += self.buckets[at - 1];
        }
    }

    /// The places of `gram`.
    #[cold]
    fn look_up(&self, gram: u32, hash: usize) -> impl Iterator<Item = Anchored> {
        let bucket = bucket(hash);
        let range = self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize;
        range.filter(move |index| self.grams[*index] == gram).map(|index| self.places[index])
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

/// A hash of `gram`, of [`HASH_BITS`] bits (Knuth, The Art of Computer Programming, 6.4: the golden ratio).
fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize
}

fn bucket(hash: usize) -> usize {
    hash >> (HASH_BITS - BUCKET_BITS)
}

#[cfg(test)]
mod tests;
