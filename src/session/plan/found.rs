//! The activate scripts of some venvs as they are, and what is to become of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zeroize::Zeroizing;

use crate::engines::shell::Shell;
use crate::engines::shell::block::{self, Blocks, Content, LeftOut};
use crate::engines::shell::script::{Note, Script, ScriptKind, Unfit};
use crate::model::venv::Venv;
use crate::session::plan::Plan;
use crate::session::plan::file::{FileState, FoundFile, Goal, PlannedFile};
use crate::session::plan::script::{PlannedScript, Wanted};
use crate::words::error::{Error, Result};
use crate::words::message::shown_path;
use crate::words::profile::Choice;
use crate::world::disk;
use crate::world::threads::{cores, side_by_side};

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
    found: FoundFile,
    script: Script,
}

impl Scripts {
    /// Reads the scripts of `shells` (all, if empty) in `venvs`.
    ///
    /// # Errors
    /// A venv has no scripts, or its folder cannot be read. What is wrong with one script is its
    /// [`FileState`] in the plan.
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
        let found = FoundFile::read(&self.file, &self.folder)?;
        let script = Script::parse(self.kind, &found.content).map_err(|unfit| unfit.about(&self.file))?;
        Ok(Read { found, script })
    }

    fn plan(self, blocks: &Blocks, wanted: &Wanted) -> PlannedScript {
        let Self { venv, file, kind, read, .. } = self;
        let note = read.as_ref().map(|read| read.script.note().clone()).unwrap_or_default();
        let read = read.and_then(|read| read.unless_another_project(&file, wanted));
        let planned = match read.map(|read| read.goal(kind, blocks, wanted)) {
            Ok(Ok((found, goal))) => PlannedFile::new(file, venv, found, goal),
            Ok(Err(Unfit::Obsolete(why))) => {
                PlannedFile::unchanged(file, venv, FileState::LeftAlone(why.to_owned()))
            }
            Ok(Err(unfit)) => {
                let error = unfit.about(&file);
                PlannedFile::unchanged(file, venv, FileState::Broken(error))
            }
            Err(error) => PlannedFile::unchanged(file, venv, FileState::Broken(error)),
        };
        PlannedScript { file: planned, kind, shell: kind.shell(), note }
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
        // Once per venv, whose scripts are alike.
        let venv = file.ancestors().nth(2).unwrap_or(file);
        Err(error.in_file(venv).hint(format!(
            "venvars -C {} remove removes them; venvars apply --force replaces them",
            shown_path(other)
        )))
    }

    /// The script as it is, and what it is to be.
    fn goal(self, kind: ScriptKind, blocks: &Blocks, wanted: &Wanted) -> Result<(FoundFile, Goal), Unfit> {
        let Self { found, script } = self;
        let mode_before = script.note().mode.or(found.mode.filter(|mode| mode & 0o077 != 0));
        let is_to_hold = !blocks.data.is_empty()
            && kind.holds_values()
            && matches!(wanted.content, Content::Embedded { .. });
        let note = Note {
            project: wanted.project.clone(),
            mode: mode_before.filter(|_| is_to_hold),
            profile: wanted.profile.text().map(str::to_owned),
            is_live: matches!(wanted.content, Content::Live(_)),
        };
        let goal = Goal {
            content: Zeroizing::new(script.with_blocks(blocks, &note)?),
            mode: if is_to_hold {
                found.mode.map(|mode| mode & 0o700)
            } else {
                script.note().mode.or(found.mode)
            },
            is_applied: script.is_applied(),
            made_of: wanted.content.changed().filter(|_| is_to_hold),
        };
        Ok((found, goal))
    }
}

impl Content {
    /// When the secrets that it is from were changed.
    fn changed(&self) -> Option<SystemTime> {
        let Self::Embedded { secrets: Some(secrets), .. } = self else {
            return None;
        };
        fs::metadata(secrets).ok()?.modified().ok()
    }
}
