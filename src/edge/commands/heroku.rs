use std::process::ExitCode;
use std::time::Duration;

use venvars::model::project::Project;
use venvars::model::secrets::change::New;
use venvars::session::Session;
use venvars::session::editor::Editor;
use venvars::session::environment::Files;
use venvars::session::exposure::{guard, guard_plain, readable_by_others};
use venvars::words::error::{Error, Result};
use venvars::words::message::{MASK, printable};
use venvars::words::name::Name;
use venvars::words::profile::ProfileName;
use venvars::words::secret::Secret;
use venvars::words::variable::Variable;
use venvars::world::heroku::address::Address;
use venvars::world::heroku::api::{Changes, Client, ConfigVars};
use venvars::world::heroku::app::App;
use venvars::world::heroku::diff::{Difference, SyncState, compare};
use venvars::world::heroku::token::Token;

use super::{editor, open};
use crate::edge::cli::{Global, Heroku, HerokuApp, TIMEOUT};
use crate::edge::console;

/// `venvars heroku`: the variables here and the config vars of an app there.
pub fn run(global: &Global, command: &Heroku) -> Result<ExitCode> {
    match command {
        Heroku::Diff { app } => diff(global, app),
        Heroku::Push { app, dry_run } => push(global, app, *dry_run),
        Heroku::Pull { app, dry_run, force } => pull(global, app, *dry_run, *force),
    }
}

/// Sends the variables `only` of `session` to `app`.
pub(super) fn push_only(global: &Global, session: &Session, app: &App, only: &[String]) -> Result<()> {
    guard(session.files.all())?;
    send(global, session, &Remote::of(app.clone(), TIMEOUT)?, only, false, false)
}

/// What differs; exit 1 if anything does.
fn diff(global: &Global, options: &HerokuApp) -> Result<ExitCode> {
    let session = open(global)?;
    let here = session.environment()?.variables()?;
    let there = Remote::find(session.project(), options)?.fetch(&here)?;
    let entries = compare(&here, &there, &options.only)?;
    show_for_push(&entries, options.prune)?;
    let same = entries.iter().all(|entry| entry.standing == SyncState::Same);
    Ok(ExitCode::from(u8::from(!same)))
}

/// The variables here become config vars there, in one request.
fn push(global: &Global, options: &HerokuApp, dry_run: bool) -> Result<ExitCode> {
    let session = open(global)?;
    guard(session.files.all())?;
    let remote = Remote::find(session.project(), options)?;
    send(global, &session, &remote, &options.only, options.prune, dry_run)?;
    Ok(ExitCode::SUCCESS)
}

/// Sends the variables of `session`, or `only` some; with `prune`, takes the others away there.
fn send(
    global: &Global,
    session: &Session,
    remote: &Remote,
    only: &[String],
    prune: bool,
    dry_run: bool,
) -> Result<()> {
    let here = session.environment()?.variables()?;
    let there = remote.fetch(&here)?;
    let entries = compare(&here, &there, only)?;
    let changes: Changes = entries
        .iter()
        .filter_map(|entry| {
            let value = || here.iter().find(|variable| variable.name.as_str() == entry.name);
            match entry.standing {
                SyncState::OnlyHere | SyncState::Differs => {
                    Some((entry.name.as_str(), Some(&value()?.value)))
                }
                SyncState::OnlyThere if prune => Some((entry.name.as_str(), None)),
                SyncState::OnlyThere | SyncState::Same => None,
            }
        })
        .collect();
    show_for_push(&entries, prune)?;
    let set = changes.values().flatten().count();
    let counts = counts("set", set, "removed", changes.len() - set);
    let app = &remote.app;
    let done = if changes.is_empty() {
        format!("nothing to send: {app} has it all")
    } else if dry_run {
        format!("would be {counts} on {app}; nothing was sent")
    } else {
        let known = values(&here).chain(there.values()).collect::<Vec<_>>();
        remote.client.update(app, &changes, &known)?;
        format!("{counts} on {app}, in one release")
    };
    say(global, &done);
    Ok(())
}

/// The config vars there become variables here, in one write.
fn pull(global: &Global, options: &HerokuApp, dry_run: bool, force: bool) -> Result<ExitCode> {
    let session = open(global)?;
    guard_plain(&session.files.secrets)?;
    let project = session.project();
    let profile = session.choice.named();
    let remote = Remote::find(project, options)?;
    let there = remote.fetch(&session.environment()?.variables()?)?;
    let mut editor = editor(project)?;
    // Compared under the lock: the file may have been edited since.
    let files = Files { secrets: editor.secrets.clone(), ..session.files.clone() };
    let here = files.environment(&session.choice)?.variables()?;
    let (mut pulled, refused) = wanted(&compare(&here, &there, &options.only)?, options.prune);
    // What another layer defines is not this one's to take away.
    let is_own = |name: &Name| files.secrets.own(profile).iter().any(|one| one.name == *name);
    pulled.retain(|(mark, name)| *mark != '-' || is_own(name));
    if !force {
        refuse_overwriting(&pulled)?;
    }
    for (name, reason) in &refused {
        console::warn(&format!("left out {name}: {reason}"));
    }
    let lines: String = pulled.iter().map(|(mark, name)| line(*mark, name.as_str())).collect();
    console::answer(&lines)?;
    let removed = pulled.iter().filter(|(mark, _)| *mark == '-').count();
    let counts = counts("set", pulled.len() - removed, "removed", removed);
    let file = project.shown(&project.secrets).display();
    let summary = match (pulled.is_empty(), dry_run) {
        (true, _) => format!("nothing to take over from {}", remote.app),
        (false, true) => format!("would be {counts} in {file}; nothing was written"),
        (false, false) => format!("{counts} in {file}; `venvars apply` hands them to the venv"),
    };
    if !dry_run {
        edit(&mut editor, profile, &pulled, &there)?;
        editor.write(session.ledger()?, Vec::new())?;
    }
    say(global, &summary);
    Ok(ExitCode::SUCCESS)
}

/// What a pull does to each name: `+` a new one, `~` another value, `-` away with it. Second, the
/// names that no variable can have, fit to be shown, and why.
fn wanted(entries: &[Difference], prune: bool) -> (Vec<(char, Name)>, Vec<(String, String)>) {
    let mut pulled = Vec::new();
    let mut refused = Vec::new();
    for entry in entries {
        let mark = match entry.standing {
            SyncState::OnlyThere => '+',
            SyncState::Differs => '~',
            SyncState::OnlyHere if prune => '-',
            SyncState::OnlyHere | SyncState::Same => continue,
        };
        match Name::new(&entry.name) {
            Ok(name) => pulled.push((mark, name)),
            Err(refusal) => refused.push((printable(&entry.name, &[]), refusal.to_string())),
        }
    }
    (pulled, refused)
}

/// Nothing that is here is lost without being asked for.
fn refuse_overwriting(pulled: &[(char, Name)]) -> Result<()> {
    let names = |wanted| {
        let names: Vec<_> =
            pulled.iter().filter(|(mark, _)| *mark == wanted).map(|(_, name)| name.as_str()).collect();
        names.join(", ")
    };
    let (differ, gone) = (names('~'), names('-'));
    let error = match (differ.is_empty(), gone.is_empty()) {
        (true, true) => return Ok(()),
        (false, true) => format!("other values are here: {differ}"),
        (true, false) => format!("not on Heroku, and would be removed here: {gone}"),
        (false, false) => {
            format!("other values are here: {differ}; not on Heroku, and would be removed here: {gone}")
        }
    };
    Err(Error::conflict(format!("{error}; nothing was written"))
        .hint("--force takes Heroku's side; --only NAME,… chooses"))
}

/// Puts into the secrets file what was `pulled`.
fn edit(
    editor: &mut Editor<'_>,
    profile: Option<&ProfileName>,
    pulled: &[(char, Name)],
    there: &ConfigVars,
) -> Result<()> {
    let value = |name: &Name| there.get(name.as_str());
    let news: Vec<(Name, New)> = pulled
        .iter()
        .filter_map(|(_, name)| Some((name.clone(), New::text(value(name)?.reveal()))))
        .collect();
    editor.set(profile, &news)?;
    pulled
        .iter()
        .filter(|(_, name)| value(name).is_none())
        .try_for_each(|(_, name)| editor.unset(profile, name))
}

/// An app on Heroku, and the client that asks for it.
struct Remote {
    client: Client,
    app: App,
}

impl Remote {
    fn find(project: &Project, options: &HerokuApp) -> Result<Self> {
        let app = match &options.app {
            // An empty HEROKU_APP counts as none.
            Some(name) if !name.is_empty() => App::new(name)?,
            _ => App::of_repository(&project.folder)?,
        };
        Self::of(app, options.timeout)
    }

    fn of(app: App, timeout: u16) -> Result<Self> {
        let address = Address::from_environment()?;
        let token = Token::find(&address)?;
        if let Some(warning) = token.file().and_then(readable_by_others) {
            console::warn(&warning);
        }
        let client = Client::new(address, token, Duration::from_secs(timeout.into()))?;
        Ok(Self { client, app })
    }

    fn fetch(&self, here: &[Variable]) -> Result<ConfigVars> {
        self.client.config_vars(&self.app, &values(here).collect::<Vec<_>>())
    }
}

fn values(variables: &[Variable]) -> impl Iterator<Item = &Secret> {
    variables.iter().map(|variable| &variable.value)
}

/// One line for each name that is not the same on both sides, as a push would see it.
fn show_for_push(entries: &[Difference], prune: bool) -> Result<()> {
    let lines: String = entries
        .iter()
        .map(|entry| match entry.standing {
            SyncState::OnlyHere => line('+', &entry.name),
            SyncState::Differs => line('~', &entry.name),
            SyncState::OnlyThere if prune => line('-', &entry.name),
            SyncState::OnlyThere => format!("  {}  only on Heroku\n", printable(&entry.name, &[])),
            SyncState::Same => String::new(),
        })
        .collect();
    console::answer(&lines)
}

/// A name with what becomes of it; what gets a value shows that there is one.
fn line(mark: char, name: &str) -> String {
    let name = printable(name, &[]);
    match mark {
        '-' => format!("- {name}\n"),
        _ => format!("{mark} {name}  {MASK}\n"),
    }
}

fn counts(one: &str, ones: usize, other: &str, others: usize) -> String {
    match (ones, others) {
        (ones, 0) => format!("{ones} {one}"),
        (0, others) => format!("{others} {other}"),
        (ones, others) => format!("{ones} {one}, {others} {other}"),
    }
}

fn say(global: &Global, text: &str) {
    if !global.quiet {
        console::say(text);
    }
}
