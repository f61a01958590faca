//! Where shells and other programs keep what was typed into them.

use crate::world::variables;
use std::fs;
use std::path::{Path, PathBuf};

/// Files in the home folder.
const FILES: [&str; 22] = [
    ".bash_history",
    ".zsh_history",
    ".zhistory",
    ".histfile",
    ".history",
    ".sh_history",
    ".ksh_history",
    ".mksh_history",
    ".ash_history",
    ".yash_history",
    ".xonsh_history",
    ".python_history",
    ".psql_history",
    ".mysql_history",
    ".sqlite_history",
    ".rediscli_history",
    ".node_repl_history",
    ".viminfo",
    ".lesshst",
    ".local/share/powershell/PSReadLine/ConsoleHost_history.txt",
    "AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt",
    ".zsh_sessions",
];

/// Files and folders in the folders that programs have for their data and settings.
const DATA: [&str; 5] = [
    "fish/fish_history",
    "nushell/history.txt",
    "nushell/history.sqlite3",
    "xonsh/history_json",
    "xonsh/xonsh-history.sqlite",
];

/// Those that are there. A shell's own file under another name is found if `HISTFILE` is exported.
#[must_use]
pub fn histories() -> Vec<PathBuf> {
    let home = dirs::home_dir();
    let in_home = FILES.iter().filter_map(|file| Some(home.as_ref()?.join(file)));
    let data = [dirs::data_dir(), dirs::config_dir(), home.as_ref().map(|home| home.join(".local/share"))];
    let in_data = data.iter().flatten().flat_map(|folder| DATA.iter().map(|file| folder.join(file)));
    let named = variables::raw("HISTFILE").map(PathBuf::from).filter(|file| file.is_absolute());
    let mut found: Vec<PathBuf> = in_home.chain(in_data).chain(named).flat_map(|path| files(&path)).collect();
    found.sort();
    found.dedup();
    found
}

/// The file at `path`, or those in the folder at `path`.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
    } else if path.is_file() {
        vec![path.to_owned()]
    } else {
        Vec::new()
    }
}
