//! What commands show, as text for people and as JSON for programs.

pub mod doctor;
pub mod explain;
pub mod heroku;
pub mod hook;
pub mod import;
pub mod init;
pub mod ledger;
pub mod manual;
pub mod plan;
pub mod rotation;
pub mod scan;
pub mod schema;
pub mod status;
pub mod variables;
