//! The command line's form, and nothing else.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell as CompletionShell;
use colorchoice_clap::Color;
use venvars::export::Format;
use venvars::secrets::generate::Kind;
use venvars::shell::Shell;

/// Secrets that come and go with your virtual environment
#[derive(Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true, subcommand_required = true)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What goes with every command.
#[derive(Args)]
pub struct Global {
    /// Work as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true, value_hint = ValueHint::DirPath)]
    pub directory: Option<PathBuf>,
    /// The secrets file, in place of the project's secrets.toml
    #[arg(long, value_name = "FILE", global = true, env = "VENVARS_SECRETS", value_hint = ValueHint::FilePath)]
    pub secrets: Option<PathBuf>,
    #[command(flatten)]
    pub color: Color,
    /// Print errors alone
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print also what stays as it is
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// Which venvs.
#[derive(Args)]
pub struct Venvs {
    /// A virtual environment (may be repeated) [default: those of the project]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub venv: Vec<PathBuf>,
}

/// Which scripts.
#[derive(Args)]
pub struct Scripts {
    #[command(flatten)]
    pub venvs: Venvs,
    /// Only the scripts of these shells
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_enum)]
    pub shell: Vec<Shell>,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Show what would change, with values masked, and change nothing
    #[arg(long)]
    pub diff: bool,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Make secrets.toml and have git ignore it
    Init,
    /// Set a variable: asks for the value, or reads it from standard input
    Set {
        /// The variable; NAME=VALUE only for what is no secret (others see a command line)
        #[arg(value_name = "NAME[=VALUE]")]
        assignment: OsString,
        /// Make a new value: hexN, base64N, urlsafeN, uuid4, password, fernet or django
        #[arg(long, value_name = "KIND", num_args = 0..=1, require_equals = true, default_missing_value = "hex32")]
        generate: Option<Kind>,
    },
    /// Take a variable out of secrets.toml
    Unset {
        /// The variable
        name: String,
    },
    /// Print a variable's value
    Get {
        /// The variable
        name: String,
    },
    /// List the variables, with their values masked
    List {
        /// Show the values
        #[arg(long)]
        reveal: bool,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Open secrets.toml in your editor, and check it afterwards
    Edit,
    /// Put the variables into the activate scripts
    Apply {
        #[command(flatten)]
        scripts: Scripts,
        /// Exit with 1 if a shell cannot hold a variable
        #[arg(long)]
        strict: bool,
    },
    /// Take the variables out of the activate scripts again
    Remove {
        #[command(flatten)]
        scripts: Scripts,
    },
    /// Say whether the activate scripts have the variables; exit with 1 if not
    Status {
        #[command(flatten)]
        venvs: Venvs,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Run a command with the variables, as if the venv were activated
    Run {
        #[command(flatten)]
        venvs: Venvs,
        /// The variables alone, without a venv
        #[arg(long, conflicts_with = "venv")]
        no_venv: bool,
        /// The command and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_hint = ValueHint::CommandWithArguments)]
        command: Vec<OsString>,
    },
    /// Print the variables for another program
    Export {
        /// The form to print them in
        #[arg(long, value_name = "FORMAT", value_enum)]
        format: Format,
    },
    /// Compare the variables with the config vars of an app on Heroku, send them, or fetch them
    Heroku {
        #[command(subcommand)]
        command: Heroku,
    },
    /// Print a completion script for your shell
    Completions {
        /// Your shell
        shell: CompletionShell,
    },
    /// Print the manual page
    Man,
}

/// What to do with Heroku.
#[derive(Subcommand)]
pub enum Heroku {
    /// Show which variables differ, with their values masked; exit with 1 if any does
    Diff {
        #[command(flatten)]
        app: HerokuApp,
    },
    /// Set the app's config vars to the variables here, all in one release
    Push {
        #[command(flatten)]
        app: HerokuApp,
        /// Say what would be sent, and send nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the app's config vars into secrets.toml
    Pull {
        #[command(flatten)]
        app: HerokuApp,
        /// Say what would be written, and write nothing
        #[arg(long)]
        dry_run: bool,
        /// Replace other values that are here; with --prune, remove what Heroku does not have
        #[arg(long)]
        force: bool,
    },
}

/// Which app, and which of its config vars.
#[derive(Args)]
pub struct HerokuApp {
    /// The app [default: the one that the git remote leads to]
    #[arg(short, long, value_name = "NAME", env = "HEROKU_APP")]
    pub app: Option<String>,
    /// Only these variables
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Remove also what the other side does not have
    #[arg(long)]
    pub prune: bool,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub timeout: u16,
}
