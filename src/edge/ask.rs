//! Asking for values: at the terminal, or from standard input.

use std::io::{self, BufRead, IsTerminal, Read};

use venvars::model::project::Declared;
use venvars::model::secrets;
use venvars::model::secrets::generate::SecretKind;
use venvars::session::Session;
use venvars::session::backups::made_as;
use venvars::session::ledger::compromised;
use venvars::session::rotation::target::Target;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::name::Name;
use venvars::world::file;
use venvars::world::prompt::{self, NoLine};
use zeroize::Zeroizing;

use crate::edge::console;

/// Asks at the terminal without echo; where there is none, all of standard input is the value, less
/// one final newline. Nothing at all is the empty value only if that is `allowed`.
pub fn value(name: &Name, declared: Option<&Declared>, allowed: bool) -> Result<Zeroizing<String>> {
    let value = if io::stdin().is_terminal() {
        Some(typed(name, declared)?).filter(|typed| !typed.is_empty())
    } else {
        all_of_input(name)?
    };
    if value.is_none() && !allowed {
        let error = Error::bad_value(format!("{name}: no value given; nothing was changed"));
        return Err(error.hint(format!("for an empty value: venvars set {name} --allow-empty")));
    }
    Ok(value.unwrap_or_default())
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
    let refused = |refusal| match refusal {
        NoLine::System(error) => failed(name, &error),
        refusal => Error::bad_value(format!("{name}: {refusal}"))
            .hint(format!("nothing was changed; read such a value from a file: venvars set {name} < FILE")),
    };
    let is_secret = declared.and_then(|declared| declared.secret) != Some(false);
    let is_checked = declared.is_some_and(Declared::is_checked);
    loop {
        let (typed, is_sure) = if is_secret {
            let typed = prompt::hidden(&format!("{name} (not shown): ")).map_err(refused)?;
            (typed.text, typed.is_pasted || is_checked)
        } else {
            (prompt::shown(&format!("{name}: ")).map_err(refused)?, true)
        };
        match declared.and_then(|declared| declared.problem(&typed)) {
            _ if typed.is_empty() => return Ok(typed),
            Some(problem) => console::warn(&format!("{name}: {problem}")),
            None if is_sure => return Ok(typed),
            // Nobody sees a slip, and nothing else would find it.
            None => {
                let again = prompt::hidden(&format!("{name} (once more): ")).map_err(refused)?;
                if again.text == typed {
                    return Ok(typed);
                }
                console::warn(&format!("{name}: the two values differ"));
            }
        }
    }
}

/// All of standard input, less one final newline (LF or CRLF) and the byte-order mark that Windows PowerShell may send
/// first.
pub fn piped(name: &Name) -> Result<Zeroizing<String>> {
    all_of_input(name).map(Option::unwrap_or_default)
}

/// The same; `None` if there was not a byte.
fn all_of_input(name: &Name) -> Result<Option<Zeroizing<String>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin().read_to_end(&mut bytes).map_err(|error| failed(name, &error))?;
    if bytes.is_empty() {
        return Ok(None);
    }
    file::drop_line_end(&mut bytes);
    match std::str::from_utf8(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes)) {
        Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
        Err(_) => Err(Error::from(Cause::NotUtf8(format!("the value of {name}"))).hint("keep it as base64")),
    }
}

fn failed(name: &Name, error: &io::Error) -> Error {
    Error::could_not(format!("read the value of {name}"), error)
}

/// A new value: made, read, or typed; one that the variable may have, and that nobody else knows. Second, as what it
/// was made.
pub fn new_value(
    session: &Session,
    target: &Target,
    generate: Option<Option<SecretKind>>,
    stdin: bool,
) -> Result<(Zeroizing<String>, Option<SecretKind>)> {
    let (project, name) = (session.project(), &target.name);
    let declared = project.settings.declaration(name.as_str());
    // As it was made before, where nobody says how.
    let kind = generate
        .flatten()
        .or(declared.and_then(|declared| declared.generate))
        .or_else(|| generate.and_then(|_| made_as(&project.secrets, target.profile.as_ref(), name)));
    let kind = kind.filter(|_| !stdin);
    let value = match kind {
        None if stdin => piped(name)?,
        Some(kind) => secrets::generate::generate(kind)?,
        None if io::stdin().is_terminal() => typed(name, declared)?,
        None => {
            return Err(Error::missing(format!("{name}: no terminal to ask for the new value"))
                .hint("use --stdin to read it from standard input, or --generate=KIND"));
        }
    };
    if value.is_empty() {
        return Err(Error::bad_value(format!("{name}: the new value is empty")).hint("nothing was changed"));
    }
    compromised::refuse_new(session.project(), name, &value, "the new value", "nothing was changed")?;
    Ok((value, kind))
}

/// Whether somebody is there to read a question and to answer it.
pub fn is_somebody_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether the person at the terminal says yes.
pub fn agrees(question: &str) -> bool {
    answer(question).eq_ignore_ascii_case("y")
}

/// What the person at the terminal answers in a line; nothing where that cannot be read.
pub fn answer(question: &str) -> String {
    answered(question).unwrap_or_default()
}

/// The same; `None` at the end of the input.
pub fn answered(question: &str) -> Option<String> {
    console::say(question);
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok_and(|bytes| bytes > 0).then(|| answer.trim().to_owned())
}
