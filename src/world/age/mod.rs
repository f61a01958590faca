//! One value, encrypted with [age](https://c2sp.org/age) to the recipients of a project.
//!
//! What stands in `secrets.toml` is the text that `age --armor` writes and `age --decrypt` reads.

mod identities;

pub use identities::{IDENTITY, Identities, identity_files};

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::mem;

use ::age::armor::{ArmoredReader, ArmoredWriter, Format};
use ::age::ssh::{self, ParseRecipientKeyError};
use ::age::{DecryptError, Decryptor, Encryptor, Identity, Recipient, x25519};
use zeroize::{Zeroize, Zeroizing};

use crate::words::cause::Cause;
use crate::words::error::{Error, Result};

/// No message, and no identity file, is longer than this many bytes: eight times what an
/// environment can hold.
pub const LIMIT: usize = 1 << 20;

// The marks of the text form: <https://c2sp.org/age#ascii-armor>.
const BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
const END: &str = "-----END AGE ENCRYPTED FILE-----";

/// `plain` as an age message in text form, with a newline at its end. `recipients` are age's own
/// (`age1…`) or ssh's public keys (`ssh-ed25519 …`, `ssh-rsa …`, with or without a comment); the
/// identity of any one of them opens it.
///
/// # Errors
/// There is no recipient; one, named by its place in the list, is none or cannot be used; the
/// message would be longer than [`LIMIT`].
pub fn encrypt(plain: &str, recipients: &[String]) -> Result<String> {
    if recipients.is_empty() {
        return Err(Error::missing("no recipients to encrypt to in the settings").hint(
            "`age-keygen -o ~/.config/venvars/identity.txt` makes an identity and shows its public key: put \
             that into `recipients = [\"age1…\"]` of the settings",
        ));
    }
    let recipients = recipients
        .iter()
        .enumerate()
        .map(|(index, text)| {
            recipient(text.trim()).map_err(|(what, hint)| {
                // The text is not shown: a secret key may stand there by mistake.
                Error::syntax(format!("recipient {} {what}", index + 1)).hint(hint)
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let failed = |_| Error::internal("the value could not be encrypted");
    let encryptor = Encryptor::with_recipients(recipients.iter().map(|one| &**one as &dyn Recipient))
        .map_err(|_| Error::unsupported("these recipients cannot be used together"))?;
    let armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).map_err(failed)?;
    let mut writer = encryptor.wrap_output(armor).map_err(failed)?;
    writer.write_all(plain.as_bytes()).map_err(failed)?;
    let message = writer.finish().and_then(ArmoredWriter::finish).map_err(failed)?;
    match String::from_utf8(message) {
        Ok(message) if message.len() <= LIMIT => Ok(message),
        _ => Err(Error::unsupported("the value is too long to be encrypted")
            .hint("keep it in a file, and the path of the file in the variable")),
    }
}

/// A recipient, or what is wrong with it and the way out.
fn recipient(text: &str) -> Result<Box<dyn Recipient>, (&'static str, &'static str)> {
    const KNOWN: &str = "known are age1…, ssh-ed25519 … and ssh-rsa …";
    if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-") {
        return Err((
            "is a secret key",
            "`age-keygen -y` shows the public key that belongs to it; the settings are for everybody to read",
        ));
    }
    if let Some(rest) = text.strip_prefix("age1") {
        return match text.parse::<x25519::Recipient>() {
            Ok(recipient) => Ok(Box::new(recipient)),
            // A plugin's recipient is `age1NAME1…`, and 1 is no letter of the public key itself:
            // <https://c2sp.org/age-plugin>.
            Err(_) if rest.contains('1') => {
                Err(("needs an age plugin, which venvars does not support", KNOWN))
            }
            Err(_) => Err(("is a mistyped public key of age", "`age-keygen -y FILE` shows the right one")),
        };
    }
    Err(match text.parse::<ssh::Recipient>() {
        Ok(recipient) => return Ok(Box::new(recipient)),
        Err(ParseRecipientKeyError::RsaModulusTooLarge) => {
            ("is an RSA key of more than 4096 bits", "use an ed25519 key")
        }
        Err(ParseRecipientKeyError::RsaModulusTooSmall) => {
            ("is an RSA key of fewer than 2048 bits", "use an ed25519 key")
        }
        Err(ParseRecipientKeyError::Unsupported(_)) => {
            ("is a kind of ssh key that age does not support", KNOWN)
        }
        Err(_) => ("is not an age or ssh public key", KNOWN),
    })
}

/// The plain text of `message`, an age message in text form; surrounding whitespace is ignored.
///
/// # Errors
/// No identity opens it, or one that could is shut (see [`Identities`]); the message is cut off,
/// was changed, is encrypted to a passphrase, is longer than [`LIMIT`] or is none at all; what is in
/// it is not UTF-8 or holds a NUL. No error shows any of it.
pub fn decrypt(identities: &Identities, message: &str) -> Result<Zeroizing<String>> {
    decrypt_with(identities, None, message)?.ok_or_else(|| identities.no_match())
}

/// The same without asking for any passphrase; `None` if the message needs one that was not typed yet.
///
/// # Errors
/// As for [`decrypt`].
pub fn decrypt_quietly(identities: &Identities, message: &str) -> Result<Option<Zeroizing<String>>> {
    let needs_one = Cell::new(false);
    match decrypt_with(identities, Some(&needs_one), message)? {
        None if needs_one.get() => Ok(None),
        None => Err(identities.no_match()),
        text => Ok(text),
    }
}

/// What one of `identities` makes of `message`; `None` if none of them opens it.
fn decrypt_with(
    identities: &Identities,
    needs_one: Option<&Cell<bool>>,
    message: &str,
) -> Result<Option<Zeroizing<String>>> {
    let decryptor = open(message)?;
    if decryptor.is_scrypt() {
        return Err(Error::unsupported(
            "the age message is encrypted to a passphrase instead of a recipient",
        )
        .hint("encrypt it to recipients: `venvars set NAME --age`"));
    }
    let shut = identities.shut(needs_one);
    let all = identities.open().chain(shut.iter().map(|identity| identity as &dyn Identity));
    let mut reader = match decryptor.decrypt(all) {
        Ok(reader) => reader,
        Err(DecryptError::NoMatchingKeys) => return Ok(None),
        Err(other) => return Err(explain(&other)),
    };
    // Room for all of it at once: a growing buffer would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(message.len()));
    reader.read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    let unfit = |cause: fn(String) -> Cause| {
        Error::from(cause("what was encrypted with age".to_owned())).hint("encrypt it as base64")
    };
    let text = String::from_utf8(mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
        error.into_bytes().zeroize();
        unfit(Cause::NotUtf8)
    })?;
    if text.contains('\0') {
        return Err(unfit(Cause::Nul));
    }
    Ok(Some(text))
}

/// The header of `message`, and what reads the rest.
fn open(message: &str) -> Result<Decryptor<ArmoredReader<io::BufReader<&[u8]>>>> {
    if message.len() > LIMIT {
        return Err(Error::unsupported("the age message is longer than 1 MiB")
            .hint("keep the value in a file, and the path of the file in the variable"));
    }
    let message = message.trim();
    if !message.starts_with(BEGIN) {
        return Err(Error::syntax(format!("not an armored age message: it does not begin with {BEGIN}"))
            .hint("`age --armor` writes one, and so does `venvars set NAME --age`"));
    }
    match message.find(END) {
        None => return Err(cut_off()),
        Some(at) if at + END.len() < message.len() => {
            return Err(Error::syntax("something follows the end of the age message").hint("remove it"));
        }
        Some(_) => {}
    }
    Decryptor::new(ArmoredReader::new(message.as_bytes())).map_err(|error| explain(&error))
}

fn cut_off() -> Error {
    Error::syntax("the age message is cut off").hint("take all of it, from its BEGIN line to its END line")
}

fn unreadable(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => cut_off(),
        _ => changed(),
    }
}

fn changed() -> Error {
    Error::syntax("the age message was changed or damaged after it was encrypted")
        .hint("copy it again from its source, or encrypt the value again")
}

fn explain(error: &DecryptError) -> Error {
    match error {
        DecryptError::Io(error) => unreadable(error),
        DecryptError::UnknownFormat => {
            Error::unsupported("the age message is of a version of the format that is unknown here")
        }
        _ => changed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_recipient_is_named_by_its_place_and_not_shown() {
        let good = x25519::Identity::generate().to_public().to_string();
        for (wrong, what) in [
            ("AGE-SECRET-KEY-1HUNTER2", "secret key"),
            ("age1hunter2", "mistyped"),
            ("age1yubikey1hunter2", "plugin"),
            ("hunter2", "not an age or ssh public key"),
            ("", "not an age or ssh public key"),
            ("ssh-ed25519 hunter2", "not an age or ssh public key"),
            (&good[..good.len() - 1], "mistyped"),
            (
                "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA==",
                "kind of ssh key that age does not support",
            ),
        ] {
            let error = encrypt("value", &[good.clone(), wrong.to_owned()]).unwrap_err();
            let said = error.to_string();
            assert!(said.starts_with("recipient 2 ") && said.contains(what), "{wrong}: {said}");
            assert!(!said.to_lowercase().contains("hunter2") && error.remedy().is_some(), "{said}");
        }
        assert!(encrypt("value", &[]).unwrap_err().remedy().unwrap().contains("age-keygen"));
    }

    proptest::proptest! {
        /// Whatever is between the marks: an error, and no panic.
        #[test]
        fn no_text_makes_it_panic(inside in "(?s).{0,200}", lines in proptest::collection::vec("[A-Za-z0-9+/=\r-]{0,70}", 0..6)) {
            for inside in [inside, lines.join("\n")] {
                for message in [format!("{BEGIN}\n{inside}\n{END}"), format!("{BEGIN}{inside}"), inside] {
                    proptest::prop_assert!(decrypt(&Identities::default(), &message).is_err());
                }
            }
        }
    }
}
