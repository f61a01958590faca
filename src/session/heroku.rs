//! The variables here and the config vars of an app on Heroku: what differs, and carrying it over.

use std::time::Duration;

use crate::model::secrets::change::New;
use crate::session::Session;
use crate::session::editor::Editor;
use crate::session::environment::Files;
use crate::session::exposure::readable_by_others;
use crate::words::error::{Error, Result};
use crate::words::message::printable;
use crate::words::name::Name;
use crate::words::secret::Secret;
use crate::words::variable::Variable;
use crate::world::heroku::address::Address;
use crate::world::heroku::api::{Changes, Client, ConfigVars};
use crate::world::heroku::app::App;
use crate::world::heroku::diff::{Difference, SyncState, compare};
use crate::world::heroku::token::Token;

/// An app on Heroku, and the client that asks for it.
pub struct Remote {
    /// The app.
    pub app: App,
    /// What to say of the file of the token, if others can read it.
    pub warning: Option<String>,
    client: Client,
}

/// The app called `name`, else the one that the repository of `session` is deployed to.
///
/// # Errors
/// It can be no app's name, or the repository leads to none or to several.
pub fn app(session: &Session, name: Option<&str>) -> Result<App> {
    // An empty HEROKU_APP counts as none.
    match name.filter(|name| !name.is_empty()) {
        Some(name) => App::new(name),
        None => App::of_repository(&session.project().folder),
    }
}

impl Remote {
    /// The client for `app`, whose answer may take `timeout` seconds.
    ///
    /// # Errors
    /// There is no token.
    pub fn of(app: App, timeout: u16) -> Result<Self> {
        let address = Address::from_environment()?;
        let token = Token::find(&address)?;
        let warning = token.file().and_then(readable_by_others);
        let client = Client::new(address, token, Duration::from_secs(timeout.into()))?;
        Ok(Self { app, warning, client })
    }
}

/// Both sides.
pub struct Comparison {
    /// Every name of both sides, or those that were asked for.
    pub entries: Vec<Difference>,
    here: Vec<Variable>,
    there: ConfigVars,
}

impl Comparison {
    /// Compares what `session` gives with the config vars of `remote`: all names, or `only` some.
    ///
    /// # Errors
    /// A value cannot be had, Heroku does not answer, or a name of `only` is on neither side.
    pub fn of(session: &Session, remote: &Remote, only: &[String]) -> Result<Self> {
        let here = session.environment()?.variables()?;
        let there = remote.client.config_vars(&remote.app, &values(&here).collect::<Vec<_>>())?;
        Ok(Self { entries: compare(&here, &there, only)?, here, there })
    }

    /// What a push changes there: with `prune`, what is not here is taken away.
    #[must_use]
    pub fn changes(&self, prune: bool) -> Changes<'_> {
        let change = |entry: &'_ Difference| match entry.standing {
            SyncState::OnlyHere | SyncState::Differs => {
                Some(Some(&self.here.iter().find(|variable| variable.name.as_str() == entry.name)?.value))
            }
            SyncState::OnlyThere => prune.then_some(None),
            SyncState::Same => None,
        };
        self.entries.iter().filter_map(|entry| Some((entry.name.as_str(), change(entry)?))).collect()
    }

    /// Makes these `changes` at `remote`, in one request.
    ///
    /// # Errors
    /// As for [`Client::update`].
    pub fn push(&self, remote: &Remote, changes: &Changes<'_>) -> Result<()> {
        let known: Vec<&Secret> = values(&self.here).chain(self.there.values()).collect();
        remote.client.update(&remote.app, changes, &known).map(|_| ())
    }
}

fn values(variables: &[Variable]) -> impl Iterator<Item = &Secret> {
    variables.iter().map(|variable| &variable.value)
}

/// What a pull does here, while nobody else changes the secrets file.
pub struct Pull<'s> {
    /// What it does to each name: `+` a new one, `~` another value, `-` away with it.
    pub marks: Vec<(char, Name)>,
    /// The names that no variable can have, fit to be shown, and why.
    pub refused: Vec<(String, String)>,
    session: &'s Session,
    editor: Editor<'s>,
    there: ConfigVars,
}

impl<'s> Pull<'s> {
    /// Compares as [`Comparison::of`] does; with `prune`, what is not there is taken away here. `wait` is called
    /// once if somebody else has the secrets file open.
    ///
    /// # Errors
    /// As for [`Comparison::of`] and [`Editor::open`].
    pub fn of(
        session: &'s Session,
        remote: &Remote,
        only: &[String],
        prune: bool,
        wait: impl Fn(),
    ) -> Result<Self> {
        let there = Comparison::of(session, remote, &[])?.there;
        let editor = Editor::open(session.project(), wait)?;
        // Compared under the lock: the file may have been edited since.
        let files = Files { secrets: editor.secrets.clone(), ..session.files.clone() };
        let here = files.environment(&session.choice)?.variables()?;
        let (mut marks, mut refused) = (Vec::new(), Vec::new());
        for entry in compare(&here, &there, only)? {
            let mark = match entry.standing {
                SyncState::OnlyThere => '+',
                SyncState::Differs => '~',
                SyncState::OnlyHere if prune => '-',
                SyncState::OnlyHere | SyncState::Same => continue,
            };
            match Name::new(&entry.name) {
                Ok(name) => marks.push((mark, name)),
                Err(refusal) => refused.push((printable(&entry.name, &[]), refusal.to_string())),
            }
        }
        // What another layer defines is not this one's to take away.
        let own = editor.secrets.own(session.choice.named());
        marks.retain(|(mark, name)| *mark != '-' || own.iter().any(|one| one.name == *name));
        Ok(Self { marks, refused, session, editor, there })
    }

    /// Refuses to lose anything that is here.
    ///
    /// # Errors
    /// Something would be.
    pub fn refuse_overwriting(&self) -> Result<()> {
        let told = [('~', "other values here"), ('-', "not on Heroku, so would be removed here")];
        let told: Vec<String> = told
            .into_iter()
            .map(|(wanted, what)| {
                let names =
                    self.marks.iter().filter(|(mark, _)| *mark == wanted).map(|(_, name)| name.as_str());
                (what, names.collect::<Vec<_>>())
            })
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| format!("{what}: {}", names.join(", ")))
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        Err(Error::conflict(format!("{}; nothing was written", told.join("; ")))
            .hint("use --force to accept Heroku's values, or --only NAME,… to select some"))
    }

    /// Puts it into the secrets file.
    ///
    /// # Errors
    /// As for [`Editor::set`] and [`Editor::write`].
    pub fn write(mut self) -> Result<()> {
        let profile = self.session.choice.named();
        let (gone, set): (Vec<_>, Vec<_>) = self.marks.into_iter().partition(|(mark, _)| *mark == '-');
        let new = |(_, name): (_, Name)| Some((New::text(self.there.get(name.as_str())?.reveal()), name));
        let news: Vec<_> = set.into_iter().filter_map(new).map(|(new, name)| (name, new)).collect();
        self.editor.set(profile, &news)?;
        gone.iter().try_for_each(|(_, name)| self.editor.unset(profile, name))?;
        self.editor.write(None)
    }
}
