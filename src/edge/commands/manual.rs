use std::fs;
use std::io;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use venvars::world::disk::replace::{self, Replacement};

use super::{Error, Global, Result, console};
use crate::edge::cli;

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

/// The page of `command`.
fn page(command: &Command) -> Result<String> {
    let failed = |error: io::Error| Error::could_not("write the man page", &error);
    let man = Man::new(command.clone()).source(concat!("venvars ", env!("CARGO_PKG_VERSION")));
    let man = man.manual("venvars manual");
    let mut page = Vec::new();
    man.render_title(&mut page).map_err(failed)?;
    man.render_name_section(&mut page).map_err(failed)?;
    let usage = command.clone().render_usage().to_string();
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text([roman(usage.trim_start_matches("Usage: "))]);
    roff.to_writer(&mut page).map_err(failed)?;
    man.render_description_section(&mut page).map_err(failed)?;
    let mut roff = Roff::new();
    if let Some(details) = command.get_before_help() {
        roff.control("PP", []).text([roman(details.to_string())]);
    }
    roff.to_writer(&mut page).map_err(failed)?;
    man.render_options_section(&mut page).map_err(failed)?;
    let is_overview = command.get_version().is_some();
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page).map_err(failed)?;
    }
    let mut roff = Roff::new();
    // Tables stay as they are: the values of an option, the examples.
    let tables = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for table in tables.split("\n\n").filter(|table| !table.is_empty()) {
        let (heading, lines) = table.split_once(":\n").unwrap_or_default();
        roff.control("SH", [heading.to_uppercase().as_str()]).control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line.trim_start())]);
        }
        roff.control("fi", []);
    }
    if is_overview {
        roff.control("SH", ["EXIT STATUS"]);
        for (code, meaning) in EXITS {
            roff.control("TP", []).text([bold(code)]).text([roman(meaning)]);
        }
    }
    roff.to_writer(&mut page).map_err(failed)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// What the exit codes mean.
const EXITS: [(&str, &str); 3] = [
    ("0", "Done; or the answer is yes."),
    ("1", "The answer is no: an activate script is out of date, there is a finding."),
    ("2", "Wrong usage or input, or it could not be done. `venvars run` exits with the command's own code."),
];
