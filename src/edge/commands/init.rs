use std::path::Path;

use venvars::model::project::Project;
use venvars::model::secrets::Secrets;
use venvars::model::venv::{Manager, of_project};
use venvars::session::editor;
use venvars::session::import::importable;
use venvars::words::message::shown_path;
use venvars::words::system::HERE;
use venvars::world::disk;
use venvars::world::disk::from_here;

use super::{Global, Result, console, missing};
use crate::edge::views::plan::activation;

/// `venvars init`: a file for the secrets, which git ignores from the start.
pub fn run(global: &Global) -> Result<()> {
    let project = global.project()?;
    let (made, ignored) = editor::create(&project)?;
    let found = importable(&project);
    if !global.quiet {
        report(&project, &found, made, ignored);
    }
    let left = if project.settings.declared.is_empty() {
        Vec::new()
    } else {
        missing::run(global, global.project()?)?
    };
    left.iter().for_each(console::warn_of);
    let is_empty = Secrets::read(&project.secrets)?.all().next().is_none();
    let fill = match found.first() {
        Some(found) if is_empty || !left.is_empty() => Some(format!("venvars import {found}")),
        _ if !left.is_empty() => Some("venvars set".to_owned()),
        _ if is_empty && project.settings.declared.is_empty() => {
            Some("venvars set SECRET_KEY --generate".to_owned())
        }
        _ => None,
    };
    global.say(&format!("next: {}", HERE.one_after_another(&steps(&project, fill))));
    Ok(())
}

/// The commands, in the project's folder, that are left until the variables are in the user's shell; `fill` sets those
/// that are missing.
fn steps(project: &Project, fill: Option<String>) -> Vec<String> {
    let folder = from_here(&project.folder);
    let there = (folder != ".").then(|| format!("cd {}", shown_path(Path::new(&folder))));
    let apply = "venvars apply".to_owned();
    let manager = Manager::of(&project.folder);
    let (before, after) = match (of_project(project, &[]).as_deref(), manager.option()) {
        (Ok([venv]), _) => (None, vec![apply, activation(project.relative(&venv.folder))]),
        (Err(_), Some(option)) => (None, vec![format!("{apply} {option}")]),
        (Err(_), None) if project.settings.venv.is_empty() => {
            (Some(manager.creation()), vec![apply, activation(Path::new(".venv"))])
        }
        _ => (None, vec![apply]),
    };
    there.into_iter().chain(before).chain(fill).chain(after).collect()
}

/// What was done, and what else there is.
fn report(project: &Project, found: &[&str], made: bool, ignored: bool) {
    let name = from_here(&project.secrets);
    if made {
        let readers = if disk::keeps_modes(&project.secrets) { " (only you can read it)" } else { "" };
        console::say(&format!("created {name}{readers}"));
    }
    if ignored {
        console::say(&format!("added {name} to .gitignore"));
    }
    if !made && !ignored {
        console::say(&format!("{name} already exists; nothing was changed"));
    }
    for found in found {
        let found = from_here(&project.folder.join(found));
        let file = shown_path(Path::new(&found));
        console::say(&format!("found {found}: `venvars import {file}` copies its values to {name}"));
    }
    if found.contains(&"secrets.py") {
        console::warn(
            "secrets.py shadows Python's own `secrets` module for everything started in this folder",
        );
    }
}
