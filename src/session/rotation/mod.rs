//! Rotation: new values; the old ones are put aside, and added to the fallback list if one is declared.

pub mod target;
pub mod turn;

use crate::model::secrets::generate::SecretKind;
use crate::model::secrets::{Secrets, typed_name};
use crate::session::Session;
use crate::session::allow;
use crate::session::plan::found::Scripts;
use crate::session::rotation::target::{Target, all_compromised, named};
use crate::session::rotation::turn::Turn;
use crate::words::error::{Error, Result};
use crate::world::disk::real;
use zeroize::Zeroizing;

/// Which variables are to change.
pub struct Renewal<'a> {
    /// Those of these names.
    pub names: &'a [String],
    /// Instead, every one whose value is compromised.
    pub all_compromised: bool,
    /// Whether they get generated values, and of which kind.
    pub generate: Option<Option<SecretKind>>,
    /// Whether their fallback lists are only emptied.
    pub drops: bool,
}

impl Renewal<'_> {
    /// The turns of `targets`, with the values that `new` gives. A target without a new value
    /// is put into `left`; the others go on.
    ///
    /// # Errors
    /// One that was named gets none.
    pub fn turns(
        &self,
        targets: Vec<Target>,
        left: &mut Vec<Error>,
        new: impl Fn(&Target) -> Result<(Zeroizing<String>, Option<SecretKind>)>,
    ) -> Result<Vec<Turn>> {
        let mut turns = Vec::new();
        for target in targets {
            match target.renews.then(|| new(&target)).transpose() {
                Ok(new) => {
                    let (new, kind) = new.map_or((None, None), |(new, kind)| (Some(new), kind));
                    turns.push(Turn { target, new, kind, drops: self.drops });
                }
                Err(error) if self.all_compromised => left.push(error),
                Err(error) => return Err(error),
            }
        }
        Ok(turns)
    }
}

/// Refuses what is not a name: an assignment, or a kind of secret where `--generate` `takes_kinds` and got none.
///
/// # Errors
/// One of them is.
pub fn check_names(names: &[String], takes_kinds: bool) -> Result<()> {
    for name in names {
        if takes_kinds && name.parse::<SecretKind>().is_ok() {
            return Err(Error::usage(format!("{name} is not a variable, but a kind of secret"))
                .hint(format!("--generate={name}")));
        }
        if let Some((name, _)) = name.split_once('=') {
            // What follows may be a value.
            return Err(Error::usage("rotate takes only the name and asks for the new value")
                .hint(format!("venvars rotate {}", typed_name(name)?)));
        }
    }
    Ok(())
}

/// The variables that are to change; and, if none was named, why others cannot.
///
/// # Errors
/// One that was named cannot change: then none does.
pub fn targets(session: &Session, asked: &Renewal<'_>) -> Result<(Vec<Target>, Vec<Error>)> {
    let (mut targets, mut left) = if asked.all_compromised {
        all_compromised(session)?
    } else {
        (named(session, asked.names, asked.drops)?, Vec::new())
    };
    if let Some(kind) = asked.generate {
        targets.retain(|target| {
            let foreign = turn::foreign(&session.files, target, kind.is_some());
            let is_fit = foreign.is_none();
            left.extend(foreign);
            is_fit
        });
        if !asked.all_compromised {
            Error::all(std::mem::take(&mut left))?;
        }
    }
    // What would fail anyway fails before anybody is asked to type.
    Error::all(targets.iter().filter_map(|target| turn::refuse(&session.files, target).err()).collect())?;
    Ok((targets, left))
}

/// The venvs of the project that have been applied, for a change to reach them.
///
/// # Errors
/// As for [`Scripts::read`].
pub fn applied_venvs(session: &Session) -> Result<Vec<std::path::PathBuf>> {
    let project = session.project();
    // The user's own file is one layer of many projects, and no venv has it alone.
    let is_users = Secrets::of_user().is_some_and(|file| real(&file) == real(&project.secrets));
    // No venv is no fault here, and is told as such by `apply` itself.
    let venvs = if is_users { Vec::new() } else { allow::venvs(project, &[]).unwrap_or_default() };
    let scripts = Scripts::read(&venvs, &[])?;
    let applied = venvs.into_iter().enumerate().filter(|(index, _)| scripts.is_applied(*index));
    Ok(applied.map(|(_, venv)| venv.folder).collect())
}
