//! What the next commit would bring: the index, and not the files.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Stdio;
use std::thread;

use crate::engines::search::finding::Findings;
use crate::engines::search::matcher::Matcher;
use crate::words::error::{Error, Result};
use crate::world::git::object;
use crate::world::git::repository::Repository;

/// What lies in the files that the index has and the last commit has not, or otherwise, and in their names.
///
/// # Errors
/// git fails.
pub fn scan(matcher: &Matcher, repository: &Repository) -> Result<Findings> {
    // Both at once: starting a process takes longer than what they do.
    let mut contents = repository.start(&["cat-file", "--batch", "--buffer"], Stdio::piped())?;
    let changed = changed(repository)?;
    let ids: BTreeSet<&str> = changed.iter().map(|(id, _)| &**id).filter(|id| !id.is_empty()).collect();
    let wanted: String = ids.iter().map(|id| format!("{id}\n")).collect();
    let stdin = contents.stdin();
    let writer = thread::spawn(move || {
        // git may stop reading when it fails; its status says so.
        let _ = stdin.map(|mut stdin| stdin.write_all(wanted.as_bytes()));
    });
    let output = contents.stdout();
    let objects = object::search(matcher, repository, output);
    let _ = writer.join();
    contents.end()?;
    let objects = objects?;
    let mut findings = Findings { files: changed.len(), ..Findings::default() };
    for (id, path) in &changed {
        let shown = matcher.masked(path);
        findings.add_names(matcher, path, &shown);
        if let Some(hits) = objects.blob(id) {
            findings.add(matcher, &shown, hits);
        }
    }
    Ok(findings)
}

/// The id and the path of each file in the index that is not in the last commit.
fn changed(repository: &Repository) -> Result<Vec<(String, Vec<u8>)>> {
    /// The tree without entries, which git knows without having it, in both kinds of repository.
    const NOTHING: [&str; 2] = [
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    ];
    let against = |tree: &str| {
        let arguments = [
            "diff-index",
            "--cached",
            "--raw",
            "-z",
            "--no-abbrev",
            "--no-renames",
            "--diff-filter=d",
            tree,
            "--",
        ];
        repository.output(&arguments, b"")
    };
    let output = match against("HEAD") {
        Ok(output) => output,
        // Before the first commit there is no HEAD.
        Err(error) => {
            let is_first = repository.output(&["rev-parse", "--verify", "--quiet", "HEAD"], b"").is_err();
            let first = NOTHING.iter().find_map(|tree| against(tree).ok()).filter(|_| is_first);
            first.ok_or(error)?
        }
    };
    let mut fields = output.split(|byte| *byte == 0);
    let mut changed = Vec::new();
    // `:MODE MODE ID ID LETTER`, and then the path.
    while let (Some(head), Some(path)) = (fields.next(), fields.next()) {
        let head = String::from_utf8_lossy(head);
        let mut words = head.split(' ');
        let (mode, id) = (words.nth(1), words.nth(1));
        let (Some(mode), Some(id)) = (mode, id) else {
            return Err(
                Error::program("git diff-index printed something unknown").in_file(repository.folder())
            );
        };
        // A submodule has no content here, and a file that is only meant to be added has none yet.
        let is_file = mode != "160000" && !id.bytes().all(|byte| byte == b'0');
        changed.push((if is_file { id.to_owned() } else { String::new() }, path.to_owned()));
    }
    Ok(changed)
}
