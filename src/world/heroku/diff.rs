//! The variables here beside the config vars there.

use crate::words::error::{Error, Result};
use crate::words::nearest;
use crate::words::variable::Variable;
use crate::world::heroku::api::ConfigVars;

/// How a variable stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncState {
    /// It is here, and not on Heroku.
    OnlyHere,
    /// It is on both sides, with different values.
    Differs,
    /// It is on both sides, with the same value.
    Same,
    /// It is on Heroku, and not here.
    OnlyThere,
}

/// The name of a variable, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The name; of [`SyncState::OnlyThere`], any text that Heroku lets be a name.
    pub name: String,
    /// How it stands.
    pub standing: SyncState,
}

/// Every variable of both sides: those of `here` in their order, then those that are only `there`,
/// sorted. With `only`, just those names.
///
/// # Errors
/// A name of `only` is on neither side; the error names the nearest one that is.
pub fn compare(here: &[Variable], there: &ConfigVars, only: &[String]) -> Result<Vec<Difference>> {
    let local = here.iter().map(|variable| {
        let name = variable.name.as_str();
        let standing = match there.get(name) {
            None => SyncState::OnlyHere,
            Some(value) if *value == variable.value => SyncState::Same,
            Some(_) => SyncState::Differs,
        };
        Difference { name: name.to_owned(), standing }
    });
    let remote = there
        .keys()
        .filter(|name| here.iter().all(|variable| variable.name.as_str() != *name))
        .map(|name| Difference { name: name.clone(), standing: SyncState::OnlyThere });
    let mut entries: Vec<Difference> = local.chain(remote).collect();
    for name in only {
        if entries.iter().all(|entry| entry.name != *name) {
            let error = Error::usage("a name after --only exists neither here nor on Heroku");
            return Err(match nearest(name, entries.iter().map(|entry| entry.name.as_str())) {
                Some(near) => error.hint(format!("did you mean {}?", near.escape_debug())),
                None => error.hint("`venvars heroku diff` lists the names"),
            });
        }
    }
    entries.retain(|entry| only.is_empty() || only.contains(&entry.name));
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::secret::Secret;

    fn names(only: &[&str]) -> Result<Vec<(String, SyncState)>> {
        let here: Vec<_> = [("B", "1"), ("A", "1"), ("C", "")]
            .iter()
            .map(|(name, value)| Variable::masked(name, true, value).unwrap())
            .collect();
        let there = [("A", "2"), ("B", "1"), ("D", ""), ("x-y", "1")]
            .map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned()).unwrap()));
        let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
        let entries = compare(&here, &there.into_iter().collect(), &only)?;
        Ok(entries.into_iter().map(|entry| (entry.name, entry.standing)).collect())
    }

    #[test]
    fn every_variable_of_both_sides_has_a_standing() {
        let expected = [
            ("B", SyncState::Same),
            ("A", SyncState::Differs),
            ("C", SyncState::OnlyHere),
            ("D", SyncState::OnlyThere),
            ("x-y", SyncState::OnlyThere),
        ];
        let expected = expected.map(|(name, standing)| (name.to_owned(), standing));
        assert_eq!(names(&[]).unwrap(), expected);
        assert_eq!(names(&["A", "D"]).unwrap(), [expected[1].clone(), expected[3].clone()]);
        assert_eq!(names(&["a"]).unwrap_err().remedy(), Some("did you mean A?"));
    }
}
