//! Who can read the files that hold values, or will: git, and other users of this machine.

use std::path::Path;

use crate::model::secrets::Secrets;
use crate::words::error::{Error, Result};
use crate::words::message::shown_path;
use crate::world::disk::{self, open, owner};
use crate::world::git::{self, Standing};

/// What to say of a secrets file that group or others can read; [`None`] if they learn nothing from it.
#[must_use]
pub fn exposed_to_others(secrets: &Secrets) -> Option<String> {
    let file = &secrets.file;
    if secrets.is_encrypted() { None } else { unprotected(file).or_else(|| readable_by_others(file)) }
}

/// What to say of a file whose permissions are not kept, although the system has such.
#[must_use]
pub fn unprotected(file: &Path) -> Option<String> {
    let what = "others may be able to read it: this file system keeps no permissions";
    (cfg!(unix) && file.exists() && !disk::keeps_modes(file)).then(|| format!("{}: {what}", file.display()))
}

/// What to say of a file that group or others can read.
#[must_use]
pub fn readable_by_others(file: &Path) -> Option<String> {
    let metadata = file.metadata().ok()?;
    // What is somebody else's is not ours to change, and is refused anyway.
    owner::check(file, &metadata).ok()?;
    let mode = disk::mode(file, &metadata).filter(|mode| mode & 0o077 != 0)?;
    let (name, shown) = (file.display(), shown_path(file));
    Some(format!("{name}: others can read it (mode {mode:04o}); chmod 600 {shown}"))
}

/// Refuses to go on where git would take the secrets, unless every one of them is encrypted.
///
/// # Errors
/// git tracks a file of plain secrets, or would take it.
pub fn guard<'a>(all: impl IntoIterator<Item = &'a Secrets>) -> Result<()> {
    guard_from(all, |_| true)
}

/// Refuses to go on where git has the secrets, unless every one of them is encrypted.
///
/// # Errors
/// git tracks a file of plain secrets.
pub fn guard_tracked<'a>(all: impl IntoIterator<Item = &'a Secrets>) -> Result<()> {
    guard_from(all, |standing| standing == Standing::Tracked)
}

/// Refuses the first of `all` that is not encrypted, and whose standing is a danger and one of those that count.
fn guard_from<'a>(
    all: impl IntoIterator<Item = &'a Secrets>,
    counts: impl Fn(Standing) -> bool,
) -> Result<()> {
    for secrets in all.into_iter().filter(|secrets| !secrets.is_encrypted()) {
        let standing = git::standing(&secrets.file)?;
        if let Some(error) = danger(&secrets.file, standing).filter(|_| counts(standing)) {
            return Err(error);
        }
    }
    Ok(())
}

/// What is wrong with how the secrets file stands with git, if anything is.
///
/// # Errors
/// As for [`git::standing`].
pub fn exposure(file: &Path) -> Result<Option<Error>> {
    Ok(danger(file, git::standing(file)?))
}

/// What is wrong with a secrets file of this standing, if anything is.
fn danger(file: &Path, standing: Standing) -> Option<Error> {
    let name = file.file_name().unwrap_or_default();
    let (text, hint) = match standing {
        Standing::Outside | Standing::Ignored => return None,
        Standing::Exposed => ("git does not ignore this secrets file", way_to_ignore(file)),
        Standing::Tracked => {
            let (folder, name) = (file.parent().unwrap_or(Path::new(".")), shown_path(Path::new(name)));
            (
                "git tracks this secrets file",
                format!(
                    "run: git -C {} rm -f --cached {name} (and add it to .gitignore); if it was ever pushed, rotate every value",
                    shown_path(folder)
                ),
            )
        }
    };
    Some(Error::refused(text).in_file(file).hint(hint))
}

/// How a person has git ignore `file`.
fn way_to_ignore(file: &Path) -> String {
    let list = file.with_file_name(".gitignore");
    if let Some(unread) = unread(&list, shown_path) {
        return unread;
    }
    // `>>` writes UTF-16 in Windows PowerShell.
    if cfg!(windows) {
        return "run: venvars doctor --fix".to_owned();
    }
    let pattern = shell_escape::escape(pattern(file, false).into());
    format!("run: echo {pattern} >> {}", shown_path(&list))
}

/// What a person does about `list`, an ignore file, if there is UTF-16 in it, as Windows PowerShell's `>` and `>>` write it:
/// git knows nothing of that.
#[must_use]
pub fn unread(list: &Path, shown: impl Fn(&Path) -> String) -> Option<String> {
    let text = open::read(list).ok()??;
    text.contains(&0)
        .then(|| format!("git cannot read {}, there is UTF-16 in it: save it as UTF-8", shown(list)))
}

/// The pattern for `file`, in its folder alone, or also for its copies: their names have its own in them. See
/// gitignore(5).
#[must_use]
pub fn pattern(file: &Path, with_copies: bool) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let escaped = |c| matches!(c, '*' | '?' | '[' | '\\' | ' ').then_some('\\').into_iter().chain([c]);
    let any = if with_copies { "*" } else { "" };
    format!("/{any}{}{any}", name.chars().flat_map(escaped).collect::<String>())
}

/// Refuses to put a plain value where git would take it.
///
/// # Errors
/// As for [`guard`]; or git may have the file because all of it is encrypted.
pub fn guard_plain(secrets: &Secrets) -> Result<()> {
    match exposure(&secrets.file)? {
        Some(_) if secrets.is_encrypted() => Err(Error::refused(
            "this file may be committed because every value in it is encrypted: a plain value cannot be added",
        )
        .in_file(&secrets.file)
        .hint("encrypt the value too: venvars set NAME --age")),
        Some(error) => Err(error),
        None => Ok(()),
    }
}
