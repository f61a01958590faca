use std::path::Path;

use venvars::engines::import::ImportFormat;
use venvars::model::secrets::edit::Presence;
use venvars::session::import::{Incoming, Wish};
use venvars::words::error::{Error, Result};
use venvars::words::message::counted;
use venvars::world::disk::from_here;

use crate::edge::cli::{Global, Import};
use crate::edge::console;
use crate::edge::opening::say_waiting;
use crate::edge::views::import as views;

/// `venvars import`: the variables of another program's file go into secrets.toml.
pub fn run(global: &Global, import: &Import) -> Result<()> {
    let project = global.project()?;
    let wish = Wish {
        file: import.file.as_deref(),
        // As if started in the folder of `-C`.
        folder: global.directory.as_deref().unwrap_or(Path::new("")),
        format: import.format,
        take: import.take,
        dry_run: import.dry_run,
    };
    let incoming = Incoming::read(&project, global.profile.named(), &wish, || say_waiting(&project))?;
    let Incoming { place, format, entries, .. } = &incoming;
    incoming.left_out.iter().for_each(|left_out| global.say(&left_out.to_string()));
    if !global.quiet && *format == ImportFormat::PythonModule && place.ends_with("secrets.py") {
        let remedy = "delete or rename it when your code reads the environment";
        console::warn(&format!("{}; {remedy}", views::SHADOWS));
    }
    if import.json {
        console::document(&views::as_json(&incoming))?;
    } else if !global.quiet || import.dry_run {
        let lines =
            entries.iter().map(|(entry, standing)| format!("{:<8} {}\n", views::word(*standing), entry.name));
        console::show(&lines.collect::<String>())?;
    }
    if import.dry_run {
        return Ok(());
    }
    let changed = incoming.changed();
    if !changed.is_empty() && !import.force {
        let has = if changed.len() == 1 { "has" } else { "have" };
        return Err(Error::conflict(format!(
            "{} already {has} another value: {}",
            counted(changed.len(), "variable"),
            views::some(&changed)
        ))
        .in_file(&project.secrets)
        .hint("nothing was written; use --force to replace the old values"));
    }
    let (all, left_out) = (entries.len(), incoming.left_out.len());
    let set = entries.iter().filter(|(_, standing)| *standing != Presence::Same).count();
    let is_left = *format == ImportFormat::Activate && !import.take && !entries.is_empty();
    let place = place.clone();
    let remaining = incoming.write()?;
    let file = from_here(&project.secrets);
    global.say(&views::done(set, all, left_out, &file));
    if is_left {
        global.say("the lines are still in the script; use --take to remove them");
    }
    for entry in remaining.iter().filter(|_| !global.quiet) {
        let (file, line, name) = (place.display(), entry.line, &entry.name);
        console::warn(&format!(
            "{file}:{line}: {name} was left in place, because its line does more than set it; edit the script by hand"
        ));
    }
    Ok(())
}
