//! Secrets that come and go with your virtual environment.
//!
//! Data flows one way: `secrets.toml` → [`secrets::Secrets`] → [`environment::Environment`] → [`variable::Variable`]s →
//! [`block::Blocks`] → [`plan::Plan`] → disk. Everything before the last step is pure.

pub mod block;
pub mod disk;
pub mod doctor;
pub mod environment;
pub mod error;
pub mod export;
pub mod git;
pub mod heroku;
pub mod hook;
pub mod import;
pub mod leak;
pub mod mask;
pub mod message;
pub mod name;
pub mod plan;
pub mod project;
pub mod prompt;
pub mod rotation;
pub mod schema;
pub mod script;
pub mod secrets;
pub mod shell;
pub mod source;
pub mod value;
pub mod variable;
pub mod venv;

/// The one of `known` that is most like `word`, if any is like it at all.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= 1.max(word.chars().count() / 3))
        .min()
        .map(|(_, name)| name)
}
