//! What the project's files say.

pub mod fallbacks;
pub mod project;
pub mod secrets;
pub mod source;
pub mod venv;
