//! Where the project's values are looked for.

pub mod history;
pub mod report;
pub mod search;
pub mod staged;
pub mod text;
pub mod tree;
