//! What opens an age message: age's identity files, and private keys of ssh.

use std::cell::Cell;
use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ::age::secrecy::SecretString;
use ::age::ssh::{self, EncryptedKey, UnsupportedKey};
use ::age::{DecryptError, Decryptor, Identity, armor::ArmoredReader, scrypt, x25519};
use age_core::format::{FileKey, Stanza};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::words::error::{Error, Result};
use crate::world::age::LIMIT;
use crate::world::disk;
use crate::world::folders;
use crate::world::prompt::{self, NoLine};
use crate::world::variables;

/// The environment variable that names the identity files, several of them separated as in PATH.
pub const IDENTITY: &str = "VENVARS_AGE_IDENTITY";

/// The files to take identities from: those that [`IDENTITY`] names; else `venvars/identity.txt` in
/// the user's config folder; else those of `~/.ssh/id_ed25519` and `~/.ssh/id_rsa` that are there.
///
/// # Errors
/// There is none of them.
pub fn identity_files() -> Result<Vec<PathBuf>> {
    find(variables::raw(IDENTITY).as_deref(), folders::config().as_deref(), dirs::home_dir().as_deref())
}

fn find(named: Option<&OsStr>, config: Option<&Path>, home: Option<&Path>) -> Result<Vec<PathBuf>> {
    if let Some(named) = named {
        let files: Vec<_> = env::split_paths(named).filter(|path| !path.as_os_str().is_empty()).collect();
        if !files.is_empty() {
            return Ok(files);
        }
    }
    let own = config.map(|folder| folder.join("venvars").join("identity.txt"));
    if let Some(file) = own.filter(|file| file.exists()) {
        return Ok(vec![file]);
    }
    let ssh =
        home.into_iter().flat_map(|home| ["id_ed25519", "id_rsa"].map(|name| home.join(".ssh").join(name)));
    let files: Vec<_> = ssh.filter(|file| file.exists()).collect();
    if files.is_empty() {
        return Err(Error::missing("no age identity found").hint(format!(
            "`age-keygen -o ~/.config/venvars/identity.txt` creates one; {IDENTITY} can name another file"
        )));
    }
    Ok(files)
}

/// What opens a message without a passphrase.
type Keys = Vec<Box<dyn Identity + Send + Sync>>;

/// Identities, ready to open messages. Those that are protected by a passphrase stay shut until a
/// message needs them; then the passphrase is asked for at the terminal, once.
#[derive(Default)]
pub struct Identities {
    /// Those that need no passphrase; they are tried first.
    open: Keys,
    shut: Vec<Shut>,
    files: Vec<PathBuf>,
    warnings: Vec<String>,
}

impl Identities {
    /// Reads `files`: identity files as `age-keygen` writes them, the same encrypted to a passphrase
    /// (`age --passphrase`), and private keys of ssh (ed25519 and RSA), also encrypted ones.
    ///
    /// # Errors
    /// A file cannot be read or holds something else; the error names file and line, and shows none
    /// of it.
    pub fn load(files: &[PathBuf]) -> Result<Self> {
        let mut identities = Self { files: files.to_vec(), ..Self::default() };
        for file in files {
            identities.add(file)?;
        }
        Ok(identities)
    }

    /// What is not as it should be, to be shown to the user: files that others can read.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Those that need no passphrase.
    pub(super) fn open(&self) -> impl Iterator<Item = &dyn Identity> {
        self.open.iter().map(|identity| &**identity as &dyn Identity)
    }

    /// Those that need one, and ask for it; with `needs_one` none asks, and what could be opened only by asking is
    /// noted there.
    pub(super) fn shut<'a>(&'a self, needs_one: Option<&'a Cell<bool>>) -> Vec<Asking<'a>> {
        self.shut.iter().map(|shut| Asking { shut, needs_one }).collect()
    }

    /// Why none of them opened a message.
    pub(super) fn no_match(&self) -> Error {
        if let Some(refusal) = self.shut.iter().find_map(Shut::refusal) {
            return refusal;
        }
        let files: Vec<_> = self.files.iter().map(|file| file.display().to_string()).collect();
        let error = match files.as_slice() {
            [] => Error::missing("no identity to decrypt the age message with"),
            [file] => Error::missing(format!("the identity in {file} cannot decrypt the age message")),
            _ => Error::missing(format!("no identity in {} can decrypt the age message", files.join(", "))),
        };
        error.hint(format!(
            "it is encrypted to other people: ask one of them to add you, or set {IDENTITY} to the right identity"
        ))
    }

    fn add(&mut self, file: &Path) -> Result<()> {
        let opened = File::open(file).map_err(|error| missing(file, &error))?;
        let metadata = opened.metadata().map_err(|error| Error::io("read", file, &error))?;
        if metadata.is_file() && disk::mode(file, &metadata).is_some_and(|mode| mode & 0o077 != 0) {
            self.warnings.push(format!(
                "{} can be read by others: `chmod 600 {}`",
                file.display(),
                shell_escape::unix::escape(file.to_string_lossy())
            ));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(
            usize::try_from(metadata.len()).map_or(0, |length| length.min(LIMIT)) + 1,
        ));
        // Not by its length: it may be a pipe.
        opened
            .take(LIMIT as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Error::io("read", file, &error))?;
        if bytes.len() > LIMIT {
            return Err(Error::unsupported("an identity file of more than 1 MiB").in_file(file));
        }
        if bytes.starts_with(b"age-encryption.org/")
            || bytes.trim_ascii_start().starts_with(super::BEGIN.as_bytes())
        {
            self.shut.push(Shut::new(file, IdentityKind::File(bytes)));
            return Ok(());
        }
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Err(Error::syntax("not an age or ssh identity")
                .in_file(file)
                .hint("`age-keygen` creates one"));
        };
        if text.trim_start().starts_with("-----BEGIN ") {
            return self.add_ssh(file, text);
        }
        self.open.extend(native(text).map_err(|error| error.in_file(file))?);
        Ok(())
    }

    fn add_ssh(&mut self, file: &Path, text: &str) -> Result<()> {
        let wrong = |what: &str, hint: &str| Err(Error::unsupported(what).in_file(file).hint(hint));
        let other = "`ssh-keygen -t ed25519` creates one that can be used, and so does `age-keygen`";
        // age's parser takes the newlines of Unix alone.
        let text = Zeroizing::new(text.trim_start().replace("\r\n", "\n"));
        match ssh::Identity::from_buffer(text.as_bytes(), None) {
            Ok(ssh::Identity::Encrypted(key)) => {
                match ssh::Recipient::try_from(ssh::Identity::from(key.clone())) {
                    Ok(recipient) => {
                        let (algorithm, tag) = stanza_of(&recipient);
                        self.shut
                            .push(Shut::new(file, IdentityKind::Ssh { key: Box::new(key), algorithm, tag }));
                        Ok(())
                    }
                    Err(_) => wrong("age does not support this kind of ssh key", other),
                }
            }
            Ok(ssh::Identity::Unsupported(UnsupportedKey::EncryptedPem)) => wrong(
                "this ssh key is encrypted in an old format that is no longer safe",
                "`ssh-keygen -p -f FILE` converts it",
            ),
            Ok(ssh::Identity::Unsupported(_)) => wrong("age does not support this kind of ssh key", other),
            Ok(key) => {
                self.open.push(Box::new(key));
                Ok(())
            }
            Err(_) => wrong("not a private key that can be used here", other),
        }
    }
}

fn missing(file: &Path, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => Error::missing("no such identity file")
            .in_file(file)
            .hint(format!("`age-keygen -o FILE` creates one; set {IDENTITY} to its path")),
        _ => Error::io("read", file, error),
    }
}

/// The identities in a file as `age-keygen` writes it: one a line; comments begin with `#`.
fn native(text: &str) -> Result<Keys> {
    let mut keys = Keys::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.parse::<x25519::Identity>() {
            Ok(key) => keys.push(Box::new(key)),
            Err(_) => {
                let (what, hint) = if line.starts_with("AGE-PLUGIN-") {
                    (
                        "needs an age plugin, which venvars does not support",
                        "`age-keygen` creates one that can be used",
                    )
                } else if line.starts_with("age1") || line.starts_with("ssh-") {
                    ("is a public key, not an identity", "name the file with the private key")
                } else {
                    ("is not an age identity", "`age-keygen` creates one")
                };
                return Err(Error::syntax(format!("line {} {what}", index + 1)).hint(hint));
            }
        }
    }
    if keys.is_empty() {
        return Err(Error::missing("no identity in this file").hint("`age-keygen` creates one"));
    }
    Ok(keys)
}

/// How a message names an ssh key that opens it: the first two words of a stanza.
/// <https://c2sp.org/age#ssh-rsa-and-ssh-ed25519-recipient-stanzas>: the algorithm, and the first
/// four bytes of the SHA-256 of the public key.
fn stanza_of(recipient: &ssh::Recipient) -> (String, String) {
    let shown = recipient.to_string();
    let (algorithm, key) = shown.split_once(' ').unwrap_or_default();
    let digest = Sha256::digest(STANDARD.decode(key).unwrap_or_default());
    (algorithm.to_owned(), STANDARD_NO_PAD.encode(&digest[..4]))
}

/// An identity that is protected by a passphrase.
struct Shut {
    file: PathBuf,
    kind: IdentityKind,
    state: Mutex<IdentityState>,
}

enum IdentityKind {
    Ssh { key: Box<EncryptedKey>, algorithm: String, tag: String },
    File(Zeroizing<Vec<u8>>),
}

enum IdentityState {
    Untried,
    Opened(Keys),
    Refused(&'static str, &'static str),
}

impl Shut {
    fn new(file: &Path, kind: IdentityKind) -> Self {
        Self { file: file.to_owned(), kind, state: Mutex::new(IdentityState::Untried) }
    }

    /// Whether it might open what this stanza holds: a passphrase is only asked for if it can help.
    fn fits(&self, stanza: &Stanza) -> bool {
        match &self.kind {
            IdentityKind::Ssh { algorithm, tag, .. } => {
                stanza.tag == *algorithm && stanza.args.first() == Some(tag)
            }
            IdentityKind::File(_) => stanza.tag == "X25519",
        }
    }

    fn open(&self) -> IdentityState {
        let no_terminal = IdentityState::Refused(
            "is protected by a passphrase, and there is no terminal to ask for it",
            "run it at a terminal, or name an identity without a passphrase in VENVARS_AGE_IDENTITY",
        );
        let passphrase = match prompt::hidden(&format!("Passphrase of {}: ", self.file.display())) {
            Ok(typed) => SecretString::from(typed.text.as_str()),
            Err(NoLine::System(_)) => return no_terminal,
            Err(_) => {
                return IdentityState::Refused(
                    "was given a passphrase that is not a single line of text",
                    "try again",
                );
            }
        };
        let opened = match &self.kind {
            IdentityKind::Ssh { key, .. } => {
                key.decrypt(passphrase).map(|key| -> Keys { vec![Box::new(ssh::Identity::from(key))] })
            }
            IdentityKind::File(bytes) => decrypt_file(bytes, passphrase),
        };
        match opened {
            Ok(keys) => IdentityState::Opened(keys),
            Err(DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed) => {
                IdentityState::Refused("cannot be decrypted with that passphrase", "try again")
            }
            Err(DecryptError::ExcessiveWork { .. }) => IdentityState::Refused(
                "takes too long to decrypt",
                "encrypt it again with `age --passphrase`",
            ),
            Err(_) => IdentityState::Refused(
                "is not a passphrase-encrypted identity file, or is damaged",
                "`age-keygen | age --passphrase` creates one",
            ),
        }
    }

    fn refusal(&self) -> Option<Error> {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            IdentityState::Refused(what, hint) => {
                Some(Error::syntax(format!("the identity {what}")).in_file(&self.file).hint(*hint))
            }
            _ => None,
        }
    }
}

/// An identity that is protected by a passphrase, while a message is opened.
pub(super) struct Asking<'a> {
    shut: &'a Shut,
    /// Where it is noted that a passphrase is needed, if none is to be asked for.
    needs_one: Option<&'a Cell<bool>>,
}

impl Identity for Asking<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if !self.shut.fits(stanza) {
            return None;
        }
        // Held while the user types: two threads must not ask twice.
        let mut state = self.shut.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, IdentityState::Untried) {
            match self.needs_one {
                Some(needs_one) => needs_one.set(true),
                None => *state = self.shut.open(),
            }
        }
        match &*state {
            IdentityState::Opened(keys) => keys.iter().find_map(|key| key.unwrap_stanza(stanza)),
            IdentityState::Untried | IdentityState::Refused(..) => None,
        }
    }
}

fn decrypt_file(bytes: &[u8], passphrase: SecretString) -> Result<Keys, DecryptError> {
    let decryptor = Decryptor::new(ArmoredReader::new(bytes.trim_ascii_start()))?;
    let identity = scrypt::Identity::new(passphrase);
    let mut reader = decryptor.decrypt(std::iter::once(&identity as &dyn Identity))?;
    let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
    reader.read_to_string(&mut text).map_err(DecryptError::Io)?;
    native(&text).map_err(|_| DecryptError::InvalidHeader)
}

#[cfg(test)]
mod tests;
