//! Questions with several answers.

use std::io::{self, IsTerminal};

use venvars::session::leaks::Meant;
use venvars::session::ledger::entry::LedgerEntry;
use venvars::words::error::{Error, Result};
use venvars::words::name::Name;

use crate::edge::cli::CompromisedOptions;
use crate::edge::{ask, console};

/// The number of the entry that is meant.
pub fn which_entry(number: Option<usize>, own: &[&LedgerEntry]) -> Result<usize> {
    match (number, own) {
        (Some(number), _) => return Ok(number),
        (None, [_]) => return Ok(1),
        (None, _) => {}
    }
    let name = &own[0].name;
    let list: Vec<String> =
        (1..).zip(own).map(|(number, entry)| format!("{number}: {}", entry.summary())).collect();
    if !io::stdin().is_terminal() {
        let error = format!("{name}: several of its values are recorded ({})", list.join("; "));
        return Err(Error::usage(error).hint(format!("venvars compromised {name} --forget=N")));
    }
    let answer = ask::answer(&format!("{}\nForget which one of {name}?", list.join("\n")));
    answer.parse().map_err(|_| Error::usage("not one of the numbers; nothing was forgotten"))
}

/// Which value is meant, where one was put aside `at` that time.
pub fn which_value(options: &CompromisedOptions, name: &Name, at: Option<&str>) -> Result<Meant> {
    match at {
        _ if options.current => return Ok(Meant::Current),
        _ if options.rotated => return Ok(Meant::Rotated),
        None => return Ok(Meant::Current),
        Some(at) if !io::stdin().is_terminal() => {
            let error = format!("{name} was rotated at {at}: which value is compromised?");
            return Err(Error::usage(error).hint(format!(
                "the old one: venvars compromised {name} --rotated; the current one: --current"
            )));
        }
        Some(at) => console::say(&format!("{name} was rotated at {at}")),
    }
    match ask::answer("Which value is compromised? 1: the old one  2: the current one").as_str() {
        "1" => Ok(Meant::Rotated),
        "2" => Ok(Meant::Current),
        _ => Err(Error::usage("neither 1 nor 2; nothing was recorded")),
    }
}

/// What to do about a file with an error.
pub enum WhatNow {
    Edit,
    Undo,
    Keep,
}

/// What the person at the terminal wants. End of input keeps the edited file.
pub fn what_now() -> WhatNow {
    loop {
        let question = "What now? e: edit again, x: undo all changes, q: quit and save anyway [e]";
        match ask::answered(question).as_deref() {
            Some("" | "e") => return WhatNow::Edit,
            Some("x") => return WhatNow::Undo,
            Some("q") | None => return WhatNow::Keep,
            Some(_) => {}
        }
    }
}
