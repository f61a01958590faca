//! Secrets that come and go with your virtual environment.
//!
//! The folders are floors, each of which knows only the ones below it: [`session`], [`model`], [`world`],
//! [`engines`], [`words`]. The binary's edge (`src/edge`) stands on top.

pub mod engines;
pub mod model;
pub mod session;
pub mod words;
pub mod world;
