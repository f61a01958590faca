use zeroize::Zeroizing;

use super::{Global, Result, console};

/// `venvars get`: the bare value; a newline only where a person reads it.
pub fn run(global: &Global, name: &str) -> Result<()> {
    let session = global.allowed()?;
    let variable = session.environment()?.variable(name)?;
    let end = if console::answers_a_person() { "\n" } else { "" };
    console::answer(&Zeroizing::new(format!("{}{end}", variable.value.reveal())))
}
