//! The command line's form, and nothing else.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell as CompletionShell;
use colorchoice_clap::Color;
use venvars::engines::shell::Shell;
use venvars::engines::shell::export::ExportFormat;
use venvars::model::secrets::generate::SecretKind;
use venvars::session::sources::Sources;
use venvars::words::profile::Choice;
use venvars::world::git::hook::Hook;

mod options;

pub use options::{CompromisedOptions, Import, Rotate, ScanOptions, SchemaFor, ScriptOptions, Venvs};

use crate::edge::values;

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
#[derive(Args, Clone)]
pub struct Global {
    /// Work as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true, value_hint = ValueHint::DirPath)]
    pub directory: Option<PathBuf>,
    /// The secrets file, in place of the project's secrets.toml
    #[arg(long, value_name = "FILE", global = true, env = "VENVARS_SECRETS", value_hint = ValueHint::FilePath)]
    pub secrets: Option<PathBuf>,
    /// The profile, in place of the settings' own; `none` for the top level alone
    #[arg(
        long,
        value_name = "NAME",
        global = true,
        env = "VENVARS_PROFILE",
        default_value = "",
        hide_default_value = true
    )]
    pub profile: Choice,
    /// Whether the command is one that nobody waits for: nothing is kept on the disk for certain.
    #[arg(skip)]
    pub is_quick: bool,
    /// The secrets files that were looked at in this run.
    #[arg(skip)]
    pub looked: RefCell<Vec<PathBuf>>,
    /// What the sources of values gave in this run.
    #[arg(skip)]
    pub sources: Sources,
    #[command(flatten)]
    pub color: Color,
    /// Print errors alone
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print also what stays as it is
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Make secrets.toml and have git ignore it
    Init,
    /// Set a variable: asks for the value, or reads it from standard input
    Set {
        /// The variable; NAME=VALUE only for what is no secret (others see a command line). Without
        /// a name, each variable that the project needs and that is missing
        #[arg(value_name = "NAME[=VALUE]")]
        assignment: Option<OsString>,
        /// Make a new value: hexN, base64N, urlsafeN, uuid4, password, fernet or django [default: the
        /// kind that the project declares, else hex32]
        #[arg(long, value_name = "KIND", num_args = 0..=1, require_equals = true)]
        generate: Option<Option<SecretKind>>,
        /// Keep the value in the keyring, and only its place in the file [default: the folder's name
        /// and the variable's]
        #[arg(long, value_name = "SERVICE/ACCOUNT", num_args = 0..=1, require_equals = true, conflicts_with = "age")]
        keyring: Option<Option<String>>,
        /// Encrypt the value to the recipients in the settings
        #[arg(long)]
        age: bool,
        /// Take Enter, or an empty standard input, as the empty value
        #[arg(long)]
        allow_empty: bool,
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
    /// Restore an earlier secrets.toml from a backup (the present one is kept)
    Restore {
        /// Which backup, as numbered by --list [default: 1, the newest]
        #[arg(value_name = "N", conflicts_with = "list")]
        number: Option<usize>,
        /// List the backups, and the variables of which each has another value
        #[arg(long)]
        list: bool,
    },
    /// Manage the backups of secrets.toml
    Backups {
        #[command(subcommand)]
        command: BackupsCommand,
    },
    /// Allow what this project runs or reaches outside of its folder
    ///
    /// A command, a file, the keyring, a virtual environment elsewhere: venvars shows each line that asks for such
    /// a thing, and nothing of it happens before you have said yes. Asked again when one of them changes.
    Allow {
        /// Say yes to all that is shown
        #[arg(long)]
        yes: bool,
    },
    /// Take back what `allow` allowed
    Deny,
    /// Put the variables into the activate scripts
    Apply {
        #[command(flatten)]
        scripts: ScriptOptions,
        /// Exit with 1 if a shell cannot hold a variable
        #[arg(long)]
        strict: bool,
        /// With mode = "embed": write also a value into the scripts that is not plain where it lies
        #[arg(long)]
        force: bool,
    },
    /// Take the variables out of the activate scripts again
    Remove {
        #[command(flatten)]
        scripts: ScriptOptions,
    },
    /// Say whether the activate scripts have the variables; exit with 1 if not
    Status {
        #[command(flatten)]
        venvs: Venvs,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Say everything that is missing or wrong, without any value; exit with 1 if anything is
    Check {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Show what gives a variable its value: file, line, profile and source, without the value
    Explain {
        /// The variable
        name: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Write secrets.example.toml, which git keeps: what the project needs, without any value
    Example {
        /// Print it, and write no file
        #[arg(long)]
        stdout: bool,
        /// Replace a file of that name that venvars did not write
        #[arg(long)]
        force: bool,
    },
    /// Print a JSON Schema, which editors complete from
    Schema {
        /// The file that it is for
        #[arg(value_enum)]
        file: SchemaFor,
    },
    /// Answer a live script: print what its shell is to evaluate
    #[command(hide = true)]
    Activation {
        /// The shell
        #[arg(value_parser = values::shell())]
        shell: Shell,
        /// It is csh itself, and not tcsh
        #[arg(long)]
        bsd: bool,
    },
    /// Run a command with the variables, as if the venv were activated
    Run {
        #[command(flatten)]
        venvs: Venvs,
        /// The variables alone, without a venv
        #[arg(long, conflicts_with = "venv")]
        no_venv: bool,
        /// Print <NAME> in place of each secret that the command prints, as it is or encoded [default: if
        /// CI is set and standard output is no terminal]
        #[arg(long, overrides_with = "no_mask")]
        mask: bool,
        /// Print what the command prints
        #[arg(long, overrides_with = "mask")]
        no_mask: bool,
        /// The command and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_hint = ValueHint::CommandWithArguments)]
        command: Vec<OsString>,
    },
    /// Look for the variables' values where they do not belong; exit with 1 if there is one
    Scan(ScanOptions),
    /// Give variables new values; the old ones are put aside, and kept up for sessions if declared
    Rotate(Rotate),
    /// Remember that others may know a value, or list those that are remembered
    Compromised(CompromisedOptions),
    /// Take variables over from .env, secrets.py or another program's file
    Import(Import),
    /// Have git stop what would commit or push a value of the project
    Hook {
        #[command(subcommand)]
        command: HookCommand,
    },
    /// Look for everything that could leak or break, and say how to mend it; exit with 1 if there is any
    Doctor {
        #[command(flatten)]
        venvs: Venvs,
        /// Mend what needs nobody's judgement: who may read a file, what git ignores, scripts that are
        /// out of date
        #[arg(long)]
        fix: bool,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Print the variables for another program
    Export {
        /// The form to print them in
        #[arg(long, value_name = "FORMAT", value_parser = values::export_format())]
        format: ExportFormat,
        /// With --format github: append them to the file that $GITHUB_ENV names, and mask each line of
        /// their values in the log
        #[arg(long)]
        to_env: bool,
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

/// What to do with the backups.
#[derive(Subcommand)]
pub enum BackupsCommand {
    /// Delete the backups; asks first if one holds the only copy of a value
    Clear {
        /// Delete without asking
        #[arg(long)]
        yes: bool,
    },
}

/// What to do with git's hooks.
#[derive(Subcommand)]
pub enum HookCommand {
    /// Put venvars into the hooks of commits, merges and pushes, before what they do already
    Install {
        /// Also where this repository's core.hooksPath, or a link, leads out of it
        #[arg(long)]
        outside: bool,
        /// Also in its submodules: their commits are searched for this project's values
        #[arg(long)]
        recurse_submodules: bool,
    },
    /// Take it out again
    Remove,
    /// Look at what is to be committed or pushed; git's hooks call it
    Run {
        /// The hook
        #[arg(value_parser = values::hook())]
        hook: Hook,
        /// The remote that is pushed to: what git gives the hook first
        remote: Option<String>,
        /// Where it is: what git gives the hook second
        address: Option<String>,
    },
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

/// How many seconds Heroku has for an answer.
pub const TIMEOUT: u16 = 60;

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
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub timeout: u16,
}
