//! The commands and options of `venvars heroku`.

use clap::{Args, Subcommand};

use crate::edge::values;

/// What to do with Heroku.
#[derive(Subcommand)]
pub enum Heroku {
    /// Show which variables differ, with their values masked
    ///
    /// Exits with 1 if one does.
    Diff {
        #[command(flatten)]
        app: HerokuApp,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Set the app's config vars to the project's variables, in one release
    Push {
        #[command(flatten)]
        app: HerokuApp,
        /// Show what would be sent, without sending it
        #[arg(long)]
        dry_run: bool,
        /// Print the changes as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the app's config vars to secrets.toml
    Pull {
        #[command(flatten)]
        app: HerokuApp,
        /// Show what would be written, without writing it
        #[arg(long)]
        dry_run: bool,
        /// Overwrite values that differ; with --prune, delete variables that Heroku doesn't have
        #[arg(long)]
        force: bool,
        /// Print the changes as JSON
        #[arg(long)]
        json: bool,
    },
}

/// How many seconds Heroku has for an answer.
pub const TIMEOUT: u16 = 60;

/// Which app, and which of its config vars.
#[derive(Args)]
pub struct HerokuApp {
    /// The Heroku app [default: from the git remote]
    #[arg(short, long, value_name = "NAME", env = "HEROKU_APP", hide_env_values = true)]
    pub app: Option<String>,
    /// Only these variables
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Also delete what the other side doesn't have
    #[arg(long)]
    pub prune: bool,
    /// Give up after this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT, value_parser = values::seconds)]
    pub timeout: u16,
}
