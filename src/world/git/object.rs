//! The objects of a repository, all or some, searched as git hands them on.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::process::{ChildStdin, Stdio};
use std::sync::Mutex;
use std::thread;

use crate::engines::search::finding::{Hits, short};
use crate::engines::search::matcher::Matcher;
use crate::engines::search::scanner::Scanner;
use crate::words::error::{Error, Result};
use crate::world::git::pack::workers;
use crate::world::git::repository::Repository;
use crate::world::git::runner::Output;
use crate::world::git::store;
use crate::world::threads::side_by_side;

/// The id of an object, in hexadecimal digits.
pub(crate) type Id = String;

/// An object with values in it.
pub(crate) enum FoundObject {
    /// The content of a file.
    Blob(Hits),
    /// A commit or a tag: its text, and what lies in that.
    Text { kind: ObjectKind, text: Vec<u8>, hits: Hits },
}

/// What has a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    Commit,
    Tag,
}

/// What lies in the objects of a repository.
#[derive(Default)]
pub(crate) struct Objects {
    /// Those with values in them.
    pub found: HashMap<Id, FoundObject>,
    /// Whether a folder has a name with a value in it.
    pub has_names: bool,
}

impl Objects {
    /// The hits in a blob.
    pub fn blob(&self, id: &str) -> Option<&Hits> {
        match self.found.get(id) {
            Some(FoundObject::Blob(hits)) => Some(hits),
            _ => None,
        }
    }
}

/// A commit, a tag or a folder is read at once up to this many bytes; longer ones are looked into like
/// files, so that no object fills the memory.
const LONGEST_TEXT: u64 = 1 << 24;

/// How many objects a git gets at once: those that are stored as changes to one another are mostly in one
/// share.
const SHARE: usize = 4096;

/// Searches every object that `repository` has, of its own or by alternates, reached or not: to find out
/// which are reached takes longer.
///
/// # Errors
/// git fails.
pub(crate) fn search_all(matcher: &Matcher, repository: &Repository) -> Result<Objects> {
    // Each git has its own store of objects that it unpacked, of 96 MiB.
    let workers = workers();
    if let Some(suspects) = store::suspects(matcher, repository)? {
        let shares = memchr::memchr_iter(b'\n', &suspects).count().div_ceil(SHARE);
        return search_listed(matcher, repository, &*suspects, workers.min(shares));
    }
    let listing =
        ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered", "--buffer"];
    let mut list = repository.start(&listing, Stdio::null())?;
    let objects = search_listed(matcher, repository, BufReader::new(list.stdout()), workers);
    list.end_whole()?;
    objects
}

/// Searches the objects that `list` names, one a line. Unpacking is most of the work, and one git does it
/// on one core: so there are as many as there are `workers`, each of which gets a share of the list whenever it
/// has done with the last one.
fn search_listed(
    matcher: &Matcher,
    repository: &Repository,
    list: impl BufRead + Send,
    workers: usize,
) -> Result<Objects> {
    let ids = Mutex::new(list);
    let feed = |mut stdin: Option<ChildStdin>| {
        let mut share = Vec::new();
        while let Some(stdin) = &mut stdin {
            share.clear();
            let Ok(mut ids) = ids.lock() else { return };
            let read = (0..SHARE).try_for_each(|_| ids.read_until(b'\n', &mut share).map(|_| ()));
            drop(ids);
            // git may stop reading when it fails; its status says so.
            if read.is_err() || share.is_empty() || stdin.write_all(&share).is_err() {
                return;
            }
        }
    };
    let work = || {
        let mut contents = repository.start(&["cat-file", "--batch", "--buffer"], Stdio::piped())?;
        let (stdin, output) = (contents.stdin(), contents.stdout());
        let objects = thread::scope(|scope| {
            scope.spawn(|| feed(stdin));
            search(matcher, repository, output)
        });
        contents.end()?;
        objects
    };
    let mut all = Objects::default();
    for part in side_by_side(vec![(); workers], workers, |()| work()) {
        let part = part?;
        all.found.extend(part.found);
        all.has_names |= part.has_names;
    }
    Ok(all)
}

/// Searches what `git cat-file --batch` prints to `output`.
///
/// # Errors
/// It cannot be read, is not what git prints, or an object is not there.
pub(crate) fn search(matcher: &Matcher, repository: &Repository, output: Output) -> Result<Objects> {
    let failed = |error: io::Error| Error::io("read what git prints about", repository.folder(), &error);
    let mut reader = BufReader::with_capacity(1 << 17, output);
    let mut scanner = Scanner::new(matcher);
    let mut objects = Objects::default();
    let mut header = Vec::new();
    let mut text = Vec::new();
    loop {
        header.clear();
        reader.read_until(b'\n', &mut header).map_err(failed)?;
        if header.is_empty() {
            return Ok(objects);
        }
        let line = std::str::from_utf8(&header).unwrap_or_default();
        let mut words = line.split_ascii_whitespace();
        let (Some(id), Some(kind)) = (words.next(), words.next()) else {
            return Err(failed(io::Error::from(ErrorKind::InvalidData)));
        };
        let Some(size) = words.next().and_then(|size| size.parse::<u64>().ok()) else {
            return Err(unreadable(repository, id));
        };
        let mut content = (&mut reader).take(size);
        let mut hits = Hits::default();
        if kind == "blob" || size > LONGEST_TEXT {
            scanner.scan(&mut content, |hit| hits.push(hit)).map_err(failed)?;
            if !hits.list.is_empty() {
                objects.found.insert(id.to_owned(), FoundObject::Blob(hits));
            }
        } else {
            text.clear();
            content.read_to_end(&mut text).map_err(failed)?;
            let mut list = Vec::new();
            scanner.scan(&mut &text[..], |hit| list.push(hit)).map_err(failed)?;
            if kind == "tree" {
                objects.has_names |= list.iter().any(|hit| is_in_name(&text, id.len() / 2, hit.offset));
            } else if !list.is_empty() {
                for hit in list {
                    hits.push(hit);
                }
                let kind = if kind == "tag" { ObjectKind::Tag } else { ObjectKind::Commit };
                objects.found.insert(id.to_owned(), FoundObject::Text { kind, text: text.clone(), hits });
            }
        }
        // The newline after the content.
        let mut end = [0];
        reader.read_exact(&mut end).map_err(failed)?;
    }
}

/// What is said of an object that is there and cannot be read: a value may be in it.
fn unreadable(repository: &Repository, id: &str) -> Error {
    Error::program(format!("git cannot read the object {}", short(id)))
        .in_file(repository.folder())
        .hint("git fsck --full says what is wrong with the repository")
}

/// Whether the byte at `offset` of a tree belongs to a name: each entry is `MODE NAME`, a NUL and the
/// `length` bytes of an id, which may be any.
fn is_in_name(tree: &[u8], length: usize, offset: u64) -> bool {
    let mut at = 0;
    while let Some(end) = memchr::memchr(0, &tree[at..]) {
        let name = at as u64..(at + end) as u64;
        if name.contains(&offset) {
            return true;
        }
        at += end + 1 + length;
        if at >= tree.len() || at as u64 > offset {
            return false;
        }
    }
    false
}
