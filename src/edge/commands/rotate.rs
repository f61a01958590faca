use venvars::session::Session;
use venvars::session::exposure::guard;
use venvars::session::rotation::target::Target;
use venvars::session::rotation::turn::{self, Turned};
use venvars::session::rotation::{self, Renewal, applied_venvs};
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::profile::Choice;

use super::heroku;
use crate::edge::ask;
use crate::edge::cli::{Global, Rotate};
use crate::edge::console;
use crate::edge::opening::say_waiting;
use crate::edge::scripts;
use crate::edge::views::rotation as views;

/// `venvars rotate`: new values; the old ones are put aside.
pub fn run(global: &Global, options: &Rotate) -> Result<()> {
    rotation::check_names(&options.names, options.generate == Some(None))?;
    let session = global.session()?;
    guard([&session.files.secrets])?;
    let asked = Renewal {
        names: &options.names,
        all_compromised: options.all_compromised,
        generate: options.generate,
        drops: options.drop_fallbacks,
    };
    let (targets, mut left) = rotation::targets(&session, &asked)?;
    if targets.is_empty() {
        Error::all(left)?;
        global.say(if options.drop_fallbacks {
            "no old values are kept"
        } else {
            "no value in use is compromised"
        });
        return Ok(());
    }
    if options.stdin && targets.len() != 1 {
        return Err(Error::from(Cause::OneOnInput).hint("name one"));
    }
    let new = |target: &Target| ask::new_value(&session, target, options.generate, options.stdin);
    let turns = asked.turns(targets, &mut left, new)?;
    let (turned, failed) = turn::carry_out(&session, &turns, || say_waiting(session.project()))?;
    left.extend(failed);
    turned.iter().flat_map(views::lines).for_each(|line| global.say(&line));
    let changed: Vec<&Turned> = turned.iter().filter(|turned| !turned.changed.is_empty()).collect();
    if !changed.is_empty() {
        let followed = follow(global, &session);
        turned.iter().filter_map(views::next_step).for_each(|line| global.say(&line));
        left.extend(followed.and_then(|()| heroku::offer(global, &session, &changed)).err());
    }
    Error::all(left)
}

/// `apply` for the venvs that have been applied, each in the profile that it remembers.
fn follow(global: &Global, session: &Session) -> Result<()> {
    let venvs = applied_venvs(session)?;
    if venvs.is_empty() {
        global.say("run `venvars apply`");
        return Ok(());
    }
    let changed = session.again(&Choice::Default)?;
    scripts::follow(global, &changed, &venvs).inspect_err(|_| {
        console::warn("the new values are set, but the activate scripts still have the old ones");
    })
}
