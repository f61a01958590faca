//! All that is outside of this program: the disk, git, keyrings, commands, hosts, the person at the terminal.

pub mod age;
pub mod command;
pub mod disk;
pub mod execution_policy;
pub mod file;
pub mod folders;
pub mod git;
pub mod heroku;
pub mod keyring;
pub mod program;
pub mod prompt;
pub mod python;
pub mod state;
pub mod text_editor;
pub mod threads;
pub mod trust;
pub mod variables;
