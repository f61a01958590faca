//! New secrets from the system's random generator.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::words::cause::Cause;
use crate::words::error::Result;

/// What a generated secret looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// So many random bytes in hexadecimal, like Python's `secrets.token_hex()`.
    Hex(usize),
    /// So many random bytes in base64 (RFC 4648, section 4).
    Base64(usize),
    /// So many random bytes like Python's `secrets.token_urlsafe()`: base64url without padding
    /// (RFC 4648, section 5).
    UrlSafe(usize),
    /// A random UUID (RFC 9562, version 4).
    Uuid4,
    /// 24 characters: small and capital letters, digits and signs, some of each.
    Password,
    /// A key for `cryptography.fernet`: 32 bytes in base64url with padding.
    Fernet,
    /// 50 characters of the alphabet that Django's `get_random_secret_key()` uses.
    Django,
}

impl Default for SecretKind {
    /// 64 hexadecimal digits: what Flask's documentation makes.
    fn default() -> Self {
        Self::Hex(32)
    }
}

/// What the text of a kind looks like, as a regular expression of JSON Schema.
pub(crate) const PATTERN: &str = "^((hex|base64|urlsafe)[0-9]{0,4}|uuid4|password|fernet|django)$";

/// How many bytes a kind may ask for.
const MOST_BYTES: usize = 4096;

impl FromStr for SecretKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sized =
            [("hex", Self::Hex as fn(usize) -> Self), ("base64", Self::Base64), ("urlsafe", Self::UrlSafe)];
        for (prefix, kind) in sized {
            if let Some(digits) = text.strip_prefix(prefix) {
                return match digits.parse() {
                    _ if digits.is_empty() => Ok(kind(32)),
                    Ok(bytes @ 1..=MOST_BYTES) => Ok(kind(bytes)),
                    _ => Err(format!("{prefix}N needs a number of bytes from 1 to {MOST_BYTES}")),
                };
            }
        }
        match text {
            "uuid4" => Ok(Self::Uuid4),
            "password" => Ok(Self::Password),
            "fernet" => Ok(Self::Fernet),
            "django" => Ok(Self::Django),
            _ => {
                let known = ["hex32", "base64", "urlsafe", "uuid4", "password", "fernet", "django"];
                Err(match crate::words::nearest(text, known) {
                    Some(near) => format!("unknown kind; did you mean {near}?"),
                    None => "unknown kind; use hexN, base64N, urlsafeN, uuid4, password, fernet, django"
                        .to_owned(),
                })
            }
        }
    }
}

impl fmt::Display for SecretKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hex(bytes) => write!(f, "hex{bytes}"),
            Self::Base64(bytes) => write!(f, "base64{bytes}"),
            Self::UrlSafe(bytes) => write!(f, "urlsafe{bytes}"),
            Self::Uuid4 => f.write_str("uuid4"),
            Self::Password => f.write_str("password"),
            Self::Fernet => f.write_str("fernet"),
            Self::Django => f.write_str("django"),
        }
    }
}

const SMALL: &str = "abcdefghijklmnopqrstuvwxyz";
const CAPITAL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
/// Signs that neither a shell's `export` by hand nor a URL's user part trips over most easily.
const SIGNS: &str = "!#%*+,-.:=?@_~";

/// What `value` is that no kind makes: a new secret in its place would be none that a program can use.
#[must_use]
pub fn foreign(value: &str) -> Option<&'static str> {
    let value = value.trim();
    if value.contains('\n') {
        Some("a text of several lines")
    } else if value.contains("://") {
        Some("a URL")
    } else if value.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok() {
        Some("JSON")
    } else {
        None
    }
}

/// A new secret.
///
/// # Errors
/// The system has no random bytes to give.
pub fn generate(kind: SecretKind) -> Result<Zeroizing<String>> {
    Ok(Zeroizing::new(match kind {
        SecretKind::Hex(bytes) => {
            random(bytes)?.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
        }
        SecretKind::Base64(bytes) => STANDARD.encode(&random(bytes)?[..]),
        SecretKind::UrlSafe(bytes) => URL_SAFE_NO_PAD.encode(&random(bytes)?[..]),
        SecretKind::Fernet => URL_SAFE.encode(&random(32)?[..]),
        SecretKind::Uuid4 => {
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&random(16)?);
            // The version and the variant: RFC 9562, section 5.4.
            let bits = u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
            let digits = Zeroizing::new(format!("{bits:032x}"));
            let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| &digits[group]);
            groups.join("-")
        }
        SecretKind::Django => pick("abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)", 50)?,
        SecretKind::Password => loop {
            // Drawn anew until all kinds are in it: that keeps every such password equally likely.
            let password = pick(&[SMALL, CAPITAL, DIGITS, SIGNS].concat(), 24)?;
            let has = |alphabet: &str| password.chars().any(|c| alphabet.contains(c));
            if [SMALL, CAPITAL, DIGITS, SIGNS].into_iter().all(has) {
                break password;
            }
        },
    }))
}

fn random(count: usize) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; count]);
    getrandom::fill(&mut bytes).map_err(|error| Cause::NoRandomness(error.to_string()))?;
    Ok(bytes)
}

/// `count` characters of `alphabet` (ASCII), each equally likely.
fn pick(alphabet: &str, count: usize) -> Result<String> {
    let alphabet = alphabet.as_bytes();
    // Bytes past the last whole multiple would favour the alphabet's beginning.
    let fair = 256 / alphabet.len() * alphabet.len();
    let mut text = String::with_capacity(count);
    while text.len() < count {
        let bytes = random(count)?;
        let picked = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        text.extend(picked.take(count - text.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_form() {
        for (kind, length) in [
            ("hex32", 64),
            ("hex", 64),
            ("hex16", 32),
            ("base64", 44),
            ("base6432", 44),
            ("urlsafe32", 43),
            ("uuid4", 36),
            ("password", 24),
            ("fernet", 44),
            ("django", 50),
        ] {
            let kind: SecretKind = kind.parse().unwrap();
            let (one, other) = (generate(kind).unwrap(), generate(kind).unwrap());
            assert_eq!(one.len(), length, "{kind}");
            assert_ne!(one, other, "{kind}");
        }
        for _ in 0..100 {
            let uuid = generate(SecretKind::Uuid4).unwrap();
            let groups: Vec<&str> = uuid.split('-').collect();
            let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{}", *uuid);
            let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
            assert!(groups.concat().chars().all(is_digit), "{}", *uuid);
            assert!(groups[2].starts_with('4'), "{}", *uuid);
            assert!(groups[3].starts_with(['8', '9', 'a', 'b']), "{}", *uuid);
        }
        for wrong in ["hex0", "hex-1", "hex99999999999999999999", "base64x", "", "djanga"] {
            assert!(wrong.parse::<SecretKind>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pick_uses_the_whole_alphabet_evenly() {
        let text = pick("abc", 30_000).unwrap();
        for letter in ["a", "b", "c"] {
            let share = text.matches(letter).count();
            // Six standard deviations: one failure in five hundred million runs.
            assert!((9_500..10_500).contains(&share), "{letter}: {share}");
        }
    }
}
