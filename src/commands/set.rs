use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal, Read};
use std::process::ExitCode;

use venvars::disk::lock::Lock;
use venvars::disk::replace::{self, Replacement};
use venvars::error::{Error, Result, system_words};
use venvars::name::Name;
use venvars::project::Project;
use venvars::secrets::generate::{self, Kind};
use venvars::secrets::{Secrets, edit};
use zeroize::Zeroizing;

use super::{guard, project, real};
use crate::cli::Global;
use crate::terminal;

/// `venvars set`: a value from the command line, the terminal, standard input or the generator.
pub fn set(global: &Global, assignment: OsString, generate: Option<Kind>) -> Result<ExitCode> {
    let assignment = assignment.into_string().map(Zeroizing::new).map_err(|_| {
        Error::new("the assignment is no UTF-8").hint("a value of other bytes can be kept as base64")
    })?;
    let (name, given) = match assignment.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (assignment.as_str(), None),
    };
    let name = self::name(name)?;
    if given.is_some() && generate.is_some() {
        return Err(Error::new(format!("{name}: give a value or have one generated, not both")));
    }
    let project = project(global)?;
    guard(&project)?;
    // What would fail anyway fails before anybody is asked to type.
    Secrets::read(&project.secrets)?;
    let value = match (given, generate) {
        (Some(value), _) => Zeroizing::new(value.to_owned()),
        (None, Some(kind)) => generate::generate(kind)?,
        (None, None) => ask(&name)?,
    };
    rewrite(&project, |text| edit::set(text, &name, &value))?;
    if !global.quiet {
        let file = project.shown(&project.secrets).display();
        terminal::say(&format!("{name} is set in {file}; `venvars apply` hands it to the venv"));
    }
    Ok(ExitCode::SUCCESS)
}

/// `venvars unset`: the variable's line is gone.
pub fn unset(global: &Global, name: &str) -> Result<ExitCode> {
    let project = project(global)?;
    rewrite(&project, |text| {
        // Asked under the lock, so that two of us do not take the same line away.
        let secrets = Secrets::read(&project.secrets)?;
        let name = &secrets.find(name)?.name;
        edit::unset(text, name)
    })?;
    if !global.quiet {
        terminal::say(&format!("{name} is gone from {}", project.shown(&project.secrets).display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn name(text: &str) -> Result<Name> {
    Name::new(text).map_err(|refusal| {
        let shown = match refusal {
            venvars::name::Refusal::Malformed => refusal.to_string(),
            venvars::name::Refusal::Reserved(_) => format!("{text}: {refusal}"),
        };
        Error::new(shown).hint("give the variable another name")
    })
}

/// Asks at the terminal without echo; where there is none, all of standard input is the value, less
/// one final newline.
fn ask(name: &Name) -> Result<Zeroizing<String>> {
    let failed = |error: &io::Error| {
        Error::new(format!("could not read the value of {name}: {}", system_words(error)))
    };
    if io::stdin().is_terminal() {
        let typed =
            rpassword::prompt_password(format!("{name} (not shown): ")).map_err(|error| failed(&error))?;
        return Ok(Zeroizing::new(typed));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin().read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if cfg!(windows) && bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Error::new(format!("the value of {name} is no UTF-8")).hint("keep it as base64")),
    }
}

/// Replaces the secrets file by what `edit` makes of its text, under the lock.
pub(super) fn rewrite(project: &Project, edit: impl FnOnce(&str) -> Result<Zeroizing<String>>) -> Result<()> {
    let file = real(&project.secrets);
    let _lock = Lock::take(file.parent().unwrap_or(&project.folder))?;
    let text = fs::read_to_string(&file).map(Zeroizing::new).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            Error::new("there is no such file").in_file(&file).hint("`venvars init` makes it")
        }
        _ => Error::io("read", &file, &error),
    })?;
    let edited = edit(&text).map_err(|error| error.in_file(&project.secrets))?;
    if *edited == *text {
        return Ok(());
    }
    replace::all(&[Replacement { file: &file, content: edited.as_bytes(), mode: Some(0o600) }])
}
