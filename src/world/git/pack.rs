//! The packs of a repository, looked into as they are stored.
//!
//! git keeps most objects as changes to another one, their *base*: ranges of it that are copied, and bytes
//! that are new (gitformat-pack(5)). What lies wholly in a copied range lies in the base too. So only
//! the objects that are no change, the new bytes and the seams around them need a look, which is a tenth of
//! what git would unpack. What is found here is a suspicion: the objects are then searched as git hands
//! them on. Whatever cannot be read or is too large is suspected as well, so that nothing is missed.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use gix_hash::{Kind, ObjectId};
use gix_pack::data::Entry;
use gix_pack::data::entry::Header;
use libdeflater::Decompressor;
use zeroize::Zeroizing;

use crate::engines::search::matcher::Matcher;
use crate::world::git::blocks::CachedFile;
use crate::world::git::delta::Object;
use crate::world::threads::{cores, side_by_side};

/// The most bytes of one object, or of one change, that are unpacked here.
const LARGEST: u64 = 1 << 23;
/// The most bytes that a family of objects keeps in memory, from the first to the one at hand.
const MOST_KEPT: usize = 3 << 22;
/// Up to this many bytes, a whole object is put together: to look for a few of its bytes in a long line of
/// changes takes longer.
const SMALL: usize = 1 << 15;
/// The most bytes of an entry's header: its size, and the id or the distance of its base.
const LONGEST_HEADER: u64 = 10 + 32;
/// Memory for an object of more bytes is not kept when it is done with.
const LARGE: usize = 1 << 18;
/// How many families a worker takes at once.
const SHARE: usize = 2048;

/// A pack: its file, and where in it the entries are.
pub(super) struct Pack {
    path: PathBuf,
    hash: Kind,
    index: gix_pack::index::File,
    /// Where each entry begins, ascending, and where the last one ends.
    offsets: Vec<u64>,
    /// The entries by their base, and in the order of the pack.
    entries: Vec<u32>,
    /// Where in `entries` those begin whose base each entry is; at the end, those without a base.
    families: Vec<u32>,
}

/// What cannot be read, as far as it matters here.
fn unreadable(_: impl std::fmt::Debug) -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

impl Pack {
    /// The pack whose index, in the file `index`, names objects by `hash`.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn open(index: &Path, hash: Kind) -> io::Result<Self> {
        let path = index.with_extension("pack");
        let index = gix_pack::index::File::at(index, hash).map_err(unreadable)?;
        let mut offsets = index.sorted_offsets();
        // The checksum is no entry.
        offsets.push(fs::metadata(&path)?.len().saturating_sub(hash.len_in_bytes() as u64));
        let mut pack = Self { path, hash, index, offsets, entries: Vec::new(), families: Vec::new() };
        let share = pack.len() / workers() + 1;
        let bases = side_by_side((0..workers()).collect(), workers(), |worker| {
            let mut file = CachedFile::open(&pack.path)?;
            let entries = worker * share..pack.len().min((worker + 1) * share);
            entries.map(|entry| pack.base(&mut file, entry)).collect()
        });
        pack.sort(&bases.into_iter().collect::<io::Result<Vec<Vec<u32>>>>()?.concat())?;
        Ok(pack)
    }

    /// How many entries it has.
    fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The number of the entry that the one with the number `entry` is a change to; for none, what comes
    /// after all numbers.
    fn base(&self, file: &mut CachedFile, entry: usize) -> io::Result<u32> {
        let offset = self.offsets[entry];
        let header = self.header(file, entry)?.header;
        let base = match header {
            Header::OfsDelta { base_distance } => Header::verified_base_pack_offset(offset, base_distance),
            Header::RefDelta { base_id } => {
                self.index.lookup(base_id).map(|at| self.index.pack_offset_at_index(at))
            }
            _ => return number(self.len()),
        };
        let entries = &self.offsets[..self.len()];
        let base =
            base.and_then(|base| entries.binary_search(&base).ok()).ok_or_else(|| unreadable(entry))?;
        number(base)
    }

    fn header(&self, file: &mut CachedFile, entry: usize) -> io::Result<Entry> {
        let range = self.offsets[entry]..self.offsets[entry + 1];
        let bytes = file.bytes(range.start..range.end.min(range.start + LONGEST_HEADER))?;
        Entry::from_bytes(bytes, range.start, self.hash).map_err(unreadable)
    }

    /// Sorts the entries by their `bases`.
    fn sort(&mut self, bases: &[u32]) -> io::Result<()> {
        // Where the entries of each base end; then, counted down, where they begin.
        self.families = vec![0; bases.len() + 2];
        for base in bases {
            self.families[*base as usize] += 1;
        }
        for base in 1..self.families.len() {
            self.families[base] += self.families[base - 1];
        }
        self.entries = vec![0; bases.len()];
        for (entry, base) in bases.iter().enumerate().rev() {
            let at = &mut self.families[*base as usize];
            *at -= 1;
            self.entries[*at as usize] = number(entry)?;
        }
        Ok(())
    }

    /// Where in the entries those stand that are changes to `entry`.
    fn changes(&self, entry: usize) -> Range<usize> {
        self.families[entry] as usize..self.families[entry + 1] as usize
    }

    /// The objects that may hold a value, in the order of the pack: no other one holds any.
    ///
    /// # Errors
    /// The pack cannot be read.
    pub fn suspects(&self, matcher: &Matcher) -> io::Result<Vec<ObjectId>> {
        let next = AtomicUsize::new(self.changes(self.len()).start);
        let clear = AtomicUsize::new(0);
        let work = || -> io::Result<_> {
            let mut worker = Worker::new(self, matcher)?;
            loop {
                let first = next.fetch_add(SHARE, Ordering::Relaxed);
                if first >= self.entries.len() {
                    clear.fetch_add(worker.clear, Ordering::Relaxed);
                    return Ok(worker.suspects);
                }
                for entry in &self.entries[first..self.entries.len().min(first + SHARE)] {
                    worker.family(*entry as usize);
                }
            }
        };
        let found = side_by_side(vec![(); workers()], workers(), |()| work());
        let mut suspects = found.into_iter().collect::<io::Result<Vec<_>>>()?.concat();
        // What is a change to itself in the end belongs to no family.
        if clear.into_inner() + suspects.len() != self.len() {
            return Err(unreadable(suspects));
        }
        if suspects.is_empty() {
            return Ok(Vec::new());
        }
        suspects.sort_unstable();
        let mut ids: Vec<(usize, ObjectId)> = (0..self.index.num_objects())
            .filter_map(|at| {
                let offset = self.index.pack_offset_at_index(at);
                let entry = self.offsets.binary_search(&offset).ok()?;
                suspects.binary_search(&entry).ok()?;
                Some((entry, self.index.oid_at_index(at).to_owned()))
            })
            .collect();
        ids.sort_unstable();
        Ok(ids.into_iter().map(|(_, id)| id).collect())
    }
}

/// How many threads work side by side: each has its own memory.
pub(super) fn workers() -> usize {
    cores().min(4)
}

fn number(entry: usize) -> io::Result<u32> {
    u32::try_from(entry).map_err(unreadable)
}

/// Looks into one family after the other: an object without a base, and all that are changes to it, to
/// their changes and so on.
struct Worker<'p> {
    pack: &'p Pack,
    matcher: &'p Matcher,
    file: CachedFile,
    inflate: Decompressor,
    /// The objects from the one without a base to the one at hand, and memory for more.
    line: Vec<Object>,
    /// What is new in the one at hand, and then all of it.
    text: Zeroizing<Vec<u8>>,
    /// The entries that may hold a value.
    suspects: Vec<usize>,
    /// How many others there were.
    clear: usize,
}

impl<'p> Worker<'p> {
    fn new(pack: &'p Pack, matcher: &'p Matcher) -> io::Result<Self> {
        Ok(Self {
            pack,
            matcher,
            file: CachedFile::open(&pack.path)?,
            inflate: Decompressor::new(),
            line: Vec::new(),
            text: Zeroizing::default(),
            suspects: Vec::new(),
            clear: 0,
        })
    }

    /// Looks into `first`, which has no base, and its family.
    fn family(&mut self, first: usize) {
        let mut depth = self.look(0, first);
        while depth > 0 {
            depth = match self.line[depth - 1].changes.next() {
                Some(at) => self.look(depth, self.pack.entries[at] as usize),
                None => depth - 1,
            };
        }
    }

    /// Looks into `entry`, whose base is the last of `depth` objects; gives how many there are then.
    fn look(&mut self, depth: usize, entry: usize) -> usize {
        if self.line.len() == depth {
            self.line.push(Object::default());
        }
        match self.is_clear(depth, entry) {
            Some(true) => {
                self.clear += 1;
                self.line[depth].changes = self.pack.changes(entry);
                depth + 1
            }
            // What was suspicious in it may stand in any change to it.
            _ => {
                self.suspect(entry);
                depth
            }
        }
    }

    fn suspect(&mut self, entry: usize) {
        let mut rest = vec![entry];
        while let Some(entry) = rest.pop() {
            self.suspects.push(entry);
            rest.extend(self.pack.entries[self.pack.changes(entry)].iter().map(|entry| *entry as usize));
        }
    }

    /// Whether `entry` holds no value, given that its base holds none; [`None`] if it cannot be read.
    fn is_clear(&mut self, depth: usize, entry: usize) -> Option<bool> {
        let kept: usize = self.line[..depth].iter().map(|object| object.bytes.len()).sum();
        self.unpack(depth, entry).filter(|()| kept + self.line[depth].bytes.len() <= MOST_KEPT)?;
        let (line, rest) = self.line.split_at_mut(depth);
        let object = &mut rest[0];
        if depth == 0 {
            return Some(!self.matcher.may_be_in(&object.bytes));
        }
        object.read_change()?;
        self.text.clear();
        object.gather_new(line, self.matcher.anchor() - 1, &mut self.text)?;
        if self.matcher.may_be_in(&self.text) {
            return Some(false);
        }
        object.put_together(line, SMALL, &mut self.text)?;
        Some(true)
    }

    fn unpack(&mut self, depth: usize, entry: usize) -> Option<()> {
        let header = self.pack.header(&mut self.file, entry).ok()?;
        let size = usize::try_from(header.decompressed_size).ok()?;
        let packed = header.data_offset..self.pack.offsets[entry + 1];
        if header.decompressed_size > LARGEST || packed.end.checked_sub(packed.start)? > LARGEST {
            return None;
        }
        let packed = self.file.bytes(packed).ok()?;
        let bytes = &mut self.line[depth].bytes;
        if bytes.capacity() > LARGE && size <= LARGE {
            // A large object was here; the memory is for the next one wherever that is.
            *bytes = Zeroizing::default();
        }
        bytes.resize(size, 0);
        (self.inflate.zlib_decompress(packed, bytes).ok()? == size).then_some(())
    }
}
