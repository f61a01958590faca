//! What would become of every script: all of it known before the first byte is written.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;

use zeroize::Zeroizing;

use crate::block::{self, Blocks, LeftOut};
use crate::disk::replace::{self, Replacement};
use crate::error::{Error, Position, Result};
use crate::script::{Kind, Script, Unfit};
use crate::secrets::Variable;
use crate::shell::{Shell, hold};
use crate::venv::Venv;

/// How a script stands to what it should be.
#[derive(Debug)]
pub enum State {
    /// It is just that.
    InSync,
    /// It has blocks, but others.
    OutOfDate,
    /// It has no blocks and should have some.
    NotApplied,
    /// It cannot be changed, and why.
    Broken(Error),
    /// It is left alone, and why.
    LeftAlone(String),
}

/// A script's new content.
pub struct Change {
    /// What is there now.
    pub before: Zeroizing<Vec<u8>>,
    /// What is to be there.
    pub after: Zeroizing<Vec<u8>>,
    /// The permissions to set, where they are to change.
    pub mode: Option<u32>,
    /// Whether the script has a signature, which is void from now on.
    pub voids_signature: bool,
}

/// Stands for a value that is not shown, whatever its length.
pub const MASK: &str = "••••••••";
/// Stands for a value that is to be replaced by another.
const OLD_MASK: &str = "•••••••• (the old value)";

/// One script.
pub struct Planned {
    /// Its path inside the venv's folder as it was named.
    pub file: PathBuf,
    /// The file that it leads to, if it is a symbolic link.
    target: PathBuf,
    kind: Kind,
    /// The shell that reads it.
    pub shell: Shell,
    /// How it stands.
    pub state: State,
    /// What is to change; nothing unless the state is out of date or not applied.
    pub change: Option<Change>,
}

/// Every script of every venv.
pub struct Plan {
    /// By venv and name.
    pub scripts: Vec<Planned>,
    /// What the shells of these scripts cannot hold.
    pub left_out: Vec<LeftOut>,
}

/// Plans to put `variables` into the scripts of `shells` (all, if empty) in `venvs`. No variables
/// means no blocks.
///
/// # Errors
/// A venv has no scripts, or its folder cannot be read. What is wrong with one script is its
/// [`State`].
pub fn plan(venvs: &[Venv], variables: &[Variable], shells: &[Shell]) -> Result<Plan> {
    let wanted = |shell| shells.is_empty() || shells.contains(&shell);
    let mut found = Vec::new();
    for venv in venvs {
        let before = found.len();
        scripts(venv, &mut found)?;
        if found.len() == before {
            return Err(Error::new("this virtual environment has no activate scripts")
                .in_file(&venv.folder)
                .hint("make the venv anew"));
        }
    }
    found.retain(|found| wanted(found.kind.shell()));
    let mut rendered = BTreeMap::new();
    let mut left_out = Vec::new();
    for Found { kind, .. } in &found {
        if let Entry::Vacant(vacant) = rendered.entry(kind.shell()) {
            let (blocks, out) = block::render(kind.shell(), variables)?;
            vacant.insert(blocks);
            left_out.extend(out);
        }
    }
    let share = found.len().div_ceil(thread::available_parallelism().map_or(1, usize::from)).max(1);
    let rendered = &rendered;
    let scripts = thread::scope(|scope| {
        let workers: Vec<_> = found
            .chunks(share)
            .map(|found| {
                scope.spawn(move || {
                    found.iter().map(|found| found.plan(&rendered[&found.kind.shell()])).collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    Ok(Plan { scripts, left_out })
}

/// A script that is there.
struct Found {
    /// The venv's folder without links.
    venv: PathBuf,
    file: PathBuf,
    kind: Kind,
}

/// The scripts of `venv`, by name.
fn scripts(venv: &Venv, found: &mut Vec<Found>) -> Result<()> {
    let real = fs::canonicalize(&venv.folder).map_err(|error| Error::io("open", &venv.folder, &error))?;
    for folder in venv.script_folders() {
        let unreadable = |error| Error::io("read", &folder, &error);
        let first = found.len();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            if let Some(kind) = name.to_str().and_then(Kind::of) {
                let file = folder.join(name);
                found.push(Found { venv: real.clone(), file, kind });
            }
        }
        found[first..].sort_by(|one, other| one.file.cmp(&other.file));
    }
    Ok(())
}

impl Found {
    fn plan(&self, blocks: &Blocks) -> Planned {
        let mut planned = Planned {
            file: self.file.clone(),
            target: self.file.clone(),
            kind: self.kind,
            shell: self.kind.shell(),
            state: State::InSync,
            change: None,
        };
        match self.compare(blocks) {
            Ok((target, state, change)) => {
                planned.target = target;
                planned.state = state;
                planned.change = change;
            }
            Err(error) => planned.state = State::Broken(error),
        }
        planned
    }

    fn compare(&self, blocks: &Blocks) -> Result<(PathBuf, State, Option<Change>)> {
        let target = self.target()?;
        let before =
            fs::read(&target).map(Zeroizing::new).map_err(|error| Error::io("read", &self.file, &error))?;
        let mode = mode(&target)?;
        let script = match Script::parse(self.kind, &before) {
            Ok(script) => script,
            Err(unfit) => return Err(self.unfit(&unfit)),
        };
        let mode_before = script.mode_before().or(mode.filter(|mode| mode & 0o077 != 0));
        let applied = !blocks.export.is_empty();
        let holds_values = applied && self.kind.holds_values();
        let after = match script.with_blocks(blocks, mode_before.filter(|_| holds_values)) {
            Ok(after) => Zeroizing::new(after),
            Err(Unfit::Obsolete(why)) => return Ok((target, State::LeftAlone(why.to_owned()), None)),
            Err(unfit) => return Err(self.unfit(&unfit)),
        };
        let wanted = if holds_values { mode.map(|mode| mode & 0o700) } else { mode_before.or(mode) };
        let mode_change = wanted.filter(|_| wanted != mode);
        if after == before && mode_change.is_none() {
            return Ok((target, State::InSync, None));
        }
        let state = if script.is_applied() { State::OutOfDate } else { State::NotApplied };
        let voids_signature = applied && !script.is_applied() && script.is_signed();
        let change = Change { before, after, mode: mode_change, voids_signature };
        Ok((target, state, Some(change)))
    }

    fn unfit(&self, unfit: &Unfit) -> Error {
        let error = Error::new(unfit.to_string()).in_file(&self.file).hint(unfit.hint());
        match unfit.line() {
            Some(line) => error.at(Position { line, column: 1 }),
            None => error,
        }
    }

    /// The regular file that the script is; a link is followed only to a file inside the venv.
    fn target(&self) -> Result<PathBuf> {
        let failed = |error| Error::io("open", &self.file, &error);
        let target = if self.file.is_symlink() {
            let target = fs::canonicalize(&self.file).map_err(|error| match error.kind() {
                ErrorKind::NotFound => Error::new("this is a link that leads nowhere")
                    .in_file(&self.file)
                    .hint("make the venv anew"),
                _ => failed(error),
            })?;
            if !target.starts_with(&self.venv) {
                return Err(Error::new("this is a link to a file outside of the virtual environment")
                    .in_file(&self.file)
                    .hint("make the venv anew"));
            }
            target
        } else {
            self.file.clone()
        };
        // Asked before it is opened: opening a fifo would wait for a writer.
        if fs::metadata(&target).map_err(failed)?.is_file() {
            Ok(target)
        } else {
            Err(Error::new("this is no regular file").in_file(&self.file).hint("make the venv anew"))
        }
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have no modes")]
fn mode(file: &Path) -> Result<Option<u32>> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(file).map_err(|error| Error::io("read", file, &error))?;
    Ok(Some(metadata.mode() & 0o7777))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the same form on every system")]
fn mode(_file: &Path) -> Result<Option<u32>> {
    Ok(None)
}

impl Planned {
    /// The script as it is and as it would be, with every value masked; nothing if nothing would
    /// change. `variables` are those of the plan.
    ///
    /// # Errors
    /// As for [`plan`].
    pub fn masked(&self, variables: &[Variable]) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        let Some(change) = &self.change else {
            return Ok(None);
        };
        let unfit = |unfit: Unfit| Error::new(unfit.to_string()).in_file(&self.file);
        let script = Script::parse(self.kind, &change.before).map_err(unfit)?;
        let masks = |names: Vec<(&str, &str)>| -> Result<Vec<u8>> {
            let masked: Vec<Variable> =
                names.into_iter().filter_map(|(name, mask)| Variable::masked(name, mask)).collect();
            let (blocks, _) = block::render(self.shell, &masked)?;
            script.with_blocks(&blocks, None).map_err(unfit)
        };
        let old = script.export_block();
        let before = script
            .names()
            .map(|name| {
                let same = variables.iter().any(|variable| {
                    variable.name.as_str() == name
                        && old.contains(&self.shell.literal(variable.value.reveal()))
                });
                (name, if same { MASK } else { OLD_MASK })
            })
            .collect();
        let after = variables
            .iter()
            .filter(|variable| hold::refusal(self.shell, variable).is_none())
            .map(|variable| (variable.name.as_str(), MASK))
            .collect();
        Ok(Some((masks(before)?, masks(after)?)))
    }
}

impl Plan {
    /// Whether carrying it out would change anything.
    #[must_use]
    pub fn changes_anything(&self) -> bool {
        self.scripts.iter().any(|script| script.change.is_some())
    }

    /// What is wrong with scripts that cannot be changed.
    pub fn errors(&self) -> impl Iterator<Item = &Error> {
        self.scripts.iter().filter_map(|script| match &script.state {
            State::Broken(error) => Some(error),
            _ => None,
        })
    }

    /// Writes every change.
    ///
    /// # Errors
    /// One could not be written; then nothing is changed.
    pub fn carry_out(&self) -> Result<()> {
        let replacements: Vec<_> = self
            .scripts
            .iter()
            .filter_map(|script| {
                let change = script.change.as_ref()?;
                Some(Replacement { file: &script.target, content: &change.after, mode: change.mode })
            })
            .collect();
        replace::all(&replacements)
    }
}
