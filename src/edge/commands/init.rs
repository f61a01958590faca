use venvars::model::secrets::Secrets;
use venvars::session::editor;
use venvars::session::import::importable;
use venvars::words::error::Result;
use venvars::words::system::HERE;

use super::missing;
use crate::edge::cli::Global;
use crate::edge::console;
use crate::edge::views::init::{report, steps};

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
