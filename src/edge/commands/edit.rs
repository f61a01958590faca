use std::path::Path;

use venvars::model::project::Project;
use venvars::model::secrets::Secrets;
use venvars::session::backups::{look, or_made, present};
use venvars::session::doctor::private;
use venvars::session::editor::Locked;
use venvars::session::environment::Files;
use venvars::session::exposure::{exposed_to_others, exposure, guard};
use venvars::session::ignore::copies;
use venvars::session::ledger::Ledger;
use venvars::session::ledger::compromised;
use venvars::session::sources::Reach;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::message::counted;
use venvars::words::profile::Choice;
use venvars::words::system::HERE;
use venvars::world::disk::{from_here, real};
use venvars::world::text_editor::TextEditor;

use crate::edge::ask::is_somebody_there;
use crate::edge::choose::{WhatNow, what_now};
use crate::edge::cli::Global;
use crate::edge::consent;
use crate::edge::console;
use crate::edge::opening::{say_waiting, tell_of_new};

/// `venvars edit`: your editor on the file itself, so that what it knows of the file (undo, its own
/// backups) stays true; then the file is checked. One with an error is opened again, as visudo does.
pub fn run(global: &Global) -> Result<()> {
    let project = global.project()?;
    let file = &project.secrets;
    if !file.exists() {
        return Err(or_made(&project, Error::no_file(file)));
    }
    // An editor writes what it has read: what another of us wrote meanwhile would be gone.
    let locked = Locked::take(&project, || say_waiting(&project))?;
    let before = locked.keep(&project)?;
    // A file that cannot be read as it is may be what the editor is for.
    let is_private = match Secrets::read(file) {
        Ok(secrets) => {
            guard([&secrets])?;
            exposed_to_others(&secrets).is_none()
        }
        Err(_) => {
            exposure(file)?.map_or(Ok(()), Err)?;
            false
        }
    };
    // What nobody has named needs a terminal.
    let usual = || is_somebody_there().then(TextEditor::usual).flatten();
    let editor = TextEditor::named().or_else(usual).ok_or_else(|| {
        let example = HERE.export("EDITOR", if cfg!(windows) { "notepad" } else { "nano" });
        Error::missing("no editor found").hint(format!("set VISUAL or EDITOR, for example: {example}"))
    })?;
    let mut line = None;
    let secrets = loop {
        open(&project, &editor, line)?;
        if is_private {
            // An editor that replaces the file makes one that everybody can read.
            private(file)?;
        }
        let error = match Secrets::read(file) {
            Ok(secrets) => break secrets,
            Err(error) if !is_somebody_there() => return Err(error),
            Err(error) => error,
        };
        console::complain(&error);
        let shown = from_here(file);
        match what_now() {
            WhatNow::Edit => line = error.location().map(|(_, position)| position.line),
            WhatNow::Undo => {
                locked.undo(&project, &before)?;
                global.say(&format!(
                    "{shown} is unchanged; your text is kept in a backup (`venvars restore --list`)"
                ));
                return Ok(());
            }
            WhatNow::Keep => {
                let error = Error::refused(format!("{shown} is saved with this error"));
                return Err(error.hint("venvars edit"));
            }
        }
    };
    guard([&secrets])?;
    if let Some(warning) = exposed_to_others(&secrets) {
        console::warn(&warning);
    }
    let ledger = Ledger::read(&project.folder)?;
    let files = Files::read(project, &global.sources)?;
    if !consent::asks(&files)? {
        tell_of_new(&files);
    }
    for compromised in compromised::of_files(&ledger, &files)? {
        console::warn(&compromised.line());
    }
    // What `apply` would refuse, as far as nothing has to be asked for it.
    if let Ok(environment) = files.environment(&Choice::Default) {
        for flaw in environment.findings(&environment.resolve(Reach::Plain).variables) {
            console::warn_of(&flaw.into_error());
        }
    }
    let count = counted(secrets.all().count(), "variable");
    global.say(&if present(&secrets.file)?.is_some_and(|now| now == before) {
        format!("no changes ({count})")
    } else {
        format!("saved ({count}); next: venvars apply")
    });
    Ok(())
}

/// Has `editor` edit the secrets file of `project`, and says what it has left behind.
fn open(project: &Project, editor: &TextEditor, line: Option<usize>) -> Result<()> {
    let file = &project.secrets;
    let status = editor.edit(file, line).map_err(|error| Error::could_not("start the editor", &error))?;
    for error in look(file, false) {
        console::warn(&error.to_string());
    }
    for copy in copies(&real(file)) {
        let (shown, file) = (from_here(&copy), from_here(file));
        let deletion = HERE.deletion(Path::new(&shown));
        console::warn(&format!("{shown}: a copy of {file} left by an editor; once it is closed: {deletion}"));
    }
    if status.success() {
        return Ok(());
    }
    Err(Cause::Ended { program: "the editor".to_owned(), status: status.to_string() }.into())
}
