//! From definitions to values.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexSet;
use zeroize::Zeroizing;

use crate::model::secrets::{Definition, Secrets};
use crate::model::source::Source;
use crate::model::source::template::Template;
use crate::session::environment::Environment;
use crate::session::sources::{Answer, NoValue, Reach};
use crate::words::error::Error;
use crate::words::message::{printable, round};
use crate::words::name::Name;
use crate::words::secret::Secret;
use crate::words::variable::Variable;
use crate::world::command::Failure;
use crate::world::threads::side_by_side;

/// How many commands run side by side.
const COMMANDS: usize = 64;

/// Through how many others a template may lead.
const DEEPEST: usize = 1000;

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
        let (values, depths, errors, unasked) = Default::default();
        let resolver = Resolver { environment: self, reach, definitions, values, depths, errors, unasked };
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
    /// Through how many others each template leads.
    depths: HashMap<&'a Name, usize>,
    errors: Vec<Error>,
    unasked: Vec<Name>,
}

impl<'a> Resolver<'_, 'a> {
    fn resolve(mut self, wanted: &[&'a Definition]) -> Outcome {
        self.ask(wanted);
        for definition in wanted {
            self.expand(definition);
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
        all().filter(|definition| names.contains(&definition.name)).collect()
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
        // Also of those that were not asked for: what lies here anyway.
        let files = self.environment.files;
        let old = files.all().flat_map(|secrets| secrets.rotated.iter().map(|old| &old.source));
        let literals = files.all().flat_map(Secrets::all).map(|one| &one.source).chain(old);
        let literals = literals.filter_map(|source| match source {
            Source::Literal(value) => Some(value),
            _ => None,
        });
        let said = masked(&failure.said, self.values.values().flatten().chain(literals));
        let error = failure.error.clone();
        definition.about(if said.is_empty() { error } else { error.adding(format!(": {said}")) })
    }

    /// The value of a template, and of those that it is made of.
    fn expand(&mut self, definition: &'a Definition) {
        // How names led from one template to the next, each with those of its names that are not looked at yet.
        let mut way = Vec::new();
        let mut on_way: IndexSet<&Name> = IndexSet::new();
        let mut next = self.unknown(definition);
        loop {
            if let Some((definition, template)) = next.take() {
                on_way.insert(&definition.name);
                way.push((definition, template, template.names(), 0));
            }
            let Some((definition, template, names, deepest)) = way.last_mut() else { return };
            let (definition, template) = (*definition, *template);
            let outcome = match names.next() {
                None => match template.expand(|name| self.values.get(name)?.as_ref().map(Secret::reveal)) {
                    Some(_) if *deepest >= DEEPEST => {
                        let what = format!("the template refers to more than {DEEPEST} others");
                        Err(Error::unsupported(what).hint("replace one of them with a value"))
                    }
                    // Nothing where what it is made of has failed, and that is told already.
                    text => Ok(text),
                },
                Some(name) if on_way.contains(name) => {
                    let begin = on_way.get_index_of(name).unwrap_or_default();
                    let names = on_way.iter().skip(begin).map(|name| name.as_str());
                    let what = match names.len() {
                        1 => "the template refers to itself".to_owned(),
                        _ => format!("the templates refer to each other in a loop: {}", round(names)),
                    };
                    Err(Error::syntax(what).hint("remove one of the references"))
                }
                Some(name) => match self.definitions.get(name) {
                    Some(needed) => {
                        *deepest = (*deepest).max(self.depths.get(name).map_or(0, |depth| depth + 1));
                        next = self.unknown(needed);
                        continue;
                    }
                    None => Err(self.nameless(name)),
                },
            };
            let depth = *deepest;
            self.depths.insert(&definition.name, depth);
            on_way.pop();
            way.pop();
            if let Some((.., deepest)) = way.last_mut() {
                *deepest = (*deepest).max(depth + 1);
            }
            match outcome {
                Ok(Some(text)) => self.take(definition, Ok(text)),
                Ok(None) => drop(self.values.insert(definition.name.clone(), None)),
                Err(error) => self.take(definition, Err(definition.about(error))),
            }
        }
    }

    /// The definition and its template, if it is one that has not been expanded.
    fn unknown(&self, definition: &'a Definition) -> Option<(&'a Definition, &'a Template)> {
        match &definition.source {
            Source::Template(template) if !self.values.contains_key(&definition.name) => {
                Some((definition, template))
            }
            _ => None,
        }
    }

    /// A template names what is not there.
    fn nameless(&self, name: &Name) -> Error {
        /// How many errors name the nearest variable, which takes a look at every one.
        const MOST: usize = 100;

        let error = Error::missing(format!("the template uses {name}, which is not defined"));
        if self.errors.len() < MOST { error.hint(self.environment.way_to(name.as_str())) } else { error }
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
