//! What `init` has found and made, and the next step.

use std::path::Path;

use venvars::model::project::Project;
use venvars::model::venv::{Manager, of_project};
use venvars::words::message::shown_path;
use venvars::world::disk::{self, from_here};

use crate::edge::console;
use crate::edge::views::import::SHADOWS;
use crate::edge::views::plan::activation;

/// The commands, in the project's folder, that are left until the variables are in the user's shell; `fill` sets those
/// that are missing.
pub fn steps(project: &Project, fill: Option<String>) -> Vec<String> {
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
pub fn report(project: &Project, found: &[&str], made: bool, ignored: bool) {
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
        console::warn(SHADOWS);
    }
}
