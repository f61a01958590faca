//! One file a command.

mod activation;
mod allowing;
mod apply;
mod backups;
mod check;
mod complete;
mod completions;
mod compromised;
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
mod rotate;
mod run;
mod scan;
mod schema;
mod set;
mod status;

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use venvars::model::project::Project;
use venvars::session::Session;
use venvars::session::allow;
use venvars::session::backups::{is_link_of_git, look, look_unread};
use venvars::session::environment::Files;
use venvars::session::exposure::exposed_to_others;
use venvars::session::setting::Keeping;
use venvars::words::error::{Error, Result};
use venvars::world::disk::from_here;
use venvars::world::git::{self, Standing};

use crate::edge::cli::{Arguments, BackupsCommand, Command, Global, HookCommand};
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
        Command::Set { misplaced, assignment, generate, .. } if !misplaced.is_empty() => {
            return Err(set::misplaced(assignment.as_deref(), &misplaced, generate.is_some()));
        }
        Command::Set { assignment, misplaced: _, generate, keyring, age, allow_empty } => {
            let keeping = match keyring {
                _ if age => Keeping::Age,
                Some(entry) => Keeping::Keyring(entry),
                None => Keeping::Plain,
            };
            match assignment {
                Some(assignment) => set::set(global, assignment, generate, keeping, allow_empty)?,
                None if generate.is_some() || allow_empty || !matches!(keeping, Keeping::Plain) => {
                    return Err(
                        Error::usage("these options need the name of a variable").hint("venvars set NAME …")
                    );
                }
                None => Error::all(missing::run(global, global.project()?)?)?,
            }
        }
        Command::Unset { name } => set::unset(global, &name)?,
        Command::Get { name, json } => get::run(global, &name, json)?,
        Command::List { reveal, json } => list::run(global, reveal, json)?,
        Command::Edit => edit::run(global)?,
        Command::Restore { list: true, json, .. } => backups::list(global, json)?,
        Command::Restore { number, .. } => backups::restore(global, number)?,
        Command::Backups { command: BackupsCommand::Clear { yes } } => backups::clear(global, yes)?,
        Command::Allow { json: true, .. } => allowing::list(global)?,
        Command::Allow { yes, .. } => allowing::allow(global, yes)?,
        Command::Deny => allowing::deny(global)?,
        Command::Apply { created: Some(folder), .. } if apply::is_foreign(global, &folder)? => {}
        Command::Apply { mut scripts, created, strict, force } => {
            scripts.venvs.venv.extend(created);
            return apply::apply(global, &scripts, strict, force);
        }
        Command::Remove { scripts } => apply::remove(global, &scripts)?,
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

/// What every command begins with, and says at the end.
impl Global {
    /// The folder that it works in.
    fn start(&self) -> &Path {
        self.directory.as_deref().unwrap_or(Path::new("."))
    }

    /// The project that the options name, wherever its secrets are.
    fn found(&self) -> Result<Project> {
        Project::find(self.start(), self.secrets.as_deref())
    }

    /// The same, whose secrets may be read.
    fn project(&self) -> Result<Project> {
        let project = self.found()?;
        self.keep(&project);
        allow::require_secrets(&project)?;
        Ok(project)
    }

    /// Like `project`, for `restore`: does not warn about a missing file, and does not ask where a link that git tracks
    /// leads.
    fn restorable(&self) -> Result<Project> {
        let project = self.found()?;
        if project.secrets.exists() {
            self.keep(&project);
        }
        if !is_link_of_git(&project.secrets) {
            allow::require_secrets(&project)?;
        }
        Ok(project)
    }

    /// Keeps what the secrets file says, if it may be read, and says first what somebody else has made of it: once in
    /// a run.
    fn keep(&self, project: &Project) {
        let mut looked = self.looked.borrow_mut();
        if looked.contains(&project.secrets) {
            return;
        }
        looked.push(project.secrets.clone());
        match allow::require_secrets(project) {
            Ok(()) => look(&project.secrets, self.is_quick).iter().for_each(console::warn_of),
            Err(_) => look_unread(&project.secrets).iter().for_each(console::warn_of),
        }
    }

    /// The project, opened to hand its values over: at a terminal, what is not allowed yet is shown and asked for.
    fn allowed(&self) -> Result<Session> {
        let session = self.asked()?;
        session.require()?;
        Ok(session)
    }

    /// The same for commands that check git themselves.
    fn asked(&self) -> Result<Session> {
        let session = self.open()?;
        let is_new = session.files.permission.unallowed().next().is_some();
        let session = if is_new && allowing::asks(&session.files)? { self.session()? } else { session };
        session.files.permission.require(session.project())?;
        Ok(session)
    }

    /// The project, opened.
    fn session(&self) -> Result<Session> {
        Session::open(self.project()?, &self.profile, &self.sources)
    }

    /// The same, with a warning for each of its files that others can read.
    fn open(&self) -> Result<Session> {
        let session = self.session()?;
        session.files.all().filter_map(exposed_to_others).for_each(|warning| console::warn(&warning));
        Ok(session)
    }

    /// Says what was done, or what to do next, unless only errors are wanted.
    fn say(&self, text: &str) {
        if !self.quiet {
            console::say(text);
        }
    }
}

/// Warns of what is not allowed, and so was not done.
fn tell_of_new(files: &Files) {
    if let Err(error) = files.permission.require(&files.project) {
        console::warn_of(&error);
    }
}

/// Says that somebody else has the secrets file open.
fn say_waiting(project: &Project) {
    console::say(&format!("waiting for another venvars that has {} open", from_here(&project.secrets)));
}

/// Warns where git ignores `file`, which it has to keep.
fn warn_if_ignored(file: &Path, name: &str) -> Result<()> {
    if git::standing(file)? == Standing::Ignored {
        console::warn(&format!("git ignores {name}, which should be committed; see .gitignore"));
    }
    Ok(())
}
