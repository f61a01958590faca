//! The options of the commands that have many.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use venvars::engines::import::ImportFormat;
use venvars::engines::shell::Shell;
use venvars::model::secrets::generate::SecretKind;

use crate::edge::values;

/// Which venvs.
#[derive(Default, Args)]
pub struct Venvs {
    /// Use this virtual environment (repeatable) [default: the project's]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub venv: Vec<PathBuf>,
}

/// Which scripts.
#[derive(Default, Args)]
pub struct ScriptOptions {
    #[command(flatten)]
    pub venvs: Venvs,
    /// Only change the scripts of these shells
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = values::shell())]
    pub shell: Vec<Shell>,
    /// Show what would change, without changing it
    #[arg(long)]
    pub dry_run: bool,
    /// Show which variables would change, without changing them (`script`: the lines, with values masked)
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "variables")]
    pub diff: Option<DiffOf>,
    /// Print JSON: the scripts, and the variables that are added, changed or removed
    #[arg(long, conflicts_with = "diff")]
    pub json: bool,
}

/// What a difference is shown of.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffOf {
    /// The variables that would be added, changed or removed
    Variables,
    /// The lines of the scripts
    Script,
}

/// The files that have a schema.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFor {
    /// secrets.toml
    Secrets,
    /// [tool.venvars] of pyproject.toml, and venvars.toml
    Settings,
    /// What the commands print with --json
    Output,
}

/// What to import, and how.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Import {
    /// The file to import (`-`: standard input) [default: the project's .env or secrets.py]
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// The format of the file [default: from its name]
    #[arg(long, value_name = "FORMAT", value_parser = values::import_format())]
    pub format: Option<ImportFormat>,
    /// Show what is new, changed and unchanged, without writing it
    #[arg(long)]
    pub dry_run: bool,
    /// Overwrite variables that have another value
    #[arg(long)]
    pub force: bool,
    /// Remove the imported lines from the activate script
    #[arg(long)]
    pub take: bool,
    /// Print what was found as JSON
    #[arg(long)]
    pub json: bool,
}

/// Where to look for values, and how to tell of them.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct ScanOptions {
    /// Files, folders or commit ranges (A..B); with --staged or --history, a repository's folder [default:
    /// the files of the project]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<OsString>,
    /// Scan the git index (what would be committed), not the files on disk
    #[arg(long, conflicts_with_all = ["history", "stdin", "ignored"])]
    pub staged: bool,
    /// Scan the full git history: branches, tags, stashes and reflogs
    #[arg(long, conflicts_with_all = ["stdin", "ignored"])]
    pub history: bool,
    /// Scan standard input
    #[arg(long, conflicts_with_all = ["paths", "ignored"])]
    pub stdin: bool,
    /// Also scan ignored files, except secrets.toml and the blocks in activate scripts
    #[arg(long)]
    pub ignored: bool,
    /// Also look for values from commands and keyrings, which may ask for a password
    #[arg(long)]
    pub ask: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print SARIF 2.1.0, for GitHub code scanning
    #[arg(long, conflicts_with = "json")]
    pub sarif: bool,
}

/// Which variables get new values, and from where.
#[derive(Args)]
pub struct Rotate {
    /// The variables to rotate
    #[arg(value_name = "NAME", required_unless_present_any = ["all_compromised", "drop_fallbacks"])]
    pub names: Vec<String>,
    /// Rotate every compromised variable, in all profiles unless --profile is given
    #[arg(long, conflicts_with = "names")]
    pub all_compromised: bool,
    /// Generate the new value; KIND as for `venvars set` [default: the declared kind, else that of the
    /// old value]
    #[arg(long, value_name = "KIND", num_args = 0..=1, require_equals = true)]
    pub generate: Option<Option<SecretKind>>,
    /// Read the new value from standard input (one variable only)
    #[arg(long, conflicts_with_all = ["generate", "all_compromised"])]
    pub stdin: bool,
    /// Clear the fallbacks with old values, without setting new ones
    #[arg(long, conflicts_with_all = ["generate", "stdin", "all_compromised"])]
    pub drop_fallbacks: bool,
}

/// Which values are compromised, and why.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct CompromisedOptions {
    /// The variables whose values are compromised [default: list the records]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Where the value leaked
    #[arg(long, value_name = "TEXT", requires = "names")]
    pub reason: Option<String>,
    /// Read the value from standard input: an old one that is no longer set
    #[arg(long, requires = "names", conflicts_with = "forget")]
    pub stdin: bool,
    /// Record the current value, even if `rotate` has replaced an older one
    #[arg(long, requires = "names", conflicts_with_all = ["stdin", "forget"])]
    pub current: bool,
    /// Record the value that `rotate` replaced last
    #[arg(long, requires = "names", conflicts_with_all = ["current", "stdin", "forget"])]
    pub rotated: bool,
    /// Delete a record of the variable; N selects one of several
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, requires = "names", conflicts_with = "reason")]
    pub forget: Option<Option<usize>>,
    /// Print JSON
    #[arg(long, conflicts_with = "names")]
    pub json: bool,
}

/// The options of `set`.
#[derive(Args)]
pub struct SetOptions {
    /// The variable. Use NAME=VALUE only for non-secrets: other users can see your command line
    /// [default: every declared variable that has no value yet]
    #[arg(value_name = "NAME[=VALUE]")]
    pub assignment: Option<OsString>,
    /// A value after the name, where it does not belong.
    #[arg(hide = true)]
    pub misplaced: Vec<OsString>,
    /// Generate the value: hexN, base64N, urlsafeN, uuid4, password, fernet or django [default:
    /// the declared kind, else hex32]
    #[arg(long, value_name = "KIND", num_args = 0..=1, require_equals = true)]
    pub generate: Option<Option<SecretKind>>,
    /// Store the value in the keyring, and only its location in the file [default: named after
    /// the folder and the variable]
    #[arg(long, value_name = "SERVICE/ACCOUNT", num_args = 0..=1, require_equals = true, conflicts_with = "age")]
    pub keyring: Option<Option<String>>,
    /// Encrypt the value for the recipients in the settings
    #[arg(long)]
    pub age: bool,
    /// Accept an empty value
    #[arg(long)]
    pub allow_empty: bool,
}
