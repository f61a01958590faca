use std::io::{self, IsTerminal};

use venvars::session::backups;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::message::counted;

use crate::edge::ask;
use crate::edge::cli::Global;

/// `venvars backups clear`: only what the secrets file says now is kept.
pub fn clear(global: &Global, yes: bool) -> Result<()> {
    let (mut all, now) = backups::of_project(&global.restorable()?)?;
    let only = all.only_here(&now)?;
    if !only.is_empty() && !yes {
        let names = only.join(", ");
        if !io::stdin().is_terminal() {
            return Err(Error::refused(format!("the backups have the only copy of a value of {names}"))
                .hint("venvars backups clear --yes"));
        }
        if !ask::agrees(&format!("This deletes the only copy of a value of {names}. Delete it? [y/N]")) {
            return Err(Cause::Declined("nothing was deleted".to_owned()).into());
        }
    }
    global.say(&format!("deleted {}", counted(all.clear(&now)?, "backup")));
    Ok(())
}
