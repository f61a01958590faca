use clap_complete::Shell;
use clap_mangen::Man;

use super::{Error, Result, console};
use crate::edge::cli;

/// `venvars completions`: a script that completes our command line.
pub fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "venvars", &mut script);
    console::answer(&String::from_utf8_lossy(&script))
}

/// `venvars man`: one manual page, with every command in it.
pub fn man() -> Result<()> {
    let failed = |error: std::io::Error| Error::could_not("write the manual page", &error);
    let mut page = Vec::new();
    let mut command = cli::command();
    command.build();
    Man::new(command.clone()).render(&mut page).map_err(failed)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let man = Man::new(subcommand.clone());
        man.render_name_section(&mut page).map_err(failed)?;
        man.render_synopsis_section(&mut page).map_err(failed)?;
        man.render_options_section(&mut page).map_err(failed)?;
    }
    console::answer(&String::from_utf8_lossy(&page))
}
