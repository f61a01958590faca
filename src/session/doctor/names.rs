//! Variables that change what programs do, besides those that are refused.

use crate::session::doctor::Trouble;
use crate::session::environment::Environment;
use crate::words::name::is_named;
use crate::world::variables;

/// What is changed by variables of which names; a name that ends in `*` is a beginning.
const HIDING: [(&str, &[&str]); 17] = [
    ("where Python looks for modules", &["PYTHONPATH", "PYTHONUSERBASE"]),
    ("what Python runs when it starts", &["PYTHONSTARTUP"]),
    ("how Python ends", &["PYTHONINSPECT"]),
    ("what Python's breakpoint() does", &["PYTHONBREAKPOINT"]),
    ("how programs are loaded", &["LD_*", "DYLD_*"]),
    ("how Node.js starts", &["NODE_OPTIONS"]),
    ("where Perl looks for modules", &["PERL5LIB"]),
    ("how Ruby starts", &["RUBYOPT"]),
    ("how Java starts", &["JAVA_TOOL_OPTIONS"]),
    ("what git does", &["GIT_*"]),
    ("the language of programs", &["LANG", "LC_*"]),
    ("the time of programs", &["TZ"]),
    ("where programs put temporary files", &["TMPDIR"]),
    ("which certificates programs trust", &["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"]),
    ("where ssh finds its keys", &["SSH_AUTH_SOCK"]),
    ("who you are", &["LOGNAME"]),
    ("where programs keep their files", &["XDG_*"]),
];

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
            let known = |names: &[&str]| names.iter().any(|known| is_named(name, known));
            if let Some((what, _)) = HIDING.iter().find(|(_, names)| known(names)) {
                return Some(Trouble::new(
                    format!("{name} changes {what} for everything started while the venv is active"),
                    format!("rename the variable, or remove it: venvars unset {name}"),
                ));
            }
            (!is_active && environment.files.project.settings.overrides(name) && variables::raw(name).is_some()).then(|| {
                Trouble::new(
                    format!("{name} is already set in your environment; it is replaced while the venv is active"),
                    format!(
                        "unset it where it is set, or keep it with `override = false` for {name} in the settings"
                    ),
                )
                .as_advice()
            })
        })
        .collect()
}
