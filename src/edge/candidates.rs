//! What a word of the command line can become.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{ArgMatches, Command, FromArgMatches};
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};
use venvars::session::known::KnownNames;
use venvars::words::profile::TOP;
use venvars::world::variables;

use crate::edge::cli::{self, Global};

/// What there is to choose from.
pub struct Choices {
    known: KnownNames,
    /// Whether the word is the program that `run` runs, and not an argument of it.
    is_program: bool,
    /// The commands that the next word of `man` can name.
    pages: Vec<Command>,
}

impl Choices {
    /// Those that `words` leave.
    pub fn of(words: &[OsString]) -> Self {
        let command = cli::command().ignore_errors(true);
        // `--help` and the like give no matches.
        let matches = command.clone().try_get_matches_from(words).ok();
        let global = matches.as_ref().and_then(|matches| Global::from_arg_matches(matches).ok());
        let start = global.as_ref().map_or(Path::new("."), Global::start);
        let known = KnownNames::of(start, global.as_ref().and_then(|global| global.secrets.as_deref()));
        let has_program = |matches: &ArgMatches| matches.contains_id("command");
        let of = |name| matches.as_ref().and_then(|matches: &ArgMatches| matches.subcommand_matches(name));
        let is_program = of("run").is_some_and(|matches| !has_program(matches));
        let mut named = of("man").and_then(|man| man.get_many::<String>("words")).into_iter().flatten();
        let named = named.try_fold(&command, |command, word| command.find_subcommand(word));
        let pages = named.into_iter().flat_map(Command::get_subcommands).cloned().collect();
        Self { known, is_program, pages }
    }

    fn variables(&self) -> Vec<CompletionCandidate> {
        let variables = self.known.variables.iter();
        let all = variables
            .map(|(name, about)| CompletionCandidate::new(name.as_str()).help(about.clone().map(Into::into)));
        all.collect()
    }

    fn profiles(&self) -> Vec<CompletionCandidate> {
        let top = CompletionCandidate::new(TOP).help(Some("Top-level variables only".into()));
        let named = self.known.profiles.iter().map(|name| CompletionCandidate::new(&**name));
        named.chain([top]).collect()
    }

    fn pages(&self) -> Vec<CompletionCandidate> {
        let pages = self.pages.iter().filter(|command| !command.is_hide_set());
        let pages = pages.map(|command| (command.get_name().to_owned(), command.get_about().cloned()));
        pages.map(|(name, about)| CompletionCandidate::new(name).help(about)).collect()
    }

    /// The programs whose names begin with `word`: the venvs' first.
    fn programs(&self, word: &str) -> Vec<CompletionCandidate> {
        let own =
            self.known.venvs.iter().map(|venv| venv.join(if cfg!(windows) { "Scripts" } else { "bin" }));
        let path = variables::raw("PATH").unwrap_or_default();
        let folders = own.chain(std::env::split_paths(&path));
        let mut programs: Vec<String> = folders.flat_map(|folder| programs_in(&folder, word)).collect();
        programs.sort();
        programs.dedup();
        programs.into_iter().map(CompletionCandidate::new).collect()
    }
}

/// The programs in `folder` whose names begin with `word`.
fn programs_in(folder: &Path, word: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        (name.starts_with(word) && is_program(&entry.path())).then_some(name)
    });
    named.collect()
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    file.metadata().is_ok_and(|is| is.is_file() && is.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    let extension = file.extension().and_then(OsStr::to_str).unwrap_or_default();
    ["exe", "bat", "cmd", "com", "ps1"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// The command that `run` runs.
struct ProgramName(Arc<Choices>);

impl ValueCompleter for ProgramName {
    fn complete(&self, word: &OsStr) -> Vec<CompletionCandidate> {
        match word.to_str() {
            Some(text) if self.0.is_program && Path::new(text).components().count() < 2 => {
                self.0.programs(text)
            }
            _ => PathCompleter::any().complete(word),
        }
    }
}

/// The project's venvs, and other folders.
struct VenvFolder(Arc<Choices>);

impl ValueCompleter for VenvFolder {
    fn complete(&self, word: &OsStr) -> Vec<CompletionCandidate> {
        let here = std::env::current_dir().unwrap_or_default();
        let own = self.0.known.venvs.iter().map(|venv| venv.strip_prefix(&here).unwrap_or(venv));
        let own: Vec<PathBuf> = own.map(Path::to_owned).collect();
        let begins =
            |path: &PathBuf| path.as_os_str().as_encoded_bytes().starts_with(word.as_encoded_bytes());
        let found: Vec<_> = own.into_iter().filter(begins).map(CompletionCandidate::new).collect();
        if found.is_empty() { PathCompleter::dir().complete(word) } else { found }
    }
}

/// `command`, which knows what there is to choose from.
pub fn with_choices(command: Command, choices: &Arc<Choices>) -> Command {
    let is_manual = command.get_name() == "man";
    let command = command.mut_args(|argument| {
        let choices = choices.clone();
        match argument.get_id().as_str() {
            "name" | "names" | "assignment" | "only" => {
                argument.add(ArgValueCandidates::new(move || choices.variables()))
            }
            "profile" => argument.add(ArgValueCandidates::new(move || choices.profiles())),
            "venv" => argument.add(ArgValueCompleter::new(VenvFolder(choices))),
            "command" => argument.add(ArgValueCompleter::new(ProgramName(choices))),
            "words" if is_manual => argument.add(ArgValueCandidates::new(move || choices.pages())),
            "generate" => argument.add(ArgValueCandidates::new(kinds)),
            _ => argument,
        }
    });
    command.mut_subcommands(|command| with_choices(command, choices))
}

fn kinds() -> Vec<CompletionCandidate> {
    ["hex32", "base64", "urlsafe", "uuid4", "password", "fernet", "django"]
        .map(CompletionCandidate::new)
        .into()
}
