//! The ledger of the compromised: which values others may know. It holds fingerprints, never a value,
//! and is there for git to keep, so that nobody who works on the project sets such a value again.
//!
//! One line an entry, sorted, and each complete in itself: two branches that add entries merge line by
//! line (`venvars.compromised.toml merge=union` in `.gitattributes`), even where each has begun a ledger
//! of its own.

mod cache;
pub mod compromised;
pub mod entry;
pub mod fingerprint;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::session::ledger::entry::{Leak, LedgerEntry, Suspect};
use crate::session::ledger::fingerprint::{Cost, Fingerprint, Key, Recipe};
use crate::words::cause::Cause;
use crate::words::error::{Error, LineIndex, Position, Result};
use crate::words::name::Name;
use crate::world::disk;
use crate::world::disk::lock::Lock;
use crate::world::disk::owner;
use crate::world::disk::replace::{self, Replacement};
use crate::world::threads::{cores, side_by_side};

/// The name of the file, in the project's folder.
pub const FILE: &str = "venvars.compromised.toml";

/// The version of the form that is written here.
const VERSION: i64 = 1;

/// No value of fewer characters is kept: anyone with the ledger could try them all. It is also what is
/// too short for the scan to be a secret.
pub const SHORTEST: usize = 8;

/// The most work of comparing a value: that of 32 ledgers which were begun apart, a second.
const MOST_WORK: u64 = 32 * Cost::NEW.memory as u64 * Cost::NEW.passes as u64;

/// The most characters of a reason.
const LONGEST_REASON: usize = 200;

const HEAD: &str = "\
# Compromised values, recorded by `venvars scan` and `venvars compromised`. Commit this file: it holds no values, only
# fingerprints that recognize one when it is set again. One line per value; in a merge, keep the lines of both sides.
";

/// The ledger as it was read.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    entries: Vec<LedgerEntry>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LedgerFile {
    #[serde(rename = "version")]
    _version: i64,
    #[serde(default)]
    compromised: Vec<Spanned<LedgerLine>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LedgerLine {
    name: String,
    date: Datetime,
    #[serde(default)]
    reason: String,
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    fingerprint: String,
}

impl Ledger {
    /// Reads the ledger of the project in `folder`; without one, an empty one.
    ///
    /// # Errors
    /// It cannot be read, is damaged, or of a newer version.
    pub fn read(folder: &Path) -> Result<Self> {
        let file = folder.join(FILE);
        let Some(bytes) = owner::read(&file)? else {
            return Ok(Self::default());
        };
        let text = String::from_utf8(bytes).map_err(|_| {
            damaged(Cause::NotUtf8("the ledger of compromised values".to_owned()).into()).in_file(&file)
        })?;
        text.parse().map_err(|error: Error| error.in_file(&file))
    }

    /// What it costs to compare a value with all of it, as memory times passes.
    fn work(&self) -> u64 {
        let recipes: BTreeSet<&Recipe> = self.entries.iter().map(|entry| &entry.recipe).collect();
        let costs = recipes.iter().map(|recipe| recipe.cost());
        costs.map(|cost| u64::from(cost.memory) * u64::from(cost.passes)).sum()
    }

    /// The text of the file.
    fn text(&self) -> String {
        let lines: String = self.entries.iter().map(LedgerEntry::line).collect();
        format!("{HEAD}version = {VERSION}\ncompromised = [\n{lines}]\n")
    }

    /// Every entry, by name and date.
    #[must_use]
    pub fn entries(&self) -> &[LedgerEntry] {
        &self.entries
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether `suspect` could be in it. Costs nothing.
    #[must_use]
    pub fn may_have(&self, suspect: Suspect<'_>) -> bool {
        suspect.value.chars().count() >= SHORTEST && self.entries.iter().any(|entry| entry.may_be(suspect))
    }

    /// The entry of each of `suspects`, in their order: one of its own name if there is one, else of
    /// whatever name.
    ///
    /// Each costs a derivation (about 30 ms) if the ledger [may have](Ledger::may_have) it, and else
    /// nothing; they are made side by side.
    ///
    /// # Errors
    /// As for [`Recipe::key`].
    pub fn find(&self, suspects: &[Suspect<'_>]) -> Result<Vec<Option<&LedgerEntry>>> {
        let suspects = suspects.to_vec();
        side_by_side(suspects, cores(), |suspect| self.look(suspect)).into_iter().collect()
    }

    fn look(&self, suspect: Suspect<'_>) -> Result<Option<&LedgerEntry>> {
        if !self.may_have(suspect) {
            return Ok(None);
        }
        let mut keys: Vec<(&Recipe, Key)> = Vec::new();
        let among = self.entries.iter().filter(|entry| entry.may_be(suspect));
        let (own, others): (Vec<&LedgerEntry>, Vec<&LedgerEntry>) =
            among.partition(|entry| entry.name == *suspect.name);
        for entry in own.into_iter().chain(others) {
            let known = keys.iter().position(|(recipe, _)| **recipe == entry.recipe);
            if known.is_none() {
                keys.push((&entry.recipe, entry.recipe.key(suspect.value)?));
            }
            if keys[known.unwrap_or(keys.len() - 1)].1.fingerprint(&entry.name)? == entry.fingerprint {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// Adds what is not in it yet, and tells of each of `leaks` whether it is new.
    fn add(&mut self, leaks: &[Leak<'_>], date: &str) -> Result<Vec<bool>> {
        // A salt that is there saves a derivation at each look; other people's costs are not taken over.
        let recipe = match self.entries.iter().find(|entry| entry.recipe.cost() == Cost::NEW) {
            Some(entry) => entry.recipe.clone(),
            None => Recipe::new()?,
        };
        let mut are_new = Vec::with_capacity(leaks.len());
        for leak in leaks {
            let suspect = Suspect { name: leak.name, value: leak.value.reveal(), is_secret: false };
            let is_new = self.look(suspect)?.is_none();
            if is_new {
                self.entries.push(LedgerEntry {
                    name: leak.name.clone(),
                    date: date.to_owned(),
                    reason: reason(&leak.reason),
                    fingerprint: recipe.key(suspect.value)?.fingerprint(leak.name)?,
                    recipe: recipe.clone(),
                });
            }
            are_new.push(is_new);
        }
        self.sort();
        Ok(are_new)
    }

    /// In the order of the file, each once: two branches may have found the same.
    fn sort(&mut self) {
        self.entries.sort_by(|one, other| {
            (&one.name, &one.date, one.fingerprint).cmp(&(&other.name, &other.date, other.fingerprint))
        });
        let mut seen = HashSet::new();
        self.entries.retain(|entry| seen.insert((entry.name.clone(), entry.print())));
    }
}

/// An entry, or what is wrong with its line.
fn entry(line: LedgerLine) -> Result<LedgerEntry, &'static str> {
    let LedgerLine { name, date, reason, memory, passes, lanes, salt, fingerprint } = line;
    if date.date.is_none() || date.time.is_some() {
        return Err("the date of an entry is not a date");
    }
    Ok(LedgerEntry {
        name: Name::new(&name).map_err(|_| "the name of an entry is not valid for a variable")?,
        date: date.to_string(),
        reason: self::reason(&reason),
        recipe: Recipe::of(Cost { memory, passes, lanes }, &salt)
            .ok_or("the salt of an entry is not valid, or checking it would take too long")?,
        fingerprint: Fingerprint::parse(&fingerprint).ok_or("the fingerprint of an entry is not valid")?,
    })
}

/// A reason as one short line without control characters.
fn reason(text: &str) -> String {
    crate::words::message::printable(text, &[]).chars().take(LONGEST_REASON).collect()
}

fn damaged(error: Error) -> Error {
    error.hint(format!(
        "only venvars writes this file: `git log -p {FILE}` shows what changed it, `git checkout` gives it back"
    ))
}

/// The day that it is, in UTC.
fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// Remembers that others may know these values, in the ledger of the project in `folder`; tells of each
/// whether it is new. The caller holds no lock on `folder`.
///
/// # Errors
/// A value has fewer than [`SHORTEST`] characters; the ledger cannot be read or written. Then nothing
/// was written.
pub fn remember(folder: &Path, leaks: &[Leak<'_>]) -> Result<Vec<bool>> {
    if let Some(short) = leaks.iter().find(|leak| leak.value.reveal().chars().count() < SHORTEST) {
        return Err(Error::refused(format!(
            "{}: a value of fewer than {SHORTEST} characters is not recorded: anyone who reads the ledger could guess it",
            short.name
        ))
        .hint(format!("give it a new one: venvars rotate {}", short.name)));
    }
    let _lock = Lock::take(folder)?;
    let mut ledger = Ledger::read(folder)?;
    let are_new = ledger.add(leaks, &today())?;
    if are_new.contains(&true) {
        write(folder, &ledger)?;
    }
    Ok(are_new)
}

/// Takes `entry` out of the ledger of the project in `folder`; tells whether it was there.
///
/// # Errors
/// The ledger cannot be read or written.
pub fn forget(folder: &Path, entry: &LedgerEntry) -> Result<bool> {
    let _lock = Lock::take(folder)?;
    let mut ledger = Ledger::read(folder)?;
    let before = ledger.entries.len();
    ledger.entries.retain(|one| one != entry);
    let is_gone = ledger.entries.len() < before;
    if is_gone {
        write(folder, &ledger)?;
    }
    Ok(is_gone)
}

fn write(folder: &Path, ledger: &Ledger) -> Result<()> {
    let file = disk::within(&folder.join(FILE), folder)?;
    // It is for everybody to read.
    let mode = (!file.exists()).then_some(0o644);
    replace::all(&[Replacement { file: &file, content: ledger.text().as_bytes(), mode }])
}

impl FromStr for Ledger {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // A newer form is named as such, whatever else is in it.
        let bare = |error: &toml::de::Error| {
            let message = error.message().lines().next().unwrap_or("not valid TOML").to_owned();
            let offset = error.span().map_or(0, |span| span.start);
            damaged(Error::syntax(message).at(Position::of(text, offset)))
        };
        if let Some(at) = text.lines().position(|line| line.starts_with("<<<<<<<")) {
            let error = Error::conflict("git could not merge the two sides of this file");
            return Err(error.at(Position { line: at + 1, column: 1 }).hint(format!(
                "delete the lines that begin with <<<<<<<, ======= and >>>>>>>, and keep all others; `{FILE} merge=union` in .gitattributes has git do so"
            )));
        }
        let table: toml::Table = toml::from_str(text).map_err(|error| bare(&error))?;
        match table.get("version").and_then(toml::Value::as_integer) {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => {
                return Err(Error::unsupported(format!(
                    "the ledger of compromised values is of version {newer}, and this venvars knows version {VERSION}"
                ))
                .hint("use a newer venvars"));
            }
            _ => return Err(damaged(Error::syntax("the ledger of compromised values has no version"))),
        }
        let form: LedgerFile = toml::from_str(text).map_err(|error| bare(&error))?;
        let lines = LineIndex::of(text);
        let entries = form.compromised.into_iter().map(|line| {
            let at = lines.at(line.span().start);
            entry(line.into_inner()).map_err(|what| damaged(Error::syntax(what).at(at)))
        });
        let ledger = Self { entries: entries.collect::<Result<_>>()? };
        // Every value is compared with all of it.
        if ledger.work() > MOST_WORK {
            return Err(damaged(Error::refused(
                "the ledger of compromised values would take too long to compare with",
            )));
        }
        Ok(ledger)
    }
}

#[cfg(test)]
mod tests;
