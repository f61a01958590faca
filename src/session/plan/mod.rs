//! What would become of every script: all of it known before the first byte is written.

mod outcome;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zeroize::Zeroizing;

use crate::engines::shell::Shell;
use crate::engines::shell::block::{self, Blocks, Content, LeftOut};
use crate::engines::shell::script::{Note, Script, ScriptKind, Unfit};
use crate::model::venv::Venv;
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::message::shown_path;
use crate::words::profile::Choice;
use crate::words::variable::Variable;
use crate::world::disk::{self, owner};
use crate::world::threads::{cores, side_by_side};

pub use outcome::Delta;

/// How a script stands to what it should be.
#[derive(Debug)]
pub enum ScriptState {
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
}

/// One script.
pub struct Planned {
    /// Its path inside the venv's folder as it was named.
    pub file: PathBuf,
    /// The file that it leads to, if it is a symbolic link.
    target: PathBuf,
    kind: ScriptKind,
    /// The shell that reads it.
    pub shell: Shell,
    /// Which of the venvs it belongs to.
    pub venv: usize,
    /// What its block notes, as it is now.
    pub note: Note,
    /// How it stands.
    pub state: ScriptState,
    /// What is to change; nothing unless the state is out of date or not applied.
    pub change: Option<Change>,
    /// When the secrets were changed, if that was after the script was, and its content is right all
    /// the same: else it would go on saying that it is older.
    refresh: Option<SystemTime>,
}

/// Every script of every venv.
pub struct Plan {
    /// By venv and name.
    pub scripts: Vec<Planned>,
    /// What the shells of these scripts cannot hold.
    pub left_out: Vec<LeftOut>,
    /// The folders of the venvs, as they were named.
    pub venvs: Vec<PathBuf>,
}

/// What the scripts of one venv are to do.
pub struct Wanted {
    /// What goes into the blocks.
    pub content: Content,
    /// The project's folder, which the blocks remember.
    pub project: PathBuf,
    /// The profile that was asked for, which the blocks remember.
    pub profile: Choice,
    /// Whether they take the place of another project's.
    pub takes_over: bool,
}

/// The scripts of some venvs as they are, taken apart.
pub struct Scripts {
    /// By venv, in the order of the venvs, and name.
    found: Vec<FoundScript>,
    venvs: Vec<PathBuf>,
}

/// A script that is there.
struct FoundScript {
    /// Which of the venvs it belongs to.
    venv: usize,
    /// That venv's folder without links.
    folder: PathBuf,
    file: PathBuf,
    kind: ScriptKind,
    read: Result<Read>,
}

/// What was read of a script.
struct Read {
    /// The file that it leads to, if it is a symbolic link.
    target: PathBuf,
    before: Zeroizing<Vec<u8>>,
    mode: Option<u32>,
    modified: Option<SystemTime>,
    script: Script,
}

/// See [`Planned::state`], [`Planned::change`] and [`Planned::refresh`].
type Compared = (ScriptState, Option<Change>, Option<SystemTime>);

impl Scripts {
    /// Reads the scripts of `shells` (all, if empty) in `venvs`.
    ///
    /// # Errors
    /// A venv has no scripts, or its folder cannot be read. What is wrong with one script is its
    /// [`ScriptState`] in the plan.
    pub fn read(venvs: &[Venv], shells: &[Shell]) -> Result<Self> {
        let mut found = Vec::new();
        for (index, venv) in venvs.iter().enumerate() {
            let before = found.len();
            scripts(index, venv, &mut found)?;
            if found.len() == before {
                return Err(Error::missing("this virtual environment has no activate scripts")
                    .in_file(&venv.folder)
                    .hint("recreate the virtual environment"));
            }
        }
        found.retain(|found| shells.is_empty() || shells.contains(&found.kind.shell()));
        let threads = threads(found.len());
        let read = |found: FoundScript| FoundScript { read: found.read(), ..found };
        let venvs = venvs.iter().map(|venv| venv.folder.clone()).collect();
        Ok(Self { found: side_by_side(found, threads, read), venvs })
    }

    /// How many venvs they are of.
    #[must_use]
    pub fn venvs(&self) -> usize {
        self.venvs.len()
    }

    /// The profile that the scripts of the venv at `index` remember.
    #[must_use]
    pub fn profile(&self, index: usize) -> Choice {
        let noted = |script: &Script| script.note().profile.as_deref()?.parse().ok();
        self.scripts(index).find_map(noted).unwrap_or_default()
    }

    /// The scripts that cannot be taken apart: half a block is in one, or it cannot be read.
    pub fn broken(&self) -> impl Iterator<Item = &Path> {
        self.found.iter().filter(|found| found.read.is_err()).map(|found| found.file.as_path())
    }

    /// The scripts that hold values, of the venv at `index`.
    pub fn holding(&self, index: usize) -> impl Iterator<Item = &Path> {
        let own = self.found.iter().filter(move |found| found.venv == index && found.kind.holds_values());
        let holds = |found: &&FoundScript| {
            found.read.as_ref().is_ok_and(|read| read.script.is_applied() && !read.script.note().is_live)
        };
        own.filter(holds).map(|found| found.file.as_path())
    }

    /// Whether any script of the venv at `index` has blocks.
    #[must_use]
    pub fn is_applied(&self, index: usize) -> bool {
        self.scripts(index).any(Script::is_applied)
    }

    fn scripts(&self, index: usize) -> impl Iterator<Item = &Script> {
        let own = self.found.iter().filter(move |found| found.venv == index);
        own.filter_map(|found| found.read.as_ref().ok()).map(|read| &read.script)
    }

    /// Plans what becomes of every script; `wanted` has what each venv's are to do.
    ///
    /// # Errors
    /// As for [`block::render`].
    pub fn plan(self, wanted: &[Wanted]) -> Result<Plan> {
        let mut rendered = BTreeMap::new();
        let mut left_out = Vec::new();
        for found in &self.found {
            if let (Entry::Vacant(vacant), Some(wanted)) =
                (rendered.entry((found.venv, found.kind.shell())), wanted.get(found.venv))
            {
                let (blocks, out) = block::render(found.kind.shell(), &wanted.content);
                vacant.insert((blocks, wanted));
                left_out.extend(out);
            }
        }
        // The same is told of several venvs once.
        left_out.sort_by(|one: &LeftOut, other| (one.shell, &one.name).cmp(&(other.shell, &other.name)));
        left_out.dedup();
        let threads = threads(self.found.len());
        let planned = side_by_side(self.found, threads, |found| {
            let (blocks, wanted) = rendered.get(&(found.venv, found.kind.shell()))?;
            Some(found.plan(blocks, wanted))
        });
        Ok(Plan { scripts: planned.into_iter().flatten().collect(), left_out, venvs: self.venvs })
    }
}

/// On how many threads `scripts` of them are read: to start one takes longer than to read those of two venvs.
fn threads(scripts: usize) -> usize {
    if scripts <= 20 { 1 } else { cores() }
}

/// The scripts of `venv`, by name.
fn scripts(index: usize, venv: &Venv, found: &mut Vec<FoundScript>) -> Result<()> {
    let real = disk::canonical(&venv.folder).map_err(|error| Error::io("open", &venv.folder, &error))?;
    for folder in venv.script_folders() {
        let unreadable = |error| Error::io("read", &folder, &error);
        let first = found.len();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            if let Some(kind) = name.to_str().and_then(ScriptKind::of) {
                let file = folder.join(name);
                let read = Err(Error::internal("this was not read").in_file(&file));
                found.push(FoundScript { venv: index, folder: real.clone(), file, kind, read });
            }
        }
        found[first..].sort_by(|one, other| one.file.cmp(&other.file));
    }
    Ok(())
}

impl FoundScript {
    fn read(&self) -> Result<Read> {
        let target = self.target()?;
        let failed = |error| Error::io("read", &self.file, &error);
        let before = owner::read(&target)?.map(Zeroizing::new).ok_or_else(|| Error::no_file(&self.file))?;
        let metadata = fs::metadata(&target).map_err(failed)?;
        let script = Script::parse(self.kind, &before).map_err(|unfit| unfit.about(&self.file))?;
        Ok(Read { target, before, mode: disk::mode(&metadata), modified: metadata.modified().ok(), script })
    }

    fn plan(self, blocks: &Blocks, wanted: &Wanted) -> Planned {
        let Self { venv, file, kind, read, .. } = self;
        let (target, note) = match &read {
            Ok(read) => (read.target.clone(), read.script.note().clone()),
            Err(_) => (file.clone(), Note::default()),
        };
        let read = read.and_then(|read| read.unless_another_project(&file, wanted));
        let (state, change, refresh) = match read.map(|read| read.compare(kind, blocks, wanted)) {
            Ok(Ok(compared)) => compared,
            Ok(Err(Unfit::Obsolete(why))) => (ScriptState::LeftAlone(why.to_owned()), None, None),
            Ok(Err(unfit)) => (ScriptState::Broken(unfit.about(&file)), None, None),
            Err(error) => (ScriptState::Broken(error), None, None),
        };
        Planned { file, target, kind, shell: kind.shell(), venv, note, state, change, refresh }
    }

    /// The regular file that the script is; a link is followed only to a file inside the venv.
    fn target(&self) -> Result<PathBuf> {
        let failed = |error| Error::io("open", &self.file, &error);
        // The folder of the scripts can be the link as well as the script.
        let target = disk::canonical(&self.file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                Error::missing("broken link").in_file(&self.file).hint("recreate the virtual environment")
            }
            _ => failed(error),
        })?;
        if target.starts_with(&self.folder) {
            Ok(if self.file.is_symlink() { target } else { self.file.clone() })
        } else {
            Err(Error::from(Cause::LeadsOutside).in_file(&self.file).hint("recreate the virtual environment"))
        }
    }
}

impl Read {
    /// Refuses a script that holds what another project, which is there still, has put into it.
    fn unless_another_project(self, file: &Path, wanted: &Wanted) -> Result<Self> {
        let other = &self.script.note().project;
        let is_there = |name: &str| other.join(name).exists();
        let is_other = self.script.is_applied()
            && !other.as_os_str().is_empty()
            && *other != wanted.project
            && disk::real(other) != disk::real(&wanted.project)
            && ["secrets.toml", "venvars.toml", "pyproject.toml"].into_iter().any(is_there);
        if !is_other || wanted.takes_over {
            return Ok(self);
        }
        let error =
            Error::conflict(format!("this contains the variables of another project, {}", other.display()));
        Err(error.in_file(file).hint(format!(
            "venvars -C {} remove removes them; venvars apply --force replaces them",
            shown_path(other)
        )))
    }

    /// How the script stands, what is to change, and when the secrets were changed, if that is to be told.
    fn compare(self, kind: ScriptKind, blocks: &Blocks, wanted: &Wanted) -> Result<Compared, Unfit> {
        let Self { before, mode, script, modified, .. } = self;
        let mode_before = script.note().mode.or(mode.filter(|mode| mode & 0o077 != 0));
        let applied = !blocks.data.is_empty();
        let holds_values =
            applied && kind.holds_values() && matches!(wanted.content, Content::Embedded { .. });
        let note = Note {
            project: wanted.project.clone(),
            mode: mode_before.filter(|_| holds_values),
            profile: wanted.profile.text().map(str::to_owned),
            is_live: matches!(wanted.content, Content::Live(_)),
        };
        let after = Zeroizing::new(script.with_blocks(blocks, &note)?);
        let wanted_mode =
            if holds_values { mode.map(|mode| mode & 0o700) } else { script.note().mode.or(mode) };
        let mode_change = wanted_mode.filter(|_| wanted_mode != mode);
        if after == before && mode_change.is_none() {
            let refresh = wanted.content.newer_than(modified).filter(|_| holds_values);
            return Ok((ScriptState::InSync, None, refresh));
        }
        let change = Change { before, after, mode: mode_change };
        let state = if script.is_applied() { ScriptState::OutOfDate } else { ScriptState::NotApplied };
        Ok((state, Some(change), None))
    }
}

impl Content {
    /// The variables that a script is to hold; none that it asks for.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        match self {
            Self::Embedded { variables, .. } => variables,
            Self::Nothing | Self::Live(_) => &[],
        }
    }

    /// When the secrets that it is from were changed, if that was after `script`.
    fn newer_than(&self, script: Option<SystemTime>) -> Option<SystemTime> {
        let Self::Embedded { secrets: Some(secrets), .. } = self else {
            return None;
        };
        let secrets = fs::metadata(secrets).ok()?.modified().ok()?;
        (secrets > script?).then_some(secrets)
    }
}
