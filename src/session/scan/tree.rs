//! The files of a project, as they lie on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::engines::search::finding::{Findings, Hits};
use crate::engines::search::matcher::Matcher;
use crate::engines::search::scanner::Scanner;
use crate::engines::shell::script::{self, ScriptKind};
use crate::session::environment::Files;
use crate::words::error::{Error, Result};
use crate::words::path;
use crate::world::disk;
use crate::world::git::repository::{self, Repository};
use crate::world::git::{Standing, is_ignored_folder, refuse_pipes, standing};
use crate::world::state;
use crate::world::threads::{cores, side_by_side};

/// Where values do belong.
#[derive(Debug, Clone, Default)]
pub struct Homes {
    files: BTreeSet<PathBuf>,
    /// The folder of backups.
    state: Option<PathBuf>,
}

impl Homes {
    /// The secrets of `files`, and the files that hold single values.
    #[must_use]
    pub fn of(files: &Files) -> Self {
        let mut homes = Self::default();
        files.holders().iter().for_each(|file| homes.add(file));
        // It may be below the project: the home of its user, for one.
        homes.state = state::folder().ok().and_then(|folder| disk::canonical(&folder).ok());
        homes
    }

    /// Adds a file meant to hold values.
    pub fn add(&mut self, file: &Path) {
        self.files.extend(disk::canonical(file));
    }

    /// Whether `file` is one of them, whatever links lead there.
    #[must_use]
    pub fn has(&self, file: &Path) -> bool {
        let is_state = |file: &Path| self.state.as_ref().is_some_and(|state| file.starts_with(state));
        disk::canonical(file).is_ok_and(|file| self.files.contains(&file) || is_state(&file))
    }
}

/// A file to look into.
struct TreeFile {
    path: PathBuf,
    is_tracked: bool,
    /// It was asked for by its own name: where a link leads is read, and a pipe too.
    is_named: bool,
}

/// What lies in the files at `paths`: a folder stands for its files that git tracks or would take,
/// for all of them if git ignores the folder itself or `ignored` is set; submodules and other
/// repositories inside are looked into as well. A link in a folder is looked at as git keeps it, by where
/// it leads; one that is named itself is followed, and a named pipe or device is read to its end. Values
/// in `homes`, and in the blocks of activate scripts, are left out where git does not track the file. Files
/// are shown relative to `base`.
///
/// # Errors
/// There is no such path, or git fails. A file or folder that cannot be read is reported in the result, and
/// so is a repository inside that is broken.
pub fn scan(
    matcher: &Matcher,
    base: &Path,
    paths: &[PathBuf],
    ignored: bool,
    homes: &Homes,
) -> Result<Findings> {
    let mut list = BTreeMap::new();
    let mut errors = Vec::new();
    let mut named = BTreeSet::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|error| Error::io("open", path, &error))?;
        if metadata.is_dir() {
            let all = ignored || is_ignored_folder(&disk::canonical(path).unwrap_or_else(|_| path.clone()))?;
            collect(matcher, path, all, &mut list, &mut errors)?;
        } else {
            let is_tracked = standing(path)? == Standing::Tracked;
            list.insert(path.clone(), is_tracked);
            named.insert(path);
        }
    }
    let entries: Vec<TreeFile> = list
        .into_iter()
        .map(|(path, is_tracked)| TreeFile { is_named: named.contains(&path), path, is_tracked })
        .collect();
    let base = disk::canonical(base).unwrap_or_else(|_| base.to_owned());
    let mut findings = look_into(matcher, &base, &entries, homes);
    findings.errors.append(&mut errors);
    Ok(findings)
}

/// Puts the files of `folder` on the list, each with whether git tracks it; what inside cannot be read
/// goes to `errors`.
fn collect(
    matcher: &Matcher,
    folder: &Path,
    all: bool,
    list: &mut BTreeMap<PathBuf, bool>,
    errors: &mut Vec<Error>,
) -> Result<()> {
    let Some(repository) = Repository::around(folder).filter(|around| !around.is_bare()) else {
        walk(matcher, folder, list, errors);
        return Ok(());
    };
    let mut arguments = vec!["ls-files", "-z", "-t", "--cached", "--others"];
    if !all {
        arguments.push("--exclude-standard");
    }
    let inside = disk::canonical(folder).unwrap_or_else(|_| folder.to_owned());
    if let Some(top) = repository::top(&inside) {
        refuse_pipes(&top, &[&inside.join(".gitignore")])?;
    }
    let (output, warnings) = repository.output_and_warnings(&arguments, b"")?;
    let unread = warnings.iter().filter(|warning| warning.starts_with("could not open directory"));
    errors.extend(unread.map(|warning| Error::program(matcher.masked(warning.as_bytes())).in_file(&inside)));
    for line in output.split(|byte| *byte == 0) {
        let (Some(tag), Some(name)) = (line.first(), line.get(2..)) else { continue };
        let path =
            folder.join(path::of(name).unwrap_or_else(|| String::from_utf8_lossy(name).into_owned().into()));
        let is_tracked = *tag != b'?';
        match path.symlink_metadata() {
            // A repository inside: a submodule, or one that git only names.
            Ok(metadata) if metadata.is_dir() => {
                if repository::is_working_tree(&path) {
                    collect(matcher, &path, all, list, errors).unwrap_or_else(|error| errors.push(error));
                } else if !is_tracked {
                    walk(matcher, &path, list, errors);
                }
            }
            // It is in the index alone.
            Err(error) if is_absent(&error) => {}
            _ => drop(list.insert(path, is_tracked)),
        }
    }
    Ok(())
}

/// Whether there is nothing at a path; also where a file stands in place of one of its folders.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Puts all files below `folder` on the list, but those of git itself; what cannot be read goes to
/// `errors`.
fn walk(matcher: &Matcher, folder: &Path, list: &mut BTreeMap<PathBuf, bool>, errors: &mut Vec<Error>) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.unwrap_or_else(|error| {
            errors.push(unreadable(matcher, &folder, &error));
            Vec::new()
        });
        for entry in entries {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    if entry.file_name() != ".git" {
                        folders.push(entry.path());
                    }
                }
                Ok(kind) if kind.is_file() || kind.is_symlink() => {
                    list.insert(entry.path(), false);
                }
                Ok(_) => {}
                Err(error) => errors.push(unreadable(matcher, &entry.path(), &error)),
            }
        }
    }
}

/// What is said of what cannot be read: a value may be in its path.
fn unreadable(matcher: &Matcher, path: &Path, error: &io::Error) -> Error {
    Error::io("read", Path::new(&matcher.masked(path::bytes(path))), error)
}

/// Looks into every one of `entries`, on all cores.
fn look_into(matcher: &Matcher, base: &Path, entries: &[TreeFile], homes: &Homes) -> Findings {
    /// What a thread takes at once.
    const SHARE: usize = 16;
    // Each has a buffer that is worth keeping.
    let scanners: Mutex<Vec<Scanner<'_>>> = Mutex::default();
    let parts = side_by_side(entries.chunks(SHARE).collect(), cores(), |share| {
        let free = scanners.lock().ok().and_then(|mut free| free.pop());
        let mut scanner = free.unwrap_or_else(|| Scanner::new(matcher));
        let mut findings = Findings::default();
        for entry in share {
            if let Err(error) = look(&mut scanner, matcher, base, entry, homes, &mut findings) {
                findings.errors.push(error);
            }
        }
        if let Ok(mut free) = scanners.lock() {
            free.push(scanner);
        }
        findings
    });
    let mut all = Findings::default();
    for findings in parts {
        all.append(findings);
    }
    all
}

fn look(
    scanner: &mut Scanner<'_>,
    matcher: &Matcher,
    base: &Path,
    entry: &TreeFile,
    homes: &Homes,
    findings: &mut Findings,
) -> Result<()> {
    let path = &entry.path;
    let shown = shown(base, path);
    let mut hits = Hits::default();
    let unreadable = |error| unreadable(matcher, path, &error);
    match path.symlink_metadata() {
        Ok(metadata) if entry.is_named || metadata.is_file() => {
            let mut file = File::open(path).map_err(unreadable)?;
            scanner.scan(&mut file, |hit| hits.push(hit)).map_err(unreadable)?;
        }
        // What git keeps of a link is where it leads.
        Ok(metadata) if metadata.is_symlink() => {
            let target = fs::read_link(path).map_err(unreadable)?;
            scanner.scan(&mut path::bytes(&target), |hit| hits.push(hit)).map_err(unreadable)?;
        }
        Err(error) if !is_absent(&error) => return Err(unreadable(error)),
        _ => return Ok(()),
    }
    findings.files += 1;
    findings.add_names(matcher, path::bytes(shown), &matcher.masked(path::bytes(shown)));
    if hits.list.is_empty() || (!entry.is_tracked && homes.has(path)) {
        return Ok(());
    }
    if !entry.is_tracked {
        let blocks = blocks(path);
        let inside =
            |offset: u64| blocks.iter().any(|block| block.contains(&usize::try_from(offset).unwrap_or(0)));
        hits.list.retain(|hit| !inside(hit.offset));
    }
    findings.add(matcher, &matcher.masked(path::bytes(shown)), &hits);
    Ok(())
}

/// `path` as a person in `base` would write it.
fn shown<'a>(base: &Path, path: &'a Path) -> &'a Path {
    path.strip_prefix(base).or_else(|_| path.strip_prefix(".")).unwrap_or(path)
}

/// Which activate script of a venv `path` is, if it is one.
#[must_use]
pub fn script_kind(path: &Path) -> Option<ScriptKind> {
    let kind = path.file_name().and_then(|name| ScriptKind::of(name.to_str()?))?;
    path.parent()?.parent()?.join("pyvenv.cfg").is_file().then_some(kind)
}

/// Where our blocks are, if `path` is an activate script of a venv.
fn blocks(path: &Path) -> Vec<Range<usize>> {
    let text = script_kind(path).and_then(|kind| Some((kind, fs::read(path).ok()?)));
    text.map(|(kind, text)| script::blocks(kind, &text)).unwrap_or_default()
}
