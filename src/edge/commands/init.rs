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
        "next: venvars apply, then source .venv/bin/activate"
    } else {
        "next: venvars set SECRET_KEY --generate, then venvars apply, then source .venv/bin/activate"
    });
    Ok(())
}

/// What was done, and what else there is.
fn report(project: &Project, made: bool, ignored: bool) {
    let name = project.shown(&project.secrets).display();
    if made {
        console::say(&format!("made {name}, readable by you alone"));
    }
    if ignored {
        console::say(&format!("git ignores {name} (.gitignore)"));
    }
    if !made && !ignored {
        console::say(&format!("{name} is there already, and nothing was changed"));
    }
    let is_there = |file: &&str| project.folder.join(file).is_file();
    for found in [".env", "secrets.py"].iter().filter(|file| is_there(file)) {
        console::say(&format!(
            "found {found}: move what is secret in it to {name}, with `venvars import {found}`"
        ));
    }
    if is_there(&"secrets.py") {
        console::warn(
            "secrets.py hides Python's own module `secrets` from everything started in this folder",
        );
    }
}
