//! What git knows of a file. Only git itself decides what is ignored or tracked: nested ignore
//! files, `core.excludesFile`, worktrees and submodules are all its business.

mod blocks;
mod delta;
pub mod hook;
pub mod object;
mod pack;
pub mod provenance;
pub mod repository;
mod store;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::words::error::{Error, Result, system_words};

/// What names the repository and the index that a hook runs for: a question about another repository
/// would be answered for this one. See githooks(5).
pub(crate) const OF_HOOK: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"];

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
        && let Ok(target) = file.canonicalize()
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

/// How each of `files` stands with git, in their order; one or two processes for each repository.
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
        let tracked = tracked(&top, &rest)?;
        for ((index, path), ignored) in indexed.iter().zip(ignored) {
            standings[*index] = if ignored {
                Standing::Ignored
            } else if tracked.contains(path) {
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
    if folder.as_os_str().is_empty() { Path::new(".").canonicalize() } else { folder.canonicalize() }
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
        input.extend_from_slice(bytes(path));
        input.push(0);
    }
    let always = ["check-ignore", "--stdin", "-z", "--verbose", "--non-matching"];
    let output = git(top, always.iter().chain(options), &input)?;
    match output.status.code() {
        Some(0 | 1) => {}
        _ if String::from_utf8_lossy(&output.stderr).contains("not a git repository") => return Ok(None),
        _ => return Err(failed(top, &output)),
    }
    // Four fields a path: source, line, pattern, path. A pattern that begins with `!` says that
    // the path is not ignored; no source says that no pattern matched.
    let fields: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
    let ignored: Vec<bool> =
        fields.chunks_exact(4).map(|field| !field[0].is_empty() && !field[2].starts_with(b"!")).collect();
    if ignored.len() == paths.len() { Ok(Some(ignored)) } else { Err(failed(top, &output)) }
}

/// Those of `paths` that git tracks.
fn tracked(top: &Path, paths: &[&Path]) -> Result<Vec<PathBuf>> {
    let mut tracked = Vec::new();
    // A path alone tells by its exit status; several are asked for one after the other only when
    // something is exposed, which is the rare case.
    for path in paths {
        let arguments = [
            OsStr::new("--literal-pathspecs"),
            OsStr::new("ls-files"),
            OsStr::new("-z"),
            OsStr::new("--"),
            path.as_os_str(),
        ];
        let output = git(top, arguments, b"")?;
        if !output.status.success() {
            return Err(failed(top, &output));
        }
        if !output.stdout.is_empty() {
            tracked.push((*path).to_owned());
        }
    }
    Ok(tracked)
}

/// The name and the address of every remote that `folder`'s repository fetches from, after git's
/// own rewriting of addresses (`insteadOf`); and what the setting `heroku.remote` says, if it is set.
/// Outside a repository, or without git, there are none.
#[must_use]
pub fn remotes(folder: &Path) -> (Vec<(String, String)>, Option<String>) {
    let text = |arguments: &[&str]| {
        let output = git(folder, arguments, b"").ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
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
    let output =
        git(folder, ["rev-parse", "--show-toplevel", "--git-common-dir", "--git-path", "hooks"], b"")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines = text.lines().map(|line| folder.join(line));
    match (output.status.success(), lines.next(), lines.next(), lines.next()) {
        (true, Some(top), Some(common), Some(hooks)) => {
            let common = common.canonicalize().unwrap_or(common);
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
    let output = git(top, ["worktree", "list", "--porcelain"], b"")?;
    if !output.status.success() {
        return Err(failed(top, &output));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines();
    let first = lines.next().and_then(|line| line.strip_prefix("worktree ")).map(PathBuf::from);
    let is_bare = lines.next() == Some("bare");
    Ok(first.filter(|first| !is_bare && first != top))
}

/// Whether the repository at `top` has the commit `id`.
#[must_use]
pub fn has(top: &Path, id: &str) -> bool {
    git(top, ["cat-file", "-e", &format!("{id}^{{commit}}")], b"").is_ok_and(|output| output.status.success())
}

/// What the repository at `top` has in its own configuration under `key`, which may have several values.
///
/// # Errors
/// git is missing, or its configuration cannot be read.
pub fn settings(top: &Path, key: &str) -> Result<Vec<String>> {
    let output = git(top, ["config", "--local", "-z", "--get-all", key], b"")?;
    match output.status.code() {
        // 1 says that there is none.
        Some(0 | 1) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok(text.split_terminator('\0').map(str::to_owned).collect())
        }
        _ => Err(failed(top, &output)),
    }
}

/// Replaces all that the repository's own configuration has under `key` by `values`.
///
/// # Errors
/// As for [`settings`]; and git could not write.
pub fn set_settings(top: &Path, key: &str, values: &[String]) -> Result<()> {
    let run = |arguments: &[&str]| git(top, [&["config", "--local"], arguments].concat(), b"");
    if !settings(top, key)?.is_empty() {
        run(&["--unset-all", key])?;
    }
    for value in values {
        let output = run(&["--add", key, value])?;
        if !output.status.success() {
            return Err(failed(top, &output));
        }
    }
    Ok(())
}

fn git<A: AsRef<OsStr>>(top: &Path, arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Result<Output> {
    let mut command = Command::new("git");
    command.arg("-C").arg(top).args(arguments);
    for name in OF_HOOK {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| {
        let message = match error.kind() {
            ErrorKind::NotFound => "this is a git repository, but there is no git on the PATH to ask whether the secrets are ignored".to_owned(),
            _ => format!("could not start git: {}", system_words(&error)),
        };
        Error::new(message).in_file(top).hint("install git")
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // git may stop reading when it fails; its status says so.
        let _ = stdin.write_all(input);
    }
    child
        .wait_with_output()
        .map_err(|error| Error::new(format!("could not run git: {}", system_words(&error))))
}

fn failed(top: &Path, output: &Output) -> Error {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("no word");
    Error::new(format!("git failed: {said}")).in_file(top)
}

#[cfg(unix)]
fn bytes(path: &Path) -> &[u8] {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes()
}

#[cfg(not(unix))]
fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}
