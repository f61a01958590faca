//! What git knows of a file. Only git itself decides what is ignored or tracked: nested ignore
//! files, `core.excludesFile`, worktrees and submodules are all its business.

mod blocks;
mod delta;
pub mod hook;
pub mod object;
mod pack;
pub mod provenance;
pub mod repository;
pub(crate) mod runner;
mod store;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use crate::words::error::{Error, Result};
use crate::world::disk;
use crate::world::git::runner::{Done, Git};

/// How a file stands with git.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
/// git is missing, or fails for a reason of its own.
pub fn standing(file: &Path) -> Result<Standing> {
    let own = standings(&[file.to_owned()])?[0];
    if file.is_symlink()
        && let Ok(target) = disk::canonical(file)
    {
        let target = standings(&[target])?[0];
        return Ok(worse(own, target));
    }
    Ok(own)
}

fn worse(one: Standing, other: Standing) -> Standing {
    let rank = |standing| match standing {
        Standing::Outside => 0,
        Standing::Ignored => 1,
        Standing::Exposed => 2,
        Standing::Tracked => 3,
    };
    if rank(one) >= rank(other) { one } else { other }
}

/// How each of `files` stands with git, in their order; at most two processes for each repository.
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
            let found = resolve(parent).ok().and_then(|folder| Some((repository_around(&folder)?, folder)));
            last = Some((parent, found));
        }
        if let Some((_, Some((top, folder)))) = &last {
            by_repository.entry(top.clone()).or_default().push((index, folder.join(name)));
        }
    }
    for (top, indexed) in by_repository {
        let paths: Vec<&Path> = indexed.iter().map(|(_, path)| path.as_path()).collect();
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

/// `folder` without links; the empty path, which a bare file name has, is the current folder.
fn resolve(folder: &Path) -> std::io::Result<PathBuf> {
    disk::canonical(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
}

/// The nearest folder from `folder` upwards that holds a `.git`, which may be a file (worktrees).
fn repository_around(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok()).map(Path::to_owned)
}

/// Whether git ignores what is new in `folder`, because of a pattern that the folder itself has; also if
/// it tracks a file in it.
///
/// # Errors
/// As for [`standing`].
pub fn is_ignored_folder(folder: &Path) -> Result<bool> {
    let Some(top) = repository_around(folder) else { return Ok(false) };
    let ignored = if top == folder { None } else { ignored(&top, &[folder], &["--no-index"])? };
    Ok(ignored.is_some_and(|ignored| ignored == [true]))
}

/// Which of `paths` git ignores, asked with `options` of `git check-ignore`; nothing if `top` is no
/// repository after all.
fn ignored(top: &Path, paths: &[&Path], options: &[&str]) -> Result<Option<Vec<bool>>> {
    let mut input = Vec::new();
    for path in paths {
        input.extend_from_slice(path.as_os_str().as_encoded_bytes());
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

/// `path` as git names it in a list that is read at `top`.
fn below(top: &Path, path: &Path) -> Option<Vec<u8>> {
    let below = path.strip_prefix(top).ok()?.as_os_str().as_encoded_bytes();
    let slash = |byte: &u8| if *byte == MAIN_SEPARATOR as u8 { b'/' } else { *byte };
    Some(below.iter().map(slash).collect())
}

/// The name and the address of every remote that `folder`'s repository fetches from, after git's
/// own rewriting of addresses (`insteadOf`); and what the setting `heroku.remote` says, if it is set.
/// Outside a repository, or without git, there are none.
#[must_use]
pub fn remotes(folder: &Path) -> (Vec<(String, String)>, Option<String>) {
    let text = |arguments: &[&str]| {
        let done = run(folder, arguments).ok().filter(Done::is_good)?;
        String::from_utf8(done.text).ok()
    };
    if repository_around(folder).is_none() {
        return (Vec::new(), None);
    }
    let remotes = text(&["remote", "-v"])
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.strip_suffix(" (fetch)")?.split_once('\t'))
        .map(|(name, url)| (name.to_owned(), url.to_owned()))
        .collect();
    let chosen = text(&["config", "--get", "heroku.remote"]).map(|name| name.trim().to_owned());
    (remotes, chosen.filter(|name| !name.is_empty()))
}

/// Where a repository's parts are.
#[derive(Debug)]
pub struct Places {
    /// The top of the working tree.
    pub top: PathBuf,
    /// The folder of git's own, which all working trees of the repository share.
    pub common: PathBuf,
    /// The folder that git reads hooks from, which `core.hooksPath` may have put anywhere.
    pub hooks: PathBuf,
}

/// The places of the repository around `folder`.
///
/// # Errors
/// It is in no repository, or in one without a working tree; git is missing.
pub fn places(folder: &Path) -> Result<Places> {
    let done = run(folder, &["rev-parse", "--show-toplevel", "--git-common-dir", "--git-path", "hooks"])?;
    let text = String::from_utf8_lossy(&done.text);
    let mut lines = text.lines().map(|line| folder.join(line));
    match (done.is_good(), lines.next(), lines.next(), lines.next()) {
        (true, Some(top), Some(common), Some(hooks)) => {
            let common = disk::canonical(&common).unwrap_or(common);
            Ok(Places { top, common, hooks })
        }
        _ => Err(Error::new("this folder is in no git repository with a working tree")
            .in_file(folder)
            .hint("`git init` makes one")),
    }
}

/// The main working tree of the repository at `top`; nothing if that is the one at `top` itself, or if the
/// repository is bare. For a submodule it is the folder that git keeps in the repository around, and that
/// one's project is found from there. See git-worktree(1).
///
/// # Errors
/// git is missing, or fails.
pub fn main_worktree(top: &Path) -> Result<Option<PathBuf>> {
    // Only a working tree that was added, or a submodule, has a file here.
    if !top.join(".git").is_file() {
        return Ok(None);
    }
    let done = run(top, &["worktree", "list", "--porcelain"])?.good()?;
    let text = String::from_utf8_lossy(&done.text);
    let mut lines = text.lines();
    let first = lines.next().and_then(|line| line.strip_prefix("worktree ")).map(PathBuf::from);
    let is_bare = lines.next() == Some("bare");
    Ok(first.filter(|first| !is_bare && first != top))
}

/// Whether the repository at `top` has the commit `id`.
#[must_use]
pub fn has(top: &Path, id: &str) -> bool {
    run(top, &["cat-file", "-e", &format!("{id}^{{commit}}")]).is_ok_and(|done| done.is_good())
}

/// What the repository at `top` has in its own configuration under `key`, which may have several values.
///
/// # Errors
/// git is missing, or its configuration cannot be read.
pub fn settings(top: &Path, key: &str) -> Result<Vec<String>> {
    let done = run(top, &["config", "--local", "-z", "--get-all", key])?;
    match done.code {
        // 1 says that there is none.
        Some(0 | 1) => {
            let text = String::from_utf8_lossy(&done.text);
            Ok(text.split_terminator('\0').map(str::to_owned).collect())
        }
        _ => Err(done.failed()),
    }
}

/// Replaces all that the repository's own configuration has under `key` by `values`.
///
/// # Errors
/// As for [`settings`]; and git could not write.
pub fn set_settings(top: &Path, key: &str, values: &[String]) -> Result<()> {
    let config = |arguments: &[&str]| run(top, &[&["config", "--local"], arguments].concat());
    if !settings(top, key)?.is_empty() {
        config(&["--unset-all", key])?;
    }
    for value in values {
        config(&["--add", key, value])?.good()?;
    }
    Ok(())
}

/// Runs a git that reads nothing.
fn run(top: &Path, arguments: &[&str]) -> Result<Done> {
    Git::new(top).arguments(arguments).run(b"")
}
