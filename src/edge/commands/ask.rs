//! Asking for values: at the terminal, or from standard input.

use std::io::{self, IsTerminal, Read};

use venvars::model::project::{Declared, Project};
use venvars::model::secrets::generate;
use venvars::session::editor;
use venvars::session::environment::Files;
use venvars::words::cause::Cause;
use venvars::words::name::Name;
use venvars::world::file;
use venvars::world::prompt::{self, NoLine};
use zeroize::Zeroizing;

use super::{Error, Global, Result, console, say_waiting};

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

/// Goes through the variables that the project needs and that are missing: makes those that can be
/// made, asks for the others where there is a terminal. Each is written at once, so that none is lost
/// when somebody gives up half-way. Gives what is still missing then, as errors with the way out.
pub fn missing(global: &Global, project: Project) -> Result<Vec<Error>> {
    let files = Files::read(project, &global.sources)?;
    let environment = files.environment(&global.profile)?;
    let profile = environment.profile.as_ref();
    let missing: Vec<&Declared> = environment.missing().collect();
    if missing.is_empty() {
        global.say("no variable is missing");
    }
    let terminal = io::stdin().is_terminal();
    let mut asked = false;
    for declared in missing {
        let name = &declared.name;
        let (value, done) = match declared.generate {
            Some(kind) => (generate::generate(kind)?, format!("{name} is generated ({kind})")),
            None if terminal => {
                if !asked {
                    console::say("an empty line leaves a variable out");
                }
                asked = true;
                let value = typed(name, Some(declared))?;
                if value.is_empty() {
                    continue;
                }
                (value, format!("{name} is set"))
            }
            None => continue,
        };
        // Somebody may have set it while it was asked for.
        let is_new = editor::add(&files.project, profile, name, &value, || say_waiting(&files.project))?;
        if is_new {
            global.say(&done);
        } else {
            console::warn(&format!("{name} was set meanwhile and is left as it is"));
        }
    }
    let files = Files::read(files.project.clone(), &global.sources)?;
    Ok(files.environment(&global.profile)?.missing_errors())
}
