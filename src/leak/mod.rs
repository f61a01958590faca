//! Values where they do not belong.

pub mod burnt;
pub mod fingerprint;
pub mod ledger;
mod memory;
