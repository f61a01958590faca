use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use clap_complete::engine::{CompletionCandidate, complete};
use venvars::words::error::Result;
use venvars::words::message::{is_unfit, one_line};

use crate::edge::candidates::{Choices, with_choices};
use crate::edge::cli;
use crate::edge::console;

/// `venvars complete`: what the word `index` of a command line can become, one per line, each with what it is
/// behind a tab. The completion scripts ask for it: nothing is run or asked, and no error shown.
pub fn run(index: usize, mut words: Vec<OsString>) -> Result<()> {
    // Some shells drop an empty last word.
    words.resize(index + 1, OsString::new());
    let choices = Arc::new(Choices::of(&words[..index]));
    let word = words[index].clone();
    let mut command = with_choices(cli::command(), &choices);
    let here = std::env::current_dir().ok();
    let mut found = complete(&mut command, words, index, here.as_deref()).unwrap_or_default();
    let is_option = |one: &CompletionCandidate| one.get_value().as_encoded_bytes().starts_with(b"-");
    // Of what is hidden, only files whose names begin with a dot.
    let is_file = |one: &CompletionCandidate| {
        Path::new(one.get_value()).file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    };
    found.retain(|one| !one.is_hide_set() || is_file(one));
    // They are many, and seldom meant.
    if word.is_empty() && !found.iter().all(is_option) {
        found.retain(|one| !is_option(one));
    }
    let mut lines = String::new();
    for one in found {
        let Some(value) = one.get_value().to_str().filter(|value| !value.contains(is_unfit)) else {
            continue;
        };
        let about = one.get_help().map(ToString::to_string).unwrap_or_default();
        let about = about.lines().next().unwrap_or_default();
        lines.push_str(&format!("{value}\t{}\n", one_line(about)));
    }
    console::answer(&lines)
}
