use std::fs;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use venvars::words::error::{Error, Result};
use venvars::world::disk::replace::{self, Replacement};

use crate::edge::cli::{self, Global};
use crate::edge::console;
use crate::edge::views::manual::page;

/// `venvars man`: the page of the command that `words` name.
pub fn print(words: &[String]) -> Result<()> {
    let all = command();
    let mut named = &all;
    for word in words {
        let visible = || named.get_subcommands().filter(|command| !command.is_hide_set());
        named = visible().find(|command| command.get_name() == word).ok_or_else(|| {
            let names = visible().map(Command::get_name);
            let error = Error::usage(format!("there is no command `{}`", words.join(" ")));
            error.did_you_mean(word, names, "`venvars help` lists the commands")
        })?;
    }
    console::answer(&page(named)?)
}

/// `venvars man --out DIR`: the pages of all commands, in files.
pub fn write(global: &Global, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, &error))?;
    let pages = pages(&command())?;
    for (name, page) in &pages {
        replace::all(&[Replacement {
            file: &folder.join(name),
            content: page.as_bytes(),
            mode: Some(0o644),
        }])?;
    }
    global.say(&format!("wrote {} man pages to {}", pages.len(), folder.display()));
    Ok(())
}

/// The command line without `help`, which has no page.
fn command() -> Command {
    let mut command = cli::command().disable_help_subcommand(true);
    command.build();
    command
}

/// The pages of `command` and of all below it, with the names of their files.
fn pages(command: &Command) -> Result<Vec<(String, String)>> {
    let mut all = vec![(Man::new(command.clone()).get_filename(), page(command)?)];
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        all.extend(pages(below)?);
    }
    Ok(all)
}
