//! The completion scripts, where each shell looks for them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::engines::shell::completion::CompletionShell;
use crate::words::error::{Error, Result};
use crate::words::message::shown_path;
use crate::words::system::HERE;
use crate::world::disk::open;
use crate::world::disk::replace::{self, Replacement};
use crate::world::folders::named;
use crate::world::variables;

/// A line that only our scripts contain.
const OURS: &str = "# Completions for venvars in ";

/// Where the script of `shell` goes.
///
/// # Errors
/// There is no home folder.
pub fn place(shell: CompletionShell) -> Result<PathBuf> {
    let home = dirs::home_dir().ok_or_else(|| Error::missing("no home folder").hint("set HOME"))?;
    // The shells look there on Windows too.
    let data = || named("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share"));
    let config = || named("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
    let documents = if cfg!(windows) { dirs::document_dir() } else { None };
    Ok(match shell {
        CompletionShell::Bash => named("BASH_COMPLETION_USER_DIR")
            .unwrap_or_else(|| data().join("bash-completion"))
            .join("completions/venvars"),
        CompletionShell::Zsh => data().join("zsh/site-functions/_venvars"),
        CompletionShell::Fish => config().join("fish/completions/venvars.fish"),
        CompletionShell::PowerShell => documents
            .map_or_else(|| config().join("powershell"), |documents| documents.join("PowerShell"))
            .join("venvars-completions.ps1"),
        CompletionShell::Nu => named("XDG_DATA_HOME")
            .or_else(dirs::data_dir)
            .unwrap_or_else(data)
            .join("nushell/vendor/autoload/venvars.nu"),
        CompletionShell::Elvish => config().join("elvish/lib/venvars.elv"),
    })
}

/// Puts the script of `shell` to its place: which that is, and whether anything has changed there.
///
/// # Errors
/// Somebody else's file is there, or it cannot be written.
pub fn install(shell: CompletionShell) -> Result<(PathBuf, bool)> {
    let file = place(shell)?;
    let script = shell.script().as_bytes();
    if own(&file)?.is_some_and(|text| text == script) {
        return Ok((file, false));
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, &error))?;
    replace::all(&[Replacement { file: &file, content: script, mode: Some(0o644) }])?;
    Ok((file, true))
}

/// Deletes the script of `shell`: where it was, and whether it was there.
///
/// # Errors
/// Somebody else's file is there, or it cannot be deleted.
pub fn uninstall(shell: CompletionShell) -> Result<(PathBuf, bool)> {
    let file = place(shell)?;
    let is_there = own(&file)?.is_some();
    if is_there {
        fs::remove_file(&file).map_err(|error| Error::io("delete", &file, &error))?;
    }
    Ok((file, is_there))
}

/// What `file` says, if it is there and ours.
fn own(file: &Path) -> Result<Option<Vec<u8>>> {
    let Some(text) = open::read(file)? else { return Ok(None) };
    if String::from_utf8_lossy(&text).contains(OURS) {
        return Ok(Some(text));
    }
    let error = Error::refused("venvars did not write this file").in_file(file);
    Err(error.hint(format!("to replace it, delete it first: {}", HERE.deletion(file))))
}

/// The line that has `shell` load `file`, and where to add it, unless it does so by itself.
#[must_use]
pub fn to_add(shell: CompletionShell, file: &Path) -> Option<(String, &'static str)> {
    let shown = shown_path(file);
    let folder = shown_path(file.parent()?);
    let home = dirs::home_dir().unwrap_or_default();
    match shell {
        CompletionShell::Bash => {
            let is_there = ["/usr", "/usr/local", "/opt/homebrew", "/opt/local"]
                .iter()
                .any(|root| Path::new(root).join("share/bash-completion/bash_completion").is_file());
            (!is_there).then(|| (format!("source {shown}"), "~/.bashrc"))
        }
        CompletionShell::Zsh => {
            let settings = variables::filled("ZDOTDIR").map_or(home, PathBuf::from).join(".zshrc");
            let is_known = fs::read_to_string(settings).is_ok_and(|text| text.contains("zsh/site-functions"));
            (!is_known).then(|| (format!("fpath=({folder} $fpath)"), "~/.zshrc, before `compinit`"))
        }
        CompletionShell::PowerShell => {
            let quoted = file.to_string_lossy().replace('\'', "''");
            // Windows PowerShell has its profiles beside those of PowerShell 7.
            let folders = [file.with_file_name(""), file.with_file_name("../WindowsPowerShell")];
            let profiles = ["profile.ps1", "Microsoft.PowerShell_profile.ps1"];
            let is_known =
                folders.iter().flat_map(|folder| profiles.map(|name| folder.join(name))).any(|profile| {
                    fs::read_to_string(profile).is_ok_and(|text| text.contains("venvars-completions.ps1"))
                });
            (!is_known).then(|| (format!(". '{quoted}'"), "$PROFILE"))
        }
        CompletionShell::Elvish => Some(("use venvars".to_owned(), "~/.config/elvish/rc.elv")),
        CompletionShell::Fish | CompletionShell::Nu => None,
    }
}
