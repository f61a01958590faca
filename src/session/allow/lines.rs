//! The lines of a project that can act.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::model::project::{Declared, Mode, Project, ScanSettings, Settings};
use crate::model::secrets::{Definition, Secrets};
use crate::model::source::Source;
use crate::session::common::is_common;
use crate::words::error::Position;
use crate::words::message::{one_line, spelled_out};
use crate::words::name::Name;
use crate::world::{disk, git};

/// A line that can act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The file that it stands in.
    file: Arc<Path>,
    position: Option<Position>,
    /// What it does, to the character: what is remembered. No value is in it. [`Line::shown`] is for people.
    pub text: String,
    /// Whether the user has allowed it.
    pub is_allowed: bool,
}

impl Line {
    fn new(file: &Arc<Path>, position: Option<Position>, text: &str) -> Self {
        Self { file: Arc::clone(file), position, text: text.to_owned(), is_allowed: false }
    }

    /// Its file, as a person in `project` would write it, and the number of the line from 1, if it stands on one.
    #[must_use]
    pub fn place(&self, project: &Project) -> (String, Option<usize>) {
        let file = project.relative(&self.file).display().to_string();
        (file, self.position.map(|position| position.line))
    }

    /// The line with its place, as a person in `project` would write that.
    #[must_use]
    pub fn shown(&self, project: &Project) -> String {
        let (file, line) = self.place(project);
        let line = line.iter().map(|line| format!(":{line}")).collect::<String>();
        format!("{}{line}: {}", one_line(&file), spelled_out(&self.text))
    }
}

/// Every line of `project` that can act, each once: of its settings, of its `secrets`, and what it takes of the
/// `user`'s own.
pub(super) fn of(project: &Project, secrets: Option<&Secrets>, user: Option<&Secrets>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut add = |line: Line| {
        if lines.iter().all(|known| known.text != line.text) {
            lines.push(line);
        }
    };
    // A setting that is added has to be looked at here: nothing stands for the rest.
    let Settings {
        file,
        venv,
        secrets: _,
        default_profile: _,
        written_profile: _,
        variables: _,
        mode,
        overrides: _,
        guard: _,
        recipients: _,
        scan: ScanSettings { min_length },
        declared,
    } = &project.settings;
    of_secrets(project).into_iter().for_each(&mut add);
    venv.iter().filter_map(|venv| of_venv(project, &project.folder.join(venv))).for_each(&mut add);
    of_recipients(project).for_each(&mut add);
    if let Some(file) = file {
        if *mode == Mode::Embed {
            add(Line::new(file, None, EMBED));
        }
        if *min_length > ScanSettings::default().min_length {
            add(Line::new(file, None, &least(*min_length)));
        }
    }
    for one in declared.values() {
        of_declared(one, secrets, user).into_iter().for_each(&mut add);
    }
    for definition in secrets.iter().flat_map(|secrets| secrets.all()) {
        let profile = definition.layer.profile().map(|profile| format!(" in profile {profile}"));
        let name = format!("{}{}", definition.name, profile.unwrap_or_default());
        let text = acts(project, &definition.source, &definition.file, &name);
        let is_obeyed = match &definition.source {
            Source::Literal(_) | Source::Template(_) => definition.name.is_loaded(),
            // Who adds one to the file is often not who allowed the rest.
            Source::Age(_) => definition.name.is_obeyed(),
            // Their lines name the variable.
            Source::File(_) | Source::Command(_) | Source::Keyring(_) => false,
        };
        let obeyed = is_obeyed.then(|| format!("{name} is set, and other programs obey it"));
        text.into_iter().chain(obeyed).for_each(|text| add(of_source(definition, &text)));
    }
    for old in secrets.iter().flat_map(|secrets| secrets.rotated.iter().map(move |old| (old, &secrets.file)))
    {
        let (old, file) = old;
        if let Some(text) = acts(project, &old.source, file, &format!("an old value of {}", old.name)) {
            add(Line::new(file, Some(old.position), &text));
        }
    }
    lines
}

fn of_source(definition: &Definition, text: &str) -> Line {
    Line::new(&definition.file, Some(definition.position), text)
}

/// What it does to take the value of `name` from `source`, which stands in `file`; [`None`] if that only holds it.
fn acts(project: &Project, source: &Source, file: &Path, name: &str) -> Option<String> {
    match source {
        Source::Literal(_) | Source::Template(_) => None,
        Source::File(read) => {
            let leads = led_out(project, file, &read.path);
            let leads = leads.map(|real| format!(", which is {}", real.display())).unwrap_or_default();
            Some(format!("{name} reads {}{leads}", read.path.display()))
        }
        Source::Command(command) => Some(format!("{name} runs {}", command.typed())),
        Source::Keyring(entry) => Some(format!("{name} asks the keyring for {entry}")),
        // Whoever adds an encrypted value makes nothing new happen.
        Source::Age(_) => Some("values are decrypted with your age identity".to_owned()),
    }
}

const EMBED: &str = "mode = \"embed\" writes values into the scripts that are not stored as plain text";

fn least(length: usize) -> String {
    format!("scan.min_length = {length} excludes shorter values from the search")
}

/// The file outside of the project that `path`, which `file` names, leads to without saying so.
fn led_out(project: &Project, file: &Path, path: &Path) -> Option<PathBuf> {
    let folder = file.parent()?;
    let real = disk::canonical(&folder.join(path)).ok()?;
    // The secrets may be those of the main working tree.
    let inside = [project.folder.as_path(), folder].map(disk::real);
    let is_inside = |path: &Path| inside.iter().any(|inside| path.starts_with(inside));
    // What is named in full, and outside, says where it is.
    (!is_inside(&real) && (path.is_relative() || is_inside(path))).then_some(real)
}

/// Whether the secrets file of `project` is the one that its settings name.
pub(super) fn is_of_settings(project: &Project) -> bool {
    let named = project.settings.secrets.as_deref().unwrap_or(Path::new("secrets.toml"));
    project.secrets == project.folder.join(named)
}

/// The way from the folder of `project` to `path`, as that is written, if it never climbs out of the folder.
fn below<'p>(project: &Project, path: &'p Path) -> Option<&'p Path> {
    let folder = disk::real(&project.folder);
    let around = path.ancestors().find(|around| disk::real(around) == folder)?;
    let below = path.strip_prefix(around).ok()?;
    let mut depth = 0;
    let stays = below.components().all(|part| {
        depth += if part == Component::ParentDir { -1 } else { 1 };
        depth >= 0
    });
    stays.then_some(below)
}

/// The secrets file, if the settings or a link in the project lead it out of the project.
pub(super) fn of_secrets(project: &Project) -> Option<Line> {
    let Settings { file, secrets, .. } = &project.settings;
    let named = secrets.as_deref().unwrap_or(Path::new("secrets.toml"));
    let is_named = is_of_settings(project);
    // A live script names the file that the settings named when it was made, whatever they name now.
    let named = if is_named { named } else { below(project, &project.secrets)? };
    if !leads_out(project, &project.secrets) {
        return None;
    }
    let real = disk::real(&project.secrets);
    // No answer makes a device or a pipe a file.
    if real.exists() && !real.is_file() {
        return None;
    }
    // A link from an added working tree to the main one stays in the repository.
    if git::linked_to(&project.folder).is_some_and(|main| real.starts_with(disk::real(&main))) {
        return None;
    }
    let link = Arc::from(project.secrets.as_path());
    let file = file.as_ref().filter(|_| is_named && secrets.is_some()).unwrap_or(&link);
    let text = format!("the secrets file {} is {}, outside of the project", named.display(), real.display());
    Some(Line::new(file, None, &text))
}

/// A venv that lies outside of the project, by its path or by a link in the project.
pub(super) fn of_venv(project: &Project, venv: &Path) -> Option<Line> {
    let link = Arc::from(venv);
    let file = project.settings.file.as_ref().unwrap_or(&link);
    leads_out(project, venv).then(|| {
        let shown = project.relative(venv).display();
        let text = format!("the virtual environment {shown} is {}", disk::real(venv).display());
        Line::new(file, None, &text)
    })
}

pub(super) fn of_recipients(project: &Project) -> impl Iterator<Item = Line> {
    let Settings { file, recipients, .. } = &project.settings;
    let file = file.iter().flat_map(|file| recipients.iter().map(move |one| (file, one)));
    file.map(|(file, one)| Line::new(file, None, &encrypted_for(one)))
}

fn encrypted_for(recipient: &str) -> String {
    format!("values are encrypted for {recipient}")
}

/// Whether `path` lies outside of `project`, or cannot be told to lie inside.
fn leads_out(project: &Project, path: &Path) -> bool {
    let inside = |path: &Path| path.starts_with(disk::real(&project.folder));
    match disk::canonical(path) {
        Ok(real) => !inside(&real),
        Err(_) => {
            let climbs = path.components().any(|part| part == Component::ParentDir);
            let above: PathBuf = path.parent().map(disk::real).unwrap_or_default();
            climbs || !inside(&above) && !path.starts_with(&project.folder)
        }
    }
}

/// What the declaration of a variable does beside saying what its value is.
fn of_declared(one: &Declared, secrets: Option<&Secrets>, user: Option<&Secrets>) -> Vec<Line> {
    let Declared {
        name,
        description: _,
        required: _,
        type_: _,
        pattern: _,
        choices,
        default,
        generate: _,
        example,
        profiles: _,
        overrides: _,
        secret,
        fallbacks: _,
        file,
        position,
    } = one;
    let mut texts = Vec::new();
    if *secret == Some(false) {
        texts.push(no_secret(name));
    }
    let values = || secrets.into_iter().flat_map(Secrets::all).filter(|has| has.name == *name);
    // What would not be searched for anyway, such as `production`, hides nothing.
    let is_hidden = |value: &&str| {
        value.chars().count() >= ScanSettings::default().min_length
            && !is_common(value)
            && choices.iter().chain(example).any(|text| text.trim() == *value)
    };
    if values().filter_map(|has| has.source.literal()).map(str::trim).any(|value| is_hidden(&value)) {
        texts.push(in_the_open(name));
    }
    if let Some(value) = default.as_ref().and_then(|default| default.source.literal())
        && name.is_obeyed()
    {
        texts.push(obeyed(name, value));
    }
    if user.is_some_and(|user| user.all().any(|own| own.name == *name)) {
        texts.push(format!("{name} uses the value in your own secrets file for all projects"));
    }
    texts.into_iter().map(|text| Line::new(file, Some(*position), &text)).collect()
}

fn no_secret(name: &Name) -> String {
    format!("{name}: secret = false excludes it from the search")
}

fn in_the_open(name: &Name) -> String {
    format!("{name}: its value is in the settings as well, which excludes it from the search")
}

fn obeyed(name: &Name, value: &str) -> String {
    format!("{name} is set to {value:?}, and other programs obey it")
}

/// Takes out of the settings of `project` what is not allowed by `lines`.
pub(super) fn take_out(project: &mut Project, lines: &[Line]) {
    // Nearly always nothing is to be taken out.
    if lines.iter().all(|line| line.is_allowed) {
        return;
    }
    let is_out = |text: &str| lines.iter().any(|line| !line.is_allowed && line.text == text);
    let folder = project.clone();
    let settings = &mut project.settings;
    settings
        .venv
        .retain(|venv| of_venv(&folder, &folder.folder.join(venv)).is_none_or(|line| !is_out(&line.text)));
    settings.recipients.retain(|one| !is_out(&encrypted_for(one)));
    if is_out(EMBED) {
        settings.mode = Mode::Auto;
    }
    if is_out(&least(settings.scan.min_length)) {
        settings.scan = ScanSettings::default();
    }
    for one in settings.declared.values_mut() {
        if is_out(&no_secret(&one.name)) {
            one.secret = None;
        }
        if is_out(&in_the_open(&one.name)) {
            one.choices.clear();
            one.example = None;
        }
        let value = one.default.as_ref().and_then(|default| default.source.literal());
        if value.is_some_and(|value| is_out(&obeyed(&one.name, value))) {
            one.default = None;
        }
    }
}
