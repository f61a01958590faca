//! git: how it is started, what it ignores and tracks, where its parts are, what it stores, and its hooks.

mod blocks;
mod delta;
pub mod hook;
mod ignored;
pub mod object;
mod pack;
mod places;
mod program;
pub mod provenance;
pub mod repository;
pub(crate) mod runner;
mod standing;
mod store;

pub use self::places::{
    Places, has_own_hooks_path, linked_to, main_worktree, places, present, remotes, set_settings, settings,
    superproject, tips_at, top_of_hook,
};
pub use self::standing::{Standing, is_ignored_folder, refuse_pipes, standing, standings};
