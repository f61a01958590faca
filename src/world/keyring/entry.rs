//! The names of entries.

use std::fmt;
use std::str::FromStr;

use crate::words::error::{Error, Result};

/// The name of an entry: `SERVICE/ACCOUNT`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyringEntry {
    service: String,
    account: String,
}

impl KeyringEntry {
    /// Reads `SERVICE/ACCOUNT`. The last slash divides: a service may be a URL or a path, an account
    /// has no slash.
    ///
    /// # Errors
    /// There is no slash, a part is empty, or there is a control character. The text is not shown: it
    /// might be a value in the wrong place.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: &str| Error::syntax(what).hint("write it as SERVICE/ACCOUNT: \"myapp/stripe\"");
        let Some((service, account)) = text.rsplit_once('/') else {
            return Err(wrong("the name of a keyring entry has no slash"));
        };
        if service.trim().is_empty() || account.trim().is_empty() {
            return Err(wrong("the name of a keyring entry has an empty part"));
        }
        if text.chars().any(char::is_control) {
            return Err(wrong("the name of a keyring entry contains a control character"));
        }
        Ok(Self { service: service.to_owned(), account: account.to_owned() })
    }

    /// The entry that keeps the value which this one has until now.
    #[must_use]
    pub fn until_now(&self) -> Self {
        // Finer than a second: no entry takes another's place.
        let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S.%3fZ");
        Self { service: self.service.clone(), account: format!("{} until {now}", self.account) }
    }

    /// What comes before the last slash.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// What comes after the last slash.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }
}

impl FromStr for KeyringEntry {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for KeyringEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_slash_divides() {
        for (text, service, account) in [
            ("myapp/stripe", "myapp", "stripe"),
            ("https://a.b/c/me@x", "https://a.b/c", "me@x"),
            ("a b/ç", "a b", "ç"),
        ] {
            let entry = KeyringEntry::parse(text).unwrap();
            assert_eq!((entry.service(), entry.account()), (service, account));
            assert_eq!(entry.to_string(), text);
        }
        for wrong in [
            "",
            "/",
            "hunter2",
            "hunter2/",
            "/hunter2",
            " /hunter2",
            "hunter2/\n",
            "hunter2/a\0",
            "a\u{85}/hunter2",
        ] {
            let error = KeyringEntry::parse(wrong).unwrap_err();
            assert!(!error.to_string().contains("hunter2") && error.remedy().is_some(), "{error}");
        }
    }
}
