//! Where the blocks go in each script, found by what every generator version writes there.

use std::sync::LazyLock;

use regex::bytes::{Match, Regex};

use crate::engines::shell::Shell;
use crate::engines::shell::script::Unfit;
use crate::engines::shell::script::signature;
use crate::words::table;

table! {
    /// A kind of script, told by its file name.
    pub enum ScriptKind {
        /// `activate`
        Posix = Shell::Posix, &["activate"];
        /// `activate.fish`
        Fish = Shell::Fish, &["activate.fish"];
        /// `Activate.ps1`, `activate.ps1`
        PowerShell = Shell::PowerShell, &["Activate.ps1", "activate.ps1"];
        /// `activate.csh`
        Csh = Shell::Csh, &["activate.csh"];
        /// `deactivate.csh`
        CshDeactivate = Shell::Csh, &["deactivate.csh"];
        /// `activate.nu`
        Nu = Shell::Nu, &["activate.nu"];
        /// `activate.xsh`
        Xonsh = Shell::Xonsh, &["activate.xsh"];
        /// `activate.bat`
        Cmd = Shell::Cmd, &["activate.bat"];
        /// `deactivate.bat`
        CmdDeactivate = Shell::Cmd, &["deactivate.bat"];
        /// `activate_this.py`
        Python = Shell::Python, &["activate_this.py"];
    }
    /// The shell that reads it.
    shell: Shell = 0;
    /// The names that it may have.
    names: &'static [&'static str] = 1;
}

impl ScriptKind {
    /// The kind of the script called `file_name`, if it is one.
    #[must_use]
    pub fn of(file_name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.names().contains(&file_name))
    }

    /// What a line of comment begins with.
    pub(super) fn comment(self) -> &'static str {
        match self.shell() {
            Shell::Cmd => "@rem",
            _ => "#",
        }
    }

    /// Whether these are all the places that a script of this kind has.
    pub(super) fn has_all(self, places: Slots) -> bool {
        let Slots { program, inside, data, inline } = places;
        match self {
            Self::Posix | Self::Fish | Self::PowerShell | Self::Xonsh => {
                program.is_some() && inside.is_some() && data.is_some()
            }
            // Without a place inside the alias it may be virtualenv 21's layout or none.
            Self::Csh => data.is_some() && inline.is_some(),
            Self::Nu | Self::Cmd | Self::Python => data.is_some(),
            Self::CshDeactivate | Self::CmdDeactivate => program.is_some(),
        }
    }

    /// Whether a line of ours stands inside its `deactivate`.
    pub(super) fn has_inside(self) -> bool {
        matches!(self, Self::Posix | Self::Fish | Self::PowerShell | Self::Xonsh)
    }

    /// Whether it is a script of its own for the way back.
    pub(super) fn is_way_back(self) -> bool {
        matches!(self, Self::CshDeactivate | Self::CmdDeactivate)
    }

    /// Whether the script gets a block with values in it.
    #[must_use]
    pub fn holds_values(self) -> bool {
        !self.is_way_back()
    }
}

/// A place for a block: a line start or the end of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// In bytes from the beginning.
    pub offset: usize,
    /// Spaces before each line of the block, where the language counts them.
    pub indent: usize,
}

/// The places of a script.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slots {
    /// For the program: right before `deactivate`, or in a script of its own for the way back.
    pub program: Option<Place>,
    /// For the line inside `deactivate`.
    pub inside: Option<Place>,
    /// For the data.
    pub data: Option<Place>,
    /// For the text inside a line (csh's alias), in bytes from the beginning.
    pub inline: Option<usize>,
}

/// Something that stands in a script exactly once.
struct Anchor {
    pattern: LazyLock<Regex>,
    looked_for: &'static str,
}

macro_rules! anchors {
    ($($name:ident: $pattern:literal, $looked_for:literal;)*) => {$(
        static $name: Anchor = Anchor {
            // The patterns are literals, each compiled by the tests of this module.
            pattern: LazyLock::new(|| Regex::new(concat!("(?m-u)", $pattern)).expect("a valid pattern")),
            looked_for: $looked_for,
        };
    )*};
}

anchors! {
    POSIX: r"^deactivate *\(\) *\{.*$", "a line `deactivate () {`";
    FISH: r"^function deactivate\b.*$", "a line `function deactivate`";
    POWERSHELL: r"^function global:deactivate ?\(\[switch\] ?\$NonDestructive\) ?\{.*$",
        "a line `function global:deactivate ([switch]$NonDestructive) {`";
    CSH_ALIAS: r"^alias deactivate '", "a line `alias deactivate '…'`";
    CSH_SOURCED: r"^if \(\$\?_OLD_VIRTUAL_PATH\) source .*/deactivate\.csh", "a line `alias deactivate '…'`";
    // virtualenv 21.15.11 chooses between two such lines; nothing may follow before the `endif`.
    CSH_PATH: r"^(?:setenv PATH .*|[ \t]+setenv PATH .*\n(?:(?:[ \t].*|else\b.*)\n)*endif.*)$",
        "a line `setenv PATH …`";
    NU: r"^ *load-env \$new_env.*$", "a line `load-env $new_env`";
    NU_OBSOLETE: r"^alias deactivate = source .*$", "a line `alias deactivate = source …`";
    NU_EXPORT_ENV: r"^export-env *\{", "a line `export-env {`";
    XONSH: r"^( *)def _?deactivate\(.*\):.*$", "a line `def deactivate(…):`";
    // virtualenv 21.15.11 adds the old PATH in a line of its own.
    CMD: r#"^@?set "?PATH=%VIRTUAL_ENV%.*$(?:\n@call :assign PATH PATH .*$)?"#, "a line `set \"PATH=%VIRTUAL_ENV%…`";
    CMD_DEACTIVATE: r#"^@?set "?VIRTUAL_ENV=.*$"#, "a line `set VIRTUAL_ENV=`";
}

impl Anchor {
    /// The one match in `text`.
    fn find_one<'t>(&self, text: &'t [u8]) -> Result<Match<'t>, Unfit> {
        let mut matches = self.pattern.find_iter(text);
        match (matches.next(), matches.next()) {
            (Some(found), None) => Ok(found),
            _ => Err(Unfit::UnknownLayout(self.looked_for)),
        }
    }

    /// The one match in `text`: where its line begins, and where the next line begins.
    fn find(&self, text: &[u8]) -> Result<(usize, usize), Unfit> {
        self.find_one(text).map(|found| (found.start(), line_after(text, found.end())))
    }
}

/// Where the line after the one that holds `offset` begins; the end of the text if there is none.
fn line_after(text: &[u8], offset: usize) -> usize {
    text[offset..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| offset + at + 1)
}

/// The places for the blocks in `text`, a script of `kind` without blocks.
///
/// # Errors
/// An anchor is missing or stands there twice.
pub(super) fn places(kind: ScriptKind, text: &[u8]) -> Result<Slots, Unfit> {
    let at = |offset| Some(Place { offset, indent: 0 });
    let end = at(text.len());
    // Right before `deactivate` and right inside it.
    let around = |anchor: &Anchor, data| -> Result<Slots, Unfit> {
        let (start, next) = anchor.find(text)?;
        let indent = text[start..].iter().take_while(|byte| **byte == b' ').count();
        let program = Some(Place { offset: start, indent });
        let inside = Some(Place { offset: next, indent: indent + 4 });
        Ok(Slots { program, inside, data, inline: None })
    };
    Ok(match kind {
        ScriptKind::Posix => around(&POSIX, end)?,
        ScriptKind::Fish => around(&FISH, end)?,
        ScriptKind::PowerShell => around(&POWERSHELL, at(signature::start(text).unwrap_or(text.len())))?,
        ScriptKind::Csh => {
            let inline = match CSH_ALIAS.find_one(text) {
                Ok(found) => Some(found.end()),
                // virtualenv 21: the way back is in deactivate.csh.
                Err(_) => CSH_SOURCED.find(text).map(|_| None)?,
            };
            Slots { data: at(CSH_PATH.find(text)?.1), inline, ..Slots::default() }
        }
        ScriptKind::CshDeactivate => Slots { program: at(0), ..Slots::default() },
        ScriptKind::Nu => {
            if NU_OBSOLETE.find(text).is_ok() {
                return Err(Unfit::Obsolete(
                    "virtualenv 20.13 to 20.16 wrote it for a Nushell of 2022; no current one parses it",
                ));
            }
            NU_EXPORT_ENV.find(text)?;
            Slots { data: at(NU.find(text)?.1), ..Slots::default() }
        }
        ScriptKind::Xonsh => around(&XONSH, end)?,
        ScriptKind::Cmd => Slots { data: at(CMD.find(text)?.1), ..Slots::default() },
        ScriptKind::CmdDeactivate => Slots { program: at(CMD_DEACTIVATE.find(text)?.0), ..Slots::default() },
        ScriptKind::Python => Slots { data: end, ..Slots::default() },
    })
}
