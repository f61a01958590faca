use venvars::model::project::Project;
use venvars::session::editor;
use venvars::session::ignore::ignore;
use venvars::world::disk::lock::Lock;
use venvars::world::disk::replace;

use super::{Global, Result, ask, console};

/// `venvars init`: a file for the secrets, which git ignores from the start.
pub fn run(global: &Global) -> Result<()> {
    let project = global.project()?;
    make(global, &project)?;
    let is_needed = !project.settings.declared.is_empty();
    let left = if is_needed { ask::missing(global, project)? } else { Vec::new() };
    left.iter().for_each(console::complain);
    global.say(if is_needed {
        "next: venvars apply, then source .venv/bin/activate"
    } else {
        "next: venvars set SECRET_KEY --generate, then venvars apply, then source .venv/bin/activate"
    });
    Ok(())
}

/// The file, and git's not seeing it.
fn make(global: &Global, project: &Project) -> Result<()> {
    let _lock = Lock::take(&project.folder)?;
    let file = &project.secrets;
    let made = !file.exists();
    // Ignored first: the file is never there for git to take.
    let ignored = ignore(file)?;
    // Nor what a killed process leaves of writing it. Where a link leads is not this project's folder.
    let ignored = (!file.is_symlink() && ignore(&replace::temporary(file))?) || ignored;
    if made {
        editor::create(file)?;
    }
    if global.quiet {
        return Ok(());
    }
    let name = project.shown(file).display();
    if made {
        console::say(&format!("made {name}, readable by you alone"));
    }
    if ignored {
        console::say(&format!("git ignores {name} (.gitignore)"));
    }
    if !made && !ignored {
        console::say(&format!("{name} is there already, and nothing was changed"));
    }
    for found in [".env", "secrets.py"] {
        if project.folder.join(found).is_file() {
            console::say(&format!(
                "found {found}: move what is secret in it to {name}, with `venvars import {found}`"
            ));
        }
    }
    if project.folder.join("secrets.py").is_file() {
        console::warn(
            "secrets.py hides Python's own module `secrets` from everything started in this folder",
        );
    }
    Ok(())
}
