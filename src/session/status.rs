//! How the secrets file and the activate scripts stand.

use std::path::PathBuf;

use crate::session::Session;
use crate::session::allow::{self, Line};
use crate::session::apply::{Desired, Purpose};
use crate::session::exposure::exposed_to_others;
use crate::session::ledger::compromised::Compromised;
use crate::session::plan::Plan;
use crate::session::plan::found::Scripts;
use crate::words::error::Result;
use crate::words::profile::Choice;
use crate::world::disk;
use crate::world::git::{self, Standing};

/// How a project stands.
pub struct Status {
    /// How the secrets file stands to git.
    pub git: Standing,
    /// Whether only its owner can read it, or learn anything from it; nothing where no permissions are kept.
    pub is_private: Option<bool>,
    /// Whether every value in it is encrypted.
    pub is_encrypted: bool,
    /// The values that others may know.
    pub compromised: Vec<Compromised>,
    /// What `apply` would do.
    pub plan: Plan,
    /// The profile of the first venv.
    pub profile: Choice,
    /// The venvs that were moved, each with the folder that its scripts activate, which is gone.
    pub moved: Vec<(PathBuf, PathBuf)>,
    /// What the project asks for and the user has allowed.
    pub allowed: Vec<Line>,
}

impl Status {
    /// How the project of `session` stands, with the venvs that are `given` or its own.
    ///
    /// # Errors
    /// As for [`Scripts::read`], [`Desired::of`], [`Desired::compromised`] and [`allow::all`].
    pub fn of(session: &Session, given: &[PathBuf]) -> Result<Self> {
        let secrets = &session.files.secrets;
        let git = git::standing(&session.project().secrets)?;
        let venvs = allow::venvs(session.project(), given)?;
        let scripts = Scripts::read(&venvs, &[])?;
        let moved =
            venvs.into_iter().filter_map(|venv| Some((venv.folder.clone(), venv.moved_from()?))).collect();
        let desired = Desired::of(session, &scripts, Purpose::Compare)?;
        let mut allowed = allow::all(&session.files.found(), &session.files.permission)?;
        allowed.retain(|line| line.is_allowed);
        Ok(Self {
            git,
            moved,
            allowed,
            is_private: disk::keeps_modes(&secrets.file).then(|| exposed_to_others(secrets).is_none()),
            is_encrypted: secrets.is_encrypted(),
            compromised: desired.compromised(session)?,
            plan: scripts.plan(&desired.wanted)?,
            profile: desired.wanted.into_iter().next().map(|wanted| wanted.profile).unwrap_or_default(),
        })
    }

    /// Whether git would take plain values, or has them already.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        !self.is_encrypted && matches!(self.git, Standing::Exposed | Standing::Tracked)
    }
}
