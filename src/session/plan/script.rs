//! What becomes of an activate script, and how that is shown.

use std::path::PathBuf;

use crate::engines::shell::Shell;
use crate::engines::shell::block::{self, Content, WATCH};
use crate::engines::shell::hold;
use crate::engines::shell::script::{Note, Script, ScriptKind, Unfit};
use crate::session::plan::file::PlannedFile;
use crate::words::error::Result;
use crate::words::message::MASK;
use crate::words::profile::Choice;
use crate::words::variable::Variable;

/// Stands for a value that is to be replaced by another.
const OLD_MASK: &str = "•••••••• (the old value)";

/// What becomes of a variable in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delta {
    /// The script does not hold it yet.
    New,
    /// The script holds another value.
    Changed,
    /// The script is to hold it no longer.
    Gone,
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

/// What becomes of a script.
pub struct PlannedScript {
    /// The file.
    pub file: PlannedFile,
    pub(super) kind: ScriptKind,
    /// The shell that reads it.
    pub shell: Shell,
    /// What its block notes, as it is now.
    pub note: Note,
}

impl PlannedScript {
    /// The variables of which the script would hold another value, or that would come or go: those that are to be
    /// there first. Nothing is known of the values of a live script. `wanted` is its venv's of the plan.
    ///
    /// # Errors
    /// The script cannot be taken apart.
    pub fn delta(&self, wanted: &Wanted) -> Result<Vec<(Delta, String)>> {
        let Some(change) = &self.file.change else { return Ok(Vec::new()) };
        let script =
            Script::parse(self.kind, &change.before).map_err(|unfit| unfit.about(&self.file.path))?;
        let (data, held) = (script.data(), script.names());
        let is_named = |name: &str| held.iter().any(|(held, _)| *held == name);
        let variables = wanted.content.variables().iter();
        let set = variables.filter(|variable| hold::refusal(self.shell, variable).is_none());
        let (mut delta, mut kept) = (Vec::new(), Vec::new());
        for variable in set {
            let name = variable.name.as_str();
            kept.push(name);
            if !is_named(name) {
                delta.push((Delta::New, name.to_owned()));
            } else if !block::holds(self.shell, &data, variable) {
                delta.push((Delta::Changed, name.to_owned()));
            }
        }
        let gone = held.iter().filter(|(name, _)| !kept.contains(name));
        delta.extend(gone.map(|(name, _)| (Delta::Gone, (*name).to_owned())));
        Ok(delta)
    }

    /// The script as it is and as it would be, with every value masked; `None` if nothing would
    /// change. `wanted` is its venv's of the plan.
    ///
    /// # Errors
    /// As for [`PlannedScript::delta`].
    pub fn masked(&self, wanted: &Wanted) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        let Some(change) = &self.file.change else {
            return Ok(None);
        };
        let unfit = |unfit: Unfit| unfit.about(&self.file.path);
        let script = Script::parse(self.kind, &change.before).map_err(unfit)?;
        let after = Script::parse(self.kind, &change.after).map_err(unfit)?;
        let variables = wanted.content.variables();
        let (secrets, guarded) = match &wanted.content {
            Content::Embedded { secrets, guard, .. } => (secrets.as_ref(), *guard),
            Content::Nothing | Content::Live(_) => (None, false),
        };
        let masked = |masks: Vec<(&str, bool, &str)>, guard: bool, note: &Note| -> Result<Vec<u8>> {
            let variables = masks
                .into_iter()
                .filter_map(|(name, overrides, mask)| Variable::masked(name, overrides, mask))
                .collect();
            let content = Content::Embedded { variables, secrets: secrets.cloned(), guard };
            script.with_blocks(&block::render(self.shell, &content).0, note).map_err(unfit)
        };
        let old = script.data();
        let is_same = |name: &str| {
            let own = variables.iter().find(|variable| variable.name.as_str() == name);
            own.is_some_and(|variable| block::holds(self.shell, &old, variable))
        };
        let before = if old.is_empty() || script.note().is_live {
            change.before.to_vec()
        } else if script.is_old() {
            script.without_old_values(&change.before)
        } else {
            masked(
                script
                    .names()
                    .into_iter()
                    .map(|(name, overrides)| (name, overrides, if is_same(name) { MASK } else { OLD_MASK }))
                    .collect(),
                old.contains(WATCH),
                script.note(),
            )?
        };
        let after = match &wanted.content {
            Content::Embedded { .. } => masked(
                variables
                    .iter()
                    .filter(|variable| hold::refusal(self.shell, variable).is_none())
                    .map(|variable| (variable.name.as_str(), variable.overrides, MASK))
                    .collect(),
                guarded,
                after.note(),
            )?,
            Content::Nothing | Content::Live(_) => change.after.to_vec(),
        };
        Ok(Some((before, after)))
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
}
