use std::process::ExitCode;

use venvars::engines::shell::Shell;
use venvars::engines::shell::block;
use venvars::words::cause::Cause;
use venvars::words::error::Result;
use venvars::world::variables;

use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars activation`: what a live script is to evaluate. If anything is wrong, it says so in one line
/// and prints nothing, so that nothing is set.
pub fn run(global: &Global, shell: Shell, bsd: bool) -> Result<ExitCode> {
    let answer = || -> Result<_> {
        let session = global.open()?;
        session.require()?;
        let mut variables = session.environment()?.variables()?;
        if bsd {
            variables.retain(|variable| {
                let fits = block::fits_bsd_csh(variable);
                if !fits {
                    console::say(&format!(
                        "venvars: {} is not set: bsd-csh cannot hold its value",
                        variable.name
                    ));
                }
                fits
            });
        }
        let guard = session.project().settings.guard;
        Ok(block::answer(shell, &variables, guard, variables::text))
    };
    match answer() {
        Ok((text, left_out)) => {
            console::answer(&text)?;
            for left_out in left_out {
                console::warn(&left_out.to_string());
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let more = match error.others().len() {
                0 => String::new(),
                more => format!(" (and {more} more: venvars check)"),
            };
            let way = error.remedy().filter(|_| matches!(error.cause(), Cause::NotAllowed(_)));
            let way = way.map(|way| format!(" ({way})")).unwrap_or_default();
            console::say(&format!("venvars: no variable was set: {error}{way}{more}"));
            Ok(ExitCode::from(error.code()))
        }
    }
}
