//! Every byte pattern that a value may show up as.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::engines::search::encode::{self, Bytes, Shared};
use crate::engines::search::{Encoding, Lines, escape, line};

/// The shortest pattern that is searched for, in bytes.
pub(super) const SHORTEST: usize = 4;

/// The bytes of a piece of a pattern that is looked up: [`super::grams`].
pub(super) const GRAM: usize = 4;

/// The fewest bytes of a value that may have a line end inside. One of its pieces has eight bytes then, which stand
/// together nowhere else; and anchors of eight bytes let a text be searched as quickly as the base64 of a value of
/// thirteen, which nobody would leave out.
const SHORTEST_CUT: usize = 16;

/// The fewest bytes of a line that a value of several is found by.
const SHORTEST_OWN_LINE: usize = 5;

/// The fewest digits of base64 that are looked for: fewer stand in many a picture by chance.
const SHORTEST_BASE64: usize = 8;

/// A value in one form.
pub(super) struct Pattern {
    /// The bytes.
    pub bytes: Bytes,
    /// The form.
    pub encoding: Encoding,
    /// What may stand between the bytes.
    pub layout: Layout,
    /// What the digits of base64 before and after the bytes have to be.
    pub shared: [Shared; 2],
    /// Where in the bytes the value's own lines meet, ascending; empty for most.
    pub joints: Vec<usize>,
}

impl Pattern {
    /// Where in the bytes the value's own line at `index` stands; nothing past the last.
    pub fn line(&self, index: usize) -> Option<Range<usize>> {
        let start = *self.joints.get(index)?;
        Some(start..self.joints.get(index + 1).copied().unwrap_or(self.bytes.len()))
    }

    /// Where each of the value's own lines stands that is long enough to find the value by.
    pub fn long_lines(&self) -> impl Iterator<Item = Range<usize>> {
        let lines = (0..self.joints.len()).filter_map(|index| self.line(index));
        lines.filter(|line| line.len() >= SHORTEST_OWN_LINE)
    }
}

/// What may stand between the bytes of a pattern in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Nothing.
    Exact,
    /// Line breaks and the blanks around them, anywhere: whoever writes base64 or a key breaks its lines.
    Folded,
    /// Where two of the value's own lines meet: [`super::frame`].
    Framed,
    /// A line end anywhere, with what a program or a person has around it: [`super::cut`].
    Cut,
}

/// The patterns of `value`, each once. The blanks and line ends around the value are no part of them: hardly
/// anyone who pastes it takes those along. Of its lines those in `which` are looked for by themselves too.
pub(super) fn patterns(value: &str, which: Lines) -> Vec<Pattern> {
    let value = value.trim();
    let mut patterns = Patterns { list: Vec::new() };
    if value.len() >= SHORTEST {
        patterns.add(value);
        patterns.push(Encoding::Lines, encode::lines(value).iter().map(|lines| bytes(lines)));
        // With the line ends of the other system, and then written down by a program.
        if let Some(lines) = encode::lines(value).into_iter().nth(1) {
            patterns.add_encoded(&lines);
        }
        patterns.add_lines(value);
        patterns.push(Encoding::Line, line::lines(value, which).into_iter().map(bytes));
    }
    patterns.list
}

fn bytes(text: &str) -> Bytes {
    Zeroizing::new(text.as_bytes().to_vec())
}

struct Patterns {
    list: Vec<Pattern>,
}

impl Patterns {
    fn add(&mut self, value: &str) {
        self.push(Encoding::Plain, [bytes(value)]);
        self.add_encoded(value);
        self.push(Encoding::Utf32, encode::utf32(value));
        if !value.is_ascii() {
            self.push(Encoding::Latin1, encode::latin1(value));
        }
    }

    fn add_encoded(&mut self, value: &str) {
        // Hardly anybody escapes letters and digits, and who does escapes them all.
        let [percent, percent_capital, json, json_capital] = encode::wholly_escaped(value);
        self.push(Encoding::Percent, [percent, percent_capital]);
        self.push(Encoding::Json, [json, json_capital]);
        if !value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            self.push(Encoding::Json, encode::json(value));
            // A document may hold another as a text.
            self.push(Encoding::Json, encode::json(value).filter_map(|once| encode::json_again(&once)));
            self.push(Encoding::Percent, encode::percent(value.as_bytes()));
            self.push(Encoding::Percent, encode::workflow(value).map(|text| bytes(&text)));
            self.push(Encoding::Escaped, escape::escaped(value));
        }
        for (digits, shared) in encode::base64(value.as_bytes()) {
            if digits.len() >= SHORTEST_BASE64 {
                self.push_one(Encoding::Base64, digits, shared);
            }
        }
        self.push(Encoding::Hex, encode::hex(value.as_bytes()));
        self.push(Encoding::Utf16, encode::utf16(value));
    }

    /// The value's lines without the blanks around them: as an indented block has them or a comment, and as
    /// a text that was folded anew. There a backslash could be the value's own or that of a written line end.
    fn add_lines(&mut self, value: &str) {
        let mut bytes = Zeroizing::new(Vec::with_capacity(value.len()));
        let mut joints = Vec::new();
        for line in value.lines().map(str::trim).filter(|line| !line.is_empty()) {
            joints.push(bytes.len());
            bytes.extend_from_slice(line.as_bytes());
        }
        if joints.len() < 2 || bytes.len() < SHORTEST {
            return;
        }
        let shared = [Shared::default(); 2];
        let pattern = |layout| Pattern {
            bytes: bytes.clone(),
            encoding: Encoding::Lines,
            layout,
            shared,
            joints: joints.clone(),
        };
        let framed = pattern(Layout::Framed);
        if framed.long_lines().next().is_some() {
            self.list.push(framed);
        }
        if !bytes.contains(&b'\\') {
            self.list.push(pattern(Layout::Folded));
        }
    }

    fn push(&mut self, encoding: Encoding, forms: impl IntoIterator<Item = Bytes>) {
        for bytes in forms {
            self.push_one(encoding, bytes, [Shared::default(); 2]);
        }
    }

    fn push_one(&mut self, encoding: Encoding, bytes: Bytes, shared: [Shared; 2]) {
        let is_new = |pattern: &Pattern| pattern.bytes != bytes || pattern.shared != shared;
        if bytes.len() >= SHORTEST && self.list.iter().all(is_new) {
            let layout = match encoding {
                Encoding::Base64 | Encoding::Hex => Layout::Folded,
                Encoding::Plain if bytes.len() >= SHORTEST_CUT && !bytes.contains(&b'\n') => Layout::Cut,
                _ => Layout::Exact,
            };
            self.list.push(Pattern { bytes, encoding, layout, shared, joints: Vec::new() });
        }
    }
}
