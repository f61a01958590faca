use venvars::session::Session;
use venvars::session::exposure::guard;
use venvars::session::heroku::{Comparison, Remote, app};
use venvars::session::rotation::turn::Turned;
use venvars::words::error::Result;
use venvars::words::profile::{Choice, ProfileName};
use venvars::world::variables;

use super::{views, warned};
use crate::edge::ask::{agrees, is_somebody_there};
use crate::edge::cli::{Global, TIMEOUT};
use crate::edge::console;

/// How to push.
pub(super) struct Push<'a> {
    pub only: &'a [String],
    pub prune: bool,
    pub dry_run: bool,
    pub json: bool,
}

/// The variables here, or `only` some, become config vars there; with `prune`, the others go.
pub(super) fn push(
    global: &Global,
    session: &Session,
    remote: &Remote,
    Push { only, prune, dry_run, json }: &Push<'_>,
) -> Result<()> {
    let comparison = Comparison::of(session, remote, only)?;
    let changes = comparison.changes(*prune);
    if *json {
        let app = remote.app.to_string();
        console::document(&views::changes_as_json(&app, views::pushed(&comparison, *prune), &[]))?;
    } else {
        console::show(&views::comparison(&comparison, *prune))?;
    }
    let (app, counts) = (&remote.app, views::counts(changes.values().flatten().count(), changes.len()));
    global.say(&if changes.is_empty() {
        format!("nothing to push: {app} is up to date")
    } else if *dry_run {
        format!("would be {counts} on {app}; nothing was sent")
    } else {
        comparison.push(remote, &changes)?;
        format!("{counts} on {app}, in one release")
    });
    Ok(())
}

/// Says how Heroku gets the new values where the project is deployed there; at a terminal, asks.
pub(in crate::edge::commands) fn offer(global: &Global, session: &Session, turned: &[&Turned]) -> Result<()> {
    let Ok(app) = app(session, variables::text("HEROKU_APP").as_deref()) else { return Ok(()) };
    let mut profiles: Vec<&Option<ProfileName>> = turned.iter().map(|one| &one.target.profile).collect();
    profiles.dedup();
    for profile in profiles {
        let of_profile = turned.iter().filter(|one| one.target.profile == *profile);
        let only: Vec<String> =
            of_profile.flat_map(|one| one.changed.iter().map(ToString::to_string)).collect();
        let option = profile.iter().map(|profile| format!(" --profile {profile}")).collect::<String>();
        let names = only.join(",");
        let asked = is_somebody_there() && !global.quiet;
        if asked && agrees(&format!("push {names} to {app} on Heroku now? [y/N]")) {
            // The top level is what was changed, whatever the default of the settings.
            let changed = session.again(&Choice::from(profile.clone()))?;
            guard(changed.files.all())?;
            let only_these = Push { only: &only, prune: false, dry_run: false, json: false };
            push(global, &changed, &warned(Remote::of(app.clone(), TIMEOUT)?), &only_these)?;
        } else {
            global.say(&format!("for {app} on Heroku: venvars heroku push --only {names}{option}"));
        }
    }
    Ok(())
}
