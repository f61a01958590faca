use std::process::ExitCode;

use venvars::session::status::Status;
use venvars::words::error::Result;

use crate::edge::cli::{Global, Venvs};
use crate::edge::console;
use crate::edge::opening::tell_of_new;
use crate::edge::views::status::{as_json, as_rows};

/// `venvars status`: exit code 1 when `apply` would change anything.
pub fn run(global: &Global, options: &Venvs, json: bool) -> Result<ExitCode> {
    let session = global.session()?;
    tell_of_new(&session.files);
    let status = Status::of(&session, &options.venv)?;
    let environment = session.files.environment(&status.profile)?;
    if json {
        console::document(&as_json(&environment, &status))?;
    } else if !global.quiet {
        console::table(&as_rows(&environment, &status, global.verbose))?;
    }
    status.plan.errors().for_each(console::complain);
    Ok(match status.plan.errors().next() {
        Some(_) => 2,
        None => u8::from(status.plan.changes_anything() || status.is_exposed()),
    }
    .into())
}
