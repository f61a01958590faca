//! Whether the variables are what the project says that it needs.

use std::fmt;

use crate::model::project::{Declared, Problem};
use crate::model::secrets::Definition;
use crate::session::environment::Environment;
use crate::words::error::Error;
use crate::words::variable::Variable;

/// Something that is missing or wrong. No value is in it.
#[derive(Debug)]
pub struct Flaw {
    /// The name of the variable.
    pub name: String,
    /// What is wrong with its value; nothing if it has none.
    pub problem: Option<Problem>,
    /// What the variable is for.
    pub description: Option<String>,
    error: Error,
}

impl Flaw {
    fn missing(environment: &Environment<'_>, declared: &Declared) -> Self {
        let name = &declared.name;
        let option = match &environment.profile {
            Some(profile) => format!(" --profile {profile}"),
            None => String::new(),
        };
        let how = match declared.generate {
            Some(kind) => format!(" --generate={kind}"),
            None => String::new(),
        };
        let purpose = declared.description.iter().map(|text| format!(" ({text})")).collect::<String>();
        let error = Error::missing(format!("missing{purpose}"))
            .context(name)
            .in_file(&declared.file)
            .at(declared.position)
            .hint(format!("venvars set {name}{how}{option}"));
        Self { name: name.to_string(), problem: None, description: declared.description.clone(), error }
    }

    fn wrong(definition: &Definition, declared: &Declared, problem: Problem) -> Self {
        let error = definition.about(Error::bad_value(problem.to_string()));
        let error = match &declared.example {
            Some(example) => error.hint(format!("for example: {example}")),
            None => error,
        };
        Self {
            name: declared.name.to_string(),
            problem: Some(problem),
            description: declared.description.clone(),
            error,
        }
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

/// The required variables that nothing defines.
pub(super) fn missing<'a>(environment: &Environment<'a>) -> impl Iterator<Item = &'a Declared> {
    let profile = environment.profile.as_ref();
    let declared = environment.files.project.settings.declared.iter();
    declared.filter(move |declared| {
        declared.is_required(profile) && !environment.entries.contains_key(&declared.name)
    })
}

/// Everything that is missing, and every one of `variables` that is not what its declaration says.
pub(super) fn findings(environment: &Environment<'_>, variables: &[Variable]) -> Vec<Flaw> {
    let mut findings: Vec<Flaw> =
        missing(environment).map(|declared| Flaw::missing(environment, declared)).collect();
    for declared in &environment.files.project.settings.declared {
        let entry = environment.entries.get(&declared.name);
        let variable = variables.iter().find(|variable| variable.name == declared.name);
        if let (Some(entry), Some(variable)) = (entry, variable)
            && let Some(problem) = declared.problem(variable.value.reveal())
        {
            findings.push(Flaw::wrong(entry.definition(), declared, problem));
        }
    }
    findings
}
