mod pull;
mod push;

use std::process::ExitCode;

use venvars::session::Session;
use venvars::session::exposure::guard;
use venvars::session::heroku::{self, Comparison, Remote};
use venvars::world::heroku::diff::SyncState;

use push::Push;

pub(super) use push::offer;

use crate::edge::cli::{Global, Heroku, HerokuApp};
use crate::edge::console;
use crate::edge::views::heroku as views;
use venvars::words::error::Result;

/// `venvars heroku`: the variables here and the config vars of an app there. Exit code 1 if `diff` finds any.
pub fn run(global: &Global, command: &Heroku) -> Result<ExitCode> {
    let session = global.allowed()?;
    match command {
        Heroku::Diff { app, json } => {
            let remote = remote(&session, app)?;
            let comparison = Comparison::of(&session, &remote, &app.only)?;
            if *json {
                console::document(&views::as_json(&comparison, &remote.app.to_string()))?;
            } else {
                console::show(&views::comparison(&comparison, app.prune))?;
            }
            let differs = comparison.entries.iter().any(|entry| entry.standing != SyncState::Same);
            return Ok(u8::from(differs).into());
        }
        Heroku::Push { app, dry_run, json } => {
            guard(session.files.all())?;
            let as_asked = Push { only: &app.only, prune: app.prune, dry_run: *dry_run, json: *json };
            push::push(global, &session, &remote(&session, app)?, &as_asked)?;
        }
        Heroku::Pull { app, dry_run, force, json } => {
            pull::pull(global, &session, app, *dry_run, *force, *json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn remote(session: &Session, options: &HerokuApp) -> Result<Remote> {
    Remote::of(heroku::app(session, options.app.as_deref())?, options.timeout).map(warned)
}

fn warned(remote: Remote) -> Remote {
    remote.warning.iter().for_each(|warning| console::warn(warning));
    remote
}
