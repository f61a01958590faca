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
    let wrong = |key: &str, message: &str, hint: &str| at(Some(key), Error::syntax(message).hint(hint));
    let found: Vec<_> = SOURCES.iter().filter(|(source, _)| table.contains_key(source)).collect();
    let (source, options) = match found[..] {
        [(source, options)] => (*source, *options),
        [] => {
            let known = SOURCES.map(|(source, _)| source);
            let key = table.iter().next().map(|(key, _)| key);
            let otherwise = format!("the sources are {}", known.join(", "));
            let error = Error::syntax("unknown source");
            return Err(at(key, error.did_you_mean(key.unwrap_or_default(), known, otherwise)));
        }
        [(one, _), (other, _), ..] => {
            return Err(wrong(other, &format!("two sources, {one} and {other}"), "keep one of them"));
        }
    };
    if let Some((key, _)) = table.iter().find(|(key, _)| *key != source && !options.contains(key)) {
        let otherwise = if options.is_empty() {
            format!("{source} has no options")
        } else {
            format!("the options of {source} are {}", options.join(", "))
        };
        let error = Error::syntax(format!("unknown option of {source}"));
        return Err(at(Some(key), error.did_you_mean(key, options.iter().copied(), otherwise)));
    }
    let text = || {
        let hint = format!("put it in quotes: {source} = \"…\"");
        let text = table.get(source).and_then(Toml::as_str);
        text.ok_or_else(|| wrong(source, &format!("{source} must be a string"), &hint))
    };
    match source {
        "template" => Template::parse(text()?)
            .map(Source::Template)
            .map_err(|message| wrong(source, message, "`${NAME}` is another variable, `$$` a dollar")),
        "file" => {
            let path = text()?;
            if path.is_empty() || path.contains('\0') {
                return Err(wrong(source, "this is not a path", "name a file: file = \"…\""));
            }
            let trim = table.get("trim").map_or(Some(false), Toml::as_bool);
            let trim = trim.ok_or_else(|| wrong("trim", "trim must be true or false", "trim = true"))?;
            Ok(Source::File(File { path: path.into(), trim }))
        }
        "keyring" => keyring::entry::KeyringEntry::parse(text()?)
            .map(Source::Keyring)
            .map_err(|error| at(Some(source), error)),
        "age" => Ok(Source::Age(text()?.to_owned())),
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
                .ok_or_else(|| wrong(source, "command must be a list of strings", FORM))?;
            let seconds = |seconds: &Toml| {
                let whole = || seconds.as_integer().and_then(|seconds| u32::try_from(seconds).ok());
                seconds.as_float().or_else(|| whole().map(f64::from))
            };
            let timeout = table.get("timeout").map_or(Some(command::TIMEOUT), |timeout| {
                let seconds = seconds(timeout).filter(|seconds| (0.001..=86_400.0).contains(seconds));
                seconds.map(Duration::from_secs_f64)
            });
            let what = "timeout must be a number of seconds, up to a day";
            let timeout = timeout.ok_or_else(|| wrong("timeout", what, "timeout = 10"))?;
            Ok(Source::Command(Invocation::new(words, timeout)))
        }
    }
}
