//! Changing values: all that is to be known first, then the keyring's part of putting aside, then one
//! write of the file, then the keyring's new values. Whenever that ends, the old value is still there.

use indexmap::IndexMap;
use zeroize::Zeroizing;

use crate::model::fallbacks;
use crate::model::project::Project;
use crate::model::secrets::change::{Aside, New};
use crate::model::secrets::generate::{self, SecretKind};
use crate::model::secrets::{Definition, Layer, Secrets};
use crate::model::source::Source;
use crate::session::Session;
use crate::session::backups::made_as;
use crate::session::editor::Editor;
use crate::session::environment::Files;
use crate::session::keyring::entry_for;
use crate::session::ledger::{Ledger, compromised};
use crate::session::rotation::target::{Target, list_of};
use crate::session::sources::{NoValue, Reach, Sources};
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::world::age;
use crate::world::keyring;
use crate::world::keyring::entry::KeyringEntry;

/// What is to become of a variable.
pub struct Turn {
    /// Which one.
    pub target: Target,
    /// Its new value, if it gets one.
    pub new: Option<Zeroizing<String>>,
    /// As what venvars made that, if it did.
    pub kind: Option<SecretKind>,
    /// Whether its fallback list is emptied.
    pub drops: bool,
}

/// What became of a variable.
pub struct Turned<'a> {
    /// Which one.
    pub target: &'a Target,
    /// Its fallback list, if one is declared, and how many old values are in it.
    pub fallbacks: Option<(Name, usize)>,
    /// Whether others may know the old value.
    pub is_compromised: bool,
    /// The public keys that the new value is encrypted for, if it is.
    pub recipients: Vec<String>,
    /// Whether venvars generated the old value, so that no provider knows it.
    pub was_generated: bool,
    /// Every variable that has another value now.
    pub changed: Vec<Name>,
}

/// What is to be written, gathered turn by turn.
#[derive(Default)]
struct Writes {
    /// By profile.
    news: IndexMap<Option<ProfileName>, Vec<(Name, New)>>,
    asides: Vec<Aside>,
    /// Entries of the keyring to write before the file.
    before: Vec<(KeyringEntry, Zeroizing<String>)>,
    /// Those to write after it, each with the place of its variable among the turns.
    after: Vec<(usize, KeyringEntry, Zeroizing<String>)>,
}

/// Refuses a `target` of which nothing can become.
///
/// # Errors
/// It is not defined where it was named, its value is not kept here, or it is another variable's fallback list.
pub fn refuse(files: &Files, target: &Target) -> Result<()> {
    let Files { secrets, project, .. } = files;
    if let Some(owner) = project.settings.owners(&target.name).next() {
        let error = Error::usage(format!("{} contains old values of {}", target.name, owner.name));
        return Err(error.hint(format!("venvars rotate {0} [--drop-fallbacks]", owner.name)));
    }
    if target.renews {
        stored(definition(secrets, project, target)?)?;
    }
    let list = list_of(&project.settings, &target.name).and_then(|list| own_of(secrets, target, list));
    list.map_or(Ok(()), |list| stored(list).map(drop))
}

/// Why a text that venvars makes cannot take the place of what `target` has, if that is so: the project declares no
/// kind for it, and it is none that venvars made; or a kind `is_given` and it has another form.
#[must_use]
pub fn foreign(files: &Files, target: &Target, is_given: bool) -> Option<Error> {
    let Files { secrets, project, sources, .. } = files;
    let declared = project.settings.declaration(target.name.as_str());
    if !target.renews || declared.is_some_and(|declared| declared.generate.is_some()) {
        return None;
    }
    let own = own_of(secrets, target, &target.name)?;
    // What cannot be had now is told of when it is needed.
    let value = sources.stored(&own.source, &own.file)?;
    let profile = target.profile.iter().map(|name| format!(" --profile {name}")).collect::<String>();
    let error = match value.as_ref().ok().and_then(|value| generate::foreign(value)) {
        Some(what) => format!("the value is {what}, which cannot be generated"),
        None if is_given || made_as(&project.secrets, target.profile.as_ref(), &target.name).is_some() => {
            return None;
        }
        None => "venvars did not generate this value, and the settings declare no kind for it".to_owned(),
    };
    let hint = format!("get a new one from its provider, then: venvars rotate {}{profile}", target.name);
    Some(own.about(Error::refused(error)).hint(hint))
}

/// What the target's own profile, or the top level, says of `name`.
fn own_of<'a>(secrets: &'a Secrets, target: &Target, name: &Name) -> Option<&'a Definition> {
    secrets.own(target.profile.as_ref()).iter().find(|one| one.name == *name)
}

/// The definition of `target` in its own profile, or at the top level.
fn definition<'a>(secrets: &'a Secrets, project: &Project, target: &Target) -> Result<&'a Definition> {
    let Target { name, profile, .. } = target;
    if let Some(profile) = profile {
        // Names the nearest if there is no such profile.
        secrets.chain(profile)?;
    }
    if let Some(own) = own_of(secrets, target, name) {
        return Ok(own);
    }
    let within = profile.iter().map(|profile| format!(" in profile {profile} itself")).collect();
    let cause = Cause::NoVariable { name: name.to_string(), within };
    let error = Error::from(cause).in_file(&secrets.file);
    Err(match secrets.all().find(|one| one.name == *name).map(|one| &one.layer) {
        Some(Layer::Profile(other)) => error.hint(format!("it is in profile {other}: --profile {other}")),
        Some(_) => error.hint("it is at the top level: --profile none"),
        None if project.settings.declaration(name.as_str()).is_some() => {
            error.hint(format!("set its first value: venvars set {name}"))
        }
        None => error.did_you_mean(
            name.as_str(),
            secrets.all().map(|one| one.name.as_str()),
            "`venvars list` lists the variables",
        ),
    })
}

/// `definition`, if its value is kept here and so can be changed here.
fn stored(definition: &Definition) -> Result<&Definition> {
    if definition.source.is_stored() {
        return Ok(definition);
    }
    let kind = definition.source.kind();
    let error = Error::unsupported(format!("its value is not stored here ({kind})"));
    Err(definition.about(error).hint(compromised::elsewhere(definition, &definition.source)))
}

/// The value of `definition` now.
fn value(sources: &Sources, definition: &Definition) -> Result<Zeroizing<String>> {
    let stored = stored(definition)?;
    let value = sources.ask(&stored.source, &stored.file, Reach::All).map_err(NoValue::into_error);
    value.map_err(|error| definition.about(error.context("the old value is not available")))
}

/// Carries out `turns`, all or none, under the lock of the secrets file; `wait` is called once if somebody
/// else has it open. Second, which the keyring did not take after all.
///
/// # Errors
/// A value may not or cannot be changed; then none is.
pub fn carry_out<'t>(
    session: &Session,
    turns: &'t [Turn],
    wait: impl Fn(),
) -> Result<(Vec<Turned<'t>>, Vec<Error>)> {
    let (files, ledger) = (&session.files, session.ledger()?);
    let mut editor = Editor::open(&files.project, wait)?;
    let at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut writes = Writes::default();
    let turned = turns
        .iter()
        .enumerate()
        .map(|(index, turn)| turn.prepare(index, files, &editor.secrets, ledger, &at, &mut writes))
        .collect::<Result<Vec<_>>>()?;
    writes.news.iter().try_for_each(|(profile, news)| editor.set(profile.as_ref(), news))?;
    editor.put_aside(&writes.asides)?;
    for turn in turns.iter().filter(|turn| turn.new.is_some()) {
        editor.made(turn.target.profile.as_ref(), &turn.target.name, turn.kind);
    }
    editor.guard()?;
    for (entry, value) in &writes.before {
        files.sources.store(entry, value)?;
        if keyring::get(entry, keyring::PATIENCE)? != *value {
            return Err(Error::service(format!(
                "the keyring returned another value than was stored as {entry}"
            ))
            .hint("nothing was changed"));
        }
    }
    editor.write(None)?;
    let (mut are_done, mut errors) = (vec![true; turns.len()], Vec::new());
    for (index, entry, value) in &writes.after {
        if let Err(error) = files.sources.store(entry, value) {
            are_done[*index] = false;
            let name = &turns[*index].target.name;
            let error = error.context(format!("{name}: the value in the keyring is still the old one"));
            errors.push(error.or_hint("try again"));
        }
    }
    let done = turned.into_iter().zip(are_done).filter_map(|(turned, is_done)| is_done.then_some(turned));
    Ok((done.collect(), errors))
}

impl Turn {
    /// What comes of it, and what is to be written for that.
    fn prepare<'a>(
        &'a self,
        index: usize,
        files: &Files,
        secrets: &Secrets,
        ledger: &Ledger,
        at: &str,
        writes: &mut Writes,
    ) -> Result<Turned<'a>> {
        let Files { project, sources, .. } = files;
        let Target { name, profile, .. } = &self.target;
        let list = list_of(&project.settings, name);
        let declared = project.settings.declaration(name.as_str());
        let was_generated = declared.is_some_and(|declared| declared.generate.is_some())
            || made_as(&project.secrets, profile.as_ref(), name).is_some();
        let mut turned = Turned {
            target: &self.target,
            fallbacks: None,
            is_compromised: false,
            recipients: Vec::new(),
            was_generated,
            changed: Vec::new(),
        };
        let own =
            self.new.as_ref().map(|_| stored(definition(secrets, project, &self.target)?)).transpose()?;
        // An old value of age without a fallback list is kept encrypted: it need not be decrypted.
        let is_needed = |own: &Definition| list.is_some() || !matches!(own.source, Source::Age(_));
        let old = own.filter(|own| is_needed(own)).map(|own| value(sources, own)).transpose()?;
        if let (Some(own), Some(new)) = (own, &self.new) {
            refuse_known(secrets, name, old.as_ref(), new)?;
            turned.recipients = writes.renew(index, files, own, at, new, old.as_ref())?;
            turned.changed.push(name.clone());
        }
        let Some(list) = list else { return Ok(turned) };
        let is_compromised = |value: &str| -> Result<bool> {
            Ok(compromised::of_new(ledger, &project.settings, name, value)?.is_some())
        };
        if let Some(old) = &old {
            turned.is_compromised = is_compromised(old)?;
        }
        let keeper = own_of(secrets, &self.target, list);
        let before = keeper.map(|keeper| value(sources, keeper)).transpose()?;
        let had = fallbacks::read(list, before.as_ref().map_or("", |text| text))?;
        let mut kept = Vec::new();
        for key in had.iter().filter(|_| !self.drops) {
            if !is_compromised(key)? {
                kept.push(key.clone());
            }
        }
        let old = old.as_ref().filter(|_| !turned.is_compromised).map(|old| old.as_str());
        let kept = fallbacks::keep(list, old, &kept, self.new.as_ref().map_or("", |new| new));
        let after = fallbacks::write(&kept);
        turned.fallbacks = Some((list.clone(), kept.len()));
        if keeper.is_some_and(|keeper| keeper.source.is_plain()) {
            let dropped = had.iter().filter(|key| !kept.contains(key));
            let dropped = dropped.filter(|key| !was_put_aside(secrets, name, key));
            // Written there by hand: the scan is to know it too.
            writes.asides.extend(dropped.map(|key| Aside {
                name: name.clone(),
                profile: profile.clone(),
                at: at.to_owned(),
                value: New::text(key),
            }));
        }
        if before.as_ref().is_some_and(|before| **before == *after) || (before.is_none() && kept.is_empty()) {
            return Ok(turned);
        }
        if let Some(problem) = project.settings.declaration(list.as_str()).and_then(|one| one.problem(&after))
        {
            return Err(Error::bad_value(format!(
                "{list}: its declaration does not allow a JSON list: {problem}"
            ))
            .hint("type = \"json\" is"));
        }
        let like = own.or_else(|| own_of(secrets, &self.target, name));
        writes.keep(files, secrets, profile.as_ref(), list, after, [keeper, like])?;
        turned.changed.push(list.clone());
        Ok(turned)
    }
}

/// Rejects a value that is already in use or was used before.
fn refuse_known(
    secrets: &Secrets,
    name: &Name,
    old: Option<&Zeroizing<String>>,
    new: &Zeroizing<String>,
) -> Result<()> {
    let what = match old {
        Some(old) if old == new => "this is its current value",
        _ if was_put_aside(secrets, name, new) => "this is one of its old values",
        _ => return Ok(()),
    };
    Err(Error::bad_value(format!("{name}: {what}")).hint("nothing was changed; use a new value"))
}

/// Whether `value` stands among the old ones of `name`, as far as they are in the file itself.
fn was_put_aside(secrets: &Secrets, name: &Name, value: &str) -> bool {
    let mut own = secrets.rotated.iter().filter(|one| one.name == *name);
    own.any(|one| one.source.literal() == Some(value))
}

impl Writes {
    /// A new value for what `own` defines, kept as the old one is; and the old one put aside the same way. Tells
    /// whom it is encrypted for, if it is.
    fn renew(
        &mut self,
        index: usize,
        files: &Files,
        own: &Definition,
        at: &str,
        new: &Zeroizing<String>,
        old: Option<&Zeroizing<String>>,
    ) -> Result<Vec<String>> {
        let profile = own.layer.profile();
        let mut recipients = Vec::new();
        let aside = match &own.source {
            Source::Keyring(entry) => {
                let kept = entry.until_now();
                if let Some(old) = old {
                    self.before.push((kept.clone(), old.clone()));
                }
                self.after.push((index, entry.clone(), new.clone()));
                New::source("keyring", &kept.to_string())
            }
            Source::Age(message) => {
                recipients = files.recipients()?;
                let new = New::source("age", &age::encrypt(new, &recipients)?);
                self.set(profile, &own.name, new);
                New::source("age", message)
            }
            _ => {
                self.set(profile, &own.name, New::text(new));
                New::text(old.map_or("", |old| old))
            }
        };
        let (name, profile) = (own.name.clone(), profile.cloned());
        self.asides.push(Aside { name, profile, at: at.to_owned(), value: aside });
        Ok(recipients)
    }

    /// `text` for the variable `list`, kept at least as well as each of `like`: what was in the keyring
    /// or encrypted never becomes plain.
    fn keep(
        &mut self,
        files: &Files,
        secrets: &Secrets,
        profile: Option<&ProfileName>,
        list: &Name,
        text: Zeroizing<String>,
        like: [Option<&Definition>; 2],
    ) -> Result<()> {
        let hidden = like.into_iter().flatten().find(|one| !one.source.is_plain());
        let new = match hidden.map(|one| &one.source) {
            Some(Source::Keyring(_)) => {
                let entry = entry_for(&files.project, secrets, profile, list, None)?;
                self.before.push((entry.clone(), text));
                New::source("keyring", &entry.to_string())
            }
            Some(Source::Age(_)) => New::source("age", &age::encrypt(&text, &files.recipients()?)?),
            _ => New::Text(text),
        };
        self.set(profile, list, new);
        Ok(())
    }

    fn set(&mut self, profile: Option<&ProfileName>, name: &Name, new: New) {
        self.news.entry(profile.cloned()).or_default().push((name.clone(), new));
    }
}
