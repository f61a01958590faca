//! An object as a pack has it, perhaps as a change to another one: gitformat-pack(5), "Deltified
//! representation". The crate `gix-pack` puts whole objects together; which of the bytes are new, it does not say.

use std::ops::Range;

use zeroize::Zeroizing;

/// An object as it is stored.
#[derive(Default)]
pub(super) struct Object {
    /// Its bytes, or those of the change that it is stored as.
    pub bytes: Zeroizing<Vec<u8>>,
    /// What it is made of, in this order; empty if the bytes are its own.
    pieces: Vec<ByteRange>,
    /// Those changes to it that have not been looked into, as places in the pack's list.
    pub changes: Range<usize>,
}

/// A range of an object's bytes.
struct ByteRange {
    /// Where it lies in the object.
    range: Range<usize>,
    /// Where it comes from: the base, or the change itself.
    is_copied: bool,
    /// Where it begins there.
    from: usize,
}

impl Object {
    /// Reads the pieces from the bytes of a change; nothing, if they are none.
    pub fn read_change(&mut self) -> Option<()> {
        let Self { bytes, pieces, .. } = self;
        pieces.clear();
        let mut rest = bytes.iter();
        // The sizes of the base and of the object: seven bits a byte, the eighth says that more follow.
        for _ in 0..2 {
            while rest.next()? & 0x80 != 0 {}
        }
        let mut start = 0usize;
        while let Some(&command) = rest.next() {
            let is_copied = command & 0x80 != 0;
            let (from, length) = if is_copied {
                // A bit for each byte that follows, from the least; the others are zero.
                let mut field = |bits: Range<u8>| {
                    let mut bytes = [0; 4];
                    for (bit, byte) in bits.zip(&mut bytes) {
                        if command >> bit & 1 != 0 {
                            *byte = *rest.next()?;
                        }
                    }
                    usize::try_from(u32::from_le_bytes(bytes)).ok()
                };
                let (from, length) = (field(0..4)?, field(4..7)?);
                (from, if length == 0 { 1 << 16 } else { length })
            } else {
                let length = usize::from(command);
                let from = bytes.len() - rest.len();
                // No length at all is reserved.
                rest.nth(length.checked_sub(1)?)?;
                (from, length)
            };
            let end = start.checked_add(length)?;
            pieces.push(ByteRange { range: start..end, is_copied, from });
            start = end;
        }
        Some(())
    }

    /// Puts the object together, if it has no more than `most` bytes: `spare` is memory for that.
    pub fn put_together(&mut self, line: &[Self], most: usize, spare: &mut Zeroizing<Vec<u8>>) -> Option<()> {
        if self.length() <= most {
            spare.clear();
            self.read(line, 0..self.length(), spare)?;
            std::mem::swap(&mut self.bytes, spare);
            self.pieces.clear();
        }
        Some(())
    }

    /// How many bytes it has.
    fn length(&self) -> usize {
        self.pieces.last().map_or(self.bytes.len(), |piece| piece.range.end)
    }

    /// Gathers what may hold something in this object, a change, that is not in its base, the last of
    /// `line`: the new bytes, and of what is copied `around` bytes at each seam.
    pub fn gather_new(&self, line: &[Self], around: usize, new: &mut Vec<u8>) -> Option<()> {
        let last = self.pieces.len().checked_sub(1)?;
        for (at, piece) in self.pieces.iter().enumerate() {
            let length = piece.range.len();
            if !piece.is_copied || length <= 2 * around {
                self.read(line, piece.range.clone(), new)?;
                continue;
            }
            if at > 0 {
                self.read(line, piece.range.start..piece.range.start + around, new)?;
            }
            if at < last {
                self.read(line, piece.range.end - around..piece.range.end, new)?;
            }
        }
        Some(())
    }

    /// Appends the bytes in `range` of this object to `text`; its base is the last of `line`.
    fn read(&self, line: &[Self], range: Range<usize>, text: &mut Vec<u8>) -> Option<()> {
        if self.pieces.is_empty() {
            text.extend_from_slice(self.bytes.get(range)?);
            return Some(());
        }
        let (base, line) = line.split_last()?;
        let mut at = range.start;
        let first = self.pieces.partition_point(|piece| piece.range.end <= at);
        for piece in &self.pieces[first..] {
            if at >= range.end {
                break;
            }
            let end = piece.range.end.min(range.end);
            let from = piece.from + (at - piece.range.start);
            let range = from..from + (end - at);
            if piece.is_copied {
                base.read(line, range, text)?;
            } else {
                text.extend_from_slice(self.bytes.get(range)?);
            }
            at = end;
        }
        (at >= range.end).then_some(())
    }
}
