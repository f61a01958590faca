//! The settings: `[tool.venvars]` of `pyproject.toml`, or `venvars.toml`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use crate::model::project::declared::{Declared, Written};
use crate::words::did_you_mean;
use crate::words::error::{Error, LineIndex, Position, Result};
use crate::words::name::Name;
use crate::words::profile::{Choice, NotAName};
use crate::world::disk::owner;

/// The settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The file that they stand in; [`None`] if there is none.
    #[serde(skip)]
    pub file: Option<Arc<Path>>,
    /// The virtual environments, relative to the project.
    #[serde(deserialize_with = "one_or_many")]
    pub venv: Vec<PathBuf>,
    /// The secrets file, relative to the project.
    pub secrets: Option<PathBuf>,
    /// The profile where none is named.
    #[serde(skip)]
    pub default_profile: Choice,
    #[serde(rename = "default_profile")]
    pub(crate) written_profile: Option<Spanned<String>>,
    /// What goes into the scripts.
    pub mode: Mode,
    /// Whether a variable takes the place of one that the environment has already.
    #[serde(rename = "override")]
    pub overrides: bool,
    /// Whether the values go as well where another venv's own script takes over, which knows nothing
    /// of them.
    pub guard: bool,
    /// Whom `set --age` encrypts for: public keys of age or ssh.
    pub recipients: Vec<String>,
    /// What `scan` looks for.
    pub scan: ScanSettings,
    /// The variables that the project needs, in the order of the file.
    #[serde(skip)]
    pub declared: IndexMap<Name, Declared>,
    pub(crate) variables: IndexMap<Spanned<String>, Written>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            file: None,
            venv: Vec::new(),
            secrets: None,
            default_profile: Choice::Default,
            written_profile: None,
            mode: Mode::Auto,
            overrides: true,
            guard: true,
            recipients: Vec::new(),
            scan: ScanSettings::default(),
            declared: IndexMap::new(),
            variables: IndexMap::new(),
        }
    }
}

impl Settings {
    /// The declaration of `name`, if there is one.
    #[must_use]
    pub fn declaration(&self, name: &str) -> Option<&Declared> {
        self.declared.get(name)
    }

    /// The variables whose fallback list the variable `list` is; hardly ever more than one.
    pub fn owners(&self, list: &Name) -> impl Iterator<Item = &Declared> {
        self.declared.values().filter(move |declared| declared.fallbacks.as_ref() == Some(list))
    }

    /// Whether the variable `name` takes the place of one that the environment has already.
    #[must_use]
    pub fn overrides(&self, name: &str) -> bool {
        self.declaration(name).and_then(|declared| declared.overrides).unwrap_or(self.overrides)
    }
}

/// What `scan` looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScanSettings {
    /// The fewest characters of a value that is looked for.
    pub min_length: usize,
}

impl Default for ScanSettings {
    fn default() -> Self {
        Self { min_length: 8 }
    }
}

/// What `apply` puts into the scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The values, unless one of them is not plain: then the question for them.
    #[default]
    Auto,
    /// The values.
    Embed,
    /// The question for them, which is asked at activation.
    Live,
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "venv must be a path or a list of paths")]
    enum OneOrMany {
        One(PathBuf),
        Many(Vec<PathBuf>),
    }
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(path) => vec![path],
        OneOrMany::Many(paths) => paths,
    })
}

/// A `pyproject.toml`, as far as it concerns us.
#[derive(Deserialize)]
struct Pyproject {
    #[serde(default)]
    tool: Tool,
}

#[derive(Default, Deserialize)]
struct Tool {
    venvars: Option<Settings>,
}

/// The settings that `folder` holds, if it holds any.
///
/// # Errors
/// They cannot be read, or something in them is not valid.
pub(super) fn of(folder: &Path) -> Result<Option<Settings>> {
    of_texts(folder, read)
}

/// The same of texts that `read` gives for the files.
pub(super) fn of_texts(
    folder: &Path,
    read: impl Fn(&Path) -> Result<Option<String>>,
) -> Result<Option<Settings>> {
    let file = folder.join("venvars.toml");
    if let Some(text) = read(&file)? {
        return settings(&file, &text, parse(&file, &text)?).map(Some);
    }
    let file = folder.join("pyproject.toml");
    match read(&file)? {
        // The file is other tools' as well: it is ours to judge only if it speaks of us.
        Some(text) if text.contains("venvars") => {
            let pyproject: Pyproject = parse(&file, &text)?;
            pyproject.tool.venvars.map(|form| settings(&file, &text, form)).transpose()
        }
        _ => Ok(None),
    }
}

fn read(file: &Path) -> Result<Option<String>> {
    let bytes = if file.is_dir() { None } else { owner::read(file)? };
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes).map_err(|error| Error::not_utf8(file, error.as_bytes(), error.utf8_error()))
    };
    bytes.map(text).transpose()
}

/// `form` with what only `text`, the content of `file`, says the places of.
fn settings(file: &Path, text: &str, mut form: Settings) -> Result<Settings> {
    if let Some(name) = form.written_profile.take() {
        form.default_profile = name.get_ref().parse().map_err(|wrong: NotAName| {
            Error::syntax(wrong.to_string())
                .context("default_profile")
                .in_file(file)
                .at(Position::of(text, name.span().start))
                .hint("choose one of the profiles in secrets.toml")
        })?;
    }
    let shared: Arc<Path> = Arc::from(file);
    let places = LineIndex::of(text);
    let written = std::mem::take(&mut form.variables).into_iter();
    let declared = written.map(|(name, written)| Declared::new(&shared, text, &places, &name, written));
    form.declared = declared.map(|one| one.map(|one| (one.name.clone(), one))).collect::<Result<_>>()?;
    form.file = Some(shared.clone());
    Ok(form)
}

fn parse<T: serde::de::DeserializeOwned>(file: &Path, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().next().unwrap_or("not valid TOML");
        // serde names what it found and what it knows: "unknown field `x`, expected one of `a`, `b`".
        let mut named = message.split('`').skip(1).step_by(2);
        let found = named.next().filter(|_| message.starts_with("unknown "));
        let known: Vec<&str> = named.filter(|_| found.is_some()).collect();
        let otherwise = "`venvars schema settings` prints what is allowed";
        let hint = did_you_mean(found.unwrap_or_default(), known.iter().copied(), otherwise);
        let what = match found {
            Some(found) if message.starts_with("unknown field") => format!("unknown setting `{found}`"),
            Some(found) => {
                let kind = if known.contains(&"embed") { "mode" } else { "type" };
                format!("`{found}` is not a {kind} ({})", known.join(", "))
            }
            None => message.to_owned(),
        };
        Error::syntax(what).in_file(file).at(Position::of(text, span.start)).hint(hint)
    })
}
