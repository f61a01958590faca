use std::io::{self, IsTerminal};

use venvars::model::project::{Declared, Project};
use venvars::model::secrets::generate;
use venvars::session::editor;
use venvars::session::environment::Files;
use venvars::words::error::{Error, Result};

use crate::edge::ask;
use crate::edge::cli::Global;
use crate::edge::console;
use crate::edge::opening::say_waiting;

/// `venvars set` without a name: makes the missing variables that can be made, asks for the others where there is
/// a terminal. Each is written at once, so that none is lost when somebody gives up half-way. Gives what is still
/// missing then, as errors with the way out.
pub fn run(global: &Global, project: Project) -> Result<Vec<Error>> {
    let files = Files::read(project, &global.sources)?;
    let environment = files.environment(&global.profile)?;
    let profile = environment.profile.as_ref();
    let missing: Vec<&Declared> = environment.missing().collect();
    if missing.is_empty() {
        global.say("no variables are missing");
    }
    let terminal = io::stdin().is_terminal();
    let mut asked = false;
    for declared in missing {
        let name = &declared.name;
        let (value, done) = match declared.generate {
            Some(kind) => (generate::generate(kind)?, format!("generated {name} ({kind})")),
            None if terminal => {
                if !asked {
                    console::say("press Enter to skip a variable");
                }
                asked = true;
                let value = ask::typed(name, Some(declared))?;
                if value.is_empty() {
                    continue;
                }
                (value, format!("{name} is set"))
            }
            None => continue,
        };
        // Somebody may have set it while it was asked for.
        let is_new = editor::add(&files.project, profile, name, &value, declared.generate, || {
            say_waiting(&files.project);
        })?;
        if is_new {
            global.say(&done);
        } else {
            console::warn(&format!("{name} was set in the meantime and is unchanged"));
        }
    }
    let files = Files::read(files.found(), &global.sources)?;
    Ok(files.environment(&global.profile)?.missing_errors())
}
