use venvars::session::Session;
use venvars::session::exposure::guard_plain;
use venvars::session::heroku::Pull;
use venvars::words::error::Result;
use venvars::world::disk::from_here;

use super::{remote, views};
use crate::edge::cli::{Global, HerokuApp};
use crate::edge::console;
use crate::edge::opening::say_waiting;

/// The config vars there become variables here, in one write.
pub(super) fn pull(
    global: &Global,
    session: &Session,
    app: &HerokuApp,
    dry_run: bool,
    force: bool,
    json: bool,
) -> Result<()> {
    guard_plain(&session.files.secrets)?;
    let project = session.project();
    let remote = remote(session, app)?;
    let pull = Pull::of(session, &remote, &app.only, app.prune, || say_waiting(project))?;
    if !force {
        pull.refuse_overwriting()?;
    }
    for (name, reason) in &pull.refused {
        console::warn(&format!("left out {name}: {reason}"));
    }
    let marks = || pull.marks.iter().map(|(mark, name)| (*mark, name.as_str()));
    if json {
        let app = remote.app.to_string();
        console::document(&views::changes_as_json(&app, marks(), &pull.refused))?;
    } else {
        console::show(&marks().map(|(mark, name)| views::line(mark, name)).collect::<String>())?;
    }
    let set = pull.marks.iter().filter(|(mark, _)| *mark != '-').count();
    let (counts, is_empty) = (views::counts(set, pull.marks.len()), pull.marks.is_empty());
    if !dry_run {
        pull.write()?;
    }
    let file = from_here(&project.secrets);
    global.say(&match (is_empty, dry_run) {
        (true, _) => format!("nothing to pull from {}", remote.app),
        (false, true) => format!("would be {counts} in {file}; nothing was written"),
        (false, false) => format!("{counts} in {file}; run `venvars apply`"),
    });
    Ok(())
}
