use std::io::{self, BufRead, IsTerminal};

use venvars::model::secrets::generate::{self, SecretKind};
use venvars::model::secrets::typed_name;
use venvars::session::Session;
use venvars::session::exposure::guard;
use venvars::session::heroku::app;
use venvars::session::ledger::compromised;
use venvars::session::rotation::target::Target;
use venvars::session::rotation::turn::{self, Turn, Turned};
use venvars::session::rotation::{Renewal, applied_venvs, targets};
use venvars::session::setting;
use venvars::words::cause::Cause;
use venvars::words::profile::{Choice, ProfileName};
use venvars::world::variables;
use zeroize::Zeroizing;

use super::{Error, Global, Result, apply, ask, console, heroku, say_waiting};
use crate::edge::cli::Rotate;

/// `venvars rotate`: new values; the old ones are put aside.
pub fn run(global: &Global, options: &Rotate) -> Result<()> {
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
    let session = global.session()?;
    guard([&session.files.secrets])?;
    let asked = Renewal {
        names: &options.names,
        all_compromised: options.all_compromised,
        generates: options.generate.is_some(),
        drops: options.drop_fallbacks,
    };
    let (targets, mut left) = targets(&session, &asked)?;
    if targets.is_empty() {
        Error::all(left)?;
        global.say(if options.drop_fallbacks {
            "no old value is kept up"
        } else {
            "no value in use is compromised"
        });
        return Ok(());
    }
    if options.stdin && targets.len() != 1 {
        return Err(Error::from(Cause::OneOnInput).hint("name one"));
    }
    let mut turns: Vec<Turn> = Vec::new();
    for target in targets {
        let new = target.renews.then(|| new_value(&session, &target, options)).transpose();
        match new {
            Ok(new) => turns.push(Turn { target, new, drops: options.drop_fallbacks }),
            // Of those that nobody named, one that gets none keeps no other from it.
            Err(error) if options.all_compromised => left.push(error),
            Err(error) => return Err(error),
        }
    }
    let turned = turn::carry_out(&session, &turns, || say_waiting(session.project()))?;
    report(global, &turned);
    let changed: Vec<&Turned> = turned.iter().filter(|turned| !turned.changed.is_empty()).collect();
    if !changed.is_empty() {
        follow(global, &session)?;
        offer_heroku(global, &session, &changed)?;
    }
    Error::all(left)
}

/// A new value: made, read, or typed; one that the variable may have, and that nobody else knows.
fn new_value(session: &Session, target: &Target, options: &Rotate) -> Result<Zeroizing<String>> {
    let name = &target.name;
    let declared = session.project().settings.declaration(name.as_str());
    let declared_kind = declared.and_then(|declared| declared.generate);
    let kind =
        options.generate.map_or(declared_kind, |given| Some(setting::kind(session.project(), name, given)));
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
    compromised::refuse_new(session.project(), name, &value, "the new value", "nothing was changed")?;
    Ok(value)
}

/// A line a variable: what became of it, and of its old values.
fn report(global: &Global, turned: &[Turned]) {
    for one in turned {
        let Target { name, profile, renews } = one.target;
        let shown = profile.iter().map(|profile| format!(" (profile {profile})")).collect::<String>();
        if *renews {
            global
                .say(&format!("{name}: has a new value{shown}; the old one is put aside for `venvars scan`"));
        }
        let Some((list, count)) = &one.fallbacks else { continue };
        let until = format!("`venvars rotate {name} --drop-fallbacks`");
        if *renews && one.is_compromised {
            global.say(&format!(
                "{name}: the old value is compromised and is not kept up: what is signed with it opens no more"
            ));
        }
        global.say(&match count {
            0 => format!("{list}: keeps no old value{shown}"),
            1 => format!("{list}: keeps 1 old value up{shown}, until {until}"),
            _ => format!("{list}: keeps {count} old values up{shown}, until {until}"),
        });
    }
}

/// `apply` for the venvs that have been applied, each in the profile that it remembers.
fn follow(global: &Global, session: &Session) -> Result<()> {
    let venvs = applied_venvs(session)?;
    if venvs.is_empty() {
        global.say("`venvars apply` hands it to the venv");
        return Ok(());
    }
    let changed = session.again(&Choice::Default)?;
    apply::follow(global, &changed, &venvs).inspect_err(|_| {
        console::warn("the new values are set, and activate scripts still have the old ones");
    })
}

/// Says how Heroku gets the new values where the project is deployed there; at a terminal, asks.
fn offer_heroku(global: &Global, session: &Session, turned: &[&Turned]) -> Result<()> {
    let Ok(app) = app(session, variables::text("HEROKU_APP").as_deref()) else { return Ok(()) };
    let mut profiles: Vec<&Option<ProfileName>> = turned.iter().map(|one| &one.target.profile).collect();
    profiles.dedup();
    for profile in profiles {
        let of_profile = turned.iter().filter(|one| one.target.profile == *profile);
        let only: Vec<String> =
            of_profile.flat_map(|one| one.changed.iter().map(ToString::to_string)).collect();
        let option = profile.iter().map(|profile| format!(" --profile {profile}")).collect::<String>();
        let names = only.join(",");
        let asked = io::stdin().is_terminal() && io::stderr().is_terminal() && !global.quiet;
        if asked && agrees(&format!("send {names} to {app} on Heroku now? [y/N]")) {
            // The top level is what was changed, whatever the default of the settings.
            let changed = session.again(&Choice::from(profile.clone()))?;
            heroku::push_only(global, &changed, app.clone(), &only)?;
        } else {
            global.say(&format!("for {app} on Heroku: venvars heroku push --only {names}{option}"));
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
