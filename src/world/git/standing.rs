//! How a file stands with git. Only git itself decides what is ignored or tracked: nested ignore files,
//! `core.excludesFile`, worktrees and submodules are all its business. What is plain to see is read without starting it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::path;
use crate::world::disk;
use crate::world::git::ignored::{below, surely_ignored};
use crate::world::git::places::run;
use crate::world::git::repository;
use crate::world::git::runner::Git;

/// How a file stands with git, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is in no repository.
    Outside,
    /// It is in a repository, ignored and not tracked.
    Ignored,
    /// It is in a repository, and the next `git add .` would take it.
    Exposed,
    /// It is tracked.
    Tracked,
}

/// How `file` stands with git. A file that is no more than a link is judged by where it leads as
/// well. Outside a repository no process is started.
///
/// # Errors
/// git is missing, or fails for a reason of its own; or an ignore file is a pipe or a device.
pub fn standing(file: &Path) -> Result<Standing> {
    let own = standings(&[file.to_owned()])?[0];
    if file.is_symlink()
        && let Ok(target) = disk::canonical(file)
    {
        return Ok(own.max(standings(&[target])?[0]));
    }
    Ok(own)
}

/// How each of `files` stands with git, in their order; at most two processes for each repository, and none where all
/// are ignored by patterns that are plain to see.
///
/// # Errors
/// As for [`standing`].
pub fn standings(files: &[PathBuf]) -> Result<Vec<Standing>> {
    let mut standings = vec![Standing::Outside; files.len()];
    let mut by_repository: BTreeMap<PathBuf, Vec<(usize, PathBuf)>> = BTreeMap::new();
    // Scripts come by folder: each folder is looked at once.
    let mut last: Option<(&Path, Option<(PathBuf, PathBuf)>)> = None;
    for (index, file) in files.iter().enumerate() {
        let (Some(parent), Some(name)) = (file.parent(), file.file_name()) else {
            continue;
        };
        if last.as_ref().is_none_or(|(folder, _)| *folder != parent) {
            // The folder alone is resolved: git judges a link, not what it leads to.
            let found = resolve(parent).ok().and_then(|folder| Some((repository::top(&folder)?, folder)));
            last = Some((parent, found));
        }
        if let Some((_, Some((top, folder)))) = &last {
            by_repository.entry(top.clone()).or_default().push((index, folder.join(name)));
        }
    }
    for (top, mut indexed) in by_repository {
        let paths: Vec<&Path> = indexed.iter().map(|(_, path)| path.as_path()).collect();
        let mut sure = surely_ignored(&top, &paths).into_iter();
        indexed.retain(|(index, _)| {
            let is_sure = sure.next() == Some(true);
            if is_sure {
                standings[*index] = Standing::Ignored;
            }
            !is_sure
        });
        if indexed.is_empty() {
            continue;
        }
        let paths: Vec<&Path> = indexed.iter().map(|(_, path)| path.as_path()).collect();
        refuse_pipes(&top, &paths)?;
        let Some(ignored) = ignored(&top, &paths, &[])? else {
            continue;
        };
        let rest: Vec<&Path> =
            paths.iter().zip(&ignored).filter(|(_, ignored)| !**ignored).map(|(path, _)| *path).collect();
        let tracked = if rest.is_empty() { HashSet::new() } else { tracked(&top, &rest)? };
        for ((index, path), ignored) in indexed.iter().zip(ignored) {
            standings[*index] = if ignored {
                Standing::Ignored
            } else if tracked.contains(&**path) {
                Standing::Tracked
            } else {
                Standing::Exposed
            };
        }
    }
    Ok(standings)
}

/// Refuses a pipe or a device in the place of an ignore file between `top` and one of `paths`: git would wait for it.
///
/// # Errors
/// There is one.
pub fn refuse_pipes(top: &Path, paths: &[&Path]) -> Result<()> {
    let folders = paths.iter().flat_map(|path| path.ancestors().skip(1));
    let folders: BTreeSet<&Path> = folders.filter(|folder| folder.starts_with(top)).collect();
    for list in folders.into_iter().map(|folder| folder.join(".gitignore")) {
        if fs::metadata(&list).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            return Err(Error::from(Cause::NotAFile).in_file(&list));
        }
    }
    Ok(())
}

/// `folder` without links; the empty path, which a bare file name has, is the current folder.
fn resolve(folder: &Path) -> std::io::Result<PathBuf> {
    disk::canonical(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
}

/// Whether git ignores what is new in `folder`, because of a pattern that the folder itself has; also if
/// it tracks a file in it.
///
/// # Errors
/// As for [`standing`].
pub fn is_ignored_folder(folder: &Path) -> Result<bool> {
    let Some(top) = repository::top(folder) else { return Ok(false) };
    let ignored = if top == folder { None } else { ignored(&top, &[folder], &["--no-index"])? };
    Ok(ignored.is_some_and(|ignored| ignored == [true]))
}

/// Which of `paths` git ignores, asked with `options` of `git check-ignore`; [`None`] if `top` is no
/// repository after all.
fn ignored(top: &Path, paths: &[&Path], options: &[&str]) -> Result<Option<Vec<bool>>> {
    let mut input = Vec::new();
    for path in paths {
        input.extend_from_slice(path::bytes(path));
        input.push(0);
    }
    let always = ["check-ignore", "--stdin", "-z", "--verbose", "--non-matching"];
    let done = Git::new(top).arguments(&[&always, options].concat()).run(&input)?;
    match done.code {
        Some(0 | 1) => {}
        _ if done.said.contains("not a git repository") => return Ok(None),
        _ => return Err(done.failed()),
    }
    // Four fields a path: source, line, pattern, path. A pattern that begins with `!` says that
    // the path is not ignored; no source says that no pattern matched.
    let fields: Vec<&[u8]> = done.text.split(|byte| *byte == 0).collect();
    let ignored: Vec<bool> =
        fields.chunks_exact(4).map(|field| !field[0].is_empty() && !field[2].starts_with(b"!")).collect();
    if ignored.len() == paths.len() { Ok(Some(ignored)) } else { Err(done.failed()) }
}

/// Those of `paths` that git tracks, or in which it tracks something. The index is read whole: git takes no list
/// of paths here but as arguments, of which there are too few, and looks through the index for each of them.
fn tracked<'p>(top: &Path, paths: &[&'p Path]) -> Result<HashSet<&'p Path>> {
    let done = run(top, &["ls-files", "-z"])?.good()?;
    let wanted: HashMap<Vec<u8>, &'p Path> =
        paths.iter().filter_map(|path| Some((below(top, path)?, *path))).collect();
    let mut tracked = HashSet::new();
    for entry in done.text.split(|byte| *byte == 0) {
        let ends = memchr::memchr_iter(b'/', entry).chain([entry.len()]);
        tracked.extend(ends.filter_map(|end| wanted.get(&entry[..end])));
    }
    Ok(tracked)
}
