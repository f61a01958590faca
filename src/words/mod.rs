//! The words that everything else is said in: names, values, errors.

pub mod cause;
pub mod error;
pub mod message;
pub mod name;
mod nearest;
pub mod path;
pub mod profile;
pub mod secret;
pub mod system;
mod table;
pub mod variable;

pub(crate) use nearest::did_you_mean;
pub use nearest::nearest;
pub(crate) use table::table;
