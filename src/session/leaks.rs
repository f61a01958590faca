//! Which values others may know: what the ledger has of them, and putting more there.

use crate::engines::search::Known;
use crate::engines::search::finding::{Finding, short};
use crate::model::project::Project;
use crate::model::secrets::typed_name;
use crate::session::environment::{Entry, Files};
use crate::session::inventory::Inventory;
use crate::session::ledger::compromised::{self, Compromised};
use crate::session::ledger::entry::LedgerEntry;
use crate::session::ledger::{self, Ledger};
use crate::session::selection::Selection;
use crate::session::sources::{Reach, Sources};
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::{Choice, ProfileName};
use crate::words::secret::Secret;

/// An entry of the ledger with the way out of every use of its value; nothing instead of these where the value of its
/// variable was not asked for: the keyring, age and commands are not.
pub type Use = (LedgerEntry, Option<Vec<String>>);

/// The entries of the ledger, each with its uses.
///
/// # Errors
/// The ledger or the project's files cannot be read.
pub fn uses(project: &Project, sources: &Sources) -> Result<Vec<Use>> {
    let ledger = Ledger::read(&project.folder)?;
    // A fresh clone has the ledger before it has any secrets.
    let files = project.secrets.exists().then(|| Files::read(project.clone(), sources)).transpose()?;
    let inventory = files.as_ref().map(|files| Inventory::of(files, Reach::Plain)).transpose()?;
    let values = inventory.as_ref().map(Inventory::values_and_hidden).unwrap_or_default();
    let compromised = compromised::of(&ledger, &project.settings, values)?;
    let [unasked, _] = inventory.as_ref().map(Inventory::without_value).unwrap_or_default();
    let uses = |entry: &LedgerEntry| {
        let uses = compromised.iter().filter(|one| one.entry == *entry).map(Compromised::error);
        let uses: Vec<String> = uses.filter_map(|error| error.remedy().map(str::to_owned)).collect();
        (entry.clone(), (!uses.is_empty() || !unasked.contains(&entry.name)).then_some(uses))
    };
    Ok(ledger.entries().iter().map(uses).collect())
}

/// What was put on the ledger.
pub struct Remembered {
    /// The variables, each with whether its value is new there.
    pub values: Vec<(Name, bool)>,
    /// How to change each of them where it is used.
    pub ways: Vec<String>,
}

/// Which value of a variable is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// The one that it has.
    Current,
    /// The one that `rotate` put aside last.
    Rotated,
}

/// Puts the values on the ledger that the variables `names` have in the profile of `choice`, or that were put aside
/// last: `which` chooses between the current value and an unrecorded old one.
///
/// # Errors
/// One has no value, or `reason` holds it; the ledger cannot be written.
pub fn remember_current(
    project: &Project,
    sources: &Sources,
    choice: &Choice,
    names: &[String],
    reason: &str,
    which: impl Fn(&Name, Option<&str>) -> Result<Meant>,
) -> Result<Remembered> {
    let files = Files::read(project.clone(), sources)?;
    let (environment, ledger) = (files.environment(choice)?, Ledger::read(&project.folder)?);
    let (mut ways, mut values) = (Vec::new(), Vec::new());
    for name in names {
        let definition = environment.find(name).map(Entry::definition);
        let profile = definition.as_ref().map_or(environment.profile.as_ref(), |one| one.layer.profile());
        let name = definition.as_ref().map_or_else(|_| typed_name(name), |one| Ok(one.name.clone()))?;
        let aside = last_aside(&files, &ledger, profile, &name)?;
        match (which(&name, aside.as_ref().map(|(at, _)| *at))?, aside) {
            (Meant::Rotated, Some((_, value))) => values.push((name, value)),
            (Meant::Rotated, None) => {
                let error = Error::missing(format!("{name}: every old value is recorded already"));
                return Err(
                    error.hint(format!("for the current value: venvars compromised {name} --current"))
                );
            }
            (Meant::Current, _) => {
                let definition = definition?;
                let owner = project.settings.owners(&name).next().map(|owner| &owner.name);
                ways.push(format!("{name}: {}", compromised::remedy(definition, owner)));
                values.push((name.clone(), environment.variable(name.as_str())?.value));
            }
        }
    }
    Ok(Remembered { values: remember(project, values, reason)?, ways })
}

/// The value of `name` in `profile` that was put aside last and is not in the ledger, with when that was.
fn last_aside<'f>(
    files: &'f Files,
    ledger: &Ledger,
    profile: Option<&ProfileName>,
    name: &Name,
) -> Result<Option<(&'f str, Secret)>> {
    let settings = &files.project.settings;
    let own = files.secrets.rotated.iter().filter(|one| one.name == *name && one.profile.as_ref() == profile);
    for old in own.rev() {
        // One that cannot be had cannot be remembered either.
        let Ok(value) = files.sources.ask(&old.source, &files.secrets.file, Reach::All) else { continue };
        let is_long = value.chars().count() >= ledger::SHORTEST;
        if is_long && compromised::of_new(ledger, settings, name, &value)?.is_none() {
            return Ok(Secret::new(value.to_string()).map(|value| (old.at.as_str(), value)));
        }
    }
    Ok(None)
}

/// Puts `values` on the ledger, and tells of each whether it is new there.
///
/// # Errors
/// `reason` holds one; the ledger cannot be written.
pub fn remember(project: &Project, values: Vec<(Name, Secret)>, reason: &str) -> Result<Vec<(Name, bool)>> {
    if values.iter().any(|(_, value)| !value.reveal().is_empty() && reason.contains(value.reveal())) {
        let error = "the reason contains the value itself, and anyone can read the ledger";
        return Err(Error::refused(error).hint("leave out the value"));
    }
    let values = values.into_iter().map(|(name, value)| (name, value, reason.to_owned()));
    compromised::remember(project, values.collect())
}

/// Takes an entry of the variable `name` out of the ledger, the only one or the one that `which` chooses; gives it,
/// and how many are left.
///
/// # Errors
/// There is none; or the ledger cannot be written.
pub fn forget(
    project: &Project,
    name: &str,
    which: impl Fn(&[&LedgerEntry]) -> Result<usize>,
) -> Result<(LedgerEntry, usize)> {
    let (name, ledger) = (typed_name(name)?, Ledger::read(&project.folder)?);
    let own: Vec<&LedgerEntry> = ledger.entries().iter().filter(|entry| entry.name == name).collect();
    if own.is_empty() {
        let known = ledger.entries().iter().map(|entry| entry.name.as_str());
        let error = Error::missing(format!("{name}: none of its values is recorded"));
        return Err(error.did_you_mean(name.as_str(), known, "`venvars compromised` lists the records"));
    }
    let number = which(&own)?;
    let entry = number.checked_sub(1).and_then(|index| own.get(index)).ok_or_else(|| {
        Error::usage(format!("{name}: no entry {number} in the ledger, which has {}", own.len()))
    })?;
    ledger::forget(&project.folder, entry)?;
    Ok(((*entry).clone(), own.len() - 1))
}

/// Puts the values that were pushed on the ledger, because others may know them: each variable of which one is new
/// there, with what to do about it.
///
/// # Errors
/// The ledger cannot be read or written.
pub fn remember_pushed(
    files: &Files,
    selection: &Selection,
    findings: &[Finding],
) -> Result<Vec<(Name, String)>> {
    let mut pushed: Vec<(&Known, String)> = Vec::new();
    for finding in findings {
        if let (Some(commits), Some(whole)) = (&finding.commits, selection.whole(finding.known))
            && commits.is_pushed
            && whole.value.chars().count() >= ledger::SHORTEST
            && pushed.iter().all(|(known, _)| (&known.name, &known.value) != (&whole.name, &whole.value))
        {
            let commit = commits.added.first().map(|commit| format!(" in {}", short(&commit.id)));
            pushed.push((whole, format!("pushed{}", commit.unwrap_or_default())));
        }
    }
    let value = |(known, reason): &(&Known, String)| {
        Some((known.name.clone(), Secret::new(known.value.to_string())?, reason.clone()))
    };
    let mut new = compromised::remember(&files.project, pushed.iter().filter_map(value).collect())?;
    new.retain(|(_, is_new)| *is_new);
    new.sort();
    new.dedup();
    let way = |name: &Name| {
        let definitions: Vec<_> = files.secrets.all().filter(|one| one.name == *name).collect();
        match definitions[..] {
            _ if pushed.iter().all(|(known, _)| known.name != *name || known.is_old) => {
                "it has another value already".to_owned()
            }
            [definition] => format!("give it a new value: {}", compromised::remedy(definition, None)),
            _ => "`venvars compromised` shows how to replace it".to_owned(),
        }
    };
    Ok(new.into_iter().map(|(name, _)| (name.clone(), way(&name))).collect())
}
