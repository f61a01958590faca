use venvars::session::environment::Entry;
use venvars::session::explain::Chain;
use venvars::words::error::Result;
use venvars::world::variables;

use crate::edge::cli::Global;
use crate::edge::console;
use crate::edge::opening::tell_of_new;
use crate::edge::views::explain::{as_json, as_text};

/// `venvars explain`: the chain that gives a variable its value, without the value.
pub fn run(global: &Global, name: &str, json: bool) -> Result<()> {
    let session = global.open()?;
    tell_of_new(&session.files);
    let environment = session.environment()?;
    let entry = environment.find(name)?;
    let chain = Chain::of(&environment, entry);
    let hidden = entry.definitions[1..].iter().map(|hidden| Entry { definitions: vec![hidden] });
    if json {
        console::document(&as_json(&environment, &chain, hidden))
    } else {
        let is_active = variables::raw("_VENVARS").is_some();
        let is_hidden = !is_active && variables::raw(entry.name().as_str()).is_some();
        console::show(&as_text(&environment, &chain, hidden, is_hidden))
    }
}
