use venvars::model::project::Project;
use venvars::session::editor;

use super::{Global, Result, console, missing};

/// `venvars init`: a file for the secrets, which git ignores from the start.
pub fn run(global: &Global) -> Result<()> {
    let project = global.project()?;
    let (made, ignored) = editor::create(&project)?;
    if !global.quiet {
        report(&project, made, ignored);
    }
    let is_needed = !project.settings.declared.is_empty();
    let left = if is_needed { missing::run(global, project)? } else { Vec::new() };
    left.iter().for_each(console::complain);
    global.say(if is_needed {
        "next: venvars apply && source .venv/bin/activate"
    } else {
        "next: venvars set SECRET_KEY --generate && venvars apply && source .venv/bin/activate"
    });
    Ok(())
}

/// What was done, and what else there is.
fn report(project: &Project, made: bool, ignored: bool) {
    let name = project.shown(&project.secrets).display();
    if made {
        console::say(&format!("created {name} (only you can read it)"));
    }
    if ignored {
        console::say(&format!("added {name} to .gitignore"));
    }
    if !made && !ignored {
        console::say(&format!("{name} already exists; nothing was changed"));
    }
    let is_there = |file: &&str| project.folder.join(file).is_file();
    for found in [".env", "secrets.py"].iter().filter(|file| is_there(file)) {
        console::say(&format!("found {found}: `venvars import {found}` copies its values to {name}"));
    }
    if is_there(&"secrets.py") {
        console::warn(
            "secrets.py shadows Python's own `secrets` module for everything started in this folder",
        );
    }
}
