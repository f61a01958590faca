//! The command line's form, and nothing else.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell as CompletionShell;
use colorchoice_clap::Color;
use venvars::export::Format;
use venvars::import::Format as ImportFormat;
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

/// What to import, and how.
#[derive(Args)]
pub struct Import {
    /// The file; - is standard input [default: the project's .env or secrets.py]
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// What the file holds [default: what its name says]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<ImportFormat>,
    /// Say what is new, changed and the same, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Put new values in the place of those that are there
    #[arg(long)]
    pub force: bool,
    /// Take the lines out of the activate script
    #[arg(long)]
    pub take: bool,
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
    /// Take variables over from .env, secrets.py or another program's file
    Import(Import),
    /// Print the variables for another program
    Export {
        /// The form to print them in
        #[arg(long, value_name = "FORMAT", value_enum)]
        format: Format,
    },
    /// Print a completion script for your shell
    Completions {
        /// Your shell
        shell: CompletionShell,
    },
    /// Print the manual page
    Man,
}
