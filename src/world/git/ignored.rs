//! What git ignores for sure, read without starting git: only the answer "ignored, and not tracked" is given,
//! and only where nothing that is not read here could change it. For all else git is asked.
//!
//! A setting `core.excludesFile` can't change it: its patterns come last (gitignore(5)), so what the ignore files of
//! the repository exclude stays excluded. Nor can `core.ignoreCase`: both answers have to be the same.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::rc::Rc;

use crate::words::path;
use crate::world::disk::user;
use crate::world::variables;
use gix_glob::pattern::Case;
use gix_glob::{Pattern, wildmatch};
use gix_hash::Kind;
use gix_index::entry::{Flags, Mode as EntryMode};

/// Which of `paths`, which lie in the working tree at `top`, are ignored and not tracked for sure.
pub(super) fn surely_ignored(top: &Path, paths: &[&Path]) -> Vec<bool> {
    ignored(top, paths).unwrap_or_else(|| vec![false; paths.len()])
}

fn ignored(top: &Path, paths: &[&Path]) -> Option<Vec<bool>> {
    if !may_judge() {
        return None;
    }
    let places = IgnoreFiles::of(top)?;
    let names: Vec<Option<Vec<u8>>> = paths.iter().map(|path| name(top, path)).collect();
    let untracked = untracked(&places, &names)?;
    let exclude = patterns(&places.common.join("info/exclude"), true)?;
    let mut files = HashMap::new();
    let mut judge = |path: &Path, name: &[u8]| {
        // git judges a folder otherwise.
        if path.symlink_metadata().ok()?.is_dir() {
            return None;
        }
        let lists = lists(top, name, &mut files)?;
        let is_ignored = |case| is_ignored(&lists, &exclude, name, case);
        Some(is_ignored(Case::Sensitive) && is_ignored(Case::Fold))
    };
    let all = paths.iter().zip(&names).zip(untracked);
    Some(
        all.map(|((path, name), untracked)| {
            untracked && name.as_ref().is_some_and(|name| judge(path, name) == Some(true))
        })
        .collect(),
    )
}

/// Whether no variable of the environment has git find, read or compare otherwise. Where files have no owners, it is
/// not known here whether git trusts a folder of another one.
fn may_judge() -> bool {
    /// What a person or a program that runs hooks has set, and what [`super::runner::Git`] takes away.
    const HARMLESS: [&str; 22] = [
        "GIT_SSL_",
        "GIT_HTTP_",
        "GIT_PROXY_",
        "GIT_PS1_",
        "GIT_MERGE_AUTOEDIT",
        "GIT_LFS_",
        "GIT_AUTHOR_",
        "GIT_COMMITTER_",
        "GIT_EDITOR",
        "GIT_SEQUENCE_EDITOR",
        "GIT_PAGER",
        "GIT_ASKPASS",
        "GIT_SSH",
        "GIT_TERMINAL_PROMPT",
        "GIT_REFLOG_ACTION",
        "GIT_EXEC_PATH",
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
    ];
    let is_harmless =
        |name: &str| !name.starts_with("GIT_") || HARMLESS.iter().any(|known| name.starts_with(known));
    cfg!(unix) && variables::all().all(|(name, _)| is_harmless(&name.to_string_lossy()))
}

/// Where git keeps what is read here: gitrepository-layout(5).
struct IgnoreFiles {
    own: PathBuf,
    common: PathBuf,
    hash: Kind,
}

impl IgnoreFiles {
    /// The places of the repository at `top`; [`None`] if git might see another one, or none, or not trust it.
    fn of(top: &Path) -> Option<Self> {
        let git = top.join(".git");
        let own = if git.symlink_metadata().ok()?.is_file() {
            let text = fs::read_to_string(&git).ok()?;
            top.join(text.strip_prefix("gitdir: ")?.trim_end_matches(['\n', '\r']))
        } else {
            git.clone()
        };
        let common = match fs::read_to_string(own.join("commondir")) {
            Ok(text) => own.join(text.trim_end_matches(['\n', '\r'])),
            Err(error) if error.kind() == ErrorKind::NotFound => own.clone(),
            Err(_) => return None,
        };
        let head = fs::read_to_string(own.join("HEAD")).ok()?;
        let is_id = |text: &str| text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_repository = (head.starts_with("ref: refs/") || is_id(head.trim_end()))
            && ["objects", "refs"].iter().all(|name| common.join(name).is_dir());
        let is_trusted = [top, &git, &own].iter().all(|path| is_own(path));
        let hash = hash(&fs::read_to_string(common.join("config")).ok()?)?;
        (is_repository && is_trusted).then_some(Self { own, common, hash })
    }
}

fn is_own(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| user::is_own(&found))
}

/// How a repository with this configuration names its objects; [`None`] if the configuration says of the repository's
/// form or of its working tree more than is usual.
fn hash(config: &str) -> Option<Kind> {
    let config = config.to_lowercase();
    let mut hash = Kind::Sha1;
    let mut is_extension = false;
    for line in config.lines() {
        let line: String = line.split_whitespace().collect();
        if line.contains("worktree") {
            return None;
        }
        if line.starts_with('[') {
            is_extension = line == "[extensions]";
            if !line.ends_with(']') || line.contains("extensions") && !is_extension {
                return None;
            }
            continue;
        }
        match line.split_once('=') {
            Some(("bare", value)) if value != "false" => return None,
            Some(("repositoryformatversion", value)) if !["0", "1"].contains(&value) => return None,
            Some(("objectformat", "sha256")) if is_extension => hash = Kind::Sha256,
            Some(("objectformat", "sha1") | ("refstorage" | "partialclone", _)) if is_extension => {}
            None if line == "bare" => return None,
            _ if is_extension && !line.is_empty() => return None,
            _ => {}
        }
    }
    Some(hash)
}

/// `path` as the index names it; nothing for one that git would take for a pattern.
fn name(top: &Path, path: &Path) -> Option<Vec<u8>> {
    below(top, path).filter(|name| !name.iter().any(|byte| b"*?[\\".contains(byte)))
}

/// Which of `names` the index has nothing to do with, however they are written.
fn untracked(places: &IgnoreFiles, names: &[Option<Vec<u8>>]) -> Option<Vec<bool>> {
    let options = gix_index::decode::Options { thread_limit: Some(1), ..Default::default() };
    let index = gix_index::File::at_or_default(places.own.join("index"), places.hash, true, options).ok()?;
    let mut untracked: Vec<bool> = names.iter().map(Option::is_some).collect();
    let mut wanted: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for (at, name) in names.iter().enumerate().filter_map(|(at, name)| Some((at, name.as_ref()?))) {
        wanted.entry(name.to_ascii_lowercase()).or_default().push(at);
    }
    let mut path = Vec::new();
    for entry in index.entries() {
        path.clear();
        path.extend(entry.path(&index).iter().map(u8::to_ascii_lowercase));
        for end in memchr::memchr_iter(b'/', &path).chain([path.len()]) {
            for at in wanted.get(&path[..end]).into_iter().flatten() {
                untracked[*at] = false;
            }
        }
        // What lies in a submodule is not this repository's; what a sparse index leaves out is not known; an ignore file
        // that is not checked out is read from the index.
        let folder = if [EntryMode::COMMIT, EntryMode::DIR].contains(&entry.mode) {
            [path.strip_suffix(b"/").unwrap_or(&path), b"/"].concat()
        } else if entry.flags.contains(Flags::SKIP_WORKTREE)
            && let Some(folder) = path.strip_suffix(b".gitignore")
        {
            folder.to_vec()
        } else {
            continue;
        };
        for (_, at) in wanted.iter().filter(|(name, _)| name.starts_with(&folder)) {
            for at in at {
                untracked[*at] = false;
            }
        }
    }
    Some(untracked)
}

/// The patterns of an ignore file, in its order; [`None`] if git might read them otherwise.
fn patterns(file: &Path, is_followed: bool) -> Option<Vec<Pattern>> {
    match file.symlink_metadata() {
        Ok(metadata) if metadata.is_file() || is_followed && file.is_file() => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Some(Vec::new()),
        _ => return None,
    }
    let read = fs::read(file).ok()?;
    if read.contains(&0) {
        return None;
    }
    // A line end at each end: the crate would take more for a byte order mark than git does, and leave a carriage
    // return in the last line.
    let text = [b"\n", read.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&read), b"\n"].concat();
    let mut patterns = Vec::new();
    for (pattern, ..) in gix_ignore::parse(&text, false) {
        if is_plain(&pattern.text) {
            patterns.push(pattern);
        } else if pattern.is_negative() {
            // What it takes back is for git to say. Without a pattern that excludes, less is ignored for sure.
            return None;
        }
    }
    Some(patterns)
}

/// Whether all that match patterns agree on what this one means.
fn is_plain(text: &[u8]) -> bool {
    let is_path = |part: &[u8]| part == b"**" || memchr::memmem::find(part, b"**").is_none();
    let mut rest = text;
    // Between brackets stand the characters themselves.
    while let Some(start) = memchr::memchr(b'[', rest) {
        let Some(end) = memchr::memchr(b']', &rest[start..]) else { return false };
        let inside = &rest[start + 1..start + end];
        let is_list = inside.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
        if inside.is_empty() || !is_list {
            return false;
        }
        rest = &rest[start + end + 1..];
    }
    !text.contains(&b'\\') && text.split(|byte| *byte == b'/').all(is_path)
}

/// An ignore file's patterns, and how much of a name is the folder that it lies in.
type List = (usize, Rc<Vec<Pattern>>);

/// The patterns of every ignore file on the way to `name`, from the top; `known` are those that were read already.
fn lists(
    top: &Path,
    name: &[u8],
    known: &mut HashMap<PathBuf, Option<Rc<Vec<Pattern>>>>,
) -> Option<Vec<List>> {
    let folders = std::iter::once(0).chain(memchr::memchr_iter(b'/', name).map(|at| at + 1));
    let mut lists = Vec::new();
    for length in folders {
        let folder = top.join(path::of(&name[..length])?);
        let read = known
            .entry(folder)
            .or_insert_with_key(|folder| patterns(&folder.join(".gitignore"), false).map(Into::into));
        lists.push((length, read.clone()?));
    }
    Some(lists)
}

/// Whether `name`, or a folder that it lies in, is excluded: the last pattern that matches decides, the nearest file
/// before the others.
fn is_ignored(lists: &[List], exclude: &[Pattern], name: &[u8], case: Case) -> bool {
    let ends = memchr::memchr_iter(b'/', name).map(|end| (end, true)).chain([(name.len(), false)]);
    for (end, is_folder) in ends {
        let name = &name[..end];
        // A folder's own file says nothing of the folder itself.
        let above = &lists[..lists.partition_point(|(length, _)| *length < end)];
        let lists = above.iter().rev().map(|(length, list)| (*length, &***list)).chain([(0, exclude)]);
        let mut found =
            lists.flat_map(|(length, list)| list.iter().rev().map(move |pattern| (length, pattern)));
        if let Some((_, pattern)) =
            found.find(|(length, pattern)| matches(pattern, &name[*length..], is_folder, case))
            && !pattern.is_negative()
        {
            return true;
        }
    }
    false
}

fn matches(pattern: &Pattern, name: &[u8], is_folder: bool, case: Case) -> bool {
    let base = memchr::memrchr(b'/', name).map(|at| at + 1);
    let mode = wildmatch::Mode::NO_MATCH_SLASH_LITERAL;
    pattern.matches_repo_relative_path(name.into(), base, Some(is_folder), case, mode)
}

/// `path` as git names it in a list that is read at `top`.
pub(super) fn below(top: &Path, path: &Path) -> Option<Vec<u8>> {
    let slash = |byte: &u8| if *byte == MAIN_SEPARATOR as u8 { b'/' } else { *byte };
    Some(path::bytes(path.strip_prefix(top).ok()?).iter().map(slash).collect())
}
