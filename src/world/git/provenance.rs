//! Which commits brought a value into a file, and which took it away.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::engines::search::Encoding;
use crate::engines::search::finding::{Area, Commit};
use crate::engines::search::matcher::Matcher;
use crate::words::error::{Error, Position, Result};
use crate::world::git::object::{Id, Objects};
use crate::world::git::repository::Repository;

/// A value in one form in one file, whatever its versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence {
    pub path: Vec<u8>,
    pub part: Area,
    pub known: usize,
    pub encoding: Encoding,
}

/// What became of it.
#[derive(Debug, Default)]
pub(crate) struct Events {
    /// The commits that brought it, the newest first.
    pub added: Vec<Commit>,
    /// The commits that took it away, the newest first.
    pub removed: Vec<Commit>,
    /// Where it stood in the file when it came first; nothing for a file's name.
    pub position: Option<Position>,
}

/// What the commits say of the objects that were found.
#[derive(Debug, Default)]
pub(crate) struct Provenance {
    pub files: BTreeMap<Occurrence, Events>,
    /// Those of the commits that were found that are reached.
    pub commits: HashMap<Id, Commit>,
    /// The blobs that a commit brought.
    pub blobs: HashSet<Id>,
}

/// Marks the beginning of a commit: no field of git's begins with it.
const MARK: u8 = 1;

/// Walks the commits that `extent` names, and follows `objects` through them.
///
/// # Errors
/// git fails.
pub(crate) fn read(
    matcher: &Matcher,
    repository: &Repository,
    extent: &[&str],
    objects: &Objects,
) -> Result<Provenance> {
    // `-c` tells of a merge only what is in none of its parents.
    let mut arguments = vec!["log", "-c", "--raw", "-r", "-z", "--no-abbrev", "--no-renames", "--no-notes"];
    arguments.extend(["--no-color", "--no-ext-diff", "--format=%x01%H%x00%an%x00%ae%x00%aI%x00"]);
    arguments.extend(extent);
    arguments.push("--");
    let mut log = repository.start(&arguments, Stdio::null())?;
    let failed = |error| Error::io("read what git prints about", repository.folder(), &error);
    let mut fields = BufReader::with_capacity(1 << 16, log.stdout()).split(0);
    let mut next = || fields.next().transpose().map_err(failed);
    let mut provenance = Provenance::default();
    let mut commit = None;
    let read = loop {
        let field = match next() {
            Ok(Some(field)) => field,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        let start = field.iter().position(|byte| *byte != b'\n').unwrap_or(field.len());
        match field[start..].first() {
            Some(&MARK) => {
                let id = String::from_utf8_lossy(&field[start + 1..]).into_owned();
                let mut text = || next().map(|text| matcher.masked(&text.unwrap_or_default()));
                let told = Commit { id, author: text()?, email: text()?, date: text()? };
                if objects.found.contains_key(&told.id) {
                    provenance.commits.insert(told.id.clone(), told.clone());
                }
                commit = Some(told);
            }
            Some(b':') => {
                let path = next()?.unwrap_or_default();
                if let (Some(change), Some(commit)) = (FileChange::read(&field[start..]), &commit) {
                    provenance.take(matcher, objects, commit, &change, &path);
                }
            }
            _ => {}
        }
    };
    log.end()?;
    read.map(|()| provenance)
}

/// What a commit does to a file: git-diff-tree(1), "raw output format".
struct FileChange {
    old: Vec<Id>,
    new: Id,
}

impl FileChange {
    fn read(field: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(field).ok()?;
        let parents = text.bytes().take_while(|byte| *byte == b':').count();
        let words: Vec<&str> = text[parents..].split(' ').collect();
        // As many modes as there are parents and one more, then as many ids, then letters.
        let ids = words.get(parents + 1..2 * parents + 2)?;
        let (new, old) = ids.split_last()?;
        Some(Self { old: old.iter().map(|id| (*id).to_owned()).collect(), new: (*new).to_owned() })
    }
}

/// Whether `id` is that of no object.
fn is_none(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}

impl Provenance {
    fn take(
        &mut self,
        matcher: &Matcher,
        objects: &Objects,
        commit: &Commit,
        change: &FileChange,
        path: &[u8],
    ) {
        let kinds = |id: &Id| -> BTreeSet<(usize, Encoding)> {
            let hits = objects.blob(id).into_iter().flat_map(|hits| &hits.list);
            hits.map(|hit| (hit.known, hit.encoding)).collect()
        };
        let new = kinds(&change.new);
        if !new.is_empty() {
            self.blobs.insert(change.new.clone());
        }
        let old: Vec<_> = change.old.iter().map(kinds).collect();
        for (known, encoding) in &new {
            if old.iter().all(|kinds| !kinds.contains(&(*known, *encoding))) {
                let events = self.events(path, Area::Content, *known, *encoding);
                events.added.push(commit.clone());
                events.position = objects.blob(&change.new).and_then(|hits| {
                    let same = |hit: &&crate::engines::search::scanner::Hit| {
                        (hit.known, hit.encoding) == (*known, *encoding)
                    };
                    hits.list.iter().find(same).map(|hit| hit.position)
                });
            }
        }
        let gone = old
            .first()
            .into_iter()
            .flatten()
            .filter(|kind| !new.contains(kind) && old.iter().all(|kinds| kinds.contains(kind)));
        for (known, encoding) in gone {
            self.events(path, Area::Content, *known, *encoding).removed.push(commit.clone());
        }
        if objects.has_names {
            let comes = change.old.iter().all(|id| is_none(id));
            let goes = is_none(&change.new);
            for one in matcher.find(path).iter().filter(|_| comes || goes) {
                let events = self.events(path, Area::FileName, one.known, one.encoding);
                if goes { events.removed.push(commit.clone()) } else { events.added.push(commit.clone()) }
            }
        }
    }

    fn events(&mut self, path: &[u8], part: Area, known: usize, encoding: Encoding) -> &mut Events {
        self.files.entry(Occurrence { path: path.to_owned(), part, known, encoding }).or_default()
    }
}
