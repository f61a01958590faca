//! This project, now: what its files and the world around it come to.

pub mod doctor;
pub mod environment;
pub mod ledger;
pub mod plan;
pub mod scan;
pub mod selection;
pub mod sources;
