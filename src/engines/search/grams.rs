//! Where in a text any of many patterns may lie.
//!
//! Every pattern is eight bytes long or more in all but odd cases, so not every byte of a text needs a
//! look. Each pattern has an *anchor*, a window of as many bytes as the shortest pattern has. Wherever an
//! anchor lies in a text, one of the four-byte *grams* that are sampled at a fixed stride lies wholly in
//! it; the sampled gram is looked up in a table of bits, and only if it is there, the patterns that have
//! it are compared. (The crate `aho-corasick` visits every byte, each step waiting for the one before,
//! and its quick prefilters take only a hundred patterns; fifty values are a thousand. What this finds
//! is checked against a plain search by tests.)

use std::ops::ControlFlow;

use zeroize::Zeroizing;

use crate::engines::search::fold;
use crate::engines::search::pattern::{GRAM, Pattern, SHORTEST};

/// The longest anchor, in bytes: beyond it, reading the text is what takes the time.
const LONGEST_ANCHOR: usize = 20;
/// The bits of a hash, and with them the table's size: 128 KiB stay in a core's own cache.
const HASH_BITS: u32 = 20;
const WORDS: usize = 1 << (HASH_BITS - 6);
/// The bits of a hash that say which bucket a gram is in.
const BUCKET_BITS: u32 = 14;

/// The grams of all anchors.
pub(super) struct Grams {
    /// The length of every anchor, and how far apart the grams are that are looked up.
    anchor: usize,
    stride: usize,
    /// A bit for each hash that a gram of an anchor has.
    bits: Zeroizing<Vec<u64>>,
    /// Where in `sorted` each bucket begins.
    buckets: Vec<u32>,
    /// The grams of all anchors, by bucket.
    sorted: Zeroizing<Vec<u32>>,
    /// For each of them its pattern, and where in that it stands.
    places: Vec<Anchored>,
}

/// A gram of an anchor.
#[derive(Clone, Copy)]
pub(super) struct Anchored {
    /// The number of the pattern.
    pub pattern: u32,
    /// Where in the pattern the gram stands.
    pub offset: u32,
    /// Where in the pattern the anchor of the gram begins.
    pub anchor: u32,
}

impl Grams {
    /// Those of `patterns`.
    pub fn new(patterns: &[Pattern]) -> Self {
        let shortest = patterns.iter().map(fold::shortest_part).min().unwrap_or(SHORTEST);
        let anchor = shortest.clamp(GRAM, LONGEST_ANCHOR);
        let stride = anchor - GRAM + 1;
        let mut all: Zeroizing<Vec<(usize, u32, u32, u32, u32)>> = Zeroizing::new(Vec::new());
        for (number, pattern) in (0u32..).zip(patterns) {
            for start in fold::anchors(pattern, anchor) {
                for offset in start..start + stride {
                    let Some(gram) = pattern.bytes[offset..].first_chunk::<GRAM>() else { continue };
                    let gram = u32::from_le_bytes(*gram);
                    // A pattern is shorter than 4 GiB.
                    let [offset, start] = [offset, start].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
                    all.push((hash(gram), gram, number, offset, start));
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        let mut this = Self {
            anchor,
            stride,
            bits: Zeroizing::new(vec![0; WORDS]),
            buckets: vec![0; (1 << BUCKET_BITS) + 1],
            sorted: Zeroizing::new(Vec::with_capacity(all.len())),
            places: Vec::with_capacity(all.len()),
        };
        for (hash, gram, pattern, offset, anchor) in all.iter().copied() {
            this.bits[hash >> 6] |= 1 << (hash % 64);
            this.buckets[bucket(hash) + 1] += 1;
            this.sorted.push(gram);
            this.places.push(Anchored { pattern, offset, anchor });
        }
        for at in 1..this.buckets.len() {
            this.buckets[at] += this.buckets[at - 1];
        }
        this
    }

    /// The length of every anchor.
    pub fn anchor(&self) -> usize {
        self.anchor
    }

    /// Hands on each place in `text` where a gram of an anchor is sampled, and the gram's place.
    pub fn each(
        &self,
        text: &[u8],
        found: impl FnMut(usize, Anchored) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        /// Where the compiler knows the stride, the loop takes two thirds of the time.
        macro_rules! with {
            ($($stride:literal)+) => {
                match self.stride {
                    $($stride => self.each_at::<$stride>(text, found),)+
                    _ => self.each_at::<1>(text, found),
                }
            };
        }
        const { assert!(LONGEST_ANCHOR - GRAM + 1 == 17) };
        with!(2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)
    }

    fn each_at<const STRIDE: usize>(
        &self,
        text: &[u8],
        mut found: impl FnMut(usize, Anchored) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        /// How many grams are looked up between two questions whether the text has ended.
        const AT_ONCE: usize = 8;
        let Some(bits) = self.bits.first_chunk::<WORDS>() else { return ControlFlow::Continue(()) };
        if self.sorted.is_empty() {
            return ControlFlow::Continue(());
        }
        let mut check = |at: usize, gram: [u8; GRAM]| {
            let gram = u32::from_le_bytes(gram);
            let hash = hash(gram);
            if bits[(hash >> 6) % WORDS] >> (hash % 64) & 1 != 0 {
                self.look_up(gram, at, &mut found)?;
            }
            ControlFlow::Continue(())
        };
        let mut at = 0;
        while let Some(block) = text.get(at..at + (AT_ONCE - 1) * STRIDE + GRAM) {
            for index in 0..AT_ONCE {
                let Some(gram) = block[index * STRIDE..].first_chunk() else { break };
                check(at + index * STRIDE, *gram)?;
            }
            at += AT_ONCE * STRIDE;
        }
        while let Some(gram) = text.get(at..).and_then(<[u8]>::first_chunk) {
            check(at, *gram)?;
            at += STRIDE;
        }
        ControlFlow::Continue(())
    }

    /// Hands on the places of `gram`, which stands at `at`. Apart from the loop, which keeps its registers.
    #[cold]
    #[inline(never)]
    fn look_up(
        &self,
        gram: u32,
        at: usize,
        found: &mut impl FnMut(usize, Anchored) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let bucket = bucket(hash(gram));
        let range = self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize;
        let mut places = range.filter(|index| self.sorted[*index] == gram).map(|index| self.places[index]);
        places.try_for_each(|place| found(at, place))
    }
}

/// A hash of `gram`, of [`HASH_BITS`] bits: the upper ones of a product (Knuth, The Art of Computer Programming,
/// 6.4: the golden ratio), and its own lowest six, which are as good as six of those and come at no cost: a
/// processor takes them by itself when it looks for a bit.
fn hash(gram: u32) -> usize {
    let product = gram.wrapping_mul(0x9e37_79b1);
    (((product >> (32 - HASH_BITS + 6)) << 6) | (gram % 64)) as usize
}

fn bucket(hash: usize) -> usize {
    hash >> (HASH_BITS - BUCKET_BITS)
}
