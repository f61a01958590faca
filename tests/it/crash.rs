//! Killed at every system call, and with every write refused: each file stays whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::{self, clean, succeed, trial, write_secrets};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

type Files = Vec<(PathBuf, Vec<u8>)>;

/// A project whose venv is applied with old values, while secrets.toml has new ones.
fn project() -> Result<TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let mut command = Command::new("python3");
    clean(&mut command, path);
    succeed(command.args(["-m", "venv", "--without-pip", ".venv"]).current_dir(path))?;
    write_secrets(&path.join("secrets.toml"), &[("KEY".to_owned(), "old".repeat(100))]);
    succeed(support::venvars(path).arg("apply"))?;
    write_secrets(&path.join("secrets.toml"), &[("KEY".to_owned(), "new".repeat(100))]);
    Ok(folder)
}

/// The files that must be whole: the scripts and the secrets.
fn files(path: &Path) -> Result<Files, Failed> {
    let mut files = vec![(path.join("secrets.toml"), fs::read(path.join("secrets.toml"))?)];
    for entry in fs::read_dir(path.join(".venv/bin"))? {
        let file = entry?.path();
        let temporary = file.to_string_lossy().ends_with(".venvars-new");
        if !temporary && fs::symlink_metadata(&file)?.is_file() {
            files.push((file.clone(), fs::read(&file)?));
        }
    }
    files.sort();
    Ok(files)
}

fn write_back(files: &Files) -> Result<(), Failed> {
    for (file, content) in files {
        if fs::read(file)? != *content {
            fs::write(file, content)?;
        }
    }
    Ok(())
}

/// Runs our program under strace with this injection.
fn traced(path: &Path, injection: &str, arguments: &[&str]) -> Result<Output, Failed> {
    let mut command = Command::new("strace");
    clean(&mut command, path);
    Ok(command
        .args(["-f", "-qq", "-o", "/dev/null", "-e", injection])
        .arg(env!("CARGO_BIN_EXE_venvars"))
        .args(arguments)
        .current_dir(path)
        .output()?)
}

fn whole(found: &Files, before: &Files, after: &Files, when: &str) -> Result<(), Failed> {
    for ((file, content), ((_, old), (_, new))) in found.iter().zip(before.iter().zip(after)) {
        if content != old && content != new {
            return Err(format!("{when}: {} is neither old nor new", file.display()).into());
        }
    }
    Ok(())
}

/// Kills the command at its first, second, … system call that touches a file, until it gets through.
fn killed(arguments: &'static [&'static str]) -> Result<(), Failed> {
    let folder = project()?;
    let path = folder.path();
    let before = files(path)?;
    succeed(support::venvars(path).args(arguments))?;
    let after = files(path)?;
    write_back(&before)?;
    // The calls are counted by thread: those of the threads that flush come first here.
    let flushing = ["inject=fsync:signal=KILL:when=1".to_owned()];
    let all = (1..).map(|number| format!("inject=%file,%desc:signal=KILL:when={number}"));
    for (number, injection) in flushing.into_iter().chain(all).enumerate() {
        let output = traced(path, &injection, arguments)?;
        let found = files(path)?;
        whole(&found, &before, &after, &format!("killed at call {number}"))?;
        if output.status.success() {
            return if number > 10 { Ok(()) } else { Err(format!("only {number} calls").into()) };
        }
        // What was left behind does not keep the next run from its work.
        if number % 10 == 0 {
            succeed(support::venvars(path).args(arguments))?;
            whole(&files(path)?, &after, &after, "the next run")?;
            for folder in [path.to_owned(), path.join(".venv/bin")] {
                for entry in fs::read_dir(folder)? {
                    let name = entry?.file_name();
                    if name.to_string_lossy().contains(".venvars-new") {
                        return Err(format!("left behind: {}", name.display()).into());
                    }
                }
            }
        }
        write_back(&before)?;
    }
    Ok(())
}

/// Refuses the first, second, … call of each kind as a full disk does.
fn full(arguments: &'static [&'static str]) -> Result<(), Failed> {
    let folder = project()?;
    let path = folder.path();
    let before = files(path)?;
    succeed(support::venvars(path).args(arguments))?;
    let after = files(path)?;
    write_back(&before)?;
    let mut refused = 0;
    for call in ["write", "fsync", "rename,renameat,renameat2", "fchmod", "openat"] {
        for number in 1..=12 {
            let injection = format!("inject={call}:error=ENOSPC:when={number}");
            let output = traced(path, &injection, arguments)?;
            let found = files(path)?;
            whole(&found, &before, &after, &format!("{call} {number} refused"))?;
            let code = output.status.code();
            // The dynamic loader has its own code for a library that it cannot open.
            if !matches!(code, Some(0 | 2 | 127)) {
                return Err(format!("{call} {number} refused: exit {code:?}").into());
            }
            if code == Some(2) {
                refused += 1;
                let unchanged = found == before;
                if !unchanged && !matches!(call, "write" | "rename,renameat,renameat2") {
                    return Err(format!("{call} {number} refused: something was changed").into());
                }
            }
            write_back(&before)?;
        }
    }
    if refused < 5 { Err("hardly anything was refused".into()) } else { Ok(()) }
}

pub fn trials() -> Vec<Trial> {
    let missing = which::which("strace").is_err().then(|| "strace".to_owned());
    let mut trials: Vec<Trial> = Vec::new();
    let apply: &[&str] = &["apply"];
    let set: &[&str] = &["set", "KEY=newest"];
    for (name, arguments) in [("apply", apply), ("set", set)] {
        trials.push(trial(format!("killed::{name}"), missing.clone(), move || killed(arguments)));
        trials.push(trial(format!("full-disk::{name}"), missing.clone(), move || full(arguments)));
    }
    trials
}
