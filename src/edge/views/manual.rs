//! The man pages.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use venvars::words::error::{Error, Result};

/// The page of `command`.
pub fn page(command: &Command) -> Result<String> {
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
