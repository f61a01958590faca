//! From the text of `secrets.toml` to definitions.

use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml_edit::{Document, Item, Table, Value as Toml};
use zeroize::Zeroizing;

use crate::model::secrets::rotated::{self, ROTATED};
use crate::model::secrets::{Definition, Layer, NO_PROFILE, Profile, Rotated, Secrets, is_profile_name};
use crate::model::source::{self, Source};
use crate::words::error::{Error, Places, Position, Result};
use crate::words::name::{Name, Refusal};
use crate::words::value::Value;

/// The table that holds the profiles.
pub(super) const PROFILES: &str = "profile";
/// The key of a profile that names the one it goes above.
pub(super) const EXTENDS: &str = "extends";

/// What `file` defines as far as it is as it has to be, and what is not.
pub(super) fn file(file: &Path) -> (Secrets, Vec<Error>) {
    let text = fs::read(file).map(Zeroizing::new).map_err(|error| unreadable(file, &error));
    match text {
        Ok(bytes) => match std::str::from_utf8(&bytes) {
            Ok(text) => secrets(file, text),
            Err(error) => {
                let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                let error = Error::new("the text is no UTF-8 from here on")
                    .in_file(file)
                    .at(Position::of(&good, good.len()))
                    .hint("save the file as UTF-8");
                (nothing(file), vec![error])
            }
        },
        Err(error) => (nothing(file), vec![error]),
    }
}

fn nothing(file: &Path) -> Secrets {
    Secrets { file: Arc::from(file), definitions: Vec::new(), profiles: Vec::new(), rotated: Vec::new() }
}

fn unreadable(file: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => {
            Error::new("there is no such file").in_file(file).hint("`venvars init` makes it")
        }
        _ => Error::io("read", file, error),
    }
}

/// What `text`, the content of `file`, defines as far as it is as it has to be; and what is not, each with
/// its position and without any of the text itself.
pub(super) fn secrets(file: &Path, text: &str) -> (Secrets, Vec<Error>) {
    let (secrets, errors) = match parse(text) {
        Ok(document) => Reader { text, places: Places::of(text), file: Arc::from(file), document }.secrets(),
        Err(error) => (nothing(file), vec![error]),
    };
    (secrets, errors.into_iter().map(|error| error.in_file(file)).collect())
}

fn parse(text: &str) -> Result<Document<&str>> {
    // The parser's own Display would print the line, secret and all: only its message is used.
    Document::parse(text).map_err(|error| {
        let message = error.message().lines().next().unwrap_or("this is no TOML");
        at(text, error.span(), message.to_owned())
            .hint("a value that is text stands in quotes: NAME = \"value\"")
    })
}

fn at(text: &str, span: Option<Range<usize>>, message: String) -> Error {
    let offset = span.map_or(0, |span| span.start);
    Error::new(message).at(Position::of(text, offset))
}

struct Reader<'a> {
    text: &'a str,
    places: Places<'a>,
    file: Arc<Path>,
    document: Document<&'a str>,
}

impl Reader<'_> {
    fn at(&self, span: Option<Range<usize>>, message: String) -> Error {
        at(self.text, span, message)
    }

    fn secrets(&self) -> (Secrets, Vec<Error>) {
        let table = self.document.as_table();
        let mut errors = Vec::new();
        let definitions = self.definitions(table, &Layer::Project, &mut errors);
        let mut profiles = match table.get(PROFILES) {
            Some(Item::Table(profiles)) => self.profiles(profiles, &mut errors),
            _ => Vec::new(),
        };
        // Without what is wrong, the rest is as good as it was.
        if let Some(Item::Table(table)) = table.get(PROFILES) {
            while let Some((wrong, error)) = self.loose_end(table, &profiles) {
                errors.push(error);
                profiles[wrong].extends = None;
            }
        }
        let rotated = match table.get(ROTATED) {
            Some(Item::ArrayOfTables(rotated)) => {
                let rotated = rotated.iter().map(|table| self.rotated(table));
                rotated.filter_map(|one| one.map_err(|error| errors.push(error)).ok()).collect()
            }
            _ => Vec::new(),
        };
        (Secrets { file: Arc::clone(&self.file), definitions, profiles, rotated }, errors)
    }

    /// An old value that was put aside.
    fn rotated(&self, table: &Table) -> Result<Rotated> {
        let span = table.span();
        let (name, profile, at) = rotated::about(table)
            .map_err(|wrong| self.at(wrong.span.or(span.clone()), wrong.message).hint(wrong.hint))?;
        // `about` has seen that there is one.
        let value = table.get(rotated::VALUE).and_then(Item::as_value);
        let source = match value {
            Some(value) => self.source(&name, value, &value.span().unwrap_or(0..0))?,
            None => return Err(self.at(span, format!("{name}: there is no value"))),
        };
        let offset = value.and_then(Toml::span).map_or(0, |span| span.start);
        if !source.is_stored() {
            return Err(self
                .at(
                    Some(offset..offset),
                    format!("{name}: an old value is a text, in the keyring, or of age"),
                )
                .hint("only `venvars rotate` writes these tables"));
        }
        Ok(Rotated { name, profile, at, source, position: self.places.at(offset) })
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
            // A malformed name is not shown: it may be a value that was typed in the wrong place.
            let message = match refusal {
                Refusal::Malformed => refusal.to_string(),
                Refusal::Reserved(_) => format!("{key}: {refusal}"),
            };
            self.at(key_span.clone(), message).hint("give it another name")
        })?;
        // Windows knows both as one variable.
        if cfg!(windows)
            && let Some(other) = others.iter().find(|one| one.name.as_str().eq_ignore_ascii_case(key))
        {
            return Err(self
                .at(key_span, format!("{name}: differs from {} by case alone", other.name))
                .hint("Windows has one variable for both: keep one of them"));
        }
        let Item::Value(value) = item else {
            return Err(self.unknown_table(&name, item.span().or(key_span)));
        };
        let span = value.span().unwrap_or(0..0);
        Ok(Definition {
            source: self.source(&name, value, &span)?,
            name,
            file: Arc::clone(&self.file),
            position: self.places.at(span.start),
            layer: layer.clone(),
        })
    }

    fn unknown_table(&self, name: &Name, span: Option<Range<usize>>) -> Error {
        let hint = match crate::words::nearest(name.as_str(), [PROFILES]) {
            Some(near) => format!("did you mean [{near}.NAME]?"),
            None => "variables stand at the top level or in a [profile.NAME]: NAME = \"value\"".to_owned(),
        };
        self.at(span, format!("{name}: an unknown table")).hint(hint)
    }

    /// Where one variable's value comes from.
    fn source(&self, name: &Name, value: &Toml, span: &Range<usize>) -> Result<Source> {
        let plain = match value {
            Toml::String(string) => string.value().clone(),
            // Numbers, dates and booleans are the text as written: 1.10 stays 1.10.
            Toml::Integer(_) | Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) => {
                self.text[span.clone()].to_owned()
            }
            Toml::Array(_) => {
                return Err(self
                    .at(
                        Some(span.clone()),
                        format!("{name}: a list is no value that an environment can hold"),
                    )
                    .hint("write it as one text, in quotes"));
            }
            Toml::InlineTable(table) => {
                return source::of(table).map_err(|wrong| {
                    let span = wrong.span.or(Some(span.clone()));
                    self.at(span, format!("{name}: {}", wrong.message)).hint(wrong.hint)
                });
            }
        };
        Value::of(name, plain)
            .map(Source::Literal)
            .map_err(|misfit| self.at(Some(span.clone()), format!("{name}: {misfit}")).hint(misfit.hint()))
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
        if !is_profile_name(key) {
            let message = match key {
                NO_PROFILE => format!("{NO_PROFILE} stands for no profile at all"),
                _ => "the name of a profile is made of letters, digits, `_`, `-` and `.`".to_owned(),
            };
            return Err(self.at(span, message).hint("give it another name"));
        }
        let Item::Table(table) = item else {
            return Err(self
                .at(span, format!("{key}: a profile is a table"))
                .hint(format!("write it as [{PROFILES}.{key}], and its variables below")));
        };
        let name: Arc<str> = Arc::from(key);
        let extends = match table.get(EXTENDS) {
            None => None,
            Some(item) => {
                if item.as_str().is_none() {
                    let error = self.at(item.span(), format!("{EXTENDS} takes the name of a profile"));
                    errors.push(error.hint(format!("{EXTENDS} = \"NAME\"")));
                }
                item.as_str().map(str::to_owned)
            }
        };
        let definitions = self.definitions(table, &Layer::Profile(Arc::clone(&name)), errors);
        Ok(Profile { name, extends, definitions })
    }

    /// The first profile whose `extends` does not lead to the top level in the end, and why.
    fn loose_end(&self, table: &Table, profiles: &[Profile]) -> Option<(usize, Error)> {
        for (index, profile) in profiles.iter().enumerate() {
            let mut way = vec![&*profile.name];
            let (mut last, mut last_index) = (profile, index);
            while let Some(extends) = &last.extends {
                let place = || {
                    let item =
                        table.get(&last.name).and_then(Item::as_table).and_then(|table| table.get(EXTENDS));
                    item.and_then(Item::span)
                };
                let Some(next) = profiles.iter().position(|profile| *profile.name == **extends) else {
                    let error =
                        self.at(place(), format!("{}: {EXTENDS} names no profile of this file", last.name));
                    let known = profiles.iter().map(|profile| &*profile.name);
                    let error = match crate::words::nearest(extends, known) {
                        Some(near) => error.hint(format!("did you mean {near}?")),
                        None => error.hint(format!("the profile is a table: [{PROFILES}.NAME]")),
                    };
                    return Some((last_index, error));
                };
                let (next, next_index) = (&profiles[next], next);
                let seen = way.contains(&&*next.name);
                way.push(&next.name);
                if seen {
                    // Those before the loop are not part of it.
                    let begin = way.iter().position(|name| *name == &*next.name).unwrap_or(0);
                    let what =
                        format!("the profiles extend each other in a loop: {}", way[begin..].join(" → "));
                    let error = self.at(place(), what).hint(format!("take one {EXTENDS} out"));
                    return Some((last_index, error));
                }
                (last, last_index) = (next, next_index);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Secrets> {
        Secrets::parse(Path::new("f"), text)
    }

    fn message(text: &str) -> String {
        parsed(text).map(|_| ()).unwrap_err().to_string()
    }

    fn position(text: &str) -> Option<Position> {
        let error = parsed(text).unwrap_err();
        let shown = error.to_string();
        let mut numbers = shown.split(':').skip(1).map(str::parse);
        Some(Position { line: numbers.next()?.ok()?, column: numbers.next()?.ok()? })
    }

    #[test]
    fn what_is_no_string_is_the_text_as_written() {
        let text = "A = 1.10\nB = 0x_f\n";
        assert!(parsed(text).is_err());
        let text = "A = 1.10\nB = 0xdead_beef\nC = true\nD = 1979-05-27 07:32:00Z\nE = +1e3 # x\n";
        let values: Vec<_> = parsed(text)
            .unwrap()
            .definitions
            .iter()
            .map(|definition| match &definition.source {
                Source::Literal(value) => value.reveal().to_owned(),
                _ => String::new(),
            })
            .collect();
        assert_eq!(values, ["1.10", "0xdead_beef", "true", "1979-05-27 07:32:00Z", "+1e3"]);
    }

    #[test]
    fn every_error_has_its_place_and_no_value() {
        for (text, line, column) in [
            ("A = 1\nB = \"hunter2\n", 2, 13),
            ("A = 1\nB = hunter2\n", 2, 5),
            ("A = \"hunter2\"\nA = \"hunter2\"\n", 2, 1),
            ("A = [\"hunter2\"]\n", 1, 5),
            ("[hunter]\nA = \"hunter2\"\n", 1, 1),
            ("A = { x = \"hunter2\" }\n", 1, 7),
            ("A = \"hunter2\\u0000\"\n", 1, 5),
            ("A = { template = \"${hunter2\" }\n", 1, 7),
            ("A = { file = \"hunter2\", trim = \"hunter2\" }\n", 1, 25),
            ("A = { command = \"hunter2\" }\n", 1, 7),
            ("A = { command = [\"hunter2\"], timeout = 0 }\n", 1, 30),
            ("A = { command = [\"hunter2\"], file = \"hunter2\" }\n", 1, 7),
            ("[profile]\nx = \"hunter2\"\n", 2, 1),
            ("[profile.none]\nA = \"hunter2\"\n", 1, 10),
            ("[profile.a]\nextends = \"hunter2\"\n", 2, 11),
            ("[profile.a]\nextends = \"b\"\n[profile.b]\nextends = \"a\"\n", 4, 11),
            ("[profile.a.b]\nA = \"hunter2\"\n", 1, 1),
            ("PATH = \"hunter2\"\n", 1, 1),
            ("[rotated]\nA = \"hunter2\"\n", 1, 1),
            ("[[rotated]]\nvalue = \"hunter2\"\n", 1, 1),
            ("[[rotated]]\nname = \"A\"\nat = \"hunter2\"\nvalue = \"hunter2\"\n", 3, 1),
            ("[[rotated]]\nname = \"hunter 2\"\nat = 2026-11-25T00:00:00Z\nvalue = \"hunter2\"\n", 2, 1),
            ("[[rotated]]\nname = \"A\"\nat = 2026-11-25T00:00:00Z\n", 1, 1),
            ("[[rotated]]\nname = \"A\"\nat = 2026-11-25T00:00:00Z\nvalue = { file = \"hunter2\" }\n", 4, 9),
            ("[[rotated]]\nname = \"A\"\nhunter = 1\nat = 2026-11-25T00:00:00Z\nvalue = \"hunter2\"\n", 3, 1),
            ("  \"a-b\" = \"hunter2\"\n", 1, 3),
        ] {
            let shown = message(text);
            assert!(!shown.contains("hunter2"), "{shown}");
            assert_eq!(position(text), Some(Position { line, column }), "{text}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3000))]

        /// Whatever the text: no panic, and no error that shows a value. (`hunter-2` is no name.)
        #[test]
        fn no_error_shows_the_text(pieces in proptest::collection::vec("hunter-2|\\[\\[rotated\\]\\]\n|name = |value = |at = 2026-11-25T00:00:00Z|\\[profile\\.[ab]\\]\n|extends = |\"[ab]\"|template|file|command|trim|timeout|[A-Z]{1,3}|[ =\"'\\\\\\[\\]{}#,.\n\r\t\u{0}-]|\\\\u0000|1\\.10|true|\u{e9}", 0..20)) {
            if let Err(error) = parsed(&pieces.concat()) {
                let said = format!("{error}{}{error:?}", error.way_out().unwrap_or_default());
                proptest::prop_assert!(!said.contains("hunter-2"), "{}", said);
            }
        }
    }
}
