//! Variables from where they live now: the text of another program's file in, entries out. Pure.

mod activate;
mod docker;
mod dotenv;
mod interpolate;
mod json;
mod python;
mod sh;
mod systemd;
mod toml;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use indexmap::IndexMap;
use zeroize::Zeroizing;

pub use activate::take;
pub use python::Python;

use crate::words::error::{Error, Result};
use crate::words::name::{Name, Refusal};
use crate::words::secret::Misfit;
use crate::words::table;

table! {
    /// The forms that values are read from.
    pub enum ImportFormat {
        /// A .env file, exactly as python-dotenv reads it.
        Dotenv = "dotenv", "A .env file, exactly as python-dotenv reads it";
        /// A Python module (secrets.py): assignments of literals, read without running it.
        PythonModule = "python", "A Python module (secrets.py): assignments of literals, read without running it";
        /// A JSON object.
        Json = "json", "A JSON object";
        /// The top level of a TOML document.
        Toml = "toml", "The top level of a TOML document";
        /// A file for `docker run --env-file`.
        Docker = "docker", "A file for `docker run --env-file`";
        /// A file for systemd's `EnvironmentFile=`.
        Systemd = "systemd", "A file for systemd's `EnvironmentFile=`";
        /// The lines `NAME=value` and `export NAME=value` of a shell script.
        Sh = "sh", "The lines `NAME=value` and `export NAME=value` of a shell script";
        /// The export lines that were added to a venv's activate script.
        Activate = "activate", "The export lines that were added to a venv's activate script";
        /// The output of `heroku config --json`.
        Heroku = "heroku", "The output of `heroku config --json`";
    }
    /// The name on the command line.
    name: &'static str = 0;
    /// What it is, in a few words.
    about: &'static str = 1;
}

impl ImportFormat {
    /// The format of a file of this name.
    ///
    /// # Errors
    /// The name does not say; the error names `--format`.
    pub fn of(file: &Path) -> Result<Self> {
        let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        match (name.as_str(), extension) {
            ("activate", _) => Ok(Self::Activate),
            // direnv's file is a bash script.
            (".envrc", _) | (_, Some("sh" | "bash" | "zsh")) => Ok(Self::Sh),
            (_, Some("py")) => Ok(Self::PythonModule),
            (_, Some("json")) => Ok(Self::Json),
            (_, Some("toml")) => Ok(Self::Toml),
            (_, Some("env")) => Ok(Self::Dotenv),
            _ if name.starts_with(".env") => Ok(Self::Dotenv),
            _ => {
                let known = Self::ALL.map(Self::name);
                Err(Error::usage("unknown file format")
                    .in_file(file)
                    .hint(format!("name it with --format: {}", known.join(", "))))
            }
        }
    }
}

/// What a variable is to be.
#[derive(Clone, PartialEq, Eq)]
pub enum What {
    /// This text.
    Literal(Zeroizing<String>),
    /// This text with each `${NAME}` replaced by that variable and each `$$` by a dollar.
    Template(Zeroizing<String>),
}

impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Literal(_) => "Literal(…)",
            Self::Template(_) => "Template(…)",
        })
    }
}

/// A variable that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportEntry {
    /// Its name.
    pub name: Name,
    /// What it is to be.
    pub value: What,
    /// The line that it stands on, from 1.
    pub line: usize,
}

/// Something that could not be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotImported {
    /// Its name, unless that may be a value that stands in the wrong place.
    pub name: Option<String>,
    /// The line that it stands on, from 1.
    pub line: usize,
    /// Why, and what to do, for a person to read. Holds no value.
    pub reason: Cow<'static, str>,
}

impl fmt::Display for NotImported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "left out, line {}: {name}: {}", self.line, self.reason),
            None => write!(f, "left out, line {}: {}", self.line, self.reason),
        }
    }
}

/// What a text holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The variables, each name once, in the order of the text.
    pub entries: Vec<ImportEntry>,
    /// What could not be taken over, by line.
    pub left_out: Vec<NotImported>,
}

/// Reads `text`, which is in `format`; a module of Python with the help of `python`.
///
/// # Errors
/// The text as a whole is not in that format; the error has the place and nothing of the text.
pub fn read(format: ImportFormat, text: &str, python: Python) -> Result<Imported> {
    // Editors on Windows write this mark; each of the programs drops it or fails over it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let found = match format {
        ImportFormat::Dotenv => dotenv::read(text),
        ImportFormat::PythonModule => python::read(text, python)?,
        ImportFormat::Json | ImportFormat::Heroku => json::read(text)?,
        ImportFormat::Toml => toml::read(text)?,
        ImportFormat::Docker => docker::read(text),
        ImportFormat::Systemd => systemd::read(text),
        ImportFormat::Sh => sh::read(text, false).0,
        ImportFormat::Activate => activate::read(text),
    };
    Ok(collect(found))
}

/// Why a variable is left out.
type Explanation = Cow<'static, str>;

/// A binding as it stands in the text: of names that occur twice the last one counts.
struct ImportBinding {
    /// The name as written; none for a line that has none.
    name: Option<String>,
    /// Whether the name may be printed: a bare word may be a part of a value.
    shown: bool,
    line: usize,
    value: Result<What, Explanation>,
}

impl ImportBinding {
    fn literal(name: impl Into<String>, line: usize, value: impl Into<String>) -> Self {
        Self::new(name, line, Ok(What::Literal(Zeroizing::new(value.into()))))
    }

    /// What a name is said to be, or why that is no value.
    fn plain(name: impl Into<String>, line: usize, value: Result<String, &'static str>) -> Self {
        Self::new(name, line, value.map(|text| What::Literal(text.into())).map_err(Into::into))
    }

    fn new(name: impl Into<String>, line: usize, value: Result<What, Explanation>) -> Self {
        Self { name: Some(name.into()), shown: true, line, value }
    }

    fn refused(name: impl Into<String>, line: usize, reason: impl Into<Explanation>) -> Self {
        Self::new(name, line, Err(reason.into()))
    }

    /// A line without a name that could be shown.
    fn nameless(line: usize, reason: impl Into<Explanation>) -> Self {
        Self { name: None, shown: false, line, value: Err(reason.into()) }
    }
}

/// Sorts out what can be a variable. The last binding of a name counts, in the place of the first.
fn collect(found: Vec<ImportBinding>) -> Imported {
    let mut imported = Imported::default();
    let mut last: IndexMap<String, ImportBinding> = IndexMap::with_capacity(found.len());
    for mut one in found {
        match (one.name.take(), one.value) {
            (None, Err(reason)) => {
                imported.left_out.push(NotImported { name: None, line: one.line, reason });
            }
            (None, Ok(_)) => {}
            (Some(name), value) => {
                last.insert(name, ImportBinding { value, ..one });
            }
        }
    }
    for (text, one) in last {
        let (name, reason) = match (Name::new(&text), one.value) {
            (Ok(name), Ok(value)) => match unfit(&text, &value) {
                None => {
                    imported.entries.push(ImportEntry { name, value, line: one.line });
                    continue;
                }
                Some(reason) => (Some(text), reason),
            },
            // A malformed name is not shown: it may be a value that stands in the wrong place.
            (Err(Refusal::Malformed), Ok(_)) => (None, Refusal::Malformed.to_string().into()),
            (Err(Refusal::Malformed), Err(reason)) => (None, reason),
            (Err(refusal), _) => (Some(text), refusal.to_string().into()),
            (Ok(_), Err(reason)) => (one.shown.then_some(text), reason),
        };
        imported.left_out.push(NotImported { name, line: one.line, reason });
    }
    imported.left_out.sort_by_key(|left_out| left_out.line);
    imported
}

/// Why a value that is too long is left out.
const TOO_LONG: &str = "the value is longer than the system lets a variable be; keep it in a file, and the path of \
                        the file in the variable";

/// Why no environment can hold `value` under `name`, if none can.
fn unfit(name: &str, value: &What) -> Option<Explanation> {
    let (What::Literal(text) | What::Template(text)) = value;
    Some(match Misfit::of(name, text)? {
        misfit @ Misfit::Nul => format!("{misfit}; {}", misfit.hint()).into(),
        Misfit::Long => TOO_LONG.into(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_name_says_what_is_in_a_file() {
        for (name, format) in [
            (".env", ImportFormat::Dotenv),
            (".env.local", ImportFormat::Dotenv),
            ("prod.env", ImportFormat::Dotenv),
            (".envrc", ImportFormat::Sh),
            ("x/secrets.py", ImportFormat::PythonModule),
            ("a.JSON", ImportFormat::Json),
            ("a.toml", ImportFormat::Toml),
            (".venv/bin/activate", ImportFormat::Activate),
            ("vars.sh", ImportFormat::Sh),
        ] {
            assert_eq!(ImportFormat::of(Path::new(name)).unwrap(), format, "{name}");
        }
        let error = ImportFormat::of(Path::new("secrets")).unwrap_err();
        assert!(error.remedy().unwrap().contains("--format: dotenv, python, json"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        /// Whatever the text, in every format: no panic, and nothing said that shows the text.
        /// (`hunter-2` can be no name.)
        #[test]
        fn no_message_shows_the_text(pieces in prop::collection::vec(
            "hunter-2|[A-Z]{1,2}=|export |unset |[ =\"'`\\\\\\[\\]{}()#;,.:$&|<>\n\r\t\u{0}-]|\\$\\{A\\}|\\$\\('|if |fi\n|f['\"]|\\\\x|true|\u{e9}",
            0..30,
        )) {
            let text = pieces.concat();
            // What Python says of a text is tried in tests/it/import.rs.
            let python = |_: &str, text: &str| Ok(Zeroizing::new(text.as_bytes().to_vec()));
            for format in ImportFormat::ALL {
                let said = match read(format, &text, &python) {
                    Ok(imported) => {
                        let names: Vec<Name> = imported.entries.iter().map(|entry| entry.name.clone()).collect();
                        let _ = take(&text, &names);
                        let shown: String = imported.left_out.iter().map(ToString::to_string).collect();
                        format!("{imported:?}{shown}")
                    }
                    Err(error) => format!("{error}{}{error:?}", error.remedy().unwrap_or_default()),
                };
                prop_assert!(!said.contains("hunter-2"), "{:?}: {}", format, said);
            }
        }
    }
}
