//! From definitions to values.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::thread;

use zeroize::Zeroizing;

use crate::model::secrets::Definition;
use crate::model::source::Source;
use crate::model::source::template::Template;
use crate::session::environment::Environment;
use crate::words::error::Error;
use crate::words::message::printable;
use crate::words::name::Name;
use crate::words::secret::Secret;
use crate::words::variable::Variable;
use crate::world::age::{self, Identities};
use crate::world::command::{Command, Failure};
use crate::world::keyring;

/// How many commands run side by side.
const COMMANDS: usize = 64;

/// What came of resolving: the variables that have a value, and what went wrong with the others.
pub(super) struct Outcome {
    pub variables: Vec<Variable>,
    pub errors: Vec<Error>,
}

/// Resolves every variable of `environment`, or `only` one and what it is made of.
pub(super) fn resolve(environment: &Environment<'_>, only: Option<&Name>) -> Outcome {
    let resolver = Resolver::new(environment);
    let wanted = resolver.wanted(only);
    resolver.resolve(&wanted)
}

/// Resolves the variables of `environment` in which only sources have a part that `is_meant` says.
pub(super) fn resolve_those(environment: &Environment<'_>, is_meant: impl Fn(&Source) -> bool) -> Outcome {
    let resolver = Resolver::new(environment);
    let mut wanted = resolver.wanted(None);
    // A template that needs one of the others comes to no value, and that is no error.
    wanted.retain(|definition| is_meant(&definition.source));
    resolver.resolve(&wanted)
}

struct Resolver<'e, 'a> {
    environment: &'e Environment<'a>,
    definitions: HashMap<&'e Name, &'a Definition>,
    /// What is resolved; nothing where that failed.
    values: HashMap<Name, Option<Secret>>,
    errors: Vec<Error>,
}

impl<'e, 'a> Resolver<'e, 'a> {
    fn new(environment: &'e Environment<'a>) -> Self {
        let definitions =
            environment.entries.values().map(|entry| (entry.name(), entry.definition())).collect();
        Self { environment, definitions, values: HashMap::new(), errors: Vec::new() }
    }

    fn resolve(mut self, wanted: &[&'a Definition]) -> Outcome {
        self.read(wanted);
        self.run_commands(wanted);
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
        Outcome { variables, errors: self.errors }
    }

    /// The definitions to resolve, in the order of the environment.
    fn wanted(&self, only: Option<&Name>) -> Vec<&'a Definition> {
        let all = || self.environment.entries.values().map(super::Entry::definition);
        let Some(only) = only else {
            return all().collect();
        };
        let mut names: Vec<&Name> = vec![only];
        let mut next = 0;
        while let Some(name) = names.get(next) {
            next += 1;
            if let Some(Source::Template(template)) = self.definitions.get(name).map(|one| &one.source) {
                let more: Vec<&Name> = template.names().filter(|name| !names.contains(name)).collect();
                names.extend(more);
            }
        }
        all().filter(|definition| names.contains(&&definition.name)).collect()
    }

    /// Takes over what a source gave for `definition`, or the error.
    fn take(&mut self, definition: &Definition, text: Result<Zeroizing<String>, Error>) {
        let value = text.and_then(|mut text| {
            Secret::of(&definition.name, std::mem::take(&mut *text))
                .map_err(|misfit| definition.error(misfit).hint(misfit.hint()))
        });
        let value = value.map_err(|error| self.errors.push(error)).ok();
        self.values.insert(definition.name.clone(), value);
    }

    /// Everything that is read without starting a command.
    fn read(&mut self, wanted: &[&'a Definition]) {
        // Only a message needs them, and then they are read once.
        let identities = OnceCell::new();
        let identities =
            || identities.get_or_init(|| age::identity_files().and_then(|files| Identities::load(&files)));
        for definition in wanted {
            match &definition.source {
                Source::Literal(value) => {
                    self.values.insert(definition.name.clone(), Some(value.clone()));
                }
                Source::File(file) => {
                    let text = file.read(Environment::folder_of(definition));
                    self.take(definition, text.map_err(|error| definition.about(error)));
                }
                Source::Keyring(entry) => {
                    let text = keyring::get(entry, keyring::PATIENCE);
                    self.take(definition, text.map_err(|error| definition.about(error)));
                }
                Source::Age(message) => match identities() {
                    Ok(identities) => {
                        let text = age::decrypt(identities, message);
                        self.take(definition, text.map_err(|error| definition.about(error)));
                    }
                    Err(error) => {
                        let told = definition.error(error);
                        let hint = error.way_out().unwrap_or_default();
                        self.take(definition, Err(told.hint(hint)));
                    }
                },
                Source::Template(_) | Source::Command(_) => {}
            }
        }
    }

    fn run_commands(&mut self, wanted: &[&'a Definition]) {
        let commands: Vec<(&Definition, &Command)> = wanted
            .iter()
            .filter_map(|definition| match &definition.source {
                Source::Command(command) => Some((*definition, command)),
                _ => None,
            })
            .collect();
        let mut failures: Vec<(&Definition, Failure)> = Vec::new();
        for commands in commands.chunks(COMMANDS) {
            let ended: Vec<_> = thread::scope(|scope| {
                let running: Vec<_> = commands
                    .iter()
                    .map(|(definition, command)| scope.spawn(|| command.run(&definition.file)))
                    .collect();
                running
                    .into_iter()
                    .map(|command| command.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                    .collect()
            });
            for ((definition, _), ended) in commands.iter().zip(ended) {
                match ended {
                    Ok(text) => self.take(definition, Ok(text)),
                    Err(failure) => failures.push((definition, failure)),
                }
            }
        }
        // Told when every value is known, so that none of them is shown.
        for (definition, failure) in failures {
            let error = self.told(definition, &failure);
            self.errors.push(error);
            self.values.insert(definition.name.clone(), None);
        }
    }

    fn told(&self, definition: &Definition, failure: &Failure) -> Error {
        let said = masked(&failure.said, self.values.values().flatten());
        let error = if said.is_empty() {
            definition.error(&failure.message)
        } else {
            definition.error(format!("{}: {said}", failure.message))
        };
        match &failure.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
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
        let text = self.fill(template);
        match text {
            Some(text) => self.take(definition, Ok(text)),
            // What it is made of has failed, and that is told already.
            None => {
                self.values.insert(definition.name.clone(), None);
            }
        }
    }

    fn fill(&self, template: &Template) -> Option<Zeroizing<String>> {
        template.expand(|name| self.values.get(name)?.as_ref().map(Secret::reveal))
    }

    /// Sees to it that `name`, which a template needs, is resolved; says what is wrong if it cannot be.
    fn needed(&mut self, template: &Definition, name: &'a Name, way: &mut Vec<&'a Name>) -> Option<Error> {
        let Some(definition) = self.definitions.get(name).copied() else {
            return Some(
                template
                    .error(format!("the template names {name}, which is no variable here"))
                    .hint(self.environment.way_to(name.as_str())),
            );
        };
        if let Some(begin) = way.iter().position(|on_way| *on_way == name) {
            let mut names: Vec<&str> = way[begin..].iter().map(|name| name.as_str()).collect();
            names.push(name.as_str());
            return Some(
                template
                    .error(format!("the templates go round in a loop: {}", names.join(" → ")))
                    .hint("take one of the references out"),
            );
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
