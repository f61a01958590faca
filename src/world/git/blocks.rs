//! A file that is read here and there.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use zeroize::Zeroizing;

/// A file, and the blocks of it that were read last.
pub(super) struct CachedFile {
    file: File,
    length: u64,
    /// The number of each block that is kept, at the place that its number has among so many.
    numbers: Vec<u64>,
    kept: Zeroizing<Vec<Vec<u8>>>,
    /// What spans several blocks.
    joined: Zeroizing<Vec<u8>>,
}

impl CachedFile {
    /// The bytes of a block.
    const BLOCK: u64 = 1 << 12;
    /// How many are kept, 8 MiB: changes are often far away from their base.
    const KEPT: usize = 1 << 11;

    /// # Errors
    /// There is no such file, or it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self {
            file,
            length,
            numbers: vec![u64::MAX; Self::KEPT],
            kept: Zeroizing::new(vec![Vec::new(); Self::KEPT]),
            joined: Zeroizing::default(),
        })
    }

    /// The bytes in `range`, all of them.
    ///
    /// # Errors
    /// It is empty, goes beyond the end, or cannot be read.
    pub fn bytes(&mut self, range: Range<u64>) -> io::Result<&[u8]> {
        if range.start >= range.end || range.end > self.length {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        let (first, last) = (range.start / Self::BLOCK, (range.end - 1) / Self::BLOCK);
        // Both are within a block.
        let (from, to) = ((range.start % Self::BLOCK) as usize, ((range.end - 1) % Self::BLOCK) as usize + 1);
        if first == last {
            return Ok(&self.block(first)?[from..to]);
        }
        let mut joined = std::mem::take(&mut self.joined);
        joined.clear();
        joined.extend_from_slice(&self.block(first)?[from..]);
        for number in first + 1..last {
            joined.extend_from_slice(self.block(number)?);
        }
        joined.extend_from_slice(&self.block(last)?[..to]);
        self.joined = joined;
        Ok(&self.joined)
    }

    fn block(&mut self, number: u64) -> io::Result<&[u8]> {
        let place = usize::try_from(number).unwrap_or(usize::MAX) % Self::KEPT;
        if self.numbers[place] != number {
            let start = number * Self::BLOCK;
            let length = (self.length - start).min(Self::BLOCK) as usize;
            // What could not be read is not there.
            self.numbers[place] = u64::MAX;
            self.kept[place].resize(length, 0);
            self.file.seek(SeekFrom::Start(start))?;
            self.file.read_exact(&mut self.kept[place])?;
            self.numbers[place] = number;
        }
        Ok(&self.kept[place])
    }
}
