//! Which variables are to change.

use venvars::model::project::Settings;
use venvars::model::secrets::{Definition, Layer};
use venvars::session::environment::Files;
use venvars::session::ledger::Ledger;
use venvars::session::ledger::compromised::{self, Burnt};
use venvars::words::error::{Error, Result};
use venvars::words::name::Name;
use venvars::words::profile::{Choice, ProfileName};
use zeroize::Zeroizing;

use super::super::set;
use crate::edge::cli::{Global, Rotate};

/// A variable that is to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: Name,
    /// The profile whose own definition it is; nothing for the top level.
    pub profile: Option<ProfileName>,
    /// Whether it gets a new value, and not only the variable that keeps its old ones up.
    pub renews: bool,
}

impl Target {
    /// Whether it is what `burnt` is about.
    fn is_of(&self, burnt: &Burnt) -> bool {
        burnt.layer != Layer::User
            && burnt.layer != Layer::Default
            && self.name == *burnt.of.as_ref().unwrap_or(&burnt.name)
            && self.profile.as_ref() == burnt.layer.profile()
    }
}

/// What the options ask for; second, what is compromised and cannot be changed from here.
pub fn targets(
    global: &Global,
    options: &Rotate,
    files: &Files,
    ledger: &Ledger,
) -> Result<(Vec<Target>, Vec<Error>)> {
    if options.all_compromised {
        return compromised(global, files, ledger);
    }
    let profile = set::profile(global);
    let target = |name: Name| Target { name, profile: profile.cloned(), renews: !options.drop_fallbacks };
    let settings = &files.project.settings;
    let mut targets: Vec<Target> = Vec::new();
    for name in &options.names {
        let target = target(set::name(name)?);
        if options.drop_fallbacks && list_of(settings, &target.name).is_none() {
            return Err(Error::new(format!(
                "{}: the settings name no variable that keeps its old values",
                target.name
            ))
            .hint(format!("[tool.venvars.variables.{0}] takes fallbacks = \"{0}_FALLBACKS\"", target.name)));
        }
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    if options.names.is_empty() {
        let own = files.secrets.own(profile);
        let kept = settings.declared.iter().filter(|declared| {
            declared.fallbacks.as_ref().is_some_and(|list| own.iter().any(|one| one.name == *list))
        });
        targets.extend(kept.map(|declared| target(declared.name.clone())));
    }
    Ok((targets, Vec::new()))
}

/// The variable that keeps the old values of `name` up.
pub fn list_of<'a>(settings: &'a Settings, name: &Name) -> Option<&'a Name> {
    settings.declaration(name.as_str())?.fallbacks.as_ref()
}

/// What is in use and compromised: in the profile that is named, else everywhere in the file.
fn compromised(global: &Global, files: &Files, ledger: &Ledger) -> Result<(Vec<Target>, Vec<Error>)> {
    let settings = &files.project.settings;
    if ledger.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let is_meant = |layer: &Layer| match &global.profile {
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
    for burnt in compromised::of_values(ledger, settings, pairs)? {
        let renews = burnt.of.is_none();
        match targets.iter_mut().find(|target| target.is_of(&burnt)) {
            Some(target) => target.renews |= renews,
            None => {
                let profile = burnt.layer.profile().cloned();
                targets.push(Target { name: burnt.of.unwrap_or(burnt.name), profile, renews });
            }
        }
    }
    // What comes from elsewhere has a value only in an environment.
    let environment = files.environment(&global.profile)?;
    let (variables, _, _) = environment.check();
    let elsewhere =
        compromised::of_environment(ledger, &environment, &variables)?.into_iter().filter(|burnt| {
            let entry = environment.entries.get(&burnt.name);
            entry.is_some_and(|entry| {
                let definition = entry.definition();
                !definition.source.is_stored() || matches!(definition.layer, Layer::User | Layer::Default)
            })
        });
    let mut told: Vec<Error> = elsewhere.map(Burnt::into_error).collect();
    let others = compromised::of_files(ledger, files)?
        .into_iter()
        .filter(|burnt| is_meant(&burnt.layer) && !targets.iter().any(|target| target.is_of(burnt)));
    for error in others.map(Burnt::into_error) {
        if told.iter().all(|known| known.to_string() != error.to_string()) {
            told.push(error);
        }
    }
    left.extend(told);
    Ok((targets, left))
}
