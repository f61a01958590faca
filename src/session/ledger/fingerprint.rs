//! What is kept of a value that must not be kept: enough to know it again, and too little to find it.
//!
//! A key is derived from the value with argon2id (RFC 9106), and the fingerprint is HMAC-SHA256 of the
//! variable's name under that key. So whoever reads the ledger has to pay argon2's price for every
//! guess, one derivation serves every name, and two variables that share a value do not show it.
//!
//! There is no cheaper test in front of the derivation, and none may ever be put there: a short
//! checksum would let a guesser throw nearly all wrong guesses away without paying.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::name::Name;

/// How many bytes a new salt has: what RFC 9106, section 3.1, recommends.
const SALT: usize = 16;

/// What a derivation costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory: u32,
    /// How often it is gone over.
    pub passes: u32,
    /// How many lanes it has.
    pub lanes: u32,
}

impl Cost {
    /// What new fingerprints cost: what OWASP recommends for passwords.
    /// <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id>
    pub const NEW: Self = Self { memory: 19_456, passes: 2, lanes: 1 };

    /// A ledger comes with a repository, and may be anybody's work: one that asks for more than this
    /// (256 MiB, 16 passes) would make `status` hang.
    const MOST: Self = Self { memory: 262_144, passes: 16, lanes: 16 };

    /// Whether a derivation may cost that much, and argon2 knows such parameters.
    #[must_use]
    pub fn is_fit(self) -> bool {
        self.memory <= Self::MOST.memory
            && self.passes <= Self::MOST.passes
            && self.lanes <= Self::MOST.lanes
            && self.params().is_ok()
    }

    fn params(self) -> Result<Params, argon2::Error> {
        Params::new(self.memory, self.passes, self.lanes, Some(32))
    }
}

/// How a key is derived from a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipe {
    cost: Cost,
    salt: Vec<u8>,
}

impl Recipe {
    /// What new fingerprints are made with: [`Cost::NEW`] and a salt of 16 random bytes.
    ///
    /// # Errors
    /// The system has no random bytes to give.
    pub fn new() -> Result<Self> {
        let mut salt = vec![0; SALT];
        getrandom::fill(&mut salt).map_err(|error| Cause::NoRandomness(error.to_string()))?;
        Ok(Self { cost: Cost::NEW, salt })
    }

    /// A recipe that was written down; `salt` is base64 without padding. Nothing if it is none, or costs
    /// too much.
    #[must_use]
    pub fn of(cost: Cost, salt: &str) -> Option<Self> {
        let salt = STANDARD_NO_PAD.decode(salt).ok()?;
        // Eight bytes are the least that argon2 takes.
        (cost.is_fit() && (8..=64).contains(&salt.len())).then_some(Self { cost, salt })
    }

    /// What it costs.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// The salt, in base64 without padding.
    #[must_use]
    pub fn salt(&self) -> String {
        STANDARD_NO_PAD.encode(&self.salt)
    }

    /// The key of `value`, without the blanks and line ends around it: whoever found the rest of a value
    /// has it. This is what costs.
    ///
    /// # Errors
    /// argon2 refuses it, which it does only for a value of more than 4 GiB.
    pub fn key(&self, value: &str) -> Result<Key> {
        let failed = |_| Error::internal("the fingerprint could not be derived");
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.cost.params().map_err(failed)?);
        let mut key = Key(Zeroizing::new([0; 32]));
        argon.hash_password_into(value.trim().as_bytes(), &self.salt, &mut key.0[..]).map_err(failed)?;
        Ok(key)
    }
}

/// What was derived from a value.
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// The fingerprint of the value, as one of the variable `name`.
    ///
    /// # Errors
    /// None: HMAC takes a key of any length.
    pub fn fingerprint(&self, name: &Name) -> Result<Fingerprint> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0[..])
            .map_err(|_| Error::internal("the fingerprint could not be made"))?;
        mac.update(b"venvars.compromised 1\0");
        mac.update(name.as_str().as_bytes());
        Ok(Fingerprint(mac.finalize().into_bytes().into()))
    }
}

/// The fingerprint of a value, fit to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Reads base64 without padding; `None` if that is not a fingerprint.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        STANDARD_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD_NO_PAD.encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    /// The key is what the reference implementation derives (argon2-cffi's `hash_secret_raw`), and the
    /// fingerprint what Python's `hmac` makes of it.
    #[test]
    fn others_derive_the_same() {
        let recipe = Recipe { cost: Cost::NEW, salt: b"saltsaltsaltsalt".to_vec() };
        let key = recipe.key("hunter2-hunter2").unwrap();
        let hex: String = key.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "4e88abf098b9d92624ab2fde7b9e5c60037f95536e3a9de3c93e1f3757a45ed2");
        assert_eq!(
            key.fingerprint(&name("SECRET_KEY")).unwrap().to_string(),
            "q95tNmemoO1pgfuqMAsJyn3bHB7rjqw+p5CGVcSEJlw"
        );
    }

    #[test]
    fn name_value_and_salt_all_count() {
        let cheap =
            |salt: &[u8]| Recipe { cost: Cost { memory: 8, passes: 1, lanes: 1 }, salt: salt.to_vec() };
        let print = |salt: &[u8], value: &str, of: &str| {
            cheap(salt).key(value).unwrap().fingerprint(&name(of)).unwrap()
        };
        let one = print(b"12345678", "hunter2", "A");
        assert_eq!(one, print(b"12345678", "hunter2", "A"));
        assert_eq!(one, print(b"12345678", "hunter2\r\n", "A"));
        assert_ne!(one, print(b"12345678", "hunter2", "B"));
        assert_ne!(one, print(b"12345678", "hunter3", "A"));
        assert_ne!(one, print(b"12345679", "hunter2", "A"));
        assert_eq!(Fingerprint::parse(&one.to_string()), Some(one));
    }

    #[test]
    fn a_recipe_that_is_none_or_costs_too_much_is_refused() {
        let fit = Cost::NEW;
        for (cost, salt) in [
            (fit, ""),
            (fit, "c2hvcnQ"),
            (fit, "no base64"),
            (Cost { memory: 4_000_000, ..fit }, "c2FsdHNhbHQ"),
            (Cost { passes: 1000, ..fit }, "c2FsdHNhbHQ"),
            (Cost { passes: 0, ..fit }, "c2FsdHNhbHQ"),
            (Cost { lanes: 0, ..fit }, "c2FsdHNhbHQ"),
            (Cost { memory: 7, ..fit }, "c2FsdHNhbHQ"),
        ] {
            assert!(Recipe::of(cost, salt).is_none(), "{cost:?} {salt}");
        }
        assert!(Recipe::of(fit, "c2FsdHNhbHQ").is_some());
    }
}
