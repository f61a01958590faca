use venvars::model::secrets::Secrets;
use venvars::session::backups::look;
use venvars::session::editor::Locked;
use venvars::session::environment::Files;
use venvars::session::exposure::{exposed_to_others, exposure, guard};
use venvars::session::ignore::copies;
use venvars::session::ledger::Ledger;
use venvars::session::ledger::compromised;
use venvars::words::cause::Cause;
use venvars::words::message::shown_path;
use venvars::world::disk::real;
use venvars::world::program::child;
use venvars::world::variables;

use super::{Error, Global, Result, allowing, console, say_waiting, tell_of_new};

/// `venvars edit`: your editor on the file itself, so that what it knows of the file (undo, its own
/// backups) stays true; then the file is checked.
pub fn run(global: &Global) -> Result<()> {
    let project = global.project()?;
    let file = &project.secrets;
    if !file.exists() {
        return Err(Error::no_file(file).hint("`venvars init` makes it"));
    }
    // An editor writes what it has read: what another of us wrote meanwhile would be gone.
    let locked = Locked::take(&project, || say_waiting(&project))?;
    locked.keep(&project)?;
    // A file that cannot be read as it is may be what the editor is for.
    match Secrets::read(file) {
        Ok(secrets) => guard([&secrets])?,
        Err(_) => exposure(file)?.map_or(Ok(()), Err)?,
    }
    let editor = ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(variables::text)
        .find(|editor| !editor.trim().is_empty())
        .ok_or_else(|| {
            Error::missing("no editor is named").hint("set VISUAL or EDITOR, for example: export EDITOR=nano")
        })?;
    // The variables hold a command line, as for git and crontab: the shell takes it apart.
    let status = if cfg!(windows) {
        child("cmd").arg("/C").arg(&editor).arg(file).status()
    } else {
        child("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg(&editor).arg(file).status()
    };
    let status = status.map_err(|error| Error::could_not("start the editor", &error))?;
    for error in look(file, false) {
        console::warn(&error.to_string());
    }
    for copy in copies(&real(file)) {
        let shown = project.shown(&copy);
        console::warn(&format!(
            "{}: a copy of {} that an editor has left; when it is closed: rm {}",
            shown.display(),
            project.shown(file).display(),
            shown_path(shown)
        ));
    }
    if !status.success() {
        return Err(Cause::Ended { program: "the editor".to_owned(), status: status.to_string() }.into());
    }
    let secrets = Secrets::read(file)?;
    guard([&secrets])?;
    if let Some(warning) = exposed_to_others(&secrets) {
        console::warn(&warning);
    }
    let ledger = Ledger::read(&project.folder)?;
    let files = Files::read(project, &global.sources)?;
    if !allowing::asks(&files)? {
        tell_of_new(&files);
    }
    for compromised in compromised::of_files(&ledger, &files)? {
        console::warn(&compromised.line());
    }
    global.say(&format!("{} variables; `venvars apply` hands them to the venv", secrets.all().count()));
    Ok(())
}
