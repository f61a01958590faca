use venvars::session::apply::Held;
use venvars::words::cause::Cause;
use venvars::words::error::Result;

use crate::edge::cli::{Global, ScriptOptions};
use crate::edge::scripts::{finish, which};
use crate::edge::views::plan::Deed;

/// `venvars remove`: the generator's own scripts are back. Needs no secrets.
pub fn run(global: &Global, options: &ScriptOptions) -> Result<()> {
    let project = global.project()?;
    let held = Held::take(&project, which(options)).map_err(|error| match error.cause() {
        // Nobody needs one for that.
        Cause::Missing(_) => error.hint("there is nothing to remove"),
        _ => error,
    })?;
    let application = held.plan_removal()?;
    finish(global, options, &application, Deed::Remove)
}
