//! Which variables are to change.

use crate::model::project::Settings;
use crate::model::secrets::{Definition, Layer, typed_name};
use crate::session::Session;
use crate::session::ledger::compromised::{self, Compromised};
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::{Choice, ProfileName};
use zeroize::Zeroizing;

/// A variable that is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: Name,
    /// The profile whose own definition it is; `None` for the top level.
    pub profile: Option<ProfileName>,
    /// Whether it gets a new value, and not only its fallback list.
    pub renews: bool,
}

impl Target {
    /// Whether it is what `compromised` is about.
    fn is_of(&self, compromised: &Compromised) -> bool {
        compromised.layer != Layer::User
            && compromised.layer != Layer::Default
            && self.name == *compromised.of.as_ref().unwrap_or(&compromised.name)
            && self.profile.as_ref() == compromised.layer.profile()
    }
}

/// The variables of `names` in the profile that was asked for: they get new values or, with `drops`, only
/// an empty fallback list. Without a name, every variable there that has a fallback list.
///
/// # Errors
/// A name can be no variable's, or it has no fallback list.
pub fn named(session: &Session, names: &[String], drops: bool) -> Result<Vec<Target>> {
    let profile = session.choice.named();
    let target = |name: Name| Target { name, profile: profile.cloned(), renews: !drops };
    let settings = &session.project().settings;
    let mut targets: Vec<Target> = Vec::new();
    for name in names {
        let target = target(typed_name(name)?);
        if drops && list_of(settings, &target.name).is_none() {
            return Err(Error::usage(format!(
                "{}: the settings don't name a variable for its old values",
                target.name
            ))
            .hint(format!("[tool.venvars.variables.{0}] takes fallbacks = \"{0}_FALLBACKS\"", target.name)));
        }
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    if names.is_empty() {
        let own = session.files.secrets.own(profile);
        let kept = settings.declared.values().filter(|declared| {
            declared.fallbacks.as_ref().is_some_and(|list| own.iter().any(|one| one.name == *list))
        });
        targets.extend(kept.map(|declared| target(declared.name.clone())));
    }
    Ok(targets)
}

/// The fallback list of `name`.
#[must_use]
pub fn list_of<'a>(settings: &'a Settings, name: &Name) -> Option<&'a Name> {
    settings.declaration(name.as_str())?.fallbacks.as_ref()
}

/// What is in use and compromised: in the profile that was asked for, else everywhere in the file. Second,
/// what is compromised and cannot be changed from here.
///
/// # Errors
/// As for [`Ledger::find`](crate::session::ledger::Ledger::find) and [`Session::environment`].
pub fn all_compromised(session: &Session) -> Result<(Vec<Target>, Vec<Error>)> {
    let (files, ledger) = (&session.files, session.ledger()?);
    let settings = &files.project.settings;
    if ledger.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let is_meant = |layer: &Layer| match &session.choice {
        Choice::Default => true,
        Choice::Top => layer.profile().is_none(),
        Choice::Named(name) => layer.profile() == Some(name),
    };
    // What is kept here, whether or not another profile hides it.
    let here = files.secrets.all().filter(|one| is_meant(&one.layer));
    let mut values: Vec<(&Definition, Zeroizing<String>)> = Vec::new();
    let mut left = Vec::new();
    for one in here {
        match files.sources.stored(&one.source, &one.file) {
            Some(Ok(value)) => values.push((one, value)),
            Some(Err(error)) => left.push(one.about(error)),
            None => {}
        }
    }
    let pairs = values.iter().map(|(one, value)| (*one, value.as_str()));
    let mut targets: Vec<Target> = Vec::new();
    for compromised in compromised::of_values(ledger, settings, pairs)? {
        let renews = compromised.of.is_none();
        match targets.iter_mut().find(|target| target.is_of(&compromised)) {
            Some(target) => target.renews |= renews,
            None => {
                let profile = compromised.layer.profile().cloned();
                targets.push(Target { name: compromised.of.unwrap_or(compromised.name), profile, renews });
            }
        }
    }
    // What comes from elsewhere has a value only in an environment.
    let environment = session.environment()?;
    let (variables, _, _) = environment.check();
    let elsewhere =
        compromised::of_environment(ledger, &environment, &variables)?.into_iter().filter(|compromised| {
            let entry = environment.entries.get(&compromised.name);
            entry.is_some_and(|entry| {
                let definition = entry.definition();
                !definition.source.is_stored() || matches!(definition.layer, Layer::User | Layer::Default)
            })
        });
    let mut told: Vec<Error> = elsewhere.map(Compromised::into_error).collect();
    let others = compromised::of_files(ledger, files)?.into_iter().filter(|compromised| {
        is_meant(&compromised.layer) && !targets.iter().any(|target| target.is_of(compromised))
    });
    for error in others.map(Compromised::into_error) {
        if !told.iter().any(|known| known.is_same(&error)) {
            told.push(error);
        }
    }
    left.extend(told);
    Ok((targets, left))
}
