//! What a variable is made of.

use std::collections::HashSet;

use indexmap::IndexSet;

use crate::model::source::Source;
use crate::session::environment::{Entry, Environment};
use crate::words::name::Name;

/// How deep a chain is shown.
const DEEPEST: usize = 100;

/// A variable, and below it those that its template is made of.
pub struct Chain<'e, 'a> {
    /// The variable.
    pub entry: &'e Entry<'a>,
    /// Where its value lies or what it is made of, where its source says so.
    pub reference: Option<String>,
    /// The variables that its template is made of, each once. What they are made of is said where they come first.
    pub parts: Vec<Self>,
}

impl<'e, 'a> Chain<'e, 'a> {
    /// The chain of `entry` in `environment`.
    #[must_use]
    pub fn of(environment: &'e Environment<'a>, entry: &'e Entry<'a>) -> Self {
        Self::after(environment, entry, DEEPEST, &mut HashSet::new())
    }

    fn after(
        environment: &'e Environment<'a>,
        entry: &'e Entry<'a>,
        depth: usize,
        seen: &mut HashSet<&'a Name>,
    ) -> Self {
        let definition = entry.definition();
        let reference = definition.source.reference(Environment::folder_of(definition));
        let mut parts: Vec<Self> = Vec::new();
        if let Source::Template(template) = &definition.source
            && depth > 0
            && seen.insert(entry.name())
        {
            let names: IndexSet<&Name> = template.names().collect();
            for part in names.into_iter().filter_map(|name| environment.entries.get(name)) {
                parts.push(Self::after(environment, part, depth - 1, seen));
            }
        }
        Self { entry, reference, parts }
    }
}
