//! From variables to the blocks that go into the scripts.

use askama::Template;

use crate::error::{Error, Result};
use crate::secrets::Variable;
use crate::shell::Shell;
use crate::shell::hold;

/// The two blocks of a shell, without their marker lines: LF line ends, each line terminated.
/// A block that a shell does not have is empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Blocks {
    /// Gives the old values back; stands in the generator's `deactivate`. Holds no value.
    pub unset: String,
    /// Sets the variables; stands where the generator's activation is done.
    pub export: String,
}

/// A variable that was left out of a shell's scripts, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The shell that cannot hold it.
    pub shell: Shell,
    /// The variable's name.
    pub name: String,
    /// The reason, for a person to read.
    pub reason: &'static str,
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is left out of {}: {}", self.name, self.shell, self.reason)
    }
}

/// A name and its plain value, as the templates see them.
struct Line<'a> {
    name: &'a str,
    value: &'a str,
}

macro_rules! templates {
    ($($export:ident $unset:ident $extension:literal),* $(,)?) => {$(
        #[derive(Template)]
        #[template(path = concat!("export.", $extension))]
        struct $export<'a> { variables: &'a [Line<'a>] }

        #[derive(Template)]
        #[template(path = concat!("unset.", $extension))]
        struct $unset;
    )*};
}

/// The blocks of `shell` for `variables`, and which of them it cannot hold. With no variable that
/// it can hold there is nothing to write, and both blocks are empty.
///
/// # Errors
/// The template could not be rendered, which only a lack of memory can bring about.
pub fn render(shell: Shell, variables: &[Variable]) -> Result<(Blocks, Vec<LeftOut>)> {
    let mut lines = Vec::with_capacity(variables.len());
    let mut left_out = Vec::new();
    for variable in variables {
        match hold::refusal(shell, variable) {
            None => lines.push(Line {
                name: variable.name.as_str(),
                value: variable.value.reveal(),
            }),
            Some(reason) => left_out.push(LeftOut {
                shell,
                name: variable.name.to_string(),
                reason,
            }),
        }
    }
    if lines.is_empty() {
        let nothing = Blocks { unset: String::new(), export: String::new() };
        return Ok((nothing, left_out));
    }
    let blocks = blocks(shell, &lines)
        .map_err(|error| Error::new(format!("could not write the block for {shell}: {error}")))?;
    Ok((blocks, left_out))
}
