//! What a project gives in one profile: the layers of definitions, and the values they come to.

mod check;
mod resolve;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use indexmap::{IndexMap, IndexSet};

use crate::model::project::{Project, Settings};
use crate::model::secrets::{Definition, Layer, Secrets, printable};
use crate::model::source::Source;
use crate::session::allow::{self, Permission};
use crate::session::backups::or_made;
use crate::session::sources::{Reach, Sources};
use crate::words::cause::Cause;
use crate::words::did_you_mean;
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::{Choice, ProfileName};
use crate::words::variable::Variable;

pub use check::Flaw;
pub use resolve::Outcome;

/// Everything that is read from files, and nothing that is asked from elsewhere.
#[derive(Clone)]
pub struct Files {
    /// The project with its settings.
    pub project: Project,
    /// The project's secrets.
    pub secrets: Secrets,
    /// The user's own secrets for all projects, where the project declares variables.
    pub user: Option<Secrets>,
    /// What their sources gave in this run.
    pub sources: Sources,
    /// What they ask for that can act.
    pub permission: Permission,
    /// The settings before what is not allowed was taken out of them.
    pub(in crate::session) found: Settings,
}

impl Files {
    /// Reads the secrets of `project`, and the user's own if the project declares variables.
    ///
    /// # Errors
    /// A file cannot be read, or something in it is not valid.
    pub fn read(project: Project, sources: &Sources) -> Result<Self> {
        let (files, errors) = Self::read_in_part(project, sources);
        Error::all(errors).map(|()| files)
    }

    /// Reads what is valid; also returns the errors.
    #[must_use]
    pub fn read_in_part(project: Project, sources: &Sources) -> (Self, Vec<Error>) {
        let (secrets, mut errors) = match allow::require_secrets(&project) {
            Ok(()) => {
                let (secrets, errors) = Secrets::read_in_part(&project.secrets);
                (secrets, errors.into_iter().map(|error| or_made(&project, error)).collect())
            }
            Err(error) => (Secrets::empty(&project.secrets), vec![error]),
        };
        let is_asked_for = |file: &PathBuf| !project.settings.declared.is_empty() && file.exists();
        let user = Secrets::of_user().filter(is_asked_for).map(|file| {
            let (mut user, wrong) = Secrets::read_in_part(&file);
            errors.extend(wrong);
            user.definitions.iter_mut().for_each(|definition| definition.layer = Layer::User);
            user
        });
        let found = project.settings.clone();
        let mut project = project;
        let (permission, error) = Permission::of(&mut project, &secrets, user.as_ref());
        errors.extend(error);
        if let Some(user) = &user {
            match allow::require_closed(user) {
                Ok(()) => sources.permit([&user.file]),
                Err(error) => errors.push(error),
            }
        }
        if permission.unallowed().next().is_none() {
            sources.permit([&secrets.file]);
        }
        (Self { project, secrets, user, sources: sources.clone(), permission, found }, errors)
    }

    /// The project as it was found, with what is not allowed.
    #[must_use]
    pub fn found(&self) -> Project {
        Project { settings: self.found.clone(), ..self.project.clone() }
    }

    /// The public keys that values are encrypted for.
    ///
    /// # Errors
    /// As for [`allow::recipients`].
    pub fn recipients(&self) -> Result<Vec<String>> {
        allow::recipients(&self.found()).map(<[String]>::to_vec)
    }

    /// The secrets, the project's own first.
    pub fn all(&self) -> impl Iterator<Item = &Secrets> {
        std::iter::once(&self.secrets).chain(&self.user)
    }

    /// The top level and every profile.
    pub fn profiles(&self) -> impl Iterator<Item = Choice> {
        let named = self.secrets.profiles.keys().cloned().map(Choice::Named);
        std::iter::once(Choice::Top).chain(named)
    }

    /// The files that hold values because they are to: the secrets, and what their `file` sources name.
    #[must_use]
    pub fn holders(&self) -> BTreeSet<PathBuf> {
        let mut holders = BTreeSet::new();
        for secrets in self.all() {
            let folder = secrets.file.parent().unwrap_or(Path::new("."));
            holders.insert(secrets.file.to_path_buf());
            holders.extend(secrets.all().filter_map(|definition| match &definition.source {
                Source::File(file) => Some(folder.join(&file.path)),
                _ => None,
            }));
        }
        holders
    }

    /// What the project gives in the profile of `choice`, else the settings' own.
    ///
    /// # Errors
    /// There is no such profile.
    pub fn environment(&self, choice: &Choice) -> Result<Environment<'_>> {
        let profile = choice.or(&self.project.settings.default_profile).named();
        let mut environment =
            Environment { files: self, profile: profile.cloned(), entries: IndexMap::new() };
        let chain = profile.map(|name| self.secrets.chain(name)).transpose()?.unwrap_or_default();
        // The top level first, for its order; what ranks higher goes in front.
        let above = chain.iter().rev().map(|profile| &profile.definitions);
        for definition in std::iter::once(&self.secrets.definitions).chain(above).flatten() {
            environment.put(definition, true);
        }
        for declared in self.project.settings.declared.values() {
            let name = &declared.name;
            let user = self.user.iter().flat_map(|user| &user.definitions).find(|one| one.name == *name);
            for definition in user.into_iter().chain(&declared.default) {
                environment.put(definition, false);
            }
        }
        Ok(environment)
    }
}

/// A name with what defines it.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The definition that counts, and below it those that it hides, the nearest first.
    pub definitions: Vec<&'a Definition>,
}

impl<'a> Entry<'a> {
    /// The definition that counts.
    #[must_use]
    pub fn definition(&self) -> &'a Definition {
        self.definitions[0]
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &'a Name {
        &self.definition().name
    }
}

/// What a project gives in one profile.
pub struct Environment<'a> {
    /// Where it comes from.
    pub files: &'a Files,
    /// The profile, if it is one.
    pub profile: Option<ProfileName>,
    /// The variables: the top level in its order, then what profiles, the user and defaults add.
    pub entries: IndexMap<&'a Name, Entry<'a>>,
}

/// That no variable called `name` is set `within` a profile or a file, and `hint`, where it is not declared either.
#[must_use]
pub fn unknown(settings: &Settings, name: &str, within: String, hint: String) -> Error {
    if settings.declaration(name).is_some() {
        let error = Error::missing(format!("{name} is declared, but not set{within}"));
        return error.hint(format!("venvars set {name}"));
    }
    Error::from(Cause::NoVariable { name: printable(name).to_owned(), within }).hint(hint)
}

impl<'a> Environment<'a> {
    /// Adds a definition, above or below those of its name.
    fn put(&mut self, definition: &'a Definition, above: bool) {
        let entry = self.entries.entry(&definition.name).or_insert_with(|| Entry { definitions: Vec::new() });
        let at = if above { 0 } else { entry.definitions.len() };
        entry.definitions.insert(at, definition);
    }

    /// The variable called `name`.
    ///
    /// # Errors
    /// There is none; the error names the nearest one that there is.
    pub fn find(&self, name: &str) -> Result<&Entry<'a>> {
        let entry = Name::new(name).ok().and_then(|name| self.entries.get(&name));
        entry.ok_or_else(|| {
            let within = self.profile.iter().map(|profile| format!(" in profile {profile}")).collect();
            let settings = &self.files.project.settings;
            unknown(settings, name, within, self.way_to(name)).in_file(&self.files.secrets.file)
        })
    }

    /// Where to look for a variable that is not there.
    fn way_to(&self, name: &str) -> String {
        if let Some(Layer::Profile(profile)) =
            self.files.secrets.all().find(|one| one.name.as_str() == name).map(|one| &one.layer)
        {
            return format!("it is in profile {profile}: --profile {profile}");
        }
        let known = self.entries.keys().map(|name| name.as_str());
        did_you_mean(name, known, "`venvars list` lists the variables")
    }

    /// Whether every value lies on this disk as plain text anyway.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.entries.values().all(|entry| entry.definition().source.is_plain())
    }

    /// The value of `name` alone; asks no source that it does not need.
    ///
    /// # Errors
    /// As for [`Environment::find`] and [`Environment::variables`].
    pub fn variable(&self, name: &str) -> Result<Variable> {
        let name = self.find(name)?.name();
        let outcome = self.resolve_only(Some(name), Reach::All);
        Error::all(outcome.errors)?;
        let variable = outcome.variables.into_iter().find(|variable| variable.name == *name);
        variable.ok_or_else(|| Error::missing(format!("{name}: no value")))
    }

    /// `name` and all that its template is made of.
    #[must_use]
    pub fn made_of<'n>(&self, name: &'n Name) -> IndexSet<&'n Name>
    where
        'a: 'n,
    {
        let mut names = IndexSet::from([name]);
        let mut next = 0;
        while let Some(name) = names.get_index(next) {
            next += 1;
            if let Some(Source::Template(template)) =
                self.entries.get(*name).map(|one| &one.definition().source)
            {
                names.extend(template.names());
            }
        }
        names
    }

    /// `names` and the variables whose templates are made with one of them.
    #[must_use]
    pub fn made_with<'n>(&'n self, names: &'n [Name]) -> IndexSet<&'n Name> {
        let mut users: HashMap<&Name, Vec<&Name>> = HashMap::new();
        for entry in self.entries.values() {
            if let Source::Template(template) = &entry.definition().source {
                template.names().for_each(|part| users.entry(part).or_default().push(entry.name()));
            }
        }
        let mut made: IndexSet<&Name> = names.iter().collect();
        let mut next = 0;
        while let Some(name) = made.get_index(next) {
            next += 1;
            made.extend(users.remove(*name).unwrap_or_default());
        }
        made
    }

    /// The folder that the paths of `definition` are relative to.
    #[must_use]
    pub fn folder_of(definition: &Definition) -> &Path {
        definition.file.parent().unwrap_or(Path::new("."))
    }
}
