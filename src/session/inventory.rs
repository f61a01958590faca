//! Every value that the project knows, in all profiles, resolved once.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use zeroize::Zeroizing;

use crate::model::fallbacks;
use crate::model::project::{Declared, Settings};
use crate::model::secrets::{Definition, Layer, Secrets};
use crate::session::environment::{Environment, Files, Outcome};
use crate::session::sources::{NoValue, Reach};
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::ProfileName;

/// How a value relates to its variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The value that it has.
    Current,
    /// An old one, in another variable's fallback list.
    Fallback,
    /// An old one, which was put aside.
    Rotated,
}

/// A value.
pub struct Value<'s> {
    /// The variable whose it is, or was: it is changed under that name.
    pub name: Name,
    /// What it is to that.
    pub role: Role,
    /// The value.
    pub text: Zeroizing<String>,
    /// What gives it; `None` for one that was put aside.
    pub definition: Option<&'s Definition>,
    /// The profile that defines, or defined, the variable.
    pub profile: Option<&'s ProfileName>,
}

impl<'s> Value<'s> {
    /// What makes a value of its name and its text.
    fn of(
        role: Role,
        definition: Option<&'s Definition>,
        profile: Option<&'s ProfileName>,
    ) -> impl Fn((Name, Zeroizing<String>)) -> Self {
        move |(name, text)| Self { name, role, text, definition, profile }
    }

    /// Whether it stands in the settings, for everybody to read.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.role == Role::Current
            && self.definition.is_some_and(|definition| definition.layer == Layer::Default)
    }
}

/// `text`, the value of `definition`, and each old one in it if it is another variable's fallback list:
/// anyone who has one of them can use it as well.
#[must_use]
pub fn values_of<'s>(settings: &Settings, definition: &'s Definition, text: &str) -> Vec<Value<'s>> {
    let value = |role| Value::of(role, Some(definition), definition.layer.profile());
    let kept = kept_in(settings, &definition.name, text).into_iter().map(value(Role::Fallback));
    let own = (definition.name.clone(), Zeroizing::new(text.to_owned()));
    std::iter::once(value(Role::Current)(own)).chain(kept).collect()
}

/// What a project gives in one profile, resolved.
pub struct Resolved<'s> {
    /// The variables.
    pub environment: Environment<'s>,
    /// Their values.
    pub outcome: Outcome,
}

/// What a project gives in all profiles.
pub struct Inventory<'s> {
    files: &'s Files,
    /// The top level first.
    pub profiles: Vec<Resolved<'s>>,
}

impl<'s> Inventory<'s> {
    /// Resolves every profile of `files` within `reach`.
    ///
    /// # Errors
    /// A profile cannot be put together. A value that is not available is not an error here.
    pub fn of(files: &'s Files, reach: Reach) -> Result<Self> {
        let resolved = |profile| {
            let environment = files.environment(&profile)?;
            let outcome = environment.resolve(reach);
            Ok(Resolved { environment, outcome })
        };
        Ok(Self { files, profiles: files.profiles().map(resolved).collect::<Result<_>>()? })
    }

    /// The values in use, each once.
    #[must_use]
    pub fn values(&self) -> Vec<Value<'s>> {
        self.values_after(std::iter::empty())
    }

    /// The same, and those that stand in a file and nothing uses: a profile or the project hides them.
    #[must_use]
    pub fn values_and_hidden(&self) -> Vec<Value<'s>> {
        let literal = |one: &'s Definition| Some((one, one.source.literal()?));
        self.values_after(self.files.all().flat_map(Secrets::all).filter_map(literal))
    }

    fn values_after<'v>(&'v self, first: impl Iterator<Item = (&'s Definition, &'v str)>) -> Vec<Value<'s>> {
        let of_profile = |Resolved { environment, outcome }: &'v Resolved<'s>| {
            let variables = outcome.variables.iter();
            let used = variables.filter_map(|variable| {
                Some((environment.entries.get(&variable.name)?.definition(), variable.value.reveal()))
            });
            used.collect::<Vec<_>>()
        };
        // Profiles share most of their variables.
        let all = first.chain(self.profiles.iter().flat_map(of_profile));
        let found: IndexMap<(*const Definition, &str), &Definition> =
            all.map(|(definition, text)| ((std::ptr::from_ref(definition), text), definition)).collect();
        let settings = &self.files.project.settings;
        found.into_iter().flat_map(|((_, text), definition)| values_of(settings, definition, text)).collect()
    }

    /// What went wrong with values in use, each once.
    #[must_use]
    pub fn errors(&self) -> Vec<Error> {
        let mut errors: Vec<Error> = Vec::new();
        for error in self.profiles.iter().flat_map(|profile| &profile.outcome.errors) {
            if !errors.iter().any(|known| known.is_same(error)) {
                errors.push(error.clone());
            }
        }
        errors
    }

    /// The variables without a value: those that are out of reach, or made of one that is; then the others.
    #[must_use]
    pub fn without_value(&self) -> [BTreeSet<Name>; 2] {
        let [mut unasked, mut failed] = [BTreeSet::new(), BTreeSet::new()];
        for Resolved { environment, outcome } in &self.profiles {
            let had: BTreeSet<&Name> = outcome.variables.iter().map(|variable| &variable.name).collect();
            let out_of_reach = environment.made_with(&outcome.unasked);
            for name in environment.entries.keys().filter(|name| !had.contains(*name)) {
                if out_of_reach.contains(*name) { &mut unasked } else { &mut failed }.insert((*name).clone());
            }
        }
        [unasked, failed]
    }
}

/// The values of `files` that were put aside, each with those of another variable in it, within `reach`; or
/// why one cannot be had.
pub fn rotated(
    files: &Files,
    reach: Reach,
) -> impl Iterator<Item = (&Name, Result<Vec<Value<'_>>, NoValue>)> {
    let all = files.all().flat_map(|secrets| secrets.rotated.iter().map(|old| (old, &secrets.file)));
    all.map(move |(old, file)| {
        let value = Value::of(Role::Rotated, None, old.profile.as_ref());
        let values = files.sources.ask(&old.source, file, reach).map(|text| {
            let kept = kept_in(&files.project.settings, &old.name, &text);
            std::iter::once((old.name.clone(), text)).chain(kept).map(value).collect()
        });
        (&old.name, values)
    })
}

/// The old values in `text`, the value of the variable `name`, if that is another variable's fallback list: each with
/// the name of its owner.
fn kept_in(settings: &Settings, name: &Name, text: &str) -> Vec<(Name, Zeroizing<String>)> {
    let old = |owner: &Declared| {
        let list = fallbacks::read(name, text).unwrap_or_default();
        list.into_iter().map(|text| (owner.name.clone(), text)).collect::<Vec<_>>()
    };
    settings.owners(name).flat_map(old).collect()
}
