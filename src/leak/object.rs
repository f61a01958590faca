//! The objects of a repository, all or some, searched as git hands them on.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use super::find::Hits;
use super::matcher::Matcher;
use super::repository::{Output, Repository};
use super::text::Scanner;
use crate::error::{Error, Result};

/// The id of an object, in hexadecimal digits.
pub(super) type Id = String;

/// An object with values in it.
pub(super) enum Found {
    /// The content of a file.
    Blob(Hits),
    /// A commit or a tag: its text, and what lies in that.
    Text { kind: Kind, text: Vec<u8>, hits: Hits },
}

/// What has a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Commit,
    Tag,
}

/// What lies in the objects of a repository.
#[derive(Default)]
pub(super) struct Objects {
    /// Those with values in them.
    pub found: HashMap<Id, Found>,
    /// Whether a folder has a name with a value in it.
    pub has_names: bool,
}

impl Objects {
    /// The hits in a blob.
    pub fn blob(&self, id: &str) -> Option<&Hits> {
        match self.found.get(id) {
            Some(Found::Blob(hits)) => Some(hits),
            _ => None,
        }
    }
}

/// A commit, a tag or a folder is read at once up to this many bytes; longer ones are looked into like
/// files, so that no object fills the memory.
const LONGEST_TEXT: u64 = 1 << 24;

/// Searches what `git cat-file --batch` prints to `output`.
///
/// # Errors
/// It cannot be read, or is not what git prints.
pub(super) fn search(matcher: &Matcher, repository: &Repository, output: Output) -> Result<Objects> {
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
        // A shallow or partial repository does not have all that it names: no content follows.
        let Some(size) = words.next().and_then(|size| size.parse::<u64>().ok()) else { continue };
        let mut content = (&mut reader).take(size);
        let mut hits = Hits::default();
        if kind == "blob" || size > LONGEST_TEXT {
            scanner.scan(&mut content, |hit| hits.push(hit)).map_err(failed)?;
            if !hits.list.is_empty() {
                objects.found.insert(id.to_owned(), Found::Blob(hits));
            }
        } else {
            text.clear();
            content.read_to_end(&mut text).map_err(failed)?;
            let mut list = Vec::new();
            scanner.scan(&mut &text[..], |hit| list.push(hit)).map_err(failed)?;
            if kind == "tree" {
                objects.has_names |= list.iter().any(|hit| is_in_name(&text, id.len() / 2, hit.offset));
            } else if !list.is_empty() {
                list.into_iter().for_each(|hit| hits.push(hit));
                let kind = if kind == "tag" { Kind::Tag } else { Kind::Commit };
                objects.found.insert(id.to_owned(), Found::Text { kind, text: text.clone(), hits });
            }
        }
        // The newline after the content.
        let mut end = [0];
        reader.read_exact(&mut end).map_err(failed)?;
    }
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
