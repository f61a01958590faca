//! The words of the command line that stand for one of several things.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use venvars::engines::import::ImportFormat;
use venvars::engines::shell::Shell;
use venvars::engines::shell::completion::CompletionShell;
use venvars::engines::shell::export::ExportFormat;
use venvars::world::git::hook::Hook;

/// A parser of the words that stand for `all`, which `word` names.
fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    word: fn(T) -> PossibleValue,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|one| word(*one))).try_map(move |typed| {
        all.iter().copied().find(|one| word(*one).matches(&typed, false)).ok_or("unknown")
    })
}

/// The number of a backup.
pub fn number(text: &str) -> Result<usize, &'static str> {
    text.parse().map_err(|_| "N must be a number")
}

/// How long to wait.
pub fn seconds(text: &str) -> Result<u16, &'static str> {
    let seconds = text.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
    seconds.ok_or("SECONDS must be a number from 1 to 3600")
}

pub fn shell() -> impl TypedValueParser<Value = Shell> {
    one_of(&Shell::ALL, |shell| PossibleValue::new(shell.name()).aliases(shell.aliases()))
}

pub fn completion_shell() -> impl TypedValueParser<Value = CompletionShell> {
    one_of(&CompletionShell::ALL, |shell| PossibleValue::new(shell.name()).aliases(shell.aliases()))
}

pub fn hook() -> impl TypedValueParser<Value = Hook> {
    one_of(&venvars::world::git::hook::Hook::ALL, |hook| PossibleValue::new(hook.name()).help(hook.about()))
}

pub fn import_format() -> impl TypedValueParser<Value = ImportFormat> {
    one_of(&ImportFormat::ALL, |format| PossibleValue::new(format.name()).help(format.about()))
}

pub fn export_format() -> impl TypedValueParser<Value = ExportFormat> {
    one_of(&ExportFormat::ALL, |format| {
        let word = PossibleValue::new(format.name()).help(format.about());
        match format {
            ExportFormat::Sh => word.aliases(["bash", "zsh"]),
            ExportFormat::PowerShell => word.alias("pwsh"),
            ExportFormat::Csh => word.alias("tcsh"),
            _ => word,
        }
    })
}
