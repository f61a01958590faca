use std::ffi::OsString;
use std::fs;
use std::io;
use std::process::ExitCode;

use venvars::model::project::Project;
use venvars::model::secrets::change::New;
use venvars::model::secrets::generate::{self, Kind};
use venvars::model::secrets::{Secrets, edit};
use venvars::model::source::Source;
use venvars::session::ledger::Ledger;
use venvars::session::ledger::compromised;
use venvars::session::selection;
use venvars::words::error::{Error, Result};
use venvars::words::name::Name;
use venvars::words::nearest;
use venvars::words::profile::ProfileName;
use venvars::world::age;
use venvars::world::disk::replace::{self, Replacement};
use venvars::world::keyring::entry::Entry;
use zeroize::Zeroizing;

use super::{ask, exposure, guard, locked_secrets, project};
use crate::edge::cli::Global;
use crate::edge::console;

/// What a variable is set from, and where its value is kept.
pub struct How {
    /// The generator, of this kind or of the one that the project declares.
    pub generate: Option<Option<Kind>>,
    /// The keyring, under this name or one made of the project's and the variable's.
    pub keyring: Option<Option<String>>,
    /// Encrypted in the file.
    pub age: bool,
}

/// `venvars set`: a value from the command line, the terminal, standard input or the generator.
pub fn set(global: &Global, assignment: OsString, how: How) -> Result<ExitCode> {
    let assignment = assignment.into_string().map(Zeroizing::new).map_err(|_| {
        Error::new("the assignment is no UTF-8").hint("a value of other bytes can be kept as base64")
    })?;
    let (name, given) = match assignment.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (assignment.as_str(), None),
    };
    let name = self::name(name)?;
    if given.is_some() && how.generate.is_some() {
        return Err(Error::new(format!("{name}: give a value or have one generated, not both")));
    }
    let project = project(global)?;
    let profile = profile(global);
    // What would fail anyway fails before anybody is asked to type.
    let secrets = Secrets::read(&project.secrets)?;
    if how.age {
        age::encrypt("", &project.settings.recipients)?;
    } else {
        guard_plain(&secrets)?;
    }
    let declared = project.settings.declaration(name.as_str());
    let value = match (given, how.generate) {
        (Some(value), _) => Zeroizing::new(value.to_owned()),
        (None, Some(kind)) => {
            generate::generate(kind.or(declared.and_then(|declared| declared.generate)).unwrap_or_default())?
        }
        (None, None) => ask::value(&name, declared)?,
    };
    if let Some(problem) = declared.and_then(|declared| declared.problem(&value)) {
        return Err(Error::new(format!("{name}: {problem}")).hint("nothing was set"));
    }
    let ledger = Ledger::read(&project.folder)?;
    if let Some(entry) = compromised::of_new(&ledger, &project.settings, &name, &value)? {
        return Err(Error::new(format!("{name}: this value is compromised {}", entry.told_of(&name)))
            .hint("nothing was set; give it one that nobody knows: --generate makes one"));
    }
    let (new, entry, kept) = if how.age {
        (New::source("age", &age::encrypt(&value, &project.settings.recipients)?), None, ", encrypted")
    } else if let Some(entry) = how.keyring {
        let entry = entry_for(&project, &secrets, profile, &name, entry)?;
        (New::source("keyring", &entry.to_string()), Some(entry), ", its value in the keyring")
    } else {
        (New::text(&value), None, "")
    };
    rewrite(&project, |text| {
        let edited = edit::set(&project.secrets, text, profile, &[(name.clone(), new)])?;
        // Only when the file can be edited: no value goes to the keyring that no line tells of.
        if let Some(entry) = &entry {
            global.sources.store(entry, &value)?;
        }
        Ok(edited)
    })?;
    if !global.quiet {
        let had = secrets.own(profile).iter().find(|one| one.name == name).map(|one| &one.source);
        if let Some(Source::Literal(old)) = had
            && old.reveal() != &**value
            && selection::is_secret(&project.settings, &name, old.reveal(), false)
        {
            console::say(&format!(
                "{name} had another value, which `venvars scan` knows no more; where it may lie somewhere, `venvars rotate {name}` keeps it aside"
            ));
        }
        let file = project.shown(&project.secrets).display();
        let profile = profile.map(|profile| format!(" (profile {profile})")).unwrap_or_default();
        console::say(&format!(
            "{name} is set in {file}{profile}{kept}; `venvars apply` hands it to the venv"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// `venvars set` without a name: every variable that the project needs and that is missing.
pub fn missing(global: &Global, how: &How) -> Result<ExitCode> {
    if how.generate.is_some() || how.keyring.is_some() || how.age {
        return Err(Error::new("these options go with the name of a variable").hint("venvars set NAME …"));
    }
    let project = project(global)?;
    let left = ask::missing(global, project)?;
    Error::all(left)?;
    Ok(ExitCode::SUCCESS)
}

/// `venvars unset`: the variable's line is gone.
pub fn unset(global: &Global, name: &str) -> Result<ExitCode> {
    let project = project(global)?;
    let profile = profile(global);
    rewrite(&project, |text| {
        // Asked under the lock, so that two of us do not take the same line away.
        let secrets = Secrets::parse(&project.secrets, text)?;
        let definitions = match profile {
            None => &secrets.definitions,
            Some(profile) => &secrets.chain(profile)?[0].definitions,
        };
        match definitions.iter().find(|definition| definition.name.as_str() == name) {
            Some(definition) => edit::unset(&project.secrets, text, profile, &definition.name),
            None => {
                let known = definitions.iter().map(|definition| definition.name.as_str());
                let place = profile.map(|profile| format!(" in profile {profile}")).unwrap_or_default();
                let error = Error::new(format!("there is no such variable{place}"));
                Err(match nearest(name, known) {
                    Some(near) => error.hint(format!("did you mean {near}?")),
                    None => error.hint("`venvars list` shows the names that there are"),
                })
            }
        }
    })?;
    if !global.quiet {
        console::say(&format!("{name} is gone from {}", project.shown(&project.secrets).display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The keyring entry for a variable: the one that is `given`, else the one that it has already, else
/// one named after the project's folder, the profile and the variable.
pub(super) fn entry_for(
    project: &Project,
    secrets: &Secrets,
    profile: Option<&ProfileName>,
    name: &Name,
    given: Option<String>,
) -> Result<Entry> {
    if let Some(given) = given {
        return Entry::parse(&given);
    }
    let has = secrets.own(profile).iter().find_map(|definition| match &definition.source {
        Source::Keyring(entry) if definition.name == *name => Some(entry),
        _ => None,
    });
    if let Some(entry) = has {
        return Ok(entry.clone());
    }
    let folder = project.folder.file_name().unwrap_or_default().to_string_lossy();
    let profile = profile.map(|profile| format!("-{profile}")).unwrap_or_default();
    let plain: String = folder.chars().map(|c| if c.is_control() || c == '/' { '-' } else { c }).collect();
    Entry::parse(&format!("{}{profile}/{name}", if plain.trim().is_empty() { "venvars" } else { &plain }))
}

/// The profile to write to: only one that is named, as a default for reading is none for writing.
pub(super) fn profile(global: &Global) -> Option<&ProfileName> {
    global.profile.named()
}

/// Refuses to put a plain value where git would take it.
pub(super) fn guard_plain(secrets: &Secrets) -> Result<()> {
    match exposure(&secrets.file)? {
        Some(_) if secrets.is_encrypted() => Err(Error::new(
            "git may have this file because every value in it is encrypted: no plain one can be added",
        )
        .in_file(&secrets.file)
        .hint("encrypt the value too: venvars set NAME --age")),
        Some(error) => Err(error),
        None => Ok(()),
    }
}

pub(super) fn name(text: &str) -> Result<Name> {
    Name::new(text).map_err(|refusal| {
        let shown = match refusal {
            venvars::words::name::Refusal::Malformed => refusal.to_string(),
            venvars::words::name::Refusal::Reserved(_) => format!("{text}: {refusal}"),
        };
        Error::new(shown).hint("give the variable another name")
    })
}

/// Replaces the secrets file by what `edit` makes of its text, under the lock.
pub(super) fn rewrite(project: &Project, edit: impl FnOnce(&str) -> Result<Zeroizing<String>>) -> Result<()> {
    let (file, _lock) = locked_secrets(project)?;
    let text = fs::read_to_string(&file).map(Zeroizing::new).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            Error::new("there is no such file").in_file(&file).hint("`venvars init` makes it")
        }
        _ => Error::io("read", &file, &error),
    })?;
    let edited = edit(&text)?;
    if *edited == *text {
        return Ok(());
    }
    guard([&Secrets::parse(&project.secrets, &edited)?])?;
    refuse_burnt(project, &text, &edited)?;
    replace::all(&[Replacement { file: &file, content: edited.as_bytes(), mode: Some(0o600) }])
}

/// Refuses an edit of the secrets file, from `before` to `after`, that sets a value again which others
/// may know.
pub(super) fn refuse_burnt(project: &Project, before: &str, after: &str) -> Result<()> {
    let ledger = Ledger::read(&project.folder)?;
    if ledger.is_empty() {
        return Ok(());
    }
    let [before, after] = [before, after].map(|text| Secrets::parse(&project.secrets, text));
    let burnt = compromised::of_edit(&ledger, &project.settings, &before?, &after?)?;
    let errors = burnt.into_iter().map(|burnt| {
        Error::new(format!("{}: this value is compromised {}", burnt.name, burnt.entry.told_of(&burnt.name)))
            .hint("nothing was written; give it one that nobody knows")
    });
    Error::all(errors.collect())
}
