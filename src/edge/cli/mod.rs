//! The command line: its commands, options and help.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueHint};
use colorchoice_clap::Color;
use venvars::engines::shell::Shell;
use venvars::engines::shell::completion::CompletionShell;
use venvars::engines::shell::export::ExportFormat;
use venvars::session::sources::Sources;
use venvars::words::profile::Choice;
use venvars::world::git::hook::Hook;

mod help;
mod heroku;
mod options;
mod parse;

pub use help::command;
pub use heroku::{Heroku, HerokuApp, TIMEOUT};
pub use options::{
    CompromisedOptions, DiffOf, Import, Rotate, ScanOptions, SchemaFor, ScriptOptions, SetOptions, Venvs,
};
pub use parse::parse;

use crate::edge::values;

/// Secrets that come and go with your virtual environment
#[derive(Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true, subcommand_required = true)]
#[command(disable_help_flag = true, disable_version_flag = true)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    /// Print version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = help::GLOBAL)]
    pub version: Option<bool>,
    #[command(subcommand)]
    pub command: Command,
}

/// What goes with every command.
#[derive(Args, Clone)]
pub struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true, help_heading = help::GLOBAL, value_hint = ValueHint::DirPath)]
    pub directory: Option<PathBuf>,
    /// Use this file instead of the project's secrets.toml
    #[arg(long, value_name = "FILE", global = true, help_heading = help::GLOBAL, env = "VENVARS_SECRETS", hide_env_values = true, value_hint = ValueHint::FilePath)]
    pub secrets: Option<PathBuf>,
    /// Use this profile instead of the default (`none`: top-level variables only)
    #[arg(
        long,
        value_name = "NAME",
        global = true, help_heading = help::GLOBAL,
        env = "VENVARS_PROFILE",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true
    )]
    pub profile: Choice,
    /// Whether the command has to be quick: backups are not flushed to the disk.
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
    /// Only print errors
    #[arg(short, long, global = true, help_heading = help::GLOBAL, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Also report what is unchanged
    #[arg(short, long, global = true, help_heading = help::GLOBAL)]
    pub verbose: bool,
    /// Print help
    #[arg(short, long, action = ArgAction::HelpShort, global = true, help_heading = help::GLOBAL)]
    pub help: Option<bool>,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Create secrets.toml and make git ignore it
    Init,
    /// Set a variable: prompt for the value, or read it from a pipe
    Set(SetOptions),
    /// Remove a variable from secrets.toml
    Unset {
        /// The variable
        name: String,
    },
    /// Print the value of a variable
    Get {
        /// The variable
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the variables, with their values masked
    List {
        /// Show the values
        #[arg(long)]
        reveal: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Open secrets.toml in your editor and check it afterwards
    Edit,
    /// Restore an earlier secrets.toml from a backup
    ///
    /// The current file is backed up first.
    Restore {
        /// The number of the backup in --list [default: 1, the newest]
        #[arg(value_name = "N", value_parser = values::number, conflicts_with = "list")]
        number: Option<usize>,
        /// List the backups, each with the variables whose values differ
        #[arg(long)]
        list: bool,
        /// Print the list as one JSON document
        #[arg(long, requires = "list")]
        json: bool,
    },
    /// Manage the backups of secrets.toml
    Backups {
        #[command(subcommand)]
        command: BackupsCommand,
    },
    /// Allow what this project runs or accesses outside its folder
    ///
    /// This covers commands, files, the keyring and virtual environments elsewhere. venvars lists each such line
    /// and runs none of it until you allow it. It asks again when a line changes.
    Allow {
        /// Allow everything that is shown without asking
        #[arg(long)]
        yes: bool,
        /// Only print the lines as JSON, each with whether it is allowed
        #[arg(long, conflicts_with = "yes")]
        json: bool,
    },
    /// Revoke what `allow` allowed
    Deny,
    /// Add the variables to the activate scripts
    Apply {
        #[command(flatten)]
        scripts: ScriptOptions,
        /// This environment was just created: do nothing unless it is one of the project's
        #[arg(long, value_name = "DIR", hide = true, conflicts_with = "venv", value_hint = ValueHint::DirPath)]
        created: Option<PathBuf>,
        /// Exit with 1 if a shell can't hold a variable
        #[arg(long)]
        strict: bool,
        /// Replace another project's variables; with mode = "embed", write values from age, keyrings
        /// and commands as plain text
        #[arg(long)]
        force: bool,
    },
    /// Remove the variables from the activate scripts
    Remove {
        #[command(flatten)]
        scripts: ScriptOptions,
    },
    /// Show whether the activate scripts are up to date
    ///
    /// Exits with 1 if one is not.
    Status {
        #[command(flatten)]
        venvs: Venvs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check that every declared variable is set and valid
    ///
    /// Never shows a value. Exits with 1 if there is a problem.
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show where the value of a variable comes from
    ///
    /// Shows the file, line, profile and source, but not the value.
    Explain {
        /// The variable
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write secrets.example.toml: the variables without their values
    ///
    /// The file is meant to be committed, so that others know what the project needs.
    Example {
        /// Print it instead of writing the file
        #[arg(long)]
        stdout: bool,
        /// Overwrite an existing file that venvars did not write
        #[arg(long)]
        force: bool,
    },
    /// Print a JSON Schema for editors
    Schema {
        /// The file that the schema describes
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
        /// Only set the variables, without a venv
        #[arg(long, conflicts_with = "venv")]
        no_venv: bool,
        /// Replace each secret in the command's output with <NAME>, encoded ones as well [default: if CI
        /// is set and standard output is not a terminal]
        #[arg(long, overrides_with = "no_mask")]
        mask: bool,
        /// Leave the command's output unchanged
        #[arg(long, overrides_with = "mask")]
        no_mask: bool,
        /// The command and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_hint = ValueHint::CommandWithArguments)]
        command: Vec<OsString>,
    },
    /// Find the project's secrets in files, commits or standard input
    ///
    /// Exits with 1 if there is a finding.
    Scan(ScanOptions),
    /// Replace the values of variables with new ones
    ///
    /// Each old value is kept aside. If the project declares a variable for fallbacks, the old value is
    /// added to it, so that existing sessions stay valid.
    Rotate(Rotate),
    /// Record that a value is compromised, or list the records
    Compromised(CompromisedOptions),
    /// Import variables from .env, secrets.py or another tool's file
    Import(Import),
    /// Manage git hooks that block commits and pushes with secrets
    Hook {
        #[command(subcommand)]
        command: HookCommand,
    },
    /// Check for anything that could leak or break, and how to fix it
    ///
    /// Exits with 1 if there is a finding.
    Doctor {
        #[command(flatten)]
        venvs: Venvs,
        /// Fix what is safe to fix automatically: file permissions, .gitignore and outdated scripts
        #[arg(long)]
        fix: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the variables in the format of another program
    Export {
        /// The output format
        #[arg(long, value_name = "FORMAT", value_parser = values::export_format())]
        format: ExportFormat,
        /// With --format github: append to the file $GITHUB_ENV, and mask the values in the log
        #[arg(long)]
        to_env: bool,
    },
    /// Compare or sync the variables with a Heroku app's config vars
    Heroku {
        #[command(subcommand)]
        command: Heroku,
    },
    /// Print or install a completion script for your shell
    Completions {
        /// The shell [default: from $SHELL]
        #[arg(value_parser = values::completion_shell())]
        shell: Option<CompletionShell>,
        /// Install the script where the shell looks for it
        #[arg(long)]
        install: bool,
        /// Delete the installed script
        #[arg(long, conflicts_with = "install")]
        uninstall: bool,
    },
    /// Answer a completion script: print what a word can become
    #[command(hide = true)]
    Complete {
        /// The place of the word, from 0
        index: u16,
        /// The words of the command line
        #[arg(last = true)]
        words: Vec<OsString>,
    },
    /// Print a man page, or write those of all commands
    Man {
        /// The command [default: venvars itself]
        #[arg(value_name = "COMMAND", conflicts_with = "out")]
        words: Vec<String>,
        /// Write the pages of all commands to this folder
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out: Option<PathBuf>,
    },
}

/// What to do with the backups.
#[derive(Subcommand)]
pub enum BackupsCommand {
    /// Delete all backups; asks first if one has the only copy of a value
    Clear {
        /// Delete without asking
        #[arg(long)]
        yes: bool,
    },
}

/// What to do with git's hooks.
#[derive(Subcommand)]
pub enum HookCommand {
    /// Install the hooks for commits, merges and pushes; existing hooks still run
    Install {
        /// Also install where core.hooksPath or a link leads outside the repository
        #[arg(long)]
        outside: bool,
        /// Also install in submodules, to scan their commits for this project's secrets
        #[arg(long)]
        recurse_submodules: bool,
    },
    /// Remove venvars from the hooks
    Remove,
    /// Scan what is about to be committed or pushed (called by git)
    Run {
        /// The hook
        #[arg(value_parser = values::hook())]
        hook: Hook,
        /// The name of the remote that is pushed to
        remote: Option<String>,
        /// Its URL
        address: Option<String>,
    },
}
