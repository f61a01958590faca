//! venvars itself is updated, moved or gone: what holds its path finds it on the PATH, or says one line that helps.

use std::ffi::OsString;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::{env, fs};

use libtest_mimic::{Failed, Trial};

use crate::support::generators::{self, Generator};
use crate::support::shells::{self, Grammar, Shell, Step, dumped};
use crate::support::{git, succeed, trial, venvars, write_secrets};

/// What a live script says.
const GONE: &str = "venvars: no variable was set: venvars was not found; install it again";

/// The PATH without venvars, but for the one in `folder`.
fn path(folder: Option<&Path>) -> Result<String, Failed> {
    let others = env::var_os("PATH").unwrap_or_default();
    let others = env::split_paths(&others).filter(|folder| !folder.join("venvars").exists());
    let path: OsString = env::join_paths(folder.map(Path::to_owned).into_iter().chain(others))?;
    path.into_string().map_err(|_| "a PATH in UTF-8".into())
}

/// Puts venvars into a new `folder`.
fn install(folder: &Path) -> Result<(), Failed> {
    fs::create_dir(folder)?;
    Ok(symlink(env!("CARGO_BIN_EXE_venvars"), folder.join("venvars"))?)
}

fn live(generator: &Generator, shell: &Shell) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?;
    let (first, second, venv) = (root.join("first"), root.join("it's second"), root.join("A"));
    install(&first)?;
    install(&second)?;
    generator.make(&venv, &root)?;
    write_secrets(&root.join("secrets.toml"), &[("SECRET_KEY".to_owned(), "of A".to_owned())]);
    fs::write(root.join("venvars.toml"), "mode = \"live\"\n")?;
    succeed(venvars(&root).env("PATH", path(Some(&first))?).arg("apply"))?;
    let script = shell.script(&venv).ok_or("a script")?;
    if !fs::read_to_string(script)?.contains(first.to_str().ok_or("a path")?) {
        return Err("the script does not hold the path".into());
    }
    let mut steps = vec![Step::Activate("A"), Step::Dump(0), Step::Deactivate, Step::Dump(1)];
    if shell.grammar == Grammar::Csh {
        // The script of venv reads it, and it is not defined where nobody types.
        steps.insert(0, Step::Raw("set prompt = '% '"));
    }
    let run = |folder: Option<&Path>| -> Result<_, Failed> {
        let out = tempfile::tempdir_in(&root)?;
        let environment = [("PATH".to_owned(), path(folder)?)];
        let script = shell.write(&steps, &root, out.path());
        let output = shell.run(&[], &script, out.path(), &root, &environment);
        let said = [output.stdout, output.stderr].concat();
        let active = dumped(out.path(), 0);
        if !active.contains_key("VIRTUAL_ENV") {
            return Err(format!("not active\n{}", String::from_utf8_lossy(&said)).into());
        }
        let after = dumped(out.path(), 1);
        if shell.grammar != Grammar::Python
            && ["VIRTUAL_ENV", "_VENVARS"].iter().any(|name| after.contains_key(*name))
        {
            return Err(format!("left: {after:?}").into());
        }
        Ok((active.get("SECRET_KEY").cloned(), String::from_utf8_lossy(&said).trim().to_owned()))
    };
    let set = (Some("of A".to_owned()), String::new());
    let at_first = run(None)?;
    fs::rename(&first, root.join("away"))?;
    let (found, (value, said)) = (run(Some(&second))?, run(None)?);
    if at_first != set || found != set {
        return Err(format!("{at_first:?}, then {found:?}").into());
    }
    if value.is_some() || said.trim_start_matches("WARNING: ") != GONE {
        return Err(format!("{value:?}, {said}").into());
    }
    Ok(())
}

fn hooks() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?;
    let (first, second) = (root.join("first"), root.join("second"));
    install(&first)?;
    install(&second)?;
    let project = root.join("project");
    fs::create_dir(&project)?;
    let secret = "k7sd-9f2k-x81m-qq0z";
    write_secrets(&project.join("secrets.toml"), &[("API_KEY".to_owned(), secret.to_owned())]);
    git(&project, &["init", "--quiet", "-b", "main"])?;
    fs::write(project.join(".gitignore"), "/secrets.toml\n/.local\n")?;
    fs::write(project.join("app.py"), secret)?;
    git(&project, &["add", ".gitignore", "app.py"])?;
    succeed(venvars(&project).env("PATH", path(Some(&first))?).args(["hook", "install"]))?;
    let commit = |folder: Option<&Path>| -> Result<String, Failed> {
        let mut command = std::process::Command::new("git");
        crate::support::clean(&mut command, &project);
        command.env("PATH", path(folder)?).current_dir(&project);
        let output =
            command.args(["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-m", "x"]).output()?;
        if output.status.success() {
            return Err("the secret was committed".into());
        }
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    };
    fs::rename(&first, root.join("away"))?;
    let (found, gone) = (commit(Some(&second))?, commit(None)?);
    let says_it = gone.starts_with("venvars not found: install it, or delete its lines in ")
        && gone.lines().count() == 1;
    if found.contains("app.py") && says_it { Ok(()) } else { Err(format!("{found}\n{gone}").into()) }
}

pub fn trials() -> Vec<Trial> {
    let all = generators::all();
    let named = |name: &str| all.iter().find(|generator| generator.name == name);
    let mut trials = vec![trial("hooks".to_owned(), None, hooks)];
    for shell in shells::all().into_iter().chain(shells::windows()) {
        // The newest virtualenv has a script for each, but its own for sh does not parse in yash.
        let of_all = named("virtualenv-newest").filter(|_| shell.grammar != Grammar::Posix);
        let generator = of_all.or_else(|| named("venv")).filter(|generator| generator.writes(shell.grammar));
        let Some(generator) = generator.cloned() else { continue };
        let missing = generator.missing().or_else(|| shell.missing());
        trials.push(trial(format!("live::{}", shell.name), missing, move || live(&generator, &shell)));
    }
    trials
}
