//! The scripts as files: whole, exact, private; what generators write and what people do to it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::generators::{self, Generator};
use crate::support::unix::{MetadataExt, PermissionsExt, attribute, set_attribute, symlink};
use crate::support::{BIN, on_unix, succeed, trial, values, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

/// A project with a venv and secrets.
struct Project {
    folder: TempDir,
}

type Files = Vec<(PathBuf, Vec<u8>, u32)>;

impl Project {
    fn new(generator: &Generator) -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        generator.make(&folder.path().join(".venv"), folder.path())?;
        write_secrets(&folder.path().join("secrets.toml"), &values::nasty());
        Ok(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn bin(&self) -> PathBuf {
        self.path().join(".venv").join(BIN)
    }

    /// Every regular file in `bin`, with content and mode.
    fn files(&self) -> Result<Files, Failed> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.bin())? {
            let path = entry?.path();
            let metadata = fs::symlink_metadata(&path)?;
            if metadata.is_file() {
                let mode = if cfg!(unix) { metadata.mode() & 0o7777 } else { 0 };
                files.push((path.clone(), fs::read(&path)?, mode));
            }
        }
        files.sort();
        Ok(files)
    }

    fn venvars(&self, arguments: &[&str]) -> Result<(i32, String, String), Failed> {
        let output = venvars(self.path()).args(arguments).output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr)))
    }

    fn apply(&self) -> Result<(), Failed> {
        succeed(venvars(self.path()).arg("apply")).map(|_| ())
    }

    fn remove(&self) -> Result<(), Failed> {
        succeed(venvars(self.path()).arg("remove")).map(|_| ())
    }
}

fn check(what: bool, message: impl Into<String>) -> Result<(), Failed> {
    if what { Ok(()) } else { Err(message.into().into()) }
}

/// Whether two sets of files are the same, and if not, which file is not.
fn same(found: &Files, expected: &Files) -> Result<(), Failed> {
    check(found.len() == expected.len(), "other files")?;
    for (one, other) in found.iter().zip(expected) {
        check(one == other, format!("{} differs (modes {:o}, {:o})", one.0.display(), one.2, other.2))?;
    }
    Ok(())
}

fn there_and_back(generator: &Generator) -> Result<(), Failed> {
    let project = Project::new(generator)?;
    let before = project.files()?;
    check(project.venvars(&["status"])?.0 == 1, "status does not ask for an apply")?;
    project.apply()?;
    let applied = project.files()?;
    check(before != applied, "nothing was applied")?;
    for (file, content, mode) in &applied {
        if content.windows(8).any(|window| window == b"192b9bdd") {
            check(cfg!(not(unix)) || *mode == 0o600, format!("{}: mode {mode:o}", file.display()))?;
        }
    }
    check(project.venvars(&["status"])?.0 == 0, "status asks for another apply")?;
    project.apply()?;
    same(&project.files()?, &applied)?;
    project.remove()?;
    same(&project.files()?, &before)
}

fn created_again(generator: &Generator) -> Result<(), Failed> {
    let project = Project::new(generator)?;
    project.apply()?;
    let applied = project.files()?;
    fs::remove_dir_all(project.path().join(".venv"))?;
    generator.make(&project.path().join(".venv"), project.path())?;
    let (code, text, _) = project.venvars(&["status"])?;
    check(code == 1 && text.contains("not applied"), text)?;
    project.apply()?;
    same(&project.files()?, &applied)
}

/// Edits each script in a way that people and tools do, and takes apply and remove through it.
fn edited(generator: &Generator) -> Result<(), Failed> {
    let edits: [fn(&[u8]) -> Vec<u8>; 5] = [
        |text| [text, b"\n# mine, at the end\n"].concat(),
        |text| text.strip_suffix(b"\n").unwrap_or(text).to_vec(),
        |text| [text, b"# no UTF-8: \xff\xfe\xe9\n"].concat(),
        |text| String::from_utf8_lossy(text).replace("\r\n", "\n").replace('\n', "\r\n").into_bytes(),
        |text| [b"# mine, at the beginning\n", text].concat(),
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let project = Project::new(generator)?;
        for (file, content, _) in project.files()? {
            fs::write(&file, edit(&content))?;
        }
        let before = project.files()?;
        project.apply()?;
        let applied = project.files()?;
        project.apply()?;
        same(&project.files()?, &applied)?;
        project.remove()?;
        same(&project.files()?, &before)
            .map_err(|failed| format!("edit {number}: {}", failed.message().unwrap_or_default()))?;
        // An edit after apply stays through the next ones.
        project.apply()?;
        let mark: &[u8] = b"\n# added later\n";
        for (file, content, _) in project.files()? {
            if file.file_name().is_some_and(|name| name == "activate" || name == "activate.fish") {
                fs::write(&file, [&content[..], mark].concat())?;
            }
        }
        check(project.venvars(&["status"])?.0 == 0, "an edit outside of the blocks is taken for a change")?;
        project.remove()?;
        let kept = fs::read(project.bin().join("activate"))?;
        check(kept.ends_with(mark), "the edit is gone")?;
    }
    Ok(())
}

/// Everything that a script can be beside a script: an error that names it, and nothing changed.
fn unfit(generator: &Generator) -> Result<(), Failed> {
    let spoil: [(&str, fn(&Path) -> std::io::Result<()>); 8] = [
        ("not a regular file", |file| fs::remove_file(file).and_then(|()| fs::create_dir(file))),
        ("not a regular file", |file| {
            fs::remove_file(file)?;
            let made = std::process::Command::new("mkfifo").arg(file).status()?;
            assert!(made.success());
            Ok(())
        }),
        ("broken link", |file| fs::remove_file(file).and_then(|()| symlink("nowhere", file))),
        ("outside the virtual environment", |file| {
            fs::remove_file(file).and_then(|()| symlink("/etc/hostname", file))
        }),
        ("layout not recognised", |file| fs::write(file, "echo another script\n")),
        ("layout not recognised", |file| fs::write(file, b"")),
        ("incomplete venvars block", |file| {
            let text = fs::read_to_string(file)?;
            fs::write(file, format!("{text}# >>> venvars export >>>\n"))
        }),
        ("incomplete venvars block", |file| {
            let text = fs::read_to_string(file)?;
            fs::write(file, format!("# <<< venvars unset <<<\n{text}"))
        }),
    ];
    for (message, spoil) in spoil {
        let project = Project::new(generator)?;
        spoil(&project.bin().join("activate"))?;
        let others = |project: &Project| -> Result<Files, Failed> {
            Ok(project.files()?.into_iter().filter(|(file, ..)| !file.ends_with("activate")).collect())
        };
        let before = others(&project)?;
        for command in ["apply", "status"] {
            let (code, _, said) = project.venvars(&[command])?;
            check(code == 2, format!("{command}: exit {code} for: {message}"))?;
            check(
                said.contains(message) && said.contains("bin/activate"),
                format!("{command} says: {said}"),
            )?;
        }
        same(&others(&project)?, &before)?;
        check(
            project.venvars(&["apply", "--shell", "fish"])?.0 == 0,
            "--shell does not leave the script out",
        )?;
    }
    Ok(())
}

fn linked(generator: &Generator) -> Result<(), Failed> {
    let project = Project::new(generator)?;
    let (script, target) = (project.bin().join("activate"), project.path().join(".venv/real-activate"));
    fs::rename(&script, &target)?;
    symlink("../real-activate", &script)?;
    let before = fs::read(&target)?;
    project.apply()?;
    check(fs::symlink_metadata(&script)?.is_symlink(), "the link was replaced")?;
    check(fs::read(&target)? != before, "the file behind the link was not changed")?;
    project.remove()?;
    check(fs::read(&target)? == before, "the file behind the link is another")
}

fn masked_diff(generator: &Generator) -> Result<(), Failed> {
    let project = Project::new(generator)?;
    let before = project.files()?;
    let leaks = |text: &str| {
        values::nasty().iter().any(|(_, value)| value.len() > 9 && text.contains(value.as_str()))
    };
    for command in [&["apply", "--diff"][..], &["apply", "--diff=script"], &["apply", "--dry-run"]] {
        let (code, text, said) = project.venvars(command)?;
        check(code == 0 && text.contains("would apply"), said.clone())?;
        check(!leaks(&text) && !leaks(&said), "a value is shown")?;
    }
    same(&project.files()?, &before)?;
    project.apply()?;
    write_secrets(&project.path().join("secrets.toml"), &values::second());
    let (_, text, said) = project.venvars(&["apply", "--diff"])?;
    check(text.contains("\n~ SECRET_KEY\n") && !leaks(&text) && !leaks(&said), text)?;
    let (_, text, said) = project.venvars(&["apply", "--diff=script"])?;
    check(text.contains("SECRET_KEY") && text.contains("(the old value)"), text.clone())?;
    check(!leaks(&text) && !leaks(&said), "an old value is shown")
}

/// What `--diff` says of values that begin alike, and of one that csh has in pieces.
fn precise_diff(generator: &Generator) -> Result<(), Failed> {
    let project = Project::new(generator)?;
    let file = project.path().join("secrets.toml");
    let write = |values: [&str; 4]| {
        let names = ["A", "B", "C", "LONG"].map(str::to_owned);
        write_secrets(&file, &names.into_iter().zip(values.map(str::to_owned)).collect::<Vec<_>>());
    };
    let long = "y".repeat(3000);
    write(["it's", "a", "same", &long]);
    project.apply()?;
    write(["it", "a\"", "same", &long]);
    let (_, text, _) = project.venvars(&["apply", "--diff"])?;
    check(text.contains("~ A\n~ B\n") && text.matches('~').count() == 2, text)?;
    write(["it's", "a", "same", &"y".repeat(3001)]);
    let (_, text, _) = project.venvars(&["apply", "--diff"])?;
    check(text.contains("~ LONG\n") && text.matches('~').count() == 1, text)
}

/// A venv that has two names is one.
fn two_names(generator: &Generator) -> Result<(), Failed> {
    let project = Project::new(generator)?;
    symlink(".venv", project.path().join("venv"))?;
    let (code, text, said) = project.venvars(&["apply"])?;
    check(code == 0 && text.matches("applied").count() == 1, format!("{text}{said}"))?;
    project.remove()?;
    let (code, text, said) = project.venvars(&["apply", "--venv", ".venv", "--venv", "./venv"])?;
    check(code == 0 && text.matches("applied").count() == 1, format!("{text}{said}"))
}

/// What lies on a script beside its content: extended attributes, permissions.
fn attributes(generator: &Generator) -> Result<(), Failed> {
    let project = Project::new(generator)?;
    let script = project.bin().join("activate");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    let can = set_attribute(&script, "user.mine", b"kept").is_ok();
    project.apply()?;
    check(
        fs::metadata(&script)?.mode() & 0o7777 == 0o700,
        "the mode is not the owner's part of the old one",
    )?;
    check(!can || attribute(&script, "user.mine")?.as_deref() == Some(b"kept"), "the attribute is gone")?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o644))?;
    check(project.venvars(&["status"])?.0 == 1, "a script that others can read is in sync")?;
    project.remove()?;
    check(fs::metadata(&script)?.mode() & 0o7777 == 0o755, "the mode did not come back")
}

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = Vec::new();
    let each: [(&str, fn(&Generator) -> Result<(), Failed>); 3] =
        [("there-and-back", there_and_back), ("created-again", created_again), ("edited", edited)];
    let once: [(&str, fn(&Generator) -> Result<(), Failed>); 2] =
        [("masked-diff", masked_diff), ("precise-diff", precise_diff)];
    let of_unix: [(&str, fn(&Generator) -> Result<(), Failed>); 4] =
        [("unfit", unfit), ("linked", linked), ("two-names", two_names), ("attributes", attributes)];
    for (index, generator) in generators::all().into_iter().enumerate() {
        let first = index == 0;
        let tests = each.into_iter().chain(once.into_iter().filter(|_| first));
        for (name, test) in tests {
            let owned = generator.clone();
            trials.push(trial(format!("{}::{name}", generator.name), generator.missing(), move || {
                test(&owned)
            }));
        }
        for (name, test) in of_unix.into_iter().filter(|_| first) {
            let owned = generator.clone();
            trials.push(on_unix(format!("{}::{name}", generator.name), move || test(&owned)));
        }
    }
    trials
}
