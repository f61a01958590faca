use serde_json::json;
use venvars::words::error::Result;
use zeroize::Zeroizing;

use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars get`: the bare value; a newline only where a person reads it.
pub fn run(global: &Global, name: &str, json: bool) -> Result<()> {
    let session = global.allowed()?;
    let variable = session.environment()?.variable(name)?;
    if json {
        let (name, value) = (variable.name.as_str(), variable.value.reveal());
        return console::document(&json!({ "name": name, "value": value }));
    }
    let end = if console::answers_a_person() { "\n" } else { "" };
    console::answer(&Zeroizing::new(format!("{}{end}", variable.value.reveal())))
}
