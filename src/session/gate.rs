//! What a hook looks at: whether git is about to commit or push a value.

use std::path::Path;

use crate::engines::search::finding::Findings;
use crate::engines::search::matcher::Matcher;
use crate::model::project::Project;
use crate::session::environment::Files;
use crate::session::hooks::PROJECTS;
use crate::session::ledger;
use crate::session::pushed::Pushed;
use crate::session::scan::staged;
use crate::session::scan::text::in_order;
use crate::session::scan::tree::{self, Homes};
use crate::session::selection::{self, Reason};
use crate::session::sources::{Reach, Sources};
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::world::git;
use crate::world::git::hook::Hook;
use crate::world::git::repository::Repository;

/// What git is about to do, and the projects whose values it must not hold.
pub struct Gate {
    /// The projects of the repository that have secrets.
    pub projects: Vec<Project>,
    /// Whether a project has no secrets here to look for, and should have some.
    pub is_blind: bool,
    repository: Repository,
    /// What is about to be pushed; nothing if something is to be committed.
    pushed: Option<Pushed>,
}

/// What was found of one project's values.
pub struct Look {
    /// What was found, in order.
    pub findings: Findings,
    /// For each of them, whether it lies in a file that holds values because it is to.
    pub are_home: Vec<bool>,
    /// What went wrong with values that could not be had.
    pub errors: Vec<Error>,
    /// How many values were not looked for, because a hook asks nobody.
    pub unasked: usize,
}

impl Gate {
    /// The gate of the repository around `here`, whose `hook` git calls. `address` is what git gives
    /// a pre-push hook second: where the push goes; `secrets` is the file that was asked for.
    ///
    /// # Errors
    /// There is no repository, or a project's settings are not as they have to be.
    pub fn of(here: &Path, hook: Hook, address: Option<&str>, secrets: Option<&Path>) -> Result<Self> {
        let around = Repository::around(here).map(|around| around.at_top().of_hook());
        let repository = around.ok_or_else(|| Error::from(Cause::NoRepository).in_file(here))?;
        let top = repository.folder();
        let pushed = (hook == Hook::PrePush).then(|| Pushed::read(top, address)).transpose()?;
        let main = git::main_worktree(top)?;
        let (mut projects, mut expects) = (Vec::new(), false);
        for below in [String::new()].into_iter().chain(git::settings(top, PROJECTS)?) {
            // A file that git ignores lies in one working tree; its values leak from all of them.
            let tops = [Some(top), main.as_deref()].into_iter().flatten();
            for folder in tops.map(|top| top.join(&below)).filter(|folder| folder.is_dir()) {
                let project = Project::find(&folder, secrets)?;
                expects |=
                    !project.settings.declared.is_empty() || project.folder.join(ledger::FILE).exists();
                if project.secrets.symlink_metadata().is_ok() {
                    projects.push(project);
                    break;
                }
            }
        }
        // Who works on a project without its secrets has none to lose.
        Ok(Self { is_blind: expects && projects.is_empty(), projects, repository, pushed })
    }

    /// Looks for the values of `project`.
    ///
    /// # Errors
    /// The project's files are not as they have to be, or git fails.
    pub fn look(&self, project: &Project, sources: &Sources) -> Result<Look> {
        let files = Files::read(project.clone(), sources)?;
        let selection = selection::of_project(&files, Reach::Quiet)?;
        let matcher = Matcher::new(&selection.known);
        let findings = in_order(match &self.pushed {
            Some(pushed) => pushed.scan(&matcher, &self.repository)?,
            None => staged::scan(&matcher, &self.repository)?,
        });
        let homes = Homes::of(&files);
        let is_home = |file: &Path| homes.has(file) || tree::script_kind(file).is_some();
        let files = findings.findings.iter().map(|finding| self.repository.folder().join(&finding.file));
        Ok(Look {
            are_home: files.map(|file| is_home(&file)).collect(),
            findings,
            errors: selection.errors,
            unasked: selection.left_out.iter().filter(|(_, reason)| *reason == Reason::Unasked).count(),
        })
    }
}
