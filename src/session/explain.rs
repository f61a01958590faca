//! What a variable is made of.

use crate::model::source::Source;
use crate::session::environment::{Entry, Environment};
use crate::words::name::Name;

/// A variable, and below it those that its template is made of.
pub struct Chain<'e, 'a> {
    /// The variable.
    pub entry: &'e Entry<'a>,
    /// Where its value lies or what it is made of, where its source says so.
    pub reference: Option<String>,
    /// The variables that its template is made of, each once, less those that led here: a loop ends there.
    pub parts: Vec<Self>,
}

impl<'e, 'a> Chain<'e, 'a> {
    /// The chain of `entry` in `environment`.
    #[must_use]
    pub fn of(environment: &'e Environment<'a>, entry: &'e Entry<'a>) -> Self {
        Self::after(environment, entry, &mut Vec::new())
    }

    fn after(environment: &'e Environment<'a>, entry: &'e Entry<'a>, way: &mut Vec<&'a Name>) -> Self {
        let definition = entry.definition();
        let reference = definition.source.reference(Environment::folder_of(definition));
        way.push(entry.name());
        let mut parts: Vec<Self> = Vec::new();
        if let Source::Template(template) = &definition.source {
            for part in template.names().filter_map(|name| environment.entries.get(name)) {
                if !way.contains(&part.name()) && parts.iter().all(|one| one.entry.name() != part.name()) {
                    parts.push(Self::after(environment, part, way));
                }
            }
        }
        way.pop();
        Self { entry, reference, parts }
    }
}
