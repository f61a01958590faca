use std::ffi::OsString;
use std::process::ExitCode;

use venvars::model::secrets::change::New;
use venvars::model::secrets::generate::{self, SecretKind};
use venvars::model::secrets::{Secrets, typed_name};
use venvars::model::source::Source;
use venvars::session::exposure::guard_plain;
use venvars::session::keyring::entry_for;
use venvars::session::ledger::{Ledger, compromised};
use venvars::session::selection;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::world::age;
use zeroize::Zeroizing;

use super::{ask, editor, project};
use crate::edge::cli::Global;
use crate::edge::console;

/// What a variable is set from, and where its value is kept.
pub struct How {
    /// The generator, of this kind or of the one that the project declares.
    pub generate: Option<Option<SecretKind>>,
    /// The keyring, under this name or one made of the project's and the variable's.
    pub keyring: Option<Option<String>>,
    /// Encrypted in the file.
    pub age: bool,
}

/// `venvars set`: a value from the command line, the terminal, standard input or the generator.
pub fn set(global: &Global, assignment: OsString, how: How) -> Result<ExitCode> {
    let assignment = assignment.into_string().map(Zeroizing::new).map_err(|_| {
        Error::from(Cause::NotUtf8("the assignment".to_owned()))
            .hint("a value of other bytes can be kept as base64")
    })?;
    let (name, given) = match assignment.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (assignment.as_str(), None),
    };
    let name = typed_name(name)?;
    if given.is_some() && how.generate.is_some() {
        return Err(Error::usage(format!("{name}: give a value or have one generated, not both")));
    }
    let project = project(global)?;
    let profile = global.profile.named();
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
        return Err(Error::bad_value(format!("{name}: {problem}")).hint("nothing was set"));
    }
    let ledger = Ledger::read(&project.folder)?;
    if let Some(entry) = compromised::of_new(&ledger, &project.settings, &name, &value)? {
        return Err(entry
            .refusal(&name, "this value")
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
    let mut editor = editor(&project)?;
    editor.set(profile, &[(name.clone(), new)])?;
    // Only when the file can be edited: no value goes to the keyring that no line tells of.
    if let Some(entry) = &entry {
        global.sources.store(entry, &value)?;
    }
    editor.write(&ledger, Vec::new())?;
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
        return Err(Error::usage("these options go with the name of a variable").hint("venvars set NAME …"));
    }
    let project = project(global)?;
    let left = ask::missing(global, project)?;
    Error::all(left)?;
    Ok(ExitCode::SUCCESS)
}

/// `venvars unset`: the variable's line is gone.
pub fn unset(global: &Global, name: &str) -> Result<ExitCode> {
    let project = project(global)?;
    let profile = global.profile.named();
    // Asked under the lock, so that two of us do not take the same line away.
    let mut editor = editor(&project)?;
    let definitions = match profile {
        None => &editor.secrets.definitions,
        Some(profile) => &editor.secrets.chain(profile)?[0].definitions,
    };
    let Some(found) = definitions.iter().find(|definition| definition.name.as_str() == name) else {
        let known = definitions.iter().map(|definition| definition.name.as_str());
        let within = profile.map(|profile| format!(" in profile {profile}")).unwrap_or_default();
        let error = Error::from(Cause::NoVariable { name: None, within });
        return Err(error.did_you_mean(name, known, "`venvars list` shows the names that there are"));
    };
    let found = found.name.clone();
    editor.unset(profile, &found)?;
    editor.write(&Ledger::read(&project.folder)?, Vec::new())?;
    if !global.quiet {
        console::say(&format!("{name} is gone from {}", project.shown(&project.secrets).display()));
    }
    Ok(ExitCode::SUCCESS)
}
