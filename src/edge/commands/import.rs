use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use venvars::engines::import::{self, ImportEntry, ImportFormat, Imported, What};
use venvars::model::project::Project;
use venvars::model::secrets::Secrets;
use venvars::model::secrets::change::New;
use venvars::model::secrets::edit::{self, Presence};
use venvars::model::venv::Venv;
use venvars::session::exposure::guard_plain;
use venvars::session::ledger::Ledger;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::name::Name;
use venvars::world::disk;
use venvars::world::disk::lock::Lock;
use venvars::world::disk::real;
use venvars::world::disk::replace::Replacement;
use venvars::world::python;
use zeroize::Zeroizing;

use super::{editor, project};
use crate::edge::cli::{Global, Import};
use crate::edge::console;

/// `venvars import`: the variables of another program's file go into secrets.toml.
pub fn run(global: &Global, import: &Import) -> Result<ExitCode> {
    let project = project(global)?;
    let file = match &import.file {
        // As if started in the folder of `-C`.
        Some(file) => global.directory.as_deref().unwrap_or(Path::new("")).join(file),
        None => find(&project)?,
    };
    let standard_input = import.file.as_deref() == Some(Path::new("-"));
    let format = match import.format {
        Some(format) => format,
        None if standard_input => ImportFormat::of(Path::new("standard input"))?,
        None => ImportFormat::of(&file)?,
    };
    if import.take && (format != ImportFormat::Activate || standard_input) {
        return Err(Error::usage("--take takes lines out of an activate script alone")
            .hint("delete the other file when its values are in secrets.toml"));
    }
    if !import.dry_run {
        guard_plain(&Secrets::read(&project.secrets)?)?;
    }
    let profile = global.profile.named();
    let mut editor = editor(&project)?;
    let script = if import.take { Some(LockedScript::open(&file)?) } else { None };
    let place = if standard_input { Path::new("standard input") } else { file.as_path() };
    let bytes = if standard_input { standard_input_bytes()? } else { bytes(&file)? };
    let text = text(&bytes, place)?;
    let imported = import::read(format, text, &python::run).map_err(|error| error.in_file(place))?;
    tell(global, format, place, &imported);

    let news: Vec<(Name, New)> =
        imported.entries.iter().map(|entry| (entry.name.clone(), new(&entry.value))).collect();
    let standings = edit::standings(&editor.secrets, profile, &news);
    if !global.quiet || import.dry_run {
        console::answer(&listing(&imported.entries, &standings))?;
    }
    if import.dry_run {
        return Ok(ExitCode::SUCCESS);
    }
    let changed = of(&imported.entries, &standings, Presence::Changed);
    if !changed.is_empty() && !import.force {
        return Err(Error::conflict(format!(
            "{} already there with another value: {}",
            are(changed.len()),
            some(&changed)
        ))
        .in_file(&project.secrets)
        .hint("--force puts the new value in its place; nothing was written"));
    }
    // What is the same stays as it is written.
    let news: Vec<(Name, New)> = news
        .into_iter()
        .zip(&standings)
        .filter_map(|(new, standing)| (*standing != Presence::Same).then_some(new))
        .collect();
    editor.set(profile, &news)?;
    let stripped = script.as_ref().map(|_| {
        let names: Vec<Name> = imported.entries.iter().map(|entry| entry.name.clone()).collect();
        Zeroizing::new(import::take(text, &names))
    });
    let mut beside = Vec::new();
    if let (Some(script), Some(stripped)) = (&script, &stripped)
        && stripped.as_str() != text
    {
        // A mark at the beginning is no part of the text, and stays.
        beside.push(Replacement { file: &script.file, content: stripped.as_bytes(), mode: None });
    }
    editor.write(&Ledger::read(&project.folder)?, beside)?;
    if !global.quiet {
        conclude(&project, &imported.entries, &standings, format, import.take);
        if let Some(stripped) = &stripped {
            remaining(place, stripped, &imported.entries);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a variable is set to.
fn new(value: &What) -> New {
    match value {
        What::Literal(text) => New::text(text),
        What::Template(text) => New::source("template", text),
    }
}

/// The file of the project that holds values, if there is one and no more.
fn find(project: &Project) -> Result<PathBuf> {
    let found: Vec<&str> =
        [".env", "secrets.py"].into_iter().filter(|name| project.folder.join(name).is_file()).collect();
    match found.as_slice() {
        [one] => Ok(project.folder.join(one)),
        [] => Err(Error::missing("there is neither a .env nor a secrets.py here")
            .in_file(&project.folder)
            .hint("name the file: venvars import FILE")),
        several => Err(Error::usage(format!("there are {}", several.join(" and ")))
            .in_file(&project.folder)
            .hint(format!("say which: venvars import {}", several[0]))),
    }
}

/// An activate script whose lines are to be taken out; its venv is locked meanwhile.
struct LockedScript {
    file: PathBuf,
    _lock: Lock,
}

impl LockedScript {
    fn open(file: &Path) -> Result<Self> {
        let venv = disk::canonical(file)
            .ok()
            .and_then(|file| Some(file.parent()?.parent()?.to_owned()))
            .ok_or_else(|| Error::no_file(file))?;
        // A venv of one's own, and no link that leads out of it.
        let venv = Venv::open(&venv).map_err(|error| {
            if file.is_symlink() { Error::from(Cause::LeadsOutside).in_file(file) } else { error }
        })?;
        Ok(Self { file: real(file), _lock: Lock::take(&venv.folder)? })
    }
}

fn standard_input_bytes() -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io("read", Path::new("standard input"), &error))?;
    Ok(bytes)
}

fn bytes(file: &Path) -> Result<Zeroizing<Vec<u8>>> {
    fs::read(file).map(Zeroizing::new).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::no_file(file),
        _ => Error::io("read", file, &error),
    })
}

fn text<'a>(bytes: &'a [u8], file: &Path) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|error| Error::not_utf8(file, bytes, error))
}

/// Says what is left out, and what else there is to know of the file.
fn tell(global: &Global, format: ImportFormat, file: &Path, imported: &Imported) {
    if global.quiet {
        return;
    }
    for left_out in &imported.left_out {
        console::say(&left_out.to_string());
    }
    if format == ImportFormat::PythonModule && file.file_name().is_some_and(|name| name == "secrets.py") {
        console::warn(
            "secrets.py hides Python's own module `secrets` from everything started in this folder; \
             delete or rename it when your code reads the environment",
        );
    }
}

/// A line a name: what it is to secrets.toml, and the name.
fn listing(entries: &[ImportEntry], standings: &[Presence]) -> String {
    entries
        .iter()
        .zip(standings)
        .map(|(entry, standing)| {
            let word = match standing {
                Presence::New => "new",
                Presence::Changed => "changed",
                Presence::Same => "same",
            };
            format!("{word:<8} {}\n", entry.name)
        })
        .collect()
}

fn of<'a>(entries: &'a [ImportEntry], standings: &[Presence], wanted: Presence) -> Vec<&'a str> {
    let pairs = entries.iter().zip(standings);
    pairs.filter(|(_, standing)| **standing == wanted).map(|(entry, _)| entry.name.as_str()).collect()
}

fn are(count: usize) -> &'static str {
    if count == 1 { "one variable is" } else { "variables are" }
}

/// The names, as many as one can read.
fn some(names: &[&str]) -> String {
    const MOST: usize = 20;
    let shown = names[..names.len().min(MOST)].join(", ");
    match names.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{shown} and {more} more"),
        _ => shown,
    }
}

fn conclude(
    project: &Project,
    entries: &[ImportEntry],
    standings: &[Presence],
    format: ImportFormat,
    take: bool,
) {
    let set = entries.len() - of(entries, standings, Presence::Same).len();
    let file = project.shown(&project.secrets).display();
    if set == 0 {
        console::say(&format!("{file} has them all already"));
    } else {
        let noun = if set == 1 { "variable is" } else { "variables are" };
        console::say(&format!("{set} {noun} set in {file}; `venvars apply` hands them to the venv"));
    }
    if format == ImportFormat::Activate && !take && !entries.is_empty() {
        console::say("the lines are still in the script; --take takes them out");
    }
}

/// Warns of lines that could not be taken out of the script.
fn remaining(file: &Path, text: &str, entries: &[ImportEntry]) {
    let Ok(still) = import::read(ImportFormat::Activate, text, &python::run) else { return };
    for entry in still.entries.iter().filter(|entry| entries.iter().any(|one| one.name == entry.name)) {
        console::warn(&format!(
            "{}:{}: {} stays, because its line does more than set it; edit the script by hand",
            file.display(),
            entry.line,
            entry.name
        ));
    }
}
