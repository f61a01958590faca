//! The lines of a project that can act.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::model::project::{Declared, Mode, Project, ScanSettings, Settings};
use crate::model::secrets::{Definition, Secrets};
use crate::model::source::Source;
use crate::words::error::Position;
use crate::words::message::one_line;
use crate::words::name::Name;
use crate::world::disk;

/// A line that can act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The file that it stands in.
    file: Arc<Path>,
    position: Option<Position>,
    /// What it does: what is remembered. No value is in it.
    pub text: String,
    /// Whether the user has allowed it.
    pub is_allowed: bool,
}

impl Line {
    fn new(file: &Arc<Path>, position: Option<Position>, text: &str) -> Self {
        Self { file: Arc::clone(file), position, text: one_line(text), is_allowed: false }
    }

    /// The line with its place, as a person in `project` would write that.
    #[must_use]
    pub fn shown(&self, project: &Project) -> String {
        let file = one_line(&project.shown(&self.file).display().to_string());
        let line = self.position.iter().map(|position| format!(":{}", position.line)).collect::<String>();
        format!("{file}{line}: {}", self.text)
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
        if let Some(text) = acts(&definition.source, &name) {
            add(of_source(definition, &text));
        }
    }
    for old in secrets.iter().flat_map(|secrets| secrets.rotated.iter().map(move |old| (old, &secrets.file)))
    {
        let (old, file) = old;
        if let Some(text) = acts(&old.source, &format!("an old value of {}", old.name)) {
            add(Line::new(file, Some(old.position), &text));
        }
    }
    lines
}

fn of_source(definition: &Definition, text: &str) -> Line {
    Line::new(&definition.file, Some(definition.position), text)
}

/// What it does to take the value of `name` from `source`; nothing if that only holds it.
fn acts(source: &Source, name: &str) -> Option<String> {
    match source {
        Source::Literal(_) | Source::Template(_) => None,
        Source::File(file) => Some(format!("{name} reads {}", file.path.display())),
        Source::Command(command) => Some(format!("{name} runs {}", command.typed())),
        Source::Keyring(entry) => Some(format!("{name} asks the keyring for {entry}")),
        // Whoever adds an encrypted value makes nothing new happen.
        Source::Age(_) => Some("values are decrypted with your age identity".to_owned()),
    }
}

const EMBED: &str = "mode = \"embed\" writes values into the scripts that are not plain where they lie";

fn least(length: usize) -> String {
    format!("scan.min_length = {length} leaves shorter values out of the search")
}

/// The secrets file, if the settings lead it out of the project.
pub(super) fn of_secrets(project: &Project) -> Option<Line> {
    let (file, set) = (project.settings.file.as_ref()?, project.settings.secrets.as_ref()?);
    let is_used = project.secrets == project.folder.join(set);
    (is_used && leads_out(project, &project.secrets)).then(|| {
        Line::new(file, None, &format!("the secrets file {} is outside of the project", set.display()))
    })
}

/// A venv that lies outside of the project, by its path or by a link in the project.
pub(super) fn of_venv(project: &Project, venv: &Path) -> Option<Line> {
    let link = Arc::from(project.folder.as_path());
    let file = project.settings.file.as_ref().unwrap_or(&link);
    leads_out(project, venv).then(|| {
        let shown = project.shown(venv).display();
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
    let in_settings = |value: &str| choices.iter().chain(example).any(|text| text.trim() == value.trim());
    if values().filter_map(|has| has.source.literal()).any(in_settings) {
        texts.push(in_the_open(name));
    }
    if let Some(value) = default.as_ref().and_then(|default| default.source.literal())
        && name.is_obeyed()
    {
        texts.push(obeyed(name, value));
    }
    if user.is_some_and(|user| user.all().any(|own| own.name == *name)) {
        texts.push(format!("{name} takes the value of your own file, which is for all projects"));
    }
    texts.into_iter().map(|text| Line::new(file, Some(*position), &text)).collect()
}

fn no_secret(name: &Name) -> String {
    format!("{name}: secret = false leaves it out of the search")
}

fn in_the_open(name: &Name) -> String {
    format!("{name}: its value stands in the settings as well, which leaves it out of the search")
}

fn obeyed(name: &Name, value: &str) -> String {
    format!("{name} is set to {value:?}, and programs obey it")
}

/// Takes out of the settings of `project` what is not allowed by `lines`.
pub(super) fn take_out(project: &mut Project, lines: &[Line]) {
    // Nearly always nothing is to be taken out.
    if lines.iter().all(|line| line.is_allowed) {
        return;
    }
    let is_out = |text: &str| lines.iter().any(|line| !line.is_allowed && line.text == one_line(text));
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
