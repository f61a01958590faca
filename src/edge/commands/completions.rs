use std::ffi::OsStr;
use std::path::Path;

use venvars::engines::shell::completion::CompletionShell;
use venvars::session::completions;
use venvars::words::error::{Error, Result};
use venvars::world::variables;

use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars completions`: the script that completes our command line, printed or where the shell looks for it.
pub fn run(global: &Global, shell: Option<CompletionShell>, install: bool, uninstall: bool) -> Result<()> {
    let shell = shell.map_or_else(own_shell, Ok)?;
    if uninstall {
        let (file, was_there) = completions::uninstall(shell)?;
        let done = if was_there { "deleted" } else { "not installed:" };
        global.say(&format!("{done} {}", file.display()));
        return Ok(());
    }
    if !install {
        return console::answer(shell.script());
    }
    let (file, is_new) = completions::install(shell)?;
    let done = if is_new { "installed" } else { "already installed:" };
    global.say(&format!("{done} {}", file.display()));
    if let Some((line, place)) = completions::to_add(shell, &file) {
        global.say(&format!("add this line to {place}:\n  {line}"));
    }
    global.say(&format!("completions start with the next {} that you open", shell.name()));
    Ok(())
}

/// The shell that this user logs in to.
fn own_shell() -> Result<CompletionShell> {
    if cfg!(windows) {
        return Ok(CompletionShell::PowerShell);
    }
    let program = variables::text("SHELL").unwrap_or_default();
    let name = Path::new(&program).file_name().and_then(OsStr::to_str).unwrap_or_default();
    let is_own = |shell: &CompletionShell| shell.name() == name || shell.aliases().contains(&name);
    CompletionShell::ALL.into_iter().find(is_own).ok_or_else(|| {
        let names = CompletionShell::ALL.map(CompletionShell::name).join(", ");
        let error = if name.is_empty() {
            Error::missing("SHELL is not set")
        } else {
            Error::unsupported(format!("there are no completions for {name}"))
        };
        error.hint(format!("name a shell ({names}), for example: venvars completions bash"))
    })
}
