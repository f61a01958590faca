//! Asking for values: at the terminal, or from standard input.

use std::io::{self, BufRead, IsTerminal, Read};

use venvars::model::project::Declared;
use venvars::model::secrets;
use venvars::model::secrets::generate::SecretKind;
use venvars::session::Session;
use venvars::session::ledger::compromised;
use venvars::session::setting;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::name::Name;
use venvars::world::file;
use venvars::world::prompt::{self, NoLine};
use zeroize::Zeroizing;

use crate::edge::console;

/// Asks at the terminal without echo; where there is none, all of standard input is the value, less
/// one final newline.
pub fn value(name: &Name, declared: Option<&Declared>) -> Result<Zeroizing<String>> {
    if io::stdin().is_terminal() { typed(name, declared) } else { piped(name) }
}

/// Asks until the answer is what the declaration says.
pub fn typed(name: &Name, declared: Option<&Declared>) -> Result<Zeroizing<String>> {
    if let Some(declared) = declared {
        let description = declared.description.iter().map(|text| format!(": {text}")).collect::<String>();
        let example =
            declared.example.iter().map(|text| format!(" (for example: {text})")).collect::<String>();
        if !description.is_empty() || !example.is_empty() {
            console::say(&format!("{name}{description}{example}"));
        }
    }
    loop {
        let typed = match prompt::hidden(&format!("{name} (not shown): ")) {
            Ok(typed) => typed,
            Err(NoLine::System(error)) => return Err(failed(name, &error)),
            Err(refusal) => {
                return Err(Error::bad_value(format!("{name}: {refusal}")).hint(format!(
                    "nothing was changed; such a value comes from a file: venvars set {name} < FILE"
                )));
            }
        };
        match declared.and_then(|declared| declared.problem(&typed)) {
            Some(_) if typed.is_empty() => return Ok(typed),
            Some(problem) => console::warn(&format!("{name}: {problem}")),
            None => return Ok(typed),
        }
    }
}

/// All of standard input, less one final newline (LF or CRLF).
pub fn piped(name: &Name) -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin().read_to_end(&mut bytes).map_err(|error| failed(name, &error))?;
    file::drop_line_end(&mut bytes);
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Error::from(Cause::NotUtf8(format!("the value of {name}"))).hint("keep it as base64")),
    }
}

fn failed(name: &Name, error: &io::Error) -> Error {
    Error::could_not(format!("read the value of {name}"), error)
}

/// A new value: made, read, or typed; one that the variable may have, and that nobody else knows.
pub fn new_value(
    session: &Session,
    name: &Name,
    generate: Option<Option<SecretKind>>,
    stdin: bool,
) -> Result<Zeroizing<String>> {
    let declared = session.project().settings.declaration(name.as_str());
    let declared_kind = declared.and_then(|declared| declared.generate);
    let kind = generate.map_or(declared_kind, |given| Some(setting::kind(session.project(), name, given)));
    let value = match kind {
        _ if stdin => piped(name)?,
        Some(kind) => secrets::generate::generate(kind)?,
        None if io::stdin().is_terminal() => typed(name, declared)?,
        None => {
            return Err(Error::missing(format!("{name}: there is no terminal to ask for the new value"))
                .hint("--generate makes one; --stdin reads it from standard input"));
        }
    };
    if value.is_empty() {
        return Err(Error::bad_value(format!("{name}: the new value is empty")).hint("nothing was changed"));
    }
    compromised::refuse_new(session.project(), name, &value, "the new value", "nothing was changed")?;
    Ok(value)
}

/// Whether the person at the terminal says yes.
pub fn agrees(question: &str) -> bool {
    console::say(question);
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).is_ok() && answer.trim().eq_ignore_ascii_case("y")
}
