//! Secrets that come and go with your virtual environment.
//!
//! The folders are floors, each of which knows only the ones below it: [`session`], [`model`], [`world`],
//! [`engines`], [`words`]. The binary's edge (`src/edge`) stands on top.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "a test writes its files as it likes"))]

pub mod engines;
pub mod model;
pub mod session;
pub mod words;
pub mod world;
