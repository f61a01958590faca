//! What a repository's configuration says, and where its parts are.

use std::path::{Path, PathBuf};

use crate::words::error::{Error, Result};
use crate::world::disk::{self, open};
use crate::world::git::repository;
use crate::world::git::runner::{Done, Git};

/// The name and the address of every remote that `folder`'s repository fetches from, after git's
/// own rewriting of addresses (`insteadOf`); and what the setting `heroku.remote` says, if it is set.
/// Outside a repository, or without git, there are none.
#[must_use]
pub fn remotes(folder: &Path) -> (Vec<(String, String)>, Option<String>) {
    let text = |arguments: &[&str]| {
        let done = run(folder, arguments).ok().filter(Done::is_good)?;
        String::from_utf8(done.text).ok()
    };
    if repository::top(folder).is_none() {
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
    /// The folder that git reads hooks from, without links; `core.hooksPath` may have put it anywhere.
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
            // What is not there yet has a folder above it that is.
            let there = hooks.ancestors().find_map(|part| Some((part, disk::canonical(part).ok()?)));
            let resolved = there.and_then(|(part, real)| Some(real.join(hooks.strip_prefix(part).ok()?)));
            Ok(Places { top, common, hooks: resolved.unwrap_or(hooks) })
        }
        _ => Err(Error::missing("not in a git repository with a working tree")
            .in_file(folder)
            .hint("`git init` creates one")),
    }
}

/// The top of the working tree that git runs a hook in `here` for, which its variables name; `None` if it has none.
#[must_use]
pub fn top_of_hook(here: &Path) -> Option<PathBuf> {
    let done = Git::of_hook(here).arguments(&["rev-parse", "--show-toplevel"]).run(b"").ok()?.good().ok()?;
    String::from_utf8_lossy(&done.text).lines().next().map(PathBuf::from)
}

/// Whether the user's own settings, and not those that came with the repository at `top`, say where hooks lie.
///
/// # Errors
/// git is missing.
pub fn has_own_hooks_path(top: &Path) -> Result<bool> {
    let done = run(top, &["config", "--show-scope", "--get", "core.hooksPath"])?;
    let text = String::from_utf8_lossy(&done.text);
    Ok(["global\t", "system\t", "command\t"].iter().any(|scope| text.starts_with(scope)))
}

/// The main working tree of the repository at `top`; [`None`] if that is the one at `top` itself, or if the
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

/// The main working tree of the repository at `top`, if git itself has added the one at `top` to it: anybody can
/// write a file `.git` that names another repository's folder, and only git writes the way back.
#[must_use]
pub fn linked_to(top: &Path) -> Option<PathBuf> {
    let git = top.join(".git");
    let text = |file: &Path| Some(String::from_utf8_lossy(&open::read(file).ok()??).trim().to_owned());
    let own =
        git.is_file().then(|| text(&git)).flatten()?.strip_prefix("gitdir: ").map(|own| top.join(own))?;
    let back = own.join(text(&own.join("gitdir"))?);
    if disk::canonical(&back).ok()? != disk::canonical(&git).ok()? {
        return None;
    }
    main_worktree(top).ok()?
}

/// The top of the working tree that the one at `top` is a submodule of, if it is one.
///
/// # Errors
/// git is missing, or fails.
pub fn superproject(top: &Path) -> Result<Option<PathBuf>> {
    let done = run(top, &["rev-parse", "--show-superproject-working-tree"])?.good()?;
    let text = String::from_utf8_lossy(&done.text);
    Ok(text.lines().next().map(PathBuf::from))
}

/// Those of `ids` that the repository at `top` has.
///
/// # Errors
/// git is missing, or fails.
pub fn present(top: &Path, ids: &[String]) -> Result<Vec<String>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let git = Git::new(top).arguments(&["cat-file", "--batch-check=%(objectname)"]);
    let done = git.run(ids.join("\n").as_bytes())?;
    let text = String::from_utf8_lossy(&done.good()?.text).into_owned();
    // Of one that is not here it prints `ID missing`.
    Ok(text.lines().filter(|line| !line.contains(' ')).map(str::to_owned).collect())
}

/// What the repository at `address` has at the tips of its branches and tags, as it says itself when git asks it; the
/// default branch first. Nothing if it does not answer: nobody is asked for a password.
#[must_use]
pub fn tips_at(top: &Path, address: &str) -> Vec<String> {
    let text = |arguments: &[&str]| {
        let quiet = [("GIT_TERMINAL_PROMPT", "0"), ("SSH_ASKPASS_REQUIRE", "force")];
        let done = Git::new(top).environment(&quiet).arguments(arguments).run(b"").ok()?;
        Some(String::from_utf8_lossy(&done.good().ok()?.text).into_owned())
    };
    // The settings may send a question for this address elsewhere (`insteadOf`, a remote of that name).
    let is_asked =
        text(&["ls-remote", "--get-url", "--", address]).is_some_and(|url| url.trim_end() == address);
    let told = is_asked.then(|| text(&["ls-remote", "--", address, "HEAD", "refs/heads/*", "refs/tags/*"]));
    let told = told.flatten().unwrap_or_default();
    told.lines().filter_map(|line| Some(line.split_once('\t')?.0.to_owned())).collect()
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
pub(super) fn run(top: &Path, arguments: &[&str]) -> Result<Done> {
    Git::new(top).arguments(arguments).run(b"")
}
