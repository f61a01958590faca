//! The first line of a data block: what a script notes about itself.

use std::path::PathBuf;

use crate::engines::shell::Shell;
use crate::engines::shell::script::layout::ScriptKind;
use crate::words::path;
use crate::words::profile::{ProfileName, TOP};

/// The version of the form, the first field.
const VERSION: &str = "1";
/// Stands before the profile that was asked for.
const PROFILE: &str = "profile=";
/// Stands before the permissions that the script had, in octal.
const MODE: &str = "permissions=";
/// Stands there if the data holds no values and asks for them.
const LIVE: &str = "live";

/// What a data block's first line notes, in fields with a blank between them: the version, the project's
/// folder, and then whatever is known, in any order. A field that this version does not know is passed over.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Note {
    /// The folder of the project that the values are of.
    pub project: PathBuf,
    /// The profile that was asked for.
    pub profile: Option<String>,
    /// Whether the block holds no values and asks for them.
    pub is_live: bool,
    /// The permissions that the script had before it held values, if they were others.
    pub mode: Option<u32>,
}

impl Note {
    /// The fields, for a script of `kind`.
    pub(super) fn write(&self, kind: ScriptKind) -> String {
        let mut fields = format!("{VERSION} {}", escaped(kind, path::bytes(&self.project)));
        fields.extend(self.profile.iter().map(|profile| format!(" {PROFILE}{profile}")));
        fields.extend(self.is_live.then(|| format!(" {LIVE}")));
        fields.extend(self.mode.map(|mode| format!(" {MODE}{mode:o}")));
        fields
    }

    /// Reads the fields of a script of `kind`.
    pub(super) fn read(kind: ScriptKind, fields: &str) -> Self {
        let mut fields = fields.split(' ');
        let mut note = Self::default();
        if fields.next() != Some(VERSION) {
            return note;
        }
        note.project = fields.next().and_then(|path| plain(kind, path)).unwrap_or_default();
        for field in fields {
            if let Some(profile) = field.strip_prefix(PROFILE) {
                note.profile = valid_profile(profile);
            } else if let Some(mode) = field.strip_prefix(MODE) {
                note.mode = valid_mode(mode);
            } else if field == LIVE {
                note.is_live = true;
            }
        }
        note
    }

    /// Reads what the version before wrote behind its marker.
    pub(super) fn read_old(notes: &str) -> Self {
        let notes = || notes.split(", ").map(str::trim);
        Self {
            project: PathBuf::new(),
            profile: notes().find_map(|note| note.strip_prefix("profile ")).and_then(valid_profile),
            is_live: notes().any(|note| note == LIVE),
            mode: notes().find_map(|note| note.strip_prefix("the script's mode was ")).and_then(valid_mode),
        }
    }
}

fn valid_profile(name: &str) -> Option<String> {
    (ProfileName::new(name).is_ok() || name == TOP).then(|| name.to_owned())
}

fn valid_mode(octal: &str) -> Option<u32> {
    u32::from_str_radix(octal, 8).ok().filter(|mode| *mode <= 0o7777)
}

/// What an escaped byte begins with. cmd.exe expands `%` even in a comment.
fn sign(kind: ScriptKind) -> u8 {
    if kind.shell() == Shell::Cmd { b'_' } else { b'%' }
}

/// `path` in letters, digits and a few signs that are code to no shell; any other byte is written as
/// two hexadecimal digits behind a sign of their own.
fn escaped(kind: ScriptKind, path: &[u8]) -> String {
    let sign = sign(kind);
    let mut text = String::with_capacity(path.len());
    for byte in path {
        if *byte != sign && (byte.is_ascii_alphanumeric() || b"/._-".contains(byte)) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("{}{byte:02x}", char::from(sign)));
        }
    }
    text
}

/// The path that was [`escaped`]; [`None`] if it was not.
fn plain(kind: ScriptKind, text: &str) -> Option<PathBuf> {
    let sign = sign(kind);
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == sign {
            let digits = [bytes.next()?, bytes.next()?];
            decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    path::of(&decoded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever the path: it comes back, and no byte of it means anything to a shell.
        #[cfg(unix)]
        #[test]
        fn a_note_comes_back(path in prop::collection::vec(1u8.., 0..40), profile in prop::option::of("[A-Za-z0-9_.][A-Za-z0-9_.-]{0,9}"), is_live: bool, mode in prop::option::of(0u32..0o10000)) {
            let note = Note { project: path::of(&path).unwrap(), profile, is_live, mode };
            for kind in [ScriptKind::Posix, ScriptKind::Cmd] {
                let written = note.write(kind);
                prop_assert!(written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" /._-=%".contains(&byte)));
                prop_assert!(kind != ScriptKind::Cmd || !written.contains('%'));
                prop_assert_eq!(&Note::read(kind, &written), &note);
                // What a later version adds is passed over.
                prop_assert_eq!(&Note::read(kind, &(written + " only=run x")), &note);
            }
        }

        #[test]
        fn no_line_is_too_odd(line in "\\PC*") {
            Note::read(ScriptKind::Posix, &line);
            Note::read(ScriptKind::Cmd, &format!("1 {line}"));
            Note::read_old(&line);
        }
    }
}
