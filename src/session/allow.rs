//! What a project asks for that runs or reaches outside, and what of it the user has allowed.
//!
//! A repository, a tarball or a colleague can bring such lines. Nothing of them happens before the user has seen
//! them once; a file that only holds values never asks.

mod lines;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::project::Project;
use crate::model::secrets::Secrets;
use crate::model::source::Source;
use crate::model::venv::{self, Venv};
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::message::shown_path;
use crate::words::system::HERE;
use crate::world::disk::{self, owner};
use crate::world::{git, state, trust};

pub use lines::Line;

/// Where what was allowed is remembered, in the folder of [`state`].
const KIND: &str = "allowed";

/// What is remembered of a project.
#[derive(Default, Serialize, Deserialize)]
struct Record {
    project: String,
    lines: Vec<String>,
}

/// What a project asks for.
#[derive(Debug, Clone, Default)]
pub struct Permission {
    /// The lines that can act, each once.
    pub lines: Vec<Line>,
}

impl Permission {
    /// What `project` asks for, with the `secrets` that were read of it, and the `user`'s own for all projects. What
    /// is not allowed of the settings is taken out of them.
    ///
    /// # Errors
    /// What is remembered cannot be read; then nothing is allowed.
    pub fn of(project: &mut Project, secrets: &Secrets, user: Option<&Secrets>) -> (Self, Option<Error>) {
        let mut lines = lines::of(project, Some(secrets), user);
        let acts = !lines.is_empty() && !trust::covers(&project.folder);
        let files = || [Some(&secrets.file), project.settings.file.as_ref()].into_iter().flatten();
        let error = if acts { files().try_for_each(|file| closed(file)).err() } else { None };
        let error = error.or_else(|| judge(&project.folder, &mut lines).err());
        lines::take_out(project, &lines);
        (Self { lines }, error)
    }

    /// The lines that are not allowed.
    pub fn unallowed(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| !line.is_allowed)
    }

    /// Refuses what is not allowed, with every line of it.
    ///
    /// # Errors
    /// There is such a line.
    pub fn require(&self, project: &Project) -> Result<()> {
        refuse(project, self.unallowed())
    }
}

/// Refuses a file that others can change, as what it asks for is theirs then.
fn closed(file: &Path) -> Result<()> {
    let Ok(metadata) = file.metadata() else { return Ok(()) };
    if !owner::others_can_write(&metadata) || !disk::keeps_modes(file) {
        return Ok(());
    }
    let error = Error::refused(
        "other users can write to this file, and it contains lines that run or access something",
    );
    Err(error.in_file(file).hint(format!("chmod go-w {}", shown_path(file))))
}

/// Refuses to go on if there is one of `lines`, none of which is allowed.
fn refuse<'a>(project: &Project, lines: impl Iterator<Item = &'a Line>) -> Result<()> {
    let shown: Vec<String> = lines.map(|line| line.shown(project)).collect();
    if shown.is_empty() {
        return Ok(());
    }
    let error = Error::from(Cause::NotAllowed(shown)).in_file(&project.folder);
    let given = if lines::is_of_settings(project) {
        String::new()
    } else {
        format!(" --secrets {}", shown_path(&project.secrets))
    };
    let folder = shown_path(&project.folder);
    Err(error.hint(format!("review it with: venvars -C {folder}{given} allow")))
}

/// Says of each of `lines` of the project in `folder` whether it is allowed.
fn judge(folder: &Path, lines: &mut [Line]) -> Result<()> {
    // Where nothing can act, nothing is asked.
    if lines.is_empty() {
        return Ok(());
    }
    let is_trusted = trust::covers(folder);
    let known = if is_trusted { Vec::new() } else { remembered(folder)? };
    for line in lines {
        line.is_allowed = is_trusted || known.contains(&line.text);
    }
    Ok(())
}

/// What is allowed in `folder`: there, or in the main working tree of the same repository.
fn remembered(folder: &Path) -> Result<Vec<String>> {
    let mut lines = record(folder)?.lines;
    if let Some(main) = git::linked_to(folder) {
        lines.extend(record(&main)?.lines);
    }
    Ok(lines)
}

fn record(folder: &Path) -> Result<Record> {
    let file = state::place(KIND, folder)?;
    let Some(text) = state::read(&file)? else { return Ok(Record::default()) };
    let damaged = |_| Error::syntax("this is damaged").in_file(&file).hint(HERE.deletion(&file));
    let record: Record = serde_json::from_slice(&text).map_err(damaged)?;
    Ok(if record.project == folder.to_string_lossy() { record } else { Record::default() })
}

/// Remembers that the user allows `lines`, and nothing else, of the project in `folder`.
///
/// # Errors
/// It cannot be written.
pub fn allow<'a>(folder: &Path, lines: impl IntoIterator<Item = &'a Line>) -> Result<()> {
    write(folder, lines.into_iter().map(|line| line.text.clone()).collect())
}

fn write(folder: &Path, lines: Vec<String>) -> Result<()> {
    let record = Record { project: folder.to_string_lossy().into_owned(), lines };
    let text = serde_json::to_vec(&record).map_err(|error| Error::could_not("write JSON", &error.into()))?;
    state::write(&state::place(KIND, folder)?, &text, true)
}

/// Forgets what was allowed of the project in `folder`; tells whether there was anything.
///
/// # Errors
/// It cannot be deleted.
pub fn deny(folder: &Path) -> Result<bool> {
    let file = state::place(KIND, folder)?;
    let doubted = trust::doubt(folder)?;
    match fs::remove_file(&file) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(doubted),
        Err(error) => Err(Error::io("delete", &file, &error)),
    }
}

/// Allows the lines that venvars itself has just written into the secrets of `project`, which were `before`: if all
/// that it read was allowed, and only those lines.
///
/// # Errors
/// What is remembered cannot be read or written.
pub fn renew(project: &Project, before: &Secrets, after: &Secrets) -> Result<()> {
    let known = lines::of(project, Some(before), None);
    let mut new = lines::of(project, Some(after), None);
    new.retain(|line| known.iter().all(|known| known.text != line.text));
    if new.is_empty() || trust::covers(&project.folder) {
        return Ok(());
    }
    let mut all = remembered(&project.folder)?;
    let is_remembered = |line: &Line| all.contains(&line.text);
    if known.iter().all(is_remembered) && !new.iter().all(is_remembered) {
        all.extend(new.into_iter().map(|line| line.text));
        write(&project.folder, all)?;
    }
    Ok(())
}

/// Refuses the `user`'s own secrets file if others can change what it runs or reads.
///
/// # Errors
/// They can.
pub fn require_closed(user: &Secrets) -> Result<()> {
    let is_text = |source: &Source| matches!(source, Source::Literal(_) | Source::Template(_));
    if user.all().all(|definition| is_text(&definition.source)) { Ok(()) } else { closed(&user.file) }
}

/// Refuses a secrets file outside of the project that is not allowed, before reading any of it.
///
/// # Errors
/// It is one.
pub fn require_secrets(project: &Project) -> Result<()> {
    require(project, lines::of_secrets(project).into_iter().collect())
}

/// The venvs of `project`: those `given`, else its own.
///
/// # Errors
/// As for [`venv::of_project`]; or the settings or a link in the project lead to one outside of it, which nobody has
/// allowed.
pub fn venvs(project: &Project, given: &[PathBuf]) -> Result<Vec<Venv>> {
    let venvs = venv::of_project(project, given)?;
    require(project, leading_out(project, &venvs).collect())?;
    Ok(venvs)
}

/// The one of the venvs of `project` that was just created in `folder`; `None` if it is not one of them.
///
/// # Errors
/// As for [`venv::created`] and [`venvs`].
pub fn created(project: &Project, folder: &Path) -> Result<Option<Venv>> {
    let venv = venv::created(project, folder)?;
    require(project, leading_out(project, venv.as_slice()).collect())?;
    Ok(venv)
}

/// The lines of those of `venvs` that only the project names, and that lie outside of it.
fn leading_out(project: &Project, venvs: &[Venv]) -> impl Iterator<Item = Line> {
    let own = venvs.iter().filter(|venv| !venv.is_chosen);
    own.filter_map(|venv| lines::of_venv(project, &venv.folder))
}

/// What the project as it was `found` asks for, and all the links in it that lead to venvs outside of it: what can be allowed.
///
/// # Errors
/// What is remembered cannot be read.
pub fn all(found: &Project, permission: &Permission) -> Result<Vec<Line>> {
    let mut lines = permission.lines.clone();
    let venvs = venv::of_project(found, &[]).unwrap_or_default();
    for line in leading_out(found, &venvs) {
        if lines.iter().all(|known| known.text != line.text) {
            lines.push(line);
        }
    }
    judge(&found.folder, &mut lines)?;
    Ok(lines)
}

/// The public keys that values are encrypted for.
///
/// # Errors
/// They are not allowed.
pub fn recipients(project: &Project) -> Result<&[String]> {
    require(project, lines::of_recipients(project).collect())?;
    Ok(&project.settings.recipients)
}

fn require(project: &Project, mut lines: Vec<Line>) -> Result<()> {
    judge(&project.folder, &mut lines)?;
    refuse(project, lines.iter().filter(|line| !line.is_allowed))
}
