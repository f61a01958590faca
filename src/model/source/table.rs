//! From a table in `secrets.toml`, such as `{ file = "dev.key" }`, to a [`Source`].

use std::ops::Range;
use std::time::Duration;

use toml_edit::{InlineTable, Value as Toml};

use crate::model::source::Source;
use crate::model::source::template::Template;
use crate::words::error::Error;
use crate::world::command::{self, Invocation};
use crate::world::file::File;
use crate::world::keyring;

/// What is wrong with a table, and where in the text. No value is in it.
pub(crate) struct Wrong {
    pub span: Option<Range<usize>>,
    pub error: Error,
}

/// The keys that say which source it is, with the options of each.
const SOURCES: [(&str, &[&str]); 5] =
    [("template", &[]), ("file", &["trim"]), ("command", &["timeout"]), ("keyring", &[]), ("age", &[])];

/// The source that `table` stands for.
pub(crate) fn of(table: &InlineTable) -> Result<Source, Wrong> {
    let at = |key: Option<&str>, error: Error| {
        let span = key.map_or_else(|| table.span(), |key| table.key(key).and_then(toml_edit::Key::span));
        Wrong { span, error }
    };
    let wrong = |key: Option<&str>, message: String, hint: &str| at(key, Error::syntax(message).hint(hint));
    let found: Vec<_> = SOURCES.iter().filter(|(source, _)| table.contains_key(source)).collect();
    let (source, options) = match found[..] {
        [(source, options)] => (*source, *options),
        [] => {
            let known = SOURCES.map(|(source, _)| source);
            let key = table.iter().next().map(|(key, _)| key);
            let otherwise = format!("the sources are {}", known.join(", "));
            let error = Error::syntax("an unknown source");
            return Err(at(key, error.did_you_mean(key.unwrap_or_default(), known, otherwise)));
        }
        [(one, _), (other, _), ..] => {
            return Err(wrong(Some(other), format!("two sources, {one} and {other}"), "keep one of them"));
        }
    };
    if let Some((key, _)) = table.iter().find(|(key, _)| *key != source && !options.contains(key)) {
        let otherwise = if options.is_empty() {
            format!("{source} has no options")
        } else {
            format!("the options of {source} are {}", options.join(", "))
        };
        let error = Error::syntax(format!("an unknown option of {source}"));
        return Err(at(Some(key), error.did_you_mean(key, options.iter().copied(), otherwise)));
    }
    let text = |key: &str| {
        table.get(key).and_then(Toml::as_str).ok_or_else(|| {
            wrong(Some(key), format!("{key} takes a text"), &format!("write it in quotes: {key} = \"…\""))
        })
    };
    match source {
        "template" => Template::parse(text(source)?).map(Source::Template).map_err(|message| {
            wrong(Some(source), message.to_owned(), "`${NAME}` is another variable, `$$` a dollar")
        }),
        "file" => {
            let path = text(source)?;
            if path.is_empty() || path.contains('\0') {
                return Err(wrong(Some(source), "this is no path".to_owned(), "name a file: file = \"…\""));
            }
            let trim = match table.get("trim") {
                None => false,
                Some(trim) => trim.as_bool().ok_or_else(|| {
                    wrong(Some("trim"), "trim takes true or false".to_owned(), "trim = true")
                })?,
            };
            Ok(Source::File(File { path: path.into(), trim }))
        }
        "keyring" => keyring::entry::KeyringEntry::parse(text(source)?)
            .map(Source::Keyring)
            .map_err(|error| at(Some(source), error)),
        "age" => Ok(Source::Age(text(source)?.to_owned())),
        _ => {
            const FORM: &str = "for example: command = [\"pass\", \"show\", \"myapp/token\"]";
            let words = table
                .get(source)
                .and_then(Toml::as_array)
                .and_then(|words| words.iter().map(|word| word.as_str().map(str::to_owned)).collect())
                .filter(|words: &Vec<String>| {
                    words.first().is_some_and(|program| !program.is_empty())
                        && !words.iter().any(|word| word.contains('\0'))
                })
                .ok_or_else(|| {
                    wrong(Some(source), "command takes a list of words, in quotes".to_owned(), FORM)
                })?;
            let timeout = match table.get("timeout") {
                None => command::TIMEOUT,
                Some(seconds) => seconds
                    .as_float()
                    .or_else(|| {
                        seconds.as_integer().and_then(|seconds| u32::try_from(seconds).ok()).map(f64::from)
                    })
                    .filter(|seconds| (0.001..=86_400.0).contains(seconds))
                    .map(Duration::from_secs_f64)
                    .ok_or_else(|| {
                        wrong(
                            Some("timeout"),
                            "timeout takes a number of seconds, up to a day".to_owned(),
                            "timeout = 10",
                        )
                    })?,
            };
            Ok(Source::Command(Invocation::new(words, timeout)))
        }
    }
}
