//! Heroku's config vars, over its Platform API.
//!
//! [`address`] says where the API is, [`token`] who we are, [`app`] which app is meant, [`api`] asks
//! and sends, and [`diff`] compares. What Heroku says of an error goes through [`crate::words::message`] before
//! anybody sees it.

pub mod address;
mod answer;
pub mod api;
pub mod app;
pub mod diff;
pub mod netrc;
mod retry;
pub mod token;

use crate::world::variables;

/// The environment variable `name`, as text; an empty one counts as none, as in Heroku's own CLI.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    variables::text(name).filter(|text| !text.trim().is_empty())
}
