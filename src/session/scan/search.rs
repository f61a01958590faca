//! Looking for values in the places that somebody names.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use crate::engines::search::finding::{Findings, Hits};
use crate::engines::search::matcher::Matcher;
use crate::engines::search::scanner;
use crate::session::environment::Files;
use crate::session::scan::history::{self, Extent};
use crate::session::scan::staged;
use crate::session::scan::text::STDIN;
use crate::session::scan::tree::{self, Homes};
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::path;
use crate::world::git::repository::Repository;

/// Where to look.
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Where<'a> {
    /// The folder to start from, if one is named.
    pub start: Option<&'a Path>,
    /// Files, folders, ranges of commits, or the folders of repositories.
    pub paths: &'a [OsString],
    /// In git's index.
    pub staged: bool,
    /// In all that git remembers.
    pub history: bool,
    /// In standard input.
    pub stdin: bool,
    /// Also in files that git ignores.
    pub ignored: bool,
}

/// Looks in that place.
///
/// # Errors
/// There is no such place, or it cannot be looked into.
pub fn search(place: &Where<'_>, files: &Files, matcher: &Matcher) -> Result<Findings> {
    let start = place.start.unwrap_or(Path::new("."));
    let repository = || {
        let found = Repository::around(start).map(Repository::at_top);
        found.ok_or_else(|| {
            Error::from(Cause::NoRepository)
                .in_file(start)
                .hint("`git init` creates one; naming a file or a folder works without one")
        })
    };
    let look = |repository: &Repository| {
        if place.staged {
            staged::scan(matcher, repository)
        } else {
            remembered(matcher, repository, &Extent::All)
        }
    };
    if place.staged || place.history {
        if !place.paths.is_empty() {
            return in_repositories(place.paths, start, matcher, look);
        }
        // With -C it is not the repository whose hook this may be.
        let repository = repository()?;
        let is_of_hook = place.staged && place.start.is_none();
        return look(&if is_of_hook { repository.of_hook() } else { repository });
    }
    if place.stdin {
        let mut hits = Hits::default();
        let shown = STDIN;
        let mut scanner = scanner::Scanner::new(matcher);
        scanner
            .scan(&mut io::stdin().lock(), |hit| hits.push(hit))
            .map_err(|error| Error::io("read", Path::new(shown), &error))?;
        let mut findings = Findings::default();
        findings.add(matcher, shown, &hits);
        return Ok(findings);
    }
    let mut findings = Findings::default();
    let mut paths = Vec::new();
    for given in place.paths {
        match range(start, given) {
            Some(range) => {
                findings.append(remembered(matcher, &repository()?, &Extent::Revisions(vec![range]))?);
            }
            None => {
                let path = start.join(given);
                if path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                    let error = Error::no_file(Path::new(&matcher.masked(path::bytes(&path))));
                    let is_revision = given.to_str().is_some_and(|given| {
                        let commit = format!("{given}^{{commit}}");
                        let arguments = ["rev-parse", "--quiet", "--verify", "--end-of-options", &commit];
                        repository().is_ok_and(|found| found.output(&arguments, b"").is_ok())
                    });
                    let hint = "name commits as a range: A..B, or HEAD^..HEAD";
                    return Err(if is_revision { error.hint(hint) } else { error });
                }
                paths.push(path);
            }
        }
    }
    // There is nothing to see of a bare one but what it remembers.
    for path in &paths {
        if let Some(bare) = Repository::around(path).filter(|around| around.is_bare() && around.is_at(path)) {
            // One that is none in spite of its looks may hold a value all the same.
            match remembered(matcher, &bare, &Extent::All) {
                Ok(found) => findings.append(inside(matcher, path, found)),
                Err(error) => findings.errors.push(error),
            }
        }
    }
    if place.paths.is_empty() {
        paths.push(files.project.folder.clone());
    }
    let base = if place.paths.is_empty() { &files.project.folder } else { start };
    findings.append(tree::scan(matcher, base, &paths, place.ignored, &Homes::of(files))?);
    Ok(findings)
}

/// What lies in this part of the history, with how many commits that is: git counts them meanwhile.
fn remembered(matcher: &Matcher, repository: &Repository, extent: &Extent) -> Result<Findings> {
    thread::scope(|scope| {
        let commits = scope.spawn(|| history::commits(repository, extent));
        let mut findings = history::scan(matcher, repository, extent)?;
        // What is wrong with the history was told by the scan.
        findings.commits = commits.join().ok().and_then(Result::ok).unwrap_or(0);
        Ok(findings)
    })
}

/// Has `look` look into each of the repositories `given`.
fn in_repositories(
    given: &[OsString],
    start: &Path,
    matcher: &Matcher,
    look: impl Fn(&Repository) -> Result<Findings>,
) -> Result<Findings> {
    let mut findings = Findings::default();
    for given in given {
        let path = start.join(given);
        let repository = Repository::around(&path).filter(|around| around.is_at(&path)).ok_or_else(|| {
            Error::usage("not the top folder of a git repository")
                .in_file(Path::new(&matcher.masked(path::bytes(&path))))
                .hint(
                    "--staged and --history look at a whole repository; without them, any path can be named",
                )
        })?;
        findings.append(inside(matcher, Path::new(given), look(&repository)?));
    }
    Ok(findings)
}

/// `findings`, each told as in `folder`.
fn inside(matcher: &Matcher, folder: &Path, mut findings: Findings) -> Findings {
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    let folder = PathBuf::from(matcher.masked(path::bytes(folder)));
    for finding in &mut findings.findings {
        finding.file = folder.join(&finding.file).display().to_string();
    }
    findings
}

/// `given` as a range of commits, `A..B`, if that is what it is and no path.
fn range(start: &Path, given: &OsString) -> Option<String> {
    let text = given.to_str()?;
    let (one, other) = text.split_once("..")?;
    let is_path =
        start.join(given).symlink_metadata().is_ok() || one.starts_with(['-', '.', '/']) || one.is_empty();
    (!is_path && !other.starts_with('/')).then(|| text.to_owned())
}
