use std::path::Path;

use venvars::engines::shell::export::{self, ExportFormat};
use venvars::words::error::{Error, Result};
use venvars::words::message::counted;
use venvars::words::variable::Variable;
use venvars::world::{disk, variables};

use crate::edge::cli::Global;
use crate::edge::console;

/// The variable in which GitHub's runner names the file that it reads.
const GITHUB_ENV: &str = "GITHUB_ENV";

/// `venvars export`: the variables for another program; with `to_env`, in the file that GitHub's runner reads.
pub fn run(global: &Global, format: ExportFormat, to_env: bool) -> Result<()> {
    if to_env && format != ExportFormat::Github {
        return Err(Error::usage(format!("--to-env does not work with {}", format.name()))
            .hint("venvars export --format github --to-env"));
    }
    let session = global.allowed()?;
    let variables = session.environment()?.variables()?;
    let text = export::export(format, &variables, &session.project().folder)?;
    if to_env {
        let file = variables::filled(GITHUB_ENV).ok_or_else(|| {
            Error::missing(format!("{GITHUB_ENV} is not set")).hint("run it in a step of a GitHub workflow")
        })?;
        // First the masks: what comes after them in the log shows no value.
        let settings = &session.project().settings;
        let is_open = |one: &Variable| {
            settings.declaration(one.name.as_str()).and_then(|declared| declared.secret) == Some(false)
        };
        console::answer(&export::github_masks(variables.iter().filter(|one| !is_open(one))))?;
        disk::append(Path::new(&file), text.as_bytes())?;
        global.say(&format!("{} for the next steps of the job", counted(variables.len(), "variable")));
        return Ok(());
    }
    if format == ExportFormat::Dotenv && !global.quiet {
        let only = variables.iter().filter(|one| export::is_for_python_dotenv_only(one.value.reveal()));
        let only: Vec<&str> = only.map(|one| one.name.as_str()).collect();
        if !only.is_empty() {
            console::say(&format!(
                "note: python-dotenv reads these values correctly, but a shell that sources the file does not: {}",
                only.join(", ")
            ));
        }
    }
    console::answer(&text)
}
