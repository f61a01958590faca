//! From `secrets.toml` to the activate scripts: what each of them is to hold, all of it known before the
//! first byte is written.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use crate::engines::shell::Shell;
use crate::engines::shell::block::{Content, Question};
use crate::model::project::{Mode, Project};
use crate::session::Session;
use crate::session::allow;
use crate::session::environment::{Entry, Environment};
use crate::session::exposure;
use crate::session::ledger::compromised::{self, Compromised};
use crate::session::plan::Plan;
use crate::session::plan::found::Scripts;
use crate::session::plan::script::Wanted;
use crate::session::sources::Reach;
use crate::words::error::{Error, Result};
use crate::words::message::shown_path;
use crate::words::profile::{Choice, TOP};
use crate::words::variable::Variable;
use crate::world::disk::from_here;
use crate::world::disk::lock::Lock;
use crate::world::git::{self, Standing};
use crate::world::program::ourselves;

/// Which scripts are meant.
#[derive(Debug, Default, Clone, Copy)]
pub struct Which<'a> {
    /// The folders of the venvs; if none is given, those of the project.
    pub venvs: &'a [PathBuf],
    /// The shells that read them; if none is given, all.
    pub shells: &'a [Shell],
}

/// What the values are resolved for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To write them. With `force`, also those into the scripts that are not plain where they lie.
    Write {
        /// Whether `mode = "embed"` counts for values that are not plain.
        force: bool,
    },
    /// To compare them with what the scripts hold: nothing is asked for a live script.
    Compare,
}

/// What the scripts of each venv are to hold.
pub struct Desired<'s> {
    /// In the order of the venvs.
    pub wanted: Vec<Wanted>,
    resolved: Vec<(Environment<'s>, Vec<Variable>)>,
}

impl<'s> Desired<'s> {
    /// Resolves it for the venvs of `scripts`: in the profile that was asked for, else in the one that they
    /// remember, else in the settings' own.
    ///
    /// # Errors
    /// There is no such profile, or [`Environment::variables`] fails, or a value would be written where it
    /// does not belong.
    pub fn of(session: &'s Session, scripts: &Scripts, purpose: Purpose) -> Result<Self> {
        let mut desired = Self { wanted: Vec::new(), resolved: Vec::new() };
        let mut contents: HashMap<Choice, Content> = HashMap::new();
        for venv in 0..scripts.venvs() {
            let profile = session.choice.or(&scripts.profile(venv)).clone();
            let content = match contents.get(&profile) {
                Some(content) => content.clone(),
                None => {
                    let content = desired.content(session.files.environment(&profile)?, purpose)?;
                    contents.insert(profile.clone(), content.clone());
                    content
                }
            };
            let takes_over = purpose == Purpose::Write { force: true };
            let project = session.project().folder.clone();
            desired.wanted.push(Wanted { content, project, profile, takes_over });
        }
        Ok(desired)
    }

    /// What goes into the scripts for `environment`.
    fn content(&mut self, environment: Environment<'s>, purpose: Purpose) -> Result<Content> {
        let is_live = is_live(&environment);
        if is_live && purpose == Purpose::Compare {
            return question(&environment).map(Content::Live);
        }
        if !is_live && purpose == (Purpose::Write { force: false }) {
            refuse_hidden(&environment)?;
        }
        // A live script holds no value: what has to be asked for is checked when it is, at activation.
        let reach = if is_live { Reach::Plain } else { Reach::All };
        let variables = environment.variables_within(reach)?;
        let project = &environment.files.project;
        let content = if is_live {
            Content::Live(question(&environment)?)
        } else {
            Content::Embedded {
                variables: variables.clone(),
                secrets: Some(project.secrets.clone()),
                guard: project.settings.guard,
            }
        };
        self.resolved.push((environment, variables));
        Ok(content)
    }

    /// Which of the values are compromised, and which others that lie on this disk as plain text.
    ///
    /// # Errors
    /// As for [`compromised::of_files`].
    pub fn compromised(&self, session: &Session) -> Result<Vec<Compromised>> {
        let mut compromised = Vec::new();
        for (environment, variables) in &self.resolved {
            let of_environment = compromised::of_environment(session.ledger()?, environment, variables)?;
            compromised::join(&mut compromised, of_environment);
        }
        compromised::and_of_files(session, compromised)
    }
}

/// Whether the scripts of `environment` are to ask for its values at activation.
#[must_use]
pub fn is_live(environment: &Environment<'_>) -> bool {
    match environment.files.project.settings.mode {
        Mode::Live => true,
        Mode::Embed => false,
        Mode::Auto => !environment.is_plain(),
    }
}

/// Refuses to write a value into the scripts that is not plain where it lies.
fn refuse_hidden(environment: &Environment<'_>) -> Result<()> {
    let mut definitions = environment.entries.values().map(Entry::definition);
    match definitions.find(|definition| !definition.source.is_plain()) {
        None => Ok(()),
        Some(definition) => Err(definition
            .about(Error::refused(format!(
                "mode = \"embed\" would write its value into the scripts, and it is not stored as plain text ({})",
                definition.source.kind()
            )))
            .hint("remove the mode from the settings, or use --force")),
    }
}

/// How a live script asks for the values of `environment`.
fn question(environment: &Environment<'_>) -> Result<Question> {
    let program = ourselves()?;
    let text = |path: &Path| {
        path.to_str().map(str::to_owned).ok_or_else(|| {
            Error::unsupported("a live script cannot contain a path that is not UTF-8")
                .in_file(path)
                .hint("rename it")
        })
    };
    text(&program)?;
    let project = &environment.files.project;
    let arguments = vec![
        "-C".to_owned(),
        text(&project.folder)?,
        "--secrets".to_owned(),
        text(&project.secrets)?,
        "--profile".to_owned(),
        environment.profile.as_deref().unwrap_or(TOP).to_owned(),
        "activation".to_owned(),
    ];
    Ok(Question { program, arguments, guard: project.settings.guard })
}

/// The scripts of some venvs, which nobody else changes meanwhile.
pub struct Held {
    project: PathBuf,
    /// The scripts as they are.
    pub scripts: Scripts,
    /// Held until everything is written.
    locks: Vec<Lock>,
}

impl Held {
    /// Locks the venvs and reads their scripts.
    ///
    /// # Errors
    /// As for [`allow::venvs`], [`Lock::take`] and [`Scripts::read`].
    pub fn take(project: &Project, which: Which<'_>) -> Result<Self> {
        let venvs = allow::venvs(project, which.venvs)?;
        // In one order for all, so that two of us never wait for each other.
        let folders: BTreeSet<&Path> = venvs.iter().map(|venv| venv.folder.as_path()).collect();
        let locks = folders.into_iter().map(Lock::take).collect::<Result<_>>()?;
        Ok(Self { project: project.folder.clone(), scripts: Scripts::read(&venvs, which.shells)?, locks })
    }

    /// What becomes of the scripts, now that it is known what they are to hold.
    ///
    /// # Errors
    /// As for [`Scripts::plan`].
    pub fn plan(self, wanted: Vec<Wanted>) -> Result<Application> {
        let plan = self.scripts.plan(&wanted)?;
        Ok(Application { plan, wanted, _locks: self.locks })
    }

    /// The same to remove everything of ours from the scripts.
    ///
    /// # Errors
    /// As for [`Scripts::plan`].
    pub fn plan_removal(self) -> Result<Application> {
        let nothing = |_| Wanted {
            content: Content::Nothing,
            project: self.project.clone(),
            profile: Choice::Default,
            takes_over: false,
        };
        let wanted = (0..self.scripts.venvs()).map(nothing).collect();
        self.plan(wanted)
    }
}

/// What is to be written, while the venvs are locked.
pub struct Application {
    /// What becomes of every script.
    pub plan: Plan,
    /// What the scripts of each venv are to hold.
    pub wanted: Vec<Wanted>,
    _locks: Vec<Lock>,
}

impl Application {
    /// Refuses scripts that git tracks; gives the venvs with scripts that it would take.
    ///
    /// # Errors
    /// git tracks a script, or cannot be asked.
    pub fn exposed(&self) -> Result<Vec<&Path>> {
        let files: Vec<PathBuf> = self.plan.files().map(|file| file.path.clone()).collect();
        let standings = git::standings(&files)?;
        if let Some(tracked) = standings.iter().position(|standing| *standing == Standing::Tracked) {
            let folder = files[tracked].parent().unwrap_or(&files[tracked]);
            return Err(Error::refused("git tracks this script, and would commit the secrets in it")
                .in_file(&files[tracked])
                .hint(format!(
                    "run: git rm -r -f --cached {} (and add the venv to .gitignore)",
                    shown_path(folder)
                )));
        }
        let all = self.plan.files().zip(standings);
        let exposed = all.filter(|(_, standing)| *standing == Standing::Exposed);
        let venvs: BTreeSet<usize> = exposed.map(|(file, _)| file.venv).collect();
        Ok(venvs.into_iter().map(|venv| &*self.plan.venvs[venv]).collect())
    }

    /// What is wrong with scripts that cannot be changed, as an error.
    ///
    /// # Errors
    /// There is one.
    pub fn broken(&self) -> Result<()> {
        Error::all(self.plan.errors().cloned().collect())
    }
}

/// Everything that `venvars apply` does before it writes: git has the secrets in no danger, the venvs are
/// locked, the values resolved and compared with the ledger. Second, what there is to warn of.
///
/// # Errors
/// As for [`exposure::guard`], [`Held::take`], [`Desired::of`] and [`Desired::compromised`].
pub fn prepare(session: &Session, which: Which<'_>, force: bool) -> Result<(Application, Vec<String>)> {
    exposure::guard(session.files.all())?;
    let held = Held::take(session.project(), which)?;
    let desired = Desired::of(session, &held.scripts, Purpose::Write { force })?;
    // They are handed on all the same, so that work goes on.
    let mut warnings: Vec<String> = desired.compromised(session)?.iter().map(Compromised::line).collect();
    let application = held.plan(desired.wanted)?;
    warnings.extend(application.exposed()?.into_iter().map(|venv| {
        let shown = from_here(venv);
        format!("{shown} will contain secrets, but git does not ignore it (`venvars doctor --fix` adds it to .gitignore)")
    }));
    Ok((application, warnings))
}
