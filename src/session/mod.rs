//! This project, now: what its files and the world around it come to.

pub mod allow;
pub mod apply;
pub mod backups;
mod common;
pub mod completions;
pub mod doctor;
pub mod editor;
pub mod environment;
pub mod explain;
pub mod exposure;
pub mod gate;
pub mod heroku;
pub mod hooks;
pub mod ignore;
pub mod import;
pub mod inventory;
pub mod keyring;
pub mod known;
pub mod leaks;
pub mod ledger;
pub mod plan;
pub mod pushed;
pub mod rotation;
pub mod running;
pub mod scan;
pub mod selection;
pub mod setting;
pub mod sources;
pub mod status;
pub mod worktree;

#[cfg(test)]
mod tests;

use std::cell::OnceCell;

use crate::model::project::Project;
use crate::session::environment::{Environment, Files};
use crate::session::ledger::Ledger;
use crate::session::sources::Sources;
use crate::words::error::{Error, Result};
use crate::words::profile::Choice;

/// A project, opened once for everything that one run of venvars does with it.
pub struct Session {
    /// The project, its secrets, and what their sources gave.
    pub files: Files,
    /// The profile that was asked for.
    pub choice: Choice,
    /// Read when it is first needed.
    ledger: OnceCell<Result<Ledger>>,
}

impl Session {
    /// Opens `project`.
    ///
    /// # Errors
    /// As for [`Files::read`].
    pub fn open(project: Project, choice: &Choice, sources: &Sources) -> Result<Self> {
        Files::read(project, sources).map(|files| Self::of(files, choice))
    }

    /// Opens what is valid in `project`; also returns the errors.
    #[must_use]
    pub fn open_in_part(project: Project, choice: &Choice, sources: &Sources) -> (Self, Vec<Error>) {
        let (files, errors) = Files::read_in_part(project, sources);
        (Self::of(files, choice), errors)
    }

    fn of(files: Files, choice: &Choice) -> Self {
        Self { files, choice: choice.clone(), ledger: OnceCell::new() }
    }

    /// Opens it again after a change, in the profile of `choice`. What was asked before is known still.
    ///
    /// # Errors
    /// As for [`Files::read`].
    pub fn again(&self, choice: &Choice) -> Result<Self> {
        Self::open(self.files.found(), choice, &self.files.sources)
    }

    /// Refuses to hand values over that the project may not ask for, or that git has.
    ///
    /// # Errors
    /// As for [`Permission::require`](allow::Permission::require) and [`exposure::guard_tracked`].
    pub fn require(&self) -> Result<()> {
        self.files.permission.require(self.project())?;
        exposure::guard_tracked(self.files.all())
    }

    /// The project.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.files.project
    }

    /// What the project gives in the profile that was asked for, else the settings' own.
    ///
    /// # Errors
    /// As for [`Files::environment`].
    pub fn environment(&self) -> Result<Environment<'_>> {
        self.files.environment(&self.choice)
    }

    /// The ledger of compromised values.
    ///
    /// # Errors
    /// As for [`Ledger::read`].
    pub fn ledger(&self) -> Result<&Ledger> {
        let ledger = self.ledger.get_or_init(|| Ledger::read(&self.project().folder));
        ledger.as_ref().map_err(Error::clone)
    }
}
