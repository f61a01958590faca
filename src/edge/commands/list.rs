use serde_json::{Value as Json, json};
use venvars::session::environment::Environment;
use venvars::words::error::Result;
use venvars::words::message::{MASK, counted};
use venvars::words::name::Name;
use venvars::world::disk::from_here;

use crate::edge::cli::Global;
use crate::edge::console;
use crate::edge::opening::tell_of_new;
use crate::edge::table::{ASIDE, Cell, NAME, Row};
use crate::edge::views::variables;

/// `venvars list`: names, where each comes from, and a mask.
pub fn run(global: &Global, reveal: bool, json: bool) -> Result<()> {
    let session = global.open()?;
    tell_of_new(&session.files);
    let environment = session.environment()?;
    if reveal {
        session.require()?;
    }
    // Sources are only queried with --reveal.
    let values = if reveal { environment.variables()? } else { Vec::new() };
    let value = |name: &Name| Some(values.iter().find(|variable| variable.name == *name)?.value.reveal());
    if json {
        return console::document(&as_json(&environment, value));
    }
    let mut rows: Vec<Row> = Vec::new();
    for entry in environment.entries.values() {
        let shown = value(entry.name());
        // Several lines stand below the row.
        let lines: Vec<&str> =
            shown.filter(|value| value.contains('\n')).iter().flat_map(|value| value.lines()).collect();
        let shown = match shown {
            None => Cell::new(ASIDE, MASK),
            Some(_) if !lines.is_empty() => Cell::new(ASIDE, &counted(lines.len(), "line")),
            Some(value) => Cell::exact(value),
        };
        let name = Cell::new(NAME, entry.name().as_str());
        let origin = variables::origin_cells(entry);
        rows.push([name, shown].into_iter().chain(origin).collect());
        rows.extend(lines.iter().map(|line| vec![Cell::exact(&format!("    {line}"))]));
    }
    console::table(&rows)?;
    if environment.entries.is_empty() {
        let file = from_here(&session.files.secrets.file);
        global.say(&format!("{file} has no variables yet; `venvars set NAME` adds one"));
    }
    Ok(())
}

fn as_json<'v>(environment: &Environment<'_>, value: impl Fn(&Name) -> Option<&'v str>) -> Json {
    let shown = environment.entries.values().map(|entry| {
        let mut shown = variables::as_json(&environment.files.project, entry);
        if let Some(value) = value(entry.name()) {
            shown["value"] = value.into();
        }
        shown
    });
    json!({ "profile": environment.profile.as_deref(), "variables": shown.collect::<Json>() })
}
