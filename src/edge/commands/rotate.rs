use std::env;
use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;

use venvars::model::secrets::generate::{self, SecretKind};
use venvars::model::secrets::typed_name;
use venvars::session::Session;
use venvars::session::exposure::guard;
use venvars::session::ledger::compromised;
use venvars::session::rotation::applied_venvs;
use venvars::session::rotation::target::{Target, all_compromised, named};
use venvars::session::rotation::turn::{self, Turn, Turned};
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::profile::{Choice, ProfileName};
use venvars::world::heroku::app::App;
use zeroize::Zeroizing;

use super::{apply, ask, heroku, project, say_waiting};
use crate::edge::cli::{Global, Rotate};
use crate::edge::console;

/// `venvars rotate`: new values; the old ones are put aside.
pub fn run(global: &Global, options: &Rotate) -> Result<ExitCode> {
    for name in &options.names {
        if options.generate == Some(None) && name.parse::<SecretKind>().is_ok() {
            return Err(Error::usage(format!("{name} is no variable here, but a kind of secret"))
                .hint(format!("--generate={name}")));
        }
        if let Some((name, _)) = name.split_once('=') {
            // What follows may be a value.
            return Err(Error::usage("rotate takes the name alone, and asks for the new value")
                .hint(format!("venvars rotate {}", typed_name(name)?)));
        }
    }
    let session = Session::open(project(global)?, &global.profile, &global.sources)?;
    guard([&session.files.secrets])?;
    let (mut targets, mut left) = if options.all_compromised {
        all_compromised(&session)?
    } else {
        (named(&session, &options.names, options.drop_fallbacks)?, Vec::new())
    };
    if options.generate.is_some() {
        targets.retain(|target| {
            let foreign = turn::foreign(&session.files, target);
            let is_fit = foreign.is_none();
            left.extend(foreign);
            is_fit
        });
        // Of those that were named, all or none.
        if !options.all_compromised {
            Error::all(std::mem::take(&mut left))?;
        }
    }
    if targets.is_empty() {
        Error::all(left)?;
        if !global.quiet {
            let none = if options.drop_fallbacks {
                "no old value is kept up"
            } else {
                "no value in use is compromised"
            };
            console::say(none);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if options.stdin && targets.len() != 1 {
        return Err(Error::from(Cause::OneOnInput).hint("name one"));
    }
    // What would fail anyway fails before anybody is asked to type.
    Error::all(targets.iter().filter_map(|target| turn::refusal(&session.files, target)).collect())?;
    let mut turns: Vec<Turn> = Vec::new();
    for target in targets {
        let new = if target.renews { Some(new_value(&session, &target, options)) } else { None };
        match new.transpose() {
            Ok(new) => turns.push(Turn { target, new, drops: options.drop_fallbacks }),
            // Of those that nobody named, one that gets none keeps no other from it.
            Err(error) if options.all_compromised => left.push(error),
            Err(error) => return Err(error),
        }
    }
    let turned = turn::carry_out(&session, &turns, || say_waiting(session.project()))?;
    if !global.quiet {
        report(&turned);
    }
    let changed: Vec<&Turned> = turned.iter().filter(|turned| !turned.changed.is_empty()).collect();
    if !changed.is_empty() {
        follow(global, &session)?;
        offer_heroku(global, &session, &changed)?;
    }
    Error::all(left)?;
    Ok(ExitCode::SUCCESS)
}

/// A new value: made, read, or typed; one that the variable may have, and that nobody else knows.
fn new_value(session: &Session, target: &Target, options: &Rotate) -> Result<Zeroizing<String>> {
    let name = &target.name;
    let settings = &session.project().settings;
    let declared = settings.declaration(name.as_str());
    let kind = match options.generate {
        Some(given) => Some(given.or(declared.and_then(|one| one.generate)).unwrap_or_default()),
        None => declared.and_then(|declared| declared.generate),
    };
    let value = match kind {
        _ if options.stdin => ask::piped(name)?,
        Some(kind) => generate::generate(kind)?,
        None if io::stdin().is_terminal() => ask::typed(name, declared)?,
        None => {
            return Err(Error::missing(format!("{name}: there is no terminal to ask for the new value"))
                .hint("--generate makes one; --stdin reads it from standard input"));
        }
    };
    if value.is_empty() {
        return Err(Error::bad_value(format!("{name}: the new value is empty")).hint("nothing was changed"));
    }
    if let Some(problem) = declared.and_then(|declared| declared.problem(&value)) {
        return Err(Error::bad_value(format!("{name}: {problem}")).hint("nothing was changed"));
    }
    if let Some(entry) = compromised::of_new(session.ledger()?, settings, name, &value)? {
        return Err(entry
            .refusal(name, "the new value")
            .hint("nothing was changed; give it one that nobody knows: --generate makes one"));
    }
    Ok(value)
}

/// A line a variable: what became of it, and of its old values.
fn report(turned: &[Turned]) {
    for one in turned {
        let Target { name, profile, renews } = one.target;
        let shown = profile.iter().map(|profile| format!(" (profile {profile})")).collect::<String>();
        if *renews {
            console::say(&format!(
                "{name}: has a new value{shown}; the old one is put aside for `venvars scan`"
            ));
        }
        let Some(list) = &one.fallbacks else { continue };
        if *renews && one.is_compromised {
            console::say(&format!(
                "{name}: the old value is compromised and is not kept up: what is signed with it opens no more"
            ));
        }
        match list.count {
            0 => console::say(&format!("{}: keeps no old value{shown}", list.name)),
            count => console::say(&format!(
                "{}: keeps {count} old {} up{shown}, until `venvars rotate {name} --drop-fallbacks`",
                list.name,
                if count == 1 { "value" } else { "values" },
            )),
        }
    }
}

/// `apply` for the venvs that have been applied, each in the profile that it remembers.
fn follow(global: &Global, session: &Session) -> Result<()> {
    let venvs = applied_venvs(session)?;
    if venvs.is_empty() {
        if !global.quiet {
            console::say("`venvars apply` hands it to the venv");
        }
        return Ok(());
    }
    let changed = session.again(&Choice::Default)?;
    apply::follow(global, &changed, &venvs).inspect_err(|_| {
        console::warn("the new values are set, and activate scripts still have the old ones");
    })
}

/// Says how Heroku gets the new values where the project is deployed there; at a terminal, asks.
fn offer_heroku(global: &Global, session: &Session, turned: &[&Turned]) -> Result<()> {
    let named = env::var("HEROKU_APP").ok().filter(|app| !app.is_empty());
    let app = match &named {
        Some(app) => App::new(app),
        None => App::of_repository(&session.project().folder),
    };
    let Ok(app) = app else { return Ok(()) };
    let mut profiles: Vec<&Option<ProfileName>> = turned.iter().map(|one| &one.target.profile).collect();
    profiles.dedup();
    for profile in profiles {
        let of_profile = turned.iter().filter(|one| one.target.profile == *profile);
        let only: Vec<String> =
            of_profile.flat_map(|one| one.changed.iter().map(ToString::to_string)).collect();
        let option = profile.iter().map(|profile| format!(" --profile {profile}")).collect::<String>();
        let names = only.join(",");
        let asked = io::stdin().is_terminal() && io::stderr().is_terminal() && !global.quiet;
        if asked && agrees(&format!("send {names} to {} on Heroku now? [y/N]", app.as_str())) {
            // The top level is what was changed, whatever the default of the settings.
            let changed = session.again(&Choice::from(profile.clone()))?;
            heroku::push_only(global, &changed, &app, &only)?;
        } else if !global.quiet {
            console::say(&format!(
                "for {} on Heroku: venvars heroku push --only {names}{option}",
                app.as_str()
            ));
        }
    }
    Ok(())
}

/// Whether the person at the terminal says yes.
fn agrees(question: &str) -> bool {
    console::say(question);
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).is_ok() && answer.trim().eq_ignore_ascii_case("y")
}
