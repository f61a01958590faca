//! From definitions to values.

use std::collections::HashMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::model::secrets::Definition;
use crate::model::source::Source;
use crate::session::environment::Environment;
use crate::session::sources::{Answer, NoValue, Reach};
use crate::words::error::Error;
use crate::words::message::printable;
use crate::words::name::Name;
use crate::words::secret::Secret;
use crate::words::variable::Variable;
use crate::world::command::Failure;
use crate::world::threads::side_by_side;

/// How many commands run side by side.
const COMMANDS: usize = 64;

/// What came of resolving: the variables that have a value, and what went wrong with the others.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The variables that have a value.
    pub variables: Vec<Variable>,
    /// What went wrong.
    pub errors: Vec<Error>,
    /// The names whose sources were out of reach.
    pub unasked: Vec<Name>,
}

impl Environment<'_> {
    /// Every variable that has a value within `reach`, and why the others have none.
    #[must_use]
    pub fn resolve(&self, reach: Reach) -> Outcome {
        self.resolve_only(None, reach)
    }

    /// The same of `only` one and what it is made of. A template that needs one out of reach comes to no value,
    /// and that is no error.
    pub(super) fn resolve_only(&self, only: Option<&Name>, reach: Reach) -> Outcome {
        let definitions = self.entries.values().map(|entry| (entry.name(), entry.definition())).collect();
        let (values, errors, unasked) = Default::default();
        let resolver = Resolver { environment: self, reach, definitions, values, errors, unasked };
        let wanted = resolver.wanted(only);
        resolver.resolve(&wanted)
    }
}

struct Resolver<'e, 'a> {
    environment: &'e Environment<'a>,
    reach: Reach,
    definitions: HashMap<&'e Name, &'a Definition>,
    /// What is resolved; nothing where that failed.
    values: HashMap<Name, Option<Secret>>,
    errors: Vec<Error>,
    unasked: Vec<Name>,
}

impl<'a> Resolver<'_, 'a> {
    fn resolve(mut self, wanted: &[&'a Definition]) -> Outcome {
        self.ask(wanted);
        for definition in wanted {
            self.expand(definition, &mut Vec::new());
        }
        let settings = &self.environment.files.project.settings;
        let variables = wanted
            .iter()
            .filter_map(|definition| {
                let value = self.values.remove(&definition.name)??;
                let overrides = settings.overrides(definition.name.as_str());
                Some(Variable { name: definition.name.clone(), value, overrides })
            })
            .collect();
        Outcome { variables, errors: self.errors, unasked: self.unasked }
    }

    /// The definitions to resolve, in the order of the environment.
    fn wanted(&self, only: Option<&Name>) -> Vec<&'a Definition> {
        let all = || self.environment.entries.values().map(super::Entry::definition);
        let Some(only) = only else { return all().collect() };
        let names = self.environment.made_of(only);
        all().filter(|definition| names.contains(&&definition.name)).collect()
    }

    /// Takes over what a source gave for `definition`, or the error.
    fn take(&mut self, definition: &Definition, text: Result<Zeroizing<String>, Error>) {
        let value = text.and_then(|mut text| {
            Secret::of(&definition.name, std::mem::take(&mut *text))
                .map_err(|misfit| definition.about(Error::misfit(misfit)))
        });
        let value = value.map_err(|error| self.errors.push(error)).ok();
        self.values.insert(definition.name.clone(), value);
    }

    /// Asks the source of each definition, commands side by side.
    fn ask(&mut self, wanted: &[&'a Definition]) {
        let (commands, others): (Vec<&Definition>, Vec<&Definition>) =
            wanted.iter().partition(|one| matches!(one.source, Source::Command(_)));
        for definition in others {
            if !matches!(definition.source, Source::Template(_)) {
                let answer = self.answer(definition);
                self.take_answer(definition, answer, &mut Vec::new());
            }
        }
        let mut failures: Vec<(&Definition, Arc<Failure>)> = Vec::new();
        let answers = side_by_side(commands.clone(), COMMANDS, |definition| self.answer(definition));
        for (definition, answer) in commands.into_iter().zip(answers) {
            self.take_answer(definition, answer, &mut failures);
        }
        // Told when every value is known, so that none of them is shown.
        let told = failures.iter().map(|(definition, failure)| self.told(definition, failure));
        self.errors.extend(told.collect::<Vec<_>>());
    }

    fn answer(&self, definition: &Definition) -> Answer {
        self.environment.files.sources.ask(&definition.source, &definition.file, self.reach)
    }

    fn take_answer(
        &mut self,
        definition: &'a Definition,
        answer: Answer,
        failures: &mut Vec<(&'a Definition, Arc<Failure>)>,
    ) {
        match answer {
            Ok(text) => return self.take(definition, Ok(text)),
            Err(NoValue::Error(error)) => return self.take(definition, Err(definition.about(error))),
            Err(NoValue::Command(failure)) => failures.push((definition, failure)),
            Err(NoValue::Unasked) => self.unasked.push(definition.name.clone()),
        }
        self.values.insert(definition.name.clone(), None);
    }

    fn told(&self, definition: &Definition, failure: &Failure) -> Error {
        let said = masked(&failure.said, self.values.values().flatten());
        let error = failure.error.clone();
        definition.about(if said.is_empty() { error } else { error.adding(format!(": {said}")) })
    }

    /// The value of a template; `way` is how its names led to it.
    fn expand(&mut self, definition: &'a Definition, way: &mut Vec<&'a Name>) {
        let Source::Template(template) = &definition.source else {
            return;
        };
        if self.values.contains_key(&definition.name) {
            return;
        }
        way.push(&definition.name);
        let error = template.names().find_map(|name| self.needed(definition, name, way));
        way.pop();
        if let Some(error) = error {
            self.errors.push(error);
            self.values.insert(definition.name.clone(), None);
            return;
        }
        match template.expand(|name| self.values.get(name)?.as_ref().map(Secret::reveal)) {
            Some(text) => self.take(definition, Ok(text)),
            // What it is made of has failed, and that is told already.
            None => drop(self.values.insert(definition.name.clone(), None)),
        }
    }

    /// Sees to it that `name`, which a template needs, is resolved; says what is wrong if it cannot be.
    fn needed(&mut self, template: &Definition, name: &'a Name, way: &mut Vec<&'a Name>) -> Option<Error> {
        let Some(definition) = self.definitions.get(name).copied() else {
            let error = Error::missing(format!("the template names {name}, which is no variable here"));
            return Some(template.about(error).hint(self.environment.way_to(name.as_str())));
        };
        if let Some(begin) = way.iter().position(|on_way| *on_way == name) {
            let mut names: Vec<&str> = way[begin..].iter().map(|name| name.as_str()).collect();
            names.push(name.as_str());
            let error = Error::syntax(format!("the templates go round in a loop: {}", names.join(" → ")));
            return Some(template.about(error).hint("take one of the references out"));
        }
        self.expand(definition, way);
        None
    }
}

/// The end of what a command said, on one line, with every one of `values` masked.
fn masked<'v>(said: &str, values: impl Iterator<Item = &'v Secret>) -> String {
    /// How many lines are shown.
    const LINES: usize = 3;

    let known: Vec<_> = values.map(|value| Zeroizing::new(value.reveal().to_owned())).collect();
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    printable(&lines[lines.len().saturating_sub(LINES)..].join("; "), &known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::message::MASK;

    #[test]
    fn no_known_value_is_shown() {
        let values = ["hunter2", "hunter2-long", "line one\nline two", "x", ""];
        let values: Vec<Secret> = values.iter().filter_map(|text| Secret::new((*text).to_owned())).collect();
        let said = masked("\u{1b}[31mhunter2-long hunter2\nax\n\n line two ", values.iter());
        assert_eq!(said, format!("[31m{MASK} {MASK}; ax; {MASK}"));
        assert_eq!(masked("a\nb\nc\nd\n", [].into_iter()), "b; c; d");
    }
}
