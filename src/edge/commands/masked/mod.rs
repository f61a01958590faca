//! `venvars run --mask`: a command whose output passes through us.

mod pipes;
#[cfg(unix)]
mod printers;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod terminal;

use std::io::{self, IsTerminal};
use std::process::{Command, ExitCode};
use std::sync::Arc;

use venvars::engines::search::Known;
use venvars::engines::search::matcher::Matcher;
use venvars::session::environment::Environment;
use venvars::session::selection;
use venvars::words::error::{Error, Result};
use venvars::words::variable::Variable;
use venvars::world::variables;
use zeroize::Zeroizing;

/// Whether to mask, where the command line leaves it open: under a continuous integration, which keeps
/// what is printed for others to read. Nearly all of those set `CI`.
pub fn is_wanted() -> bool {
    let is_set = |value: &str| !matches!(value, "" | "0" | "false");
    !io::stdout().is_terminal() && variables::text("CI").is_some_and(|value| is_set(&value.to_lowercase()))
}

/// The values to mask: those of `variables` that are secrets, what the environment has in their place, and
/// those that were rotated away. Of one that cannot be had a warning is printed.
pub fn known(environment: &Environment, variables: &[Variable]) -> Vec<Known> {
    let theirs: Vec<_> = variables
        .iter()
        .filter_map(|variable| {
            Some((&variable.name, Zeroizing::new(variables::text(variable.name.as_str())?)))
        })
        .collect();
    let ours = variables.iter().map(|variable| (&variable.name, variable.value.reveal()));
    let all = ours.chain(theirs.iter().map(|(name, value)| (*name, value.as_str())));
    let selection = selection::of_variables(environment, all);
    for error in &selection.errors {
        crate::edge::console::warn(&format!("not masked: {error}"));
    }
    selection.known
}

/// Runs `command` and prints what it prints without the values that `known` has.
///
/// # Errors
/// The command cannot be started, or the system does not give what is needed for it.
pub fn run(command: Command, known: &[Known]) -> Result<ExitCode> {
    let matcher = Arc::new(Matcher::new(known));
    #[cfg(unix)]
    return terminal::run(command, &matcher);
    #[cfg(not(unix))]
    pipes::run(command, &matcher)
}

/// What to say where the system refuses what masking needs.
fn refused(error: &io::Error) -> Error {
    Error::could_not("mask the output", error).hint("run the command as it is: --no-mask")
}
