use serde_json::{Value as Json, json};
use venvars::session::environment::Environment;
use venvars::words::message::MASK;
use venvars::words::name::Name;

use super::{Global, Result, console, tell_of_new};
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
    // Only who wants to see the values has them asked for.
    let values = if reveal { environment.variables()? } else { Vec::new() };
    let value = |name: &Name| Some(values.iter().find(|variable| variable.name == *name)?.value.reveal());
    if json {
        return console::document(&as_json(&environment, value));
    }
    let rows: Vec<Row> = environment
        .entries
        .values()
        .map(|entry| {
            let shown = value(entry.name());
            let shown = shown.map_or_else(|| Cell::new(ASIDE, MASK), Cell::exact);
            let name = Cell::new(NAME, entry.name().as_str());
            [name, shown].into_iter().chain(variables::origin_cells(session.project(), entry)).collect()
        })
        .collect();
    console::table(&rows)?;
    if environment.entries.is_empty() {
        let file = session.project().shown(&session.files.secrets.file).display();
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
