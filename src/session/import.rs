//! Taking over what another program's file holds.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::engines::import::{self, ImportEntry, ImportFormat, NotImported, What};
use crate::model::project::Project;
use crate::model::secrets::Secrets;
use crate::model::secrets::change::New;
use crate::model::secrets::edit::{self, Presence};
use crate::model::venv::Venv;
use crate::session::backups::or_made;
use crate::session::editor::Editor;
use crate::session::exposure::guard_plain;
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::world::disk;
use crate::world::disk::lock::Lock;
use crate::world::disk::open;
use crate::world::disk::replace::Replacement;
use crate::world::python;

/// What stands for the file where standard input is read.
const STANDARD_INPUT: &str = "standard input";

/// What is to be taken over, and how.
pub struct Wish<'a> {
    /// The file, `-` for standard input; if there is none, the one of the project that holds values.
    pub file: Option<&'a Path>,
    /// The folder that the file is relative to.
    pub folder: &'a Path,
    /// What it holds; if there is none, what its name says.
    pub format: Option<ImportFormat>,
    /// Whether the lines are to be taken out of the activate script.
    pub take: bool,
    /// Whether nothing is to be written.
    pub dry_run: bool,
}

/// What a file holds, beside what the secrets file says; nobody else changes either until this is dropped.
pub struct Incoming<'p> {
    /// The file as it was named.
    pub place: PathBuf,
    /// What it holds.
    pub format: ImportFormat,
    /// The variables in the order of the file, each with how it stands to what is there.
    pub entries: Vec<(ImportEntry, Presence)>,
    /// What could not be taken over.
    pub left_out: Vec<NotImported>,
    profile: Option<&'p ProfileName>,
    editor: Editor<'p>,
    text: Zeroizing<String>,
    /// The activate script that loses the lines, where its venv is locked.
    script: Option<(PathBuf, Lock)>,
}

impl<'p> Incoming<'p> {
    /// Reads what is wished for; `wait` is called once if somebody else has the secrets file open.
    ///
    /// # Errors
    /// There is no such file, its text is not in its format, or nothing may be written.
    pub fn read(
        project: &'p Project,
        profile: Option<&'p ProfileName>,
        wish: &Wish<'_>,
        wait: impl Fn(),
    ) -> Result<Self> {
        let is_input = wish.file == Some(Path::new("-"));
        let place = match wish.file {
            Some(_) if is_input => PathBuf::from(STANDARD_INPUT),
            Some(file) => wish.folder.join(file),
            None => find(project)?,
        };
        // Before its name is judged: a slip in it is no format either.
        if wish.file.is_some() && !is_input && !place.exists() {
            return Err(
                Error::no_file(&place).hint("check the path; without FILE, .env or secrets.py is imported")
            );
        }
        let format = wish.format.map_or_else(|| ImportFormat::of(&place), Ok)?;
        if wish.take && (format != ImportFormat::Activate || is_input) {
            return Err(Error::usage("--take only works with an activate script")
                .hint("delete the other file once its values are in secrets.toml"));
        }
        if !wish.dry_run {
            let secrets = Secrets::read(&project.secrets).map_err(|error| or_made(project, error))?;
            guard_plain(&secrets)?;
        }
        let editor = Editor::open(project, wait)?;
        let script = wish.take.then(|| locked(&place)).transpose()?;
        let bytes = if is_input {
            let mut bytes = Zeroizing::new(Vec::new());
            io::stdin().read_to_end(&mut bytes).map_err(|error| Error::io("read", &place, &error))?;
            bytes
        } else if wish.file.is_some() {
            // Who names a pipe wants it waited for: venvars import <(…).
            Zeroizing::new(fs::read(&place).map_err(|error| Error::io("read", &place, &error))?)
        } else {
            open::read(&place)?.map(Zeroizing::new).ok_or_else(|| Error::no_file(&place))?
        };
        let text = decoded(&place, &bytes)?;
        let found = import::read(format, &text, &python::run).map_err(|error| error.in_file(&place))?;
        let news: Vec<_> = found.entries.iter().map(new).collect();
        let standings = edit::standings(&editor.secrets, profile, &news);
        let entries = found.entries.into_iter().zip(standings).collect();
        Ok(Self { place, format, entries, left_out: found.left_out, profile, editor, text, script })
    }

    /// The variables that are there with another value.
    #[must_use]
    pub fn changed(&self) -> Vec<&str> {
        let changed = self.entries.iter().filter(|(_, standing)| *standing == Presence::Changed);
        changed.map(|(entry, _)| entry.name.as_str()).collect()
    }

    /// Writes new and changed values, and removes their lines from the script. Equal values are left as they are
    /// written. Returns what the script still sets.
    ///
    /// # Errors
    /// As for [`Editor::set`] and [`Editor::write`].
    pub fn write(mut self) -> Result<Vec<ImportEntry>> {
        let differs = |(entry, standing): &_| (*standing != Presence::Same).then(|| new(entry));
        let news: Vec<_> = self.entries.iter().filter_map(differs).collect();
        self.editor.set(self.profile, &news)?;
        let Some((script, _lock)) = &self.script else { return self.editor.write(None).map(|()| Vec::new()) };
        let names: Vec<Name> = self.entries.iter().map(|(entry, _)| entry.name.clone()).collect();
        let stripped = Zeroizing::new(import::take(&self.text, &names));
        // A mark at the beginning is no part of the text, and stays.
        let beside = Replacement { file: script, content: stripped.as_bytes(), mode: None };
        self.editor.write((*stripped != *self.text).then_some(beside))?;
        let still = import::read(ImportFormat::Activate, &stripped, &python::run).unwrap_or_default();
        Ok(still.entries.into_iter().filter(|entry| names.contains(&entry.name)).collect())
    }
}

/// `bytes`, the content of `place`, as a text: in UTF-8, or in UTF-16 with a byte order mark, as PowerShell 5 writes.
fn decoded(place: &Path, bytes: &[u8]) -> Result<Zeroizing<String>> {
    let utf_16 = |unit: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks(2).map(|pair| pair.try_into().map_or(0xD800, unit));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| "damaged UTF-16")
    };
    let text = match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Err("the encoding is UTF-32"),
        [0xFF, 0xFE, ..] => utf_16(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => utf_16(u16::from_be_bytes),
        _ if bytes.contains(&0) => {
            Err("the encoding is UTF-16 without a byte order mark, or this is not text")
        }
        _ => {
            let text = str::from_utf8(bytes).map(str::to_owned);
            return text.map(Zeroizing::new).map_err(|error| {
                Error::not_utf8(place, bytes, error).adding(" (perhaps Latin-1 or Windows-1252)")
            });
        }
    };
    text.map(Zeroizing::new).map_err(|what| Error::syntax(what).in_file(place).hint("save the file as UTF-8"))
}

/// What a variable is set to.
fn new(entry: &ImportEntry) -> (Name, New) {
    let new = match &entry.value {
        What::Literal(text) => New::text(text),
        What::Template(text) => New::source("template", text),
    };
    (entry.name.clone(), new)
}

/// The file of the project that holds values, if there is one and no more.
fn find(project: &Project) -> Result<PathBuf> {
    let found = importable(project);
    let error = match found[..] {
        [one] => return Ok(project.folder.join(one)),
        [] => Error::missing("no .env and no secrets.py in this project")
            .hint("name the file: venvars import FILE"),
        [one, ..] => Error::usage(format!("found {}", found.join(" and ")))
            .hint(format!("say which: venvars import {one}")),
    };
    Err(error.in_file(&project.folder))
}

/// The names of the files of `project` that are read where none is named.
#[must_use]
pub fn importable(project: &Project) -> Vec<&'static str> {
    [".env", "secrets.py"].into_iter().filter(|file| project.folder.join(file).is_file()).collect()
}

/// The activate script `file` itself, whose venv is locked: one's own, and no link that leads out of it.
fn locked(file: &Path) -> Result<(PathBuf, Lock)> {
    let script = disk::canonical(file).map_err(|_| Error::no_file(file))?;
    let folder = script.parent().and_then(Path::parent).ok_or_else(|| Error::no_file(file))?;
    let venv = Venv::open(folder).map_err(|error| {
        if file.is_symlink() { Error::from(Cause::LeadsOutside).in_file(file) } else { error }
    })?;
    Ok((script, Lock::take(&venv.folder)?))
}
