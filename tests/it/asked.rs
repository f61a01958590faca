//! Each source of a value is asked once in a run, whatever the number of profiles; a hook asks none.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use crate::support::terminal;
use crate::support::{clean, fed, git, private, program, succeed, trial, venvars};

type Outcome = Result<(), Failed>;

/// A command that notes each time that it is asked, and prints a value.
const COMMAND: &str = "#!/bin/sh\necho asked >> asked\necho 'f7Gq-Zp3x-Lk9w-Rt2y'\n";

pub fn trials() -> Vec<Trial> {
    let plain: [(&str, Option<String>, fn() -> Outcome); 6] = [
        ("once-in-a-run", None, once),
        ("a-file-once-in-a-run", missing("strace"), files),
        ("a-failure-is-remembered", None, failures),
        ("what-is-waited-for-is-said-at-a-terminal", terminal::missing(), waited),
        ("a-hook-asks-nobody", missing("ssh-keygen"), hooks),
        ("a-passphrase-once", missing("ssh-keygen").or_else(terminal::missing), passphrase),
    ];
    plain.into_iter().map(|(name, missing, run)| trial(name.to_owned(), missing, run)).collect()
}

fn missing(program: &str) -> Option<String> {
    which::which(program).is_err().then(|| program.to_owned())
}

/// A project with three profiles that all have the values of `secrets`, a venv and a repository.
fn project(secrets: &str, settings: &str) -> Result<TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let profiles = "[profile.a]\nX = 'one'\n[profile.b]\nX = 'two'\n[profile.c]\nextends = 'a'\n";
    fs::write(path.join("secrets.toml"), format!("{secrets}PLAIN = 'hunter2-hunter2'\n{profiles}"))?;
    private(&path.join("secrets.toml"));
    fs::write(path.join("venvars.toml"), settings)?;
    fs::write(path.join(".gitignore"), "/secrets.toml\n/.venv\n/asked\n/key*\n")?;
    fs::write(path.join("ask"), COMMAND)?;
    succeed(Command::new("chmod").arg("755").arg(path.join("ask")))?;
    let mut venv = Command::new("python3");
    clean(&mut venv, path);
    succeed(venv.args(["-m", "venv", "--without-pip", ".venv"]).current_dir(path))?;
    git(path, &["init", "--quiet"])?;
    git(path, &["add", "venvars.toml"])?;
    Ok(folder)
}

/// Runs venvars with `arguments`, and says how often the command was asked meanwhile.
fn asked(path: &Path, arguments: &[&str]) -> Result<usize, Failed> {
    let _ = fs::remove_file(path.join("asked"));
    fed(venvars(path).args(arguments), b"")?;
    Ok(fs::read_to_string(path.join("asked")).unwrap_or_default().lines().count())
}

fn once() -> Outcome {
    let secrets = "TOKEN = { command = [\"./ask\"] }\nURL = { template = \"https://u:${TOKEN}@h/\" }\nAGAIN = { command = [\"./ask\"] }\n";
    for settings in ["", "mode = \"embed\"\n"] {
        let folder = project(secrets, settings)?;
        let path = folder.path();
        for arguments in [
            &["scan", "--ask"][..],
            &["doctor"],
            &["doctor", "--fix"],
            &["check"],
            &["apply", "--force"],
            &["status"],
            &["export", "--format", "json"],
            &["run", "--no-venv", "--", "true"],
            &["run", "--mask", "--no-venv", "--", "true"],
            &["rotate", "PLAIN", "--generate=hex32"],
        ] {
            let times = asked(path, arguments)?;
            assert!(times <= 1, "{settings}{arguments:?}: {times} times");
        }
        assert_eq!(asked(path, &["scan", "--ask"])?, 1);
        assert_eq!(asked(path, &["scan"])?, 0);
    }
    Ok(())
}

/// A file that gives a value, whatever the number of profiles and variables.
fn files() -> Outcome {
    let folder = project("TOKEN = { file = \"key.txt\" }\nAGAIN = { file = \"key.txt\" }\n", "")?;
    let path = folder.path();
    fs::write(path.join("key.txt"), "f7Gq-Zp3x-Lk9w-Rt2y\n")?;
    private(&path.join("key.txt"));
    for arguments in [&["check"][..], &["apply"], &["export", "--format", "json"], &["list", "--reveal"]] {
        let mut command = Command::new("strace");
        clean(&mut command, path);
        command.args(["-f", "-qq", "-e", "trace=openat", "-o", "trace", env!("CARGO_BIN_EXE_venvars")]);
        succeed(command.args(arguments).current_dir(path))?;
        let opened = fs::read_to_string(path.join("trace"))?.matches("key.txt\"").count();
        if opened != 1 {
            return Err(format!("{arguments:?}: opened {opened} times").into());
        }
    }
    Ok(())
}

fn failures() -> Outcome {
    let folder = project("TOKEN = { command = [\"./fail\"] }\n", "")?;
    let path = folder.path();
    fs::write(path.join("fail"), format!("{COMMAND}exit 3\n"))?;
    succeed(Command::new("chmod").arg("755").arg(path.join("fail")))?;
    for arguments in [&["scan", "--ask"][..], &["doctor", "--fix"], &["check"]] {
        assert_eq!(asked(path, arguments)?, 1, "{arguments:?}");
    }
    Ok(())
}

/// Also where a script takes what standard output says, as at a live activation; elsewhere nobody reads it.
fn waited() -> Outcome {
    let folder = project("TOKEN = { command = ['sh', '-c', 'sleep 2; echo f7Gq-Zp3x-Lk9w-Rt2y'] }\n", "")?;
    let line = "waiting for sh (Ctrl-C stops it)";
    let mut get = venvars(folder.path());
    get.args(["get", "TOKEN"]);
    let output = succeed(&mut get)?;
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut live = Command::new("sh");
    clean(&mut live, folder.path());
    let text = "got=$(\"$0\" activation sh) && echo \"${#got}\"";
    live.args(["-c", text]).arg(program()).current_dir(folder.path());
    let shown = terminal::typed(&live, "", false)?;
    assert!(shown.contains(line), "{shown}");
    Ok(())
}

/// Makes an ssh key with a passphrase, for which values are encrypted from then on.
fn shut_key(path: &Path) -> Outcome {
    succeed(
        Command::new("ssh-keygen")
            .args(["-q", "-N", "a passphrase", "-t", "ed25519", "-f"])
            .arg(path.join("key")),
    )?;
    let key = fs::read_to_string(path.join("key.pub"))?;
    fs::write(path.join("venvars.toml"), format!("recipients = [\"{}\"]\n", key.trim()))?;
    succeed(venvars(path).args(["set", "SHUT=q8Wn-Vb4m-Xc7z", "--age"])).map(|_| ())
}

/// Every profile has two values that the same key opens.
fn passphrase() -> Outcome {
    let folder = project("", "")?;
    let path = folder.path();
    shut_key(path)?;
    // A live script would ask at activation only.
    let settings = fs::read_to_string(path.join("venvars.toml"))?;
    fs::write(path.join("venvars.toml"), format!("mode = \"embed\"\n{settings}"))?;
    succeed(venvars(path).args(["set", "MORE=w3Er-Ty6u-Io9p", "--age", "--profile", "b"]))?;
    for arguments in
        [&["doctor"][..], &["doctor", "--fix"], &["scan", "--ask"], &["apply", "--force"], &["check"]]
    {
        let mut command = venvars(path);
        command.args(arguments).env("VENVARS_AGE_IDENTITY", path.join("key"));
        let shown = terminal::typed(&command, "a passphrase\n", false)?;
        assert_eq!(shown.matches("Passphrase of").count(), 1, "{arguments:?}: {shown}");
        assert!(!shown.contains("could not"), "{arguments:?}: {shown}");
    }
    Ok(())
}

fn hooks() -> Outcome {
    let folder = project("TOKEN = { command = [\"./ask\"] }\n", "")?;
    let path = folder.path();
    shut_key(path)?;
    let hook = |what: &str| {
        let mut hook = venvars(path);
        fed(hook.args(["hook", "run", what]).env("VENVARS_AGE_IDENTITY", path.join("key")), b"")
    };
    for (what, scan) in [("pre-commit", "scan --staged --ask"), ("pre-push", "scan --history --ask")] {
        let _ = fs::remove_file(path.join("asked"));
        let output = hook(what)?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("2 values not searched for") && said.contains(scan), "{said}");
        assert!(!path.join("asked").exists());
    }
    Ok(())
}
