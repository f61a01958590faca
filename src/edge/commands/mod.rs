//! One file a command.

mod activation;
mod allow;
mod apply;
mod backups;
mod check;
mod complete;
mod completions;
mod compromised;
mod deny;
mod doctor;
mod edit;
mod example;
mod explain;
mod export;
mod get;
mod heroku;
mod hook;
mod import;
mod init;
mod list;
mod manual;
mod masked;
mod missing;
mod remove;
mod restore;
mod rotate;
mod run;
mod scan;
mod schema;
mod set;
mod status;
mod unset;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use venvars::words::error::Result;

use crate::edge::cli::{Arguments, BackupsCommand, Command, HookCommand};
use crate::edge::console;

/// Carries out what the command line asks for.
pub fn run(mut arguments: Arguments) -> Result<ExitCode> {
    arguments.global.is_quick = matches!(arguments.command, Command::Run { .. } | Command::Activation { .. });
    let global = &arguments.global;
    if global.quiet {
        console::be_quiet();
    }
    // Also where a script takes what standard output says: a person is waiting.
    if io::stderr().is_terminal() {
        global.sources.tell(console::say);
    }
    match arguments.command {
        Command::Init => init::run(global)?,
        Command::Set(options) => set::run(global, options)?,
        Command::Unset { name } => unset::run(global, &name)?,
        Command::Get { name, json } => get::run(global, &name, json)?,
        Command::List { reveal, json } => list::run(global, reveal, json)?,
        Command::Edit => edit::run(global)?,
        Command::Restore { list: true, json, .. } => restore::list(global, json)?,
        Command::Restore { number, .. } => restore::run(global, number)?,
        Command::Backups { command: BackupsCommand::Clear { yes } } => backups::clear(global, yes)?,
        Command::Allow { json: true, .. } => allow::list(global)?,
        Command::Allow { yes, .. } => allow::run(global, yes)?,
        Command::Deny => deny::run(global)?,
        Command::Apply { created: Some(folder), .. } if apply::is_foreign(global, &folder)? => {}
        Command::Apply { mut scripts, created, strict, force } => {
            scripts.venvs.venv.extend(created);
            return apply::run(global, &scripts, strict, force);
        }
        Command::Remove { scripts } => remove::run(global, &scripts)?,
        Command::Status { venvs, json } => return status::run(global, &venvs, json),
        Command::Check { json } => return check::run(global, json),
        Command::Explain { name, json } => explain::run(global, &name, json)?,
        Command::Example { stdout, force } => example::run(global, stdout, force)?,
        Command::Schema { file } => schema::run(file)?,
        Command::Activation { shell, bsd } => return activation::run(global, shell, bsd),
        Command::Run { venvs, no_venv, mask, no_mask, command } => {
            let is_masked = mask || !no_mask && masked::is_wanted();
            return run::run(global, &venvs, no_venv, is_masked, &command);
        }
        Command::Scan(scan) => return scan::run(global, &scan),
        Command::Hook { command } => match command {
            HookCommand::Install { outside, recurse_submodules } => {
                hook::install(global, outside, recurse_submodules)?;
            }
            HookCommand::Remove => hook::remove(global)?,
            HookCommand::Run { hook, address, .. } => return hook::run(global, hook, address.as_deref()),
        },
        Command::Doctor { venvs, fix, json } => return doctor::run(global, &venvs, fix, json),
        Command::Export { format, to_env } => export::run(global, format, to_env)?,
        Command::Heroku { command } => return heroku::run(global, &command),
        Command::Rotate(options) => rotate::run(global, &options)?,
        Command::Compromised(options) => compromised::run(global, &options)?,
        Command::Import(import) => import::run(global, &import)?,
        Command::Complete { index, words } => complete::run(index.into(), words)?,
        Command::Completions { shell, install, uninstall } => {
            completions::run(global, shell, install, uninstall)?;
        }
        Command::Man { out: Some(folder), .. } => manual::write(global, &folder)?,
        Command::Man { words, out: None } => manual::print(&words)?,
    }
    Ok(ExitCode::SUCCESS)
}
