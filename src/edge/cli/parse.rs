//! Reading the command line.

use clap::error::{ContextKind, ContextValue};
use clap::{Command, Error, FromArgMatches};

use super::{Arguments, command};

/// What this process was called with. Ends it where that is a question for help, or wrong.
pub fn parse() -> Arguments {
    let matches = command().try_get_matches().unwrap_or_else(|error| with_tip(error).exit());
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command()).exit())
}

/// `error`, which suggests no hidden command.
fn with_tip(mut error: Error) -> Error {
    if let Some(ContextValue::Strings(near)) = error.remove(ContextKind::SuggestedSubcommand) {
        let command = command();
        let is_hidden = |name: &String| command.find_subcommand(name).is_some_and(Command::is_hide_set);
        let near: Vec<_> = match error.get(ContextKind::InvalidSubcommand) {
            // It looks like `remove`, which empties the scripts.
            Some(ContextValue::String(word)) if word == "rm" => vec!["unset".to_owned()],
            _ => near.into_iter().filter(|name| !is_hidden(name)).collect(),
        };
        if near.is_empty() {
            // Else an empty line stands in its place.
            error.remove(ContextKind::Suggested);
        } else {
            error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(near));
        }
    }
    error
}
