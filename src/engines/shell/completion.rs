//! Scripts that have a shell complete our command line: each asks `venvars complete`.
//!
//! clap_complete finds what a word can become, and brings scripts too. They are not used: PowerShell's evaluates what
//! stands in the line, bash's takes `--format=json` for three words, and there is none for Nushell.

use crate::words::table;

table! {
    /// A shell that can complete our command line.
    pub enum CompletionShell {
        /// bash, from 3.2 on.
        Bash = "bash", &["sh"], include_str!("../../../templates/completions/venvars.bash");
        /// zsh.
        Zsh = "zsh", &[], include_str!("../../../templates/completions/_venvars");
        /// fish.
        Fish = "fish", &[], include_str!("../../../templates/completions/venvars.fish");
        /// Windows PowerShell 5.1 and PowerShell 7.
        PowerShell = "powershell", &["pwsh"], include_str!("../../../templates/completions/venvars.ps1");
        /// Nushell.
        Nu = "nu", &["nushell"], include_str!("../../../templates/completions/venvars.nu");
        /// Elvish.
        Elvish = "elvish", &[], include_str!("../../../templates/completions/venvars.elv");
    }
    /// The name on the command line and in messages.
    name: &'static str = 0;
    /// Other names that people call it by.
    aliases: &'static [&'static str] = 1;
    /// The script.
    script: &'static str = 2;
}
