//! Whether the variables are what the project says that it needs.

use std::fmt;

use crate::model::project::Declared;
use crate::model::secrets::Definition;
use crate::session::environment::Environment;
use crate::session::sources::Reach;
use crate::words::error::{Error, Result};
use crate::words::variable::Variable;

/// Something that is missing or wrong. No value is in it.
#[derive(Debug)]
pub struct Flaw {
    /// The name of the variable.
    pub name: String,
    /// What is wrong with its value; [`None`] if it has none.
    pub problem: Option<String>,
    /// What the variable is for.
    pub description: Option<String>,
    error: Error,
}

impl Flaw {
    fn missing(environment: &Environment<'_>, declared: &Declared) -> Self {
        let name = &declared.name;
        let option =
            environment.profile.iter().map(|profile| format!(" --profile {profile}")).collect::<String>();
        let how = declared.generate.iter().map(|kind| format!(" --generate={kind}")).collect::<String>();
        let purpose = declared.description.iter().map(|text| format!(" ({text})")).collect::<String>();
        let error = Error::missing(format!("missing{purpose}"))
            .context(name)
            .in_file(&declared.file)
            .at(declared.position)
            .hint(format!("venvars set {name}{how}{option}"));
        Self { name: name.to_string(), problem: None, description: declared.description.clone(), error }
    }

    fn wrong(definition: &Definition, declared: &Declared, problem: String) -> Self {
        let error = definition.about(Error::bad_value(problem.as_str()));
        let error = match &declared.example {
            Some(example) => error.hint(format!("for example: {example}")),
            None => error,
        };
        let (name, description) = (declared.name.to_string(), declared.description.clone());
        Self { name, problem: Some(problem), description, error }
    }

    /// The finding as an error, with its place and the way out.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<'a> Environment<'a> {
    /// Required variables that nothing defines: no source is asked.
    pub fn missing(&self) -> impl Iterator<Item = &'a Declared> {
        let declared = self.files.project.settings.declared.values();
        declared.filter(|one| one.is_required(self.profile.as_ref()) && !self.entries.contains_key(&one.name))
    }

    /// The same as errors, with the way out.
    #[must_use]
    pub fn missing_errors(&self) -> Vec<Error> {
        self.missing().map(|declared| Flaw::missing(self, declared).error).collect()
    }

    /// What is missing, and every one of `variables`, its values, that is not what its declaration says.
    #[must_use]
    pub fn findings(&self, variables: &[Variable]) -> Vec<Flaw> {
        let wrong = self.files.project.settings.declared.values().filter_map(|declared| {
            let variable = variables.iter().find(|variable| variable.name == declared.name)?;
            let problem = declared.problem(variable.value.reveal())?;
            Some(Flaw::wrong(self.entries.get(&declared.name)?.definition(), declared, problem))
        });
        self.missing().map(|declared| Flaw::missing(self, declared)).chain(wrong).collect()
    }

    /// Every variable that has a value, what is missing or wrong, and what could not be asked.
    #[must_use]
    pub fn check(&self) -> (Vec<Variable>, Vec<Flaw>, Vec<Error>) {
        let outcome = self.resolve(Reach::All);
        let findings = self.findings(&outcome.variables);
        (outcome.variables, findings, outcome.errors)
    }

    /// Every variable with its value; commands run side by side.
    ///
    /// # Errors
    /// All that went wrong: a source that gave no value, a template that cannot be expanded, a
    /// required variable that is missing, a value that is not what its declaration says.
    pub fn variables(&self) -> Result<Vec<Variable>> {
        self.variables_within(Reach::All)
    }

    /// The variables whose values are within `reach`.
    ///
    /// # Errors
    /// As for [`Self::variables`], of what can be told of these.
    pub fn variables_within(&self, reach: Reach) -> Result<Vec<Variable>> {
        self.files.permission.require(&self.files.project)?;
        let outcome = self.resolve(reach);
        let mut errors = outcome.errors;
        errors.extend(self.findings(&outcome.variables).into_iter().map(Flaw::into_error));
        Error::all(errors).map(|()| outcome.variables)
    }
}
