use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use venvars::engines::search::finding::{Commit, Commits, Find, Finds, Hits, Part, path_bytes, short};
use venvars::engines::search::matcher::Matcher;
use venvars::engines::search::{Known, scanner};
use venvars::model::project::Project;
use venvars::session::environment::Files;
use venvars::session::ledger::compromised;
use venvars::session::ledger::{self, Leak};
use venvars::session::scan::history::{self, Extent};
use venvars::session::scan::tree::{self, Homes};
use venvars::session::scan::{report, staged};
use venvars::session::selection::{self, Reason, Selection};
use venvars::words::error::{Error, Result};
use venvars::words::name::Name;
use venvars::words::secret::Secret;
use venvars::world::git;
use venvars::world::git::repository::Repository;

use super::{list, project};
use crate::edge::cli::{Global, Scan};
use crate::edge::console;

/// `venvars scan`: exit code 1 if there is a value where it does not belong.
pub fn run(global: &Global, options: &Scan) -> Result<ExitCode> {
    let mut project = project(global)?;
    if global.secrets.is_none() {
        project = with_secrets(project)?;
    }
    let files = Files::read(project, &global.sources)?;
    let selection = selection::of_project(&files, options.ask)?;
    let matcher = Matcher::new(&selection.known);
    let finds = in_order(search(global, options, &files, &matcher)?);
    let text = if options.json {
        list::print_json(&report::json(&finds, &matcher, &selection))?
    } else if options.sarif {
        list::print_json(&report::sarif(&finds))?
    } else {
        as_text(&finds)
    };
    console::answer(&text)?;
    remember(&files, &selection, &finds)?;
    finds.errors.iter().for_each(console::complain);
    for error in &selection.errors {
        console::warn(&format!("not looked for: {error}"));
    }
    if !global.quiet {
        console::say(&summary(&finds, &matcher, &selection));
    }
    Ok(ExitCode::from(match (finds.finds.len(), finds.errors.len()) {
        (0, 0) => 0,
        (0, _) => 2,
        _ => 1,
    }))
}

/// `project` with the secrets of the main working tree, if it lies in one that was added and has none itself:
/// git ignores the file, so it is in one of them, and its values leak from all.
fn with_secrets(mut project: Project) -> Result<Project> {
    if !project.secrets.exists()
        && let Some(repository) = Repository::around(&project.folder).map(Repository::at_top)
        && let Ok(below) = project.folder.strip_prefix(repository.folder())
        && let Some(main) = git::main_worktree(repository.folder())?.map(|main| main.join(below))
        && let Ok(secrets) = Project::find(&main, None).map(|main| main.secrets)
        && secrets.exists()
    {
        project.secrets = secrets;
    }
    Ok(project)
}

/// Puts the values that were pushed on the ledger: others may know them.
fn remember(files: &Files, selection: &Selection, finds: &Finds) -> Result<()> {
    let mut pushed: Vec<(&Known, String)> = Vec::new();
    for find in &finds.finds {
        if let (Some(commits), Some(whole)) = (&find.commits, selection.whole(find.known))
            && commits.is_pushed
            && whole.value.chars().count() >= ledger::SHORTEST
            && pushed.iter().all(|(known, _)| (&known.name, &known.value) != (&whole.name, &whole.value))
        {
            let commit = commits.added.first().map(|commit| format!(" in {}", short(&commit.id)));
            pushed.push((whole, format!("pushed{}", commit.unwrap_or_default())));
        }
    }
    let values: Vec<(Name, Secret, String)> = pushed
        .iter()
        .filter_map(|(known, reason)| Some((known, Secret::new(known.value.to_string())?, reason)))
        .flat_map(|(known, value, reason)| {
            let owned = compromised::whose(&files.project.settings, known.name.clone(), value);
            owned.into_iter().map(move |(name, value)| (name, value, reason.clone()))
        })
        .collect();
    if values.is_empty() {
        return Ok(());
    }
    let leaks: Vec<Leak<'_>> =
        values.iter().map(|(name, value, reason)| Leak { name, value, reason: reason.clone() }).collect();
    let are_new = ledger::remember(&files.project.folder, &leaks)?;
    let new: BTreeSet<&Name> =
        leaks.iter().zip(are_new).filter(|(_, new)| *new).map(|(leak, _)| leak.name).collect();
    for name in new {
        let definitions: Vec<_> = files.secrets.all().filter(|one| one.name == *name).collect();
        let way = match definitions[..] {
            _ if pushed.iter().all(|(known, _)| known.name != *name || known.is_old) => {
                "it has another value already".to_owned()
            }
            [definition] => format!("give it a new value: {}", compromised::way_out(definition, None)),
            _ => "`venvars compromised` says how to give it a new value".to_owned(),
        };
        console::warn(&format!(
            "{name} was pushed, so others may know it: remembered in {}; {way}",
            ledger::FILE
        ));
    }
    Ok(())
}

/// `finds` by file and place.
pub(super) fn in_order(mut finds: Finds) -> Finds {
    finds.finds.sort_by(|one, other| {
        let place = |find: &Find| (find.position.map(|position| (position.line, position.column)), find.part);
        (&one.file, place(one), &one.name).cmp(&(&other.file, place(other), &other.name))
    });
    finds
}

/// Looks where the options say.
fn search(global: &Global, options: &Scan, files: &Files, matcher: &Matcher) -> Result<Finds> {
    let start = global.directory.as_deref().unwrap_or(Path::new("."));
    let repository = || {
        let found = Repository::around(start).map(Repository::at_top);
        found.ok_or_else(|| {
            Error::new("this is in no git repository")
                .in_file(start)
                .hint("`git init` makes one; a file or a folder that is named needs none")
        })
    };
    if (options.staged || options.history) && !options.paths.is_empty() {
        return in_repositories(options, start, matcher);
    }
    if options.stdin {
        let mut hits = Hits::default();
        let shown = "standard input";
        let mut scanner = scanner::Scanner::new(matcher);
        scanner
            .scan(&mut io::stdin().lock(), |hit| hits.push(hit))
            .map_err(|error| Error::io("read", Path::new(shown), &error))?;
        let mut finds = Finds::default();
        finds.add(matcher, shown, &hits);
        return Ok(finds);
    }
    if options.staged {
        // With -C it is not the repository whose hook this may be.
        let repository = repository()?;
        return staged::scan(
            matcher,
            &if global.directory.is_none() { repository.of_hook() } else { repository },
        );
    }
    if options.history {
        return history::scan(matcher, &repository()?, &Extent::All);
    }
    let mut finds = Finds::default();
    let mut paths = Vec::new();
    for given in &options.paths {
        match range(start, given) {
            Some(range) => {
                finds.append(history::scan(matcher, &repository()?, &Extent::Revisions(vec![range]))?);
            }
            None => {
                let path = start.join(given);
                if path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                    return Err(Error::new("there is no such file")
                        .in_file(Path::new(&matcher.masked(path_bytes(&path))))
                        .hint("commits are named as a range: A..B, or HEAD^..HEAD"));
                }
                paths.push(path);
            }
        }
    }
    // There is nothing to see of a bare one but what it remembers.
    for path in &paths {
        if let Some(bare) = Repository::around(path).filter(|around| around.is_bare() && around.is_at(path)) {
            // One that is none in spite of its looks may hold a value all the same.
            match history::scan(matcher, &bare, &Extent::All) {
                Ok(found) => finds.append(inside(matcher, path, found)),
                Err(error) => finds.errors.push(error),
            }
        }
    }
    if options.paths.is_empty() {
        paths.push(files.project.folder.clone());
    }
    let base = if options.paths.is_empty() { &files.project.folder } else { start };
    finds.append(tree::scan(matcher, base, &paths, options.ignored, &Homes::of(files))?);
    Ok(finds)
}

/// Looks into the index or the history of each repository that the options name.
fn in_repositories(options: &Scan, start: &Path, matcher: &Matcher) -> Result<Finds> {
    let mut finds = Finds::default();
    for given in &options.paths {
        let path = start.join(given);
        let repository = Repository::around(&path).filter(|around| around.is_at(&path)).ok_or_else(|| {
            Error::new("this is no git repository's own folder")
                .in_file(Path::new(&matcher.masked(path_bytes(&path))))
                .hint(
                    "--staged and --history look at a whole repository; without them, any path can be named",
                )
        })?;
        let found = if options.staged {
            staged::scan(matcher, &repository)?
        } else {
            history::scan(matcher, &repository, &Extent::All)?
        };
        finds.append(inside(matcher, Path::new(given), found));
    }
    Ok(finds)
}

/// `finds`, each told as in `folder`.
fn inside(matcher: &Matcher, folder: &Path, mut finds: Finds) -> Finds {
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    let folder = PathBuf::from(matcher.masked(path_bytes(folder)));
    for find in &mut finds.finds {
        find.file = folder.join(&find.file).display().to_string();
    }
    finds
}

/// `given` as a range of commits, `A..B`, if that is what it is and no path.
fn range(start: &Path, given: &OsString) -> Option<String> {
    let text = given.to_str()?;
    let (one, other) = text.split_once("..")?;
    let is_path =
        start.join(given).symlink_metadata().is_ok() || one.starts_with(['-', '.', '/']) || one.is_empty();
    (!is_path && !other.starts_with('/')).then(|| text.to_owned())
}

/// `finds` for a person: a line each, and one for each of its commits.
pub(super) fn as_text(finds: &Finds) -> String {
    let mut text = String::new();
    for find in &finds.finds {
        let kind = match find.part {
            Part::Commit => "commit ",
            Part::Tag => "tag ",
            Part::Content | Part::FileName | Part::Reference => "",
        };
        let place = find.position.map(|position| format!(":{position}")).unwrap_or_default();
        let file = printable(&find.file);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{kind}{file}{place}: {}", report::sentence(find));
        if let Some(Commits { added, removed, .. }) = &find.commits {
            for (word, commits) in [("added", added), ("removed", removed)] {
                for Commit { id, author, email, date } in commits {
                    let id = short(id);
                    let _ = writeln!(
                        text,
                        "    {word:7} {id} {date} {} <{}>",
                        printable(author),
                        printable(email)
                    );
                }
            }
        }
    }
    text
}

/// `text` on one line that no terminal obeys.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// What was looked for, and what was not.
fn summary(finds: &Finds, matcher: &Matcher, selection: &Selection) -> String {
    /// How many names of a kind are shown.
    const SHOWN: usize = 8;
    let left_out = |reasons: &[Reason]| {
        let of = |(name, reason): &'_ (venvars::words::name::Name, Reason)| {
            reasons.contains(reason).then(|| name.clone())
        };
        selection.left_out.iter().filter_map(of).collect::<BTreeSet<_>>()
    };
    let mut parts = vec![format!("{} values looked for", matcher.values())];
    let count = |reasons: &[Reason]| left_out(reasons).len();
    for (reasons, what) in [
        (&[Reason::Short, Reason::Common][..], "too short or too common"),
        (&[Reason::NoSecret], "no secret"),
        (&[Reason::Failed], "could not be had"),
    ] {
        match count(reasons) {
            0 => {}
            count => {
                let names: Vec<String> =
                    left_out(reasons).iter().take(SHOWN).map(ToString::to_string).collect();
                let more = if count > SHOWN { ", …" } else { "" };
                parts.push(format!("{count} left out: {what} ({}{more})", names.join(", ")));
            }
        }
    }
    let unasked: Vec<String> = left_out(&[Reason::Unasked]).iter().map(ToString::to_string).collect();
    if !unasked.is_empty() {
        parts.push(format!("not asked for: {} (--ask)", unasked.join(", ")));
    }
    match finds.more {
        0 => {}
        more => parts.push(format!("{more} more finds of the same kind are not shown")),
    }
    if finds.is_shallow {
        parts.push("older commits are not here (git fetch --unshallow)".to_owned());
    }
    if finds.is_partial {
        parts.push("objects that git has not fetched are not here (clone without --filter)".to_owned());
    }
    match finds.unreachable {
        0 => {}
        count => parts.push(format!(
            "{count} in objects that nothing leads to any more (git gc --prune=now deletes them)"
        )),
    }
    parts.insert(
        0,
        match finds.finds.len() {
            0 => "nothing found".to_owned(),
            1 => "1 found".to_owned(),
            count => format!("{count} found"),
        },
    );
    parts.join("; ")
}
