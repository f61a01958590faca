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
    /// A virtual environment (may be repeated) [default: those of the project]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub venv: Vec<PathBuf>,
}

/// Which scripts.
#[derive(Default, Args)]
pub struct ScriptOptions {
    #[command(flatten)]
    pub venvs: Venvs,
    /// Only the scripts of these shells
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = values::shell())]
    pub shell: Vec<Shell>,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Show what would change, with values masked, and change nothing
    #[arg(long)]
    pub diff: bool,
}

/// The files that have a schema.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFor {
    /// secrets.toml
    Secrets,
    /// [tool.venvars] of pyproject.toml, and venvars.toml
    Settings,
}

/// What to import, and how.
#[derive(Args)]
pub struct Import {
    /// The file; - is standard input [default: the project's .env or secrets.py]
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// What the file holds [default: what its name says]
    #[arg(long, value_name = "FORMAT", value_parser = values::import_format())]
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

/// Where to look for values, and how to tell of them.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct ScanOptions {
    /// A file, a folder, or a range of commits (A..B); with --staged or --history the folder of a repository
    /// [default: the project, as it lies on the disk]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<OsString>,
    /// What the next commit would bring: git's index, and not the files
    #[arg(long, conflicts_with_all = ["history", "stdin", "ignored"])]
    pub staged: bool,
    /// Everything that git remembers and a branch, a tag, a stash or a reflog leads to
    #[arg(long, conflicts_with_all = ["stdin", "ignored"])]
    pub history: bool,
    /// Standard input
    #[arg(long, conflicts_with_all = ["paths", "ignored"])]
    pub stdin: bool,
    /// Also the files that git ignores, but for secrets.toml and the blocks in activate scripts
    #[arg(long)]
    pub ignored: bool,
    /// Look also for values that somebody may have to be asked for: those of commands and keyrings
    #[arg(long)]
    pub ask: bool,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
    /// Print one document in SARIF 2.1.0, which GitHub reads
    #[arg(long, conflicts_with = "json")]
    pub sarif: bool,
}

/// Which variables get new values, and from where.
#[derive(Args)]
pub struct Rotate {
    /// The variables
    #[arg(value_name = "NAME", required_unless_present_any = ["all_compromised", "drop_fallbacks"])]
    pub names: Vec<String>,
    /// Every variable whose value is compromised, in every profile unless one is named
    #[arg(long, conflicts_with = "names")]
    pub all_compromised: bool,
    /// Make a new value: a KIND as for set [default: the kind that the project declares, or that
    /// venvars made the old one as]
    #[arg(long, value_name = "KIND", num_args = 0..=1, require_equals = true)]
    pub generate: Option<Option<SecretKind>>,
    /// Read the new value of the one variable from standard input
    #[arg(long, conflicts_with_all = ["generate", "all_compromised"])]
    pub stdin: bool,
    /// Give no new value: empty the variables that keep old ones up
    #[arg(long, conflicts_with_all = ["generate", "stdin", "all_compromised"])]
    pub drop_fallbacks: bool,
}

/// Which values are compromised, and why.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct CompromisedOptions {
    /// The variables whose values others may know; without one, what the ledger has
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Where the value was found, for the ledger
    #[arg(long, value_name = "TEXT", requires = "names")]
    pub reason: Option<String>,
    /// Read the value from standard input: an old one, which the variable has no more
    #[arg(long, requires = "names", conflicts_with = "forget")]
    pub stdin: bool,
    /// The value that the variable has now, where `rotate` put another one aside
    #[arg(long, requires = "names", conflicts_with_all = ["stdin", "forget"])]
    pub current: bool,
    /// The value that `rotate` put aside last
    #[arg(long, requires = "names", conflicts_with_all = ["current", "stdin", "forget"])]
    pub rotated: bool,
    /// Take an entry of the variable out of the ledger; N says which, if there are several
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, requires = "names", conflicts_with = "reason")]
    pub forget: Option<Option<usize>>,
    /// Print one JSON document
    #[arg(long, conflicts_with = "names")]
    pub json: bool,
}
