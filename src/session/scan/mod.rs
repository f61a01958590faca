//! Where the project's values are looked for.

pub mod history;
pub mod report;
pub mod staged;
pub mod tree;
