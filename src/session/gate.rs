//! What a hook looks at: whether git is about to commit or push a value.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::engines::search::finding::Findings;
use crate::engines::search::matcher::Matcher;
use crate::model::project::{Declared, Project, Settings};
use crate::session::backups::Backups;
use crate::session::environment::Files;
use crate::session::hooks::PROJECTS;
use crate::session::ledger;
use crate::session::pushed::Pushed;
use crate::session::scan::staged;
use crate::session::scan::text::in_order;
use crate::session::scan::tree::{self, Homes};
use crate::session::selection;
use crate::session::sources::{Reach, Sources};
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::message::one_line;
use crate::words::name::Name;
use crate::world::disk;
use crate::world::git;
use crate::world::git::hook::Hook;
use crate::world::git::repository::Repository;
use crate::world::variables;

/// What git is about to do, and the projects whose values it must not hold.
pub struct Gate {
    /// The projects of the repository that have secrets.
    pub projects: Vec<Project>,
    /// Whether a project has no secrets here to look for, and should have some.
    pub is_blind: bool,
    repository: Repository,
    /// What is about to be pushed; [`None`] if something is to be committed.
    pushed: Option<Pushed>,
}

/// What was found of one project's values.
pub struct Look {
    /// The project's files.
    pub files: Files,
    /// The findings, in order.
    pub findings: Findings,
    /// For each of them, whether it lies in a file meant to hold values.
    pub are_home: Vec<bool>,
    /// Why some values were not available.
    pub errors: Vec<Error>,
    /// How many values were not searched for, because a hook cannot ask.
    pub unasked: usize,
    /// What a commit of changed settings would exclude from the search.
    pub taken_out: Vec<String>,
}

impl Gate {
    /// The gate of the repository around `here`, whose `hook` git calls. `address` is what git gives
    /// a pre-push hook second: where the push goes; `secrets` is the file that was asked for.
    ///
    /// # Errors
    /// There is no repository, or a project's settings are not valid.
    pub fn of(here: &Path, hook: Hook, address: Option<&str>, secrets: Option<&Path>) -> Result<Self> {
        // With `--git-dir` a push may be started in any folder, also in another repository.
        let named = variables::raw("GIT_DIR").and_then(|_| git::top_of_hook(here));
        let around =
            Repository::around(named.as_deref().unwrap_or(here)).map(|around| around.at_top().of_hook());
        let repository = around.ok_or_else(|| Error::from(Cause::NoRepository).in_file(here))?;
        let top = repository.folder();
        let pushed = (hook == Hook::PrePush).then(|| Pushed::read(top, address)).transpose()?;
        let mut gate = Self { projects: Vec::new(), is_blind: false, repository: repository.clone(), pushed };
        let mut expects = false;
        let mut around = Some(top.to_owned());
        // The values of a project leak from its submodules too.
        while let Some(top) = around {
            let main = git::main_worktree(&top)?;
            let inside = Repository::around(&top).map_or_else(|| repository.clone(), Repository::at_top);
            for below in [String::new()].into_iter().chain(git::settings(&top, PROJECTS)?) {
                // A file that git ignores lies in one working tree; its values leak from all of them.
                let tops = [Some(&*top), main.as_deref()].into_iter().flatten();
                let mut usual = Vec::new();
                for folder in tops.map(|top| top.join(&below)).filter(|folder| folder.is_dir()) {
                    let project = Project::find(&folder, secrets)?;
                    expects |=
                        !project.settings.declared.is_empty() || project.folder.join(ledger::FILE).exists();
                    if secrets.is_some() {
                        gate.add(&project, [project.secrets.clone()].into(), |file| {
                            is_there(file) || has_backups(file)
                        });
                    }
                    let committed = settings_in(&inside, "HEAD", &top.join(&below));
                    usual.push((usual_files(&project, &folder, committed), project));
                }
                // Whoever has lost the file still has its values in other places; its backups have them, if no
                // working tree has the file.
                for is_known in [is_there, has_backups] {
                    if usual.iter().any(|(files, project)| gate.add(project, files.clone(), is_known)) {
                        break;
                    }
                }
            }
            around = git::superproject(&top)?.filter(|outer| *outer != top);
        }
        // Without secrets there is nothing to leak.
        gate.is_blind = expects && gate.projects.is_empty();
        Ok(gate)
    }

    /// Adds `project` for each of the secrets `files` that `is_known`; tells whether there is any.
    fn add(&mut self, project: &Project, mut files: Vec<PathBuf>, is_known: impl Fn(&Path) -> bool) -> bool {
        files.retain(|file| is_known(file));
        let is_any = !files.is_empty();
        for secrets in files {
            if self.projects.iter().all(|known| disk::real(&known.secrets) != disk::real(&secrets)) {
                self.projects.push(Project { secrets, ..project.clone() });
            }
        }
        is_any
    }

    /// What a commit of changed settings would exclude from the search for the values of `files`.
    fn taken_out(&self, files: &Files) -> Result<Vec<String>> {
        let top = self.repository.folder();
        let changed = files.project.folder.strip_prefix(top).ok().and_then(|below| {
            let [one, other] = ["venvars.toml", "pyproject.toml"].map(|name| below.join(name));
            let changed =
                ["diff-index", "--cached", "--name-only", "HEAD", "--", one.to_str()?, other.to_str()?];
            self.repository.output(&changed, b"").ok()
        });
        if changed.is_none_or(|changed| changed.is_empty()) {
            return Ok(Vec::new());
        }
        let settings = |tree| settings_in(&self.repository, tree, &files.project.folder).unwrap_or_default();
        let (before, after) = (settings("HEAD"), settings(""));
        let mut told = Vec::new();
        let shown = |settings: &Settings| match &settings.secrets {
            Some(file) => one_line(&file.to_string_lossy()),
            None => "secrets.toml".to_owned(),
        };
        if shown(&before) != shown(&after) {
            told.push(format!("the secrets file is {} instead of {}", shown(&after), shown(&before)));
        }
        let names = |settings: Settings| -> Result<BTreeSet<Name>> {
            let project = Project { settings, ..files.project.clone() };
            let selection = selection::of_project(&Files { project, ..files.clone() }, Reach::Quiet)?;
            Ok(selection.known.into_iter().map(|known| known.name).collect())
        };
        let (before, after) = (names(before)?, names(after)?);
        told.extend(before.difference(&after).map(|name| format!("{name} is no longer searched for")));
        Ok(told)
    }

    /// Looks for the values of `project`.
    ///
    /// # Errors
    /// The project's files are not valid, or git fails.
    pub fn look(&self, project: &Project, sources: &Sources) -> Result<Look> {
        let (mut files, mut errors) = Files::read_in_part(project.clone(), sources);
        if is_there(&project.secrets) {
            Error::all(std::mem::take(&mut errors))?;
        } else {
            // The backups have what the file said.
            errors.retain(|error| !error.is_same(&Error::no_file(&project.secrets)));
        }
        distrust(&mut files);
        let selection = selection::of_project(&files, Reach::Quiet)?;
        errors.extend(selection.errors);
        let matcher = Matcher::new(&selection.known);
        let findings = in_order(match &self.pushed {
            Some(pushed) => pushed.scan(&matcher, &self.repository)?,
            None => staged::scan(&matcher, &self.repository)?,
        });
        let taken_out = if self.pushed.is_some() { Vec::new() } else { self.taken_out(&files)? };
        let homes = Homes::of(&files);
        let is_home = |file: &Path| homes.has(file) || tree::script_kind(file).is_some();
        let paths = findings.findings.iter().map(|finding| self.repository.folder().join(&finding.file));
        let are_home = paths.map(|file| is_home(&file)).collect();
        Ok(Look {
            are_home,
            files,
            findings,
            taken_out,
            errors,
            unasked: selection.left_out.iter().filter(|(_, reason)| reason.is_unasked()).count(),
        })
    }
}

/// The secrets files of `project`, which was found from `folder`: the one that its settings name, the one that the
/// `committed` ones name, and the usual one. What is staged beside a value does not have it looked for elsewhere.
fn usual_files(project: &Project, folder: &Path, committed: Option<Settings>) -> Vec<PathBuf> {
    let named = project.settings.secrets.iter().map(|secrets| project.folder.join(secrets));
    let before = committed.and_then(|settings| settings.secrets).map(|secrets| folder.join(secrets));
    let usual = [&*project.folder, folder].map(|folder| folder.join("secrets.toml"));
    named.chain(before).chain(usual).collect()
}

/// Takes out of the settings of `files` the values that are in them and not in those of the last commit: whoever
/// stages a value there does not stop the search for it. A literal that is still there was allowed.
fn distrust(files: &mut Files) {
    let Files { project, secrets, .. } = files;
    let is_listed =
        |one: &Declared, text: &str| one.choices.iter().chain(&one.example).any(|has| has == text);
    let declared = &mut project.settings.declared;
    if declared.values().all(|one| one.choices.is_empty() && one.example.is_none()) {
        return;
    }
    let repository = Repository::around(&project.folder).map(Repository::at_top);
    let committed = repository.and_then(|repository| settings_in(&repository, "HEAD", &project.folder));
    for one in declared.values_mut() {
        let before = committed.as_ref().and_then(|before| before.declaration(one.name.as_str()));
        let literals =
            || secrets.all().filter(|has| has.name == one.name).filter_map(|has| has.source.literal());
        let is_known = |text: &str| {
            before.is_some_and(|before| is_listed(before, text))
                || literals().any(|has| has.trim() == text.trim())
        };
        one.choices.retain(|text| is_known(text));
        one.example = one.example.take().filter(|text| is_known(text));
    }
}

/// Whether `file` has backups, or may have: what cannot be read is told when it is looked at.
fn has_backups(file: &Path) -> bool {
    Backups::of(file).map_or(true, |backups| !backups.all().is_empty())
}

/// Whether there is a file, or a link that leads nowhere.
fn is_there(file: &Path) -> bool {
    file.symlink_metadata().is_ok()
}

/// The settings of `folder` in the last commit (`HEAD`) or in the index ("") of `repository`, if there are any that
/// can be read.
fn settings_in(repository: &Repository, tree: &str, folder: &Path) -> Option<Settings> {
    let read = |file: &Path| {
        let file = file.strip_prefix(repository.folder()).ok();
        Ok(file.and_then(|file| repository.text_in(tree, file).ok()))
    };
    Project::settings_of(folder, read).ok().flatten()
}
