use std::ffi::{OsStr, OsString};

use venvars::model::secrets::generate::{self, SecretKind};
use venvars::model::secrets::typed_name;
use venvars::session::setting::{self, Keeping, Replaced};
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::world::disk::from_here;
use zeroize::Zeroizing;

use super::missing;
use crate::edge::ask;
use crate::edge::cli::{Global, SetOptions};
use crate::edge::opening::say_waiting;
use crate::edge::views::rotation::encrypted_for;
use crate::edge::views::variables::in_profile;

/// `venvars set`: a value from the command line, the terminal, standard input or the generator, which makes one of
/// the kind that is named or declared.
pub fn run(global: &Global, options: SetOptions) -> Result<()> {
    let SetOptions { assignment, misplaced, generate, keyring, age, allow_empty } = options;
    if !misplaced.is_empty() {
        return Err(error_of(assignment.as_deref(), &misplaced, generate.is_some()));
    }
    let keeping = match keyring {
        _ if age => Keeping::Age,
        Some(entry) => Keeping::Keyring(entry),
        None => Keeping::Plain,
    };
    match assignment {
        Some(assignment) => set(global, assignment, generate, keeping, allow_empty),
        None if generate.is_some() || allow_empty || !matches!(keeping, Keeping::Plain) => {
            Err(Error::usage("these options need the name of a variable").hint("venvars set NAME …"))
        }
        None => Error::all(missing::run(global, global.project()?)?),
    }
}

fn set(
    global: &Global,
    assignment: OsString,
    generate: Option<Option<SecretKind>>,
    keeping: Keeping,
    allows_empty: bool,
) -> Result<()> {
    let assignment = assignment.into_string().map(Zeroizing::new).map_err(|_| {
        Error::from(Cause::NotUtf8("the assignment".to_owned()))
            .hint("a value of other bytes can be kept as base64")
    })?;
    let (name, given) = match assignment.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (assignment.as_str(), None),
    };
    let name = typed_name(name)?;
    if given.is_some() && generate.is_some() {
        return Err(Error::usage(format!("{name}: give a value or --generate, not both")));
    }
    let project = global.project()?;
    let secrets = setting::secrets(&project, &keeping)?;
    let kind = generate.map(|kind| setting::kind(&project, &name, kind));
    let value = match (given, kind) {
        (Some(value), _) => Zeroizing::new(value.to_owned()),
        (None, Some(kind)) => generate::generate(kind)?,
        (None, None) => ask::value(&name, project.settings.declaration(name.as_str()), allows_empty)?,
    };
    let kept = match keeping {
        Keeping::Plain => String::new(),
        Keeping::Age => encrypted_for(&project.settings.recipients),
        Keeping::Keyring(_) => " (value in the keyring)".to_owned(),
    };
    let profile = global.profile.named();
    let wait = || say_waiting(&project);
    let value = (&value, kind);
    match setting::set(&project, &global.sources, &secrets, (profile, &name), value, keeping, wait)? {
        Some(Replaced::InBackup) => {
            global.say(&format!(
                "replaced {name}; the previous value is kept in the backup (`venvars restore`)"
            ));
        }
        Some(Replaced::InKeyring) => {
            global.say(&format!("replaced {name}; the previous value is kept in the keyring"));
        }
        None => {}
    }
    let file = from_here(&project.secrets);
    let profile = in_profile(profile);
    global.say(&format!("set {name} in {file}{profile}{kept}; run `venvars apply`"));
    Ok(())
}

/// Words follow the name. They may be a value, and are not shown, unless they say what is to be made, if venvars
/// `generates` the value.
fn error_of(name: Option<&OsStr>, words: &[OsString], generates: bool) -> Error {
    let name = name.and_then(OsStr::to_str).and_then(|text| typed_name(text).ok());
    let name = name.map_or_else(|| "NAME".to_owned(), |name| name.to_string());
    if let [word] = words
        && let Some(kind) = word.to_str().and_then(|word| word.parse::<SecretKind>().ok())
        && generates
    {
        let error = Error::usage("the kind of a value goes after an equals sign");
        return error.hint(format!("venvars set {name} --generate={kind}"));
    }
    let error = Error::usage(format!("`venvars set` takes one word: {name} or {name}=VALUE"));
    error.hint(format!(
        "for a non-secret: venvars set {name}=VALUE; for a secret: venvars set {name}, which prompts for it or \
         reads it from a pipe"
    ))
}
