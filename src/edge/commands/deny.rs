use venvars::session::allow;
use venvars::words::error::Result;

use crate::edge::cli::Global;

/// `venvars deny`: nothing of the project is allowed any more.
pub fn run(global: &Global) -> Result<()> {
    let folder = global.found()?.folder;
    let was = allow::deny(&folder)?;
    let folder = folder.display();
    global.say(&if was { format!("{folder}: revoked") } else { format!("{folder}: nothing was allowed") });
    Ok(())
}
