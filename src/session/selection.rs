//! Which values a project looks for.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use crate::engines::search::{Known, Lines};
use crate::model::project::{Declared, Settings};
use crate::model::secrets::Secrets;
use crate::model::source::Source;
use crate::session::backups;
use crate::session::common::{is_common, passwords};
use crate::session::environment::{Environment, Files};
use crate::session::inventory::{self, Inventory, Role, Value, values_of};
use crate::session::sources::{NoValue, Reach};
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::table;

/// The fewest characters of a value that is looked for whatever else the settings say.
const FLOOR: usize = 4;

/// The values that a project looks for, and those that it does not.
#[derive(Default)]
pub struct Selection {
    /// Those that are looked for.
    pub known: Vec<Known>,
    /// The variables of which a value is left out, by name, and why; each with the same reason once.
    pub left_out: BTreeSet<(Name, Reason)>,
    /// What went wrong with values that could not be had.
    pub errors: Vec<Error>,
    /// What is a part of a value, before it is known whether it is one by itself.
    parts: Vec<Known>,
}

table! {
    /// Why a value is not looked for.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Reason {
        /// It has fewer characters than the settings want.
        Short = "short";
        /// It is a number, a switch, a common word or an address without a password.
        Common = "common";
        /// The settings say that it is not a secret, or contain it themselves.
        NoSecret = "no_secret";
        /// Its source may have somebody type a password, and was not asked.
        Unasked = "unasked";
        /// Its source was not asked, because not all that the project asks for is allowed.
        NotAllowed = "not_allowed";
        /// Its source gave none.
        Failed = "failed";
    }
    /// Its name, in what programs read.
    name: &'static str = 0;
}

impl Reason {
    /// Whether its source was not asked, and might have given one.
    #[must_use]
    pub fn is_unasked(self) -> bool {
        matches!(self, Self::Unasked | Self::NotAllowed)
    }
}

/// The values of all profiles of `files`, as far as they are in `reach`.
///
/// # Errors
/// As for [`Inventory::of`].
pub fn of_project(files: &Files, reach: Reach) -> Result<Selection> {
    let inventory = Inventory::of(files, reach)?;
    let mut selection = Selection { errors: inventory.errors(), ..Selection::default() };
    let [unasked, failed] = inventory.without_value();
    let reason = reason_unasked(files);
    selection.left_out.extend(unasked.into_iter().map(|name| (name, reason)));
    selection.left_out.extend(failed.into_iter().map(|name| (name, Reason::Failed)));
    for value in inventory.values() {
        selection.add(&files.project.settings, value);
    }
    selection.add_old(files, reach);
    Ok(selection)
}

/// The values of `variables` of an `environment`, and those that were rotated away, by the same rules.
#[must_use]
pub fn of_variables<'a>(
    environment: &Environment<'_>,
    variables: impl IntoIterator<Item = (&'a Name, &'a str)>,
) -> Selection {
    let mut selection = Selection::default();
    for (name, value) in variables {
        let settings = &environment.files.project.settings;
        let Some(entry) = environment.entries.get(name) else { continue };
        for value in values_of(settings, entry.definition(), value) {
            selection.add(settings, Value { profile: None, ..value });
        }
    }
    // Old values in the keyring cost nobody a password where it gives values in use.
    let is_open =
        environment.entries.values().any(|entry| matches!(entry.definition().source, Source::Keyring(_)));
    selection.add_old(environment.files, if is_open { Reach::All } else { Reach::Quiet });
    selection.known.iter_mut().for_each(|known| known.lines = Lines::Each);
    selection
}

/// Why a source of `files` that could give a value was not asked.
fn reason_unasked(files: &Files) -> Reason {
    if files.permission.unallowed().next().is_some() { Reason::NotAllowed } else { Reason::Unasked }
}

impl Selection {
    /// The value, all of it, that `known` is, or is a part of: the password of a URL is looked for by itself.
    #[must_use]
    pub fn whole(&self, known: usize) -> Option<&Known> {
        let part = self.known.get(known)?;
        let wholes = self.known.iter().filter(|whole| {
            whole.name == part.name && whole.is_old == part.is_old && whole.value.contains(&**part.value)
        });
        wholes.max_by_key(|whole| whole.value.len())
    }

    /// Has the values that were rotated away looked for, as far as they are in `reach`.
    fn add_old(&mut self, files: &Files, reach: Reach) {
        for (name, values) in inventory::rotated(files, reach) {
            match values {
                Ok(values) => {
                    for value in values {
                        self.add(&files.project.settings, value);
                    }
                }
                Err(refusal) => {
                    let is_unasked = matches!(refusal, NoValue::Unasked);
                    let reason = if is_unasked { reason_unasked(files) } else { Reason::Failed };
                    self.left_out.insert((name.clone(), reason));
                    self.errors.extend((!is_unasked).then(|| refusal.into_error()));
                }
            }
        }
        self.add_backups(files);
        self.add_parts();
    }

    /// Has the values looked for that the secrets had once and have no more. None of their commands is run.
    fn add_backups(&mut self, files: &Files) {
        let settings = &files.project.settings;
        let in_use: Vec<&str> =
            files.all().flat_map(Secrets::all).filter_map(|one| one.source.literal()).collect();
        let is_new = |selection: &Self, text: &str| {
            !in_use.contains(&text) && selection.known.iter().all(|known| **known.value != *text)
        };
        for secrets in files.all() {
            let (old, errors) = backups::old_secrets(&secrets.file);
            self.errors.extend(errors);
            for old in &old {
                let texts = old.all().filter_map(|one| {
                    let is_kept = matches!(one.source, Source::Literal(_) | Source::Age(_));
                    let text = is_kept.then(|| files.sources.ask(&one.source, &one.file, Reach::Quiet))?;
                    Some(values_of(settings, one, &text.ok()?))
                });
                let aside = old.rotated.iter().filter_map(|one| {
                    let text = Zeroizing::new(one.source.literal()?.to_owned());
                    let (name, profile) = (one.name.clone(), one.profile.as_ref());
                    Some(vec![Value { name, role: Role::Rotated, text, definition: None, profile }])
                });
                for value in texts.chain(aside).flatten() {
                    if is_new(self, &value.text) && is_secret(settings, &value.name, &value.text, false) {
                        self.add(settings, Value { role: Role::Rotated, ..value });
                    }
                }
            }
        }
    }

    fn add(&mut self, settings: &Settings, value: Value<'_>) {
        let declared = settings.declaration(value.name.as_str());
        if let Some(reason) = no_secret(&value.text, declared, value.is_default(), settings.scan.min_length) {
            self.left_out.insert((value.name, reason));
            return;
        }
        let is_old = value.role != Role::Current;
        let (name, profile) = (&value.name, value.profile);
        let known = |text| Known::new(name.clone(), text, is_old, profile.cloned());
        for part in passwords(&value.text) {
            if no_secret(&part, declared, false, settings.scan.min_length).is_none() {
                self.parts.push(known(part));
            }
        }
        self.known.push(known(value.text.clone()));
    }

    /// Has the passwords of URLs looked for too, but those that are a variable of their own.
    fn add_parts(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        let is_own = |part: &Known| self.known.iter().all(|known| known.value != part.value);
        let parts: Vec<Known> = parts.into_iter().filter(is_own).collect();
        self.known.extend(parts);
    }
}

/// Whether `value` of the variable `name` is to be looked for; `is_default` if the settings hold it.
#[must_use]
pub fn is_secret(settings: &Settings, name: &Name, value: &str, is_default: bool) -> bool {
    let declared = settings.declaration(name.as_str());
    no_secret(value, declared, is_default, settings.scan.min_length).is_none()
}

/// Why `value` is not to be looked for, if it is not.
fn no_secret(
    value: &str,
    declared: Option<&Declared>,
    is_default: bool,
    min_length: usize,
) -> Option<Reason> {
    let value = value.trim();
    let said = declared.and_then(|declared| declared.secret);
    let in_settings = declared.is_some_and(|declared| {
        let listed = declared.choices.iter().chain(&declared.example);
        listed.into_iter().any(|text| text.trim() == value)
    });
    if said == Some(false) || is_default || in_settings {
        return Some(Reason::NoSecret);
    }
    let is_told = said == Some(true);
    if value.chars().count() < if is_told { FLOOR } else { min_length.max(FLOOR) } || value.len() < FLOOR {
        return Some(Reason::Short);
    }
    (!is_told && is_common(value)).then_some(Reason::Common)
}
