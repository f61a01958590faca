//! Variables whose values others may know.

use crate::model::fallbacks;
use crate::model::project::{Project, Settings};
use crate::model::secrets::{Definition, Layer, Secrets};
use crate::model::source::Source;
use crate::session::Session;
use crate::session::environment::{Environment, Files};
use crate::session::inventory::{Inventory, Role, Value, values_of};
use crate::session::ledger::cache::Cache;
use crate::session::ledger::entry::{Leak, LedgerEntry, Suspect};
use crate::session::ledger::{self, Ledger};
use crate::session::selection;
use crate::session::sources::Reach;
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::secret::Secret;
use crate::words::variable::Variable;

/// A variable that holds a value which others may know. No value is in it.
#[derive(Debug)]
pub struct Compromised {
    /// The variable that holds it.
    pub name: Name,
    /// What the ledger says of the value.
    pub entry: LedgerEntry,
    /// The variable whose old value it is, if `name` is its fallback list.
    pub of: Option<Name>,
    /// Which part of which file it stands in.
    pub layer: Layer,
    error: Error,
}

impl Compromised {
    /// It as an error, with the place of the value and the way out.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }

    /// The same, to look at.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// In a line, with the way out.
    #[must_use]
    pub fn line(&self) -> String {
        let hint = self.error.remedy().map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{}{hint}", self.error)
    }
}

/// Those of `variables`, the values of `environment`, that the ledger has, under whatever name. A value
/// costs a derivation the first time that it is compared; one that does not lie on this disk as plain
/// text, each time.
///
/// # Errors
/// As for [`Ledger::find`].
pub fn of_environment(
    ledger: &Ledger,
    environment: &Environment<'_>,
    variables: &[Variable],
) -> Result<Vec<Compromised>> {
    let values = variables.iter().filter_map(|variable| {
        Some((environment.entries.get(&variable.name)?.definition(), variable.value.reveal()))
    });
    of_values(ledger, &environment.files.project.settings, values)
}

/// The same of all profiles of `files`, and of what a profile hides: of the values that lie on this disk as plain
/// text.
///
/// # Errors
/// As for [`Ledger::find`] and [`Files::environment`].
pub fn of_files(ledger: &Ledger, files: &Files) -> Result<Vec<Compromised>> {
    if ledger.is_empty() {
        return Ok(Vec::new());
    }
    of(ledger, &files.project.settings, Inventory::of(files, Reach::Plain)?.values_and_hidden())
}

/// `compromised`, and what of all that lies on this disk as plain text is not among them.
///
/// # Errors
/// As for [`of_files`].
pub fn and_of_files(session: &Session, mut compromised: Vec<Compromised>) -> Result<Vec<Compromised>> {
    join(&mut compromised, of_files(session.ledger()?, &session.files)?);
    Ok(compromised)
}

/// Adds those of `more` to `compromised` that are not among them.
pub fn join(compromised: &mut Vec<Compromised>, more: Vec<Compromised>) {
    for one in more {
        if compromised.iter().all(|known| known.line() != one.line()) {
            compromised.push(one);
        }
    }
}

/// Those literals of `after` that are not in `before` and that the ledger has: an edit would set them
/// again.
///
/// # Errors
/// As for [`Ledger::find`].
pub fn of_edit(
    ledger: &Ledger,
    settings: &Settings,
    before: &Secrets,
    after: &Secrets,
) -> Result<Vec<Compromised>> {
    let had = |one: &Definition| {
        before.all().any(|old| old.name == one.name && old.layer == one.layer && old.source == one.source)
    };
    // The old values of one that is compromised are dropped by `rotate`, and are in use until then.
    let is_list = |name: &Name| settings.owners(name).next().is_some();
    let new = after.all().filter(|one| !is_list(&one.name) && !had(one));
    of_values(ledger, settings, new.filter_map(|one| Some((one, one.source.literal()?))))
}

/// Refuses `what`, a new `value` of the variable `name`, where its declaration does not allow it, or others may
/// know it; `nothing` says what was not done.
///
/// # Errors
/// It is refused, or the ledger cannot be read.
pub fn refuse_new(project: &Project, name: &Name, value: &str, what: &str, nothing: &str) -> Result<()> {
    let declared = project.settings.declaration(name.as_str());
    if let Some(problem) = declared.and_then(|declared| declared.problem(value)) {
        return Err(Error::bad_value(format!("{name}: {problem}")).hint(nothing));
    }
    let ledger = Ledger::read(&project.folder)?;
    of_new(&ledger, &project.settings, name, value)?.map_or(Ok(()), |entry| {
        let hint = format!("{nothing}; use a new value, for example with --generate");
        Err(entry.refusal(name, what).hint(hint))
    })
}

/// What the ledger has of a new `value` of the variable `name`, or of an old value in it if it is a fallback list.
///
/// # Errors
/// As for [`Ledger::find`].
pub fn of_new(ledger: &Ledger, settings: &Settings, name: &Name, value: &str) -> Result<Option<LedgerEntry>> {
    let owned = Secret::new(value.to_owned()).map(|value| whose(settings, name.clone(), value));
    let owned = owned.unwrap_or_default();
    let suspects: Vec<Suspect<'_>> =
        owned.iter().map(|(name, value)| suspect(settings, name, value.reveal(), false)).collect();
    Ok(ledger.find(&suspects)?.into_iter().flatten().next().cloned())
}

fn suspect<'a>(settings: &Settings, name: &'a Name, value: &'a str, is_default: bool) -> Suspect<'a> {
    Suspect { name, value, is_secret: selection::is_secret(settings, name, value, is_default) }
}

/// The same of any values, each with its definition.
///
/// # Errors
/// As for [`Ledger::find`].
pub fn of_values<'a>(
    ledger: &Ledger,
    settings: &Settings,
    values: impl IntoIterator<Item = (&'a Definition, &'a str)>,
) -> Result<Vec<Compromised>> {
    let values = values.into_iter().flat_map(|(definition, text)| values_of(settings, definition, text));
    of(ledger, settings, values.collect())
}

/// Those of `values` that the ledger has.
///
/// # Errors
/// As for [`Ledger::find`].
pub fn of(ledger: &Ledger, settings: &Settings, mut held: Vec<Value<'_>>) -> Result<Vec<Compromised>> {
    held.retain(|held| ledger.may_have(suspect_of(settings, held)));
    let found = look(ledger, settings, &held)?;
    let compromised = held.iter().zip(found).filter_map(|(held, entry)| {
        let (entry, definition) = (entry?, held.definition?);
        let details = entry.summary_for(&held.name);
        let owner = (held.role == Role::Fallback).then_some(&held.name);
        let what = match owner {
            None => "the value".to_owned(),
            Some(owner) => format!("an old value of {owner} in it"),
        };
        let error = definition.about(Cause::Compromised { what, details }.into());
        Some(Compromised {
            name: definition.name.clone(),
            entry: entry.clone(),
            of: owner.cloned(),
            layer: definition.layer.clone(),
            error: error.hint(remedy(definition, owner)),
        })
    });
    Ok(compromised.collect())
}

fn suspect_of<'v>(settings: &Settings, value: &'v Value<'_>) -> Suspect<'v> {
    // A default in the settings counts under any name: everybody can read it.
    let is_default = value.definition.is_some_and(|definition| definition.layer == Layer::Default);
    suspect(settings, &value.name, &value.text, is_default)
}

/// The entry of each of `held`; what is plain and was compared before costs nothing.
fn look<'l>(
    ledger: &'l Ledger,
    settings: &Settings,
    held: &[Value<'_>],
) -> Result<Vec<Option<&'l LedgerEntry>>> {
    /// Batch size between saves, so that an interrupted run loses little work.
    const SHARE: usize = 16;
    let mut found = vec![None; held.len()];
    let mut cache = if held.is_empty() { None } else { Cache::open() };
    let plain = |held: &Value<'_>| {
        let source = held.definition.map(|definition| &definition.source);
        matches!(source, Some(Source::Literal(_) | Source::File(_)))
    };
    let (indices, suspects): (Vec<usize>, Vec<Suspect<'_>>) = held
        .iter()
        .map(|held| suspect_of(settings, held))
        .enumerate()
        .filter(|(index, suspect)| {
            let is_remembered = cache.as_ref().is_some_and(|cache| cache.has(ledger, *suspect));
            !(is_remembered && plain(&held[*index]))
        })
        .unzip();
    for (indices, suspects) in indices.chunks(SHARE).zip(suspects.chunks(SHARE)) {
        for ((index, suspect), entry) in indices.iter().zip(suspects).zip(ledger.find(suspects)?) {
            found[*index] = entry;
            if let Some(cache) = cache.as_mut().filter(|_| entry.is_none() && plain(&held[*index])) {
                cache.add(ledger, *suspect);
            }
        }
        if let Some(cache) = &mut cache {
            cache.keep();
        }
    }
    Ok(found)
}

/// Remembers that others may know these values, each with where it was found: tells of each variable that has
/// one whether that is new. A fallback list counts as one leak per value in it.
///
/// # Errors
/// As for [`ledger::remember`].
pub fn remember(project: &Project, values: Vec<(Name, Secret, String)>) -> Result<Vec<(Name, bool)>> {
    let owned = values.into_iter().flat_map(|(name, value, reason)| {
        let owned = whose(&project.settings, name, value);
        owned.into_iter().map(move |(name, value)| (name, value, reason.clone()))
    });
    let owned: Vec<_> = owned.collect();
    if owned.is_empty() {
        return Ok(Vec::new());
    }
    let leaks = owned.iter().map(|(name, value, reason)| Leak { name, value, reason: reason.clone() });
    let are_new = ledger::remember(&project.folder, &leaks.collect::<Vec<_>>())?;
    Ok(owned.into_iter().map(|(name, ..)| name).zip(are_new).collect())
}

/// Whose the value of the variable `name` is: its own, or, if `name` is the fallback list of another variable,
/// each of them that one's. So a leak is remembered under the name that it is to be changed under.
fn whose(settings: &Settings, name: Name, value: Secret) -> Vec<(Name, Secret)> {
    let owner = settings.owners(&name).next();
    match (owner, fallbacks::read(&name, value.reveal())) {
        (Some(owner), Ok(list)) => {
            list.iter().filter_map(|old| Some((owner.name.clone(), Secret::new(old.to_string())?))).collect()
        }
        _ => vec![(name, value)],
    }
}

/// How to change a value that others may know: that of `definition`, or an old one of the variable `of` in it.
#[must_use]
pub fn remedy(definition: &Definition, of: Option<&Name>) -> String {
    let profile = definition.layer.profile().map(|name| format!(" --profile {name}")).unwrap_or_default();
    match (&definition.source, &definition.layer, of) {
        (_, _, Some(owner)) => format!("venvars rotate {owner} --drop-fallbacks{profile}"),
        (_, Layer::Default, None) => {
            "it is a default in the settings: remove it there and set a new value".to_owned()
        }
        (source, Layer::User, None) if source.is_stored() => {
            let file = shell_escape::escape(definition.file.to_string_lossy());
            format!("venvars --secrets {file} rotate {}", definition.name)
        }
        (source, _, None) if source.is_stored() => format!("venvars rotate {}{profile}", definition.name),
        (source, _, None) => elsewhere(definition, source),
    }
}

/// Where to change a value that is not kept by venvars.
#[must_use]
pub fn elsewhere(definition: &Definition, source: &Source) -> String {
    let Some(what) = source.reference(Environment::folder_of(definition)) else {
        return "replace it by hand: venvars edit".to_owned();
    };
    match source {
        Source::Template(_) => format!("it is made {what}: rotate the secret part"),
        Source::File(_) => format!("it is the content of {what}: change it there"),
        Source::Command(_) => format!("it is what `{what}` prints: change it at its source"),
        Source::Literal(_) | Source::Keyring(_) | Source::Age(_) => "venvars rotate".to_owned(),
    }
}
