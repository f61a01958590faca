//! The variables that a project says it needs: what each is for, and what it has to look like.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use crate::model::secrets::generate::SecretKind;
use crate::model::secrets::{Definition, Layer};
use crate::model::source::Source;
use crate::words::cause::Cause;
use crate::words::error::{Error, LineIndex, Position, Result};
use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::words::secret::Secret;
use crate::words::table;

/// A declared variable: `[tool.venvars.variables.NAME]`.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The name.
    pub name: Name,
    /// What it is for, for a person to read.
    pub description: Option<String>,
    /// Whether it has to have a value.
    pub required: bool,
    /// What its value is.
    pub type_: Type,
    /// A regular expression that the whole value matches.
    pub pattern: Option<String>,
    /// The values that it may have; any, if there are none.
    pub choices: Vec<String>,
    /// Its value where none is given.
    pub default: Option<Definition>,
    /// How to make a new value.
    pub generate: Option<SecretKind>,
    /// What a value may look like.
    pub example: Option<String>,
    /// The profiles in which it is required; in all, if there are none.
    pub profiles: Vec<String>,
    /// Whether it takes the place of one that the environment has already.
    pub overrides: Option<bool>,
    /// Whether it is a secret, if that is said: `scan` looks for it, or does not, whatever its value.
    pub secret: Option<bool>,
    /// The variable that keeps its old values, for what is still signed with them.
    pub fallbacks: Option<Name>,
    /// The settings file that declares it.
    pub file: Arc<Path>,
    /// Where in the file.
    pub position: Position,
}

table! {
    /// What a value is.
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Type {
        /// Any text.
        #[default]
        String = "string";
        /// A whole number in decimal digits, with or without a sign.
        Integer = "integer";
        /// A decimal number, with or without an exponent.
        Number = "number";
        /// `true` `false` `yes` `no` `on` `off` `1` `0`, in small or capital letters.
        Boolean = "boolean";
        /// A URI with a scheme and a host (RFC 3986).
        Url = "url";
        /// A mail address (RFC 5321).
        Email = "email";
        /// A TCP or UDP port, from 1 to 65535.
        Port = "port";
        /// A path: any text that is not empty.
        Path = "path";
        /// A JSON document (RFC 8259).
        Json = "json";
        /// Base64 (RFC 4648, section 4 or 5), with or without padding.
        Base64 = "base64";
    }
    /// Its name in the settings.
    name: &'static str = 0;
}

impl Type {
    /// Whether `text` is one.
    #[must_use]
    pub fn holds(self, text: &str) -> bool {
        match self {
            Self::String => true,
            Self::Integer => {
                let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            }
            // Rust's own parser takes `inf` and `nan` too.
            Self::Number => text.bytes().any(|byte| byte.is_ascii_digit()) && text.parse::<f64>().is_ok(),
            Self::Boolean => ["true", "false", "yes", "no", "on", "off", "1", "0"]
                .iter()
                .any(|known| known.eq_ignore_ascii_case(text)),
            Self::Url => fluent_uri::Uri::parse(text)
                .is_ok_and(|uri| uri.authority().is_some_and(|authority| !authority.host().is_empty())),
            Self::Email => text.parse::<email_address::EmailAddress>().is_ok(),
            Self::Port => {
                text.bytes().all(|byte| byte.is_ascii_digit())
                    && text.parse::<u16>().is_ok_and(|port| port != 0)
            }
            Self::Path => !text.is_empty(),
            Self::Json => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
            Self::Base64 => is_base64(text),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn is_base64(text: &str) -> bool {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [base64::alphabet::STANDARD, base64::alphabet::URL_SAFE]
        .iter()
        .any(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).is_ok())
}

/// A declaration as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    description: Option<String>,
    #[serde(default = "yes")]
    required: bool,
    #[serde(rename = "type", default)]
    type_: Type,
    pattern: Option<Spanned<String>>,
    #[serde(default)]
    choices: Vec<Spanned<toml::Value>>,
    default: Option<Spanned<toml::Value>>,
    generate: Option<Spanned<String>>,
    example: Option<Spanned<toml::Value>>,
    #[serde(default)]
    profiles: Vec<String>,
    #[serde(rename = "override")]
    overrides: Option<bool>,
    secret: Option<bool>,
    fallbacks: Option<Spanned<String>>,
}

fn yes() -> bool {
    true
}

impl Declared {
    /// The declaration `written` under `name` in `text`, the content of `file`, which has these `places`.
    pub(super) fn new(
        file: &Arc<Path>,
        text: &str,
        places: &LineIndex<'_>,
        name: &Spanned<String>,
        written: Written,
    ) -> Result<Self> {
        let at =
            |offset: usize, error: Error| error.context(name.get_ref()).in_file(file).at(places.at(offset));
        let start = name.span().start;
        let name = Name::new(name.get_ref())
            .map_err(|refusal| at(start, Cause::BadName(refusal).into()).hint("use another name"))?;
        // Numbers, dates and booleans are the text as written, as in the secrets.
        let plain = |value: &Spanned<toml::Value>| match value.get_ref() {
            toml::Value::String(plain) => Ok(plain.clone()),
            toml::Value::Array(_) | toml::Value::Table(_) => {
                Err(at(value.span().start, Error::syntax("this must be a string")).hint("put it in quotes"))
            }
            _ => Ok(text.get(value.span()).unwrap_or_default().to_owned()),
        };
        if let Some(pattern) = &written.pattern
            && let Err(error) = Regex::new(pattern.get_ref())
        {
            let why = error.to_string();
            let why = why.lines().last().unwrap_or("no regular expression").trim_start_matches("error: ");
            return Err(at(
                pattern.span().start,
                Error::syntax(format!("the pattern is not a valid regular expression: {why}")),
            )
            .hint("see https://docs.rs/regex/latest/regex/#syntax"));
        }
        let generate = written
            .generate
            .map(|kind| {
                kind.get_ref()
                    .parse()
                    .map_err(|why: String| at(kind.span().start, Error::syntax(why).context("generate")))
            })
            .transpose()?;
        let default = written
            .default
            .map(|value| -> Result<_> {
                let position = places.at(value.span().start);
                if name.is_loaded() {
                    let error = Error::refused(
                        "a variable that has code loaded or names a program to run, or that venvars itself goes by, has no default",
                    );
                    return Err(at(value.span().start, error).hint("take the default out"));
                }
                let value = Secret::of(&name, plain(&value)?)
                    .map_err(|misfit| at(value.span().start, Error::misfit(misfit)))?;
                Ok(Definition {
                    name: name.clone(),
                    source: Source::Literal(value),
                    file: Arc::clone(file),
                    position,
                    layer: Layer::Default,
                })
            })
            .transpose()?;
        let fallbacks = written
            .fallbacks
            .map(|other| {
                let at = |error: Error| at(other.span().start, error.context("fallbacks"));
                match Name::new(other.get_ref()) {
                    Err(refusal) => Err(at(Cause::BadName(refusal).into()).hint("use another name")),
                    Ok(other) if other == name => Err(at(Error::syntax("it cannot keep its own old values"))
                        .hint(format!("name another variable: fallbacks = \"{name}_FALLBACKS\""))),
                    Ok(other) => Ok(other),
                }
            })
            .transpose()?;
        Ok(Self {
            description: written.description,
            required: written.required,
            type_: written.type_,
            pattern: written.pattern.map(Spanned::into_inner),
            choices: written.choices.iter().map(plain).collect::<Result<_>>()?,
            default,
            generate,
            example: written.example.as_ref().map(plain).transpose()?,
            profiles: written.profiles,
            overrides: written.overrides,
            secret: written.secret,
            fallbacks,
            file: Arc::clone(file),
            position: places.at(start),
            name,
        })
    }

    /// Whether it has to have a value in `profile`.
    #[must_use]
    pub fn is_required(&self, profile: Option<&ProfileName>) -> bool {
        self.required
            && (self.profiles.is_empty()
                || profile.is_some_and(|profile| self.profiles.iter().any(|p| **p == **profile)))
    }

    /// Whether a value that is not the right one can be told from what is declared.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        !self.choices.is_empty() || self.pattern.is_some() || !matches!(self.type_, Type::String | Type::Path)
    }

    /// What is wrong with `value`, if anything is. The value is not in it.
    #[must_use]
    pub fn problem(&self, value: &str) -> Option<String> {
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == value) {
            return Some(format!("the value is not one of {}", self.choices.join(", ")));
        }
        if !self.type_.holds(value) {
            return Some(format!("the value is not a valid {}", self.type_));
        }
        match &self.pattern {
            Some(pattern) if !matches_whole(pattern, value) => {
                Some(format!("the value does not match the pattern {pattern}"))
            }
            _ => None,
        }
    }
}

/// Whether `pattern` matches all of `value`. ([`Declared::new`] has tried the pattern.)
fn matches_whole(pattern: &str, value: &str) -> bool {
    // A pattern in verbose mode may end in a comment, which only a line end closes.
    [format!(r"\A(?:{pattern})\z"), format!("\\A(?:{pattern}\n)\\z")]
        .iter()
        .find_map(|whole| Regex::new(whole).ok())
        .is_some_and(|whole| whole.is_match(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_knows_its_own() {
        for (type_, good, bad) in [
            (Type::String, &["", "x\ny"][..], &[][..]),
            (
                Type::Integer,
                &["0", "-1", "+007", "123456789012345678901234567890"],
                &["", "-", "1.0", "1_0", "٣", " 1"],
            ),
            (Type::Number, &["1", "-1.5", ".5", "1e9", "1E-3"], &["", ".", "e", "inf", "NaN", "1,5", "0x1"]),
            (Type::Boolean, &["true", "FALSE", "0", "Yes", "off"], &["", "2", "y", "truee"]),
            (
                Type::Url,
                &[
                    "https://example.org",
                    "postgresql://u:p%40ss@localhost:5432/db?x=1",
                    "redis://[::1]:6379/0",
                ],
                &["", "example.org", "mailto:a@b.example", "http://", "https://a b", "file:///x"],
            ),
            (
                Type::Email,
                &["a@example.org", "a.b+c@sub.example.org"],
                &["", "a", "a@", "@b", "a b@c.example"],
            ),
            (Type::Port, &["1", "65535", "0080"], &["", "0", "65536", "-1", "+80", "http"]),
            (Type::Path, &["/x", "a b"], &[""]),
            (Type::Json, &["{\"a\": [1]}", "null", " 1 "], &["", "{", "{} {}", "'a'"]),
            (Type::Base64, &["", "QQ==", "QQ", "-_-_", "+/+/"], &["Q", "+_", "Q Q=", "Ä"]),
        ] {
            for text in good {
                assert!(type_.holds(text), "{type_}: {text:?}");
            }
            for text in bad {
                assert!(!type_.holds(text), "{type_}: {text:?}");
            }
            assert_eq!(toml::Value::from(type_.name()).try_into::<Type>().unwrap(), type_);
        }
    }

    #[test]
    fn a_pattern_has_to_match_all_of_the_value() {
        for (pattern, value, is) in [
            ("a|ab", "ab", true),
            ("a", "ab", false),
            ("a", "a\n", false),
            ("(?x) a # a comment", "a", true),
            ("^sk-[0-9]+$", "sk-12", true),
            (r"\d+", "12x", false),
            (r"\p{L}+", "Ж", true),
        ] {
            assert_eq!(matches_whole(pattern, value), is, "{pattern} {value}");
        }
    }
}
