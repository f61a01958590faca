use serde_json::{Value as Json, json};
use venvars::session::allow;
use venvars::session::environment::Files;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::world::trust;

use crate::edge::cli::Global;
use crate::edge::consent::{asked, question, show};
use crate::edge::console;

/// `venvars allow`: shows what the project asks for that runs or reaches outside, and remembers the answer.
pub fn run(global: &Global, yes: bool) -> Result<()> {
    let files = believed(global, yes)?;
    let lines = allow::all(&files.found(), &files.permission)?;
    if lines.is_empty() {
        global.say("nothing to allow: this project runs nothing and accesses nothing outside its folder");
        return Ok(());
    }
    if lines.iter().all(|line| line.is_allowed) {
        show(&files, "allowed already", lines.iter());
        return Ok(());
    }
    show(&files, "allowed already", lines.iter().filter(|line| line.is_allowed));
    show(&files, "not allowed yet", lines.iter().filter(|line| !line.is_allowed));
    if !yes && !asked(&question(&files))? {
        return Err(Cause::Declined("nothing was allowed".to_owned()).into());
    }
    allow::allow(&files.project.folder, &lines)?;
    global.say("allowed until one of these lines changes; `venvars deny` revokes it");
    Ok(())
}

/// `venvars allow --json`: the same lines for a program; nothing is asked.
pub fn list(global: &Global) -> Result<()> {
    let (files, errors) = read(global)?;
    Error::all(errors)?;
    let lines = allow::all(&files.found(), &files.permission)?;
    let shown = lines.iter().map(|line| {
        let (file, number) = line.place(&files.project);
        json!({ "file": file, "line": number, "text": line.text, "allowed": line.is_allowed })
    });
    console::document(&json!({ "lines": shown.collect::<Json>() }))
}

/// The project's files, if the user owns them or trusts their owner.
fn believed(global: &Global, yes: bool) -> Result<Files> {
    loop {
        let error = match read(global) {
            Err(error) => error,
            Ok((files, errors)) => {
                let is_foreign = |error: &&Error| matches!(error.cause(), Cause::Foreign { .. });
                match errors.iter().find(is_foreign) {
                    Some(error) => error.clone(),
                    None => return Error::all(errors).map(|()| files),
                }
            }
        };
        let Cause::Foreign { folder, owner, .. } = error.cause() else { return Err(error) };
        console::say(&error.to_string());
        if !yes && !asked(&format!("trust the files of uid {owner} in {}? [y/N]", folder.display()))? {
            return Err(error);
        }
        trust::believe(folder, *owner)?;
    }
}

/// What is read of the project; second, what is wrong with it beside what is not allowed. What is wrong in a file that
/// may not be read yet is told when it may.
fn read(global: &Global) -> Result<(Files, Vec<Error>)> {
    let (files, mut errors) = Files::read_in_part(global.found()?, &global.sources);
    errors.retain(|error| !matches!(error.cause(), Cause::NotAllowed(_)));
    Ok((files, errors))
}
