//! Which values a project looks for.

use std::collections::BTreeSet;
use std::net::IpAddr;

use zeroize::Zeroizing;

use crate::engines::search::{Known, Lines};
use crate::model::project::{Declared, Settings, Type};
use crate::model::secrets::Secrets;
use crate::model::source::Source;
use crate::session::backups;
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

/// Lower-case texts that are common in files and are not secrets.
const COMMON: &[&str] = &[
    "12345678",
    "changeme",
    "change-me",
    "change_me",
    "database",
    "debugging",
    "default",
    "development",
    "disabled",
    "enabled",
    "example",
    "example.com",
    "example.org",
    "host.docker.internal",
    "insecure",
    "localhost",
    "password",
    "placeholder",
    "postgres",
    "postgresql",
    "production",
    "required",
    "username",
    "secret-key",
    "secret_key",
    "staging",
    "testing",
    "undefined",
    "your-secret-key",
];

/// Whether `value` stands in many a file by chance: a number, a switch, a common word, an address of
/// this machine without a password, a text of hardly any different characters.
fn is_common(value: &str) -> bool {
    /// A number of more digits than this may be a secret.
    const DIGITS: usize = 15;
    let lower = value.to_lowercase();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let is_numeric = value.chars().all(|c| c.is_ascii_digit() || " .,:_+-/TZeE".contains(c));
    let distinct: BTreeSet<char> = value.chars().collect();
    (is_numeric && digits <= DIGITS)
        || Type::Boolean.holds(value)
        || COMMON.contains(&&*lower)
        || distinct.len() < 4
        || value.parse::<IpAddr>().is_ok()
        || is_local_address(&lower)
}

/// Whether `value` is a host of this machine or of nobody (RFC 6761), with or without a port; or a URL
/// of one that holds no password or token, no query and no fragment.
fn is_local_address(value: &str) -> bool {
    let host_and_port = match fluent_uri::Uri::parse(value) {
        Ok(uri) if uri.authority().is_some() => {
            let Some(authority) = uri.authority() else { return false };
            let is_secret = authority
                .userinfo()
                .is_some_and(|user| user.as_str().contains(':') || is_token(user.as_str()));
            if is_secret || uri.query().is_some() || uri.fragment().is_some() {
                return false;
            }
            authority.host().to_owned()
        }
        _ => match value.rsplit_once(':') {
            Some((host, port)) if Type::Port.holds(port) => host.to_owned(),
            _ => value.to_owned(),
        },
    };
    let host = host_and_port.trim_matches(['[', ']']).trim_end_matches('.');
    let is_reserved = ["localhost", "example", "invalid", "test"]
        .iter()
        .any(|top| host == *top || host.strip_suffix(top).is_some_and(|rest| rest.ends_with('.')));
    is_reserved
        || matches!(host, "host.docker.internal")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

/// Whether the user of a URL is so long that it is a token, which some services take in its place.
fn is_token(user: &str) -> bool {
    const LEAST: usize = 16;
    user.len() >= LEAST
}

/// The password of a URL, and the token that it has for a user, as they stand there and as they are meant.
fn passwords(value: &str) -> Vec<Zeroizing<String>> {
    let uri = fluent_uri::Uri::parse(value);
    let user = match &uri {
        Ok(uri) => uri.authority().and_then(|authority| Some(authority.userinfo()?.as_str())),
        // Drivers take what RFC 3986 does not: several hosts, and any character in a password.
        Err(_) => value.split_once("://").and_then(|(_, rest)| {
            let authority = rest.split(['/', '?', '#']).next().filter(|part| part.contains('@'));
            let user = authority.unwrap_or(rest).rsplit_once('@').map(|(user, _)| user);
            user.filter(|user| !user.contains(char::is_whitespace))
        }),
    };
    let (user, password) =
        user.and_then(|user| user.split_once(':').or(Some((user, "")))).unwrap_or_default();
    let mut found = Vec::new();
    let password = Some(password).filter(|password| !password.is_empty());
    for part in password.into_iter().chain(Some(user).filter(|user| is_token(user))) {
        found.push(Zeroizing::new(part.to_owned()));
        if part.contains('%') {
            let meant = percent_encoding::percent_decode_str(part).decode_utf8();
            found.extend(meant.map(|meant| Zeroizing::new(meant.into_owned())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_secret_is_left_out() {
        for common in [
            "true",
            "5000",
            "3.14159265",
            "2026-11-25",
            "10.0.0.1:8080",
            "DEVELOPMENT",
            "xxxxxxxxxxxx",
            "abababab",
            "postgres://localhost/shop",
            "redis://localhost:6379/0",
            "http://127.0.0.1:8000",
            "http://[::1]:80/",
            "localhost:5432",
            "app.localhost",
            "postgresql://user@localhost:5432/db",
            "2001:db8::1",
            "changeme",
            "http://web.test/path",
        ] {
            assert!(is_common(common), "{common}");
        }
        for secret in [
            "hunter2hunter2",
            "correcthorse",
            "postgres://u:pw@localhost/db",
            "https://hooks.slack.com/services/T0/B0",
            "1234567890123456",
            "http://localhost/?token=abc",
            "http://s3cr3tT0ken1234567@localhost:8000/x",
            "sk-test",
            "trueblue",
        ] {
            assert!(!is_common(secret), "{secret}");
        }
    }

    #[test]
    fn the_password_of_a_url_is_looked_for_by_itself() {
        let found = |url| passwords(url).iter().map(|part| part.to_string()).collect::<Vec<_>>();
        assert_eq!(found("postgres://u:p%40ss@host/db"), ["p%40ss", "p@ss"]);
        assert_eq!(found("postgres://u:pass:word@host/db"), ["pass:word"]);
        assert_eq!(
            found("https://s3cr3tT0ken1234567:x-oauth-basic@host/a"),
            ["x-oauth-basic", "s3cr3tT0ken1234567"]
        );
        assert_eq!(found("https://s3cr3tT0ken1234567@host/a"), ["s3cr3tT0ken1234567"]);
        assert!(found("postgres://u@host/db").is_empty());
        assert_eq!(found("mongodb://shop:Qz7RmT2w@h1.net:27017,h2.net:27017/db"), ["Qz7RmT2w"]);
        assert_eq!(found("postgres://shop:Tr0ub4d^or|é@db/shop?a=@b"), ["Tr0ub4d^or|é"]);
        assert_eq!(found("postgres://shop:Tr0/ub^4d@db/shop"), ["Tr0/ub^4d"]);
        assert!(found("no url").is_empty());
        assert!(found("no: url {a} b").is_empty());
    }
}
