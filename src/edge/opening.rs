//! How a command begins: the project that the options name, opened, and what is said of it first.

use std::path::Path;

use venvars::model::project::Project;
use venvars::session::Session;
use venvars::session::allow;
use venvars::session::backups::{is_link_of_git, look, look_unread};
use venvars::session::environment::Files;
use venvars::session::exposure::exposed_to_others;
use venvars::words::error::Result;
use venvars::world::disk::from_here;
use venvars::world::git::{self, Standing};

use crate::edge::cli::Global;
use crate::edge::{consent, console};

/// What every command begins with, and says at the end.
impl Global {
    /// The folder that it works in.
    pub fn start(&self) -> &Path {
        self.directory.as_deref().unwrap_or(Path::new("."))
    }

    /// The project that the options name, wherever its secrets are.
    pub fn found(&self) -> Result<Project> {
        Project::find(self.start(), self.secrets.as_deref())
    }

    /// The same, whose secrets may be read.
    pub fn project(&self) -> Result<Project> {
        let project = self.found()?;
        self.keep(&project);
        allow::require_secrets(&project)?;
        Ok(project)
    }

    /// Like `project`, for `restore`: does not warn about a missing file, and does not ask where a link that git tracks
    /// leads.
    pub fn restorable(&self) -> Result<Project> {
        let project = self.found()?;
        if project.secrets.exists() {
            self.keep(&project);
        }
        if !is_link_of_git(&project.secrets) {
            allow::require_secrets(&project)?;
        }
        Ok(project)
    }

    /// Keeps what the secrets file says, if it may be read, and says first what somebody else has made of it: once in
    /// a run.
    pub fn keep(&self, project: &Project) {
        let mut looked = self.looked.borrow_mut();
        if looked.contains(&project.secrets) {
            return;
        }
        looked.push(project.secrets.clone());
        match allow::require_secrets(project) {
            Ok(()) => look(&project.secrets, self.is_quick).iter().for_each(console::warn_of),
            Err(_) => look_unread(&project.secrets).iter().for_each(console::warn_of),
        }
    }

    /// The project, opened to hand its values over: at a terminal, what is not allowed yet is shown and asked for.
    pub fn allowed(&self) -> Result<Session> {
        let session = self.asked()?;
        session.require()?;
        Ok(session)
    }

    /// The same for commands that check git themselves.
    pub fn asked(&self) -> Result<Session> {
        let session = self.open()?;
        let is_new = session.files.permission.unallowed().next().is_some();
        let session = if is_new && consent::asks(&session.files)? { self.session()? } else { session };
        session.files.permission.require(session.project())?;
        Ok(session)
    }

    /// The project, opened.
    pub fn session(&self) -> Result<Session> {
        Session::open(self.project()?, &self.profile, &self.sources)
    }

    /// The same, with a warning for each of its files that others can read.
    pub fn open(&self) -> Result<Session> {
        let session = self.session()?;
        session.files.all().filter_map(exposed_to_others).for_each(|warning| console::warn(&warning));
        Ok(session)
    }

    /// Says what was done, or what to do next, unless only errors are wanted.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            console::say(text);
        }
    }
}

/// Warns of what is not allowed, and so was not done.
pub fn tell_of_new(files: &Files) {
    if let Err(error) = files.permission.require(&files.project) {
        console::warn_of(&error);
    }
}

/// Says that somebody else has the secrets file open.
pub fn say_waiting(project: &Project) {
    console::say(&format!("waiting for another venvars that has {} open", from_here(&project.secrets)));
}

/// Warns where git ignores `file`, which it has to keep.
pub fn warn_if_ignored(file: &Path, name: &str) -> Result<()> {
    if git::standing(file)? == Standing::Ignored {
        console::warn(&format!("git ignores {name}, which should be committed; see .gitignore"));
    }
    Ok(())
}
