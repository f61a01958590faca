//! Variables that change what programs do, besides those that are refused.

use crate::session::doctor::Trouble;
use crate::session::environment::Environment;
use crate::world::variables;

/// Names by what they change; a name that ends in `*` is a beginning.
const HIDING: [(&str, &str); 22] = [
    ("PYTHONPATH", "where Python looks for modules"),
    ("PYTHONSTARTUP", "what Python runs when it starts"),
    ("PYTHONUSERBASE", "where Python looks for modules"),
    ("PYTHONINSPECT", "how Python ends"),
    ("PYTHONBREAKPOINT", "what Python's breakpoint() does"),
    ("LD_*", "how programs are loaded"),
    ("DYLD_*", "how programs are loaded"),
    ("NODE_OPTIONS", "how Node.js starts"),
    ("PERL5LIB", "where Perl looks for modules"),
    ("RUBYOPT", "how Ruby starts"),
    ("JAVA_TOOL_OPTIONS", "how Java starts"),
    ("GIT_*", "what git does"),
    ("LANG", "the language of programs"),
    ("LC_*", "the language of programs"),
    ("TZ", "the time of programs"),
    ("TMPDIR", "where programs put temporary files"),
    ("SSL_CERT_FILE", "which certificates programs trust"),
    ("SSL_CERT_DIR", "which certificates programs trust"),
    ("REQUESTS_CA_BUNDLE", "which certificates programs trust"),
    ("SSH_AUTH_SOCK", "where ssh finds its keys"),
    ("LOGNAME", "who you are"),
    ("XDG_*", "where programs keep their files"),
];

/// Whether `name` is `known`, or begins as that does where it ends in `*`.
pub(super) fn is_named(name: &str, known: &str) -> bool {
    known.strip_suffix('*').map_or(name == known, |beginning| name.starts_with(beginning))
}

/// The variables of `environment` that change what programs do, and those that hide one that the
/// environment has now, while no venv of ours is active in it.
#[must_use]
pub fn hiding(environment: &Environment<'_>) -> Vec<Trouble> {
    let is_active = variables::raw("_VENVARS").is_some();
    environment
        .entries
        .values()
        .filter_map(|entry| {
            let name = entry.name().as_str();
            if let Some((_, what)) = HIDING.iter().find(|(known, _)| is_named(name, known)) {
                return Some(Trouble::new(
                    format!("{name} changes {what}, for everything that is started while the venv is active"),
                    format!("give the variable a name of its own, or take it out: venvars unset {name}"),
                ));
            }
            (!is_active && environment.files.project.settings.overrides(name) && variables::raw(name).is_some()).then(|| {
                Trouble::new(
                    format!("{name} is in your environment already, and hidden while the venv is active"),
                    format!(
                        "unset it where it is set, or let it win: `override = false` of {name} in the settings"
                    ),
                )
                .as_advice()
            })
        })
        .collect()
}
