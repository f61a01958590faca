//! What became of variables that were rotated.

use venvars::session::rotation::target::Target;
use venvars::session::rotation::turn::Turned;
use venvars::words::message::counted;

/// What is left to do about it, if anything.
pub fn next_step(turned: &Turned) -> Option<String> {
    let Target { name, renews, .. } = turned.target;
    let text = || format!("next: revoke the old value of {name} at its provider, and deploy the new one");
    renews.then(text)
}

/// Its lines: what became of it, and of its old values.
pub fn lines(turned: &Turned) -> Vec<String> {
    let Target { name, profile, renews } = turned.target;
    let shown = profile.iter().map(|profile| format!(" (profile {profile})")).collect::<String>();
    let mut lines = Vec::new();
    if *renews {
        lines.push(format!("{name}: set to a new value{shown}; `venvars scan` still looks for the old one"));
    }
    let Some((list, count)) = &turned.fallbacks else { return lines };
    if *renews && turned.is_compromised {
        lines.push(format!(
            "{name}: the old value is compromised, so it is not kept as a fallback: anything signed with it is no longer accepted"
        ));
    }
    let until = format!("`venvars rotate {name} --drop-fallbacks`");
    lines.push(match count {
        0 => format!("{list}: no old values kept{shown}"),
        count => format!("{list}: {} kept{shown}, until {until}", counted(*count, "old value")),
    });
    lines
}
