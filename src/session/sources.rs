//! The one place where the sources of values are asked: each file, command, keyring entry and age message once
//! in a run, whatever the number of profiles and variables that name it.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use zeroize::Zeroizing;

use crate::model::source::Source;
use crate::words::error::{Error, Result};
use crate::world::age::{self, Identities};
use crate::world::command::{Failure, Invocation};
use crate::world::file::File;
use crate::world::keyring;
use crate::world::keyring::entry::KeyringEntry;
use crate::world::threads;

/// How far to reach for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Only what lies on this disk as plain text anyway.
    Plain,
    /// Nothing is run, and nobody is prompted: no command, no keyring, no passphrase.
    Quiet,
    /// Whatever it takes.
    All,
}

/// Why a source gave no value.
#[derive(Clone)]
pub enum NoValue {
    /// It was not asked: that would have been out of reach, or is not allowed.
    Unasked,
    /// A command failed. What it said may hold a value.
    Command(Arc<Failure>),
    /// Anything else.
    Error(Error),
}

/// What a source gave.
pub type Answer = Result<Zeroizing<String>, NoValue>;

/// The answers of this run. Clones share them.
#[derive(Clone, Default)]
pub struct Sources(Arc<Asked>);

#[derive(Default)]
struct Asked {
    /// The files whose sources may be asked: all else only holds values.
    permitted: Mutex<HashSet<Arc<Path>>>,
    /// Where progress is reported.
    say: OnceLock<fn(&str)>,
    answers: Mutex<HashMap<SourceKey, Arc<OnceLock<Answer>>>>,
    identities: OnceLock<Result<Identities>>,
}

/// What is asked once.
#[derive(Clone, PartialEq, Eq, Hash)]
enum SourceKey {
    /// A file, in the folder of the file that names it.
    File(File, Arc<Path>),
    /// A command, there too.
    Command(Invocation, Arc<Path>),
    Keyring(KeyringEntry),
    Age(String),
}

impl Sources {
    /// Allows to ask what stands in `files`.
    pub fn permit<'f>(&self, files: impl IntoIterator<Item = &'f Arc<Path>>) {
        let mut permitted = self.0.permitted.lock().unwrap_or_else(PoisonError::into_inner);
        permitted.extend(files.into_iter().cloned());
    }

    /// Has `say` told what is waited for.
    pub fn tell(&self, say: fn(&str)) {
        // Once in a run.
        let _ = self.0.say.set(say);
    }

    /// The result of `work`; reports that it waits for `what` if that takes long.
    fn patiently<R>(&self, what: &str, work: impl FnOnce() -> R) -> R {
        let say = self.0.say.get().copied().unwrap_or(|_| ());
        threads::patiently(|| say(&format!("waiting for {what} (Ctrl-C stops it)")), work)
    }

    fn is_permitted(&self, file: &Arc<Path>) -> bool {
        self.0.permitted.lock().unwrap_or_else(PoisonError::into_inner).contains(file)
    }

    /// The value that `source`, which stands in `file`, gives within `reach`. Templates give none: what they
    /// are made of does.
    ///
    /// # Errors
    /// It gave none, now or before in this run, or is out of reach.
    pub fn ask(&self, source: &Source, file: &Arc<Path>, reach: Reach) -> Answer {
        if !matches!(source, Source::Literal(_) | Source::Template(_)) && !self.is_permitted(file) {
            return Err(NoValue::Unasked);
        }
        let key = match source {
            Source::Literal(value) => return Ok(Zeroizing::new(value.reveal().to_owned())),
            Source::Template(_) => return Err(NoValue::Unasked),
            Source::File(one) => SourceKey::File(one.clone(), Arc::clone(file)),
            Source::Command(command) => SourceKey::Command(command.clone(), Arc::clone(file)),
            Source::Keyring(entry) => SourceKey::Keyring(entry.clone()),
            Source::Age(message) => SourceKey::Age(message.clone()),
        };
        let is_plain = matches!(key, SourceKey::File(..));
        if reach == Reach::Plain && !is_plain {
            return Err(NoValue::Unasked);
        }
        let answer = self.place(&key);
        if reach == Reach::Quiet && !is_plain && answer.get().is_none() {
            let SourceKey::Age(message) = &key else { return Err(NoValue::Unasked) };
            let opened = self.identities().and_then(|own| age::decrypt_quietly(own, message));
            return match opened.map_err(NoValue::Error).transpose() {
                None => Err(NoValue::Unasked),
                Some(opened) => answer.get_or_init(|| opened).clone(),
            };
        }
        answer.get_or_init(|| self.ask_now(&key)).clone()
    }

    /// The value of `source`, where venvars itself keeps it: in `file`, in the keyring, or encrypted in
    /// `file`. `None` for what comes from elsewhere.
    ///
    /// # Errors
    /// The keyring does not give it, or no identity of age opens it.
    #[must_use]
    pub fn stored(&self, source: &Source, file: &Arc<Path>) -> Option<Result<Zeroizing<String>>> {
        source.is_stored().then(|| self.ask(source, file, Reach::All).map_err(NoValue::into_error))
    }

    /// Stores `value` as the keyring's `entry`: from now on that is its answer.
    ///
    /// # Errors
    /// As for [`keyring::set`].
    pub fn store(&self, entry: &KeyringEntry, value: &str) -> Result<()> {
        let key = SourceKey::Keyring(entry.clone());
        let mut answers = self.0.answers.lock().unwrap_or_else(PoisonError::into_inner);
        // Asked again if that fails half-way: nobody knows what it holds then.
        answers.remove(&key);
        self.patiently("the keyring", || keyring::set(entry, value, keyring::PATIENCE))?;
        answers.insert(key, Arc::new(OnceLock::from(Ok(Zeroizing::new(value.to_owned())))));
        Ok(())
    }

    fn place(&self, key: &SourceKey) -> Arc<OnceLock<Answer>> {
        let mut answers = self.0.answers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(answers.entry(key.clone()).or_default())
    }

    fn ask_now(&self, key: &SourceKey) -> Answer {
        match key {
            SourceKey::File(one, file) => {
                one.read(file.parent().unwrap_or(Path::new("."))).map_err(NoValue::Error)
            }
            SourceKey::Command(command, file) => {
                let answer = self.patiently(command.program(), || command.run(file));
                answer.map_err(|failure| NoValue::Command(Arc::new(failure)))
            }
            SourceKey::Keyring(entry) => {
                let of = format!("the keyring to give {entry}");
                self.patiently(&of, || keyring::get(entry, keyring::PATIENCE)).map_err(NoValue::Error)
            }
            SourceKey::Age(message) => {
                self.identities().and_then(|own| age::decrypt(own, message)).map_err(NoValue::Error)
            }
        }
    }

    fn identities(&self) -> Result<&Identities> {
        let own = self.0.identities.get_or_init(|| Identities::load(&age::identity_files()?));
        own.as_ref().map_err(Error::clone)
    }
}

impl NoValue {
    /// It as an error, without what a command said: that may hold a value.
    #[must_use]
    pub fn into_error(self) -> Error {
        match self {
            Self::Unasked => Error::missing("the value was not looked up"),
            Self::Command(failure) => failure.error.clone(),
            Self::Error(error) => error,
        }
    }
}
