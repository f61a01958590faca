use std::process::ExitCode;

use venvars::session::Session;
use venvars::session::exposure::{guard, guard_plain};
use venvars::session::heroku::{self, Comparison, Pull, Remote};
use venvars::words::message::{MASK, printable};
use venvars::world::heroku::app::App;
use venvars::world::heroku::diff::{Difference, SyncState};

use super::{Global, Result, console, say_waiting};
use crate::edge::cli::{Heroku, HerokuApp, TIMEOUT};

/// `venvars heroku`: the variables here and the config vars of an app there. Exit code 1 if `diff` finds any.
pub fn run(global: &Global, command: &Heroku) -> Result<ExitCode> {
    let session = global.open()?;
    match command {
        Heroku::Diff { app } => {
            let comparison = Comparison::of(&session, &remote(&session, app)?, &app.only)?;
            show(&comparison, app.prune)?;
            let differs = comparison.entries.iter().any(|entry| entry.standing != SyncState::Same);
            return Ok(u8::from(differs).into());
        }
        Heroku::Push { app, dry_run } => {
            guard(session.files.all())?;
            push(global, &session, &remote(&session, app)?, &app.only, app.prune, *dry_run)?;
        }
        Heroku::Pull { app, dry_run, force } => pull(global, &session, app, *dry_run, *force)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends the variables `only` of `session` to `app`.
pub(super) fn push_only(global: &Global, session: &Session, app: App, only: &[String]) -> Result<()> {
    guard(session.files.all())?;
    push(global, session, &warned(Remote::of(app, TIMEOUT)?), only, false, false)
}

fn remote(session: &Session, options: &HerokuApp) -> Result<Remote> {
    Remote::of(heroku::app(session, options.app.as_deref())?, options.timeout).map(warned)
}

fn warned(remote: Remote) -> Remote {
    remote.warning.iter().for_each(|warning| console::warn(warning));
    remote
}

/// The variables here, or `only` some, become config vars there; with `prune`, the others go.
fn push(
    global: &Global,
    session: &Session,
    remote: &Remote,
    only: &[String],
    prune: bool,
    dry_run: bool,
) -> Result<()> {
    let comparison = Comparison::of(session, remote, only)?;
    let changes = comparison.changes(prune);
    show(&comparison, prune)?;
    let (app, counts) = (&remote.app, counts(changes.values().flatten().count(), changes.len()));
    global.say(&if changes.is_empty() {
        format!("nothing to send: {app} has it all")
    } else if dry_run {
        format!("would be {counts} on {app}; nothing was sent")
    } else {
        comparison.push(remote, &changes)?;
        format!("{counts} on {app}, in one release")
    });
    Ok(())
}

/// The config vars there become variables here, in one write.
fn pull(global: &Global, session: &Session, app: &HerokuApp, dry_run: bool, force: bool) -> Result<()> {
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
    console::answer(&pull.marks.iter().map(|(mark, name)| line(*mark, name.as_str())).collect::<String>())?;
    let set = pull.marks.iter().filter(|(mark, _)| *mark != '-').count();
    let (counts, is_empty) = (counts(set, pull.marks.len()), pull.marks.is_empty());
    if !dry_run {
        pull.write()?;
    }
    let file = project.shown(&project.secrets).display();
    global.say(&match (is_empty, dry_run) {
        (true, _) => format!("nothing to take over from {}", remote.app),
        (false, true) => format!("would be {counts} in {file}; nothing was written"),
        (false, false) => format!("{counts} in {file}; `venvars apply` hands them to the venv"),
    });
    Ok(())
}

/// One line for each name that is not the same on both sides, as a push would see it.
fn show(comparison: &Comparison, prune: bool) -> Result<()> {
    let line = |entry: &Difference| match entry.standing {
        SyncState::OnlyHere => line('+', &entry.name),
        SyncState::Differs => line('~', &entry.name),
        SyncState::OnlyThere if prune => line('-', &entry.name),
        SyncState::OnlyThere => format!("  {}  only on Heroku\n", printable(&entry.name, &[])),
        SyncState::Same => String::new(),
    };
    console::answer(&comparison.entries.iter().map(line).collect::<String>())
}

/// A name with what becomes of it; what gets a value shows that there is one.
fn line(mark: char, name: &str) -> String {
    let name = printable(name, &[]);
    if mark == '-' { format!("- {name}\n") } else { format!("{mark} {name}  {MASK}\n") }
}

/// How many of `all` are set, and how many are not.
fn counts(set: usize, all: usize) -> String {
    match (set, all - set) {
        (set, 0) => format!("{set} set"),
        (0, removed) => format!("{removed} removed"),
        (set, removed) => format!("{set} set, {removed} removed"),
    }
}
