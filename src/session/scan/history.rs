//! What a repository remembers: every object that is reached, and the commits that brought what lies in it.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::engines::search::finding::{Area, Commits, Finding, Findings, Hits, short};
use crate::engines::search::matcher::Matcher;
use crate::words::error::{Error, Position, Result};
use crate::world::git::object::{self, FoundObject, Id, ObjectKind, Objects};
use crate::world::git::provenance::{self, Events, Provenance};
use crate::world::git::repository::Repository;
use crate::world::git::runner::RunningGit;

/// Which part of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// Everything that a reference, a reflog or a stash reaches.
    All,
    /// What these revisions reach, as `git rev-list` takes them: `A..B`, or `B`, `--not`, `--remotes`.
    Revisions(Vec<String>),
}

impl Extent {
    /// The arguments that have git walk it.
    fn arguments(&self) -> Vec<&str> {
        match self {
            Self::All => vec!["--all", "--reflog"],
            Self::Revisions(revisions) => revisions.iter().map(String::as_str).collect(),
        }
    }

    /// Has git walk it with `command`.
    fn list(&self, repository: &Repository, command: &[&str]) -> Result<RunningGit> {
        repository.start(&[command, &self.arguments(), &["--"]].concat(), Stdio::null())
    }
}

/// What lies in the history of `repository` and, for all of it, in that of its submodules: in the
/// contents and names of files, in commits, tags and the names of references.
///
/// # Errors
/// git fails.
pub fn scan(matcher: &Matcher, repository: &Repository, extent: &Extent) -> Result<Findings> {
    let objects = objects(matcher, repository, extent)?;
    let mut findings = Findings::default();
    if !objects.found.is_empty() || objects.has_names {
        // Where it belongs cannot be said if a reference is broken, say; that it is there can.
        if let Err(error) = tell(matcher, repository, extent, &objects, &mut findings) {
            findings.errors.push(error);
            for (id, FoundObject::Blob(hits) | FoundObject::Text { hits, .. }) in &objects.found {
                findings.add(matcher, short(id), hits);
            }
        }
    }
    let [is_shallow, is_partial] = repository.lacks()?;
    findings.is_shallow |= is_shallow;
    findings.is_partial |= is_partial;
    if *extent == Extent::All {
        for name in repository.lines(&["for-each-ref", "--format=%(refname)"], b"")? {
            findings.append(reference(matcher, &name));
        }
        for (path, inner) in submodules(repository)? {
            match scan(matcher, &inner, extent) {
                Ok(mut more) => {
                    let path = matcher.masked(path.as_bytes());
                    more.findings
                        .iter_mut()
                        .for_each(|finding| finding.file = format!("{path}/{}", finding.file));
                    findings.append(more);
                }
                // What else was found is told all the same.
                Err(error) => findings.errors.push(error),
            }
        }
    }
    Ok(findings)
}

/// How many commits there are in that part of the history.
///
/// # Errors
/// git fails.
pub fn commits(repository: &Repository, extent: &Extent) -> Result<usize> {
    let list = [&["rev-list", "--count"], &extent.arguments()[..], &["--"]].concat();
    let counts = repository.lines(&list, b"")?;
    Ok(counts.first().and_then(|count| count.parse().ok()).unwrap_or(0))
}

/// Searches the objects.
fn objects(matcher: &Matcher, repository: &Repository, extent: &Extent) -> Result<Objects> {
    match extent {
        Extent::All => object::search_all(matcher, repository),
        Extent::Revisions(_) => {
            let mut list = extent.list(repository, &["rev-list", "--objects", "--no-object-names"])?;
            let ids = list.stdout().into_stdio();
            let mut contents = repository.start(&["cat-file", "--batch", "--buffer"], ids)?;
            let output = contents.stdout();
            let objects = object::search(matcher, repository, output);
            // The first knows best what is wrong.
            list.end()?;
            contents.end()?;
            objects
        }
    }
}

/// Finds out where what was found belongs.
fn tell(
    matcher: &Matcher,
    repository: &Repository,
    extent: &Extent,
    objects: &Objects,
    findings: &mut Findings,
) -> Result<()> {
    let Provenance { files, commits, blobs } =
        provenance::read(matcher, repository, &extent.arguments(), objects)?;
    let is_told = |id: &str| blobs.contains(id) || commits.contains_key(id);
    // What no commit brings is reached in another way, or not at all.
    let rest: HashSet<&str> = objects.found.keys().map(|id| &**id).filter(|id| !is_told(id)).collect();
    let reached = if rest.is_empty() { HashMap::new() } else { reached(repository, extent, &rest)? };
    let brought = files.values().flat_map(|events| &events.added).chain(commits.values());
    let pushed = pushed(repository, brought.map(|commit| &*commit.id).collect())?;

    for (key, events) in files {
        let Events { mut added, mut removed, position } = events;
        added.reverse();
        removed.reverse();
        let is_pushed = added.iter().any(|commit| pushed.contains(&commit.id));
        findings.findings.push(Finding {
            position,
            commits: Some(Commits { added, removed, is_pushed }),
            ..Finding::new(matcher, key.known, key.encoding, key.part, matcher.masked(&key.path))
        });
    }
    for (id, found) in &objects.found {
        let mut told = Findings::default();
        let mut held_by = Commits::default();
        match (found, commits.get(id), reached.get(id)) {
            (FoundObject::Blob(_), ..) if blobs.contains(id) => continue,
            (FoundObject::Text { kind: ObjectKind::Commit, text, hits }, Some(commit), _) => {
                held_by.added.push(commit.clone());
                held_by.is_pushed = pushed.contains(id);
                told.add(matcher, short(id), &in_message(text, hits));
                told.findings.iter_mut().for_each(|finding| finding.part = Area::Commit);
            }
            (FoundObject::Text { text, hits, .. }, None, Some(_)) => {
                told.add(matcher, &matcher.masked(tag_name(text, id)), &in_message(text, hits));
                told.findings.iter_mut().for_each(|finding| finding.part = Area::Tag);
            }
            (FoundObject::Blob(hits), _, Some(path)) => {
                let shown =
                    if path.is_empty() { short(id).to_owned() } else { matcher.masked(path.as_bytes()) };
                told.add(matcher, &shown, hits);
            }
            (FoundObject::Blob(hits) | FoundObject::Text { hits, .. }, ..) => {
                findings.unreachable += hits.list.len() + hits.more;
            }
        }
        told.findings.iter_mut().for_each(|finding| finding.commits = Some(held_by.clone()));
        findings.append(told);
    }
    Ok(())
}

/// The name that a tag has in its own text.
fn tag_name<'t>(text: &'t [u8], id: &'t str) -> &'t [u8] {
    let mut lines = text.split(|byte| *byte == b'\n');
    lines.find_map(|line| line.strip_prefix(b"tag ")).unwrap_or(short(id).as_bytes())
}

/// `hits` in the text of a commit or a tag, with places counted from where the message begins. What
/// stands before that, like the author, keeps no place of its own: line 1.
fn in_message(text: &[u8], hits: &Hits) -> Hits {
    let header = memchr::memmem::find(text, b"\n\n").map_or(0, |at| at + 2);
    let lines = memchr::memchr_iter(b'\n', &text[..header]).count();
    let mut hits = hits.clone();
    for hit in &mut hits.list {
        hit.position = match hit.position.line.checked_sub(lines) {
            Some(line @ 1..) => Position { line, ..hit.position },
            _ => Position { line: 1, column: 1 },
        };
    }
    // Who wrote a commit mostly committed it too.
    let mut seen = HashSet::new();
    hits.list.retain(|hit| seen.insert((hit.known, hit.encoding, hit.position.line, hit.position.column)));
    hits
}

/// Those of `ids` that are reached after all, each with a path where it has one.
fn reached(repository: &Repository, extent: &Extent, ids: &HashSet<&str>) -> Result<HashMap<Id, String>> {
    let mut list = extent.list(repository, &["rev-list", "--objects"])?;
    let mut reached = HashMap::new();
    let mut read = Ok(());
    for line in BufReader::new(list.stdout()).split(b'\n') {
        match line {
            Ok(line) => {
                let line = String::from_utf8_lossy(&line);
                let (id, path) = line.split_once(' ').unwrap_or((&line, ""));
                if ids.contains(id) {
                    reached.insert(id.to_owned(), path.to_owned());
                }
            }
            Err(error) => read = Err(Error::io("read what git prints about", repository.folder(), &error)),
        }
    }
    list.end()?;
    read.map(|()| reached)
}

/// Those of `ids` that a branch has which is known to be on a remote, or was known to be before.
fn pushed(repository: &Repository, ids: Vec<&str>) -> Result<HashSet<Id>> {
    let mut remote = repository.lines(&["for-each-ref", "--format=%(objectname)", "refs/remotes"], b"")?;
    if ids.is_empty() || remote.is_empty() {
        return Ok(HashSet::new());
    }
    // A branch that was pushed over had other commits, which somebody may have fetched.
    remote.extend(repository.lines(&["rev-list", "-g", "--remotes"], b"")?);
    let wanted = ids.iter().map(|id| format!("{id}\n"));
    let input: String = wanted.chain(remote.iter().map(|id| format!("^{id}\n"))).collect();
    let local = repository.lines(&["rev-list", "--stdin"], input.as_bytes())?;
    let local: HashSet<&str> = local.iter().map(String::as_str).collect();
    Ok(ids.into_iter().filter(|id| !local.contains(id)).map(str::to_owned).collect())
}

/// What lies in the name of a reference: `refs/heads/main`.
#[must_use]
pub fn reference(matcher: &Matcher, name: &str) -> Findings {
    let mut told = Findings::default();
    told.add_names(matcher, name.as_bytes(), &matcher.masked(name.as_bytes()));
    for finding in &mut told.findings {
        finding.part = Area::Reference;
        finding.commits =
            Some(Commits { is_pushed: name.starts_with("refs/remotes/"), ..Commits::default() });
    }
    told
}

/// The submodules that are there, by their paths, and by their names those that are in no working tree now.
fn submodules(repository: &Repository) -> Result<Vec<(String, Repository)>> {
    let mut found: Vec<(String, Repository)> = repository
        .submodules()?
        .into_iter()
        .filter_map(|path| Some((path.clone(), Repository::around(&repository.folder().join(path))?)))
        .collect();
    let modules = repository.modules()?;
    if !modules.is_empty() {
        // One that is broken is told of when it is looked into.
        let known: HashSet<_> = found.iter().filter_map(|(_, inner)| inner.gits_own().ok()).collect();
        found.extend(modules.into_iter().filter(|(_, module)| !known.contains(module.folder())));
    }
    Ok(found)
}
