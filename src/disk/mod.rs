//! The last step: to disk, whole or not at all.

pub mod lock;
pub mod replace;
