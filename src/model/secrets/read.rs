//! From the text of `secrets.toml` to definitions.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use toml_edit::{Document, Item, Table, Value as Toml};
use zeroize::Zeroizing;

use crate::model::secrets::rotated::{self, ROTATED};
use crate::model::secrets::{Definition, Layer, Profile, Rotated, Secrets};
use crate::model::source::{self, Source};
use crate::words::error::{Error, LineIndex, Position, Result};
use crate::words::message::round;
use crate::words::name::Name;
use crate::words::profile::{ProfileName, TOP};
use crate::words::secret::Secret;
use crate::world::disk::owner;

/// The table that holds the profiles.
pub(super) const PROFILES: &str = "profile";
/// The key of a profile that names the one it goes above.
pub(super) const EXTENDS: &str = "extends";

impl Secrets {
    /// Reads `file`.
    ///
    /// # Errors
    /// The file cannot be read, or something in it is not valid; each error has line and
    /// column and shows no value.
    pub fn read(file: &Path) -> Result<Self> {
        let (secrets, errors) = Self::read_in_part(file);
        Error::all(errors).map(|()| secrets)
    }

    /// Reads what is valid in `file`; also returns the errors, as for [`Secrets::read`].
    #[must_use]
    pub fn read_in_part(file: &Path) -> (Self, Vec<Error>) {
        match text(file) {
            Ok(text) => parsed(file, &text),
            Err(error) => (Secrets::empty(file), vec![error]),
        }
    }

    /// What `file` says if nothing is read of it.
    #[must_use]
    pub fn empty(file: &Path) -> Self {
        Self {
            file: Arc::from(file),
            definitions: Vec::new(),
            profiles: IndexMap::new(),
            rotated: Vec::new(),
        }
    }

    /// Reads `text`, the content of `file`.
    ///
    /// # Errors
    /// Something in it is not valid; each error has line and column and shows no value.
    pub fn parse(file: &Path, text: &str) -> Result<Self> {
        let (secrets, errors) = Self::parse_in_part(file, text);
        Error::all(errors).map(|()| secrets)
    }

    /// Reads what is valid in `text`; also returns the errors.
    #[must_use]
    pub fn parse_in_part(file: &Path, text: &str) -> (Self, Vec<Error>) {
        parsed(file, text)
    }
}

/// The text of `file`, which is the user's own.
///
/// # Errors
/// There is no such file, it belongs to somebody else, cannot be read, or is not UTF-8.
pub fn text(file: &Path) -> Result<Zeroizing<String>> {
    let bytes = owner::read(file)?.ok_or_else(|| Error::no_file(file))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            let (wrong, bytes) = (error.utf8_error(), Zeroizing::new(error.into_bytes()));
            Err(Error::not_utf8(file, &bytes, wrong))
        }
    }
}

/// What `text`, the content of `file`, defines as far as it is valid; and the errors, each with
/// its position and without any of the text itself.
fn parsed(file: &Path, text: &str) -> (Secrets, Vec<Error>) {
    let (secrets, errors) = match parse(text) {
        Ok(document) => {
            SecretsReader { text, places: LineIndex::of(text), file: Arc::from(file), document }.secrets()
        }
        Err(error) => (Secrets::empty(file), vec![error]),
    };
    (secrets, errors.into_iter().map(|error| error.in_file(file)).collect())
}

fn parse(text: &str) -> Result<Document<&str>> {
    // The parser's own Display would print the line, secret and all: only its message is used.
    Document::parse(text).map_err(|error| {
        let message = error.message().lines().next().unwrap_or("not valid TOML");
        let place = Position::of(text, error.span().map_or(0, |span| span.start));
        let wrong = Error::syntax(message).at(place);
        let hint = hint(message, text.lines().nth(place.line - 1).unwrap_or_default());
        if let Some(hint) = hint { wrong.hint(hint) } else { wrong }
    })
}

/// What to do about a `line` of which the parser says `message`.
fn hint(message: &str, line: &str) -> Option<&'static str> {
    Some(match message {
        "duplicate key" => "a name can be set once at the top level, and once in each profile",
        _ if message.contains("keys cannot be empty") => "a name goes before the =: NAME = \"value\"",
        "key with no value, expected `=`" => match line.trim_start() {
            line if line.starts_with("export ") => "leave out `export`, or use `venvars import FILE`",
            line if line.contains(':') => "write = instead of the colon: NAME = \"value\"",
            _ => "a value goes after the name: NAME = \"value\"",
        },
        _ if message.contains("boolean") => "TOML has true and false in lower case; strings need quotes",
        _ if message.contains("multi-line") => "end the string with the three quotes that it begins with",
        _ if message.contains("escape") => "a backslash stays one in single quotes: NAME = 'value'",
        _ if ["quoted", "string", "float"].iter().any(|word| message.contains(word)) => {
            "strings need quotes: NAME = \"value\""
        }
        _ => return None,
    })
}

/// Where in the text `value` begins.
fn start(value: &Toml) -> usize {
    value.span().map_or(0, |span| span.start)
}

struct SecretsReader<'a> {
    text: &'a str,
    places: LineIndex<'a>,
    file: Arc<Path>,
    document: Document<&'a str>,
}

impl SecretsReader<'_> {
    /// What is wrong with the text at `span`.
    fn at(&self, span: Option<Range<usize>>, message: String) -> Error {
        self.place(span, Error::syntax(message))
    }

    fn place(&self, span: Option<Range<usize>>, error: Error) -> Error {
        error.at(self.places.at(span.map_or(0, |span| span.start)))
    }

    fn secrets(&self) -> (Secrets, Vec<Error>) {
        let table = self.document.as_table();
        let mut errors = Vec::new();
        let definitions = self.definitions(table, &Layer::Project, &mut errors);
        let mut profiles = match table.get(PROFILES) {
            Some(Item::Table(profiles)) => self.profiles(profiles, &mut errors),
            _ => Vec::new(),
        };
        if let Some(Item::Table(table)) = table.get(PROFILES) {
            self.cut_loose_ends(table, &mut profiles, &mut errors);
        }
        let rotated = match table.get(ROTATED) {
            Some(Item::ArrayOfTables(rotated)) => {
                let rotated = rotated.iter().map(|table| self.rotated(table));
                rotated.filter_map(|one| one.map_err(|error| errors.push(error)).ok()).collect()
            }
            _ => Vec::new(),
        };
        let profiles = profiles.into_iter().map(|profile| (profile.name.clone(), profile)).collect();
        (Secrets { file: Arc::clone(&self.file), definitions, profiles, rotated }, errors)
    }

    /// An old value that was put aside.
    fn rotated(&self, table: &Table) -> Result<Rotated> {
        let span = table.span();
        let (name, profile, at) =
            rotated::about(table).map_err(|wrong| self.place(wrong.span.or(span.clone()), wrong.error))?;
        // `about` has seen that there is one.
        let Some(value) = table.get(rotated::VALUE).and_then(Item::as_value) else {
            return Err(self.at(span, format!("{name}: no value")));
        };
        let source = self.source(&name, value)?;
        if !source.is_stored() {
            let what =
                format!("{name}: an old value must be a string, in the keyring, or encrypted with age");
            return Err(self.at(value.span(), what).hint("only `venvars rotate` writes these tables"));
        }
        Ok(Rotated { name, profile, at, source, position: self.places.at(start(value)) })
    }

    /// The variables of one table; what is wrong goes to `errors`.
    fn definitions(&self, table: &Table, layer: &Layer, errors: &mut Vec<Error>) -> Vec<Definition> {
        let mut definitions: Vec<Definition> = Vec::with_capacity(table.len());
        for (key, item) in table {
            let ours = match (layer, item) {
                (Layer::Profile(_), Item::Value(_)) => key == EXTENDS,
                (Layer::Project, Item::Table(_)) => key == PROFILES,
                (Layer::Project, Item::ArrayOfTables(_)) => key == ROTATED,
                _ => false,
            };
            if ours {
                continue;
            }
            let span = table.key(key).and_then(toml_edit::Key::span);
            match self.definition(key, span, item, layer, &definitions) {
                Ok(definition) => definitions.push(definition),
                Err(error) => errors.push(error),
            }
        }
        definitions
    }

    /// The variable `key` of a table that defines `others` before it.
    fn definition(
        &self,
        key: &str,
        key_span: Option<Range<usize>>,
        item: &Item,
        layer: &Layer,
        others: &[Definition],
    ) -> Result<Definition> {
        let name = Name::new(key).map_err(|refusal| {
            self.place(key_span.clone(), Error::bad_name(key, refusal)).hint("use another name")
        })?;
        // Windows knows both as one variable.
        if cfg!(windows)
            && let Some(other) = others.iter().find(|one| one.name.as_str().eq_ignore_ascii_case(key))
        {
            return Err(self
                .at(key_span, format!("{name}: differs from {} only in case", other.name))
                .hint("Windows has one variable for both: keep one of them"));
        }
        let Item::Value(value) = item else {
            return Err(self.unknown_table(&name, item.span().or(key_span)));
        };
        Ok(Definition {
            source: self.source(&name, value)?,
            name,
            file: Arc::clone(&self.file),
            position: self.places.at(start(value)),
            layer: layer.clone(),
        })
    }

    fn unknown_table(&self, name: &Name, span: Option<Range<usize>>) -> Error {
        let hint = match crate::words::nearest(name.as_str(), [PROFILES]) {
            Some(near) => format!("did you mean [{near}.NAME]?"),
            None => "variables go at the top level or in a [profile.NAME]: NAME = \"value\"".to_owned(),
        };
        self.at(span, format!("{name}: unknown table")).hint(hint)
    }

    /// Where one variable's value comes from.
    fn source(&self, name: &Name, value: &Toml) -> Result<Source> {
        let span = value.span();
        let plain = match value {
            Toml::String(string) => string.value().clone(),
            // Numbers, dates and booleans are the text as written: 1.10 stays 1.10.
            Toml::Integer(_) | Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) => {
                self.text[span.clone().unwrap_or(0..0)].to_owned()
            }
            Toml::Array(_) => {
                let what = format!("{name}: a list cannot be the value of an environment variable");
                return Err(self.at(span, what).hint("write it as one string, in quotes"));
            }
            Toml::InlineTable(table) => {
                let place = |wrong: source::Wrong| self.place(wrong.span.or(span), wrong.error.context(name));
                return source::of(table).map_err(place);
            }
        };
        let misfit = |misfit| self.place(span, Error::misfit(misfit).context(name));
        Secret::of(name, plain).map(Source::Literal).map_err(misfit)
    }

    fn profiles(&self, table: &Table, errors: &mut Vec<Error>) -> Vec<Profile> {
        let mut profiles = Vec::with_capacity(table.len());
        for (key, item) in table {
            let span = table.key(key).and_then(toml_edit::Key::span);
            match self.profile(key, span, item, errors) {
                Ok(profile) => profiles.push(profile),
                Err(error) => errors.push(error),
            }
        }
        profiles
    }

    fn profile(
        &self,
        key: &str,
        span: Option<Range<usize>>,
        item: &Item,
        errors: &mut Vec<Error>,
    ) -> Result<Profile> {
        let name = ProfileName::new(key).map_err(|wrong| {
            let message = match key {
                TOP => format!("`{TOP}` means the top level, without a profile"),
                _ => wrong.to_string(),
            };
            self.at(span.clone(), message).hint("use another name")
        })?;
        let Item::Table(table) = item else {
            return Err(self
                .at(span, format!("{key}: a profile must be a table"))
                .hint(format!("write [{PROFILES}.{key}], with its variables below")));
        };
        let extends = table.get(EXTENDS).and_then(|item| {
            let extends = item.as_str().map(ProfileName::new);
            match extends {
                Some(Ok(extends)) => return Some(extends),
                Some(Err(_)) => errors.push(self.no_profile(&name, "", &[], item.span())),
                None => {
                    let error = self.at(item.span(), format!("{EXTENDS} must be the name of a profile"));
                    errors.push(error.hint(format!("{EXTENDS} = \"NAME\"")));
                }
            }
            None
        });
        let definitions = self.definitions(table, &Layer::Profile(name.clone()), errors);
        Ok(Profile { name, extends, definitions })
    }

    /// The profile `name` goes above `extends`, which is none of `profiles`.
    fn no_profile(
        &self,
        name: &ProfileName,
        extends: &str,
        profiles: &[Profile],
        span: Option<Range<usize>>,
    ) -> Error {
        let known = profiles.iter().map(|profile| &*profile.name);
        self.at(span, format!("{name}: {EXTENDS} does not name a profile in this file")).did_you_mean(
            extends,
            known,
            format!("a profile is a table: [{PROFILES}.NAME]"),
        )
    }

    /// Takes each `extends` out that does not lead to the top level in the end, and says why: without what is wrong,
    /// the rest is as good as it was.
    fn cut_loose_ends(&self, table: &Table, profiles: &mut [Profile], errors: &mut Vec<Error>) {
        /// Above how many others a profile may go.
        const DEEPEST: usize = 32;
        /// How many errors name the nearest profile, which takes a look at every one.
        const MOST: usize = 100;

        let place = |name: &ProfileName| table.get(name)?.as_table()?.get(EXTENDS)?.span();
        let names: Vec<ProfileName> = profiles.iter().map(|profile| profile.name.clone()).collect();
        let indices: HashMap<&str, usize> =
            names.iter().enumerate().map(|(index, name)| (&**name, index)).collect();
        // Above how many others each goes, where that is known.
        let mut depths: Vec<Option<usize>> = vec![None; names.len()];
        for start in 0..names.len() {
            let mut way: IndexSet<usize> = IndexSet::new();
            let mut last = start;
            while depths[last].is_none() {
                way.insert(last);
                let Some(extends) = &profiles[last].extends else { break };
                let error = match indices.get(&**extends) {
                    None => {
                        let known = if errors.len() < MOST { &*profiles } else { &[] };
                        self.no_profile(&names[last], extends, known, place(&names[last]))
                    }
                    Some(next) => {
                        let Some(begin) = way.get_index_of(next) else {
                            last = *next;
                            continue;
                        };
                        // Those before the loop are not part of it.
                        let names = way.iter().skip(begin).map(|index| &*names[*index]);
                        let what = match names.len() {
                            1 => "the profile extends itself".to_owned(),
                            _ => format!("the profiles extend each other in a loop: {}", round(names)),
                        };
                        self.at(place(&profiles[last].name), what).hint(format!("remove one {EXTENDS}"))
                    }
                };
                errors.push(error);
                profiles[last].extends = None;
                break;
            }
            let mut depth = depths[last];
            for index in way.into_iter().rev() {
                let above = depth.map_or(0, |depth| depth + 1);
                if above > DEEPEST {
                    let what = format!("{}: extends more than {DEEPEST} profiles", names[index]);
                    errors.push(self.at(place(&names[index]), what).hint(format!("remove one {EXTENDS}")));
                    profiles[index].extends = None;
                }
                depth = Some(if above > DEEPEST { 0 } else { above });
                depths[index] = depth;
            }
        }
    }
}

#[cfg(test)]
mod tests;
